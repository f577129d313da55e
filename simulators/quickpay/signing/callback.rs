//! `quickpay.callback`: how an order's last operation came out, now that QuickPay has called back.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::Rng;

use super::DOCUMENTED;
use super::callback_mistakes::MISTAKES;
use super::conditions::{
    self, CONDITIONS, RESOURCE_TYPE, authorized, believed, fee, is_authorized, last_type, operations, text,
    wanted,
};
use super::deliveries::{self, DIGESTED, Flaw, KEYED, UPPER, WRITTEN};
use super::json::{COMPACT, Json};
use super::reading;
use super::sums::{self, HEADER, agrees, body_of, claimed};
use crate::kit::operation::{
    Focus, Kind, Message, Observation, Operation, Parameter, Reply, Shape, Unreadable, Verification,
};
use crate::kit::parts::Parts;
use crate::kit::provider::Provenance;
use crate::kit::scheme::{Mistake, lacking, read_as};

/// The operation `quickpay.callback`.
#[derive(Debug)]
pub struct Callback;

const FOCUSES: &[Focus] = &[
    Focus {
        name: "an approved authorization",
        holds: |message| is_plain(message) && outcome(message) == "approved" && count(message) == 1,
    },
    Focus {
        name: "JSON that others write in other bytes",
        holds: |message| {
            let has_own_bytes = || {
                let body = body_of(message);
                let json = Json::of(&body.bytes);
                // Blanks, letters outside ASCII, slashes and empty objects are in nearly every body.
                json.is_some_and(|json| {
                    COMPACT.write(&json).as_bytes() != body.bytes
                        || json
                            .get("variables")
                            .is_some_and(|variables| *variables != Json::Object(Vec::new()))
                })
            };
            is_plain(message) && outcome(message) == "approved" && count(message) == 1 && has_own_bytes()
        },
    },
    Focus {
        name: "a forged checksum",
        holds: |message| {
            is_forged(message)
                && !claimed(message).is_empty()
                && !super::callback_mistakes::WAYS.iter().any(|(_, sum)| agrees(message, *sum))
        },
    },
    Focus { name: "no checksum", holds: |message| is_forged(message) && claimed(message).is_empty() },
    Focus { name: "a checksum over JSON written anew", holds: |message| is_summed(message, &WRITTEN) },
    Focus { name: "a checksum with another key", holds: |message| is_summed(message, &KEYED) },
    Focus { name: "a checksum of another kind", holds: |message| is_summed(message, &DIGESTED) },
    Focus {
        name: "a checksum in upper case",
        holds: |message| is_forged(message) && agrees(message, sums::upper_case),
    },
    Focus {
        name: "a refused authorization",
        holds: |message| {
            is_plain(message) && outcome(message) == "declined" && last_type(message) == "authorize"
        },
    },
    Focus {
        name: "a later operation that is refused",
        holds: |message| is_plain(message) && outcome(message) == "declined" && count(message) > 1,
    },
    Focus {
        name: "a later operation that is approved",
        holds: |message| {
            is_plain(message) && outcome(message) == "approved" && last_type(message) != "authorize"
        },
    },
    Focus {
        name: "an operation that is under way",
        holds: |message| is_plain(message) && outcome(message) == "pending",
    },
    Focus {
        name: "an authorization after a refused one",
        holds: |message| {
            let is_again = count(message) > 1 && last_type(message) == "authorize";
            is_plain(message) && outcome(message) == "approved" && is_again
        },
    },
    Focus {
        name: "an approved session",
        holds: |message| is_plain(message) && last_type(message) == "session",
    },
    Focus { name: "another order", holds: |message| lacks(message, "order") },
    Focus { name: "another type", holds: |message| lacks(message, "type") && has_own_type(message) },
    Focus {
        name: "another type, and a header that hides it",
        holds: |message| lacks(message, "type") && !has_own_type(message),
    },
    Focus { name: "a test payment in production", holds: |message| lacks(message, "test_mode") },
    Focus { name: "another amount", holds: |message| lacks(message, "amount") },
    Focus { name: "another currency", holds: |message| lacks(message, "currency") },
    Focus {
        name: "a fee on top",
        holds: |message| believed(message).is_some() && fee(message) != 0 && wanted(message) != 0,
    },
    Focus {
        name: "an amount of nothing",
        holds: |message| {
            believed(message).is_some() && is_authorized(message) && authorized(message) == Some(0)
        },
    },
    Focus {
        name: "nothing to decide by",
        holds: |message| !is_forged(message) && operations(message).is_empty(),
    },
];

fn outcome(message: &Message) -> String {
    believed(message).unwrap_or_default()
}

fn count(message: &Message) -> usize {
    operations(message).len()
}

/// Whether it must be believed and has nothing in it that only some shops look at.
fn is_plain(message: &Message) -> bool {
    believed(message).is_some()
        && has_own_type(message)
        && fee(message) == 0
        && !(is_authorized(message) && wanted(message) == 0)
}

fn has_own_type(message: &Message) -> bool {
    text(message, "type").as_deref() == message.value(RESOURCE_TYPE)
}

fn lacks(message: &Message, condition: &str) -> bool {
    lacking(message, CONDITIONS, &[]) == Some(condition)
}

fn is_forged(message: &Message) -> bool {
    lacks(message, "checksum")
}

/// Whether its checksum is wrong, and is computed in one of these ways.
fn is_summed(message: &Message, ways: &std::ops::Range<usize>) -> bool {
    let ways = super::callback_mistakes::WAYS.get(ways.clone()).unwrap_or_default();
    is_forged(message) && ways.iter().any(|(_, sum)| agrees(message, *sum))
}

impl Operation for Callback {
    fn id(&self) -> &'static str {
        "quickpay.callback"
    }

    fn does(&self) -> &'static str {
        "decides how an order's last operation came out, by a callback"
    }

    fn reads(&self) -> bool {
        true
    }

    fn provenance(&self) -> Provenance {
        DOCUMENTED
    }

    fn form_key(&self) -> &'static str {
        "expects"
    }

    fn forms(&self) -> &'static [&'static str] {
        &["payment", "subscription"]
    }

    fn list_key(&self) -> &'static str {
        "headers"
    }

    fn parameters(&self, _: &str) -> Vec<&'static str> {
        vec!["content-type", RESOURCE_TYPE, "quickpay-account-id", "quickpay-api-version", HEADER]
    }

    fn given(&self) -> &'static [&'static str] {
        &["body", "private_key", "api_key", "window_key", "order", "amount", "test_allowed"]
    }

    fn kind(&self, name: &str) -> Kind {
        match name {
            "amount" => Kind::Amount(conditions::CURRENCY),
            "test_allowed" => Kind::Flag,
            _ => Kind::Text,
        }
    }

    fn answer(&self, _: &str) -> Vec<(&'static str, Shape)> {
        vec![("outcome", Shape::OneOf(&["approved", "declined", "pending"])), ("operation", Shape::Text)]
    }

    fn mistakes(&self) -> Vec<&'static Mistake> {
        MISTAKES.to_vec()
    }

    fn focuses(&self) -> &'static [Focus] {
        FOCUSES
    }

    fn legal(&self, message: &Message) -> Result<(), Unreadable> {
        if !self.forms().contains(&message.form.as_ref()) {
            return Err(Unreadable::new(
                format!("a shop expects no `{}`", message.form),
                "It expects a payment or a subscription.",
            ));
        }
        if STANDARD.decode(message.given("body")).is_err() {
            return Err(Unreadable::new(
                "`body` is not base64",
                "Give the bytes that came, in standard base64.",
            ));
        }
        if let Some(missing) = ["private_key", "order"].iter().find(|name| message.given(name).is_empty()) {
            return Err(Unreadable::new(
                format!("`{missing}` is missing"),
                "Give the account's private key, and the order_id that the shop made.",
            ));
        }
        if message.given("amount").parse::<i64>().ok().is_none_or(|amount| amount < 0) {
            return Err(Unreadable::new(
                "`amount` is missing",
                "Give what the shop asked for: amount=25.99.",
            ));
        }
        if !["true", "false"].contains(&message.given("test_allowed")) {
            return Err(Unreadable::new(
                "`test_allowed` is neither true nor false",
                "Say whether the shop takes test payments: test_allowed=false in production.",
            ));
        }
        Ok(())
    }

    fn generate(&self, rng: &mut dyn Rng) -> Message {
        deliveries::arbitrary(rng)
    }

    fn generate_near(&self, focus: &Focus, rng: &mut dyn Rng) -> Message {
        let flaw = match focus.name {
            "a forged checksum" => Flaw::Forged,
            "no checksum" => Flaw::NoChecksum,
            "a checksum over JSON written anew" => deliveries::way(rng, &WRITTEN),
            "a checksum with another key" => deliveries::way(rng, &KEYED),
            "a checksum of another kind" => deliveries::way(rng, &DIGESTED),
            "a checksum in upper case" => Flaw::Summed(UPPER),
            "a refused authorization" => Flaw::Declined,
            "a later operation that is refused" => Flaw::DeclinedLater,
            "a later operation that is approved" => Flaw::ApprovedLater,
            "an operation that is under way" => Flaw::Pending,
            "an authorization after a refused one" => Flaw::Retried,
            "an approved session" => Flaw::Session,
            "another order" => Flaw::Order,
            "another type" => Flaw::Type,
            "another type, and a header that hides it" => Flaw::Header,
            "a test payment in production" => Flaw::Test,
            "another amount" => Flaw::Amount,
            "another currency" => Flaw::Currency,
            "a fee on top" => Flaw::Fee,
            "an amount of nothing" => Flaw::Zero,
            "nothing to decide by" => deliveries::undecided(rng),
            _ => Flaw::Nothing,
        };
        deliveries::with(rng, flaw)
    }

    fn simplest(&self, name: &str) -> &'static str {
        match name {
            "amount" => "100",
            "test_allowed" => "true",
            _ => "a",
        }
    }

    fn shrink(&self, message: &Message) -> Option<Vec<Message>> {
        Some(super::smaller::shrink(message))
    }

    fn shows(&self, message: &Message) -> Vec<String> {
        let body = body_of(message);
        let mut lines = vec![format!("the body: {}", String::from_utf8_lossy(&body.bytes))];
        lines.extend(reading::summary(message));
        lines
    }

    fn reply(&self, message: &Message, made: &[&'static Mistake]) -> Option<Reply> {
        let reply = read_as(message, made, MISTAKES, conditions::outcome)?;
        Some(match lacking(message, CONDITIONS, made) {
            None => reply,
            Some(why) => Reply::Rejected(why.to_owned()),
        })
    }

    fn tolerated(&self, message: &Message) -> Vec<(Reply, &'static str)> {
        conditions::open(message)
    }

    fn observe(&self, _: &Message, reply: &Reply) -> Observation {
        match reply {
            Reply::Answer(_) => format!("{}, {}", reply.get("outcome"), reply.get("operation")),
            Reply::Rejected(_) => "rejected".to_owned(),
        }
    }

    fn parts(&self, _: &Message, reply: &Reply) -> Parts {
        match reply {
            Reply::Answer(_) => {
                ["outcome", "operation"].map(|name| (name, reply.get(name).to_owned())).to_vec()
            }
            Reply::Rejected(_) => vec![("outcome", "rejected".to_owned())],
        }
    }

    fn canonical(&self, _: &Message, _: &[&'static Mistake]) -> Option<Vec<u8>> {
        None
    }

    fn read(&self, text: &str, form: Option<&str>, given: &[Parameter]) -> Result<Verification, Unreadable> {
        let message = as_message(text, form, given)?;
        let mut examination = reading::examine(&message);
        if examination.faults.is_empty()
            && let Some(reply @ Reply::Answer(_)) = self.reply(&message, &[])
            && reply.get("outcome") != "approved"
        {
            let (operation, outcome) = (reply.get("operation"), reply.get("outcome"));
            let what = format!(
                "it is genuine, and there is nothing to book: its last operation, {operation}, is {outcome}"
            );
            examination.notes.push(what);
        }
        Ok(Verification::Examined(examination))
    }
}

/// A body and its headers as a message. What the shop expects is what the body says, where nobody says.
fn as_message(body: &str, form: Option<&str>, given: &[Parameter]) -> Result<Message, Unreadable> {
    let mut parameters: Vec<Parameter> = Vec::new();
    for (_, header) in given.iter().filter(|(name, _)| name == "header") {
        let (name, value) = header.split_once(':').ok_or_else(|| {
            Unreadable::new(
                format!("`{header}` is no header"),
                "Write it as it came: QuickPay-Checksum-Sha256: 3e1f….",
            )
        })?;
        parameters.push((Cow::Owned(name.trim().to_ascii_lowercase()), value.trim().to_owned()));
    }
    // The bytes themselves, where the text may be another.
    let bytes = given.iter().find(|(name, _)| name == "bytes").map(|(_, bytes)| bytes.clone());
    let others = given.iter().filter(|(name, _)| !["body", "bytes", "header"].contains(&name.as_ref()));
    let mut given: Vec<Parameter> = others.cloned().collect();
    given.push((Cow::Borrowed("body"), bytes.unwrap_or_else(|| STANDARD.encode(body))));
    let mut message = Message { form: Cow::Borrowed("payment"), parameters, given };
    if message.given("private_key").is_empty() {
        return Err(Unreadable::new(
            "the private key is missing",
            "Give private_key=…: it is in QuickPay's manager under Settings, Integration.",
        ));
    }
    message.form = match form {
        Some(form) if Callback.forms().contains(&form) => Cow::Owned(form.to_owned()),
        Some(form) => {
            return Err(Unreadable::new(
                format!("a shop expects no `{form}`"),
                "It expects a payment or a subscription.",
            ));
        }
        None if text(&message, "type").as_deref() == Some("Subscription") => Cow::Borrowed("subscription"),
        None => Cow::Borrowed("payment"),
    };
    Ok(message)
}
