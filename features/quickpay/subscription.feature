Feature: Asking QuickPay for the subscription that a card is saved under
  A card that is to be charged again is saved under a subscription. The shop asks for one, and the callback
  brings its id. What QuickPay's own documentation demands holds here: the sample in Fenerum's document asks for
  a payment, with an order id that QuickPay refuses.

  Rule: The request goes to one address

    @id:quickpay/subscription/whole @whole @must @documented
    Scenario: Every part of the request MUST be right
      Source: QuickPay's learn, section API, on subscriptions
      Given the examples S1, S2, S3
      And calls with a sign-up in kroner
      When the shop asks QuickPay for the subscription that a card is saved under
      Then every answer is right

    @id:quickpay/subscription/address @about:quickpay.subscription/payment @about:quickpay.subscription/put @about:quickpay.subscription/version-in-path @must @documented
    Scenario: A subscription MUST be asked for with POST /subscriptions, and not be a payment
      Source: QuickPay's description of its API, POST /subscriptions; "Fenerum bruker QuickPay subscriptions til å lagre betalingskort", section Slik fungerer det
      Given the examples S1
      And calls with a sign-up in kroner
      When the shop asks QuickPay for the subscription that a card is saved under
      Then every answer is right

    @id:quickpay/subscription/no-slash-twice @about:quickpay.subscription/slash-doubled @should @assumed
    Scenario: A base that ends in a slash SHOULD NOT give two slashes in a row
      Source: our judgement; the documents have one fixed address
      Given calls with a base that ends in a slash
      When the shop asks QuickPay for the subscription that a card is saved under
      Then no answer shows "quickpay.subscription/slash-doubled"

    @id:quickpay/subscription/path-of-the-base-is-kept @about:quickpay.subscription/base-path @should @assumed
    Scenario: The path of the base SHOULD stand before that of the API
      Source: our judgement; a sandbox or a proxy may have QuickPay below a path
      Given calls with a base with a path
      When the shop asks QuickPay for the subscription that a card is saved under
      Then no answer shows "quickpay.subscription/base-path-lost"

    @id:quickpay/subscription/base-is-configured @about:quickpay.subscription/base-ignored @should @assumed
    Scenario: QuickPay's address SHOULD be configured and not written into the code
      Source: our judgement; else tests reach the real QuickPay
      Given calls with a base of a sandbox
      When the shop asks QuickPay for the subscription that a card is saved under
      Then no answer shows "quickpay.subscription/base-ignored"

  Rule: The headers say who asks, for which version, and what the body is

    @id:quickpay/subscription/credential @about:quickpay.subscription/key @about:quickpay.subscription/colon @about:quickpay.subscription/not-encoded @about:quickpay.subscription/bearer @about:quickpay.subscription/token @about:quickpay.subscription/credential @must @documented
    Scenario: Authorization MUST be Basic with an empty user and the API key as the password
      Source: QuickPay's learn, section API, on authentication
      Given the examples S1, S2
      And calls with a sign-up in kroner
      When the shop asks QuickPay for the subscription that a card is saved under
      Then every answer is right

    @id:quickpay/subscription/version @about:quickpay.subscription/version-missing @about:quickpay.subscription/version-without @about:quickpay.subscription/version-in-upper @must @documented
    Scenario: Accept-Version MUST be v10
      Source: QuickPay's learn, section API, on versions; and the sample in Fenerum's document
      Given calls with a sign-up in kroner
      When the shop asks QuickPay for the subscription that a card is saved under
      Then every answer is right

    @id:quickpay/subscription/body @about:quickpay.subscription/content @about:quickpay.subscription/json @about:quickpay.subscription/body @must @documented
    Scenario: The body MUST be a JSON object or a form, and Content-Type MUST say which
      Source: QuickPay's learn, section API; and the sample in Fenerum's document, which sends JSON
      Given the examples S1, S2
      And calls with a sign-up in kroner
      When the shop asks QuickPay for the subscription that a card is saved under
      Then every answer is right

  Rule: The body says what is signed up for

    @id:quickpay/subscription/order-id-length @about:quickpay.subscription/order-id-too @about:quickpay.subscription/order-id-uuid @about:quickpay.subscription/order-id-missing @must @documented
    Scenario: The order_id MUST have 4 to 20 characters
      Source: QuickPay's description of its API, "4-20"; and its answer "must have length between 4 and 20"
      Given the examples S1, S3
      And calls with a sign-up in kroner
      When the shop asks QuickPay for the subscription that a card is saved under
      Then every answer is right

    @id:quickpay/subscription/order-id-letters @about:quickpay.subscription/order-id-with @must @observed
    Scenario: The order_id MUST be of letters, digits, blanks, points, underscores and hyphens
      Source: Setono's public SDK for PHP, whose pattern was tried at QuickPay; ActiveMerchant takes the # out
      Given the examples S1, S3
      And calls with a sign-up in kroner
      When the shop asks QuickPay for the subscription that a card is saved under
      Then every answer is right

    @id:quickpay/subscription/order-id-is-new @about:quickpay.subscription/order-id-cut @should @assumed
    Scenario: The order_id SHOULD be another when the same account tries again
      Source: our judgement; QuickPay answers "already exists" to a second one, and a first try is given up easily
      Given calls with a sign-up in kroner
      When the shop asks QuickPay for the subscription that a card is saved under
      Then no answer shows "quickpay.subscription/order-id-cut"

    @id:quickpay/subscription/description @about:quickpay.subscription/description @must @documented
    Scenario: There MUST be a description
      Source: QuickPay's description of its API, POST /subscriptions: description is required
      Given the examples S1
      And calls with a sign-up in kroner
      When the shop asks QuickPay for the subscription that a card is saved under
      Then every answer is right

    @id:quickpay/subscription/currency @about:quickpay.subscription/currency-fixed @about:quickpay.subscription/currency-as @about:quickpay.subscription/currency-missing @must @documented
    Scenario: The currency MUST be that of the sign-up, in the letters of ISO 4217
      Source: QuickPay's description of its API, POST /subscriptions: currency
      Given the examples S3
      And calls with a sign-up in kroner
      And calls with a sign-up in another currency
      When the shop asks QuickPay for the subscription that a card is saved under
      Then every answer is right

    @id:quickpay/subscription/currency-in-capitals @about:quickpay.subscription/currency-in @should @observed
    Scenario: The currency SHOULD be in capital letters
      Source: tests of ActiveMerchant, where QuickPay answers "must be three uppercase letters"; an example of its documentation has them small
      Given calls with a sign-up in kroner
      And calls with a sign-up in another currency
      When the shop asks QuickPay for the subscription that a card is saved under
      Then no answer shows "quickpay.subscription/currency-in-lower-case"

  Rule: The callback brings the account back

    @id:quickpay/subscription/variables @about:quickpay.subscription/variables @must @documented
    Scenario: Where variables are sent, they MUST be an object
      Source: QuickPay's description of its API, POST /subscriptions: variables; and the sample in Fenerum's document
      Given the examples S1, S2
      And calls with a sign-up in kroner
      When the shop asks QuickPay for the subscription that a card is saved under
      Then every answer is right

    @id:quickpay/subscription/account-is-kept @about:quickpay.subscription/account @should @assumed
    Scenario: The account SHOULD stand in variables
      Source: our judgement; the sample of the callback's route in Fenerum's document takes it from there, but a shop may know it by the order_id
      Given calls with a sign-up in kroner
      When the shop asks QuickPay for the subscription that a card is saved under
      Then no answer shows "quickpay.subscription/account-not-kept"
