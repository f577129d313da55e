//! The wrong ways in which people read returns and callbacks.

use super::came::{self, Way, agrees, came};
use super::conditions::{
    CURRENCY, Find, is_amount, is_cancel, is_currency, is_order, is_payment, last, outcome, told, units,
    wanted,
};
use super::{CLIENTS, COMMON, PLUGINS};
use crate::kit::operation::Message;
use crate::kit::provider::Provenance;
use crate::kit::query;
use crate::kit::scheme::{Edit, Mistake, mistakes};

const HASH: &str = "Hash the decoded values of all parameters of the address, in its order, up to hash; put the key behind them, and compare with hash.";
const ALL_WHY: &str = "ePay hashes the whole query, and the shop's own parameters are the first in it.";
const DECODED_WHY: &str = "ePay hashes decoded values, in UTF-8.";
const ORDER_WHY: &str = "The values are hashed in the order in which they stand in the address.";
const KEY_WHY: &str = "The key stands behind the last value, once.";
const MD5: &str = "Use plain MD5 over the values and the key, in 32 lower-case hex digits.";
const ANYBODY: &str = "Anybody can type the address, and pay any order with it.";
const VERIFY: &str =
    "Compute the hash of every return and every callback, and refuse those where it differs or is missing.";
const REFUSES_WHY: &str = "A payer who has paid is refused.";
const REFUSED: &str = "See first whether it is the hash that you refuse: is it the MD5 key of this merchant, plain MD5, over all values but hash, compared as text? Then whether it is the amount, in the smallest unit, or the currency, 208.";
const COMPARE: &str =
    "Compare orderid as text, amount as a whole number and currency as 208 with what you asked for.";
const FEE: &str = "Compare amount alone: txnfee comes on top of it, and is the card holder's.";
const BY_NAME: &str = "Parse the query, take each parameter by its exact name, and of two the last: ePay's stand behind your own.";
const CANCEL: &str = "Take a cancel for what it is: the payer may try again.";
const ONCE: &str =
    "Keep txnid with the order, and answer 200 without doing anything where it is there already.";
const IDS: &str = "Keep txnid for the payment, and subscriptionid for the customer.";
const LIBRARY: Provenance = Provenance::observed("offsite_payments, a public library");
const GUIDE: Provenance = Provenance::documented("Bambora: recurring payments; and ePay's integration guide");

mistakes! {
    "bambora.return";
    GENUINE_REFUSED = "genuine-refused",
        "you refused every genuine return and callback", "A payer who has paid is told that he has not, and ePay calls again for a day.", REFUSED, COMMON,
        [Edit::Demand(is_cancel)];
    OWN_LEFT_OUT = "own-parameters-left-out",
        "you left your own parameters out of the hash", ALL_WHY, HASH, CLIENTS,
        [Edit::Drop("hash"), Edit::Demand(|message| by(message, came::own_left_out))];
    OLDEST_ALONE = "oldest-alone",
        "you hashed only the parameters that the document's sample shows", "Others come too: fraud, payercountry, issuercountry and your own.", HASH, COMMON,
        [Edit::Drop("hash"), Edit::Demand(|message| by(message, came::oldest_alone))];
    HYPHENS_LOST = "hyphens-lost",
        "your pattern for the query does not find names with a - in them", "wc-api is a name too, and its value is hashed.", HASH, LIBRARY,
        [Edit::Drop("hash"), Edit::Demand(|message| by(message, came::hyphens_lost))];
    ZEROS_LEFT_OUT = "zeros-left-out",
        "you left out of the hash what PHP calls empty: also \"0\"", "txnfee is 0 as a rule.", HASH, COMMON,
        [Edit::Drop("hash"), Edit::Demand(|message| by(message, came::zeros_left_out))];
    RAW = "not-decoded",
        "you hashed the values as they stand in the address, not decoded", DECODED_WHY, HASH, COMMON,
        [Edit::Drop("hash"), Edit::Demand(|message| by(message, came::raw))];
    PLUS_KEPT = "plus-not-decoded",
        "you did not read + as a blank", "+ and %20 both stand for a blank in a query.", HASH, COMMON,
        [Edit::Drop("hash"), Edit::Demand(|message| by(message, came::plus_kept))];
    SORTED = "sorted-by-name",
        "you sorted the parameters by name before hashing", ORDER_WHY, HASH, COMMON,
        [Edit::Drop("hash"), Edit::Demand(|message| by(message, came::sorted))];
    OWN_LAST = "own-parameters-last",
        "you hashed your own parameters behind ePay's", ORDER_WHY, HASH, COMMON,
        [Edit::Drop("hash"), Edit::Demand(|message| by(message, came::own_last))];
    TRIMMED = "trimmed",
        "you trimmed the values before hashing", "Some frameworks trim what comes in, before your code sees it.", HASH, COMMON,
        [Edit::Drop("hash"), Edit::Demand(|message| by(message, came::trimmed))];
    SANITIZED = "sanitized",
        "you hashed values that had lost their tags and their blanks", "sanitize_text_field of WordPress takes tags out, and makes one blank of several.", "Hash the values as they came; clean them where you show them.", COMMON,
        [Edit::Drop("hash"), Edit::Demand(|message| by(message, came::sanitized))];
    HTML_ESCAPED = "html-escaped",
        "you hashed values that are escaped for HTML", "Some frameworks clean what comes in, before your code sees it.", HASH, COMMON,
        [Edit::Drop("hash"), Edit::Demand(|message| by(message, came::html_escaped))];
    SLASHES_ADDED = "slashes-added",
        "you hashed values with backslashes before their quotes", "WordPress puts backslashes into $_GET.", "Put the values through wp_unslash, or take them from $_SERVER['QUERY_STRING'].", COMMON,
        [Edit::Drop("hash"), Edit::Demand(|message| by(message, came::slashes_added))];
    DIGITS_AS_NUMBERS = "digits-as-numbers",
        "you turned values of digits into numbers before hashing", "Zeros at their front are lost: time=0957 is not 957.", HASH, COMMON,
        [Edit::Drop("hash"), Edit::Demand(|message| by(message, came::digits_as_numbers))];
    READ_AS_LATIN_1 = "read-as-latin-1",
        "you read the address as Latin-1 and hashed it in UTF-8", DECODED_WHY, HASH, COMMON,
        [Edit::Drop("hash"), Edit::Demand(|message| by(message, came::read_as_latin_1))];
    IN_LATIN_1 = "latin-1",
        "you hashed the values in Latin-1", DECODED_WHY, HASH, COMMON,
        [Edit::Drop("hash"), Edit::Demand(|message| by(message, came::in_latin_1))];
    QUERY_STRING = "query-string-hashed",
        "you hashed the query as it stands in the address, names and all", "The values alone are hashed.", HASH, COMMON,
        [Edit::Drop("hash"), Edit::Demand(|message| by(message, came::query_string))];
    KEY_FIRST = "key-first",
        "you put the key before the values", KEY_WHY, HASH, COMMON,
        [Edit::Drop("hash"), Edit::Demand(|message| by(message, came::key_first))];
    KEY_MISSING = "key-missing",
        "you left the key out of the hash", "Anybody could compute that.", HASH, COMMON,
        [Edit::Drop("hash"), Edit::Demand(|message| by(message, came::key_missing))];
    KEY_TWICE = "key-twice",
        "you put the key behind the values twice", KEY_WHY, HASH, COMMON,
        [Edit::Drop("hash"), Edit::Demand(|message| by(message, came::key_twice))];
    KEY_NEWLINE = "key-newline",
        "your key ends with a newline", "A key that is read from a file brings the end of its line along.", "Trim the key where you read it.", COMMON,
        [Edit::Drop("hash"), Edit::Demand(|message| by(message, came::key_newline))];
    HMAC = "hmac-md5",
        "you used HMAC-MD5", "The key is a part of the text here, and not the key of a HMAC.", MD5, COMMON,
        [Edit::Drop("hash"), Edit::Demand(|message| by(message, came::hmac))];
    SHA_1 = "sha-1",
        "you used SHA-1", "ePay uses MD5.", MD5, COMMON,
        [Edit::Drop("hash"), Edit::Demand(|message| by(message, came::sha_1))];
    SHA_256 = "sha-256",
        "you used SHA-256", "ePay uses MD5; its later platform uses others.", MD5, COMMON,
        [Edit::Drop("hash"), Edit::Demand(|message| by(message, came::sha_256))];
    BASE64 = "base64",
        "you compared with the hash in base64", "ePay sends hex.", MD5, COMMON,
        [Edit::Drop("hash"), Edit::Demand(|message| by(message, came::base64))];
    UPPER_CASE = "upper-case-hex",
        "you compared with the hash in upper-case hex", "ePay sends lower-case digits, and texts are compared by their case.", MD5, CLIENTS,
        [Edit::Drop("hash"), Edit::Demand(|message| by(message, came::upper_case))];
    NOT_VERIFIED = "hash-not-verified",
        "you did not verify the hash", ANYBODY, VERIFY, PLUGINS,
        [Edit::Drop("hash")];
    MISSING_HASH_PASSED = "missing-hash-passed",
        "you verified the hash only where there was one", "Whoever types the address leaves it out.", VERIFY, COMMON,
        [Edit::Drop("hash"), Edit::Demand(|message| came(message).hash.is_none() || by(message, came::right))];
    EMPTY_HASH_PASSED = "empty-hash-passed",
        "you verified the hash only where it was not empty", "Whoever types the address leaves it empty.", VERIFY, COMMON,
        [Edit::Drop("hash"), Edit::Demand(|message| is_cancel(message) || hash(message).is_empty() || by(message, came::right))];
    PRESENCE_ALONE = "presence-alone",
        "you asked only whether there was a hash", ANYBODY, VERIFY, COMMON,
        [Edit::Drop("hash"), Edit::Demand(|message| is_cancel(message) || !hash(message).is_empty())];
    NAME_ALONE = "name-alone",
        "you asked only whether there was a parameter hash, even an empty one", ANYBODY, VERIFY, COMMON,
        [Edit::Drop("hash"), Edit::Demand(|message| is_cancel(message) || came(message).hash.is_some())];
    LENGTH_ALONE = "length-alone",
        "you asked only whether the hash was 32 characters long", ANYBODY, VERIFY, COMMON,
        [Edit::Drop("hash"), Edit::Demand(|message| is_cancel(message) || hash(message).len() == 32)];
    ACCEPT_NOT_VERIFIED = "accept-not-verified",
        "you verified the hash of callbacks, and not that of the return to accepturl", ANYBODY, VERIFY, COMMON,
        [Edit::Drop("hash"), Edit::Demand(|message| message.form == "accept" || by(message, came::right))];
    CALLBACK_NOT_VERIFIED = "callback-not-verified",
        "you verified the hash of the return to accepturl, and not that of callbacks", "Whoever knows the address can call it.", VERIFY, COMMON,
        [Edit::Drop("hash"), Edit::Demand(|message| message.form == "callback" || by(message, came::right))];
    EVERYTHING_BELIEVED = "everything-believed",
        "you took every return to accepturl and every callback for a payment", ANYBODY, VERIFY, PLUGINS,
        [Edit::Drop("hash"), Edit::Drop("txnid"), Edit::Drop("orderid"), Edit::Drop("amount"), Edit::Drop("currency"), Edit::Drop("payment")];
    ACCEPT_NOT_COMPARED = "accept-not-compared",
        "you compared nothing but the hash on the return to accepturl", "A genuine return of one order, with an address of another, pays both.", COMPARE, COMMON,
        [Edit::Drop("orderid"), Edit::Drop("amount"), Edit::Drop("currency"), Edit::Drop("payment"),
         Edit::Demand(|message| message.form == "accept" || is_found(message, last))];
    ZERO_IS_FAILURE = "zero-is-failure",
        "you took txnid=0 for a failure", "Whoever signs up without an amount has nothing authorised: txnid is 0, and subscriptionid is what you need.",
        "Take txnid=0 for right where the order is a sign-up with amount 0.", LIBRARY,
        [Edit::Demand(|message| is_cancel(message) || last(message, "txnid").as_deref() != Some("0"))];
    ZERO_IS_PAYMENT = "zero-is-payment",
        "you took txnid=0 for a payment", "Nothing was authorised, so there is nothing to capture.", "Take txnid=0 for right only where the order is a sign-up with amount 0.", COMMON,
        [Edit::Drop("payment")];
    IN_32_BIT = "txnid-in-32-bit",
        "you read txnid into 32 bits", "ePay's web services call it a long.", "Keep it as text, or in 64 bits.", COMMON,
        [Edit::Read(|message| told(message, outcome(message), in_32_bit))];
    WRAPPED = "txnid-wrapped",
        "you read txnid into 32 bits, and it came out as another number", "ePay's web services call it a long.", "Keep it as text, or in 64 bits.", COMMON,
        [Edit::Read(|message| told(message, outcome(message), wrapped))];
    ORDER_NOT_COMPARED = "order-not-compared",
        "you did not compare orderid", "A genuine return of one order, with an address of another, pays both.", COMPARE, PLUGINS,
        [Edit::Drop("orderid")];
    ORDER_AS_NUMBER = "order-as-number",
        "you compared order numbers as numbers", "0012 and 12 are two orders.", COMPARE, COMMON,
        [Edit::Drop("orderid"), Edit::Demand(|message| {
            let number = |order: &str| order.parse::<u64>().ok();
            let order = last(message, "orderid").unwrap_or_default();
            is_cancel(message) || is_order(message, last) || number(&order).is_some_and(|order| Some(order) == number(message.given("order")))
        })];
    ORDER_CLEANED = "order-cleaned",
        "you compared the digits of order numbers alone", "A12 and B12 are two orders.", COMPARE, PLUGINS,
        [Edit::Drop("orderid"), Edit::Demand(|message| {
            let digits = |order: &str| order.chars().filter(char::is_ascii_digit).collect::<String>();
            is_cancel(message) || last(message, "orderid").is_some_and(|order| digits(&order) == digits(message.given("order")))
        })];
    ORDER_CUT = "order-as-int",
        "you compared the digits at the front of order numbers", "(int) stops at the first letter: 1234abc and 1234 are two orders.", COMPARE, COMMON,
        [Edit::Drop("orderid"), Edit::Demand(|message| {
            is_cancel(message) || last(message, "orderid").is_some_and(|order| front(&order) == front(message.given("order")))
        })];
    ORDER_OF_OWN = "order-of-own",
        "you took the order from wcorderid, your own parameter", "Whoever changes the request puts any order into it, and ePay hashes it along.", "Compare ePay's orderid with the order that you look up.", PLUGINS,
        [Edit::Drop("orderid"), Edit::Demand(|message| {
            let order = last(message, "wcorderid").or_else(|| last(message, "orderid"));
            is_cancel(message) || order.as_deref() == Some(message.given("order"))
        })];
    ORDER_KEPT = "order-kept",
        "you kept orderid in the place of txnid", "Captures and credits are asked for by txnid.", IDS, COMMON,
        [Edit::Read(|message| told(message, outcome(message), |message, name| {
            last(message, if name == "txnid" { "orderid" } else { name })
        }))];
    AMOUNT_NOT_COMPARED = "amount-not-compared",
        "you did not compare the amount", "Whoever changes the request, or the cart after it, pays less.", COMPARE, PLUGINS,
        [Edit::Drop("amount")];
    FEE_ADDED = "fee-added",
        "you compared amount and txnfee together with what you asked for", REFUSES_WHY, FEE, CLIENTS,
        [Edit::Drop("amount"), Edit::Demand(|message| is_cancel(message) || with_fee(message, 1) == wanted(message))];
    FEE_TAKEN_OFF = "fee-taken-off",
        "you took txnfee off amount before comparing it", REFUSES_WHY, FEE, COMMON,
        [Edit::Drop("amount"), Edit::Demand(|message| is_cancel(message) || with_fee(message, -1) == wanted(message))];
    FEE_EITHER_WAY = "fee-either-way",
        "you took an amount that is right only together with txnfee", "The fee is the card holder's, and the order is short of it.", FEE, COMMON,
        [Edit::Drop("amount"), Edit::Demand(|message| {
            is_cancel(message) || [0, 1].iter().any(|times| with_fee(message, *times) == wanted(message))
        })];
    IN_KRONER = "amount-in-kroner",
        "you compared amount with what you asked for in kroner", "ePay returns øre: 9995 is 99.95.", "Compare both in the smallest unit, as whole numbers.", COMMON,
        [Edit::Drop("amount"), Edit::Demand(|message| {
            let kroner = units(message, "amount", last).and_then(|amount| amount.checked_mul(100));
            is_cancel(message) || kroner.is_some() && kroner == wanted(message)
        })];
    WHOLE_KRONER = "whole-kroner",
        "you compared whole kroner", "99 øre are lost or won.", COMPARE, COMMON,
        [Edit::Drop("amount"), Edit::Demand(|message| {
            is_cancel(message) || units(message, "amount", last).map(|amount| amount / 100) == wanted(message).map(|amount| amount / 100)
        })];
    CURRENCY_NOT_COMPARED = "currency-not-compared",
        "you did not compare the currency", "100 Swedish kronor are less than 100 Danish kroner.", COMPARE, PLUGINS,
        [Edit::Drop("currency")];
    CURRENCY_IN_LETTERS = "currency-in-letters",
        "you expected the currency in letters", "ePay returns its number, also where you sent letters.", COMPARE, CLIENTS,
        [Edit::Drop("currency"), Edit::Demand(|message| is_cancel(message) || last(message, "currency").as_deref() == Some(CURRENCY))];
    FIRST_READ = "first-read",
        "you read the first of two parameters of the same name", "Your address may have one of ePay's names, and whoever changes the request may put one into it.", BY_NAME, COMMON,
        [Edit::Drop("orderid"), Edit::Drop("amount"), Edit::Drop("currency"), Edit::Drop("payment"),
         Edit::Demand(|message| is_found(message, first)), Edit::Read(|message| told(message, outcome(message), first))];
    READ_LOOSELY = "read-loosely",
        "you looked for orderid= and the others anywhere in the address", "wcorderid ends in the same letters.", BY_NAME, COMMON,
        [Edit::Drop("orderid"), Edit::Drop("amount"), Edit::Drop("currency"), Edit::Drop("payment"),
         Edit::Demand(|message| is_found(message, loosely)), Edit::Read(|message| told(message, outcome(message), loosely))];
    HANDLED_TWICE = "handled-twice",
        "you handled the same payment twice", "The return and the callback both come, in any order, and callbacks come again.", ONCE, PLUGINS,
        [Edit::Read(|message| {
            if is_cancel(message) { told(message, outcome(message), last) } else { told(message, "approved", last) }
        })];
    CALLBACK_HANDLED_TWICE = "callback-handled-twice",
        "you handled a callback about a payment that you knew", "The return may have come before it, and callbacks come again.", ONCE, PLUGINS,
        [Edit::Read(|message| told(message, if message.form == "callback" { "approved" } else { outcome(message) }, last))];
    ACCEPT_HANDLED_TWICE = "accept-handled-twice",
        "you handled a return to accepturl about a payment that you knew", "The callback may have come before it, and the payer may load the page again.", ONCE, PLUGINS,
        [Edit::Read(|message| told(message, if message.form == "accept" { "approved" } else { outcome(message) }, last))];
    ZERO_HANDLED_TWICE = "zero-handled-twice",
        "you did not know a sign-up without an amount again", "Its txnid is 0, and PHP calls 0 empty.", "Ask whether the order is paid, not whether txnid is empty().", COMMON,
        [Edit::Read(|message| {
            let is_zero = !is_cancel(message) && last(message, "txnid").as_deref() == Some("0");
            told(message, if is_zero { "approved" } else { outcome(message) }, last)
        })];
    REPEATED_REFUSED = "repeated-refused",
        "you refused what had come before", "A callback that is not answered with 200 comes again, every hour for a day.", ONCE, PLUGINS,
        [Edit::Demand(|message| is_cancel(message) || outcome(message) != "again")];
    CANCEL_IS_DECLINE = "cancel-is-decline",
        "you took a cancel for a decline", "A declined card stays in the window; who comes to cancelurl has closed it.", CANCEL, COMMON,
        [Edit::Read(|message| {
            let outcome = outcome(message);
            told(message, if outcome == "cancelled" { "declined" } else { outcome }, last)
        })];
    CANCEL_REFUSED = "cancel-refused",
        "you refused a cancel", "Its address has orderid and error alone: no hash, no txnid and no amount.", "Look at came before you ask for a hash, and take a cancel for what it is: the payer may try again.", CLIENTS,
        [Edit::Demand(|message| !is_cancel(message) || agrees(message, came::right))];
    CANCEL_UNDOES = "cancel-undoes",
        "you cancelled an order that was paid", "Nothing on cancelurl is signed: anybody can type the address.", "Look at your own record of the order first.", COMMON,
        [Edit::Read(|message| told(message, if is_cancel(message) { "cancelled" } else { outcome(message) }, last))];
    IDS_SWAPPED = "ids-swapped",
        "you took subscriptionid for txnid, and txnid for subscriptionid", "One is captured and credited, the other is charged again.", IDS, COMMON,
        [Edit::Read(|message| told(message, outcome(message), |message, name| match name {
            "txnid" => last(message, "subscriptionid").or_else(|| last(message, "txnid")),
            "subscriptionid" => last(message, "subscriptionid").and_then(|_| last(message, "txnid")),
            name => last(message, name),
        }))];
    SUBSCRIPTION_DROPPED = "subscription-dropped",
        "you did not keep subscriptionid", "Without it nobody can charge the customer again.", IDS, GUIDE,
        [Edit::Read(|message| told(message, outcome(message), |message, name| {
            last(message, name).filter(|_| name != "subscriptionid")
        }))];
    TRANSACTION_KEPT = "transaction-kept",
        "you kept txnid in the place of subscriptionid", "subscription.asmx does not know it.", IDS, GUIDE,
        [Edit::Read(|message| told(message, outcome(message), |message, name| match name {
            "subscriptionid" => last(message, "subscriptionid").and_then(|_| last(message, "txnid")),
            name => last(message, name),
        }))];
}

/// The mistakes that are another way of computing the hash, with that way.
pub(super) static WAYS: &[(&Mistake, Way)] = &[
    (&OWN_LEFT_OUT, came::own_left_out),
    (&OLDEST_ALONE, came::oldest_alone),
    (&HYPHENS_LOST, came::hyphens_lost),
    (&ZEROS_LEFT_OUT, came::zeros_left_out),
    (&RAW, came::raw),
    (&PLUS_KEPT, came::plus_kept),
    (&SORTED, came::sorted),
    (&OWN_LAST, came::own_last),
    (&TRIMMED, came::trimmed),
    (&SANITIZED, came::sanitized),
    (&HTML_ESCAPED, came::html_escaped),
    (&SLASHES_ADDED, came::slashes_added),
    (&DIGITS_AS_NUMBERS, came::digits_as_numbers),
    (&READ_AS_LATIN_1, came::read_as_latin_1),
    (&IN_LATIN_1, came::in_latin_1),
    (&QUERY_STRING, came::query_string),
    (&KEY_FIRST, came::key_first),
    (&KEY_MISSING, came::key_missing),
    (&KEY_TWICE, came::key_twice),
    (&KEY_NEWLINE, came::key_newline),
    (&HMAC, came::hmac),
    (&SHA_1, came::sha_1),
    (&SHA_256, came::sha_256),
    (&BASE64, came::base64),
    (&UPPER_CASE, came::upper_case),
];

/// Whether this way computes the hash that came; of a cancel nobody asks it.
fn by(message: &Message, way: Way) -> bool {
    is_cancel(message) || agrees(message, way)
}

/// The amount with so many fees.
fn with_fee(message: &Message, times: i64) -> Option<i64> {
    let fee = units(message, "txnfee", last).unwrap_or_default();
    units(message, "amount", last)?.checked_add(fee.checked_mul(times)?)
}

/// The hash that came; empty where there is none.
fn hash(message: &Message) -> String {
    came(message).hash.clone().unwrap_or_default()
}

/// The number at the front of a text, as PHP's `(int)` reads it.
fn front(order: &str) -> u64 {
    let digits: String = order.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_default()
}

/// As a conversion does that keeps the last 32 bits.
fn wrapped(message: &Message, name: &str) -> Option<String> {
    let found = last(message, name)?;
    let number = found.parse::<i64>().ok().filter(|_| name == "txnid");
    let bytes = number.map(i64::to_le_bytes);
    Some(bytes.map_or(found, |[a, b, c, d, ..]| i32::from_le_bytes([a, b, c, d]).to_string()))
}

/// As a conversion does that stops at the largest number.
fn in_32_bit(message: &Message, name: &str) -> Option<String> {
    let found = last(message, name)?;
    let number = found.parse::<i64>().ok().filter(|_| name == "txnid");
    Some(number.map_or(found, |number| number.min(i64::from(i32::MAX)).to_string()))
}

fn first(message: &Message, name: &str) -> Option<String> {
    query::first(message.given("url"), name)
}

fn loosely(message: &Message, name: &str) -> Option<String> {
    query::loosely(message.given("url"), name).map(ToOwned::to_owned)
}

/// Whether what somebody finds like this is what the shop asked for.
fn is_found(message: &Message, find: Find) -> bool {
    let asked: [fn(&Message, Find) -> bool; 4] = [is_order, is_amount, is_currency, is_payment];
    is_cancel(message) || asked.iter().all(|holds| holds(message, find))
}
