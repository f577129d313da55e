Feature: Reading Fena's redirect
  The payer comes back with the order and a status in the address. Nobody signed it, and it may come before
  the notification, or without one.

  Rule: The address proves nothing

    @id:fena/return/whole @whole @should @assumed
    Scenario: Order and outcome SHOULD both be right, whatever comes back
      Source: our judgement; what each should be stands in the cases below
      Given the examples R01, R04
      And any returns
      When the shop tells a payer who is back what became of the payment
      Then every answer is right

    @id:fena/return/executed-is-no-proof @about:fena.return/executed @about:fena.return/status @should @assumed
    Scenario: status=executed SHOULD NOT pay an order
      Source: our judgement; section Redirect Handling calls it a processed payment, and has nothing with which to check it, as section Webhook has
      Given the examples R01
      And returns with status executed and no notification
      When the shop tells a payer who is back what became of the payment
      Then every answer is right

    @id:fena/return/rejected-undoes-nothing @about:fena.return/rejected @about:fena.return/status @should @assumed
    Scenario: status=rejected SHOULD NOT undo an order that a notification has paid
      Source: our judgement; anybody can open the address
      Given returns with status rejected and a notification
      When the shop tells a payer who is back what became of the payment
      Then every answer is right

    @id:fena/return/waits-for-the-notification @about:fena.return/pending @should @assumed
    Scenario: A payer who is faster than the notification SHOULD be told to wait
      Source: our judgement; the document does not say which comes first
      Given returns with status executed and no notification
      When the shop tells a payer who is back what became of the payment
      Then every answer is right

    @id:fena/return/missing-status-is-nothing @about:fena.return/missing @should @assumed
    Scenario: A return without status SHOULD NOT be taken for a rejection
      Source: our judgement; Fena's public plugin for WooCommerce takes it for one, and may cancel the order
      Given returns with no status
      When the shop tells a payer who is back what became of the payment
      Then every answer is right

  Rule: The address is read by the rules of queries

    @id:fena/return/order-is-decoded @about:fena.return/order-not @must @documented
    Scenario: The order MUST be decoded
      Source: section Redirect Handling: query parameters
      Given the examples R04
      And returns with an order that percent-encoding changes
      When the shop tells a payer who is back what became of the payment
      Then every answer is right

    @id:fena/return/order-is-text @about:fena.return/order-as @should @assumed
    Scenario: The order SHOULD stay text, with the zeros that it begins with
      Source: our judgement; the document's sample order is aa-bb-cc
      Given returns with an order of digits
      When the shop tells a payer who is back what became of the payment
      Then every answer is right

    @id:fena/return/own-parameters-are-told-apart @about:fena.return/first @about:fena.return/names @should @assumed
    Scenario: Parameters of the shop's own SHOULD NOT be taken for Fena's
      Source: our judgement; the document does not say where its parameters go in a redirect endpoint that has a query
      Given returns with parameters of the shop's own
      When the shop tells a payer who is back what became of the payment
      Then every answer is right
