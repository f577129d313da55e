Feature: Reading ePay's returns
  The payer comes back to accepturl with what was paid in the address, and ePay calls callbackurl with the same.
  The hash behind it is over the whole query. Who cancels comes back to cancelurl, without a hash.

  Rule: What is genuine is believed

    @id:bambora/return/genuine-is-believed @whole @about:bambora.return/genuine @about:bambora.return/upper @about:bambora.return/currency-in @about:bambora.return/digits @about:bambora.return/zeros @must @documented
    Scenario: A return whose hash is that of its values MUST be believed
      Source: ePay's integration guide, parameters to accepturl and callbackurl, and hash check
      Given the examples E3
      And returns with nothing wrong
      And returns with a hash in upper case
      And returns with a currency in letters
      When the shop decides what a return or a callback means for its order
      Then every answer is right

    @id:bambora/return/own-parameters-count @about:bambora.return/own @about:bambora.return/hyphens @about:bambora.return/sorted @must @observed
    Scenario: The shop's own parameters MUST be hashed too, in their places before ePay's
      Source: V1 from the tests of a public library; ePay's public plugin for WooCommerce
      Given the examples V1, V9
      And returns with parameters of the shop's own
      When the shop decides what a return or a callback means for its order
      Then every answer is right

    @id:bambora/return/values-are-decoded @about:bambora.return/not-decoded @about:bambora.return/plus @about:bambora.return/read-as @about:bambora.return/latin @about:bambora.return/html @about:bambora.return/slashes @about:bambora.return/trimmed @about:bambora.return/sanitized @must @observed
    Scenario: The values MUST be decoded, and then hashed as they are
      Source: ePay's public plugins, which hash decoded values; and how queries are written
      Given the examples V10, V12
      And returns with values that are encoded
      When the shop decides what a return or a callback means for its order
      Then every answer is right

    @id:bambora/return/later-parameters-count @about:bambora.return/oldest @must @observed
    Scenario: Parameters that the guide's sample does not show MUST be hashed too
      Source: addresses in public reports on a plugin for WHMCS, with fraud
      Given the examples E2
      And returns with more than the document's sample has
      When the shop decides what a return or a callback means for its order
      Then every answer is right

    @id:bambora/return/fee-is-on-top @about:bambora.return/fee @must @documented
    Scenario: txnfee MUST NOT be taken for a part of amount
      Source: ePay's integration guide, parameters amount and txnfee
      Given the examples V11
      And returns with a fee
      When the shop decides what a return or a callback means for its order
      Then every answer is right

    @id:bambora/return/subscription-is-kept @about:bambora.return/ids @about:bambora.return/subscription @about:bambora.return/transaction-kept @must @documented
    Scenario: A sign-up MUST be kept by its subscriptionid, and its payment by its txnid
      Source: Bambora: recurring payments, on subscriptionid; the ids of V8 are from a public report
      Given the examples V8
      And returns with a sign-up with an amount
      When the shop decides what a return or a callback means for its order
      Then every answer is right

    @id:bambora/return/free-sign-up-has-no-transaction @about:bambora.return/zero-is-failure @must @observed
    Scenario: txnid=0 MUST be taken for right where the sign-up costs nothing
      Source: an address in a public report on a plugin for WHMCS; amount 0 after Bambora: recurring payments
      Given the examples E2
      And returns with a sign-up without an amount
      When the shop decides what a return or a callback means for its order
      Then every answer is right

    @id:bambora/return/txnid-is-long @about:bambora.return/txnid-in @should @assumed
    Scenario: A txnid of more than 32 bits SHOULD be kept whole
      Source: our judgement; ePay's web services call it a long, and no such number was seen yet
      Given returns with a transaction of more than 32 bits
      When the shop decides what a return or a callback means for its order
      Then every answer is right

  Rule: What is forged is refused

    @id:bambora/return/hash-is-verified @about:bambora.return/hash-not @about:bambora.return/accept-not-verified @about:bambora.return/callback-not @about:bambora.return/presence @about:bambora.return/name @about:bambora.return/length @about:bambora.return/empty @must @documented
    Scenario: A return or a callback with another hash MUST be refused
      Source: ePay's integration guide, hash check
      Given returns with a forged hash
      When the shop decides what a return or a callback means for its order
      Then every answer is right

    @id:bambora/return/missing-hash-is-refused @about:bambora.return/missing @must @documented
    Scenario: A return or a callback without a hash MUST be refused
      Source: ePay's integration guide, hash check: with a key, every return has one
      Given returns with no hash
      When the shop decides what a return or a callback means for its order
      Then every answer is right

    @id:bambora/return/typed-address-is-refused @about:bambora.return/everything @must @documented
    Scenario: An address that anybody can type MUST be refused
      Source: ePay's integration guide, hash check
      Given returns with no hash, another order and another amount
      When the shop decides what a return or a callback means for its order
      Then every answer is right

    @id:bambora/return/other-hashes-are-refused @whole @about:bambora.return/key @about:bambora.return/hmac @about:bambora.return/sha @about:bambora.return/base64 @about:bambora.return/query @must @documented
    Scenario: A hash that is computed in another way MUST be refused
      Source: ePay's integration guide, hash check
      Given returns with a hash that is computed otherwise
      When the shop decides what a return or a callback means for its order
      Then every answer is right

  Rule: A cancel proves nothing

    @id:bambora/return/cancel-needs-no-hash @about:bambora.return/cancel-is @about:bambora.return/cancel-needs @must @observed
    Scenario: A cancel MUST be taken for one, without a hash
      Source: views and tests of getpaid, a public library; -5516 is in public lists of codes
      Given the examples K1
      And returns with a closed window
      When the shop decides what a return or a callback means for its order
      Then every answer is right

    @id:bambora/return/cancel-undoes-nothing @about:bambora.return/cancel-undoes @should @assumed
    Scenario: A cancel SHOULD NOT undo an order that is paid
      Source: our judgement; anybody can type the address
      Given the examples K2
      And returns with a cancel of a paid order
      When the shop decides what a return or a callback means for its order
      Then every answer is right
