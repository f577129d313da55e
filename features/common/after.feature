@scenario
Feature: After the payment, at every provider where the shop can do more
  Money that is reserved is drawn, given back or let go; who has signed up is charged, and not any more when it is over.
  What a shop cannot do is not asked of it.

  Rule: Money that was paid

    @id:<provider>/after/refunded @must @<ground> @needs:actions.capture @needs:actions.refund @needs:status.refunded
    Scenario Outline: An order that the shop captures and refunds MUST be refunded
      Source: <rule>
      Why: the payer waits for the money.
      Remedy: capture before you refund, and look at what the provider says of the operation, and not at its status 200 alone.
      Given an order
      When the payer pays
      Then the shop believes that the order is paid
      When the shop captures the order
      Then the provider has captured the order
      When the shop refunds the order
      Then the provider has refunded the order
      And the shop believes that the order is refunded

      Examples:
        | provider | ground | rule |
        | bambora | documented | ePay's web service payment: capture, and credit |
        | freepay | observed | trendsales' public .NET client of Freepay: CaptureV2, and CreditV2 |
        | quickpay | documented | QuickPay's learn, section API: POST /payments/{id}/capture and /refund |

    @id:<provider>/after/refunded-once @should @assumed @needs:actions.capture @needs:actions.refund @needs:status.refunded
    Scenario Outline: An order that is refunded SHOULD NOT be refunded again
      Source: the provider refuses what is more than was captured
      Why: who presses twice would be shown two refunds, and the books would say so, too.
      Remedy: keep how much was captured and refunded, and read what the provider answers.
      Given an order
      When the payer pays
      Then the shop believes that the order is paid
      When the shop captures the order
      And the shop refunds the order
      Then the shop believes that the order is refunded
      And the shop refuses to refund the order
      And the provider has refunded the order

      Examples:
        | provider |
        | bambora |
        | freepay |
        | quickpay |

    @id:<provider>/after/called-off @must @documented @needs:actions.cancel @needs:status.cancelled
    Scenario Outline: An order that the shop calls off MUST be cancelled
      Source: <rule>
      Why: the money stays reserved on the payer's card.
      Remedy: let go what is authorized and not captured, and look at what the provider says of the operation.
      Given an order
      When the payer pays
      Then the shop believes that the order is paid
      When the shop calls the order off
      Then the provider has let the order's reservation go
      And the shop believes that the order is cancelled

      Examples:
        | provider | rule |
        | bambora | ePay's web service payment: delete |
        | freepay | the document, section Fjernadministration: DeleteTransaction |
        | quickpay | QuickPay's learn, section API: POST /payments/{id}/cancel |

    @id:<provider>/after/capture-refused @must @<ground> @needs:actions.capture
    Scenario Outline: A capture that the provider refuses MUST NOT be booked
      Source: <rule>
      Why: the goods are sent, and the money never comes.
      Remedy: <remedy>.
      Given an order
      When the payer pays
      Then the shop believes that the order is paid
      Given the provider refuses what the shop does next
      Then the shop says that it cannot capture the order

      Examples:
        | provider | ground | rule | remedy |
        | bambora | documented | Bambora's page on recurring payments, step 3: captureResult says whether it was done | look at captureResult, and then at the two codes |
        | freepay | observed | trendsales' public .NET client of Freepay: IsSuccess in a TransactionResult says whether it was done | look at IsSuccess, and not at the status 200 |
        | quickpay | documented | QuickPay's learn, appendix Errors: an operation has its qp_status_code | look at the last operation's qp_status_code, and not at the status 200 or 202 |

    @id:quickpay/after/renewed @must @documented @needs:actions.renew
    Scenario: An order whose reservation the shop renews MUST still be paid
      Source: QuickPay's learn, section API: POST /payments/{id}/renew
      Why: a reservation lasts some days, and goods that are sent later would be sent unpaid.
      Remedy: renew an authorization before it ends, and do not take the new one for another payment.
      Given an order
      When the payer pays
      Then the shop believes that the order is paid
      When the shop renews the order's reservation
      Then the provider has renewed the order's reservation
      And the shop believes that the order is paid
      And the order is credited once

  Rule: Who has signed up

    @id:<provider>/subscription/signed-up @must @documented @way @needs:subscription @needs:status.active
    Scenario Outline: A subscription that is signed up MUST be active at the shop
      Source: <rule>
      Why: the customer has given the card, and would never be charged or served.
      Remedy: take the id that comes with it as the subscription's own, and keep it with the customer.
      Given a subscription of <amount>
      When the payer pays
      Then the payer sees a page of the shop's
      And the shop believes that the subscription is active
      And everything that the shop sent is right

      Examples:
        | provider | amount | rule |
        | bambora | 125.00 | Bambora's page on recurring payments, step 2: subscriptionid comes back with a subscription |
        | brp | 399.00 | the document's section on recurring card payment: an order may have a product in it that is charged again |
        | fenerum | 125.00 | the document, Quickpay's step 3: the callback of QuickPay's window registers the card |
        | freepay | 125.00 | the document, section Abonnementer: the id that comes back is the SubscriptionID |
        | quickpay | 125.00 | QuickPay's learn, section Subscriptions: the window authorizes the subscription |

    @id:<provider>/subscription/given-up @must @documented @needs:subscription @needs:status.active
    Scenario Outline: A subscription whose customer gives up MUST NOT be active at the shop
      Source: <rule>
      Why: the shop would serve somebody who cannot be charged.
      Remedy: mark it as active when the provider says so, and not when the sign-up begins.
      Given a subscription of <amount>
      When the payer cancels
      Then the shop does not believe that the subscription is active

      Examples:
        | provider | amount | rule |
        | bambora | 125.00 | ePay's integration guide, payment window: cancelurl |
        | brp | 399.00 | the document's table of error codes: 205 |
        | fenerum | 125.00 | QuickPay's learn, section Payment link: cancel_url |
        | freepay | 125.00 | the document, section Returværdier: transact comes of what was approved |
        | quickpay | 125.00 | QuickPay's learn, section Payment link: cancel_url |

    @id:<provider>/subscription/charged @must @documented @needs:subscription.actions.charge @needs:status.active
    Scenario Outline: A subscription that is active MUST be charged when the shop does so
      Source: <rule>
      Why: the customer is served, and nobody pays.
      Remedy: <remedy>.
      Given a subscription
      When the payer pays
      Then the shop believes that the subscription is active
      When the shop charges the subscription
      Then the provider has charged the subscription once
      And the shop believes that the subscription is active

      Examples:
        | provider | rule | remedy |
        | bambora | Bambora's page on recurring payments, step 3: authorize | give authorize the subscriptionid that came back, and look at authorizeResult |
        | freepay | the document, section Abonnementer: AuthorizeSubscription2 | give it the subscription's id, and capture the transaction that it makes |
        | quickpay | QuickPay's learn, section API: POST /subscriptions/{id}/recurring | give each charge an order_id of its own, and take the new payment for the charge |

    @id:<provider>/subscription/charge-refused @must @<ground> @alone @needs:subscription.actions.charge @needs:status.active
    Scenario Outline: A charge that the provider refuses MUST NOT be booked
      Source: <rule>
      Why: the customer is served, and nobody has paid.
      Remedy: <remedy>.
      Given a subscription
      When the payer pays
      Then the shop believes that the subscription is active
      Given the provider refuses the next charge
      Then the shop says that it cannot charge the subscription

      Examples:
        | provider | ground | rule | remedy |
        | bambora | documented | Bambora's page on recurring payments, step 3: authorizeResult says whether it was done | look at authorizeResult, and then at the two codes |
        | freepay | observed | trendsales' public .NET client of Freepay: IsSuccess in an AuthorizationResult says whether it was done | look at IsSuccess, and not at the status 200 |
        | quickpay | documented | QuickPay's learn, appendix Errors: an operation has its qp_status_code | look at the new payment's last operation, and not at the status 200 or 202 |

    @id:<provider>/subscription/card-expired @should @assumed @alone @needs:subscription.actions.charge @needs:status.active
    Scenario Outline: A charge on a card that has expired since SHOULD NOT be booked
      Source: <rule>
      Why: cards end every few years, and a subscription outlives them: it would be served for nothing from then on.
      Remedy: <remedy>.
      Given a subscription
      When the payer pays
      Then the shop believes that the subscription is active
      When 30 years pass
      Then the shop says that it cannot charge the subscription

      Examples:
        | provider | rule | remedy |
        | bambora | Bambora's page on recurring payments: when the card expires, a new subscription is needed; that the code is 101 then is our reading of public message lists | look at authorizeResult, and ask the customer for another card when pbsresponse is 101 |
        | freepay | ExpiryDate in trendsales' public .NET client, and 101 in public message lists; that the one leads to the other is our reading | look at IsSuccess, and ask the customer for another card when the code is 101 |

    @id:<provider>/subscription/deleted @must @documented @needs:subscription.actions.delete @needs:status.active @needs:status.cancelled
    Scenario Outline: A subscription that the shop deletes MUST be over
      Source: <rule>
      Why: the customer has left, and would be charged again.
      Remedy: end it at the provider, and not in your own books alone.
      Given a subscription
      When the payer pays
      Then the shop believes that the subscription is active
      When the shop deletes the subscription
      Then the provider has ended the subscription
      And the shop believes that the order is cancelled

      Examples:
        | provider | rule |
        | bambora | Bambora's page on recurring payments, step 4: deletesubscription |
        | fenerum | the document, section Deaktiver et kort: POST /paymentcards/{card_uuid}/disable/ |
        | quickpay | QuickPay's learn, section API: POST /subscriptions/{id}/cancel |

    @id:<provider>/subscription/not-charged-when-deleted @should @assumed @needs:subscription.actions.charge @needs:subscription.actions.delete @needs:status.active
    Scenario Outline: A subscription that was deleted SHOULD NOT be charged
      Source: the customer has left
      Why: money is drawn that nobody owes, and has to be given back.
      Remedy: look at the subscription's own state before each charge.
      Given a subscription
      When the payer pays
      Then the shop believes that the subscription is active
      When the shop deletes the subscription
      Then the shop refuses to charge the subscription

      Examples:
        | provider |
        | bambora |
        | quickpay |

    @id:<provider>/subscription/forged @must @documented @needs:subscription @needs:status.active
    Scenario Outline: A forged callback MUST NOT sign anybody up
      Source: QuickPay's learn, section Callbacks: the checksum is HMAC-SHA256 of the body with the private key
      Why: somebody would be served whom nobody can charge.
      Remedy: compute the HMAC-SHA256 of the raw body with the private key, and compare it with QuickPay-Checksum-Sha256.
      Given a subscription
      When a forged callback says that the order is paid, signed with another key
      Then the shop does not believe that the subscription is active

      Examples:
        | provider |
        | fenerum |
        | quickpay |

  Rule: A card that is given anew
    Cards end, and customers change them. What a charge on a card comes to that has expired since is tried above where a
    document or public code speaks of it. QuickPay's test cards take any date, and nothing says what it answers then but
    what it answers to every refusal. Fenerum charges its cards itself, and its document has no call that tells the shop.

    @id:<provider>/subscription/renewed @<level> @<ground> @needs:subscription.actions.charge @needs:subscription.actions.renew @needs:status.active
    Scenario Outline: A subscription whose customer gives another card <LEVEL> be charged by that
      Source: <rule>
      Why: the customer has given a card that can be charged, and the one before, which may have expired, is charged instead.
      Remedy: take the id that comes with the new card for the subscription's own, although it is active already.
      Given a subscription
      When the payer pays
      Then the shop believes that the subscription is active
      When the customer goes to give another card
      And the payer pays
      And the callbacks have arrived
      Then the payer sees a page of the shop's
      And the shop believes that the subscription is active
      And everything that the shop sent is right
      When the shop charges the subscription
      Then the provider has charged the subscription once

      Examples:
        | provider | level | LEVEL | ground | rule |
        | bambora | must | MUST | documented | Bambora's page on recurring payments, when the card expires: the card holder enters the card in the window again, and step 1 is repeated |
        | freepay | should | SHOULD | assumed | the document, section Abonnementer: what comes back is the SubscriptionID, by which is charged; that another card is another subscription is our reading |
        | quickpay | should | SHOULD | assumed | QuickPay's learn, section Subscriptions: a subscription is authorized, and then charged; that another card is another subscription is our reading |

    @id:<provider>/subscription/old-card-ended @should @<ground> @needs:subscription.actions.renew @needs:status.active
    Scenario Outline: A card that the customer has replaced SHOULD be ended at the provider
      Source: <rule>
      Why: a card that its customer has replaced could be charged by mistake, and its data are kept for nothing.
      Remedy: <remedy>.
      Given a subscription
      When the payer pays
      Then the shop believes that the subscription is active
      When the customer goes to give another card
      And the payer pays
      Then the provider has replaced the subscription's card
      And the shop believes that the subscription is active

      Examples:
        | provider | ground | rule | remedy |
        | bambora | documented | Bambora's page on recurring payments, when the card expires: deletesubscription | call deletesubscription with the old subscriptionid, best when the new one is there |
        | fenerum | assumed | the document, section Deaktiver et kort: only a card that is disabled is not charged any more; which of two is charged it does not say | register the new card, and then disable the one before |
        | quickpay | assumed | QuickPay's learn, section API: POST /subscriptions/{id}/cancel; that a card is replaced by it is our reading | cancel the old subscription when the new one is active |

    @id:<provider>/subscription/renewal-given-up @should @assumed @needs:subscription.actions.charge @needs:subscription.actions.renew @needs:status.active
    Scenario Outline: A customer who goes to give another card, and gives none, SHOULD be left with what can be charged, or with nothing
      Source: <rule>
      Why: the customer would be served by a subscription that nobody can charge.
      Remedy: let the old card be until the new one is there; or, if you have ended it before, do not take the subscription for active.
      Given a subscription
      When the payer pays
      Then the shop believes that the subscription is active
      When the customer goes to give another card
      And the payer cancels
      Then the subscription can be charged if the shop believes that it is active

      Examples:
        | provider | rule |
        | bambora | our judgement: Bambora's page on recurring payments ends the old subscription first, and does not speak of card holders who then give up |
        | quickpay | our judgement: a subscription is active when it was authorized, and who cancels has authorized none |
