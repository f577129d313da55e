Feature: Making the form of Freepay's payment page
  A shop sends its customer to Freepay with a form. Nothing in it is signed, so a wrong field is not noticed by
  anybody but the payer, who pays the wrong amount, in the wrong money, or once instead of every month.

  Rule: The form is posted, with the fields that the page needs

    @id:freepay/form/whole @whole @must @documented
    Scenario: Every field of the form MUST be right
      Source: section Freepays betalingsside
      Given the examples F1, F3
      And forms with an ordinary payment
      And forms with a subscription
      When the shop makes the form of the payment page
      Then every answer is right

    @id:freepay/form/posted @about:freepay.form/get @about:freepay.form/fields @must @documented
    Scenario: The form MUST be posted to the payment page
      Source: "sender brugeren over til den via POST", section Freepays betalingsside
      Given the examples F1
      And forms with an ordinary payment
      When the shop makes the form of the payment page
      Then every answer is right

    @id:freepay/form/merchant-is-named @about:freepay.form/merchant @must @documented
    Scenario: The number of the acquiring agreement MUST be sent as MerchantNumber
      Source: MerchantNumber in the list of section Freepays betalingsside
      Given the examples F1
      And forms with an ordinary payment
      When the shop makes the form of the payment page
      Then every answer is right

    @id:freepay/form/order-is-named @about:freepay.form/order-misnamed @must @documented
    Scenario: The order's number MUST be sent as OrderID
      Source: OrderID in the list of section Freepays betalingsside; it comes back as OrderNumber
      Given the examples F1
      And forms with an ordinary payment
      When the shop makes the form of the payment page
      Then every answer is right

    @id:freepay/form/both-addresses @about:freepay.form/decline @about:freepay.form/accept @about:freepay.form/urls-swapped @must @documented
    Scenario: AcceptURL and DeclineURL MUST be sent, each in its place
      Source: AcceptURL and DeclineURL in the list of section Freepays betalingsside
      Given the examples F1
      And forms with an ordinary payment
      When the shop makes the form of the payment page
      Then every answer is right

    @id:freepay/form/addresses-are-sent-as-they-are @about:freepay.form/urls-percent @about:freepay.form/values @must @documented
    Scenario: Addresses MUST NOT be encoded before the form is
      Source: "skal indeholde URL-adressen", section Freepays betalingsside: an encoded one is no address
      Given forms with addresses with a query of their own
      When the shop makes the form of the payment page
      Then every answer is right

    @id:freepay/form/own-parameter @about:freepay.form/param @must @documented
    Scenario: What is to come back MUST be sent as Param or AuxParam
      Source: Param and AuxParam in the list of section Freepays betalingsside
      Given the examples F2
      And forms with a parameter that is to come back
      When the shop makes the form of the payment page
      Then every answer is right

    @id:freepay/form/password-stays-at-home @about:freepay.form/password @should @assumed
    Scenario: The password of the web service SHOULD NOT be sent with the form
      Source: our judgement; the list of fields has none, and the document itself notes that the payer reads the source
      Given forms with an ordinary payment
      And forms with a subscription
      When the shop makes the form of the payment page
      Then no answer shows "freepay.form/password-sent"

  Rule: The amount is in the smallest unit, and the currency a number

    @id:freepay/form/amount-is-in-ore @about:freepay.form/amount-in-major @about:freepay.form/amount-as @about:freepay.form/amount-with @about:freepay.form/amount-in-whole @about:freepay.form/amount-multiplied @must @documented
    Scenario: The amount MUST be sent in øre, digits alone
      Source: "typisk angivet i ører", section Freepays betalingsside; AuthorizeSubscription2 takes "altid et ørebeløb"
      Given the examples F1
      And forms with an ordinary payment
      When the shop makes the form of the payment page
      Then every answer is right

    @id:freepay/form/amount-is-exact @about:freepay.form/amount-cut @should @assumed
    Scenario: The amount SHOULD be what the order costs, to the øre
      Source: our judgement; 1.15 times 100 is 114.99999999999999 in floating point
      Given the examples F4
      And forms with an amount that floating point cuts
      When the shop makes the form of the payment page
      Then every answer is right

    @id:freepay/form/currency-is-a-number @about:freepay.form/currency-in @about:freepay.form/currency-left @must @documented
    Scenario: The currency MUST be sent as its number
      Source: "Valutaangivelse iflg. ISO 4217. Danske kroner har værdien 208", section Freepays betalingsside
      Given the examples F1
      And forms with an ordinary payment
      When the shop makes the form of the payment page
      Then every answer is right

    @id:freepay/form/currency-is-the-orders @about:freepay.form/currency-always @about:freepay.form/currency-in-letters-but @must @documented
    Scenario: The currency MUST be the order's, also where that is not Danish kroner
      Source: "Valutaangivelse iflg. ISO 4217", section Freepays betalingsside
      Given the examples F5
      And forms with a currency other than Danish kroner
      When the shop makes the form of the payment page
      Then every answer is right

  Rule: A subscription is one more field, and no field less

    @id:freepay/form/subscription-is-asked-for @about:freepay.form/subscription-left @must @documented
    Scenario: Subscription MUST be sent for a subscription
      Source: "en ekstra POST parameter med, som hedder Subscription", section Abonnementer
      Given the examples F3
      And forms with a subscription
      When the shop makes the form of the payment page
      Then every answer is right

    @id:freepay/form/subscription-has-an-amount @about:freepay.form/amount-left @must @documented
    Scenario: Amount MUST be posted for a subscription too
      Source: "ligegyldig, så længe den blot postes med", section Abonnementer
      Given the examples F3
      And forms with a subscription
      When the shop makes the form of the payment page
      Then every answer is right

    @id:freepay/form/payment-is-no-subscription @about:freepay.form/subscription-sent @must @documented
    Scenario: Subscription MUST NOT be sent with a payment, whatever its value
      Source: "Værdien af den er ligegyldigt", section Abonnementer: Subscription=0 makes one too
      Given forms with an ordinary payment
      When the shop makes the form of the payment page
      Then every answer is right

  Rule: The order's number arrives whole

    @id:freepay/form/order-is-text @about:freepay.form/order-as @should @assumed
    Scenario: The order's number SHOULD keep the zeros that it begins with
      Source: our judgement; the document calls it the shop's order number and shows none
      Given forms with an order that begins with zeros
      When the shop makes the form of the payment page
      Then every answer is right

    @id:freepay/form/order-is-whole @about:freepay.form/order-cut @should @assumed
    Scenario: A long order number SHOULD NOT be cut
      Source: our judgement; the document names no limit, and what is left may be another order's number
      Given forms with a long order number
      When the shop makes the form of the payment page
      Then every answer is right

    @id:freepay/form/letters-are-kept @about:freepay.form/order-encoded @about:freepay.form/order-cleaned @about:freepay.form/order-letters @should @assumed
    Scenario: Letters outside ASCII SHOULD stand in the form's values as they are
      Source: our judgement; the document names no encoding, and the form's own is the browser's work
      Given forms with an order with letters outside ASCII
      When the shop makes the form of the payment page
      Then every answer is right
