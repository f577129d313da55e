//! The wrong ways in which people handle a callback.

use serde_json::Value;

use super::conditions::{
    APPROVED, answer, answered, authorized, expected, is_accepted, is_authorized, last, operations,
    outcome_of, text, wanted,
};
use super::sums::{self, Sum, agrees, body_of, claimed};
use super::{CLIENTS, COMMON, PLUGINS, SAMPLE, SDK};
use crate::kit::operation::Reply;
use crate::kit::scheme::{Edit, Mistake, mistakes};

const RAW: &str = "Compute HMAC-SHA256 over the bytes of the body as they came, before anything parses it: php://input, express.raw(), request.get_data().";
const RAW_WHY: &str =
    "Other code writes the same JSON in other bytes, and QuickPay signed the bytes that it sent.";
const PRIVATE_KEY: &str = "Take the account's private key: in the manager under Settings, Integration; or GET /account/private-key.";
const PRIVATE_KEY_WHY: &str =
    "Each of QuickPay's three keys is for one thing, and callbacks are signed with the private key.";
const HMAC: &str = "Use HMAC-SHA256 with the private key as its key: hash_hmac('sha256', $body, $key), createHmac('sha256', key).update(body), hmac.new(key, body, hashlib.sha256).";
const HEX: &str = "Print the 32 bytes as 64 lower-case hex digits.";
const ANYBODY: &str = "Anybody who knows the address can then pay any order.";
const VERIFY: &str = "Compare QuickPay-Checksum-Sha256 with your own checksum of the body, in constant time, and answer 4xx and return where they differ or the header is missing.";
const LAST: &str = "Look at the last operation: it is approved if pending is false and qp_status_code is \"20000\", and the payment's accepted is true.";
const OWN_ORDER: &str = "Compare order_id, as text, with the order that you are about to book.";
const OWN_AMOUNT: &str =
    "Compare the authorized amount, less fee, and the currency with what you asked for, as integers.";
const TYPE: &str = "Compare `type` in the signed body with what you expect.";

mistakes! {
    "quickpay.callback";
    WRITTEN_ANEW_PHP = "written-anew-php",
        "you computed the checksum over json_encode(json_decode($body, true))", RAW_WHY, RAW, SDK,
        [Edit::Drop("checksum"), Edit::Demand(|message| agrees(message, sums::php_arrays))];
    WRITTEN_ANEW_PHP_OBJECTS = "written-anew-php-objects",
        "you computed the checksum over json_encode(json_decode($body))", RAW_WHY, RAW, COMMON,
        [Edit::Drop("checksum"), Edit::Demand(|message| agrees(message, sums::php_objects))];
    WRITTEN_ANEW_PHP_UNESCAPED = "written-anew-php-unescaped",
        "you computed the checksum over PHP's own JSON with unescaped slashes and letters", "An empty object is an empty list to PHP, and 0.0 becomes 0.", RAW, COMMON,
        [Edit::Drop("checksum"), Edit::Demand(|message| agrees(message, sums::php_unescaped))];
    WRITTEN_ANEW_PYTHON = "written-anew-python",
        "you computed the checksum over json.dumps(json.loads(body))", RAW_WHY, RAW, COMMON,
        [Edit::Drop("checksum"), Edit::Demand(|message| agrees(message, sums::python))];
    WRITTEN_ANEW_PYTHON_COMPACT = "written-anew-python-compact",
        "you computed the checksum over Python's JSON without blanks", "Letters outside ASCII become \\u escapes.", RAW, COMMON,
        [Edit::Drop("checksum"), Edit::Demand(|message| agrees(message, sums::python_compact))];
    WRITTEN_ANEW_JAVASCRIPT = "written-anew-javascript",
        "you computed the checksum over JSON.stringify(JSON.parse(body)), as who signs Express's request.body does",
        "Names that are numbers move to the front, 0.0 becomes 0, and blanks are lost.", RAW, COMMON,
        [Edit::Drop("checksum"), Edit::Demand(|message| agrees(message, sums::javascript))];
    WRITTEN_ANEW_GO = "written-anew-go",
        "you computed the checksum over JSON that Go wrote from a map", "Names are sorted, and <, > and & become \\u escapes.", RAW, COMMON,
        [Edit::Drop("checksum"), Edit::Demand(|message| agrees(message, sums::go))];
    WRITTEN_ANEW_COMPACT = "written-anew-compact",
        "you computed the checksum over the JSON without its blanks, as Ruby's and Java's libraries write it", "Blanks and newlines are signed too.", RAW, COMMON,
        [Edit::Drop("checksum"), Edit::Demand(|message| agrees(message, sums::ruby))];
    BODY_TRIMMED = "body-trimmed",
        "you trimmed the body before you computed the checksum", "Blanks and newlines at its ends are signed too.", RAW, COMMON,
        [Edit::Drop("checksum"), Edit::Demand(|message| agrees(message, sums::trimmed))];
    NEWLINE_ADDED = "newline-added",
        "you computed the checksum over the body with a newline behind it", "A shell's echo adds one, and a line that is read from a pipe keeps it.", RAW, COMMON,
        [Edit::Drop("checksum"), Edit::Demand(|message| agrees(message, sums::newline_added))];
    LATIN_1 = "latin-1",
        "you read the body as Latin-1 and hashed it in UTF-8", "Letters outside ASCII become two characters each, and four bytes.", RAW, COMMON,
        [Edit::Drop("checksum"), Edit::Demand(|message| agrees(message, sums::latin_1))];
    API_KEY = "api-key",
        "you took the API key for the private key", PRIVATE_KEY_WHY, PRIVATE_KEY, CLIENTS,
        [Edit::Drop("checksum"), Edit::Demand(|message| agrees(message, sums::api_key))];
    WINDOW_KEY = "window-key",
        "you took the payment window's key for the private key", PRIVATE_KEY_WHY, PRIVATE_KEY, CLIENTS,
        [Edit::Drop("checksum"), Edit::Demand(|message| agrees(message, sums::window_key))];
    KEY_NEWLINE = "key-newline",
        "your private key ends with a newline", "A key that is read from a file brings the end of its line along.", "Trim the key where you read it.", COMMON,
        [Edit::Drop("checksum"), Edit::Demand(|message| agrees(message, sums::key_newline))];
    KEY_AND_BODY_SWAPPED = "key-and-body-swapped",
        "you hashed the private key with the body as the key", "Languages differ in which argument of HMAC comes first.", HMAC, COMMON,
        [Edit::Drop("checksum"), Edit::Demand(|message| agrees(message, sums::swapped))];
    WITHOUT_KEY = "without-key",
        "you used plain SHA-256 of the body, without a key", "Anybody can compute that.", HMAC, COMMON,
        [Edit::Drop("checksum"), Edit::Demand(|message| agrees(message, sums::without_key))];
    KEY_APPENDED = "key-appended",
        "you used plain SHA-256 of the body with the key behind it", "HMAC mixes the key in twice, in another way.", HMAC, COMMON,
        [Edit::Drop("checksum"), Edit::Demand(|message| agrees(message, sums::key_appended))];
    SHA_1 = "sha-1",
        "you used HMAC-SHA1", "The header's name says which it is.", HMAC, COMMON,
        [Edit::Drop("checksum"), Edit::Demand(|message| agrees(message, sums::sha_1))];
    MD5 = "md5",
        "you used HMAC-MD5", "The header's name says which it is.", HMAC, COMMON,
        [Edit::Drop("checksum"), Edit::Demand(|message| agrees(message, sums::md5))];
    BASE64 = "base64",
        "you compared with the digest in base64", "QuickPay sends hex.", HEX, COMMON,
        [Edit::Drop("checksum"), Edit::Demand(|message| agrees(message, sums::base64))];
    UPPER_CASE = "upper-case-hex",
        "you compared with the digest in upper-case hex", "QuickPay sends lower-case digits, and texts are compared by their case.", HEX, SDK,
        [Edit::Drop("checksum"), Edit::Demand(|message| agrees(message, sums::upper_case))];
    CHECKSUM_NOT_VERIFIED = "checksum-not-verified",
        "you did not verify the checksum", ANYBODY, VERIFY, SAMPLE,
        [Edit::Drop("checksum")];
    MISSING_CHECKSUM_PASSED = "missing-checksum-passed",
        "you verified the checksum only where there was one", "A forger leaves the header out.", VERIFY, COMMON,
        [Edit::Drop("checksum"), Edit::Demand(|message| {
            claimed(message).is_empty() || sums::right(message) == claimed(message)
        })];
    EVERY_CALLBACK_APPROVED = "every-callback-approved",
        "you verified no checksum and looked at neither `accepted` nor the operations: every callback with an id is approved",
        ANYBODY, "Verify the checksum over the bytes as they came; then look at `accepted` and at the last operation.", SAMPLE,
        [Edit::Drop("checksum"), Edit::Drop("body"), Edit::Drop("type"), Edit::Drop("order"), Edit::Drop("test_mode"),
         Edit::Drop("operation"), Edit::Drop("amount"), Edit::Drop("currency"),
         Edit::Demand(|message| body_of(message).value["id"].is_number()),
         Edit::Read(|message| answered(message, "approved"))];
    OUTCOME_NOT_LOOKED_AT = "outcome-not-looked-at",
        "you took every genuine callback for an approved one", "Refused operations are called back too.", LAST, SAMPLE,
        [Edit::Read(|message| answered(message, "approved"))];
    ACCEPTED_ALONE = "accepted-alone",
        "you looked at accepted alone", "It says that an authorization was once approved, and stays true when a capture is refused.", LAST, SDK,
        [Edit::Read(|message| answered(message, if is_accepted(message) { "approved" } else { "declined" }))];
    ACCEPTED_NOT_LOOKED_AT = "accepted-not-looked-at",
        "you did not look at accepted", "An operation that only prepares a payment can be approved before any money is reserved.", LAST, COMMON,
        [Edit::Read(|message| by_operation(last(message).as_ref(), true))];
    STATE_ALONE = "state-alone",
        "you looked at state alone", "It stays new when a capture is refused, and processed when a refund is.", LAST, SDK,
        [Edit::Read(|message| answered(message, match text(message, "state").as_deref() {
            Some("new" | "processed" | "active" | "cancelled") => "approved",
            Some("rejected") => "declined",
            _ => "pending",
        }))];
    FIRST_OPERATION = "first-operation",
        "you looked at the first operation", "New operations are added at the end.", LAST, PLUGINS,
        [Edit::Read(|message| by_operation(operations(message).first(), is_accepted(message)))];
    ANY_OPERATION = "any-operation",
        "you looked for any operation that is approved", "The authorization stays in the list when the capture is refused.", LAST, COMMON,
        [Edit::Read(|message| {
            let operations = operations(message);
            let approved = operations.iter().find(|operation| operation["qp_status_code"] == APPROVED);
            by_operation(approved.or(operations.last()), is_accepted(message))
        })];
    STATUS_AS_NUMBER = "status-as-number",
        "you compared qp_status_code with a number", "It is a string: \"20000\" === 20000 is false, and every payment seems refused.", LAST, SDK,
        [Edit::Read(|message| {
            let pending = last(message).is_some_and(|operation| outcome_of(&operation, true) == "pending");
            answered(message, if pending { "pending" } else { "declined" })
        })];
    STATUS_BY_FIRST_DIGIT = "status-by-first-digit",
        "you took every qp_status_code that begins with 2 for approved", "20200 means that the acquirer has still to approve it.", LAST, PLUGINS,
        [Edit::Read(|message| {
            let code = last(message).map(|operation| operation["qp_status_code"].clone());
            let good = code.as_ref().and_then(Value::as_str).is_some_and(|code| code.starts_with('2'));
            if good && is_accepted(message) { answered(message, "approved") } else { by_operation(last(message).as_ref(), is_accepted(message)) }
        })];
    PENDING_TAKEN_FOR_DECLINED = "pending-taken-for-declined",
        "you did not look at pending, and took an operation that is under way for a refused one", "It may be approved a moment later, and another callback says so.", LAST, SDK,
        [Edit::Read(|message| {
            let approved = last(message).is_some_and(|operation| outcome_of(&operation, is_accepted(message)) == "approved");
            answered(message, if approved { "approved" } else { "declined" })
        })];
    ORDER_NOT_COMPARED = "order-not-compared",
        "you did not compare order_id", "A genuine callback of one order, sent again, pays any other.", OWN_ORDER, SDK,
        [Edit::Drop("order")];
    ORDER_COMPARED_AS_NUMBER = "order-compared-as-number",
        "you compared order ids as numbers", "0012 and 00012 are two orders.", OWN_ORDER, COMMON,
        [Edit::Drop("order"), Edit::Demand(|message| {
            let number = |text: &str| text.parse::<u64>().ok();
            let own = message.given("order");
            text(message, "order_id").is_some_and(|order| order == own || (number(own).is_some() && number(&order) == number(own)))
        })];
    AMOUNT_NOT_COMPARED = "amount-not-compared",
        "you did not compare the amount", "A link that was made before the cart grew pays less.", OWN_AMOUNT, SDK,
        [Edit::Drop("amount")];
    FEE_NOT_TAKEN_OFF = "fee-not-taken-off",
        "you compared the authorized amount without taking off the fee", "With auto_fee the payer pays the fee on top, and you refuse who has paid.", OWN_AMOUNT, PLUGINS,
        [Edit::Drop("amount"), Edit::Demand(|message| {
            !is_authorized(message) || authorized(message) == Some(wanted(message))
        })];
    ZERO_TAKEN_FOR_NONE = "zero-taken-for-none",
        "you took the amount 0 for a missing one", "0 is false in PHP, Python and JavaScript, and a card can be authorized for nothing.", "Ask whether the amount is there: isset, is not None, !== undefined.", COMMON,
        [Edit::Demand(|message| !is_authorized(message) || wanted(message) != 0)];
    CURRENCY_NOT_COMPARED = "currency-not-compared",
        "you did not compare the currency", "100 Swedish kronor are less than 100 Danish kroner.", OWN_AMOUNT, SDK,
        [Edit::Drop("currency")];
    TYPE_NOT_COMPARED = "type-not-compared",
        "you took a payment for a subscription, or a subscription for a payment", "They have ids and operations of their own, and only one of them moves money.", TYPE, SDK,
        [Edit::Drop("type")];
    TYPE_FROM_HEADER = "type-from-header",
        "you took the type from the header", "Only the body is signed: QuickPay-Resource-Type can be changed on the way.", TYPE, COMMON,
        [Edit::Drop("type"), Edit::Demand(|message| message.value(super::conditions::RESOURCE_TYPE) == Some(expected(message)))];
    TEST_PAYMENT_TAKEN = "test-payment-taken",
        "you took a test payment in production", "There is no other test system: with a test card anybody pays for nothing.", "Refuse what has test_mode true, and switch test transactions off in the manager.", SDK,
        [Edit::Drop("test_mode")];
}

/// The mistakes that are another way of computing the checksum, with that way.
pub(super) static WAYS: &[(&Mistake, Sum)] = &[
    (&WRITTEN_ANEW_PHP, sums::php_arrays),
    (&WRITTEN_ANEW_PHP_OBJECTS, sums::php_objects),
    (&WRITTEN_ANEW_PHP_UNESCAPED, sums::php_unescaped),
    (&WRITTEN_ANEW_PYTHON, sums::python),
    (&WRITTEN_ANEW_PYTHON_COMPACT, sums::python_compact),
    (&WRITTEN_ANEW_JAVASCRIPT, sums::javascript),
    (&WRITTEN_ANEW_GO, sums::go),
    (&WRITTEN_ANEW_COMPACT, sums::ruby),
    (&BODY_TRIMMED, sums::trimmed),
    (&NEWLINE_ADDED, sums::newline_added),
    (&LATIN_1, sums::latin_1),
    (&API_KEY, sums::api_key),
    (&WINDOW_KEY, sums::window_key),
    (&KEY_NEWLINE, sums::key_newline),
    (&KEY_AND_BODY_SWAPPED, sums::swapped),
    (&WITHOUT_KEY, sums::without_key),
    (&KEY_APPENDED, sums::key_appended),
    (&SHA_1, sums::sha_1),
    (&MD5, sums::md5),
    (&BASE64, sums::base64),
    (&UPPER_CASE, sums::upper_case),
];

/// An answer about this operation.
fn by_operation(operation: Option<&Value>, accepted: bool) -> Reply {
    let of = |operation: &Value| {
        answer(outcome_of(operation, accepted), operation["type"].as_str().unwrap_or_default())
    };
    operation.map_or_else(|| answer("declined", ""), of)
}
