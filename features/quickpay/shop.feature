@scenario
Feature: A shop that takes payments with QuickPay
  QuickPay tells the shop of each operation by a callback, whose checksum is made with the private key. The payer comes
  back with nothing in their hands. A callback may come before the payer or long after, more than once, and in any order.

  Rule: Operations and their callbacks

    @id:quickpay/callback/reordered @must @observed
    Scenario: A refused try whose callback comes after the approved one's MUST NOT undo the payment
      Source: Setono's Sylius plugin and the WooCommerce plugin: the order of callbacks is not guaranteed
      Why: a payer whose first card was refused and whose second was not would have paid for nothing.
      Remedy: believe the callback with the most operations, or ask GET /payments/{id}; never go from paid to failed.
      Given an order
      And the provider keeps its callbacks back
      When the bank declines the payment
      And the payer pays
      And the callbacks arrive in reverse
      Then the shop believes that the order is paid
      And the order is credited once

    @id:quickpay/callback/second-try @must @documented
    Scenario: A payment that succeeds after a refused try MUST be believed
      Source: QuickPay's learn, section Payment link: the link can be used again until the payment is completed
      Why: the first callback says that it was refused, and the order must not be over with it.
      Remedy: look at accepted and at the last operation of each callback, and keep a failed order open.
      Given an order
      When the bank declines the payment
      And the payer pays
      Then the shop believes that the order is paid

    @id:quickpay/callback/refused-pays-nothing @must @documented
    Scenario: The callback of a refused try MUST NOT be taken for a payment
      Source: QuickPay's learn, section Callbacks: operations are called back; appendix Errors: 20000 alone is approved
      Why: the shop would hand out goods whenever a callback comes, whatever it says.
      Remedy: look at accepted, and at the last operation's qp_status_code.
      Given an order
      And the provider keeps its callbacks back
      When the bank declines the payment
      And the callbacks arrive
      Then the shop does not believe that the order is paid
