Feature: Opening ePay's payment window
  A shop sends its payer to the window with parameters, and with a hash of their values. The window shows an
  error page where the hash is another, and nobody comes back from there.

  Rule: The hash is the MD5 of the values and the key

    @id:bambora/request/md5-in-hex @about:bambora.request/hmac @about:bambora.request/sha @about:bambora.request/base64 @about:bambora.request/key @about:bambora.request/hashed-twice @must @documented
    Scenario: hash MUST be the MD5 of the values with the key behind them, in hex
      Source: ePay's integration guide, hash check
      Given the examples V2, V3
      And forms with plain parameters
      When the shop makes the parameters that open the payment window
      Then every answer is right

    @id:bambora/request/values-alone @about:bambora.request/names @about:bambora.request/query @about:bambora.request/separated @about:bambora.request/joined @must @documented
    Scenario: The values alone MUST be joined, with nothing between them
      Source: ePay's integration guide, hash check
      Given the examples V3
      And forms with plain parameters
      When the shop makes the parameters that open the payment window
      Then every answer is right

    @id:bambora/request/hash-is-left-out @about:bambora.request/hash-hashed @must @documented
    Scenario: A hash MUST NOT be part of itself
      Source: ePay's integration guide, hash check: all parameters but the hash
      Given the examples V5
      And forms with plain parameters
      When the shop makes the parameters that open the payment window
      Then every answer is right

    @id:bambora/request/hash-is-sent @about:bambora.request/hash-renamed @about:bambora.request/hash-missing @about:bambora.request/key-sent @must @documented
    Scenario: The hash MUST be sent as hash, and the key not at all
      Source: ePay's integration guide, parameters of the payment window
      Given forms with plain parameters
      When the shop makes the parameters that open the payment window
      Then every answer is right

  Rule: What is hashed is what is sent

    @id:bambora/request/order-is-that-of-sending @about:bambora.request/sorted @about:bambora.request/sent @about:bambora.request/documented-order @must @documented
    Scenario: The values MUST be hashed in the order in which they are sent
      Source: ePay's integration guide, hash check; V2 is from a public library that sorts, and sends what is sorted
      Given the examples V2, V4, W1
      And forms with parameters in another order than their names'
      When the shop makes the parameters that open the payment window
      Then every answer is right

    @id:bambora/request/everything-is-hashed @about:bambora.request/windowstate @about:bambora.request/encoding @about:bambora.request/cms @about:bambora.request/group @about:bambora.request/invoice @about:bambora.request/language @about:bambora.request/mobile @about:bambora.request/windowid @about:bambora.request/instantcapture @about:bambora.request/callbackurl @about:bambora.request/addresses-left @about:bambora.request/required @about:bambora.request/old @must @documented
    Scenario: The value of every parameter that is sent MUST be hashed
      Source: ePay's integration guide, hash check: all parameters; redSHOP has been reported for leaving group out
      Given the examples W1, G1, P1
      And forms with parameters that plugins add
      When the shop makes the parameters that open the payment window
      Then every answer is right

    @id:bambora/request/sign-ups-are-hashed-whole @about:bambora.request/subscription @must @documented
    Scenario: The parameters of a sign-up MUST be hashed too
      Source: ePay's integration guide, hash check: all parameters; and Bambora: recurring payments, on subscription=1
      Given the examples S1
      And forms with a sign-up
      When the shop makes the parameters that open the payment window
      Then every answer is right

    @id:bambora/request/own-parameters-count @about:bambora.request/documented-alone @should @assumed
    Scenario: Parameters of the shop's own SHOULD be sent and hashed
      Source: our judgement; the guide says that all parameters are hashed, and not what becomes of unknown ones
      Given forms with a parameter of the shop's own
      When the shop makes the parameters that open the payment window
      Then every answer is right

    @id:bambora/request/currency-in-letters @about:bambora.request/currency-hashed-as @must @observed
    Scenario: A currency that is sent in letters MUST be hashed in letters
      Source: V2 from the tests of a public library, which sends USD and DKK
      Given the examples V2, V3
      And forms with a currency in letters
      When the shop makes the parameters that open the payment window
      Then every answer is right

    @id:bambora/request/currency-as-number @about:bambora.request/currency-hashed-in @must @observed
    Scenario: A currency that is sent as a number MUST be hashed as that number
      Source: public integrations: getpaid and Tea Commerce send 208
      Given the examples V5, G1
      And forms with a currency as a number
      When the shop makes the parameters that open the payment window
      Then every answer is right

    @id:bambora/request/amount-in-smallest-unit @about:bambora.request/amount @must @documented
    Scenario: The amount MUST be sent, and hashed, as a whole number of the smallest unit
      Source: ePay's integration guide, parameter amount
      Given the examples V3
      And forms with plain parameters
      When the shop makes the parameters that open the payment window
      Then every answer is right

    @id:bambora/request/zeros-count @about:bambora.request/zeros @must @documented
    Scenario: A value of 0 MUST be sent and hashed
      Source: ePay's integration guide, parameter mobile, where 0 is another thing than none; and Bambora: recurring payments, where amount is 0
      Given the examples S1
      And forms with a zero that means something
      When the shop makes the parameters that open the payment window
      Then every answer is right

    @id:bambora/request/empty-values-add-nothing @about:bambora.request/empty @must @observed
    Scenario: An empty value MUST add nothing to what is hashed
      Source: ePay's public plugin for WooCommerce sends group and mailreceipt empty
      Given the examples V7
      And forms with an empty value
      When the shop makes the parameters that open the payment window
      Then every answer is right

    @id:bambora/request/digits-stay-text @about:bambora.request/digits @about:bambora.request/lower-cased @must @documented
    Scenario: Values MUST be hashed as the very text that is sent
      Source: ePay's integration guide, hash check; AUD is 036
      Given forms with digits that begin with a zero
      When the shop makes the parameters that open the payment window
      Then every answer is right

  Rule: What is sent is what the shop means

    @id:bambora/request/nothing-is-added @about:bambora.request/parameters-added @about:bambora.request/subscriptiontype-added @should @assumed
    Scenario: Nothing but what is given SHOULD be sent
      Source: our judgement; the window takes what is hashed, so this is about the adapter and not about ePay
      Given forms with plain parameters
      And forms with a sign-up
      When the shop makes the parameters that open the payment window
      Then no answer shows "bambora.request/parameters-added"

    @id:bambora/request/encoding-is-sent @about:bambora.request/encoding-not @should @assumed
    Scenario: encoding SHOULD be sent, also where all values are ASCII
      Source: our judgement; ePay's public plugins send it always
      Given forms with plain parameters
      When the shop makes the parameters that open the payment window
      Then no answer shows "bambora.request/encoding-not-sent"

    @id:bambora/request/currency-stays @about:bambora.request/currency-respelled @should @assumed
    Scenario: A currency that is given in letters SHOULD be sent in letters
      Source: our judgement; the window takes letters and numbers
      Given forms with a currency in letters
      When the shop makes the parameters that open the payment window
      Then no answer shows "bambora.request/currency-respelled"

  Rule: Values are hashed before they are escaped

    @id:bambora/request/values-are-plain @about:bambora.request/percent @about:bambora.request/component @about:bambora.request/form @about:bambora.request/lower-encoded @about:bambora.request/html @must @observed
    Scenario: The values MUST be hashed as they are, and not as the address or the page writes them
      Source: ePay's public plugin for WooCommerce and that for Vendr
      Given the examples W1
      And forms with values that need escaping
      When the shop makes the parameters that open the payment window
      Then every answer is right

    @id:bambora/request/addresses-are-whole @about:bambora.request/addresses @about:bambora.request/ampersands @must @observed
    Scenario: An address MUST be sent and hashed as the payer is to come back to it
      Source: changelog of ePay's public plugin for WooCommerce: &amp; in cancelurl and accepturl
      Given the examples W1
      And forms with an address with parameters of its own
      When the shop makes the parameters that open the payment window
      Then every answer is right

    @id:bambora/request/letters-are-utf-8 @about:bambora.request/latin @about:bambora.request/utf @must @observed
    Scenario: Letters outside ASCII MUST be hashed in UTF-8 where encoding=UTF-8 is sent
      Source: ePay's public plugins for WooCommerce and PrestaShop
      Given the examples V6
      And forms with letters outside ASCII
      When the shop makes the parameters that open the payment window
      Then every answer is right

    @id:bambora/request/blanks-are-kept @about:bambora.request/trimmed @should @assumed
    Scenario: Values SHOULD be hashed with the blanks at their ends
      Source: our judgement; the guide does not speak of trimming
      Given forms with blanks at the ends of a value
      When the shop makes the parameters that open the payment window
      Then every answer is right
