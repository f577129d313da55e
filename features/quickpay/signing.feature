Feature: Asking QuickPay, and sending payers to its window
  A shop names itself to QuickPay's API with one key, and signs the form of the payment window with another.
  Neither is the private key, which is for callbacks.

  Rule: The API key is the password of a user without a name

    @id:quickpay/authorization/basic-without-user @about:quickpay.authorization/key @about:quickpay.authorization/colon @about:quickpay.authorization/named @about:quickpay.authorization/bearer @about:quickpay.authorization/not-encoded @about:quickpay.authorization/scheme @about:quickpay.authorization/unpadded @about:quickpay.authorization/wrapped @about:quickpay.authorization/private @about:quickpay.authorization/window @must @documented
    Scenario: Authorization MUST be Basic with an empty user and the API key as the password
      Source: QuickPay's learn, section API, on authentication
      Given the examples A1, A2
      And calls with a key as QuickPay makes them
      When the shop names itself to the API
      Then every answer is right

    @id:quickpay/authorization/version-is-sent @about:quickpay.authorization/version @must @documented
    Scenario: Accept-Version MUST be v10
      Source: QuickPay's learn, section API, on versions; and the sample in Fenerum's document
      Given calls with a key as QuickPay makes them
      When the shop names itself to the API
      Then every answer is right

    @id:quickpay/authorization/standard-base64 @about:quickpay.authorization/url @should @assumed
    Scenario: The credentials SHOULD be in standard base64, whatever the key
      Source: our judgement; RFC 7617 says so, but QuickPay's own keys are hexadecimal and look the same in both alphabets
      Given the examples A3
      And calls with a key whose base64 has + or /
      When the shop names itself to the API
      Then every answer is right

  Rule: The form's values are joined and signed

    @id:quickpay/window/hmac-sha256 @about:quickpay.window/key @about:quickpay.window/api @about:quickpay.window/private @about:quickpay.window/sha @about:quickpay.window/md5 @about:quickpay.window/without @must @documented
    Scenario: The checksum MUST be HMAC-SHA256 in hex, with the API key of the window's agreement
      Source: QuickPay's learn, section Payment form, on the checksum
      Given the examples F1, F2
      And forms with plain fields
      When the shop signs the form of the payment window
      Then every answer is right

    @id:quickpay/window/joined-by-blanks @about:quickpay.window/joined @about:quickpay.window/separated @about:quickpay.window/blank @about:quickpay.window/names @must @documented
    Scenario: The values alone MUST be joined, with one blank between two
      Source: QuickPay's learn, section Payment form, on the checksum
      Given the examples F1
      And forms with plain fields
      When the shop signs the form of the payment window
      Then every answer is right

    @id:quickpay/window/sorted-by-name @about:quickpay.window/call @about:quickpay.window/sorted-by-value @must @documented
    Scenario: The values MUST be in the order of their names
      Source: QuickPay's learn, section Payment form, on the checksum
      Given the examples F2
      And forms with fields in another order than their names'
      When the shop signs the form of the payment window
      Then every answer is right

    @id:quickpay/window/brackets-are-sorted @about:quickpay.window/sorted @must @documented
    Scenario: Names MUST be compared byte by byte, with their brackets
      Source: QuickPay's learn, section Payment form: the sample flattens names to [a][b] and sorts these
      Given the examples F4
      And forms with names that only the brackets put in order
      And forms with more than ten items
      When the shop signs the form of the payment window
      Then every answer is right

    @id:quickpay/window/nested-is-flattened @about:quickpay.window/nested @must @documented
    Scenario: Each value of variables, addresses and basket MUST be signed as a field of its own
      Source: QuickPay's learn, section Payment form: the sample flattens what is nested
      Given forms with variables or a basket
      When the shop signs the form of the payment window
      Then every answer is right

    @id:quickpay/window/empty-values-count @about:quickpay.window/empty @must @observed
    Scenario: An empty value MUST stand between two blanks
      Source: the public clients offsite_payments and omnipay, and the sample in QuickPay's learn
      Given forms with an empty value
      When the shop signs the form of the payment window
      Then every answer is right

    @id:quickpay/window/values-are-plain @about:quickpay.window/form @about:quickpay.window/percent @about:quickpay.window/html @must @documented
    Scenario: The values MUST be signed as they are, and not as the form or the page writes them
      Source: QuickPay's learn, section Payment form: the sample signs its parameters before it sends them
      Given forms with values that need escaping
      When the shop signs the form of the payment window
      Then every answer is right

    @id:quickpay/window/checksum-is-left-out @about:quickpay.window/checksum @must @documented
    Scenario: A field checksum that is in the form already MUST NOT be signed
      Source: QuickPay's learn, section Payment form: all fields but the checksum
      Given forms with a checksum already in it
      When the shop signs the form of the payment window
      Then every answer is right

    @id:quickpay/window/own-fields-count @about:quickpay.window/documented @should @assumed
    Scenario: Fields of the shop's own SHOULD be signed too
      Source: our judgement; QuickPay's learn says all fields, and names no others
      Given forms with a field of the shop's own
      When the shop signs the form of the payment window
      Then every answer is right

    @id:quickpay/window/letters-are-utf-8 @about:quickpay.window/latin @should @assumed
    Scenario: Letters outside ASCII SHOULD be signed in UTF-8
      Source: our judgement; QuickPay's learn does not name the encoding
      Given the examples F3
      And forms with letters outside ASCII
      When the shop signs the form of the payment window
      Then every answer is right

    @id:quickpay/window/blanks-are-kept @about:quickpay.window/trimmed @should @assumed
    Scenario: Values SHOULD be signed with the blanks at their ends
      Source: our judgement; QuickPay's learn does not speak of trimming
      Given forms with blanks at the ends of a value
      When the shop signs the form of the payment window
      Then every answer is right

    @id:quickpay/window/lower-case-hex @about:quickpay.window/upper @should @assumed
    Scenario: The checksum SHOULD be in lower-case hex
      Source: our judgement; the samples print small letters, and no document says that capitals are refused
      Given forms with plain fields
      When the shop signs the form of the payment window
      Then no answer shows "quickpay.window/upper-case-hex"
