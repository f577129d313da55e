Feature: Handling Fena's notification
  Fena posts one notification for an order that is paid: a form with a signed token. Whoever knows the
  address can post there too, so the token decides, and nothing else.

  Rule: What is genuine is taken

    @id:fena/notification/genuine-is-taken @about:fena.notification/form @about:fena.notification/amount-compared @must @documented
    Scenario: A genuine notification MUST pay its order
      Source: section Webhook
      Given the examples V4
      And notifications with nothing wrong
      When the shop decides whether an order is paid, by a notification
      Then every answer is right

    @id:fena/notification/verified-as-it-came @about:fena.notification/claims-written @must @documented
    Scenario: The signature MUST be verified over the bytes that came, however the claims are written
      Source: RFC 7519 by way of section JWT; php-jwt 5, php-jwt 6 and jwt-simple escape differently
      Given the examples N05, N06
      And notifications with another spelling of the same claims
      When the shop decides whether an order is paid, by a notification
      Then every answer is right

    @id:fena/notification/id-is-optional @about:fena.notification/id @should @assumed
    Scenario: A notification without the claim id SHOULD be taken
      Source: our judgement; the document's table lacks id, and its sample code asks for it
      Given the examples N03
      And notifications with no id
      When the shop decides whether an order is paid, by a notification
      Then every answer is right

    @id:fena/notification/other-fields-pass @about:fena.notification/form-cut @should @assumed
    Scenario: The token SHOULD be found in a form that has other fields too
      Source: our judgement; the document names one field of the form, and does not say that it is the only one
      Given notifications with other fields beside the token
      When the shop decides whether an order is paid, by a notification
      Then every answer is right

    @id:fena/notification/unknown-claims-pass @about:fena.notification/unknown @should @assumed
    Scenario: A claim that the shop does not know SHOULD be passed over
      Source: our judgement; id is such a claim by the document's own table
      Given the examples N04
      And notifications with a claim that the document does not know
      When the shop decides whether an order is paid, by a notification
      Then every answer is right

  Rule: What is forged is refused

    @id:fena/notification/signature-is-verified @about:fena.notification/signature @must @documented
    Scenario: A notification whose signature is not the secret's MUST be refused
      Source: "1. Verify the signature", section Webhook
      Given notifications with a forged signature
      When the shop decides whether an order is paid, by a notification
      Then every answer is right

    @id:fena/notification/algorithm-is-fixed @about:fena.notification/algorithm @about:fena.notification/none @must @documented
    Scenario: A notification that is not signed with HS512 MUST be refused
      Source: the sample decodes with HS512 alone, section Webhook
      Given notifications with another algorithm
      When the shop decides whether an order is paid, by a notification
      Then every answer is right

    @id:fena/notification/terminal-is-compared @about:fena.notification/terminal @must @documented
    Scenario: A notification of another terminal MUST be refused
      Source: "3. Verify the terminal", section Webhook
      Given notifications with another terminal
      When the shop decides whether an order is paid, by a notification
      Then every answer is right

    @id:fena/notification/order-is-compared @about:fena.notification/order @should @assumed
    Scenario: A notification of another order SHOULD NOT pay this one
      Source: our judgement; the document's sample only asks whether there is an orderID
      Given notifications with another order
      When the shop decides whether an order is paid, by a notification
      Then every answer is right

    @id:fena/notification/amount-is-compared @about:fena.notification/amount @must @documented
    Scenario: A notification of another amount MUST be refused
      Source: "4. Verify the amount", section Webhook
      Given notifications with another amount
      When the shop decides whether an order is paid, by a notification
      Then every answer is right

    @id:fena/notification/expiry-is-kept @about:fena.notification/expiry @must @documented
    Scenario: A notification that has expired MUST be refused
      Source: row exp of the webhook's payload definition
      Given notifications with an end long past
      When the shop decides whether an order is paid, by a notification
      Then every answer is right

    @id:fena/notification/payment-token-is-refused @about:fena.notification/missing @must @documented
    Scenario: The token of the payment itself MUST NOT pay its order
      Source: "2. Verify it has the correct payload", section Webhook; it is signed with the same secret, and the payer has it
      Given notifications with the token of the payment itself
      When the shop decides whether an order is paid, by a notification
      Then every answer is right

    @id:fena/notification/something-else-is-refused @about:fena.notification/signature @must @documented
    Scenario: A body without a token MUST NOT pay an order
      Source: "with token in key called \"token\"", section Webhook
      Given notifications with no token
      When the shop decides whether an order is paid, by a notification
      Then every answer is right
