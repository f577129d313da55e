@scenario
Feature: Payers who change Freepay's form on the way
  A form leads to the payment page, and nothing of it is signed: whoever opens the browser's tools writes into it what
  they like, pays that, and comes back with a transaction that Freepay really knows.

  Rule: What was paid is compared with what the order costs

    @id:freepay/redirect/amount-changed @should @assumed
    Scenario: A payment of less than the order costs SHOULD NOT pay the order
      Source: our judgement; the document's table of the form's fields has no signature, and AuthorizationAmount is observed in a public .NET client
      Why: a payer who writes 1.00 into the form would have everything for 1.00.
      Remedy: compare the AuthorizationAmount that QueryTransaction tells with the order's own amount.
      Given an order of 125.00
      When the payer changes the amount on the way to 1.00
      And the payer pays
      Then the shop does not believe that the order is paid

    @id:freepay/redirect/currency-changed @should @assumed
    Scenario: A payment in another currency SHOULD NOT pay the order
      Source: our judgement; the document's table of the form's fields has no signature, and Currency in the view is observed in a public .NET client
      Why: 100 Norwegian kroner are less than 100 Danish kroner.
      Remedy: compare the Currency that QueryTransaction tells with the order's own.
      Given an order
      When the payer changes the currency on the way to NOK
      And the payer pays
      Then the shop does not believe that the order is paid

    @id:freepay/redirect/merchant-changed @should @assumed
    Scenario: A payment to another merchant SHOULD NOT pay the order
      Source: our judgement; MerchantNumber in the view is observed in a public .NET client; that one password may stand for more than one merchant is assumed
      Why: the money goes to somebody else, and the goods leave this shop.
      Remedy: compare the MerchantNumber that QueryTransaction tells with your own.
      Given an order
      When the payer changes the merchant on the way
      And the payer pays
      Then the shop does not believe that the order is paid
