@scenario
Feature: Another card for a subscription at ePay
  A subscription outlives its card. When that has expired, the card holder goes to the payment window once more, and the
  shop keeps the subscriptionid that comes of it. Another way, subscription=2 with the subscriptionid, is sent by a newer
  plugin, and that the window knows it is assumed: a shop may take either, and is judged by what can be charged.

  Rule: The new card counts as soon as it is there

    @id:bambora/subscription/renewed-when-expired @must @documented @alone @needs:subscription.actions.charge @needs:subscription.actions.renew @needs:status.active
    Scenario: A subscription whose card has expired MUST be charged again when the card holder has given another
      Source: Bambora's page on recurring payments, when the card expires
      Why: the customer is willing to pay, and is refused every month.
      Remedy: when a charge is refused with pbsresponse 101, send the card holder to the window again, and keep the new subscriptionid.
      Given a subscription
      When the payer pays
      Then the shop believes that the subscription is active
      When 30 years pass
      Then the shop says that it cannot charge the subscription
      When the customer goes to give another card
      And the payer pays
      And the callbacks have arrived
      Then the shop believes that the subscription is active
      When the shop charges the subscription
      Then the provider has charged the subscription once

    @id:bambora/subscription/renewed-without-return @must @documented @needs:subscription.actions.charge @needs:subscription.actions.renew @needs:status.active
    Scenario: Another card MUST count although its card holder never comes back
      Source: ePay's integration guide, payment window: callbackurl gets the parameters that accepturl gets
      Why: who gives a card and closes the window has given it, and the one before would be charged.
      Remedy: do the same at callbackurl as at accepturl, once.
      Given a subscription
      When the payer pays
      Then the shop believes that the subscription is active
      When the customer goes to give another card
      And the payer pays and closes the browser
      And the callbacks have arrived
      Then the shop believes that the subscription is active
      When the shop charges the subscription
      Then the provider has charged the subscription once

  Rule: Nothing else is a new card

    @id:bambora/subscription/renewal-by-hand @must @documented @needs:subscription.actions.charge @needs:subscription.actions.renew @needs:status.active
    Scenario: An accept address that is opened by hand MUST NOT bring another card
      Source: ePay's integration guide, hash check
      Why: whoever types an address would leave the subscription without a card that can be charged.
      Remedy: verify the hash before you look at subscriptionid, as at the first sign-up.
      Given a subscription
      When the payer pays
      Then the shop believes that the subscription is active
      When the customer goes to give another card
      And somebody opens the accept address by hand
      Then the subscription can be charged if the shop believes that it is active
