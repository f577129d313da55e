@scenario
Feature: Orders of all kinds
  Names have letters and signs of all kinds, amounts are small and large and end in odd pennies, texts are longer than
  somebody thought. One order in a thousand is such a one, and nobody who tries a shop by hand makes it.

  Rule: What the shop sends is right, whatever is bought and whoever pays

    @id:<provider>/redirect/any-order-is-sent-rightly @must @documented
    Scenario Outline: What the shop sends MUST be right for any order that it takes
      Source: <rule>
      Why: some payers would get an error page in the place of the payment page, or read a name that is not theirs.
      Remedy: <remedy>
      Given any order
      When the payer goes to the payment page
      Then everything that the shop sent is right
      And none of the order's texts is garbled at the provider

      Examples:
        | provider | rule | remedy |
        | bambora | ePay's integration guide, payment window: encoding says how the parameters are written, and description has 1024 characters | write every value with your library's encoder of addresses, in UTF-8, and cut texts by characters |
        | brp | the document, on the hash: values are percent-encoded UTF-8, a + is not a blank | write every value with your library's encoder of addresses, in UTF-8 |
        | fena | the guide, section Payment Link: texts have at most 255 characters, and the token's claims are JSON | let a library make the token's JSON, in UTF-8, and cut texts by characters |
        | freepay | the document's table of the form's fields | let your templates escape what stands in a form, and send UTF-8 |
        | quickpay | QuickPay's learn, section API: parameters are JSON or a form, in UTF-8 | let a library make the JSON, in UTF-8, and cut texts by characters |

    @id:<provider>/subscription/any-is-sent-rightly @must @documented @needs:subscription
    Scenario Outline: What the shop sends MUST be right for any subscription that it takes
      Source: <rule>
      Why: some would not be able to sign up, or read a name that is not theirs.
      Remedy: let libraries write addresses and JSON, in UTF-8, and cut texts by characters.
      Given any subscription of <amount>
      When the payer goes to the payment page
      Then everything that the shop sent is right
      And none of the order's texts is garbled at the provider

      Examples:
        | provider | amount | rule |
        | bambora | 125.00 | ePay's integration guide, payment window: encoding says how the parameters are written |
        | brp | 399.00 | the document, on customers: JSON with names and an e-mail address |
        | fenerum | 125.00 | QuickPay's learn, section API, for its window saves the card: parameters are JSON or a form, in UTF-8 |
        | freepay | 125.00 | the document's table of the form's fields |
        | quickpay | 125.00 | QuickPay's learn, section API: parameters are JSON or a form, in UTF-8 |

  Rule: What is paid is what the order costs

    @id:<provider>/redirect/any-order-is-paid @must @documented
    Scenario Outline: Any order that the shop takes MUST be paid, with its own amount
      Source: <rule>
      Why: the shop would ask for more or less than it shows, or not believe a payer who has paid.
      Remedy: count in whole minor units everywhere, write amounts for people nowhere but on pages, and let libraries escape what stands in addresses.
      Given any order
      When the payer goes to the payment page
      Then the provider has the order's amount
      When the payer pays
      Then the shop believes that the order is paid

      Examples:
        | provider | rule |
        | bambora | ePay's integration guide, payment window: amount is in minor units, without a separator |
        | brp | the document, on priceIncVat: whole öre |
        | fena | the guide, section Payment Link: amount is text with two decimals, from 0.50 to 4999.99 |
        | freepay | the document's table of the form's fields: Amount is in the smallest unit |
        | quickpay | QuickPay's learn, section Payment link: amount is in the smallest unit |
