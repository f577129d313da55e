Feature: Registering cards at Fenerum, and sending customers to its portal
  A shop's server tells Fenerum of a card that Stripe or QuickPay keeps. Nothing is signed: the API token
  is all that protects it, and a request that is wrong in one word registers nothing, or the wrong thing.

  Rule: Every request carries the API token, the app's name and JSON

    @id:fenerum/card/whole @whole @about:fenerum.card/body-wrapped @must @documented
    Scenario: Every part of the request MUST be right
      Source: section Backend: Registrer hos Fenerum
      Given the examples C1, C2, C3
      And calls with a card that Stripe.js gave
      And calls with a sign-up at QuickPay
      When the shop registers a card
      Then every answer is right

    @id:fenerum/card/token-credential @about:fenerum.card/bearer @about:fenerum.card/basic @about:fenerum.card/scheme @about:fenerum.card/credential @about:fenerum.card/token-in @must @documented
    Scenario: The API token MUST be sent as Authorization: Token, and nowhere else
      Source: 'Authorization': `Token ${process.env.FENERUM_API_TOKEN}`, section Backend: Registrer hos Fenerum
      Given the examples C1, C2, C3
      And calls with a card that Stripe.js gave
      And calls with a sign-up at QuickPay
      When the shop registers a card
      Then every answer is right

    @id:fenerum/card/client-system @about:fenerum.card/client @must @documented
    Scenario: X-Client-System MUST be sent with the app's name
      Source: 'X-Client-System': 'YourApp', in every sample
      Given calls with a card that Stripe.js gave
      When the shop registers a card
      Then every answer is right

    @id:fenerum/card/body-is-json @about:fenerum.card/body @about:fenerum.card/content @must @documented
    Scenario: The body MUST be a JSON object and be called that
      Source: 'Content-Type': 'application/json' and JSON.stringify, section Backend: Registrer hos Fenerum
      Given calls with a sign-up at QuickPay
      When the shop registers a card
      Then every answer is right

  Rule: A card is registered at one address

    @id:fenerum/card/address @about:fenerum.card/slash-missing @about:fenerum.card/put @about:fenerum.card/self @about:fenerum.card/version @must @documented
    Scenario: A card MUST be registered with POST /api/v1/paymentcards/, slash and all
      Source: fetch('https://app.fenerum.com/api/v1/paymentcards/', …), section Backend: Registrer hos Fenerum
      Given calls with a card that Stripe.js gave
      When the shop registers a card
      Then every answer is right

    @id:fenerum/card/no-slash-twice @about:fenerum.card/slash-doubled @should @assumed
    Scenario: A base that ends in a slash SHOULD NOT give two slashes in a row
      Source: our judgement; the document has one fixed address, and Django does not know one with an empty part
      Given calls with a base that ends in a slash
      When the shop registers a card
      Then no answer shows "fenerum.card/slash-doubled"

    @id:fenerum/card/path-of-the-base-is-kept @about:fenerum.card/base-path @should @assumed
    Scenario: The path of the base SHOULD stand before that of the API
      Source: our judgement; a sandbox or a proxy may have Fenerum below a path
      Given calls with a base with a path
      When the shop registers a card
      Then no answer shows "fenerum.card/base-path-lost"

    @id:fenerum/card/base-is-configured @about:fenerum.card/base-ignored @should @assumed
    Scenario: Fenerum's address SHOULD be configured and not written into the code
      Source: our judgement; else tests reach the real Fenerum
      Given calls with a base of a sandbox
      When the shop registers a card
      Then no answer shows "fenerum.card/base-ignored"

  Rule: The three fields say whose card it is, which, and where it is kept

    @id:fenerum/card/account-is-the-uuid @about:fenerum.card/account @must @documented
    Scenario: The account MUST be named by its uuid
      Source: "Sjekk at konto-UUID finnes i Fenerum", section Feilsøking
      Given the examples C1, C2
      And calls with a card that Stripe.js gave
      And calls with a sign-up at QuickPay
      When the shop registers a card
      Then every answer is right

    @id:fenerum/card/gateway @about:fenerum.card/gateway @must @documented
    Scenario: The gateway MUST be stripe_new for Stripe and quickpay for QuickPay
      Source: section Gateway-referanse
      Given calls with a card that Stripe.js gave
      And calls with a sign-up at QuickPay
      When the shop registers a card
      Then every answer is right

    @id:fenerum/card/payment-method-is-the-token @about:fenerum.card/object @about:fenerum.card/fingerprint @about:fenerum.card/type @about:fenerum.card/card-id @about:fenerum.card/prefix @about:fenerum.card/token-misnamed @must @documented
    Scenario: Of a card at Stripe the PaymentMethod's id MUST be the token
      Source: "Payment Method ID (pm_...)", section Gateway-referanse
      Given the examples C1
      And calls with a card that Stripe.js gave
      When the shop registers a card
      Then every answer is right

    @id:fenerum/card/subscription-is-the-token @about:fenerum.card/order @about:fenerum.card/operation @about:fenerum.card/hash @about:fenerum.card/link @must @documented
    Scenario: Of a card at QuickPay the subscription's id MUST be the token
      Source: "Subscription ID (heltall)", section Gateway-referanse
      Given the examples C2
      And calls with a sign-up at QuickPay
      When the shop registers a card
      Then every answer is right

    @id:fenerum/card/subscription-is-text @about:fenerum.card/token-as @about:fenerum.card/id-as @must @documented
    Scenario: The subscription's id MUST be sent as a string of its digits
      Source: "QuickPay-abonnement-ID må lagres som en streng i Fenerum", section Viktige punkter
      Given the examples C2
      And calls with a sign-up at QuickPay
      When the shop registers a card
      Then every answer is right

    @id:fenerum/card/subscription-is-never-cut @about:fenerum.card/id-cut @should @assumed
    Scenario: An id of more than 31 bits SHOULD arrive whole
      Source: our judgement; no document says how large QuickPay's ids become
      Given calls with an id beyond 31 bits
      When the shop registers a card
      Then every answer is right

  Rule: Only a card that was taken is registered

    @id:fenerum/card/error-registers-nothing @about:fenerum.card/error @must @documented
    Scenario: An error of Stripe.js MUST NOT register anything
      Source: if (error) { … return }, section Frontend: Innhent betalingsmetode; and if (!paymentMethodId …) in the backend
      Given calls with an error of Stripe.js
      When the shop registers a card
      Then every answer is right

    @id:fenerum/card/refusal-registers-nothing @about:fenerum.card/not-accepted @should @assumed
    Scenario: A sign-up that QuickPay did not accept SHOULD NOT be registered
      Source: our judgement; QuickPay calls back for refused cards too, and the document's sample does not look
      Given calls with a sign-up that was not accepted
      When the shop registers a card
      Then no answer shows "fenerum.card/not-accepted-registered"

    @id:fenerum/card/payment-registers-nothing @about:fenerum.card/payment @should @assumed
    Scenario: A payment of QuickPay's SHOULD NOT be registered as a subscription
      Source: our judgement; the document keeps subscriptions, and its own sample makes payments
      Given calls with a payment in the place of a subscription
      When the shop registers a card
      Then no answer shows "fenerum.card/payment-registered"

  Rule: A customer's way into the portal is asked for by e-mail address

    @id:fenerum/link/whole @whole @about:fenerum.link/get @about:fenerum.link/body-wrapped @must @documented
    Scenario: Every part of the request for the portal MUST be right
      Source: the curl of section Customer Self-Service
      Given the documented examples
      And calls with an ordinary e-mail address
      When the shop asks for a customer's way into the portal
      Then every answer is right

    @id:fenerum/link/headers @about:fenerum.link/bearer @about:fenerum.link/basic @about:fenerum.link/scheme @about:fenerum.link/credential @about:fenerum.link/token @about:fenerum.link/client @must @documented
    Scenario: The request MUST carry the API token and the app's name
      Source: the curl of section Customer Self-Service
      Given the documented examples
      And calls with an ordinary e-mail address
      When the shop asks for a customer's way into the portal
      Then every answer is right

    @id:fenerum/link/address @about:fenerum.link/version @about:fenerum.link/slash-missing @about:fenerum.link/get @must @documented
    Scenario: It MUST be POST /api/self-service/initiate-organization/, slash and all
      Source: the curl of section Customer Self-Service
      Given the documented examples
      And calls with an ordinary e-mail address
      When the shop asks for a customer's way into the portal
      Then every answer is right

    @id:fenerum/link/body-is-json @about:fenerum.link/body @about:fenerum.link/content @about:fenerum.link/email-misnamed @about:fenerum.link/email-in @must @documented
    Scenario: The body MUST be a JSON object with the field email
      Source: the curl of section Customer Self-Service
      Given the documented examples
      And calls with an ordinary e-mail address
      When the shop asks for a customer's way into the portal
      Then every answer is right

    @id:fenerum/link/email-is-sent-as-it-is @about:fenerum.link/email @about:fenerum.link/plus @must @documented
    Scenario: The address MUST arrive as it is
      Source: "email": "customer@example.com", section Customer Self-Service
      Given the examples L2
      And calls with an e-mail address with a plus
      And calls with an e-mail address with an apostrophe or an ampersand
      When the shop asks for a customer's way into the portal
      Then every answer is right

    @id:fenerum/link/email-is-escaped-for-json @about:fenerum.link/json @must @documented
    Scenario: Quotes and backslashes of an address MUST be escaped in the JSON
      Source: "Content-Type: application/json", section Customer Self-Service
      Given the examples L3
      And calls with an e-mail address with quotes or a backslash
      When the shop asks for a customer's way into the portal
      Then every answer is right

    @id:fenerum/link/email-outside-ascii @about:fenerum.link/email-percent @should @assumed
    Scenario: Letters outside ASCII SHOULD arrive, or the host as DNS knows it
      Source: our judgement; the document does not say which e-mail addresses Fenerum takes
      Given the examples L4
      And calls with an e-mail address with letters outside ASCII
      When the shop asks for a customer's way into the portal
      Then every answer is right

    @id:fenerum/link/no-slash-twice @about:fenerum.link/slash-doubled @should @assumed
    Scenario: A base that ends in a slash SHOULD NOT give two slashes in a row here either
      Source: our judgement; the document has one fixed address, and Django does not know one with an empty part
      Given calls with a base that ends in a slash
      When the shop asks for a customer's way into the portal
      Then no answer shows "fenerum.link/slash-doubled"

    @id:fenerum/link/path-of-the-base-is-kept @about:fenerum.link/base-path @should @assumed
    Scenario: The path of the base SHOULD stand before that of the portal's API
      Source: our judgement; a sandbox or a proxy may have Fenerum below a path
      Given calls with a base with a path
      When the shop asks for a customer's way into the portal
      Then no answer shows "fenerum.link/base-path-lost"

    @id:fenerum/link/base-is-configured @about:fenerum.link/base-ignored @should @assumed
    Scenario: Fenerum's address SHOULD be configured here too
      Source: our judgement; else tests reach the real Fenerum
      Given calls with a base of a sandbox
      When the shop asks for a customer's way into the portal
      Then no answer shows "fenerum.link/base-ignored"
