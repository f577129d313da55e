Feature: Handling ePay's callbacks
  ePay calls callbackurl with what the payer brings to accepturl. Which of them comes first is open, both come,
  and a callback that is not answered with 200 comes again. A genuine one may still be about something else.

  Rule: One payment is handled once

    @id:bambora/return/payment-is-handled-once @about:bambora.return/handled @about:bambora.return/callback-handled @about:bambora.return/accept-handled @about:bambora.return/zero-handled @must @observed
    Scenario: A payment that the shop knows MUST NOT be handled again
      Source: ePay's public plugins for WooCommerce and PrestaShop, which look for the transaction first
      Given the examples A1, A2
      And callbacks with a payment that is known already
      When the shop decides what a return or a callback means for its order
      Then every answer is right

    @id:bambora/return/repeated-is-answered @about:bambora.return/repeated @must @documented
    Scenario: A payment that the shop knows MUST NOT be refused
      Source: ePay's integration guide, callback: what is not answered with 2xx comes again, every hour for a day
      Given the examples A1
      And callbacks with a payment that is known already
      When the shop decides what a return or a callback means for its order
      Then no answer shows "bambora.return/repeated-refused"

  Rule: A payment is for one order, of one amount

    @id:bambora/return/order-is-compared @about:bambora.return/order @about:bambora.return/accept-not-compared @should @assumed
    Scenario: A payment of another order SHOULD NOT pay this one
      Source: our judgement; no document says it, and ePay's public plugin for WooCommerce trusts a parameter of its own
      Given callbacks with another order
      When the shop decides what a return or a callback means for its order
      Then every answer is right

    @id:bambora/return/order-is-epays @about:bambora.return/first @about:bambora.return/read @should @assumed
    Scenario: The order SHOULD be read from ePay's orderid, not from a parameter before it
      Source: our judgement; whoever changes the request puts any parameter into accepturl, and ePay hashes it along
      Given callbacks with another order, and the shop's in a parameter of its own
      When the shop decides what a return or a callback means for its order
      Then every answer is right

    @id:bambora/return/amount-is-compared @about:bambora.return/amount @about:bambora.return/whole @about:bambora.return/fee @should @assumed
    Scenario: A payment of another amount SHOULD be refused
      Source: our judgement; no document says it, and not every public plugin compares
      Given callbacks with another amount
      When the shop decides what a return or a callback means for its order
      Then every answer is right

    @id:bambora/return/currency-is-compared @about:bambora.return/currency-not @should @assumed
    Scenario: A payment in another currency SHOULD be refused
      Source: our judgement; no document says it, and not every public plugin compares
      Given callbacks with another currency
      When the shop decides what a return or a callback means for its order
      Then every answer is right

    @id:bambora/return/nothing-is-no-payment @about:bambora.return/zero-is-payment @should @assumed
    Scenario: txnid=0 SHOULD NOT pay an order that costs something
      Source: our judgement; nothing was authorised then, and no return of this kind was seen
      Given callbacks with no transaction
      When the shop decides what a return or a callback means for its order
      Then every answer is right
