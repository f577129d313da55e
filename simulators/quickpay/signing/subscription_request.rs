//! The request for a subscription: the right one, and what one that was made comes to, whatever its spelling.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::Rng;
use serde_json::{Map, Value, json};

use super::authorization::{VERSION, basic};
use super::subscription::ORIGIN;
use crate::kit::address::is_uuid;
use crate::kit::awkward::pick;
use crate::kit::digest::{hex, sha256};
use crate::kit::operation::Message;
use crate::kit::request::{Encoding, Request};
use crate::kit::sent::{Secret, Seen, Sent};

/// The path below the base.
pub(super) const SUBSCRIPTIONS: &str = "/subscriptions";
/// The path of what is charged once.
pub(super) const PAYMENTS: &str = "/payments";
/// The currency of the document's sample.
pub(super) const KRONER: &str = "DKK";
/// The media types of the two bodies that QuickPay takes.
pub(super) const JSON: &str = "application/json";
pub(super) const FORM: &str = "application/x-www-form-urlencoded";
/// How long an order id may be.
const ORDER_ID: std::ops::RangeInclusive<usize> = 4..=20;
/// The fields of the body that are looked at.
const FIELDS: &[&str] = &["currency", "order_id", "description", "variables"];

/// Currencies with their numbers in ISO 4217.
const CURRENCIES: &[(&str, &str)] = &[
    (KRONER, "208"),
    ("NOK", "578"),
    ("SEK", "752"),
    ("EUR", "978"),
    ("GBP", "826"),
    ("USD", "840"),
    ("ISK", "352"),
    ("JPY", "392"),
    ("CHF", "756"),
    ("PLN", "985"),
];

pub(super) fn arbitrary_currency(rng: &mut dyn Rng) -> String {
    let names: Vec<&str> = CURRENCIES.iter().map(|(name, _)| *name).collect();
    pick(rng, &names).to_owned()
}

/// A currency's number; 999 is that of none.
pub(super) fn number_of(currency: &str) -> &'static str {
    CURRENCIES.iter().find(|(name, _)| *name == currency).map_or("999", |(_, number)| number)
}

/// A right request. Its order id tells neither account nor time, and is another at any other time.
pub(super) fn right(message: &Message) -> Request {
    let seed = format!("{} {}", message.given("account"), message.given("now"));
    let headers = [
        ("Authorization", basic(message.given("api_key"))),
        ("Accept-Version", VERSION.to_owned()),
        ("Content-Type", JSON.to_owned()),
    ];
    let fields = [
        ("currency", json!(message.given("currency"))),
        ("order_id", json!(format!("sub_{}", &hex(&sha256(seed.as_bytes()))[..16]))),
        ("description", json!(message.given("description"))),
        ("variables", variables(message)),
    ];
    Request {
        method: "POST",
        base: message.given("base").trim_end_matches('/').to_owned(),
        path: SUBSCRIPTIONS.to_owned(),
        end: "",
        query: Vec::new(),
        headers: headers.into_iter().map(|(name, value)| (name.into(), value)).collect(),
        fields: fields.into_iter().map(|(name, value)| (name.into(), value)).collect(),
        encoding: Encoding::Json,
        refusals: Vec::new(),
    }
}

/// What the callback brings back, named as in the document.
pub(super) fn variables(message: &Message) -> Value {
    json!({ "fenerum_account_id": message.given("account"), "customer_email": message.given("email") })
}

fn secret(message: &Message) -> Secret<'_> {
    Secret(message.given("api_key"), "‹key›")
}

/// What a request comes to, part by part. A slash at the end of the path, unknown headers, parameters and
/// fields do not matter.
pub(super) fn seen(sent: &Sent, message: &Message) -> Seen {
    let address = sent.address(message.given("base"), secret(message));
    let address = address.strip_suffix('/').unwrap_or(&address);
    let version = match sent.header("accept-version").as_deref() {
        None => "none".to_owned(),
        Some(VERSION) => VERSION.to_owned(),
        Some(other) => secret(message).quoted(other),
    };
    let mut seen = vec![
        ("address", format!("{} {address}", sent.method.to_uppercase())),
        ("credential", format!("Authorization: {}", credential(sent, message))),
        ("version", format!("Accept-Version: {version}")),
    ];
    let media = sent.media_type();
    let (what, fields) = match sent.fields(FIELDS) {
        Ok(fields) => fields,
        Err(what) => {
            seen.extend([("content_type", format!("Content-Type: {media}")), ("body", what.to_owned())]);
            return seen;
        }
    };
    if matches!((what, media.as_str()), ("a JSON object", JSON) | ("a form", FORM)) {
        seen.push(("content_type", "Content-Type: that of the body".to_owned()));
        seen.push(("body", "a JSON object or a form".to_owned()));
    } else {
        seen.push(("content_type", format!("Content-Type: {media}")));
        seen.push(("body", what.to_owned()));
    }
    // However the base is written, and joined with it.
    let is_payment = address.ends_with(PAYMENTS);
    // A payment has no description, so nobody misses it there.
    let fields_here = FIELDS.iter().filter(|name| !(is_payment && **name == "description"));
    seen.extend(fields_here.map(|name| (*name, format!("  {name}: {}", told(name, &fields, message)))));
    seen
}

/// What a field comes to.
fn told(name: &str, fields: &Map<String, Value>, message: &Message) -> String {
    let value = fields.get(name).filter(|value| !value.is_null());
    match (name, value) {
        ("variables", None | Some(Value::Object(_))) => {
            let is_kept = value.is_some_and(|value| value.to_string().contains(message.given("account")));
            if is_kept { "the account is in them" } else { "the account is not in them" }.to_owned()
        }
        ("variables", Some(Value::String(_))) => "a text, and no object".to_owned(),
        (_, None) => "missing".to_owned(),
        ("currency", Some(value)) => told_currency(value, message),
        ("order_id", Some(value)) => told_order(value, message),
        (_, Some(Value::String(text))) if text.trim().is_empty() => "empty".to_owned(),
        ("description", Some(Value::String(_))) => "a text".to_owned(),
        (_, Some(value)) => secret(message).told(value),
    }
}

fn told_currency(value: &Value, message: &Message) -> String {
    let currency = message.given("currency");
    let text = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
    if text == currency && value.is_string() {
        "the currency".to_owned()
    } else if text == currency.to_lowercase() {
        "the currency in lower case".to_owned()
    } else if text == number_of(currency) {
        "the currency's number".to_owned()
    } else {
        secret(message).told(value)
    }
}

/// The form of an order id: which it is, the shop chooses. Digits may stand without quotes, for in a form they
/// have none either.
fn told_order(value: &Value, message: &Message) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_u64() => number.to_string(),
        other => return secret(message).told(other),
    };
    let length = text.chars().count();
    if !ORDER_ID.contains(&length) {
        return format!("{length} characters");
    }
    let mut refused: Vec<char> =
        text.chars().filter(|c| !c.is_ascii_alphanumeric() && !" ._-".contains(*c)).collect();
    refused.sort_unstable();
    refused.dedup();
    if !refused.is_empty() {
        let refused = refused.into_iter().collect::<String>();
        return format!("characters that QuickPay refuses: {}", refused.escape_debug());
    }
    if is_of_account_alone(&text, message.given("account")) {
        return "4 to 20 legal characters, but the same for every try of the account".to_owned();
    }
    "4 to 20 legal characters".to_owned()
}

/// Whether an order id is a word of the shop's and the beginning of the account's uuid.
fn is_of_account_alone(order_id: &str, account: &str) -> bool {
    let rest = order_id.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let after_word = rest.strip_prefix(['_', '-', '.', ' ']).unwrap_or(order_id);
    [order_id, after_word].into_iter().any(|part| {
        let bare = account.replace('-', "");
        part.len() >= 8 && (account.starts_with(part) || bare.starts_with(part))
    })
}

/// The scheme does not depend on its case, nor on how many blanks stand behind it.
fn credential(sent: &Sent, message: &Message) -> String {
    let key = message.given("api_key");
    let Some(value) = sent.header("authorization") else { return "none".to_owned() };
    let Some((scheme, rest)) = value.split_once(' ') else { return "something without a scheme".to_owned() };
    let rest = rest.trim();
    let decoded = STANDARD.decode(rest).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let decoded = decoded.unwrap_or_default();
    let what = if decoded.strip_prefix(':') == Some(key) {
        "an empty user and the API key"
    } else if decoded.strip_suffix(':') == Some(key) {
        "the API key as the user"
    } else if decoded == key {
        "the API key without the colon"
    } else if rest == key || rest.strip_prefix(':') == Some(key) {
        "the API key, which is not encoded"
    } else if decoded.ends_with(&format!(":{key}")) {
        "a user and the API key"
    } else {
        "something that is not the API key"
    };
    let scheme: String = scheme.chars().filter(char::is_ascii_alphanumeric).take(20).collect();
    let scheme = if scheme.eq_ignore_ascii_case("basic") { "Basic".to_owned() } else { scheme };
    format!("{} with {what}", secret(message).hide(&scheme))
}

/// The message from which a request was made: what is known, and for the rest what the request itself shows.
pub(super) fn message_of(sent: &Sent, known: &Message) -> Message {
    const ACCOUNT: &str = "50e9aa0b-8d35-4da7-9a9b-8a35b11579b2";
    let fields = sent.fields(FIELDS).map(|(_, fields)| fields).unwrap_or_default();
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
    let kept = fields.get("variables").and_then(Value::as_object);
    let kept = |is_it: fn(&str) -> bool| {
        let mut texts = kept.into_iter().flat_map(Map::values).filter_map(Value::as_str);
        texts.find(|text| is_it(text)).unwrap_or_default().to_owned()
    };
    let credential = sent.header("authorization").unwrap_or_default();
    let credential = credential.split_whitespace().next_back().unwrap_or_default();
    let decoded = STANDARD.decode(credential).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let key = decoded.unwrap_or_else(|| credential.to_owned()).trim_matches(':').to_owned();
    let letters = |text: &str| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    let currency = Some(text("currency")).filter(|text| letters(text)).unwrap_or_default();
    let shown = [
        ("base", String::new(), ORIGIN),
        ("api_key", key, "api-key"),
        ("account", kept(is_uuid), ACCOUNT),
        ("email", kept(crate::kit::address::is_email), "customer@example.com"),
        ("currency", currency.to_uppercase(), KRONER),
        ("description", text("description").trim().to_owned(), "Subscription"),
        ("now", String::new(), "1613942693"),
    ];
    let given = shown.map(|(name, shown, some)| {
        let values = [known.given(name), &shown, some];
        let value = values.into_iter().find(|value| !value.is_empty()).unwrap_or_default();
        (Cow::Borrowed(name), value.to_owned())
    });
    Message { form: Cow::Borrowed(""), parameters: Vec::new(), given: given.to_vec() }
}

/// Where the rule of a part is written.
pub(super) fn rule(part: &str) -> &'static str {
    match part {
        "address" | "description" => {
            "documented: QuickPay's description of its API, POST /subscriptions: description is required"
        }
        "credential" | "version" => {
            "documented: QuickPay's learn, section API, on authentication and versions"
        }
        "order_id" => {
            "documented: QuickPay's description of its API and its answer `must have length between 4 and 20`; which characters is observed in Setono's public SDK"
        }
        "currency" => "observed: tests of ActiveMerchant show the answer `must be three uppercase letters`",
        "variables" => "documented: Fenerum, Godta betalinger: the callback is to tell whose card it is",
        _ => {
            "documented: QuickPay's learn, section API: a JSON object or a form, and Content-Type says which"
        }
    }
}
