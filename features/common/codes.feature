@scenario
Feature: Payments that end with a code
  Each family of a provider's codes says in its own way that nothing was paid. What a shop makes of one must not depend on
  whether it knows the number.

  Rule: A code that is not of success pays nothing

    @id:<provider>/code/<code> @must @<ground>
    Scenario Outline: A payment that ends with <code> MUST NOT be paid at the shop: <meaning>
      Source: <rule>
      Why: the shop would hand out goods that nobody pays for.
      Remedy: know what success looks like, and take everything else for none; do not list the codes of failure.
      Given an order
      When the payment ends with <code>
      Then the shop does not believe that the order is paid

      Examples:
        | provider | code | ground | meaning | rule |
        | brp | 10 | documented | the payment method id is missing from the call, or there is no such payment method | BRP: simplified payment via web service, table of error codes |
        | brp | 101 | documented | the order has been debited already | BRP: simplified payment via web service, table of error codes |
        | brp | 200 | documented | the payment provider's own validation refuses the payment | BRP: simplified payment via web service, table of error codes |
        | brp | 201 | documented | the payment was not completed: it failed or was broken off | BRP: simplified payment via web service, table of error codes |
        | brp | 202 | documented | the order's amount and the paid amount differ, and the transaction is annulled | BRP: simplified payment via web service, table of error codes |
        | brp | 203 | documented | the order was removed or became invalid in some other way during the payment | BRP: simplified payment via web service, table of error codes |
        | brp | 204 | documented | the payment provider gave an answer that BRP did not expect | BRP: simplified payment via web service, table of error codes |
        | brp | 207 | documented | a value card that was reserved for the payment changed during the payment | BRP: simplified payment via web service, table of error codes |
        | brp | 208 | documented | debiting the order failed | BRP: simplified payment via web service, table of error codes |
        | freepay | -1 | documented | an error inside Freepay | Freepay: configuration page, section Fejlkoder |
        | freepay | 1 | documented | refused: the payer would have to identify themselves | Freepay: configuration page, example of a decline; its meaning from message lists of public shops (Isotope, Intraface) |
        | freepay | 2 | observed | approved for a part of the amount only, which counts as refused | Freepay: configuration page refers to the list of Nets; the number is in a list of PBS action codes in a Danish shop system's help |
        | freepay | 100 | observed | the issuer does not honour the card | Freepay: configuration page refers to the list of Nets; the number is in message lists of public shops (Isotope, Intraface) |
        | freepay | 116 | observed | there is not enough money on the account | Freepay: configuration page refers to the list of Nets; the number is in message lists of public shops (Isotope, Intraface) |
        | freepay | 209 | observed | the card is stolen | Freepay: configuration page refers to the list of Nets; the number is in message lists of public shops (Isotope, Intraface) |
        | freepay | 911 | observed | the issuer's system did not answer in time | Freepay: configuration page refers to the list of Nets; the number is in message lists of public shops (Isotope, Intraface) |
        | quickpay | 30100 | documented | the card is not charged without 3-D Secure | QuickPay: learn, appendix Errors |
        | quickpay | 40000 | documented | the acquirer, or the bank behind it, refused the operation | QuickPay: learn, appendix Errors |
        | quickpay | 40001 | documented | what was sent to the acquirer does not make sense to it | QuickPay: learn, appendix Errors |
        | quickpay | 40300 | documented | the payment was stopped because it looks like fraud | QuickPay: learn, appendix Errors |
        | quickpay | 50000 | documented | something went wrong at QuickPay | QuickPay: learn, appendix Errors |
        | quickpay | 50300 | documented | QuickPay did not reach the acquirer | QuickPay: learn, appendix Errors |

    @id:<provider>/code/<code> @must @<ground>
    Scenario Outline: A payment that ends with <code> MUST NOT be paid at the shop when its payer gives up: <meaning>
      Source: <rule>
      Why: the shop would hand out goods that nobody pays for.
      Remedy: take an order for paid by a return or callback whose hash is right, and by nothing else; change nothing at the cancelurl.
      Given an order
      When the payment ends with <code>
      And the payer cancels
      Then the shop does not believe that the order is paid

      Examples:
        | provider | code | ground | meaning | rule |
        | bambora | -1000 | observed | the acquirer could not be reached | message list of a public shop (Isotope), in up to five languages |
        | bambora | -2000 | observed | the payer's IP address is blocked | message list of a public shop (Isotope), in up to five languages |
        | bambora | 4100 | observed | no answer came | message list of a public shop (Isotope), in up to five languages |
        | bambora | 4105 | observed | refused, and nobody knows why | message list of a public shop (Isotope), in up to five languages |
        | bambora | 4109 | observed | 3-D Secure did not approve the card | message list of a public shop (Isotope), in up to five languages |
