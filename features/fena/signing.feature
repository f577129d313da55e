Feature: Making the token of a payment for Fena
  A shop signs what is to be paid as a JSON Web Token and sends its payer to Fena with it. Fena shows an
  error page for a token that breaks a rule, and the payer is lost there: nobody comes back.

  Rule: The token is signed with HS512 and the terminal's secret

    @id:fena/token/whole @whole @must @documented
    Scenario: Every claim and the signature MUST be right
      Source: sections on the payload of a new payment and on its signature
      Given the examples V3
      And payments with nothing out of the ordinary
      And payments with little known of the payer
      When the shop makes the token of a payment
      Then every answer is right

    @id:fena/token/algorithm-is-hs512 @about:fena.token/algorithm @must @documented
    Scenario: The token MUST be signed with HS512, and its header must say so
      Source: "use HS512 algorithm", section Sign a JWT Payload
      Given the examples V3
      And payments with nothing out of the ordinary
      When the shop makes the token of a payment
      Then every answer is right

    @id:fena/token/secret-is-text @about:fena.token/secret @about:fena.token/terminal @must @documented
    Scenario: The token MUST be signed with the characters of the terminal's secret
      Source: "use your terminal secret key to sign the payload", section Sign a JWT Payload
      Given payments with nothing out of the ordinary
      When the shop makes the token of a payment
      Then every answer is right

    @id:fena/token/base64url @about:fena.token/standard @about:fena.token/token-encoded @about:fena.token/payload @must @documented
    Scenario: Header, claims and signature MUST be JSON in UTF-8 and base64url, each encoded once
      Source: "JSON Web Tokens are an open, industry standard RFC 7519 method", section JWT
      Given payments with letters outside ASCII
      When the shop makes the token of a payment
      Then every answer is right

  Rule: The claims are as the document lists them

    @id:fena/token/times-are-seconds @about:fena.token/times @about:fena.token/exp @about:fena.token/iat @must @documented
    Scenario: iat and exp MUST be numbers of seconds since the epoch, the present and a later time
      Source: rows iat and exp of the payload definition
      Given payments with nothing out of the ordinary
      When the shop makes the token of a payment
      Then every answer is right

    @id:fena/token/exp-is-near @about:fena.token/exp-days @should @assumed
    Scenario: The token SHOULD expire within a day
      Source: our judgement; the document's sample holds for two hours, and the link carries personal data
      Given payments with nothing out of the ordinary
      When the shop makes the token of a payment
      Then no answer shows "fena.token/exp-days-ahead"

    @id:fena/token/amount-has-two-decimals @about:fena.token/amount @must @documented
    Scenario: The amount MUST be a string with two decimals and nothing else
      Source: "Amount expressed in string with 2 decimal places. … Do not include any currency symbols"
      Given payments with an amount that ends in a zero
      And payments with an amount below one pound
      And payments with an amount of a thousand pounds or more
      When the shop makes the token of a payment
      Then every answer is right

    @id:fena/token/amount-is-exact @about:fena.token/amount-from-float @must @documented
    Scenario: No penny MUST be lost on the way to the token
      Source: row amount of the payload definition
      Given payments with nothing out of the ordinary
      When the shop makes the token of a payment
      Then every answer is right

    @id:fena/token/amount-can-be-paid @about:fena.token/amount-too @must @documented
    Scenario: A token MUST NOT be made for less than 0.50 or for 5000 and more
      Source: "Must be greater than 0.50 and lower than 5000"
      Given payments with an amount that cannot be paid
      When the shop makes the token of a payment
      Then every answer is right

    @id:fena/token/order-is-text @about:fena.token/order-id @should @assumed
    Scenario: The order id SHOULD stand in orderID as a string, as it is
      Source: our judgement; the document's sample is a string of digits, and no sentence demands one
      Given payments with an order id of digits
      And payments with nothing out of the ordinary
      When the shop makes the token of a payment
      Then every answer is right

    @id:fena/token/order-is-never-cut @about:fena.token/order-cut @about:fena.token/order-too-long @must @documented
    Scenario: A token MUST NOT be made for an order id of more than 255 characters, nor for the beginning of one
      Source: "Your unique persisted id for this payment. Must not be more than 255 characters"
      Given payments with an order id of more than 255 characters
      When the shop makes the token of a payment
      Then every answer is right

    @id:fena/token/texts-fit @about:fena.token/text @about:fena.token/email @must @documented
    Scenario: What is said of the payer MUST NOT be longer than 255 characters, nor an e-mail address be cut
      Source: rows firstName, lastName and contactNumber of the payload definition
      Given payments with a text of more than 255 characters
      When the shop makes the token of a payment
      Then every answer is right

    @id:fena/token/every-claim-is-there @about:fena.token/claims @about:fena.token/terminal-claim @about:fena.token/order-claim-misnamed @about:fena.token/order-claim-missing @must @documented
    Scenario: Every claim MUST be there under its name, those without a value as empty strings
      Source: "Your JWT token should contains these fields", and "Cannot be Null"
      Given the examples V3
      And payments with little known of the payer
      When the shop makes the token of a payment
      Then every answer is right

    @id:fena/token/bank-is-forced @about:fena.token/bank @must @documented
    Scenario: A payer's bank that the shop wants forced MUST stand in bankID
      Source: row bankID of the payload definition
      Given payments with a forced bank
      When the shop makes the token of a payment
      Then every answer is right

    @id:fena/token/account-is-forced-whole @about:fena.token/sort @about:fena.token/account @about:fena.token/bank @must @documented
    Scenario: A forced account MUST be named by its bank, six digits and eight digits
      Source: "bankID, sortCode and accountNumber are all required", "Do not include spaces or -"
      Given the examples V1
      And payments with a forced account
      When the shop makes the token of a payment
      Then every answer is right

  Rule: The link carries the token

    @id:fena/link/token-is-the-parameter @about:fena.link @must @documented
    Scenario: The payer MUST be sent to /pay/ with the token in the parameter token
      Source: section Create a url for customer redirection
      Given payments with nothing out of the ordinary
      When the shop builds the link of a payment
      Then every answer is right

    @id:fena/link/carries-a-right-token @about:fena.token @must @documented
    Scenario: The link's token MUST be right for every payment
      Source: sections Create a JWT payload and Create a url for customer redirection
      Given the examples L01, L02
      And payments with nothing out of the ordinary
      And payments with little known of the payer
      And payments with a forced account
      When the shop builds the link of a payment
      Then every answer is right
