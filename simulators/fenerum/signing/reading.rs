//! Reading a request that was made: what it comes to, what is wrong with it, and what was done wrong.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::card::{self, Card};
use super::link::{self, Link};
use super::received::{self, QUICKPAY, STRIPE};
use super::request::{ORIGIN, Terms, seen};
use crate::kit::address::is_uuid;
use crate::kit::operation::{Examination, Message, Operation as _, Parameter, Unreadable};
use crate::kit::request_text;
use crate::kit::sent::{Reading, Sent, examine};

/// An account that stands in where none is known.
const SOME_ACCOUNT: &str = "50e9aa0b-8d35-4da7-9a9b-8a35b11579b2";
const SOME_CODE: &str = "CUST001";
/// What stands in for a card's id that cannot be seen.
const SOME_ID: i64 = 270_000_001;
const SOME_HASH: &str = "5f3c1a7e9b2d4860c1e7f0a3b5d294865f3c1a7e9b2d4860c1e7f0a3b5d29486";

fn of<'a>(given: &'a [Parameter], name: &str) -> &'a str {
    given.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}

/// The message from which a request was made: what is given, and for the rest what the request itself shows.
pub(super) fn card_message(sent: &Sent, form: Option<&str>, given: &[Parameter]) -> Message {
    let fields = fields_of(sent, card::FIELDS);
    let text = |names: &[&str]| {
        names.iter().find_map(|name| fields.get(*name)).and_then(Value::as_str).unwrap_or_default()
    };
    let sent_account = text(&["account", "accountId"]);
    let known = |given: &str, shown: &str, some: &str| {
        [given, shown, some].into_iter().find(|text| !text.is_empty()).unwrap_or_default().to_owned()
    };
    let is_code = !is_uuid(sent_account);
    let account = known(of(given, "account"), if is_code { "" } else { sent_account }, SOME_ACCOUNT);
    let code = known(of(given, "account_code"), if is_code { sent_account } else { "" }, SOME_CODE);
    let nothing = Value::Null;
    let token = ["token", "paymentMethodId", "subscriptionId"]
        .iter()
        .find_map(|name| fields.get(*name))
        .unwrap_or(&nothing);
    let gateway = text(&["gateway", "payment_gateway"]).to_ascii_lowercase();
    let is_stripe = match token {
        Value::Number(_) => false,
        Value::Object(object) => object.get("object").is_some(),
        Value::String(text) if text.starts_with("pm_") => true,
        Value::String(text) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => false,
        _ => gateway.starts_with("stripe"),
    };
    let form = form.map_or(if is_stripe { STRIPE } else { QUICKPAY }, |form| {
        if form == STRIPE { STRIPE } else { QUICKPAY }
    });
    let came = match of(given, "received") {
        "" if form == STRIPE => payment_method(token).to_string(),
        "" => callback(token, &account).to_string(),
        given => given.to_owned(),
    };
    let mut all = common(sent, given);
    all.extend(
        [("account", account), ("account_code", code), ("received", came)]
            .map(|(name, value)| (Cow::Borrowed(name), value)),
    );
    Message { form: Cow::Borrowed(form), parameters: Vec::new(), given: all }
}

/// The same for the way into the portal.
pub(super) fn link_message(sent: &Sent, given: &[Parameter]) -> Message {
    let fields = fields_of(sent, link::FIELDS);
    let shown =
        ["email", "customer_email", "customerEmail"].iter().find_map(|name| match fields.get(*name)? {
            Value::String(email) => Some(email.clone()),
            Value::Array(emails) => Some(emails.first()?.as_str()?.to_owned()),
            _ => None,
        });
    let asked = url::Url::parse(&sent.url).ok().and_then(|url| {
        url.query_pairs().find(|(name, _)| name == "email").map(|(_, email)| email.into_owned())
    });
    let email = match of(given, "email") {
        // What does not look like an address may have been one before it was encoded.
        "" => shown.or(asked).map(|email| if email.contains('@') { email } else { decoded(&email) }),
        given => Some(given.to_owned()),
    };
    let mut all = common(sent, given);
    all.push((Cow::Borrowed("email"), email.unwrap_or_default()));
    Message { form: Cow::Borrowed(""), parameters: Vec::new(), given: all }
}

fn decoded(email: &str) -> String {
    percent_encoding::percent_decode_str(email).decode_utf8_lossy().into_owned()
}

/// The fields of the body, also where they are wrapped.
fn fields_of(sent: &Sent, known: &[&str]) -> Map<String, Value> {
    let fields = sent.fields(known).map(|(_, fields)| fields).unwrap_or_default();
    match fields.get("data") {
        Some(Value::Object(inner)) => inner.clone(),
        _ => fields,
    }
}

/// Base, API token and the app's name.
fn common(sent: &Sent, given: &[Parameter]) -> Vec<Parameter> {
    let or = |name: &str, shown: Option<String>, some: &str| match of(given, name) {
        "" => shown.filter(|shown| !shown.is_empty()).unwrap_or_else(|| some.to_owned()),
        given => given.to_owned(),
    };
    [
        ("base", or("base", None, ORIGIN)),
        ("token", or("token", token_anywhere(sent), "apitoken")),
        ("client", or("client", sent.header("x-client-system"), "YourApp")),
    ]
    .map(|(name, value)| (Cow::Borrowed(name), value))
    .to_vec()
}

/// What may be the API token, wherever it stands.
fn token_anywhere(sent: &Sent) -> Option<String> {
    let value = sent.header("authorization").or_else(|| sent.header("x-api-key"));
    let value = value.or_else(|| {
        let url = url::Url::parse(&sent.url).ok()?;
        url.query_pairs().find(|(name, _)| name == "token").map(|(_, token)| token.into_owned())
    })?;
    let last = value.split_whitespace().next_back()?;
    let bare = last.trim_start_matches("token=").trim_matches('"');
    let basic =
        value.to_ascii_lowercase().starts_with("basic ").then(|| STANDARD.decode(bare).ok()).flatten();
    let basic = basic.and_then(|bytes| String::from_utf8(bytes).ok());
    Some(basic.map_or_else(|| bare.to_owned(), |basic| basic.trim_matches(':').to_owned()))
}

/// A `PaymentMethod` of which this may be told.
fn payment_method(token: &Value) -> Value {
    let some = || received::payment_method("1Pgc75B7WZ01zgkWlHVgdEGJ", "Xt5EWLLDS7FJjR1c");
    match token {
        Value::Object(_) => token.clone(),
        Value::String(text) if received::is_payment_method(text) => {
            received::payment_method(&text[3..], "Xt5EWLLDS7FJjR1c")
        }
        Value::String(text) if received::is_payment_method(&format!("pm_{text}")) && text.len() == 16 => {
            received::payment_method("1Pgc75B7WZ01zgkWlHVgdEGJ", text)
        }
        Value::String(text) if received::is_payment_method(&format!("pm_{text}")) && text != "card" => {
            received::payment_method(text, "Xt5EWLLDS7FJjR1c")
        }
        _ => some(),
    }
}

/// A callback of which this may be told.
fn callback(token: &Value, account: &str) -> Value {
    let of_id = |id: i64| received::callback(id, "sub_0001", account, SOME_HASH);
    let text = match token {
        Value::Object(_) => return token.clone(),
        Value::Number(id) => return of_id(id.as_i64().unwrap_or(SOME_ID)),
        Value::String(text) => text,
        _ => return of_id(SOME_ID),
    };
    let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    #[expect(clippy::cast_possible_truncation, reason = "`as` holds at the ends")]
    let float = || text.parse::<f64>().ok().filter(|_| text.contains('e')).map(|id| id as i64);
    match text.parse().ok().or_else(float) {
        Some(id) => of_id(id),
        None if is_hex && text.len() == 64 => received::callback(SOME_ID, "sub_0001", account, text),
        None if is_hex && text.len() == 32 => {
            received::callback(SOME_ID, "sub_0001", account, &text.repeat(2))
        }
        None => received::callback(SOME_ID, text, account, SOME_HASH),
    }
}

/// Everything that can be said of the request that registers a card.
pub(super) fn examine_card(
    text: &str,
    form: Option<&str>,
    given: &[Parameter],
) -> Result<Examination, Unreadable> {
    let sent = request_text::read(text, of(given, "base"), ORIGIN)?;
    let message = card_message(&sent, form, given);
    Card.legal(&message)?;
    let came = received::received(&message);
    let meaning = |value: &Value| card::meaning(&message, &came, value);
    let terms = Terms { fields: card::FIELDS, meaning: &meaning };
    let missing = missing(given, &["account", "received"]);
    let reading = Reading { seen: &|sent| seen(sent, &message, &terms), rule, missing: &missing };
    Ok(examine(&Card, &message, &sent, &reading))
}

/// The same of the request for a way into the portal.
pub(super) fn examine_link(text: &str, given: &[Parameter]) -> Result<Examination, Unreadable> {
    let sent = request_text::read(text, of(given, "base"), ORIGIN)?;
    let message = link_message(&sent, given);
    let meaning = |value: &Value| link::meaning(&message, value);
    let terms = Terms { fields: link::FIELDS, meaning: &meaning };
    let missing = missing(given, &["email"]);
    let reading = Reading { seen: &|sent| seen(sent, &message, &terms), rule, missing: &missing };
    Ok(examine(&Link, &message, &sent, &reading))
}

/// What was not given, and is therefore taken as it stands in the request.
fn missing<'a>(given: &[Parameter], names: &[&'a str]) -> Vec<&'a str> {
    names.iter().copied().filter(|name| of(given, name).is_empty()).collect()
}

/// Where the rule of a part is written.
fn rule(part: &str) -> &'static str {
    match part {
        "address" => "documented: Fenerum, Godta betalinger; the samples' method and address",
        "credential" | "client_system" | "content_type" => {
            "documented: Fenerum, Godta betalinger; the samples' headers"
        }
        "account" => "documented: Fenerum, Godta betalinger, Feilsøking: the account's uuid",
        "token" | "gateway" => "documented: Fenerum, Godta betalinger, Gateway-referanse",
        "query" | "stray" => {
            "assumed: our judgement; the document shows the API token in Authorization alone"
        }
        "request" => {
            "documented: Fenerum, Godta betalinger: only a card that the payment provider took is registered"
        }
        _ => "documented: Fenerum, Godta betalinger; the samples' bodies",
    }
}
