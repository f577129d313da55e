//! `fena.notification`: whether an order is paid, now that Fena's notification has come.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::Rng;

use super::DOCUMENTED;
use super::conditions::{CONDITIONS, GRACE, RULES, amounts, body_of, expires_in, open, paid, token_in, with};
use super::flaws::Flaw;
use super::messages::{self, number};
use super::notice::{FORM, Notice};
use super::notification_mistakes::MISTAKES;
use crate::kit::clock::Clock;
use crate::kit::jwt::{Parts, show};
use crate::kit::operation::{
    Examination, Fault, Focus, Kind, Message, Observation, Operation, Parameter, Reply, Shape, Unreadable,
    Verification,
};
use crate::kit::provider::Provenance;
use crate::kit::scheme::{Mistake, lacking};

/// The operation `fena.notification`.
#[derive(Debug)]
pub struct Notification;

const FOCUSES: &[Focus] = &[
    Focus {
        name: "a forged signature",
        holds: |message| lacking(message, CONDITIONS, &[]) == Some("signature"),
    },
    Focus {
        name: "another algorithm",
        holds: |message| lacking(message, CONDITIONS, &[]) == Some("algorithm"),
    },
    Focus {
        name: "another terminal",
        holds: |message| lacking(message, CONDITIONS, &[]) == Some("terminal"),
    },
    Focus { name: "another order", holds: |message| lacking(message, CONDITIONS, &[]) == Some("order") },
    Focus {
        name: "another amount",
        holds: |message| {
            lacking(message, CONDITIONS, &[]) == Some("amount") && !amounts(message).contains(&true)
        },
    },
    Focus {
        name: "an end long past",
        holds: |message| expires_in(message).is_some_and(|left| left < -GRACE),
    },
    Focus { name: "nothing wrong", holds: |message| is_genuine(message) && is_familiar(message) },
    Focus {
        name: "no id",
        holds: |message| {
            is_genuine(message)
                && with(message, |parts| !parts.claims.contains_key("id"))
                && !has_unknown(message)
        },
    },
    Focus {
        name: "a claim that the document does not know",
        holds: |message| {
            is_genuine(message)
                && with(message, |parts| parts.claims.contains_key("id"))
                && has_unknown(message)
        },
    },
    Focus {
        name: "the token of the payment itself",
        holds: |message| with(message, |parts| parts.claims.contains_key("terminalID")),
    },
    Focus {
        name: "other fields beside the token",
        holds: |message| is_genuine(message) && has_known_claims(message) && body_of(message).contains('&'),
    },
    Focus { name: "no token", holds: |message| lacking(message, CONDITIONS, &[]) == Some("token") },
    Focus {
        name: "another spelling of the same claims",
        holds: |message| {
            let odd = |parts: &Parts| parts.payload.contains('\\') || parts.header.len() == 1;
            is_genuine(message) && is_familiar(message) && with(message, odd)
        },
    },
];

/// Whether a notification must be taken.
fn is_genuine(message: &Message) -> bool {
    lacking(message, CONDITIONS, &[]).is_none() && open(message).is_none()
}

/// Whether there is nothing in it that the document does not show: its claims and no others, times in whole
/// seconds, a form with one field. A shop that asks for just these takes it.
fn is_familiar(message: &Message) -> bool {
    let whole = |parts: &Parts| parts.claims.get("iat").is_none_or(|iat| !iat.is_f64());
    has_known_claims(message) && !body_of(message).contains('&') && with(message, whole)
}

fn has_known_claims(message: &Message) -> bool {
    with(message, |parts| parts.claims.contains_key("id")) && !has_unknown(message)
}

fn has_unknown(message: &Message) -> bool {
    with(message, |parts| parts.claims.contains_key("bank"))
}

impl Operation for Notification {
    fn id(&self) -> &'static str {
        "fena.notification"
    }

    fn does(&self) -> &'static str {
        "decides whether an order is paid, by a notification"
    }

    fn reads(&self) -> bool {
        true
    }

    fn provenance(&self) -> Provenance {
        DOCUMENTED
    }

    fn forms(&self) -> &'static [&'static str] {
        &[""]
    }

    fn list_key(&self) -> &'static str {
        "headers"
    }

    fn parameters(&self, _: &str) -> Vec<&'static str> {
        vec!["content-type"]
    }

    fn given(&self) -> &'static [&'static str] {
        &["body", "terminal", "secret", "order", "amount", "now"]
    }

    fn kind(&self, name: &str) -> Kind {
        messages::kind(name)
    }

    fn answer(&self, _: &str) -> Vec<(&'static str, Shape)> {
        vec![("outcome", Shape::OneOf(&["paid"]))]
    }

    fn mistakes(&self) -> Vec<&'static Mistake> {
        MISTAKES.to_vec()
    }

    fn focuses(&self) -> &'static [Focus] {
        FOCUSES
    }

    fn legal(&self, message: &Message) -> Result<(), Unreadable> {
        if STANDARD.decode(message.given("body")).is_err() {
            return Err(Unreadable::new(
                "`body` is not base64",
                "Give the bytes that came, in standard base64.",
            ));
        }
        let missing = ["terminal", "secret", "order"].into_iter().find(|name| message.given(name).is_empty());
        let missing =
            missing.or_else(|| ["amount", "now"].into_iter().find(|name| number(message, name) <= 0));
        missing.map_or(Ok(()), |missing| {
            Err(Unreadable::new(
                format!("`{missing}` is missing"),
                "Give order=… and amount=12.50, the shop's order and what it costs; and the terminal with its secret.",
            ))
        })
    }

    fn generate(&self, rng: &mut dyn Rng) -> Message {
        Notice::arbitrary(rng).message()
    }

    fn generate_near(&self, focus: &Focus, rng: &mut dyn Rng) -> Message {
        let flaw = match focus.name {
            "a forged signature" => Flaw::Signature,
            "another algorithm" => Flaw::Algorithm,
            "another terminal" => Flaw::Terminal,
            "another order" => Flaw::Order,
            "another amount" => Flaw::Amount,
            "an end long past" => Flaw::Expired,
            "no token" => Flaw::NoToken,
            "the token of the payment itself" => Flaw::OwnToken,
            _ => Flaw::Nothing,
        };
        Notice::with(rng, flaw).message()
    }

    fn simplest(&self, name: &str) -> &'static str {
        messages::simplest(name)
    }

    fn shrink(&self, message: &Message) -> Option<Vec<Message>> {
        let simpler = Notice::of(message).map(|notice| notice.simpler()).unwrap_or_default();
        Some(simpler.iter().map(Notice::message).filter(|other| other != message).collect())
    }

    fn shows(&self, message: &Message) -> Vec<String> {
        let token = token_in(&body_of(message)).unwrap_or_default();
        let parts = show(&token, number(message, "now"));
        let lines = |(heading, lines): (&str, Vec<String>)| {
            std::iter::once(format!("{heading} of the token"))
                .chain(lines.into_iter().map(|line| format!("  {line}")))
                .collect::<Vec<_>>()
        };
        parts.into_iter().flat_map(lines).collect()
    }

    fn at(&self, message: Message, now: i64) -> Message {
        match Notice::of(&message) {
            Some(notice) => notice.at(now).message(),
            None => messages::at(message, now),
        }
    }

    fn reply(&self, message: &Message, made: &[&'static Mistake]) -> Option<Reply> {
        Some(match lacking(message, CONDITIONS, made) {
            None => paid(),
            Some(why) => Reply::Rejected(why.to_owned()),
        })
    }

    fn tolerated(&self, message: &Message) -> Vec<(Reply, &'static str)> {
        open(message).into_iter().collect()
    }

    fn observe(&self, _: &Message, reply: &Reply) -> Observation {
        match reply {
            Reply::Answer(_) => reply.get("outcome").to_owned(),
            Reply::Rejected(_) => "rejected".to_owned(),
        }
    }

    fn canonical(&self, _: &Message, _: &[&'static Mistake]) -> Option<Vec<u8>> {
        None
    }

    fn read(&self, text: &str, _: Option<&str>, given: &[Parameter]) -> Result<Verification, Unreadable> {
        let message = as_message(text, given);
        let token = token_in(&body_of(&message)).unwrap_or_default();
        let now = number(&message, "now");
        let parts = show(&token, if now > 0 { now } else { Clock::real().now().as_second() });
        // What was not given is not compared.
        let asked = |name: &str| match name {
            "order" => !message.given("order").is_empty(),
            "amount" => number(&message, "amount") > 0,
            _ => true,
        };
        let mut faults = Vec::new();
        for (condition, (what, rule)) in CONDITIONS.iter().zip(RULES) {
            if asked(condition.name) && !(condition.holds)(&message) {
                faults.push(Fault {
                    id: condition.name,
                    what: (*what).to_owned(),
                    rule: (*rule).to_owned(),
                    passes: false,
                });
                if condition.name == "token" {
                    break;
                }
            }
        }
        let missing: Vec<&str> = ["order", "amount"].into_iter().filter(|name| !asked(name)).collect();
        let note =
            format!("not compared, for it was not given: {} (order=222 amount=12.50)", missing.join(", "));
        let notes = if missing.is_empty() { Vec::new() } else { vec![note] };
        // The signature is over the token's first two parts.
        let signed = token.rsplit_once('.').map(|(signed, _)| signed.to_owned());
        Ok(Verification::Examined(Examination { parts, signed, faults, diagnosis: None, notes }))
    }
}

/// A body, or a token alone, as a message.
fn as_message(text: &str, given: &[Parameter]) -> Message {
    let body = if text.contains('=') && !text.starts_with("eyJ") {
        text.to_owned()
    } else {
        format!("token={text}")
    };
    let mut given: Vec<Parameter> = given.iter().filter(|(name, _)| name != "body").cloned().collect();
    given.push((Cow::Borrowed("body"), STANDARD.encode(body)));
    let parameters = vec![(Cow::Borrowed("content-type"), FORM.to_owned())];
    Message { form: Cow::Borrowed(""), parameters, given }
}
