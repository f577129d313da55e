Feature: Signing calls to BRP and reading its returns
  A shop sends its payer to BRP with a link. BRP believes the link only if its hash is right, and
  answers with error 400 if it is not. Afterwards the payer comes back with a URL that nobody signed.

  Rule: The hash covers what BRP receives

    @id:brp/hash/returnurl-is-hashed-decoded @about:brp.hash/returnurl @about:brp.hash/values-percent @about:brp.hash/values-path @must @documented
    Scenario: The return URL MUST be hashed as it is, before it is percent-encoded
      Source: "returnurl ska inte vara urlencodad vid beräkning", at every endpoint
      Given the examples B01, B21
      And calls with a return URL that percent-encoding changes
      When the shop hashes the parameters of a call
      Then every answer is right

    @id:brp/hash/parameters-are-sorted-by-name @about:brp.hash/parameters @must @documented
    Scenario: The values MUST stand in the order of the parameters' names, whatever the order of the call
      Source: "sorterade i alfabetisk ordning", at every endpoint but payfororder, which prints the same order
      Given the examples B14
      And calls with parameters in another order than their names'
      When the shop hashes the parameters of a call
      Then every answer is right

    @id:brp/hash/values-follow-each-other @about:brp.hash/names @about:brp.hash/query @about:brp.hash/separated @about:brp.hash/joined @must @documented
    Scenario: The values MUST follow each other bare, without names and separators
      Source: the printed strings of examples 1 to 3
      Given the examples B02, B03
      And calls with several parameters
      When the shop hashes the parameters of a call
      Then every answer is right

    @id:brp/hash/secret-goes-last @about:brp.hash/secret @must @documented
    Scenario: The secret word MUST end the string, as it is
      Source: "orderid + ... + returnurl + hemligt ord"
      Given the examples B01
      And any calls
      When the shop hashes the parameters of a call
      Then every answer is right

    @id:brp/hash/every-receiptemail-counts @about:brp.hash/receiptemail @must @documented
    Scenario: Every receiptemail that is sent MUST be hashed
      Source: example 3 of payfororder
      Given the examples B03
      And calls with several receiptemail
      When the shop hashes the parameters of a call
      Then every answer is right

    @id:brp/hash/optional-parameters-count-when-sent @about:left-out @must @documented
    Scenario: An optional parameter MUST be hashed when it is sent
      Source: "om den skickas med", and the example with useorgaccount
      Given the examples B02, B05, B09
      And calls with an optional parameter
      When the shop hashes the parameters of a call
      Then every answer is right

    @id:brp/hash/payeralias-is-left-out @about:brp.hash/payeralias @must @documented
    Scenario: The payeralias of Swish MUST be left out of the hash
      Source: "förutom payeralias", at swish/payfororder
      Given the examples B17
      And calls with a payeralias
      When the shop hashes the parameters of a call
      Then every answer is right

    @id:brp/hash/plain-sha-256-in-hex @about:brp.hash/sha @about:brp.hash/md5 @about:brp.hash/hm @about:brp.hash/hash @about:brp.hash/base64 @must @documented
    Scenario: The hash MUST be the plain SHA-256 of the string, in hex
      Source: "hash: SHA-256 hash", at every endpoint
      Given the examples B01
      And any calls
      When the shop hashes the parameters of a call
      Then every answer is right

    @id:brp/hash/documented-examples @must @documented
    Scenario: The document's own examples MUST come out as it prints them
      Source: the examples of every endpoint
      Given the documented examples
      When the shop hashes the parameters of a call
      Then every answer is right

  Rule: What the document leaves open is hashed in the safest way

    @id:brp/hash/receiptemails-keep-their-order @should @assumed
    Scenario: Several receiptemail SHOULD be hashed in the order in which they are sent
      Source: our judgement: the document sorts by name, and its example is sorted either way
      Given the examples B27
      And calls with several receiptemail
      When the shop hashes the parameters of a call
      Then no answer shows "brp.hash/receiptemails-sorted"

    @id:brp/hash/hex-is-lower-case @should @assumed
    Scenario: The hash SHOULD be printed in lower case
      Source: our judgement: the document prints lower case and does not say that it must be
      Given any calls
      When the shop hashes the parameters of a call
      Then no answer shows "brp.hash/upper-case-hex"

    @id:brp/hash/text-is-utf-8 @should @assumed
    Scenario: Letters outside ASCII SHOULD be hashed as UTF-8
      Source: our judgement: the document does not name the encoding
      Given the examples B22
      And calls with letters outside ASCII
      When the shop hashes the parameters of a call
      Then no answer shows "brp.hash/latin-1"

  Rule: The link carries the call unchanged

    @id:brp/link/every-value-is-encoded-once @about:brp.link/returnurl @about:brp.link/values @must @documented
    Scenario: Every value MUST be percent-encoded exactly once
      Source: returnurl is "URL-kodat", at every endpoint
      Given the documented examples
      And calls with values that need escaping
      When the shop builds the whole URL of a call, hash and all
      Then every answer is right

    @id:brp/link/nothing-is-lost @about:brp.link/receiptemails @about:brp.link/optional @must @documented
    Scenario: Everything that is hashed MUST be sent, a repeated receiptemail each time
      Source: "Flera receiptemail kan anges", and the printed URL templates
      Given calls with several receiptemail
      And calls with an optional parameter
      When the shop builds the whole URL of a call, hash and all
      Then every answer is right

    @id:brp/link/it-is-signed @whole @about:brp.link/hash @about:brp.link/base @about:brp.link/ampersands @must @documented
    Scenario: The link MUST carry the hash of what it carries, below BRP's base URL
      Source: the printed URL templates
      Given any calls
      When the shop builds the whole URL of a call, hash and all
      Then every answer is right

    @id:brp/link/plus-is-encoded @should @assumed
    Scenario: A + in a value SHOULD be percent-encoded
      Source: our judgement: the query is decoded as forms are, where + means a blank
      Given calls with values that need escaping
      When the shop builds the whole URL of a call, hash and all
      Then no answer shows "brp.link/plus-not-encoded"

    @id:brp/link/text-is-utf-8 @should @assumed
    Scenario: Letters outside ASCII SHOULD be percent-encoded as UTF-8
      Source: our judgement: the document does not name the encoding
      Given calls with letters outside ASCII
      When the shop builds the whole URL of a call, hash and all
      Then no answer shows "brp.link/latin-1"

  Rule: A return is read by the names and values of its parameters

    @id:brp/return/empty-error-is-success @must @documented
    Scenario: A return whose error is there and empty MUST be taken for success
      Source: "Tom vid lyckad betalning", at every endpoint
      Given the examples R01, R06, R07
      And returns with success
      When the shop reads the URL that the payer comes back with
      Then every answer is right

    @id:brp/return/any-code-is-failure @about:ignored @about:id- @about:codes @about:http @must @documented
    Scenario: A return with any code in error MUST be taken for failure, without a receipt
      Source: the table of error codes, and "Tomt om misslyckad betalning"
      Given the examples R02, R03, R08
      And returns with failure
      When the shop reads the URL that the payer comes back with
      Then every answer is right

    @id:brp/return/own-parameters-are-kept-apart @about:loosely @about:duplicate @about:brp.return/empty-dropped @should @assumed
    Scenario: The shop's own parameters in the return URL SHOULD not be mistaken for BRP's
      Source: our judgement: BRP's parameters are appended to the return URL's own query
      Given returns with parameters of the shop's own
      When the shop reads the URL that the payer comes back with
      Then every answer is right

    @id:brp/return/order-does-not-matter @about:position @should @assumed
    Scenario: The order of the return's parameters SHOULD not matter, nor should further ones
      Source: our judgement: the document prints an order and does not promise it
      Given returns with parameters in another order than documented
      When the shop reads the URL that the payer comes back with
      Then every answer is right

    @id:brp/return/missing-error-is-not-paid @about:brp.return/error-missing @should @assumed
    Scenario: A return without error SHOULD not be taken for success
      Source: our judgement: BRP always sends error, and nobody signs the return
      Given returns with no error at all
      When the shop reads the URL that the payer comes back with
      Then every answer is right

  Rule: What nobody signed is asked for
    The return is not signed, a hash holds at several endpoints, and its values stand without separators. A shop
    cannot mend that in its links. It can ask BRP what became of its own order.

    @id:brp/settled/return-is-not-believed @about:brp.settled/return @should @assumed
    Scenario: A return SHOULD NOT be believed before BRP's REST API confirms it
      Source: our judgement: nothing in the return is signed, and the flow's last step fetches the receipt anyway
      Given the examples S03, S04
      And outcomes with a receiptid that BRP never gave
      And outcomes with a payment
      When the shop decides whether an order is paid, once the payer is back
      Then every answer is right

    @id:brp/settled/receipt-is-for-this-order @about:brp.settled/receipt @should @assumed
    Scenario: A receipt SHOULD count only for the order that it names
      Source: our judgement: the values are hashed without separators, so orderid=15 with paymentmethodid=100 has the hash of orderid=1 with 5100
      Given the examples S01, S05
      And outcomes with the receipt of another order
      And outcomes with a payment
      When the shop decides whether an order is paid, once the payer is back
      Then every answer is right

    @id:brp/settled/invoice-is-no-payment @about:brp.settled/invoice @should @assumed
    Scenario: An order that was invoiced SHOULD NOT be taken for a paid one
      Source: our judgement: the document prints one and the same hash for payfororder, brpinvoice, payforinvoice and swish/payfororder
      Given the examples S06
      And outcomes with an order that was invoiced instead
      And outcomes with a payment
      When the shop decides whether an order is paid, once the payer is back
      Then every answer is right

    @id:brp/settled/receipt-is-over-the-whole-amount @about:brp.settled/amount @should @assumed
    Scenario: A receipt SHOULD be over at least what the shop expects
      Source: our judgement: an order can change between the link and the payment
      Given the examples S02, S07
      And outcomes with a receipt over less than the shop expects
      And outcomes with a payment
      When the shop decides whether an order is paid, once the payer is back
      Then every answer is right

    @id:brp/settled/account-is-no-payment @about:brp.settled/account @should @assumed
    Scenario: An order that was put on a customer account SHOULD NOT be taken for a paid one
      Source: our judgement: the hash of payfororder holds at paywithcustomeraccount, whose receipt names the method Kundkonto
      Given the examples S08
      And outcomes with an order that was put on an account instead
      And outcomes with a payment
      When the shop decides whether an order is paid, once the payer is back
      Then every answer is right
