@scenario
Feature: Callbacks, at every provider that has them
  The provider tells the shop of a payment by itself, beside the payer's way back: before it or long after, more than
  once, and now and then not at all. Whoever knows the address can post there, too, so the signature decides.

  Rule: Callbacks that are genuine

    @id:<provider>/callback/payer-never-returns @must @documented
    Scenario Outline: An order MUST be paid although its payer never comes back
      Source: <rule>
      Why: one payer in a hundred closes the browser as soon as they have paid.
      Remedy: let the callback change the order, and not the page that the payer comes back to.
      Given an order
      When the payer pays and closes the browser
      Then the shop believes that the order is paid

      Examples:
        | provider | rule |
        | bambora | ePay's integration guide, payment window: callbackurl is called by ePay's server, whatever the payer does |
        | fena | the guide, section Webhook: the notification is sent by Fena's server |
        | quickpay | QuickPay's learn, section Callbacks: QuickPay's server posts it by itself, after each operation |

    @id:<provider>/callback/taken @must @<ground>
    Scenario Outline: A callback MUST be answered with <answer>
      Source: <rule>
      Why: the provider sends the same callback again and again, or gives up and nobody hears of the payment.
      Remedy: answer 200 as soon as the callback is stored, without a login page, a CSRF check or a redirect in the way.
      Given an order
      When the payer pays and closes the browser
      Then the shop has taken the callback

      Examples:
        | provider | answer | ground | rule |
        | bambora | 2xx | documented | ePay's integration guide, callback: what is not answered with 2xx comes again, every hour for a day |
        | quickpay | 2xx, 302 or 303 | documented | QuickPay's learn, section Callbacks: another status than 2xx, 302 and 303 is tried again, up to 24 times |

    @id:<provider>/callback/browser-first @must @<ground>
    Scenario Outline: A payer who is back before the callback MUST see a page, and the order MUST be paid afterwards, once
      Source: <rule>
      Why: on a busy day the browser is faster, and the payer would see an error for an order that is paid.
      Remedy: say that the payment is being looked into, and let the callback do the rest.
      Given an order
      And the provider keeps its callbacks back
      When the payer pays
      Then the payer sees a page of the shop's
      When the callbacks arrive
      Then the shop believes that the order is paid
      And the order is credited once

      Examples:
        | provider | ground | rule |
        | bambora | documented | ePay's integration guide, callback: it is asynchronous, and accepturl is expected to be called first |
        | fena | observed | Fena's public plugin for WooCommerce shows the payer a page by the status, whether the notification has come or not |
        | quickpay | documented | QuickPay's learn, section Callbacks: the callback is sent beside the payer's way back |

    @id:<provider>/callback/late @must @<ground>
    Scenario Outline: A callback that comes when the payer is long gone MUST still be believed
      Source: <rule>
      Why: the shop may have been down when the payer paid.
      Remedy: find the order by what the callback says, and not in the payer's session; do not drop orders after a while.
      Given an order
      And the provider keeps its callbacks back
      When the payer pays and closes the browser
      And the callbacks arrive
      Then the shop believes that the order is paid

      Examples:
        | provider | ground | rule |
        | bambora | documented | ePay's integration guide, callback: the queue is worked off every minute, and what fails is tried again for a day |
        | fena | observed | a later payment page of Fena's (payment-flow) has a state for payments that are still pending |
        | quickpay | documented | QuickPay's learn, section Callbacks: a callback that fails is tried again after an hour and more |

    @id:<provider>/callback/a-day-later @must @documented @alone
    Scenario Outline: A callback that comes a day later MUST still be believed
      Source: <rule>
      Why: the shop or the provider may have been down overnight, and the money was taken all the same.
      Remedy: keep an order open until the provider has said how it ended, however long the payer has been gone.
      Given an order
      And callbacks take 25 hours
      When the payer pays and closes the browser
      And 26 hours pass
      Then the shop believes that the order is paid
      And the order is credited once

      Examples:
        | provider | rule |
        | bambora | ePay's integration guide, callback: what is not answered with 2xx comes again, every hour for a day |
        | quickpay | QuickPay's learn, section Callbacks: a callback that fails is tried again, up to 24 times |

    @id:<provider>/callback/tried-again @must @documented @alone
    Scenario Outline: A callback that did not reach the shop MUST be believed when the provider tries again
      Source: <rule>
      Why: a shop is restarted now and then, and the payers of that minute have paid.
      Remedy: answer 2xx to nothing but what you have stored, and let the provider's next attempt pay the order.
      Given an order
      And the shop cannot be reached by the first callback
      When the payer pays and closes the browser
      And 2 hours pass
      Then the shop believes that the order is paid
      And the order is credited once
      And the shop has taken the callback

      Examples:
        | provider | rule |
        | bambora | ePay's integration guide, callback: what is not answered with 2xx comes again, every hour for a day |
        | quickpay | QuickPay's learn, section Callbacks: a callback that fails is tried again after an hour |

    @id:<provider>/callback/twice @must @observed
    Scenario Outline: A callback that comes twice MUST be credited once
      Source: <rule>
      Why: the order would be credited or sent a second time.
      Remedy: take note of the payment's id, and do nothing the second time but answer 200.
      Given an order
      And every callback arrives twice
      When the payer pays
      Then the shop believes that the order is paid
      And the order is credited once

      Examples:
        | provider | rule |
        | bambora | ePay's public plugins for WooCommerce and PrestaShop, which look for the transaction first |
        | fena | Fena's later API can send a notification again that was not taken |
        | quickpay | Setono's Sylius plugin and the WooCommerce plugin: duplicates happen |

    @id:<provider>/callback/reply-was-lost @<level> @<ground>
    Scenario Outline: A callback that comes again because the shop's answer was lost <LEVEL> be taken again, and credited once
      Source: <rule>
      Why: the order would be credited twice, or the provider would go on calling.
      Remedy: answer 200 to a callback that is known already.
      Given an order
      When the payer pays
      And the callback arrives again
      Then the shop has taken the callback
      And the shop believes that the order is paid
      And the order is credited once

      Examples:
        | provider | level | LEVEL | ground | rule |
        | bambora | must | MUST | documented | ePay's integration guide, callback: what is not answered with 2xx comes again, every hour for a day |
        | fena | should | SHOULD | assumed | our judgement; the guide has one request for each order, and does not say how it is answered; Fena's later API can send one again |
        | quickpay | must | MUST | documented | QuickPay's learn, section Callbacks: what is not answered is sent again |

    @id:<provider>/callback/lost @should @assumed
    Scenario Outline: An order whose callback gets lost SHOULD be found out about when the payer is back
      Source: <rule>
      Why: a firewall or a wrong address would leave every order unpaid, while the payers have paid.
      Remedy: <remedy>.
      Given an order
      And every callback gets lost
      When the payer pays
      Then the shop believes that the order is paid

      Examples:
        | provider | rule | remedy |
        | bambora | ePay's integration guide, payment window: accepturl gets what callbackurl gets | verify the return's hash, and take the order for paid by it |
        | quickpay | QuickPay's learn, section API: GET /payments/{id} says how a payment stands | ask GET /payments/{id} when the payer comes back and no callback has come yet |

  Rule: Callbacks that are not

    @id:<provider>/callback/forged-<name> @must @documented
    Scenario Outline: A callback that is <forgery> MUST NOT be believed
      Source: <rule>
      Why: whoever finds the address could have every order for nothing.
      Remedy: <remedy>.
      Given an order
      When a forged callback says that the order is paid, <forgery>
      Then the shop does not believe that the order is paid

      Examples:
        | provider | name | forgery | rule | remedy |
        | bambora | with-another-key | signed with another key | ePay's integration guide, hash check | compute the MD5 of all values and the key, and compare it with hash |
        | bambora | with-another-algorithm | signed with another algorithm | ePay's integration guide, hash check | compute with the provider's own algorithm, and never with one that the sender names |
        | bambora | unsigned | not signed | ePay's integration guide, hash check | refuse a callback that has no signature |
        | bambora | with-an-empty-signature | signed with nothing | ePay's integration guide, hash check | refuse an empty signature: who compares only what came finds nothing different |
        | fena | with-another-key | signed with another key | the guide, section Webhook: the token is signed with the terminal's secret | verify the token's HS512 signature with the terminal's secret |
        | fena | with-another-algorithm | signed with another algorithm | the guide, section Webhook: the token is signed with the terminal's secret | compute with the provider's own algorithm, and never with one that the sender names |
        | fena | unsigned | not signed | the guide, section Webhook: the token is signed with the terminal's secret | refuse a callback that has no signature |
        | fena | with-an-empty-signature | signed with nothing | the guide, section Webhook: the token is signed with the terminal's secret | refuse an empty signature: who compares only what came finds nothing different |
        | fena | of-another-merchant | signed by another merchant | the guide, section Webhook: the token is signed with the terminal's secret | verify with your own key, whatever merchant the callback names |
        | fena | with-another-credential | signed with another of its credentials | the guide, section Webhook: the token is signed with the terminal's secret | use the terminal's secret: its id stands in every link |
        | quickpay | with-another-key | signed with another key | QuickPay's learn, section Callbacks: the checksum is HMAC-SHA256 of the body with the private key | compute the HMAC-SHA256 of the raw body with the private key, and compare it with QuickPay-Checksum-Sha256 |
        | quickpay | with-another-algorithm | signed with another algorithm | QuickPay's learn, section Callbacks: the checksum is HMAC-SHA256 of the body with the private key | compute with the provider's own algorithm, and never with one that the sender names |
        | quickpay | unsigned | not signed | QuickPay's learn, section Callbacks: the checksum is HMAC-SHA256 of the body with the private key | refuse a callback that has no signature |
        | quickpay | with-an-empty-signature | signed with nothing | QuickPay's learn, section Callbacks: the checksum is HMAC-SHA256 of the body with the private key | refuse an empty signature: who compares only what came finds nothing different |
        | quickpay | of-another-merchant | signed by another merchant | QuickPay's learn, section Callbacks: the checksum is HMAC-SHA256 of the body with the private key | verify with your own key, whatever merchant the callback names |
        | quickpay | with-another-credential | signed with another of its credentials | QuickPay's learn, section Callbacks: the checksum is HMAC-SHA256 of the body with the private key | use the account's private key: the API key travels in requests and is another secret |
        | fena | of-another-terminal | signed for another merchant | the guide, section Webhook: "3. Verify the terminal" | compare the claim terminal with your own terminal's id |
        | fena | that-is-over | signed long ago | the guide, section Webhook: row exp of the payload definition | look at exp before a token is believed |
        | fena | from-the-link | signed by the shop itself | the guide, section Webhook: "2. Verify it has the correct payload" | ask for netAmount and completedAt: the payment link's token is signed with the same secret, and every payer has it |

    @id:<provider>/callback/forged-does-no-harm @should @assumed
    Scenario Outline: A forged callback SHOULD NOT make the shop fail
      Source: whoever finds the address can send whatever they like to it
      Why: an error of the server's wakes somebody up each time, and tells a forger what the shop stumbles over.
      Remedy: look whether there is a signature before you compare it, and answer 4xx where it is missing or wrong.
      Given an order
      When a forged callback says that the order is paid, not signed
      Then the shop does not fail on the forged callback
      When a forged callback says that the order is paid, signed with another key
      Then the shop does not fail on the forged callback

      Examples:
        | provider |
        | bambora |
        | fena |
        | quickpay |

    @id:<provider>/callback/forged-is-refused @should @assumed
    Scenario Outline: A forged callback SHOULD NOT be answered as a genuine one is
      Source: <rule>
      Why: if your own key is wrong one day, every genuine callback looks forged, and is lost without a sound.
      Remedy: answer 4xx to what is not signed rightly, and write it down.
      Given an order
      When a forged callback says that the order is paid, signed with another key
      Then the shop does not take the forged callback

      Examples:
        | provider | rule |
        | bambora | ePay takes 2xx for delivered, and does not send it again |
        | fena | what Fena takes for delivered is open; who is answered 2xx will hardly send it again |
        | quickpay | QuickPay takes 2xx, 302 and 303 for delivered, and does not send it again |

    @id:<provider>/callback/of-another-order @should @<ground>
    Scenario Outline: A genuine callback of another order SHOULD NOT pay this one
      Source: <rule>
      Why: who pays a small order once could send its callback to every other order's address.
      Remedy: find the order by what is signed, and not by the address that was called.
      Given an order
      And another order
      When the payer goes to the payment page
      And the payer of the other order pays
      And the other order's callback is sent to the order's address
      Then the shop does not believe that the order is paid

      Examples:
        | provider | ground | rule |
        | bambora | assumed | our judgement; no document says it, and ePay's public plugin for WooCommerce trusts a parameter of its own |
        | fena | assumed | our judgement; the notification has the orderID, and the guide's sample only asks whether there is one |
        | quickpay | observed | what Setono's public SDK advises; the body is the whole payment, with its order_id |

    @id:<provider>/callback/less-is-paid @<level> @<ground>
    Scenario Outline: A callback of a smaller amount <LEVEL> NOT pay the whole order
      Source: <rule>
      Why: the amount of a payment can be another than the shop meant, by a mistake of its own or by a payer's hand.
      Remedy: compare the amount with the order's before it is paid.
      Given an order of 125.00
      When the payer goes to the payment page
      And the provider calls back that 1.00 is paid
      Then the shop does not believe that the order is paid

      Examples:
        | provider | level | LEVEL | ground | rule |
        | bambora | should | SHOULD | assumed | our judgement; amount comes back with the payment, no document says what to do with it, and not every public plugin compares |
        | fena | must | MUST | documented | the guide, section Webhook: "4. Verify the amount" |
        | quickpay | should | SHOULD | observed | what Setono's public SDK advises; an operation has the amount that was authorized |

    @id:<provider>/callback/another-currency @should @<ground>
    Scenario Outline: A callback of a payment in another currency SHOULD NOT pay the order
      Source: <rule>
      Why: 100 Norwegian kroner are less than 100 Danish kroner.
      Remedy: compare the currency with the order's before it is paid.
      Given an order
      When the payer goes to the payment page
      And the provider calls back that the amount is paid in NOK
      Then the shop does not believe that the order is paid

      Examples:
        | provider | ground | rule |
        | bambora | assumed | our judgement; currency comes back with the payment, no document says what to do with it, and not every public plugin compares |
        | quickpay | observed | what Setono's public SDK advises; a payment has the currency that it was made in |

    @id:<provider>/callback/unknown-order @should @assumed
    Scenario Outline: A callback about an order that the shop does not know SHOULD be answered without a server's error
      Source: <rule>
      Why: a test shop on the same account would make this one fail, again and again.
      Remedy: answer 2xx or 4xx, and write it down; never fail.
      Given an order
      When the provider calls back about an order that the shop does not know
      Then the shop does not believe that the order is paid

      Examples:
        | provider | rule |
        | bambora | an account may have more than one shop |
        | fena | a terminal may have more than one shop |
        | quickpay | an account may have more than one shop |
