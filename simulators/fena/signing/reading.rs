//! Reading a token back: what its maker was asked for, what is wrong with it, and what was done wrong.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::link::Link;
use super::messages::{CLAIMS, LEAST};
use super::spelt::Spelt;
use super::token::Token;
use crate::fena::refusals::{self, Terms};
use crate::kit::address::is_email;
use crate::kit::clock::Clock;
use crate::kit::diagnosis::{Diagnosis, Explanation, diagnose_received};
use crate::kit::jwt::{Malformed, Parts, Which};
use crate::kit::operation::{
    Examination, Fault, Judgement, Message, Operation as _, Parameter, Received, Reply, judge,
};

/// The messages from which a token may have been made, the likeliest first. What is wrong with it is told
/// by the mistake with which the message gives the token.
fn readings(token: &str, given: &[Parameter]) -> Vec<Received> {
    let received = |message| Received {
        operation: &Token,
        message,
        claimed: Reply::text("token", token),
        readings: Vec::new(),
    };
    messages(token, given).into_iter().filter(|message| Token.legal(message).is_ok()).map(received).collect()
}

fn messages(token: &str, given: &[Parameter]) -> Vec<Message> {
    let Some(claims) = claims(token) else { return Vec::new() };
    let now = given.iter().find(|(name, _)| name == "now").and_then(|(_, value)| value.parse().ok());
    let mut times: Vec<i64> = begun(&claims).into_iter().collect();
    // A clock that is wrong by hours shows only against the right one.
    if let Some(now) = now
        && times.first().is_none_or(|begun| (301..=86_400).contains(&begun.abs_diff(now)))
    {
        times.push(now);
    }
    let mut messages = Vec::new();
    for now in times {
        for amount in amounts(claims.get("amount")) {
            let mut message = message(&claims, given);
            message.given.push((Cow::Borrowed("amount"), amount.to_string()));
            message.given.push((Cow::Borrowed("now"), now.to_string()));
            messages.push(message);
        }
    }
    messages
}

/// What somebody did wrong whose link this is, with its token or with the link itself; `None` if nothing
/// was, or nothing explains it. `given` has the base.
pub(crate) fn diagnosis(url: &str, given: &[Parameter]) -> Option<Diagnosis> {
    let token = token_anywhere(url)?;
    let received = |message| Received {
        operation: &Link,
        message,
        claimed: Reply::text("url", url),
        readings: Vec::new(),
    };
    let legal = messages(&token, given).into_iter().filter(|message| Link.legal(message).is_ok());
    likeliest(&legal.map(received).collect::<Vec<_>>())
}

/// The token in a text, wherever it stands in it and however it is spelt.
pub(crate) fn token_anywhere(text: &str) -> Option<String> {
    let decoded = |piece: &str| {
        let mut piece = piece.to_owned();
        for _ in 0..3 {
            piece = percent_decode_str(&piece).decode_utf8_lossy().into_owned();
        }
        piece
    };
    // Standard base64 has slashes and equals signs of its own, so the parameter is tried whole first.
    let parameter = text.split_once("token=").map(|(_, rest)| rest.split(['&', '#']).next().unwrap_or(rest));
    let pieces = parameter.into_iter().chain([text]).chain(text.split(['/', '?', '#', '&', '=']));
    pieces.map(decoded).find(|piece| claims(piece).is_some())
}

/// The explanation of the reading that needs the fewest mistakes.
fn likeliest(readings: &[Received]) -> Option<Diagnosis> {
    let wrong = readings.iter().filter(|received| {
        judge(received.operation, &received.message, &received.claimed) == Judgement::Wrong
    });
    let mut diagnoses: Vec<Diagnosis> = wrong.filter_map(diagnose_received).collect();
    diagnoses.sort_by_key(|diagnosis| diagnosis.named.len());
    let mut diagnoses = diagnoses.into_iter();
    let mut best = diagnoses.next()?;
    // What an amount was meant to be cannot be seen in it: 1250 may be pence, or pounds without their pence.
    for other in diagnoses.filter(|other| other.named.len() == best.named.len()) {
        for explanation in std::iter::once(other.named).chain(other.equals) {
            let ids =
                |explanation: &Explanation| explanation.iter().map(|mistake| mistake.id).collect::<Vec<_>>();
            let known =
                std::iter::once(&best.named).chain(&best.equals).any(|known| ids(known) == ids(&explanation));
            if !known {
                best.equals.push(explanation);
            }
        }
    }
    Some(best)
}

/// The claims of a token that may be spelt wrongly or hold its claims as a string.
fn claims(token: &str) -> Option<serde_json::Map<String, Value>> {
    let spelt = Spelt::new(token);
    match spelt.parts() {
        Ok(parts) => Some(parts.claims),
        Err(Malformed::NoObject(Which::Payload) | Malformed::Utf8(Which::Payload)) => {
            let text = spelt.payload()?;
            match serde_json::from_str(&text).ok()? {
                Value::Object(claims) => Some(claims),
                Value::String(inner) => serde_json::from_str(&inner).ok(),
                _ => None,
            }
        }
        Err(_) => {
            let inner = crate::kit::jwt::text_of_segment(token)?;
            Some(Parts::of(&inner).ok()?.claims)
        }
    }
}

fn message(claims: &serde_json::Map<String, Value>, given: &[Parameter]) -> Message {
    let text = |name: &str| match claims.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let digits = |text: String| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let mut parameters: Vec<Parameter> = Vec::new();
    for name in CLAIMS {
        let value = match *name {
            "orderID" => ["orderID", "orderId", "orderid", "order_id", "order"]
                .map(text)
                .into_iter()
                .find(|order| !order.is_empty()),
            "email" => Some(text("email")).filter(|email| is_email(email)),
            "sortCode" => Some(digits(text("sortCode"))),
            "accountNumber" => Some(digits(text("accountNumber")))
                .map(|number| if number.is_empty() { number } else { format!("{number:0>8}") }),
            // Whoever forces an account names its bank.
            "bankID" if text("bankID").is_empty() && !text("sortCode").is_empty() => {
                Some("ob-lloyds-personal".to_owned())
            }
            name => Some(text(name)),
        };
        if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
            parameters.push((Cow::Borrowed(name), value));
        }
    }
    let of = |name: &str| {
        given.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let terminal =
        Some(of("terminal")).filter(|terminal| !terminal.is_empty()).unwrap_or_else(|| text("terminalID"));
    let given = [("terminal", terminal), ("secret", of("secret")), ("base", of("base"))];
    Message {
        form: Cow::Borrowed(""),
        parameters,
        given: given.map(|(name, value)| (Cow::Borrowed(name), value)).to_vec(),
    }
}

/// When a token was made, by its own words: the earlier of its times, in seconds.
fn begun(claims: &serde_json::Map<String, Value>) -> Option<i64> {
    let time = |name: &str| {
        let number: f64 = match claims.get(name)? {
            Value::Number(number) => number.as_f64()?,
            Value::String(text) => match text.parse() {
                Ok(number) => number,
                #[expect(clippy::cast_precision_loss, reason = "seconds since the epoch are far below 2^53")]
                Err(_) => text.parse::<jiff::Timestamp>().ok()?.as_second() as f64,
            },
            _ => return None,
        };
        #[expect(clippy::cast_possible_truncation, reason = "`as` holds at the ends")]
        let seconds = (if number > 1e11 { number / 1000.0 } else { number }) as i64;
        (seconds > 1_000_000_000).then_some(seconds)
    };
    [time("iat"), time("exp")].into_iter().flatten().min()
}

/// What an amount may have been meant for, in pence, the likeliest first.
fn amounts(amount: Option<&Value>) -> Vec<i64> {
    let text = match amount {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let decimal = if text.contains('.') { text.replace(',', "") } else { text.replace(',', ".") };
    let bare: String = decimal.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
    #[expect(clippy::cast_possible_truncation, reason = "`as` holds at the ends")]
    let pounds = bare.parse::<f64>().ok().map(|pounds| (pounds * 100.0).round() as i64);
    let pence = bare.parse::<i64>().ok();
    // Without a point pence are likelier, unless they would be too few.
    let (first, second) = if pence >= Some(LEAST) { (pence, pounds) } else { (pounds, pence) };
    let mut amounts: Vec<i64> = first.into_iter().chain(second).filter(|amount| *amount > 0).collect();
    if amounts.is_empty() {
        amounts.push(100);
    }
    amounts
}

/// Header, claims, and everything that is wrong with a token.
pub(super) fn examine(token: &str, given: &[Parameter]) -> Examination {
    let (parts, faults) = faults_of(token, given);
    let diagnosis = if faults.is_empty() { None } else { likeliest(&readings(token, given)) };
    Examination { parts, faults, diagnosis, ..Examination::default() }
}

/// The same of a link: where it leads, and its token.
pub(super) fn examine_link(url: &str, given: &[Parameter]) -> Examination {
    let base =
        given.iter().find(|(name, _)| name == "base").map_or("", |(_, base)| base.trim_end_matches('/'));
    let (address, query) = url.split('#').next().unwrap_or("").split_once('?').unwrap_or((url, ""));
    let at_fena = ORIGINS
        .iter()
        .chain([&base])
        .any(|origin| matches!(address.strip_prefix(origin), Some("/pay" | "/pay/")) && !origin.is_empty());
    let token = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "token");
    let token = token.map(|(_, token)| token.into_owned()).unwrap_or_default();
    let mut link_faults = Vec::new();
    if !at_fena {
        link_faults.push(Fault {
            id: "link_address",
            what: format!("the link does not lead to {base}/pay/"),
            rule: "documented: Fena online payment guide, section Create a url for customer redirection"
                .to_owned(),
            passes: false,
        });
    }
    let shown = token_anywhere(url).unwrap_or_else(|| token.clone());
    let (parts, faults) = faults_of(&token, given);
    link_faults.extend(faults);
    // Told as a link to the base: which of Fena's origins it names is no mistake.
    let told = ORIGINS.iter().find_map(|origin| url.strip_prefix(origin)).map(|rest| format!("{base}{rest}"));
    let diagnosis =
        if link_faults.is_empty() { None } else { diagnosis(told.as_deref().unwrap_or(url), given) };
    let parts = if token.is_empty() { faults_of(&shown, given).0 } else { parts };
    Examination { parts, faults: link_faults, diagnosis, ..Examination::default() }
}

/// Where Fena's links lead in earnest.
const ORIGINS: &[&str] = &["https://app.fena.co", "https://app.faizpay.com"];

type Shown = Vec<(&'static str, Vec<String>)>;

fn faults_of(token: &str, given: &[Parameter]) -> (Shown, Vec<Fault>) {
    let of =
        |name: &str| given.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str());
    let now = of("now").parse().unwrap_or_else(|_| Clock::real().now().as_second());
    let secret = |terminal: &str| {
        (of("terminal").is_empty() || of("terminal") == terminal).then(|| of("secret").to_owned())
    };
    let (faults, _) = refusals::examine(token, &Terms { secret: &secret, now, min_exclusive: false });
    (crate::kit::jwt::show(token, now), faults)
}
