//! The window's parameters as messages: which are legal.

use crate::kit::operation::{Message, Unreadable};

use super::HASH;

/// What no request can be without.
pub(super) const REQUIRED: &[&str] = &["merchantnumber", "amount", "currency"];

/// What the document lists, in the order of its table.
pub(super) const NAMES: &[&str] = &[
    "merchantnumber",
    "amount",
    "currency",
    "orderid",
    "windowstate",
    "mobile",
    "windowid",
    "paymentcollection",
    "lockpaymentcollection",
    "paymenttype",
    "language",
    "encoding",
    "cssurl",
    "mobilecssurl",
    "instantcapture",
    "splitpayment",
    "accepturl",
    "cancelurl",
    "callbackurl",
    "instantcallback",
    "ownreceipt",
    "ordertext",
    "group",
    "description",
    "subscription",
    "subscriptiontype",
    "subscriptionname",
    "subscriptionid",
    "mailreceipt",
    "smsreceipt",
    "googletracker",
    "backgroundcolor",
    "opacity",
    "declinetext",
    "iframeheight",
    "iframewidth",
    "timeout",
    "invoice",
    "cms",
    "minimumuserage",
    "ageverificationcountry",
];

/// Currencies by their letters and numbers in ISO 4217.
pub(super) const CURRENCIES: &[(&str, &str)] = &[
    ("DKK", "208"),
    ("EUR", "978"),
    ("SEK", "752"),
    ("NOK", "578"),
    ("USD", "840"),
    ("AUD", "036"),
    ("JPY", "392"),
];

/// Whether a parameter holds an address.
pub(super) fn is_address(name: &str) -> bool {
    name.ends_with("url")
}

/// An amount of the smallest unit with two decimals.
pub(super) fn kroner(amount: &str) -> String {
    let padded = format!("{amount:0>3}");
    let (major, minor) = padded.split_at(padded.len() - 2);
    format!("{major}.{minor}")
}

/// Whether these parameters may be sent.
pub(super) fn legal(message: &Message) -> Result<(), Unreadable> {
    let wrong = |what: String, help: &str| Err(Unreadable::new(what, help));
    let in_names = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    for (place, (name, value)) in message.parameters.iter().enumerate() {
        if name.is_empty() || !name.bytes().all(in_names) {
            return wrong(
                format!("`{name}` is no name of a parameter"),
                "It takes letters, digits, - _ and . alone.",
            );
        }
        if name == HASH {
            return wrong("`hash` is among the parameters".to_owned(), "Leave it out: it is made here.");
        }
        if message.parameters[..place].iter().any(|(before, _)| before == name) {
            return wrong(format!("`{name}` is given twice"), "Give each once.");
        }
        if value.chars().any(char::is_control) {
            return wrong(format!("`{name}` has a control character"), "Give it in one line.");
        }
    }
    let lacking =
        REQUIRED.iter().find(|name| message.value(name).is_none_or(|value| value.trim().is_empty()));
    if let Some(name) = lacking {
        return wrong(
            format!("`{name}` is missing"),
            "The window needs merchantnumber=1234567 amount=9995 currency=DKK.",
        );
    }
    if !message.value("amount").is_some_and(|amount| amount.bytes().all(|byte| byte.is_ascii_digit())) {
        return wrong(
            "`amount` is not a whole number".to_owned(),
            "It takes the smallest unit, without any separator: amount=9995 for 99.95.",
        );
    }
    if !is_ascii(message) && message.value("encoding") != Some("UTF-8") {
        return wrong(
            "there are letters outside ASCII and no encoding=UTF-8".to_owned(),
            "Add encoding=UTF-8: ePay reads them otherwise without it.",
        );
    }
    if message.given("md5key").is_empty() {
        return wrong("`md5key` is missing".to_owned(), "Give the MD5 key of ePay's admin: md5key=….");
    }
    Ok(())
}

/// Whether all that is hashed is in ASCII, the key too.
pub(super) fn is_ascii(message: &Message) -> bool {
    message.given("md5key").is_ascii() && message.parameters.iter().all(|(_, value)| value.is_ascii())
}
