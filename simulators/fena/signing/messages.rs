//! What a shop is asked to make a token for: which messages are legal, and generated ones.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::kit::address::is_email;
use crate::kit::jwt::Claims;
use crate::kit::operation::{Kind, Message, Unreadable};
use crate::kit::simpler::simpler_values;

/// The claims for which a shop may have a value, as they are called and ordered in the document. The
/// others, `iat`, `exp`, `terminalID` and `amount`, every payment has.
pub const CLAIMS: &[&str] =
    &["orderID", "email", "firstName", "lastName", "contactNumber", "bankID", "sortCode", "accountNumber"];

/// The claims about the payer, which a shop may leave empty.
pub(super) const PAYER: &[&str] = &["email", "firstName", "lastName", "contactNumber"];

/// The longest text of a claim, in characters.
pub(crate) const LONGEST: usize = 255;
/// The least that can be paid, in pence. The text says "greater than 0.50", the sample pays 0.50.
pub(crate) const LEAST: i64 = 50;
/// What a payment must stay below, in pence.
pub(crate) const LIMIT: i64 = 500_000;
/// How long a link holds, in seconds: two hours in the document's sample.
pub(crate) const VALIDITY: i64 = 7200;

/// What goes with a payment.
pub(super) const GIVEN: &[&str] = &["amount", "terminal", "secret", "now"];

pub(super) fn kind(name: &str) -> Kind {
    match name {
        "amount" => Kind::Amount("GBP"),
        "notified" => Kind::Flag,
        "now" => Kind::Seconds,
        _ => Kind::Text,
    }
}

/// A number that goes with a message; 0 if there is none.
pub(super) fn number(message: &Message, name: &str) -> i64 {
    message.given(name).parse().unwrap_or_default()
}

/// Pence as the document writes amounts: `12.50`.
pub(crate) fn pounds(pence: i64) -> String {
    format!("{}.{:02}", pence / 100, pence % 100)
}

/// The terminal's secret as a key: its characters.
pub(super) fn secret(message: &Message) -> Vec<u8> {
    message.given("secret").as_bytes().to_vec()
}

/// Why no token can be made for a payment, where none can.
pub(super) fn refusal(message: &Message) -> Option<&'static str> {
    let amount = number(message, "amount");
    if amount < LEAST {
        return Some("less than 0.50 cannot be paid");
    }
    if amount >= LIMIT {
        return Some("5000.00 and more cannot be paid");
    }
    let long = message.value("orderID").is_some_and(|order| order.chars().count() > LONGEST);
    long.then_some("an order id has at most 255 characters, and cut it would be another's")
}

/// The claims of the right token, in the document's order.
pub(super) fn claims(message: &Message) -> Claims {
    let now = number(message, "now");
    let mut claims: Claims = vec![
        (Cow::Borrowed("iat"), json!(now)),
        (Cow::Borrowed("exp"), json!(now + VALIDITY)),
        (Cow::Borrowed("terminalID"), json!(message.given("terminal"))),
    ];
    for name in CLAIMS {
        claims.push((Cow::Borrowed(name), json!(fitting(name, message.value(name).unwrap_or("")))));
        if *name == "orderID" {
            claims.push((Cow::Borrowed("amount"), json!(pounds(number(message, "amount")))));
        }
    }
    claims
}

/// A text cut to what a claim holds. Of an address that is cut nothing is left that could be one.
pub(super) fn fitting(name: &str, value: &str) -> String {
    if value.chars().count() <= LONGEST || name == "orderID" {
        return value.to_owned();
    }
    if name == "email" { String::new() } else { value.chars().take(LONGEST).collect() }
}

/// A claim with another value.
pub(super) fn set(claims: &mut Claims, name: &str, value: Value) {
    if let Some(claim) = claims.iter_mut().find(|(known, _)| known == name) {
        claim.1 = value;
    }
}

/// Whether a message may occur.
pub(super) fn legal(message: &Message) -> Result<(), Unreadable> {
    let wrong = |what: String, help: &str| Err(Unreadable::new(what, help));
    for (place, (name, value)) in message.parameters.iter().enumerate() {
        if !CLAIMS.contains(&name.as_ref()) {
            return wrong(format!("a payment has no `{name}`"), &format!("It has: {}.", CLAIMS.join(", ")));
        }
        if message.parameters[..place].iter().any(|(before, _)| before == name) {
            return wrong(format!("`{name}` is given twice"), "Give each once.");
        }
        if value.trim().is_empty() {
            return wrong(format!("`{name}` is empty"), "Leave out what the shop does not know.");
        }
    }
    let value = |name| message.value(name).unwrap_or("");
    if value("orderID").is_empty() {
        return wrong("`orderID` is missing".to_owned(), "Every payment has one: orderID=222.");
    }
    if !value("email").is_empty() && !is_email(value("email")) {
        return wrong(format!("`{}` is no e-mail address", value("email")), "Give one, or leave it out.");
    }
    let digits = |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    match (value("sortCode"), value("accountNumber")) {
        ("", "") => {}
        (sort, account) if digits(sort, 6) && digits(account, 8) && !value("bankID").is_empty() => {}
        _ => {
            return wrong(
                "these do not force an account".to_owned(),
                "bankID, sortCode (6 digits) and accountNumber (8 digits) are all needed.",
            );
        }
    }
    for name in ["terminal", "secret"] {
        if message.given(name).is_empty() {
            return wrong(format!("`{name}` is missing"), "Give the terminal's id and its secret.");
        }
    }
    for name in ["amount", "now"] {
        if number(message, name) <= 0 {
            return wrong(
                format!("`{name}` is missing or not above 0"),
                "Give amount=12.50 and, in seconds since the epoch, the time.",
            );
        }
    }
    Ok(())
}

/// Messages that are simpler. The time, the terminal and its secret stay: they make nothing harder.
pub(super) fn shrink(message: &Message) -> Vec<Message> {
    let mut simpler = Vec::new();
    let account = ["bankID", "sortCode", "accountNumber"];
    let without = |names: &[&str]| {
        let mut fewer = message.clone();
        fewer.parameters.retain(|(name, _)| !names.contains(&name.as_ref()));
        fewer
    };
    simpler.push(without(&CLAIMS[1..]));
    simpler.push(without(&account));
    simpler.push(without(&account[1..]));
    simpler.extend(CLAIMS[1..].iter().map(|name| without(&[name])));
    for (place, (name, value)) in message.parameters.iter().enumerate() {
        // What is too long is simplest when it is just so.
        let long = "a".repeat(LONGEST + 1);
        let just = (value.chars().count() > LONGEST && *value != long).then_some(long);
        for value in just.into_iter().chain(simpler_values(value, simplest(name))) {
            let mut other = message.clone();
            other.parameters[place].1 = value;
            simpler.push(other);
        }
    }
    if let Some(place) = message.given.iter().position(|(name, _)| name == "amount") {
        let amount = number(message, "amount");
        for less in [LEAST, 100, amount / 100 * 100, amount / 2, amount - 100, amount - 1] {
            if less > 0 && less < amount {
                let mut other = message.clone();
                other.given[place].1 = less.to_string();
                simpler.push(other);
            }
        }
    }
    simpler.retain(|other| other != message);
    simpler
}

/// The same payment at another time.
pub(super) fn at(mut message: Message, now: i64) -> Message {
    for (name, value) in &mut message.given {
        if name == "now" {
            *value = now.to_string();
        }
    }
    message
}

pub(super) fn simplest(name: &str) -> &'static str {
    match name {
        "accountNumber" => "00000000",
        "amount" => "100",
        "base" => "http://a",
        "email" => "a@b.co",
        "now" => "1600000000",
        "sortCode" => "000000",
        _ => "a",
    }
}
