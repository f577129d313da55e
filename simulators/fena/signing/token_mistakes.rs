//! The wrong ways in which people make a token.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD, STANDARD};
use serde_json::{Value, json};

use super::messages::{CLAIMS, LONGEST, PAYER, VALIDITY, number, pounds, set};
use super::{COMMON, DOCUMENTED, LIBRARIES, SDKS};
use crate::kit::escape::latin_1;
use crate::kit::jwt::{Algorithm, Claims, compact, url_safe};
use crate::kit::operation::Message;
use crate::kit::provider::Provenance;
use crate::kit::scheme::{Edit, mistakes};

const HS512: &str = "Fena takes HS512 alone.";
const NAME_HS512: &str = "Name the algorithm when you sign: jwt.encode(payload, secret, 'HS512').";
const CHARACTERS: &str = "The key is the secret's own characters.";
const AS_IT_IS: &str =
    "Sign with the terminal's secret as it stands in Fena's portal, as text: dashes, lower case and all.";
const SECONDS: &str = "iat and exp are numbers of seconds since the epoch.";
const IN_SECONDS: &str = "Write whole seconds: Math.floor(Date.now() / 1000), time().";
const STRING: &str = "The amount is a string with two decimals and no currency sign.";
const FORMAT: &str = "Keep pence as an integer and write pounds, a point, and two digits: \"12.50\".";
const ALL: &str = "The token contains all fields; those that you have nothing for are the empty string.";
const EMPTY: &str = "Send \"\" for every claim that you have nothing for.";
const RANGE: Provenance = Provenance::documented(
    "\"Must be greater than 0.50 and lower than 5000\", \"Must not be more than 255 characters\"",
);
const REFUSE: &str = "Refuse such a payment in the shop, before the payer leaves it.";

mistakes! {
    "fena.token";
    ALGORITHM_HS256 = "algorithm-hs256",
        "you signed the token with HS256", HS512, NAME_HS512, LIBRARIES,
        [Edit::Algorithm(Algorithm::Hs256)];
    ALGORITHM_HS384 = "algorithm-hs384",
        "you signed the token with HS384", HS512, NAME_HS512, COMMON,
        [Edit::Algorithm(Algorithm::Hs384)];
    ALGORITHM_NONE = "algorithm-none",
        "you did not sign the token", HS512, NAME_HS512, COMMON,
        [Edit::Algorithm(Algorithm::None)];
    SECRET_NEWLINE = "secret-newline",
        "you signed with the secret and a line's end behind it", CHARACTERS,
        "Trim what you read from a file or a variable before you sign with it.", COMMON,
        [Edit::TokenKey("the secret with a line's end behind it", |message| format!("{}\n", message.given("secret")).into_bytes())];
    SECRET_CUT = "secret-cut",
        "you signed with the first 32 characters of the secret", CHARACTERS,
        "Make room for all 36 characters where you keep the secret.", COMMON,
        [Edit::TokenKey("the first 32 characters of the secret", |message| message.given("secret").chars().take(32).collect::<String>().into_bytes())];
    SECRET_WITHOUT_DASHES = "secret-without-dashes",
        "you signed with the secret without its dashes", CHARACTERS, AS_IT_IS, COMMON,
        [Edit::TokenKey("the secret without its dashes", |message| message.given("secret").replace('-', "").into_bytes())];
    SECRET_DECODED = "secret-decoded",
        "you signed with the 16 bytes that the secret stands for as a UUID", CHARACTERS, AS_IT_IS, COMMON,
        [Edit::TokenKey("the bytes of the secret as a UUID", |message| unhex(message.given("secret")))];
    SECRET_BASE64_DECODED = "secret-base64-decoded",
        "you signed with the secret decoded as base64", CHARACTERS,
        "Give your library the secret as text or its bytes; some take a string for base64.", LIBRARIES,
        [Edit::TokenKey("the secret decoded as base64", |message| unbase64(message.given("secret")))];
    SECRET_UPPER_CASE = "secret-upper-case",
        "you signed with the secret in upper case", CHARACTERS, AS_IT_IS, COMMON,
        [Edit::TokenKey("the secret in upper case", |message| message.given("secret").to_uppercase().into_bytes())];
    SECRET_MISSING = "secret-missing",
        "you signed with an empty secret", CHARACTERS, "Look whether the setting with the secret reaches your code.", COMMON,
        [Edit::TokenKey("an empty secret", |_| Vec::new())];
    TERMINAL_AS_SECRET = "terminal-as-secret",
        "you signed with the terminal's id instead of its secret", "Anybody can read the id in the token.", AS_IT_IS, COMMON,
        [Edit::TokenKey("the terminal's id", |message| message.given("terminal").as_bytes().to_vec())];
    TERMINAL_AND_SECRET_SWAPPED = "terminal-and-secret-swapped",
        "you took the terminal's id for its secret and the secret for the id",
        "The secret stands in the token now, and everybody can read it.",
        "Swap the two settings, and ask Fena for a new secret if such a token has left your machine.", COMMON,
        [Edit::TokenKey("the terminal's id", |message| message.given("terminal").as_bytes().to_vec()),
         Edit::Claims(|message, claims| set(claims, "terminalID", json!(message.given("secret"))))];
    TIMES_IN_MILLISECONDS = "times-in-milliseconds",
        "you wrote iat and exp in milliseconds", SECONDS, IN_SECONDS, COMMON,
        [Edit::Claims(|message, claims| times(claims, json!(number(message, "now") * 1000), json!((number(message, "now") + VALIDITY) * 1000)))];
    EXP_IN_MILLISECONDS = "exp-in-milliseconds",
        "you wrote exp in milliseconds", "In seconds that is tens of thousands of years ahead: the link never expires.", IN_SECONDS, COMMON,
        [Edit::Claims(|message, claims| set(claims, "exp", json!((number(message, "now") + VALIDITY) * 1000)))];
    TIMES_AS_STRINGS = "times-as-strings",
        "you wrote iat and exp as strings", SECONDS, "Write numbers, without quotes.", COMMON,
        [Edit::Claims(|message, claims| times(claims, json!(number(message, "now").to_string()), json!((number(message, "now") + VALIDITY).to_string())))];
    TIMES_AS_DATES = "times-as-dates",
        "you wrote iat and exp as dates", SECONDS, IN_SECONDS, COMMON,
        [Edit::Claims(|message, claims| times(claims, date(number(message, "now")), date(number(message, "now") + VALIDITY)))];
    EXP_BEFORE_IAT = "exp-before-iat",
        "your token expires before it is issued", "exp is the later of the two.", "Take iat for the present and exp for a later time.", COMMON,
        [Edit::Claims(|message, claims| times(claims, json!(number(message, "now") + VALIDITY), json!(number(message, "now"))))];
    EXP_IS_A_DURATION = "exp-is-a-duration",
        "you wrote into exp how long the token holds", "exp is a time, not a duration.", "Add the duration to the present.", COMMON,
        [Edit::Claims(|_, claims| set(claims, "exp", json!(VALIDITY)))];
    EXP_DAYS_AHEAD = "exp-days-ahead",
        "your token holds for days",
        "Whoever finds the link in a log can open the payment until then, and read the payer's data in it.",
        "Two hours are enough for a payment, as in the document's sample.", COMMON,
        [Edit::Claims(|message, claims| set(claims, "exp", json!(number(message, "now") + 30 * 86_400)))];
    IAT_IN_LOCAL_TIME = "iat-in-local-time",
        "your iat is hours ahead", "Seconds since the epoch know no time zone.",
        "Take the seconds from the clock and not from a local date.", COMMON,
        [Edit::Claims(|message, claims| set(claims, "iat", json!(number(message, "now") + 3600)))];
    AMOUNT_AS_NUMBER = "amount-as-number",
        "you wrote the amount as a number", STRING, FORMAT, DOCUMENTED,
        [Edit::Claims(|message, claims| set(claims, "amount", json!(float(message))))];
    AMOUNT_IN_PENCE = "amount-in-pence",
        "you wrote the amount in pence", STRING, FORMAT, DOCUMENTED,
        [Edit::Claims(|message, claims| set(claims, "amount", json!(number(message, "amount").to_string())))];
    AMOUNT_SHORTENED = "amount-shortened",
        "you left out zeros at the amount's end: 0.5, 10", STRING, FORMAT, DOCUMENTED,
        [Edit::Claims(|message, claims| set(claims, "amount", json!(float(message).to_string())))];
    AMOUNT_WITH_ONE_DECIMAL = "amount-with-one-decimal",
        "you left out the last zero of the amount: 0.5, 10.0", STRING, FORMAT, DOCUMENTED,
        [Edit::Claims(|message, claims| set(claims, "amount", json!(format!("{:?}", float(message)))))];
    AMOUNT_WITHOUT_DECIMALS = "amount-without-decimals",
        "you left out the decimals of whole pounds: 10", STRING, FORMAT, DOCUMENTED,
        [Edit::Claims(|message, claims| {
            let amount = pounds(number(message, "amount"));
            set(claims, "amount", json!(amount.strip_suffix(".00").unwrap_or(&amount)));
        })];
    AMOUNT_WITH_THOUSANDS = "amount-with-thousands",
        "you separated the amount's thousands: 1,000.00", STRING, FORMAT, DOCUMENTED,
        [Edit::Claims(|message, claims| {
            let mut amount = pounds(number(message, "amount"));
            if amount.len() > 6 {
                amount.insert(amount.len() - 6, ',');
            }
            set(claims, "amount", json!(amount));
        })];
    AMOUNT_WITH_POUND_SIGN = "amount-with-pound-sign",
        "you wrote a pound sign before the amount", "\"Do not include any currency symbols\".", FORMAT, DOCUMENTED,
        [Edit::Claims(|message, claims| set(claims, "amount", json!(format!("£{}", pounds(number(message, "amount"))))))];
    AMOUNT_WITH_COMMA = "amount-with-comma",
        "you wrote a comma for the amount's point", STRING, FORMAT, COMMON,
        [Edit::Claims(|message, claims| set(claims, "amount", json!(pounds(number(message, "amount")).replace('.', ","))))];
    AMOUNT_WITHOUT_LEADING_ZERO = "amount-without-leading-zero",
        "you left out the zero before the amount's point: .50", STRING, FORMAT, SDKS,
        [Edit::Claims(|message, claims| {
            let amount = pounds(number(message, "amount"));
            set(claims, "amount", json!(amount.strip_prefix('0').unwrap_or(&amount)));
        })];
    AMOUNT_FROM_FLOAT = "amount-from-float",
        "you lost a penny in a binary float: 19.99 became 19.98", "0.29 × 100 is 28.999… in floats, and cut it is 28.", FORMAT, COMMON,
        [Edit::Claims(|message, claims| {
            #[expect(clippy::cast_possible_truncation, reason = "this is the mistake")]
            let cut = (float(message) * 100.0) as i64;
            set(claims, "amount", json!(pounds(cut)));
        })];
    AMOUNT_TOO_SMALL = "amount-too-small",
        "you made a token for less than Fena takes", "Fena refuses less than 0.50, after the payer has left your shop.", REFUSE, RANGE,
        [Edit::Drop("less than 0.50 cannot be paid")];
    AMOUNT_TOO_LARGE = "amount-too-large",
        "you made a token for more than Fena takes", "Fena refuses 5000 and more, after the payer has left your shop.", REFUSE, RANGE,
        [Edit::Drop("5000.00 and more cannot be paid")];
    ORDER_TOO_LONG = "order-too-long",
        "you sent an order id of more than 255 characters", "\"Must not be more than 255 characters\".",
        "Refuse it, or give the order a shorter id.", RANGE,
        [Edit::Drop(ORDER_LENGTH)];
    ORDER_CUT = "order-cut",
        "you cut the order id to 255 characters", "Fena notifies the id that you sent, and your shop has no order of that name, or another one.",
        "Give the order a shorter id.", DOCUMENTED,
        [Edit::Drop(ORDER_LENGTH), Edit::Claims(|message, claims| {
            let order: String = message.value("orderID").unwrap_or_default().chars().take(LONGEST).collect();
            set(claims, "orderID", json!(order));
        })];
    TEXT_TOO_LONG = "text-too-long",
        "you sent a text of more than 255 characters", "\"Must not be more than 255 characters\".",
        "Cut names and phone numbers, and leave out an address that is too long.", RANGE,
        [Edit::Claims(|message, claims| {
            for (name, value) in &message.parameters {
                set(claims, name, json!(value));
            }
        })];
    EMAIL_CUT = "email-cut",
        "you cut the payer's e-mail address to 255 characters", "What is left of a cut address is another's address, or none.",
        "Leave out an address that is too long.", COMMON,
        [Edit::Claims(|message, claims| {
            let email: String = message.value("email").unwrap_or_default().chars().take(LONGEST).collect();
            set(claims, "email", json!(email));
        })];
    TEXT_CUT_INSIDE_A_CHARACTER = "text-cut-inside-a-character",
        "you cut a text in the middle of a character, and half of it is left in the token",
        "JavaScript counts some characters as two: slice(0, 255) can keep the first half, and the claims are no JSON then.",
        "Cut whole characters: [...text].slice(0, 255).join('').", COMMON,
        [Edit::Claims(|message, claims| {
            for name in PAYER.iter().filter(|name| **name != "email") {
                if let Some(text) = message.value(name) {
                    set(claims, name, json!(sliced(text)));
                }
            }
        }), Edit::Serialise(|claims| {
            String::from_utf8_lossy(&compact(claims)).replace(HALF, "\\ud83d").into_bytes()
        })];
    ORDER_ID_AS_NUMBER = "order-id-as-number",
        "you wrote the order id as a number", "It is a text: 007 and 7 are two orders.", "Write it as a string.", COMMON,
        [Edit::Claims(|message, claims| {
            if let Some(order) = message.value("orderID").and_then(|order| order.parse::<u32>().ok()) {
                set(claims, "orderID", json!(order));
            }
        })];
    CLAIMS_MISSING = "claims-missing",
        "you left out claims that you have nothing for", ALL, EMPTY, DOCUMENTED,
        [Edit::Claims(|_, claims| claims.retain(|(name, value)| !is_empty(name, value)))];
    OPTIONAL_CLAIMS_MISSING = "optional-claims-missing",
        "you left out every claim that can be empty", ALL, EMPTY, SDKS,
        [Edit::Claims(|_, claims| claims.retain(|(name, _)| !CLAIMS[1..].contains(&name.as_ref())))];
    CLAIMS_NULL = "claims-null",
        "you wrote null for claims that you have nothing for", "\"Cannot be Null\".", EMPTY, SDKS,
        [Edit::Claims(|_, claims| {
            for (name, value) in claims {
                if is_empty(name, value) {
                    *value = Value::Null;
                }
            }
        })];
    ORDER_CLAIM_MISSING = "order-claim-missing",
        "you left the order out of the token, or called its claim something else", "Fena's notification then names no order that your shop knows.",
        "Send your order's id as orderID.", COMMON,
        [Edit::Claims(|_, claims| claims.retain(|(name, _)| name != "orderID"))];
    ORDER_CLAIM_MISNAMED = "order-claim-misnamed",
        "you called the order's claim orderId", "It is called orderID.", "Write the claims' names as the document does.", COMMON,
        [Edit::Claims(|_, claims| rename(claims, "orderID", "orderId"))];
    TERMINAL_CLAIM_MISNAMED = "terminal-claim-misnamed",
        "you called the terminal's claim terminal", "It is terminalID in the token and terminal in the notification.",
        "Write the claims' names as the document does.", COMMON,
        [Edit::Claims(|_, claims| rename(claims, "terminalID", "terminal"))];
    SORT_CODE_WITH_DASHES = "sort-code-with-dashes",
        "you wrote the sort code with dashes", "\"Do not include spaces or -\".", "Send the six digits alone.", DOCUMENTED,
        [Edit::Claims(|message, claims| {
            if let Some(sort) = message.value("sortCode").filter(|sort| sort.len() == 6 && sort.is_ascii()) {
                set(claims, "sortCode", json!(format!("{}-{}-{}", &sort[..2], &sort[2..4], &sort[4..])));
            }
        })];
    ACCOUNT_NUMBER_LEADING_ZERO_LOST = "account-number-leading-zero-lost",
        "you lost the zeros that the account number begins with", "It has 8 digits: it is a text and not a number.",
        "Keep account numbers and sort codes as text.", DOCUMENTED,
        [Edit::Claims(|message, claims| {
            if let Some(account) = message.value("accountNumber") {
                set(claims, "accountNumber", json!(account.trim_start_matches('0')));
            }
        })];
    BANK_LEFT_OUT = "bank-left-out",
        "you forced an account without naming its bank", "\"bankID, sortCode and accountNumber are all required\".",
        "Send all three, or neither.", DOCUMENTED,
        [Edit::Claims(|message, claims| {
            if message.value("accountNumber").is_some() {
                set(claims, "bankID", json!(""));
            }
        })];
    BANK_NOT_FORCED = "bank-not-forced",
        "you left out the bank that the payer should be made to use", "The payer can pay from any bank then.",
        "Put the id from the list of banks into bankID.", COMMON,
        [Edit::Claims(|_, claims| set(claims, "bankID", json!(""))), Edit::Claims(|_, claims| set(claims, "sortCode", json!(""))), Edit::Claims(|_, claims| set(claims, "accountNumber", json!("")))];
    PAYLOAD_LATIN_1 = "payload-latin-1",
        "you wrote the claims in Latin-1", "JSON is UTF-8.", "Encode the text as UTF-8 before you sign it.", COMMON,
        [Edit::Serialise(|claims| latin_1(&compact(claims)))];
    PAYLOAD_ENCODED_TWICE = "payload-encoded-twice",
        "you encoded the claims as JSON twice", "The payload is a string that holds JSON, and should be the object itself.",
        "Give the library the array or object; it encodes it.", COMMON,
        [Edit::Serialise(|claims| json!(String::from_utf8_lossy(&compact(claims))).to_string().into_bytes())];
    STANDARD_BASE64 = "standard-base64",
        "you wrote the token in standard base64", "Tokens are in base64url: - and _ for + and /, and no =.",
        "Use your library's base64url, or replace the characters.", COMMON,
        [Edit::Segment(|bytes| STANDARD.encode(bytes))];
    TOKEN_ENCODED_TWICE = "token-encoded-twice",
        "you encoded the finished token as base64 once more", "A token is text that a link can carry.", "Send it as the library gives it.", COMMON,
        [Edit::Spell(|token| url_safe(token.as_bytes()))];
}

const ORDER_LENGTH: &str = "an order id has at most 255 characters, and cut it would be another's";

/// Stands for half a character, which no text of ours can hold.
const HALF: char = '\u{f8ff}';

/// The beginning of a text as JavaScript's slice(0, 255) cuts it.
fn sliced(text: &str) -> String {
    let (mut units, mut start) = (0, String::new());
    for character in text.chars() {
        units += character.len_utf16();
        if units > LONGEST {
            start.extend((units == LONGEST + 1 && character.len_utf16() == 2).then_some(HALF));
            break;
        }
        start.push(character);
    }
    start
}

/// Whether a claim is one that the shop has nothing for.
fn is_empty(name: &str, value: &Value) -> bool {
    CLAIMS.contains(&name) && value == ""
}

fn times(claims: &mut Claims, iat: Value, exp: Value) {
    set(claims, "iat", iat);
    set(claims, "exp", exp);
}

fn date(seconds: i64) -> Value {
    json!(jiff::Timestamp::from_second(seconds).unwrap_or_default().to_string())
}

fn rename(claims: &mut Claims, from: &str, to: &'static str) {
    for (name, _) in claims {
        if name == from {
            *name = to.into();
        }
    }
}

/// The amount in pounds, as a float.
fn float(message: &Message) -> f64 {
    pounds(number(message, "amount")).parse().unwrap_or_default()
}

/// The bytes of a UUID; empty if it is none.
fn unhex(uuid: &str) -> Vec<u8> {
    let digits = uuid.replace('-', "");
    let byte = |place: usize| u8::from_str_radix(digits.get(place..place + 2)?, 16).ok();
    (0..digits.len()).step_by(2).map(byte).collect::<Option<_>>().unwrap_or_default()
}

/// What lenient decoders make of a text: they pass over what base64 does not have.
fn unbase64(text: &str) -> Vec<u8> {
    let lenient = GeneralPurpose::new(&alphabet::STANDARD, NO_PAD.with_decode_allow_trailing_bits(true));
    let known: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    lenient.decode(known).unwrap_or_default()
}
