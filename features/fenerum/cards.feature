@scenario
Feature: A shop that registers cards at Fenerum by QuickPay's window
  The customer gives the card to QuickPay, whose callback says so, and the shop registers the card at Fenerum. The
  callback is QuickPay's own: it may come late, twice or never, and whoever knows the address can post one.

  Rule: Callbacks that are genuine

    @id:fenerum/callback/payer-never-returns @must @documented @needs:subscription @needs:status.active
    Scenario: A card MUST be registered although its customer never comes back
      Source: QuickPay's learn, section Callbacks: QuickPay's server posts it by itself; the document, Quickpay's step 3: the callback registers the card
      Why: one customer in a hundred closes the browser as soon as they have given the card.
      Remedy: let the callback register the card, and not the page that the customer comes back to.
      Given a subscription
      When the payer pays and closes the browser
      Then the shop believes that the subscription is active

    @id:fenerum/callback/taken @must @documented @needs:subscription
    Scenario: The callback of a sign-up MUST be answered with 2xx, 302 or 303
      Source: QuickPay's learn, section Callbacks: another status than 2xx, 302 and 303 is tried again, up to 24 times
      Why: QuickPay sends the same callback again and again, or gives up and nobody hears of the card.
      Remedy: answer 200 as soon as the card is registered, without a login page, a CSRF check or a redirect in the way.
      Given a subscription
      When the payer pays and closes the browser
      Then the shop has taken the callback

    @id:fenerum/callback/browser-first @must @documented @needs:subscription @needs:status.active @needs:status.credited
    Scenario: A customer who is back before the callback MUST see a page, and the card MUST be registered afterwards, once
      Source: QuickPay's learn, section Callbacks: the callback is sent beside the payer's way back
      Why: on a busy day the browser is faster, and the customer would see an error for a card that is saved.
      Remedy: say that the card is being looked into, and let the callback do the rest.
      Given a subscription
      And the provider keeps its callbacks back
      When the payer pays
      Then the payer sees a page of the shop's
      When the callbacks arrive
      Then the shop believes that the subscription is active
      And the order is credited once

    @id:fenerum/callback/a-day-later @must @documented @alone @needs:subscription @needs:status.active
    Scenario: A callback that comes a day later MUST still register the card
      Source: QuickPay's learn, section Callbacks: a callback that fails is tried again, up to 24 times
      Why: the shop or QuickPay may have been down overnight, and the card was given all the same.
      Remedy: keep a sign-up open until QuickPay has said how it ended.
      Given a subscription
      And callbacks take 25 hours
      When the payer pays and closes the browser
      And 26 hours pass
      Then the shop believes that the subscription is active

    @id:fenerum/callback/twice @must @observed @needs:subscription @needs:status.active @needs:status.credited
    Scenario: A callback that comes twice MUST register one card
      Source: Setono's Sylius plugin and the WooCommerce plugin: QuickPay's duplicates happen
      Why: the customer would have two cards, or be served twice.
      Remedy: keep the subscription's id with the card that was registered for it, and do nothing the second time but answer 200.
      Given a subscription
      And every callback arrives twice
      When the payer pays
      Then the shop believes that the subscription is active
      And the order is credited once

    @id:fenerum/callback/reply-was-lost @must @documented @needs:subscription @needs:status.active @needs:status.credited
    Scenario: A callback that comes again because the shop's answer was lost MUST be taken again, and register nothing more
      Source: QuickPay's learn, section Callbacks: what is not answered is sent again
      Why: the customer would have two cards, or QuickPay would go on calling.
      Remedy: answer 200 to a callback that is known already.
      Given a subscription
      When the payer pays
      And the callback arrives again
      Then the shop has taken the callback
      And the shop believes that the subscription is active
      And the order is credited once

    @id:fenerum/callback/lost @should @assumed @needs:subscription @needs:status.active
    Scenario: A sign-up whose callback gets lost SHOULD be found out about when the customer is back
      Source: QuickPay's learn, section API: GET /subscriptions/{id} says how a subscription stands
      Why: a firewall or a wrong address would leave every card unregistered.
      Remedy: ask GET /subscriptions/{id} when the customer comes back and no callback has come yet.
      Given a subscription
      And every callback gets lost
      When the payer pays
      Then the shop believes that the subscription is active

    @id:fenerum/callback/reordered @must @observed @needs:subscription @needs:status.active
    Scenario: A refused try whose callback comes after the approved one's MUST NOT undo the sign-up
      Source: Setono's Sylius plugin and the WooCommerce plugin: the order of QuickPay's callbacks is not guaranteed
      Why: a customer whose first card was refused and whose second was not would have signed up in vain.
      Remedy: never go from active to failed by a callback of a refusal.
      Given a subscription
      And the provider keeps its callbacks back
      When the bank declines the payment
      And the payer pays
      And the callbacks arrive in reverse
      Then the shop believes that the subscription is active

    @id:fenerum/callback/refused-registers-nothing @must @documented @needs:subscription @needs:status.active
    Scenario: The callback of a refused try MUST NOT be taken for a card
      Source: QuickPay's learn, section Callbacks: operations are called back; appendix Errors: 20000 alone is approved
      Why: the shop would serve somebody who cannot be charged.
      Remedy: look at accepted, and at the last operation's qp_status_code.
      Given a subscription
      And the provider keeps its callbacks back
      When the bank declines the payment
      And the callbacks arrive
      Then the shop does not believe that the subscription is active

  Rule: Callbacks that are not

    @id:fenerum/callback/forged-<name> @must @documented @needs:subscription @needs:status.active
    Scenario Outline: A callback of a sign-up that is <forgery> MUST NOT be believed
      Source: QuickPay's learn, section Callbacks: the checksum is HMAC-SHA256 of the body with the private key
      Why: somebody would be served whom nobody can charge, or who gave somebody else's card.
      Remedy: <remedy>.
      Given a subscription
      When a forged callback says that the order is paid, <forgery>
      Then the shop does not believe that the subscription is active

      Examples:
        | name | forgery | remedy |
        | with-another-algorithm | signed with another algorithm | compute with QuickPay's own algorithm, and never with one that the sender names |
        | unsigned | not signed | refuse a callback that has no signature |
        | with-an-empty-signature | signed with nothing | refuse an empty signature: who compares only what came finds nothing different |
        | of-another-merchant | signed by another merchant | verify with your own key, whatever merchant the callback names |
        | with-another-credential | signed with another of its credentials | use the account's private key: the API key travels in requests and is another secret |

    @id:fenerum/callback/forged-does-no-harm @should @assumed @needs:subscription
    Scenario: A forged callback of a sign-up SHOULD NOT make the shop fail
      Source: whoever finds the address can send whatever they like to it
      Why: an error of the server's wakes somebody up each time, and tells a forger what the shop stumbles over.
      Remedy: look whether there is a signature before you compare it, and answer 4xx where it is missing or wrong.
      Given a subscription
      When a forged callback says that the order is paid, not signed
      Then the shop does not fail on the forged callback
      When a forged callback says that the order is paid, signed with another key
      Then the shop does not fail on the forged callback

    @id:fenerum/callback/forged-is-refused @should @assumed @needs:subscription
    Scenario: A forged callback of a sign-up SHOULD NOT be answered as a genuine one is
      Source: QuickPay takes 2xx, 302 and 303 for delivered, and does not send it again
      Why: if your own key is wrong one day, every genuine callback looks forged, and is lost without a sound.
      Remedy: answer 4xx to what is not signed rightly, and write it down.
      Given a subscription
      When a forged callback says that the order is paid, signed with another key
      Then the shop does not take the forged callback

    @id:fenerum/callback/of-another-order @should @observed @needs:subscription @needs:status.active
    Scenario: The genuine callback of another sign-up SHOULD NOT make this one active
      Source: what Setono's public SDK advises for QuickPay's callbacks; the body is the whole subscription, with its order_id
      Why: who has signed up once could serve all their friends by one card.
      Remedy: find the subscription by what is signed, and not by the address that was called.
      Given a subscription
      And another subscription
      When the payer goes to the payment page
      And the payer of the other order pays
      And the other order's callback is sent to the order's address
      Then the shop does not believe that the subscription is active

    @id:fenerum/callback/unknown-order @should @assumed @needs:subscription
    Scenario: A callback about a sign-up that the shop does not know SHOULD be answered without a server's error
      Source: an account at QuickPay may have more than one shop
      Why: a test shop on the same account would make this one fail, again and again.
      Remedy: answer 2xx or 4xx, and write it down; never fail.
      Given a subscription
      When the provider calls back about an order that the shop does not know
      Then the shop does not believe that the subscription is active

  Rule: Customers who try again

    @id:fenerum/subscription/two-tabs @must @documented @needs:subscription @needs:status.active
    Scenario: A customer who signs up in two tabs MUST get the subscription whose tab it is
      Source: QuickPay's learn, section Callbacks: the body is the whole subscription, with its order_id
      Why: the customer would get what they did not sign up for.
      Remedy: name the subscription in the addresses that you give QuickPay, and find it by that, not by the customer's session.
      Given a subscription
      And another subscription of the same payer
      When the payer goes to the payment page
      And the payer of the other order goes to the payment page
      And the payer pays
      Then the shop believes that the subscription is active

    @id:fenerum/subscription/second-try @must @documented @needs:subscription @needs:status.active
    Scenario: A sign-up whose first card is refused MUST be active by the second
      Source: QuickPay's learn, section Payment link: the link can be used again until the payment is completed
      Why: the customer has given a good card, and would wait in vain.
      Remedy: keep a sign-up open whose card was refused, and let each try count.
      Given a subscription
      When the bank declines the payment
      And the payer pays
      Then the shop believes that the subscription is active

    @id:fenerum/subscription/signed-up-after-cancelling @must @documented @needs:subscription @needs:status.active
    Scenario: A customer who cancels and then gives the card all the same MUST have signed up
      Source: QuickPay's learn, section Payment link: the link can be used again until the payment is completed
      Why: the customer has given the card, and would wait in vain.
      Remedy: keep a cancelled sign-up open for a card that comes after all.
      Given a subscription
      When the payer cancels
      And the payer opens the payment page in a second tab
      And the payer pays
      Then the shop believes that the subscription is active

    @id:fenerum/subscription/cancel-address-by-hand @should @assumed @needs:subscription @needs:status.active
    Scenario: The cancel address SHOULD NOT undo a sign-up
      Source: our judgement; cancelurl gets no data, says QuickPay's learn, section Payment form
      Why: the customer has given the card, and a page in their history would take the subscription from them.
      Remedy: look at how the subscription stands first: what is active stays active.
      Given a subscription
      When the payer pays
      Then the shop believes that the subscription is active
      When somebody opens the cancel address by hand
      Then the shop believes that the subscription is active

    @id:fenerum/subscription/unknown-order @should @assumed @needs:subscription
    Scenario: A return of a sign-up that the shop does not know SHOULD get a page without a server's error
      Source: addresses are typed, cut short and kept for years
      Why: errors of the server's wake people at night, and tell strangers about the shop.
      Remedy: answer 404 with a page that says that nobody knows it.
      Given a subscription
      When somebody opens the accept address of an order that nobody knows
      Then the shop does not believe that the subscription is active

    @id:fenerum/subscription/awkward-order @should @assumed @needs:subscription @needs:status.active
    Scenario: A subscription with awkward characters in its name SHOULD be signed up for like any other
      Source: customer numbers come from cash desks, imports and people
      Why: one customer in a thousand would not be able to sign up, and nobody would know why.
      Remedy: percent-encode where the name stands in an address, and give QuickPay a name of its own that it takes.
      Given a subscription called "Å b/c?d=e&f+g%20h"
      When the payer pays
      Then the shop believes that the subscription is active
