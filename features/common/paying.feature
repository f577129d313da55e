@scenario
Feature: Paying, at every provider
  A payer goes from the shop to the provider and comes back, or does not. What the payer's browser says when it comes
  back proves nothing; what the provider says does.

  Rule: What is paid is paid, and nothing else

    @id:<provider>/redirect/paid @must @documented @way
    Scenario Outline: An order that is paid MUST be paid at the shop
      Source: <paid>
      Why: the payer has paid, and would wait for the goods in vain.
      Remedy: <remedy>
      Given an order
      When the payer pays
      Then the payer sees a page of the shop's
      And the shop believes that the order is paid

      Examples:
        | provider | paid | remedy |
        | bambora | ePay's integration guide, payment window: accepturl and callbackurl get the parameters of a payment that went well | verify the hash over all values with the MD5 key, and compare orderid, amount and currency with the order |
        | brp | the document's section on payfororder: receiptid comes with a payment that went well | read receiptid and error from the return; error is empty when all went well |
        | fena | the guide, section Webhook: a signed notification says that the order is paid | verify the token with the terminal's secret, and compare orderID, terminal and the amounts with the order |
        | freepay | the document, on AcceptURL: transact is the transaction's id | ask QueryTransaction about transact, and compare its order, amount and currency with the order |
        | quickpay | QuickPay's learn, section Callbacks: a callback follows each operation | give the link a callback_url, and believe a callback whose checksum is right and whose last operation has 20000 |

    @id:<provider>/redirect/what-is-sent-is-right @must @documented @way
    Scenario Outline: Everything that the shop sends on the way MUST be right
      Source: <rule>
      Why: the live service refuses what is signed or spelt wrongly, and the payer gets an error page.
      Remedy: the trail shows what was wrong with it; `provkassa verify` looks at one message at a time.
      Given an order
      When the payer goes to the payment page
      Then everything that the shop sent is right

      Examples:
        | provider | rule |
        | bambora | ePay's integration guide, payment window: the parameters and their hash |
        | brp | the document, on the hash of each endpoint |
        | fena | the guide, section New Payment: the token's claims and its signature |
        | freepay | the document, section Freepays betalingsside: the form's fields |
        | quickpay | QuickPay's learn, section API: authentication, versions and parameters |

    @id:<provider>/redirect/declined @must @documented
    Scenario Outline: An order whose payment is declined MUST NOT be paid at the shop
      Source: <rule>
      Why: the shop would hand out goods that nobody pays for.
      Remedy: <remedy>
      Given an order
      When the bank declines the payment
      Then the shop does not believe that the order is paid

      Examples:
        | provider | rule | remedy |
        | bambora | ePay's integration guide, payment window: accepturl and callbackurl are for payments that went well | take an order for paid by a return or callback whose hash is right, and by nothing else |
        | brp | the document's table of error codes: 201 is a payment that was not completed | look at error before anything else: only an empty one goes with a receipt |
        | fena | the guide, section Redirect Handling: status is executed or rejected | take an order for paid by its notification alone |
        | freepay | the document, section Fejlkoder: reason says why | send DeclineURL elsewhere than AcceptURL, and take an order for paid by QueryTransaction alone |
        | quickpay | QuickPay's learn, appendix Errors: 40000 is rejected by the acquirer | look at accepted, and at the last operation's qp_status_code: only 20000 is approved |

    @id:<provider>/redirect/cancelled @<level> @<ground>
    Scenario Outline: An order whose payer cancels <LEVEL> NOT be paid, and the payer sees a page of the shop's
      Source: <rule>
      Why: the shop would hand out goods that nobody pays for, or leave its payer before an error.
      Remedy: <remedy>
      Given an order
      When the payer cancels
      Then the payer sees a page of the shop's
      And the shop does not believe that the order is paid

      Examples:
        | provider | level | LEVEL | ground | rule | remedy |
        | bambora | must | MUST | documented | ePay's integration guide, payment window: cancelurl | give the window a cancelurl of its own, and change nothing about the order there |
        | brp | must | MUST | documented | the document's table of error codes: 205 is a payment that the payer called off | look at error before anything else, and say that nothing was paid |
        | fena | must | MUST | observed | a later payment page of Fena's (payment-flow) takes what was cancelled for rejected | show by your own record how the order stands |
        | freepay | should | SHOULD | assumed | the document, section Returværdier: transact comes of what was approved; that who cancels comes to DeclineURL is assumed | give the form a DeclineURL of its own, and change nothing about the order there |
        | quickpay | must | MUST | documented | QuickPay's learn, section Payment link: cancel_url | give the link a cancel_url of its own, and change nothing about the order there |

    @id:<provider>/redirect/abandoned @must @documented
    Scenario Outline: An order whose payer goes away from the payment page MUST NOT be paid at the shop
      Source: <rule>
      Why: the shop would hand out goods that nobody pays for.
      Remedy: mark the order as paid when the provider says so, and not when the checkout begins.
      Given an order
      When the payer goes to the payment page
      Then the shop does not believe that the order is paid

      Examples:
        | provider | rule |
        | bambora | ePay's integration guide, payment window: accepturl and callbackurl are for payments that went well |
        | brp | the document's section on payfororder: the receipt comes with the payment |
        | fena | the guide, section Webhook: a notification says that the order is paid |
        | freepay | the document, section Returværdier: transact comes of what was approved |
        | quickpay | QuickPay's learn, section Payments: accepted is true when a payment is authorized |

    @id:<provider>/redirect/two-orders @must @documented
    Scenario Outline: A payment MUST pay its own order and no other
      Source: <rule>
      Why: one payer's money would pay for another's goods.
      Remedy: find the order by what the provider says of the payment, and not by what was begun last.
      Given an order
      And another order
      When the payer goes to the payment page
      And the payer of the other order pays
      Then the shop believes that the other order is paid
      And the shop does not believe that the order is paid

      Examples:
        | provider | rule |
        | bambora | ePay's integration guide, payment window: orderid comes back with the payment |
        | brp | the document's section on payfororder: orderid is a parameter of the link |
        | fena | the guide, section Webhook: the notification has the orderID |
        | freepay | the document, section Returværdier: OrderNumber is the order that the transaction was made for |
        | quickpay | QuickPay's learn, section Callbacks: the body is the whole payment, with its order_id |

    @id:<provider>/redirect/two-tabs @must @<ground>
    Scenario Outline: A payer who has an order in each of two tabs MUST pay the one whose tab it is
      Source: <rule>
      Why: the payer's money would pay for the wrong order, or for none.
      Remedy: name the order in the addresses that you give the provider, and find it by that, not by the payer's session.
      Given an order
      And another order of the same payer
      When the payer goes to the payment page
      And the payer of the other order goes to the payment page
      And the payer pays
      Then the shop believes that the order is paid
      And the shop does not believe that the other order is paid

      Examples:
        | provider | ground | rule |
        | bambora | documented | ePay's integration guide, payment window: orderid comes back with the payment |
        | brp | documented | the document's section on payfororder: orderid is a parameter of the link |
        | fena | documented | the guide, section Webhook: the notification has the orderID |
        | freepay | documented | the document, section Returværdier: OrderNumber is the order that the transaction was made for |
        | quickpay | documented | QuickPay's learn, section Callbacks: the body is the whole payment, with its order_id |

    @id:<provider>/redirect/paid-at-the-second-try @<level> @<ground>
    Scenario Outline: An order that is declined first and checked out again <LEVEL> be paid
      Source: <rule>
      Why: the payer has paid, and would wait for the goods in vain.
      Remedy: keep an order open whose payment failed, and let each try count.
      Given an order
      When the bank declines the payment
      And the payer checks out the same order again
      And the payer pays
      Then the shop believes that the order is paid

      Examples:
        | provider | level | LEVEL | ground | rule |
        | brp | should | SHOULD | assumed | the document's section on payfororder: receiptid comes with a payment that went well; that the order can still be paid after 201 is assumed |
        | fena | must | MUST | observed | Fena's public plugin for WooCommerce sends the payer of a rejected payment to the checkout again |
        | freepay | must | MUST | documented | the document, section Returværdier: the web service says whether the payment went through, whatever went before |

    @id:<provider>/redirect/paid-at-the-second-try @must @<ground>
    Scenario Outline: An order whose first card is declined MUST be paid by the second
      Source: <rule>
      Why: the payer has paid, and would wait for the goods in vain.
      Remedy: keep an order open whose payment failed, and let each try count.
      Given an order
      When the bank declines the payment
      And the payer pays
      Then the shop believes that the order is paid
      And the order is credited once

      Examples:
        | provider | ground | rule |
        | bambora | documented | ePay's integration guide, payment window: accepturl and callbackurl get the parameters of a payment that went well |
        | quickpay | documented | QuickPay's learn, section Payment link: the link can be used again until the payment is completed |

  Rule: A return is no proof

    @id:<provider>/redirect/accept-address-by-hand @<level> @<ground>
    Scenario Outline: The accept address <LEVEL> NOT be believed when somebody opens it who has not paid
      Source: <rule>
      Why: everybody who has bought once knows the address, and could have goods for nothing.
      Remedy: <remedy>
      Given an order
      When the payer goes to the payment page
      And somebody opens the accept address by hand
      Then the shop does not believe that the order is paid

      Examples:
        | provider | level | LEVEL | ground | rule | remedy |
        | bambora | must | MUST | documented | ePay's integration guide, hash check: the hash says whether the parameters are ePay's | compute the MD5 of all values and the key yourself, and refuse another hash |
        | brp | should | SHOULD | assumed | our judgement: nothing in the return is signed, and the flow's last step fetches the receipt anyway | ask for the order or its receipt through the REST API before the order is paid |
        | fena | should | SHOULD | assumed | our judgement; section Redirect Handling calls executed a processed payment, and has nothing with which to check it | show how the order stands, and leave what it becomes to the notification |
        | freepay | must | MUST | documented | the document, section Returværdier: the address can be called by hand | ask QueryTransaction about transact before the order is paid |
        | quickpay | must | MUST | documented | QuickPay's learn, section Payment form: continueurl gets no data | show how the order stands, and leave what it becomes to the callback or to GET /payments/{id} |

    @id:<provider>/redirect/return-of-another-order @<level> @<ground>
    Scenario Outline: What came back with one order <LEVEL> NOT pay another
      Source: <rule>
      Why: who pays a small order once could use its return for every other.
      Remedy: <remedy>
      Given an order
      And another order
      When the payer goes to the payment page
      And the payer of the other order pays
      And somebody opens the accept address with the other order's return
      Then the shop does not believe that the order is paid

      Examples:
        | provider | level | LEVEL | ground | rule | remedy |
        | bambora | should | SHOULD | assumed | our judgement; no document says it, and ePay's public plugin for WooCommerce trusts a parameter of its own | compare orderid with the order that you are about to credit |
        | brp | should | SHOULD | assumed | our judgement: the return has receiptid and error, and no order | ask the REST API whether the receipt is the order's |
        | freepay | must | MUST | documented | the document, section Returværdier: a transaction is made for one order; OrderID in the web service's answer is observed in a public .NET client | compare the transaction's OrderID with the order that you are about to credit |
        | quickpay | must | MUST | documented | QuickPay's learn, section Payment form: continueurl gets no data | leave what the order becomes to the callback or to GET /payments/{id} |

    @id:<provider>/redirect/return-renamed @must @documented
    Scenario Outline: What came back with one order MUST NOT pay another whose name is put into it
      Source: <rule>
      Why: who pays a small order once could use its return for every other.
      Remedy: <remedy>
      Given an order
      And another order
      When the payer goes to the payment page
      And the payer of the other order pays and closes the browser
      And somebody opens the accept address with the other order's return in the order's name
      Then the shop does not believe that the order is paid

      Examples:
        | provider | rule | remedy |
        | bambora | ePay's integration guide, hash check: orderid is one of the values | compute the MD5 of all values and the key yourself, orderid among them |
        | freepay | the document, section Returværdier: a transaction is made for one order; OrderID in the web service's answer is observed in a public .NET client | compare the OrderID that QueryTransaction tells, and not the one in the address |

    @id:<provider>/redirect/return-tampered @<level> @<ground>
    Scenario Outline: A return that was changed after nothing was paid <LEVEL> NOT pay the order
      Source: <rule>
      Why: the payer can write anything into the address before the browser opens it.
      Remedy: <remedy>
      Given an order
      And every callback gets lost
      When <happens>
      And <tampers>
      Then the shop does not believe that the order is paid

      Examples:
        | provider | level | LEVEL | ground | happens | tampers | rule | remedy |
        | bambora | must | MUST | documented | the payer cancels | somebody opens the accept address by hand | ePay's integration guide, hash check: the hash says whether the parameters are ePay's | compute the MD5 of all values and the key yourself, and refuse another hash |
        | brp | should | SHOULD | assumed | the bank declines the payment | the payer comes back with "receiptid=424242&error=" | our judgement: nothing in the return is signed, and the flow's last step fetches the receipt anyway | ask for the order or its receipt through the REST API before the order is paid |
        | fena | should | SHOULD | assumed | the bank declines the payment | the payer comes back with "status=executed" | our judgement; section Redirect Handling calls executed a processed payment, and has nothing with which to check it | show how the order stands, and leave what it becomes to the notification |
        | freepay | must | MUST | documented | the bank declines the payment | somebody opens the accept address by hand | the document, section Returværdier: the address can be called by hand | ask QueryTransaction about transact, and take nothing for paid that Freepay does not know |

    @id:<provider>/redirect/back-twice @<level> @<ground>
    Scenario Outline: A payer who comes back twice <LEVEL> NOT pay twice
      Source: <rule>
      Why: the order would be credited or sent a second time.
      Remedy: take note of the payment's own id, and credit each once.
      Given an order
      When the payer pays
      And the payer comes back once more
      Then the payer sees a page of the shop's
      And the shop believes that the order is paid
      And the order is credited once

      Examples:
        | provider | level | LEVEL | ground | rule |
        | bambora | must | MUST | observed | ePay's public plugins for WooCommerce and PrestaShop, which look for the transaction first |
        | brp | should | SHOULD | assumed | our judgement; browsers repeat a request on reload and on the way back |
        | fena | should | SHOULD | assumed | our judgement; browsers repeat a request on reload and on the way back |
        | freepay | should | SHOULD | assumed | our judgement; the accept URL can be opened again, and browsers do so on reload |
        | quickpay | should | SHOULD | assumed | our judgement; browsers repeat a request on reload and on the way back |

    @id:<provider>/redirect/second-tab @should @assumed
    Scenario Outline: An order that is opened in two tabs SHOULD be paid once, whatever the second tab shows then
      Source: payers go back and open the payment page again
      Why: the payer has paid in one of them, and what the provider says in the other undoes nothing and pays nothing anew.
      Remedy: keep one payment for each order, and credit it once; let nothing but a refund undo it.
      Given an order
      When the payer pays
      And the payer opens the payment page in a second tab
      And the payer comes back
      Then the shop believes that the order is paid
      And the order is credited once

      Examples:
        | provider |
        | bambora |
        | brp |
        | fena |
        | freepay |
        | quickpay |

    @id:<provider>/redirect/checked-out-twice @should @assumed
    Scenario Outline: An order that is checked out in two tabs SHOULD be paid by the first of them, too
      Source: payers go back to the cart, press the button again, and keep both pages open
      Why: the payer has paid, and would wait for the goods in vain.
      Remedy: give the provider the same number for the order each time, or keep every number that it had.
      Given an order
      When the payer goes to the payment page
      And the payer checks out the same order in a second tab
      And the payer pays
      Then the shop believes that the order is paid
      And the order is credited once

      Examples:
        | provider |
        | bambora |
        | brp |
        | fena |
        | freepay |

    @id:<provider>/redirect/paid-after-cancelling @<level> @<ground>
    Scenario Outline: A payer who cancels and then pays all the same <LEVEL> have paid
      Source: <rule>
      Why: the payer has paid, and would wait for the goods in vain.
      Remedy: keep a cancelled order open for a payment that comes after all.
      Given an order
      When the payer cancels
      And the payer opens the payment page in a second tab
      And the payer pays
      Then the shop believes that the order is paid

      Examples:
        | provider | level | LEVEL | ground | rule |
        | bambora | must | MUST | documented | ePay's integration guide, payment window: accepturl and callbackurl get the parameters of a payment that went well |
        | brp | should | SHOULD | assumed | the document's section on payfororder: receiptid comes with a payment that went well; that the order can still be paid after 205 is assumed |
        | freepay | must | MUST | documented | the document, section Returværdier: the web service says whether the payment went through, whatever went before |
        | quickpay | must | MUST | documented | QuickPay's learn, section Payment link: the link can be used again until the payment is completed |

    @id:<provider>/redirect/cancel-address-by-hand @should @assumed
    Scenario Outline: The cancel address SHOULD NOT undo a payment
      Source: <rule>
      Why: the payer has paid, and a page in their history would take the order from them.
      Remedy: look at how the order stands first: what is paid stays paid.
      Given an order
      When the payer pays
      Then the shop believes that the order is paid
      When somebody opens the cancel address by hand
      Then the shop believes that the order is paid

      Examples:
        | provider | rule |
        | bambora | our judgement; what comes to cancelurl has no hash in the tests of getpaid, a public library |
        | brp | our judgement; nothing on the return URL is signed |
        | fena | our judgement; section Redirect Handling has order and status, and no signature |
        | freepay | our judgement; nothing on DeclineURL is signed |
        | quickpay | our judgement; cancelurl gets no data, says QuickPay's learn, section Payment form |

    @id:<provider>/redirect/unknown-order @should @assumed
    Scenario Outline: A return of an order that the shop does not know SHOULD get a page without a server's error
      Source: addresses are typed, cut short and kept for years
      Why: errors of the server's wake people at night, and tell strangers about the shop.
      Remedy: answer 404 with a page that says that nobody knows the order.
      Given an order
      When somebody opens the accept address of an order that nobody knows
      Then the shop does not believe that the order is paid

      Examples:
        | provider |
        | bambora |
        | brp |
        | fena |
        | freepay |
        | quickpay |

  Rule: Orders of every kind

    @id:<provider>/redirect/awkward-order @should @assumed
    Scenario Outline: An order with awkward characters in its name SHOULD be paid like any other
      Source: order numbers come from cash desks, imports and people
      Why: one order in a thousand would fail, and nobody would know why.
      Remedy: percent-encode where the name stands in an address, and give the provider a name of its own that it takes.
      Given an order called "Å b/c?d=e&f+g%20h"
      When the payer pays
      Then the shop believes that the order is paid

      Examples:
        | provider |
        | bambora |
        | brp |
        | fena |
        | freepay |
        | quickpay |

    @id:<provider>/redirect/smallest-amount @should @assumed
    Scenario Outline: An order of one whole unit and an odd part SHOULD be paid like any other
      Source: amounts are in minor units, and floating-point sums lose one now and then
      Why: the shop would ask for another amount than it shows, or refuse what was paid.
      Remedy: count in whole minor units everywhere.
      Given an order of 1.15
      When the payer pays
      Then the shop believes that the order is paid

      Examples:
        | provider |
        | bambora |
        | brp |
        | fena |
        | freepay |
        | quickpay |
