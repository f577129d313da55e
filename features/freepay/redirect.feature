Feature: Reading Freepay's redirect, and what the web service says to it
  The payer comes back to the accept URL with a transact, or to the decline URL with a reason. Nobody signed
  either, and the payer can read the accept URL in the form: only the web service, asked with the account's
  password, knows whether anything was paid, for which order, and how much.

  Rule: The accept URL proves nothing, and the web service decides

    @id:freepay/return/accept-url-is-no-proof @about:freepay.return/accept @about:freepay.return/failure @about:freepay.return/silence @about:freepay.return/server @must @documented
    Scenario: A return MUST NOT pay an order where the web service does not confirm it
      Source: "Dermed er det muligt at kalde den manuelt og få godkendt sin ordre uden at betale", section Returværdier
      Given returns with a transact that the web service does not know
      And returns with another order
      And returns with another order, under this one's number in the address
      When the shop decides whether an order may be taken for paid by a return
      Then every answer is right

    @id:freepay/return/accept-url-can-be-opened-again @about:freepay.return/accept @should @assumed
    Scenario: The accept URL SHOULD NOT pay an order, be it opened for the first time or again
      Source: our judgement; section Returværdier warns that the address can be called by hand, and what can be called can be called twice
      Given returns with a transact that the web service does not know
      And returns with a transact that has paid before
      When the shop decides whether an order may be taken for paid by a return
      Then every answer is right

    @id:freepay/return/status-is-not-enough @about:freepay.return/status @about:freepay.return/unreadable @should @assumed
    Scenario: An answer that is no view SHOULD NOT pay an order, though it comes with 200
      Source: our judgement; the view is what tells of the payment
      Given returns with an answer that is no view
      When the shop decides whether an order may be taken for paid by a return
      Then every answer is right

    @id:freepay/return/payment-is-approved @about:freepay.return/order-id @must @documented
    Scenario: A payment that the web service confirms MUST be approved
      Source: section Returværdier: the web service validates that the payment went through
      Given the examples R01
      And returns with a payment
      When the shop decides whether an order may be taken for paid by a return
      Then every answer is right

    @id:freepay/return/subscription-is-kept @about:freepay.return/subscription @about:freepay.return/transact @must @documented
    Scenario: Of a subscription the id in transact MUST be kept
      Source: "Du skal gemme det ID du får tilbage, hvilket er dit SubscriptionID", section Abonnementer
      Given the examples R02
      And returns with a subscription
      When the shop decides whether an order may be taken for paid by a return
      Then every answer is right

    @id:freepay/return/transact-is-needed @about:freepay.return/accept @should @assumed
    Scenario: A return without transact SHOULD NOT pay an order
      Source: our judgement; there is nothing to ask the web service about
      Given returns with no transact
      When the shop decides whether an order may be taken for paid by a return
      Then every answer is right

    @id:freepay/return/authorised-is-enough @about:freepay.return/captured @should @assumed
    Scenario: A payment SHOULD NOT be refused because it is not captured yet
      Source: our judgement; Capture is an operation of its own, section Fjernadministration
      Given returns with a payment
      And returns with a payment that is captured already
      And returns with a subscription
      When the shop decides whether an order may be taken for paid by a return
      Then no answer shows "freepay.return/captured-demanded"

    @id:freepay/return/genuine-is-approved @whole @about:freepay.return/every @should @assumed
    Scenario: A return SHOULD be approved where the web service confirms this very sale, and only there
      Source: our judgement; the view's fields are observed in a public .NET client
      Given returns with a payment
      And returns with a subscription
      And returns with a payment that is captured already
      And returns with an OrderID of the shop's own in the address
      And returns with a hundredth authorised of what the order costs
      And returns with another merchant
      When the shop decides whether an order may be taken for paid by a return
      Then every answer is right

  Rule: It is this order that was paid, and all of it

    @id:freepay/return/order-is-compared @about:freepay.return/order-not @must @documented
    Scenario: A transaction of another order MUST NOT pay this one
      Source: "den ordre som transaktionen er foretaget i forbindelse med", section Returværdier; OrderID in the view is observed in a public .NET client
      Given returns with another order
      When the shop decides whether an order may be taken for paid by a return
      Then every answer is right

    @id:freepay/return/order-in-the-address-is-no-proof @about:freepay.return/url-order @about:freepay.return/order-not @must @documented
    Scenario: The order number in the address MUST NOT stand in for the one in the web service's answer
      Source: section Returværdier: the address can be called by hand
      Given returns with another order, under this one's number in the address
      And returns with another order
      When the shop decides whether an order may be taken for paid by a return
      Then every answer is right

    @id:freepay/return/order-is-text @about:freepay.return/order-as @about:freepay.return/order-without @should @assumed
    Scenario: Orders SHOULD be compared as text, with zeros and capitals
      Source: our judgement; the document calls it the shop's order number and shows none
      Given returns with an order that only zeros or capitals tell apart
      When the shop decides whether an order may be taken for paid by a return
      Then every answer is right

    @id:freepay/return/amount-is-compared @about:freepay.return/amount-not @should @assumed
    Scenario: Less than the order costs SHOULD NOT pay it
      Source: our judgement; the document does not list what to compare, and AuthorizationAmount is observed in a public .NET client
      Given returns with less authorised than the order costs
      When the shop decides whether an order may be taken for paid by a return
      Then every answer is right

    @id:freepay/return/ore-are-compared @about:freepay.return/amount-to @should @assumed
    Scenario: The amount SHOULD be compared to the øre
      Source: our judgement; AuthorizationAmount is in the smallest unit
      Given returns with the same kroner authorised and fewer øre
      And returns with less authorised than the order costs
      When the shop decides whether an order may be taken for paid by a return
      Then every answer is right

    @id:freepay/return/amount-is-in-ore @about:freepay.return/amount-in @should @assumed
    Scenario: A hundredth of what the order costs SHOULD NOT pay it
      Source: our judgement; the document has amounts in øre, and AuthorizationAmount is observed in a public .NET client
      Given returns with a hundredth authorised of what the order costs
      And returns with a payment
      When the shop decides whether an order may be taken for paid by a return
      Then every answer is right

    @id:freepay/return/authorised-amount-counts @about:freepay.return/capture @should @assumed
    Scenario: The amount that was authorised SHOULD count, and not the one that is to be captured
      Source: our judgement; ChangeCaptureAmount, section Fjernadministration, changes the second
      Given returns with another amount to capture
      When the shop decides whether an order may be taken for paid by a return
      Then every answer is right

    @id:freepay/return/currency-is-compared @about:freepay.return/currency-not @should @assumed
    Scenario: The same number in another currency SHOULD NOT pay an order
      Source: our judgement; Currency is observed in a public .NET client's view
      Given returns with another currency
      When the shop decides whether an order may be taken for paid by a return
      Then every answer is right

    @id:freepay/return/currency-is-the-orders @about:freepay.return/currency-always @should @assumed
    Scenario: An order in another currency than Danish kroner SHOULD be approved in that
      Source: our judgement; the form takes any currency of ISO 4217
      Given the examples R03
      And returns with an order in a currency other than Danish kroner
      When the shop decides whether an order may be taken for paid by a return
      Then every answer is right

    @id:freepay/return/merchant-is-compared @about:freepay.return/merchant @should @assumed
    Scenario: What went to another merchant SHOULD NOT pay an order
      Source: our judgement; an account may have several agreements, and MerchantNumber is observed in a public .NET client's view
      Given returns with another merchant
      And returns with a payment
      When the shop decides whether an order may be taken for paid by a return
      Then every answer is right

    @id:freepay/return/pays-once @about:freepay.return/used-transact @should @assumed
    Scenario: A transact that has paid an order SHOULD NOT pay another
      Source: our judgement; the accept URL can be opened again, and order numbers can return
      Given returns with a transact that has paid before
      When the shop decides whether an order may be taken for paid by a return
      Then every answer is right

    @id:freepay/return/pays-once-however-it-is-spelt @about:freepay.return/used-compared @should @assumed
    Scenario: A transact that has paid an order SHOULD NOT pay another with zeros or a blank before it
      Source: our judgement; ASP.NET reads 0123, a blank and 123, and 123 as one number
      Given returns with a transact that has paid before, spelt otherwise
      When the shop decides whether an order may be taken for paid by a return
      Then every answer is right

    @id:freepay/return/answer-is-about-the-transact @about:freepay.return/id @should @assumed
    Scenario: An answer about another transact SHOULD NOT pay an order
      Source: our judgement; an answer that was kept, or asked for with another id, tells nothing of this one
      Given returns with an answer about another transact
      When the shop decides whether an order may be taken for paid by a return
      Then every answer is right

  Rule: Address and XML are read by their rules

    @id:freepay/return/own-parameters-are-told-apart @about:freepay.return/first @about:freepay.return/duplicates @about:freepay.return/names @should @assumed
    Scenario: Parameters of the shop's own SHOULD NOT be taken for Freepay's
      Source: our judgement; the document does not say where its parameters go in an address that has a query
      Given returns with parameters of the shop's own
      When the shop decides whether an order may be taken for paid by a return
      Then every answer is right

    @id:freepay/return/xml-is-parsed @about:freepay.return/read @should @assumed
    Scenario: What XML escapes SHOULD be read as what it stands for
      Source: our judgement; XML, section 2.4: & and < stand as &amp; and &lt;
      Given returns with an order that XML escapes
      When the shop decides whether an order may be taken for paid by a return
      Then every answer is right

    @id:freepay/return/xml-may-be-spelt-otherwise @about:freepay.return/prefix @about:freepay.return/read @should @assumed
    Scenario: Prefixes, blanks, CDATA and references in the XML SHOULD NOT matter
      Source: our judgement; a parser does not show them, and ASP.NET's writer may change with its version
      Given returns with another spelling of the XML
      When the shop decides whether an order may be taken for paid by a return
      Then every answer is right

  Rule: A decline is told with its reason

    @id:freepay/return/decline-is-no-payment @about:freepay.return/decline @about:freepay.return/reason-not @about:freepay.return/reason-padded @must @documented
    Scenario: The decline page MUST NOT approve an order, and has a reason to tell
      Source: "returneres der en fejlkode i variablen reason", section Fejlkoder
      Given the examples R14
      And returns with a refusal
      When the shop decides whether an order may be taken for paid by a return
      Then every answer is right

    @id:freepay/return/own-errors-are-negative @about:freepay.return/reason-without @must @documented
    Scenario: The reasons -1 and -2 MUST keep their sign
      Source: "-1 Intern Freepay fejl", section Fejlkoder; 1 is a code of Nets'
      Given the examples R15
      And returns with an error of Freepay's own
      When the shop decides whether an order may be taken for paid by a return
      Then every answer is right

    @id:freepay/return/missing-reason-is-none @about:freepay.return/missing @should @assumed
    Scenario: A missing reason SHOULD NOT be taken for a code
      Source: our judgement; 0 is Nets' code of success
      Given returns with a refusal without a reason
      When the shop decides whether an order may be taken for paid by a return
      Then every answer is right
