//! `fenerum.card`: the request that registers a card.

use std::borrow::Cow;

use rand::Rng;
use serde_json::{Value, json};

use super::card_mistakes::{ERROR, MISTAKES, NOT_ACCEPTED, OPEN, PAYMENT};
use super::received::{self, Flaw, QUICKPAY, STRIPE, card_id, flaw, received};
use super::request::{CARDS, Terms, observe, parts, right};
use super::request_mistakes::CARD;
use super::{DOCUMENTED, messages, reading};
use crate::kit::address::is_uuid;
use crate::kit::awkward::{below, one_in, pick, uuid};
use crate::kit::operation::{
    Focus, Message, Observation, Operation, Parameter, Reply, Shape, Unreadable, Verification,
};
use crate::kit::parts::Parts;
use crate::kit::provider::Provenance;
use crate::kit::request::{ANSWER, Request};
use crate::kit::scheme::{Mistake, open_sets};

/// The operation `fenerum.card`.
#[derive(Debug)]
pub struct Card;

const FOCUSES: &[Focus] = &[
    Focus {
        name: "a card that Stripe.js gave",
        holds: |message| message.form == STRIPE && flaw_of(message) == Flaw::Nothing,
    },
    Focus { name: "an error of Stripe.js", holds: |message| flaw_of(message) == Flaw::Error },
    Focus {
        name: "a sign-up at QuickPay",
        holds: |message| message.form == QUICKPAY && flaw_of(message) == Flaw::Nothing,
    },
    Focus { name: "an id beyond 31 bits", holds: |message| flaw_of(message) == Flaw::LargeId },
    Focus { name: "a sign-up that was not accepted", holds: |message| flaw_of(message) == Flaw::NotAccepted },
    Focus {
        name: "a payment in the place of a subscription",
        holds: |message| flaw_of(message) == Flaw::Payment,
    },
    Focus {
        name: "a base that ends in a slash",
        holds: |message| is_usable(message) && messages::has_slash_behind_base(message),
    },
    Focus {
        name: "a base with a path",
        holds: |message| is_usable(message) && messages::has_path_in_base(message),
    },
    Focus {
        name: "a base of a sandbox",
        holds: |message| is_usable(message) && messages::is_sandbox(message),
    },
];

fn flaw_of(message: &Message) -> Flaw {
    flaw(message, &received(message))
}

fn is_usable(message: &Message) -> bool {
    flaw_of(message) == Flaw::Nothing
}

/// The fields that Fenerum reads.
pub(super) const FIELDS: &[&str] = &["account", "token", "gateway"];

/// The request of a shop that makes these mistakes.
fn request(message: &Message, made: &[&'static Mistake]) -> Option<Request> {
    let came = received(message);
    let token = match card_id(&came) {
        Value::String(id) => Some(json!(id)),
        Value::Number(id) => Some(json!(id.to_string())),
        _ => None,
    };
    let account = json!(message.given("account"));
    let gateway = json!(message.form);
    let mut request = right(message, CARDS, &[("account", account), ("gateway", gateway)]);
    request.set_field("token", token);
    match flaw(message, &came) {
        Flaw::Error => request.refusals.push(ERROR),
        Flaw::NotAccepted => request.refusals.push(NOT_ACCEPTED),
        Flaw::Payment => request.refusals.push(PAYMENT),
        Flaw::LargeId | Flaw::Nothing => {}
    }
    request.with(Card.id(), message, made)
}

/// A message of this form, with this wrong.
fn arbitrary(form: &'static str, flaw: Flaw, rng: &mut dyn Rng) -> Message {
    let account = uuid(rng);
    let codes = &["CUST001", "1001", "c-1", "Kunde 7", "50e9aa0b", "ÅSE-1", "A\u{30a}SE-1", "0042", "42.0"];
    let came = received::arbitrary(form, &account, flaw, rng);
    let code = pick(rng, codes).to_owned();
    let mut given = messages::common(rng);
    given.extend(
        [("account", account), ("account_code", code), ("received", came)]
            .map(|(name, value)| (Cow::Borrowed(name), value)),
    );
    Message { form: Cow::Borrowed(form), parameters: Vec::new(), given }
}

/// What a value is, if it is something of the message.
pub(super) fn meaning(message: &Message, came: &Value, value: &Value) -> Option<&'static str> {
    let id = card_id(came);
    let text = match value {
        Value::String(text) => text.as_str(),
        number @ Value::Number(_) => return (number == id).then_some("the subscription's id as a number"),
        object @ Value::Object(_) => return (object == came).then_some("the whole object"),
        _ => return None,
    };
    let is = |part: &Value| part.as_str() == Some(text);
    let known = [
        (is(id), "the PaymentMethod's id"),
        (id.as_number().is_some_and(|id| id.to_string() == text), "the subscription's id as a string"),
        (message.given("account") == text, "the account's uuid"),
        (message.given("account_code") == text, "the account's code"),
        (is(&came["order_id"]), "the order_id"),
        (is(&came["metadata"]["hash"]), "metadata.hash"),
        (is(&came["card"]["fingerprint"]), "card.fingerprint"),
        (
            came["link"]["url"].as_str().is_some_and(|url| url.ends_with(&format!("/{text}"))),
            "the link's token",
        ),
    ];
    known.into_iter().find(|(is, _)| *is).map(|(_, said)| said)
}

impl Operation for Card {
    fn id(&self) -> &'static str {
        "fenerum.card"
    }

    fn does(&self) -> &'static str {
        "registers a card"
    }

    fn provenance(&self) -> Provenance {
        DOCUMENTED
    }

    fn form_key(&self) -> &'static str {
        "gateway"
    }

    fn forms(&self) -> &'static [&'static str] {
        &[STRIPE, QUICKPAY]
    }

    fn parameters(&self, _: &str) -> Vec<&'static str> {
        Vec::new()
    }

    fn given(&self) -> &'static [&'static str] {
        &["base", "token", "client", "account", "account_code", "received"]
    }

    fn answer(&self, _: &str) -> Vec<(&'static str, Shape)> {
        ANSWER.to_vec()
    }

    fn mistakes(&self) -> Vec<&'static Mistake> {
        CARD.mistakes.iter().chain(MISTAKES).copied().collect()
    }

    fn focuses(&self) -> &'static [Focus] {
        FOCUSES
    }

    fn legal(&self, message: &Message) -> Result<(), Unreadable> {
        messages::legal(message)?;
        if !self.forms().contains(&message.form.as_ref()) {
            return Err(Unreadable::new(
                format!("there is no gateway `{}`", message.form),
                "It is stripe_new or quickpay.",
            ));
        }
        if !is_uuid(message.given("account")) {
            return Err(Unreadable::new(
                format!("`account` cannot be `{}`", message.given("account")),
                "It takes the account's uuid in lower case: 50e9aa0b-8d35-4da7-9a9b-8a35b11579b2",
            ));
        }
        let code = message.given("account_code");
        if code.is_empty() || is_uuid(code) {
            return Err(Unreadable::new(
                format!("`account_code` cannot be `{code}`"),
                "It takes the account's code: CUST001",
            ));
        }
        received::legal(message)
    }

    fn generate(&self, rng: &mut dyn Rng) -> Message {
        let (form, flaw) = match below(rng, 10) {
            0..=3 => (STRIPE, Flaw::Nothing),
            4 => (STRIPE, Flaw::Error),
            5 => (QUICKPAY, Flaw::NotAccepted),
            6 => (QUICKPAY, if one_in(rng, 2) { Flaw::Payment } else { Flaw::LargeId }),
            _ => (QUICKPAY, Flaw::Nothing),
        };
        arbitrary(form, flaw, rng)
    }

    fn generate_near(&self, focus: &Focus, rng: &mut dyn Rng) -> Message {
        let (form, flaw) = match focus.name {
            "a card that Stripe.js gave" => (STRIPE, Flaw::Nothing),
            "an error of Stripe.js" => (STRIPE, Flaw::Error),
            "a sign-up at QuickPay" => (QUICKPAY, Flaw::Nothing),
            "an id beyond 31 bits" => (QUICKPAY, Flaw::LargeId),
            "a sign-up that was not accepted" => (QUICKPAY, Flaw::NotAccepted),
            "a payment in the place of a subscription" => (QUICKPAY, Flaw::Payment),
            _ => (if one_in(rng, 2) { STRIPE } else { QUICKPAY }, Flaw::Nothing),
        };
        arbitrary(form, flaw, rng)
    }

    fn simplest(&self, name: &str) -> &'static str {
        messages::simplest(name)
    }

    fn shrink(&self, message: &Message) -> Option<Vec<Message>> {
        let with = |name: &str, value: String| {
            let mut other = message.clone();
            for (_, old) in other.given.iter_mut().filter(|(known, _)| known == name) {
                old.clone_from(&value);
            }
            other
        };
        let names = ["base", "token", "client", "account_code"];
        let mut simpler: Vec<Message> = names.map(|name| with(name, self.simplest(name).to_owned())).to_vec();
        let came = received(message);
        simpler.extend(received::simpler(&came).iter().map(|came| with("received", came.to_string())));
        simpler.push(with("received", came.to_string()));
        simpler.retain(|other| other != message);
        Some(simpler)
    }

    fn reply(&self, message: &Message, made: &[&'static Mistake]) -> Option<Reply> {
        let request = request(message, made)?;
        Some(match request.refusals.first() {
            Some(why) => Reply::Rejected((*why).to_owned()),
            None => Reply::Answer(request.answer()),
        })
    }

    fn tolerated(&self, message: &Message) -> Vec<(Reply, &'static str)> {
        let open: Vec<_> = OPEN.iter().chain(CARD.open).copied().collect();
        let sets = open_sets(&open).into_iter();
        sets.filter_map(|(set, why)| Some((self.reply(message, &set)?, why))).collect()
    }

    /// What reaches Fenerum, in words: where it goes, and what stands in the headers and fields that it reads.
    fn observe(&self, message: &Message, reply: &Reply) -> Observation {
        let came = received(message);
        observe(message, reply, &Terms { fields: FIELDS, meaning: &|value| meaning(message, &came, value) })
    }

    fn parts(&self, message: &Message, reply: &Reply) -> Parts {
        let came = received(message);
        parts(message, reply, &Terms { fields: FIELDS, meaning: &|value| meaning(message, &came, value) })
    }

    fn canonical(&self, _: &Message, _: &[&'static Mistake]) -> Option<Vec<u8>> {
        None
    }

    fn read(&self, text: &str, form: Option<&str>, given: &[Parameter]) -> Result<Verification, Unreadable> {
        reading::examine_card(text, form, given).map(Verification::Examined)
    }
}
