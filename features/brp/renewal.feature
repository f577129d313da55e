@scenario
Feature: Another card for what BRP draws every month
  BRP draws by a mandate of the customer's, which it makes when the first order is paid. One address makes a mandate or
  puts another card into it. For the shop nothing changes by it: the return is not signed, and the mandate is BRP's.

  Rule: The customer stays signed up

    @id:brp/subscription/renewed @must @documented @needs:subscription.actions.renew @needs:status.active
    Scenario: A customer who gives another card MUST be sent to BRP rightly, and stay signed up
      Source: the document's section on creating or updating a card mandate
      Why: a card that has expired is not drawn by, and the customer would get an error page in the place of the card's.
      Remedy: send the customer to creatercpmandate with the person's and the business unit's ids and a hash over all values, and show a page on the way back.
      Given a subscription of 399.00
      When the payer pays
      Then the shop believes that the subscription is active
      When the customer goes to give another card
      And the payer pays
      Then the payer sees a page of the shop's
      And everything that the shop sent is right
      And the shop believes that the subscription is active

    @id:brp/subscription/renewal-given-up @should @assumed @needs:subscription.actions.renew @needs:status.active
    Scenario: A customer who goes to give another card, and gives none, SHOULD stay signed up
      Source: our judgement: the document's error 205 says that nothing was done, and the mandate is what it was
      Why: the card is still drawn by, and the customer would not be served any more.
      Remedy: show that no card was given, and change nothing about the subscription.
      Given a subscription of 399.00
      When the payer pays
      Then the shop believes that the subscription is active
      When the customer goes to give another card
      And the payer cancels
      Then the payer sees a page of the shop's
      And the shop believes that the subscription is active
