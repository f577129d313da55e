//! What a shop asks of a notification, and what it may do otherwise because the document leaves it open.

use std::cell::RefCell;
use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::messages::{number, pounds, secret};
use crate::kit::jwt::{Algorithm, Parts, verify};
use crate::kit::operation::{Message, Reply};
use crate::kit::scheme::{Condition, lacking};

/// What a shop asks of a notification before it takes an order for paid.
pub(super) const CONDITIONS: &[Condition] = &[
    Condition { name: "token", holds: |message| with(message, |_| true) },
    Condition {
        name: "algorithm",
        holds: |message| with(message, |parts| parts.algorithm() == Algorithm::Hs512.name()),
    },
    Condition {
        name: "signature",
        holds: |message| with(message, |parts| verify(parts, Algorithm::Hs512, &secret(message))),
    },
    Condition {
        name: "payload",
        holds: |message| {
            with(message, |parts| {
                ["orderID", "requestAmount", "netAmount", "terminal"]
                    .iter()
                    .all(|name| parts.text(name).is_some())
            })
        },
    },
    Condition {
        name: "terminal",
        holds: |message| with(message, |parts| parts.text("terminal") == Some(message.given("terminal"))),
    },
    Condition {
        name: "order",
        holds: |message| with(message, |parts| parts.text("orderID") == Some(message.given("order"))),
    },
    Condition { name: "amount", holds: |message| amounts(message).iter().all(|equal| *equal) },
    Condition { name: "expiry", holds: |message| expires_in(message).is_none_or(|left| left > 0) },
];

/// What is wrong where a condition does not hold, and where its rule is written, in the same order.
pub(super) const RULES: &[(&str, &str)] = &[
    (
        "the form has no field `token` with a token in it",
        "documented: section Webhook, \"with token in key called token\"",
    ),
    ("the header does not name HS512", "documented: section Webhook, whose sample decodes with HS512 alone"),
    (
        "the signature is not that of the terminal's secret",
        "documented: section Webhook, \"1. Verify the signature\"",
    ),
    (
        "one of orderID, requestAmount, netAmount and terminal is missing or no string",
        "documented: section Webhook, \"2. Verify it has the correct payload\", and the table of claims",
    ),
    ("it is for another terminal", "documented: section Webhook, \"3. Verify the terminal\""),
    (
        "it is for another order",
        "assumed: the document's sample only asks whether there is an orderID; the order that is named is the one that is paid",
    ),
    (
        "requestAmount or netAmount is not what the order costs",
        "documented: section Webhook, \"4. Verify the amount\"; its sample compares netAmount, Fena's public SDKs requestAmount",
    ),
    ("it has expired", "documented: row exp of the webhook's payload definition"),
];

/// How near to its end a notification may be accepted or refused, in seconds: clocks differ.
pub(super) const GRACE: i64 = 60;

/// The body's text.
pub(super) fn body_of(message: &Message) -> String {
    let bytes = STANDARD.decode(message.given("body")).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The field `token` of a form.
pub(super) fn token_in(body: &str) -> Option<String> {
    let mut fields = form_urlencoded::parse(body.as_bytes());
    fields.find(|(name, _)| name == "token").map(|(_, token)| token.into_owned())
}

thread_local! {
    /// The body that was read last, and its token: all conditions ask about one message in a row.
    static LAST: RefCell<(String, Option<Rc<Parts>>)> = const { RefCell::new((String::new(), None)) };
}

/// The token in a message, taken apart.
fn parts_of(message: &Message) -> Option<Rc<Parts>> {
    let body = message.given("body");
    LAST.with_borrow_mut(|(last, parts)| {
        if last != body {
            body.clone_into(last);
            *parts = token_in(&body_of(message)).and_then(|token| Parts::of(&token).ok()).map(Rc::new);
        }
        parts.clone()
    })
}

/// What holds for the token in a message; false where there is none.
pub(super) fn with(message: &Message, holds: impl FnOnce(&Parts) -> bool) -> bool {
    parts_of(message).is_some_and(|parts| holds(&parts))
}

/// Whether requestAmount, and whether netAmount, is what the order costs.
pub(super) fn amounts(message: &Message) -> [bool; 2] {
    let wanted = pounds(number(message, "amount"));
    ["requestAmount", "netAmount"]
        .map(|name| with(message, |parts| parts.text(name) == Some(wanted.as_str())))
}

/// How long the token holds from now on, in seconds; none if it does not say.
pub(super) fn expires_in(message: &Message) -> Option<i64> {
    let exp = parts_of(message).and_then(|parts| parts.seconds("exp"));
    exp.map(|exp| exp.saturating_sub(number(message, "now")))
}

fn issued_in(message: &Message) -> i64 {
    let iat = parts_of(message).and_then(|parts| parts.seconds("iat"));
    iat.unwrap_or_default().saturating_sub(number(message, "now"))
}

pub(super) fn paid() -> Reply {
    Reply::text("outcome", "paid")
}

/// Why a notification may be taken although the rule is not quite kept, or refused although it is.
pub(super) fn open(message: &Message) -> Option<(Reply, &'static str)> {
    let missing = |names: &[&str]| {
        let asked: Vec<Condition> =
            CONDITIONS.iter().filter(|condition| !names.contains(&condition.name)).copied().collect();
        lacking(message, &asked, &[])
    };
    let left = expires_in(message);
    match lacking(message, CONDITIONS, &[]) {
        None if left.is_none() => Some((
            Reply::Rejected(String::new()),
            "the document's table has exp; its sample does not ask for it",
        )),
        None if left.is_some_and(|left| left <= GRACE) => {
            Some((Reply::Rejected(String::new()), "clocks differ by seconds"))
        }
        None if issued_in(message) > 0 => {
            Some((Reply::Rejected(String::new()), "php-jwt refuses what is issued in the future"))
        }
        Some("algorithm") if missing(&["algorithm"]).is_none() => {
            Some((paid(), "it is signed with HS512, whatever its header says"))
        }
        Some("amount") if missing(&["amount"]).is_none() && amounts(message).contains(&true) => {
            Some((paid(), "the document's sample compares netAmount, Fena's SDKs compare requestAmount"))
        }
        Some("expiry") if left.is_some_and(|left| left > -GRACE) => {
            Some((paid(), "clocks differ by seconds"))
        }
        _ => None,
    }
}
