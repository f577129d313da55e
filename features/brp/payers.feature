@scenario
Feature: Payers at BRP who do not pay as they are meant to
  BRP's hash holds for whatever endpoint stands before it, and its payment page does not wait for ever.

  Rule: What is not paid is not paid

    @id:brp/redirect/invoice-is-no-payment @should @assumed
    Scenario: An order that was invoiced SHOULD NOT be taken for a paid one
      Source: our judgement: the document prints one hash for payfororder and brpinvoice, and signs no return
      Why: a payer who changes one word of the link gets the goods at once, and an invoice instead of paying.
      Remedy: take an order for paid only if a receipt names it and is over at least what you expect; leftToPay alone says less.
      Given an order of a payer without an e-mail address
      When the payer asks for an invoice in the place of paying
      Then the shop does not believe that the order is paid

    @id:brp/redirect/cheaper-at-brp @should @assumed
    Scenario: A receipt over less than the order costs SHOULD NOT pay the order
      Source: our judgement; the link names the order and no amount, so what is paid is what the order costs at BRP by then
      Why: an order that is changed at the desk, or grows in the cart after its link was made, would be delivered for less.
      Remedy: compare what the receipt says was paid with your own record of the order.
      Given an order of 125.00
      When the payer goes to the payment page
      And the order is cheaper at the provider, by 100.00
      And the payer pays
      Then the shop does not believe that the order is paid

    @id:brp/redirect/too-late @should @assumed @alone
    Scenario: An order whose payment page ran out of time SHOULD be payable again
      Source: the document's table of error codes: 201, the payment was not completed; that a page which has run out ends so is our reading
      Why: the payer went for the card, and would be sent away although nothing is wrong.
      Remedy: show that it failed, keep the order open, and take the payment that comes later.
      Given an order
      When the payer goes to the payment page
      And 2 hours pass
      And the payer pays
      Then the shop does not believe that the order is paid
      When the payer checks out the same order again
      And the payer pays
      Then the shop believes that the order is paid
