//! The wrong ways in which people hash the window's parameters, and send them.

use std::borrow::Cow;

use super::parameters::{CURRENCIES, NAMES, is_address, is_ascii, kroner};
use super::request::{field, hash};
use super::{CLIENTS, COMMON, DOCUMENTED, HASH, PLUGINS};
use crate::kit::digest;
use crate::kit::escape::{COMPONENT, STRICT, form, html, latin_1, lower, percent};
use crate::kit::operation::{Message, Parameter};
use crate::kit::provider::Provenance;
use crate::kit::scheme::{Edit, Field, Mistake, append, joined_by, mistakes};

const ORDER: &str = "Hash the values in the order in which you send them.";
const ORDER_WHY: &str = "ePay hashes the values in the order in which they arrive.";
const VALUES_ONLY: &str = "Join the bare values, with nothing between them and nothing before the key.";
const VALUES_ONLY_WHY: &str = "The values alone are hashed.";
const KEY: &str = "Put the key behind the last value, once and as it is.";
const TRIM: &str = "Trim the key where you read it.";
const AS_IT_IS: &str = "Hash the values as they are; escape them only in the address or the page.";
const AS_IT_IS_WHY: &str = "ePay has decoded the parameters when it hashes them.";
const EVERYTHING: &str = "Hash the value of every parameter that you send, but for hash.";
const EVERYTHING_WHY: &str = "ePay hashes all that arrives, also what it does not know.";
const AS_SENT: &str = "Hash the very text that you send.";
const MD5: &str =
    "Use plain MD5 over the string that ends with the key, and print it in 32 lower-case hex digits.";
const SEND: &str = "Send every parameter that you mean, unchanged, and hash behind them.";
const GIVEN: &str = "Where the adapter stands for your shop, let it send what it is given, and nothing else.";
const LEGACY: Provenance = Provenance::documented("ePay's old guide, on MD5 in the standard window");
const REDSHOP: Provenance =
    Provenance::observed("a report on redSHOP's plugin: hash and parameters differed");

mistakes! {
    "bambora.request";
    SORTED_BY_NAME = "sorted-by-name",
        "you sorted the parameters by name for the hash, and sent them in another order", ORDER_WHY, ORDER, REDSHOP,
        [Edit::Order(|_, fields| fields.sort_by(|one, other| one.name.cmp(&other.name)))];
    SENT_IN_ANOTHER_ORDER = "sent-in-another-order",
        "you sent the parameters in another order than that in which you hashed them",
        "A map without an order of its own, or one that is sorted, loses the order.", ORDER, REDSHOP,
        [Edit::Spread(|_, parameters| parameters.sort())];
    DOCUMENTED_ORDER = "documented-order",
        "you hashed the parameters in the order of the document's table", ORDER_WHY, ORDER, COMMON,
        [Edit::Order(|_, fields| fields.sort_by_key(place))];
    NAMES_HASHED = "names-hashed",
        "you hashed the parameters' names too", VALUES_ONLY_WHY, VALUES_ONLY, DOCUMENTED,
        [Edit::Join(|fields| fields.iter().flat_map(|field| [field.name.as_bytes(), &field.value].concat()).collect())];
    QUERY_STRING_HASHED = "query-string-hashed",
        "you hashed name=value pairs joined with &", VALUES_ONLY_WHY, VALUES_ONLY, DOCUMENTED,
        [Edit::Join(|fields| {
            let pairs = fields.iter().map(|field| [field.name.as_bytes(), b"=", &field.value].concat());
            pairs.collect::<Vec<_>>().join(&b'&')
        })];
    SEPARATED_BY_PLUS = "separated-by-plus",
        "you put + between the values", "The + of a description stands for joining.", VALUES_ONLY, COMMON,
        [Edit::Glue("+")];
    SEPARATED_BY_AMPERSAND = "separated-by-ampersand",
        "you put & between the values", VALUES_ONLY_WHY, VALUES_ONLY, COMMON, [Edit::Glue("&")];
    SEPARATED_BY_BLANK = "separated-by-blank",
        "you put blanks between the values", VALUES_ONLY_WHY, VALUES_ONLY, COMMON, [Edit::Glue(" ")];
    SEPARATED_BY_COMMA = "separated-by-comma",
        "you put commas between the values", VALUES_ONLY_WHY, VALUES_ONLY, COMMON, [Edit::Glue(",")];
    JOINED_BY_PLUS = "joined-by-plus",
        "you put + between the values, though not before the key", VALUES_ONLY_WHY, VALUES_ONLY, COMMON,
        [Edit::Join(joined_by::<b'+'>)];
    JOINED_BY_AMPERSAND = "joined-by-ampersand",
        "you put & between the values, though not before the key", VALUES_ONLY_WHY, VALUES_ONLY, COMMON,
        [Edit::Join(joined_by::<b'&'>)];
    JOINED_BY_COMMA = "joined-by-comma",
        "you put commas between the values, though not before the key", VALUES_ONLY_WHY, VALUES_ONLY, COMMON,
        [Edit::Join(joined_by::<b','>)];
    JOINED_BY_BLANK = "joined-by-blank",
        "you put blanks between the values, though not before the key", VALUES_ONLY_WHY, VALUES_ONLY, COMMON,
        [Edit::Join(joined_by::<b' '>)];
    HASH_HASHED = "hash-hashed",
        "you hashed the parameter hash too", "It cannot be part of itself.", "Take hash out before you hash anew.", DOCUMENTED,
        [Edit::Select(|message, fields| {
            fields.push(Field { name: Cow::Borrowed(HASH), value: hash(message, &[]).unwrap_or_default().into_bytes() });
        })];
    KEY_FIRST = "key-first",
        "you put the key before the values", "It belongs behind the last value.", KEY, DOCUMENTED,
        [Edit::Key(|bare, key| append(key, bare))];
    KEY_AT_BOTH_ENDS = "key-at-both-ends",
        "you put the key before the values and behind them", "It belongs behind the last value.", KEY, COMMON,
        [Edit::Key(|bare, key| [key, bare, key].concat())];
    KEY_TWICE = "key-twice",
        "you put the key behind the values twice", "Once is right: see whether your library adds it too.", KEY, COMMON,
        [Edit::Key(|bare, key| [bare, key, key].concat())];
    KEY_MISSING = "key-missing",
        "you left the key out of the hash", "Without it anybody could make the hash.", KEY, DOCUMENTED,
        [Edit::Key(|bare, _| bare.to_vec())];
    KEY_NEWLINE = "key-newline",
        "your key ends with a newline", "A key that is read from a file brings the end of its line along.", TRIM, COMMON,
        [Edit::Key(|bare, key| [bare, key, b"\n"].concat())];
    KEY_BLANK = "key-blank",
        "your key ends with a blank", "It was probably copied with a blank behind it.", TRIM, COMMON,
        [Edit::Key(|bare, key| [bare, key, b" "].concat())];
    KEY_QUOTED = "key-quoted",
        "your key has quotes around it", "It was probably read from an .env file that keeps the quotes.",
        "Take the quotes away when you read the key.", COMMON,
        [Edit::Key(|bare, key| [bare, b"\"", key, b"\""].concat())];
    ZEROS_LEFT_OUT = "zeros-left-out",
        "you left out of the hash what PHP calls empty: also \"0\"", "What is sent is hashed, and 0 is sent.",
        "Ask whether a value is there, not whether it is empty().", COMMON,
        [Edit::Select(|_, fields| fields.retain(|field| field.value != b"0"))];
    ZEROS_NOT_SENT = "zeros-not-sent",
        "you did not send the parameters whose value is 0", "amount=0 and mobile=0 mean something else than none: array_filter takes them for empty.",
        "Ask whether a value is there, not whether it is empty().", COMMON,
        [Edit::Select(|_, fields| fields.retain(|field| field.value != b"0")),
         Edit::Spread(|_, parameters| parameters.retain(|(_, value)| value != "0"))];
    EMPTY_AS_NULL = "empty-as-null",
        "you hashed the word null for a value that is not there", "An empty value adds nothing.", "Put an empty text in the place of null.", COMMON,
        [Edit::Encode(|field| if field.value.is_empty() { field.value = b"null".to_vec() })];
    PERCENT_ENCODED = "percent-encoded",
        "you percent-encoded the values (RFC 3986) before hashing", AS_IT_IS_WHY, AS_IT_IS, CLIENTS,
        [Edit::Encode(|field| field.value = percent(&field.value, STRICT))];
    COMPONENT_ENCODED = "component-encoded",
        "you put the values through encodeURIComponent before hashing", AS_IT_IS_WHY, AS_IT_IS, COMMON,
        [Edit::Encode(|field| field.value = percent(&field.value, COMPONENT))];
    FORM_ENCODED = "form-encoded",
        "you form-encoded the values (blanks as +) before hashing", AS_IT_IS_WHY, AS_IT_IS, COMMON,
        [Edit::Encode(|field| field.value = form(&field.value))];
    LOWER_ENCODED = "lower-encoded",
        "you percent-encoded the values with lower-case digits before hashing", AS_IT_IS_WHY, AS_IT_IS, COMMON,
        [Edit::Encode(|field| field.value = lower(&field.value))];
    ADDRESSES_ENCODED = "addresses-encoded",
        "you percent-encoded the addresses before hashing", AS_IT_IS_WHY, AS_IT_IS, CLIENTS,
        [Edit::Encode(|field| if is_address(&field.name) { field.value = percent(&field.value, STRICT) })];
    ADDRESSES_ENCODED_TWICE = "addresses-encoded-twice",
        "you percent-encoded the addresses before you put them among the parameters", "They are encoded once more on the way, and ePay is left with text that is no address.",
        "Encode each value once, when you write the address or the form.", COMMON,
        [Edit::Encode(|field| if is_address(&field.name) { field.value = percent(&field.value, STRICT) }),
         Edit::Spread(|_, parameters| each_address(parameters, |value| String::from_utf8_lossy(&percent(value.as_bytes(), STRICT)).into_owned()))];
    AMPERSANDS_ESCAPED = "ampersands-escaped",
        "you sent addresses with &amp; in them", "They were escaped for HTML and then used as addresses: what is behind &amp; gets another name.",
        "Take the address as it is, and escape it only where it is written into a page.", PLUGINS,
        [Edit::Encode(|field| if is_address(&field.name) { field.value = escaped(&String::from_utf8_lossy(&field.value)).into_bytes() }),
         Edit::Spread(|_, parameters| each_address(parameters, escaped))];
    HTML_ESCAPED = "html-escaped",
        "you hashed the values as they stand in the page's HTML", AS_IT_IS_WHY, AS_IT_IS, COMMON,
        [Edit::Encode(|field| field.value = html(&field.value))];
    TRIMMED = "trimmed",
        "you trimmed the values before hashing", "They are sent untrimmed.", AS_SENT, COMMON,
        [Edit::Encode(|field| field.value = field.value.trim_ascii().to_vec())];
    LOWER_CASED = "lower-cased",
        "you hashed the values in lower case", "They are sent as they are.", AS_SENT, COMMON,
        [Edit::Encode(|field| field.value = String::from_utf8_lossy(&field.value).to_lowercase().into_bytes())];
    DIGITS_AS_NUMBERS = "digits-as-numbers",
        "you turned values of digits into numbers before hashing", "Zeros at their front are lost: 0012 and 12 are two texts.", AS_SENT, COMMON,
        [Edit::Encode(|field| if let Some(number) = number(&field.value) { field.value = number.to_string().into_bytes() })];
    LATIN_1 = "latin-1",
        "you hashed the values in Latin-1, and sent them in UTF-8", "ePay hashes the bytes that are sent.",
        "Convert the text to UTF-8 before you hash it.", PLUGINS,
        [Edit::Encode(|field| field.value = latin_1(&field.value)), Edit::Key(|bare, key| append(bare, &latin_1(key)))];
    UTF_8_TWICE = "utf-8-twice",
        "you encoded the values in UTF-8 twice before hashing", "utf8_encode takes text for Latin-1 that is UTF-8 already.", "Convert the text once.", COMMON,
        [Edit::Encode(|field| field.value = field.value.iter().copied().map(char::from).collect::<String>().into_bytes())];
    CURRENCY_HASHED_AS_NUMBER = "currency-hashed-as-number",
        "you hashed the currency's number, and sent its letters", "Values are hashed as they are sent: DKK as DKK.", AS_SENT, CLIENTS,
        [Edit::Encode(|field| recode(field, |(letters, number)| (letters, number)))];
    CURRENCY_HASHED_IN_LETTERS = "currency-hashed-in-letters",
        "you hashed the currency's letters, and sent its number", "Values are hashed as they are sent: 208 as 208.", AS_SENT, CLIENTS,
        [Edit::Encode(|field| recode(field, |(letters, number)| (number, letters)))];
    AMOUNT_HASHED_IN_KRONER = "amount-hashed-in-kroner",
        "you hashed the amount with decimals, and sent it without", "Values are hashed as they are sent.", AS_SENT, COMMON,
        [Edit::Encode(|field| if field.name == "amount" { field.value = kroner(&String::from_utf8_lossy(&field.value)).into_bytes() })];
    AMOUNT_SENT_IN_KRONER = "amount-sent-in-kroner",
        "you sent the amount with decimals", "ePay takes the smallest unit, without any separator: 9995 is 99.95.",
        "Send the amount as a whole number of the smallest unit.", DOCUMENTED,
        [Edit::Encode(|field| if field.name == "amount" { field.value = kroner(&String::from_utf8_lossy(&field.value)).into_bytes() }),
         Edit::Spread(|_, parameters| for (_, value) in parameters.iter_mut().filter(|(name, _)| name == "amount") { *value = kroner(value); })];
    WINDOWSTATE_LEFT_OUT = "windowstate-left-out",
        "you put windowstate in after you had hashed the others", EVERYTHING_WHY, EVERYTHING, CLIENTS,
        [Edit::Select(|_, fields| fields.retain(|field| field.name != "windowstate"))];
    ENCODING_LEFT_OUT = "encoding-left-out",
        "you left encoding out of the hash", EVERYTHING_WHY, EVERYTHING, COMMON,
        [Edit::Select(|_, fields| fields.retain(|field| field.name != "encoding"))];
    CMS_LEFT_OUT = "cms-left-out",
        "you left cms out of the hash", EVERYTHING_WHY, EVERYTHING, COMMON,
        [Edit::Select(|_, fields| fields.retain(|field| field.name != "cms"))];
    GROUP_LEFT_OUT = "group-left-out",
        "you left group out of the hash", EVERYTHING_WHY, EVERYTHING, REDSHOP,
        [Edit::Select(|_, fields| fields.retain(|field| field.name != "group"))];
    INVOICE_LEFT_OUT = "invoice-left-out",
        "you left invoice out of the hash", EVERYTHING_WHY, EVERYTHING, COMMON,
        [Edit::Select(|_, fields| fields.retain(|field| field.name != "invoice"))];
    SUBSCRIPTION_LEFT_OUT = "subscription-left-out",
        "you put subscription in after you had hashed the others", EVERYTHING_WHY, EVERYTHING, COMMON,
        [Edit::Select(|_, fields| fields.retain(|field| field.name != "subscription"))];
    DOCUMENTED_ALONE = "documented-alone",
        "you hashed only the parameters that the document lists", EVERYTHING_WHY, EVERYTHING, DOCUMENTED,
        [Edit::Select(|_, fields| fields.retain(|field| NAMES.contains(&field.name.as_ref())))];
    REQUIRED_ALONE = "required-alone",
        "you hashed only merchantnumber, amount and currency", EVERYTHING_WHY, EVERYTHING, COMMON,
        [Edit::Select(|_, fields| fields.retain(|field| super::parameters::REQUIRED.contains(&field.name.as_ref())))];
    OLD_WINDOW = "old-window",
        "you hashed currency, amount and orderid, as for the old standard window", "The window of today hashes all values.", EVERYTHING, LEGACY,
        [Edit::Select(|message, fields| {
            let names = ["currency", "amount", "orderid"];
            let named = names.iter().filter_map(|name| message.parameters.iter().find(|(known, _)| known == name));
            *fields = named.map(|parameter| field(message, parameter)).collect();
        })];
    LANGUAGE_LEFT_OUT = "language-left-out",
        "you left language out of the hash", EVERYTHING_WHY, EVERYTHING, COMMON,
        [Edit::Select(|_, fields| fields.retain(|field| field.name != "language"))];
    MOBILE_LEFT_OUT = "mobile-left-out",
        "you left mobile out of the hash", EVERYTHING_WHY, EVERYTHING, COMMON,
        [Edit::Select(|_, fields| fields.retain(|field| field.name != "mobile"))];
    WINDOWID_LEFT_OUT = "windowid-left-out",
        "you left windowid out of the hash", EVERYTHING_WHY, EVERYTHING, COMMON,
        [Edit::Select(|_, fields| fields.retain(|field| field.name != "windowid"))];
    INSTANTCAPTURE_LEFT_OUT = "instantcapture-left-out",
        "you left instantcapture out of the hash", EVERYTHING_WHY, EVERYTHING, COMMON,
        [Edit::Select(|_, fields| fields.retain(|field| field.name != "instantcapture"))];
    CALLBACKURL_LEFT_OUT = "callbackurl-left-out",
        "you left callbackurl out of the hash", EVERYTHING_WHY, EVERYTHING, COMMON,
        [Edit::Select(|_, fields| fields.retain(|field| field.name != "callbackurl"))];
    ADDRESSES_LEFT_OUT = "addresses-left-out",
        "you left the addresses out of the hash", EVERYTHING_WHY, EVERYTHING, COMMON,
        [Edit::Select(|_, fields| fields.retain(|field| !is_address(&field.name)))];
    SUBSCRIPTIONTYPE_NOT_SENT = "subscriptiontype-not-sent",
        "you did not send subscriptiontype", "The hash is right, but the window is not told what the customer signs up for.", SEND, COMMON,
        [Edit::Select(|_, fields| fields.retain(|field| field.name != "subscriptiontype")),
         Edit::Spread(|_, parameters| parameters.retain(|(name, _)| name != "subscriptiontype"))];
    ORDER_CLEANED = "order-cleaned",
        "you sent the digits of the order number alone", "The hash is right, but the return names an order that is not yours: A12 and B12 become one.", SEND, PLUGINS,
        [Edit::Encode(|field| if field.name == "orderid" { field.value.retain(u8::is_ascii_digit) }),
         Edit::Spread(|_, parameters| for (_, value) in parameters.iter_mut().filter(|(name, _)| name == "orderid") { value.retain(|character| character.is_ascii_digit()); })];
    ADDED = "parameters-added",
        "you sent other parameters than those that you were given, and hashed them", "The hash is right: the window takes them.", GIVEN, COMMON,
        [Edit::Select(|_, fields| fields.push(Field { name: Cow::Borrowed("added"), value: b"1".to_vec() })),
         Edit::Spread(|_, parameters| parameters.insert(parameters.len().saturating_sub(1), (Cow::Borrowed("added"), "1".to_owned())))];
    TYPE_ADDED = "subscriptiontype-added",
        "you added subscriptiontype to a sign-up that was given none", "The hash is right: the window takes it.", GIVEN, COMMON,
        [Edit::Select(|message, fields| if lacks_type(message) { fields.push(Field { name: Cow::Borrowed("subscriptiontype"), value: b"recurring".to_vec() }); }),
         Edit::Spread(|message, parameters| if lacks_type(message) {
             parameters.insert(parameters.len().saturating_sub(1), (Cow::Borrowed("subscriptiontype"), "recurring".to_owned()));
         })];
    ENCODING_NOT_SENT = "encoding-not-sent",
        "you did not send encoding where all values are ASCII", "The hash is right, and nothing is read otherwise; the first name with an ø in it will be.", GIVEN, COMMON,
        [Edit::Select(|message, fields| if is_ascii(message) { fields.retain(|field| field.name != "encoding"); }),
         Edit::Spread(|message, parameters| if is_ascii(message) { parameters.retain(|(name, _)| name != "encoding"); })];
    CURRENCY_RESPELLED = "currency-respelled",
        "you sent the currency's number where you were given its letters, and hashed that", "The hash is right, and the window takes letters and numbers.", GIVEN, CLIENTS,
        [Edit::Encode(|field| if field.name == "currency" { field.value = numbered(&String::from_utf8_lossy(&field.value)).into_bytes() }),
         Edit::Spread(|_, parameters| for (_, value) in parameters.iter_mut().filter(|(name, _)| name == "currency") { *value = numbered(value); })];
    DOUBLE = "hashed-twice",
        "you hashed the hash once more", "One MD5 is right: see whether your library makes it too.", MD5, COMMON,
        [Edit::Digest(|text| digest::md5(digest::hex(&digest::md5(text.keyed)).as_bytes()))];
    HMAC = "hmac-md5",
        "you used HMAC-MD5", "The key is a part of the text here, and not the key of a HMAC.", MD5, COMMON,
        [Edit::Digest(|text| digest::hmac(digest::md5, text.key, text.bare))];
    SHA_1 = "sha-1",
        "you used SHA-1", "ePay uses MD5.", MD5, COMMON, [Edit::Digest(|text| digest::sha1(text.keyed))];
    SHA_256 = "sha-256",
        "you used SHA-256", "ePay uses MD5; its later platform uses others.", MD5, COMMON, [Edit::Digest(|text| digest::sha256(text.keyed))];
    BASE64 = "base64",
        "you sent the hash in base64", "ePay takes hex.", MD5, COMMON, [Edit::Render(digest::base64)];
    KEY_SENT = "key-sent",
        "you sent the key as a parameter", "The payer sees it, and can make any hash then.", "Take md5key out of what you send: it is for the hash alone.", COMMON,
        [Edit::Spread(|message, parameters| parameters.push((Cow::Borrowed("md5key"), message.given("md5key").to_owned())))];
    HASH_RENAMED = "hash-renamed",
        "you sent the hash as md5key", "That is its name in the old standard window.", "Send it as hash.", LEGACY,
        [Edit::Spread(|_, parameters| for (name, _) in parameters.iter_mut().filter(|(name, _)| name == HASH) { *name = Cow::Borrowed("md5key"); })];
    HASH_MISSING = "hash-missing",
        "you sent no hash", "The window refuses a request without it where the merchant has switched the check on.", SEND, DOCUMENTED,
        [Edit::Spread(|_, parameters| parameters.retain(|(name, _)| name != HASH))];
}

/// The hash in capitals, which the window takes: no mistake, though the samples print small letters.
pub(super) static UPPER_CASE: Mistake = Mistake {
    id: "bambora.request/upper-case-hex",
    title: "you sent the hash in upper-case hex",
    why: "ePay's own samples are in lower case, and its returns are too.",
    remedy: MD5,
    provenance: CLIENTS,
    edits: &[Edit::Render(|bytes| digest::hex(bytes).to_uppercase())],
};

/// Whether it is a sign-up that names no type.
fn lacks_type(message: &Message) -> bool {
    message.value("subscription").is_some() && message.value("subscriptiontype").is_none()
}

/// The number of a currency for its letters.
fn numbered(value: &str) -> String {
    let other = CURRENCIES.iter().find(|(letters, _)| *letters == value);
    other.map_or_else(|| value.to_owned(), |(_, number)| (*number).to_owned())
}

/// The place of a parameter in the document's table; the others come behind.
fn place(field: &Field) -> usize {
    NAMES.iter().position(|name| *name == field.name).unwrap_or(NAMES.len())
}

/// A value of digits as a number.
fn number(value: &[u8]) -> Option<u64> {
    let digits = value.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(value).ok().filter(|_| digits)?.parse().ok()
}

fn escaped(value: &str) -> String {
    value.replace('&', "&amp;")
}

fn each_address(parameters: &mut [Parameter], change: impl Fn(&str) -> String) {
    for (_, value) in parameters.iter_mut().filter(|(name, _)| is_address(name)) {
        *value = change(value);
    }
}

/// Puts the other name of the currency in its place.
fn recode(
    field: &mut Field,
    sides: fn(&'static (&'static str, &'static str)) -> (&'static str, &'static str),
) {
    let other = CURRENCIES.iter().map(sides).find(|(from, _)| field.value == from.as_bytes());
    if let Some((_, to)) = other.filter(|_| field.name == "currency") {
        field.value = to.as_bytes().to_vec();
    }
}
