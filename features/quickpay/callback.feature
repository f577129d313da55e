Feature: Handling QuickPay's callback
  QuickPay posts the whole payment or subscription after each operation, approved or refused. Whoever knows the
  address can post there too, so the checksum over the body decides whether it is believed, and the last
  operation what it means.

  Rule: What is genuine is believed

    @id:quickpay/callback/genuine-is-believed @whole @about:quickpay.callback/upper @about:quickpay.callback/status-as @must @documented
    Scenario: A genuine callback of an approved authorization MUST be believed
      Source: QuickPay's learn, section Callbacks, on how requests are validated, and the codes in its appendix
      Given the examples C8, P8
      And callbacks with an approved authorization
      And callbacks with a checksum in upper case
      When the shop decides how an order's last operation came out, by a callback
      Then every answer is right

    @id:quickpay/callback/bytes-are-signed @about:quickpay.callback/written @about:quickpay.callback/body @about:quickpay.callback/newline @about:quickpay.callback/latin @must @documented
    Scenario: The checksum MUST be computed over the bytes that came, however the JSON in them is written
      Source: QuickPay's learn, section Callbacks: the checksum is of the request's body
      Given the examples C6-payment, C7-payment, C9-payment
      And callbacks with JSON that others write in other bytes
      When the shop decides how an order's last operation came out, by a callback
      Then every answer is right

    @id:quickpay/callback/later-operations-are-believed @about:quickpay.callback/operation @should @observed
    Scenario: A capture, a refund or a cancellation that is approved SHOULD be believed too
      Source: Setono's public SDK; QuickPay's learn says that all operations are called back
      Given the examples O8
      And callbacks with a later operation that is approved
      When the shop decides how an order's last operation came out, by a callback
      Then every answer is right

  Rule: What is forged is refused

    @id:quickpay/callback/checksum-is-verified @about:quickpay.callback/checksum @about:quickpay.callback/every @must @documented
    Scenario: A callback with another checksum MUST be refused
      Source: QuickPay's learn, section Callbacks, on how requests are validated
      Given callbacks with a forged checksum
      When the shop decides how an order's last operation came out, by a callback
      Then every answer is right

    @id:quickpay/callback/missing-checksum-is-refused @about:quickpay.callback/missing @must @documented
    Scenario: A callback without a checksum MUST be refused
      Source: QuickPay's learn, section Callbacks: every callback has one
      Given callbacks with no checksum
      When the shop decides how an order's last operation came out, by a callback
      Then every answer is right

    @id:quickpay/callback/written-anew-is-refused @whole @about:quickpay.callback/written @about:quickpay.callback/body @about:quickpay.callback/newline @about:quickpay.callback/latin @must @documented
    Scenario: A checksum of other bytes that say the same MUST be refused
      Source: QuickPay's learn, section Callbacks: the checksum is of the request's body
      Given callbacks with a checksum over JSON written anew
      When the shop decides how an order's last operation came out, by a callback
      Then every answer is right

    @id:quickpay/callback/key-is-private @about:quickpay.callback/api @about:quickpay.callback/window @about:quickpay.callback/key @must @documented
    Scenario: A checksum with another key than the private key MUST be refused
      Source: QuickPay's learn, section Callbacks: the key is the account's private key
      Given callbacks with a checksum with another key
      When the shop decides how an order's last operation came out, by a callback
      Then every answer is right

    @id:quickpay/callback/digest-is-hmac-sha256 @whole @about:quickpay.callback/key @about:quickpay.callback/without @about:quickpay.callback/sha @about:quickpay.callback/md5 @about:quickpay.callback/base64 @must @documented
    Scenario: Another digest than HMAC-SHA256 in hex MUST be refused
      Source: QuickPay's learn, section Callbacks: HMAC with SHA-256
      Given callbacks with a checksum of another kind
      When the shop decides how an order's last operation came out, by a callback
      Then every answer is right

  Rule: The last operation decides

    @id:quickpay/callback/refused-is-not-paid @about:quickpay.callback/outcome @must @documented
    Scenario: A refused authorization MUST NOT be taken for approved
      Source: QuickPay's learn, section Callbacks: refused operations are called back too
      Given the examples O1
      And callbacks with a refused authorization
      When the shop decides how an order's last operation came out, by a callback
      Then every answer is right

    @id:quickpay/callback/last-operation-counts @about:quickpay.callback/accepted-alone @about:quickpay.callback/state @about:quickpay.callback/first @about:quickpay.callback/any @must @documented
    Scenario: A refused capture, refund or cancellation MUST NOT be taken for approved
      Source: QuickPay's learn: accepted tells of the authorization, and each operation has a status of its own
      Given the examples O2
      And callbacks with a later operation that is refused
      When the shop decides how an order's last operation came out, by a callback
      Then every answer is right

    @id:quickpay/callback/under-way-is-not-paid @about:quickpay.callback/status-by @must @documented
    Scenario: An operation that is under way MUST NOT be taken for approved
      Source: QuickPay's learn, appendix of codes: 20000 alone is approved, 20200 waits
      Given the examples O3, O4
      And callbacks with an operation that is under way
      When the shop decides how an order's last operation came out, by a callback
      Then every answer is right

    @id:quickpay/callback/under-way-is-not-refused @about:quickpay.callback/pending @should @observed
    Scenario: An operation that is under way SHOULD NOT be taken for refused
      Source: Setono's public SDK looks at pending before the code
      Given callbacks with an operation that is under way
      When the shop decides how an order's last operation came out, by a callback
      Then no answer shows "quickpay.callback/pending-taken-for-declined"

    @id:quickpay/callback/second-try-counts @about:quickpay.callback/first @must @documented
    Scenario: An approved authorization MUST be believed although one before it was refused
      Source: QuickPay's help: a link can be tried again until a payment is accepted
      Given the examples O6
      And callbacks with an authorization after a refused one
      When the shop decides how an order's last operation came out, by a callback
      Then every answer is right

    @id:quickpay/callback/session-is-not-paid @about:quickpay.callback/accepted-not @should @assumed
    Scenario: A session that is approved SHOULD NOT be taken for a payment
      Source: our judgement; a session prepares a payment, and accepted is still false
      Given callbacks with an approved session
      When the shop decides how an order's last operation came out, by a callback
      Then every answer is right

    @id:quickpay/callback/nothing-is-not-paid @about:quickpay.callback/every @should @assumed
    Scenario: A body that tells of no operation SHOULD be refused, genuine or not
      Source: our judgement; QuickPay's learn knows no callback without an operation
      Given callbacks with nothing to decide by
      When the shop decides how an order's last operation came out, by a callback
      Then every answer is right

  Rule: It is about the shop's own order

    @id:quickpay/callback/order-is-compared @about:quickpay.callback/order @should @observed
    Scenario: A callback of another order SHOULD NOT pay this one
      Source: what Setono's public SDK advises
      Given callbacks with another order
      When the shop decides how an order's last operation came out, by a callback
      Then every answer is right

    @id:quickpay/callback/amount-is-compared @about:quickpay.callback/amount @should @observed
    Scenario: An authorization of another amount SHOULD NOT pay the order
      Source: what Setono's public SDK advises
      Given callbacks with another amount
      When the shop decides how an order's last operation came out, by a callback
      Then every answer is right

    @id:quickpay/callback/currency-is-compared @about:quickpay.callback/currency @should @observed
    Scenario: An authorization in another currency SHOULD NOT pay the order
      Source: what Setono's public SDK advises
      Given callbacks with another currency
      When the shop decides how an order's last operation came out, by a callback
      Then every answer is right

    @id:quickpay/callback/fee-comes-on-top @about:quickpay.callback/fee @should @observed
    Scenario: A fee that the payer pays on top SHOULD be taken off before amounts are compared
      Source: QuickPay's public plugin for WooCommerce; the operation's amount includes the fee
      Given the examples P5
      And callbacks with a fee on top
      When the shop decides how an order's last operation came out, by a callback
      Then every answer is right

    @id:quickpay/callback/nothing-is-an-amount @about:quickpay.callback/zero @should @assumed
    Scenario: An authorization of nothing SHOULD be believed where nothing was asked for
      Source: our judgement; the sample in Fenerum's document asks for 0 to have a card registered
      Given the examples P6
      And callbacks with an amount of nothing
      When the shop decides how an order's last operation came out, by a callback
      Then every answer is right

    @id:quickpay/callback/type-is-compared @about:quickpay.callback/type-not @should @observed
    Scenario: A payment SHOULD NOT be taken for a subscription, nor a subscription for a payment
      Source: what Setono's public SDK advises
      Given callbacks with another type
      When the shop decides how an order's last operation came out, by a callback
      Then every answer is right

    @id:quickpay/callback/type-is-signed @about:quickpay.callback/type-from @should @assumed
    Scenario: The type SHOULD be taken from the body, which is signed, and not from the header
      Source: our judgement; QuickPay's learn has it in both
      Given callbacks with another type, and a header that hides it
      When the shop decides how an order's last operation came out, by a callback
      Then every answer is right

    @id:quickpay/callback/test-payments-are-refused @about:quickpay.callback/test @should @observed
    Scenario: A test payment SHOULD be refused in production
      Source: what Setono's public SDK advises; at QuickPay a test card is all that makes a payment a test
      Given callbacks with a test payment in production
      When the shop decides how an order's last operation came out, by a callback
      Then every answer is right
