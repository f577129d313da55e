//! `bambora.request`: the parameters that open the payment window, with their hash.

use std::borrow::Cow;

use rand::Rng;
use serde_json::{Map, json};

use super::drawn;
use super::parameters::{self, CURRENCIES, NAMES, is_address, is_ascii};
use super::request_mistakes::{self as mistakes, MISTAKES};
use super::{DOCUMENTED, HASH, reading};
use crate::kit::digest;
use crate::kit::escape::latin_1;
use crate::kit::operation::{
    Focus, Message, Observation, Operation, Parameter, Reply, Shape, Unreadable, Verification,
};
use crate::kit::provider::Provenance;
use crate::kit::scheme::{Edit, Field, Mistake, Recipe, open_sets};

/// The operation `bambora.request`.
#[derive(Debug)]
pub struct Request;

/// ePay's rule.
fn recipe() -> Recipe {
    Recipe::new(
        |message| message.parameters.iter().map(|parameter| field(message, parameter)).collect(),
        // As they are sent.
        |_, _| (),
        |text| digest::md5(text.keyed),
        digest::hex,
    )
}

pub(super) fn field(message: &Message, (name, value): &Parameter) -> Field {
    Field { name: name.clone(), value: bytes(message, value) }
}

/// Under this name stands in which encoding a request was written, where that is not UTF-8.
pub(super) const CHARSET: &str = "charset";
/// The only other one.
pub(super) const LATIN_1: &str = "ISO-8859-1";

/// A value in the encoding in which it was sent.
pub(super) fn bytes(message: &Message, value: &str) -> Vec<u8> {
    if message.given(CHARSET) == LATIN_1 { latin_1(value.as_bytes()) } else { value.as_bytes().to_vec() }
}

/// What a shop that makes these mistakes sends as the hash.
pub(super) fn hash(message: &Message, made: &[&'static Mistake]) -> Option<String> {
    Some(recipe().with(made)?.sign(message, message.given("md5key").as_bytes()))
}

/// What a shop sends that makes these mistakes.
fn sent(message: &Message, made: &[&'static Mistake]) -> Option<Vec<Parameter>> {
    let mut parameters = message.parameters.clone();
    parameters.push((Cow::Borrowed(HASH), hash(message, made)?));
    for edit in made.iter().flat_map(|mistake| mistake.edits) {
        if let Edit::Spread(spread) = edit {
            spread(message, &mut parameters);
        }
    }
    Some(parameters)
}

/// An answer of these parameters.
pub(super) fn answer(parameters: &[Parameter]) -> Reply {
    Reply::Answer(Map::from_iter([("parameters".to_owned(), json!(parameters))]))
}

/// Answers that the document leaves open.
const OPEN: &[(&Mistake, &str)] = &[
    (
        &mistakes::UPPER_CASE,
        "the window takes the hash in either case: the public plugin for Vendr sends capitals",
    ),
    (&mistakes::ADDED, "the window takes what it does not know, as long as it is hashed"),
    (&mistakes::ENCODING_NOT_SENT, "encoding makes no difference to ASCII"),
    (&mistakes::CURRENCY_RESPELLED, "the window takes a currency's letters and its number"),
];

const FOCUSES: &[Focus] = &[
    Focus { name: "plain parameters", holds: |message| is_usual(message) && !has_empty(message) },
    Focus {
        name: "parameters in another order than their names'",
        holds: |message| is_usual(message) && !message.parameters.iter().map(|(name, _)| name).is_sorted(),
    },
    Focus {
        name: "values that need escaping",
        holds: |message| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~:/".contains(&byte);
            let needs =
                |(name, value): &Parameter| !is_address(name) && !value.bytes().all(plain) && name != "cms";
            is_usual(message) && message.parameters.iter().any(needs)
        },
    },
    Focus {
        name: "an address with parameters of its own",
        holds: |message| {
            let has_own = |(name, value): &Parameter| is_address(name) && value.contains('&');
            is_usual(message) && message.parameters.iter().any(has_own)
        },
    },
    Focus { name: "an empty value", holds: |message| is_usual(message) && has_empty(message) },
    Focus {
        name: "a zero that means something",
        holds: |message| {
            is_usual(message) && ["amount", "mobile"].iter().any(|name| message.value(name) == Some("0"))
        },
    },
    Focus {
        name: "digits that begin with a zero",
        holds: |message| {
            let begins = |(_, value): &Parameter| {
                value.len() > 1 && value.starts_with('0') && value.bytes().all(|byte| byte.is_ascii_digit())
            };
            is_usual(message) && message.parameters.iter().any(begins)
        },
    },
    Focus {
        name: "a currency in letters",
        holds: |message| is_usual(message) && has_currency(message, |(letters, _)| letters),
    },
    Focus {
        name: "a currency as a number",
        holds: |message| is_usual(message) && has_currency(message, |(_, number)| number),
    },
    Focus {
        name: "a sign-up",
        holds: |message| is_usual(message) && message.value("subscription") == Some("1"),
    },
    Focus {
        name: "parameters that plugins add",
        holds: |message| is_usual(message) && ADDED.iter().any(|name| message.value(name).is_some()),
    },
    Focus {
        name: "letters outside ASCII",
        holds: |message| is_documented(message) && is_trimmed(message) && !is_ascii(message),
    },
    Focus {
        name: "blanks at the ends of a value",
        holds: |message| is_documented(message) && is_ascii(message) && !is_trimmed(message),
    },
    Focus {
        name: "a parameter of the shop's own",
        holds: |message| is_ascii(message) && is_trimmed(message) && !is_documented(message),
    },
];

/// What plugins put in around the parameters of the order.
const ADDED: &[&str] = &["cms", "encoding", "group", "invoice", "windowstate"];

fn has_empty(message: &Message) -> bool {
    message.parameters.iter().any(|(_, value)| value.is_empty())
}

fn is_trimmed(message: &Message) -> bool {
    message.parameters.iter().all(|(_, value)| value.trim() == value)
}

/// Whether it has nothing but what the document lists.
fn is_documented(message: &Message) -> bool {
    message.parameters.iter().all(|(name, _)| NAMES.contains(&name.as_ref()))
}

/// Whether every shop sends such parameters: what is odd in others has cases of its own.
fn is_usual(message: &Message) -> bool {
    is_documented(message) && is_ascii(message) && is_trimmed(message)
}

fn has_currency(message: &Message, side: fn(&'static (&'static str, &'static str)) -> &'static str) -> bool {
    CURRENCIES.iter().any(|pair| message.value("currency") == Some(side(pair)))
}

impl Operation for Request {
    fn id(&self) -> &'static str {
        "bambora.request"
    }

    fn does(&self) -> &'static str {
        "makes the parameters that open the payment window"
    }

    fn provenance(&self) -> Provenance {
        DOCUMENTED
    }

    fn forms(&self) -> &'static [&'static str] {
        &[""]
    }

    fn parameters(&self, _: &str) -> Vec<&'static str> {
        NAMES.to_vec()
    }

    fn given(&self) -> &'static [&'static str] {
        &["md5key"]
    }

    fn answer(&self, _: &str) -> Vec<(&'static str, Shape)> {
        vec![("parameters", Shape::Pairs)]
    }

    fn mistakes(&self) -> Vec<&'static Mistake> {
        MISTAKES.to_vec()
    }

    fn focuses(&self) -> &'static [Focus] {
        FOCUSES
    }

    fn legal(&self, message: &Message) -> Result<(), Unreadable> {
        parameters::legal(message)
    }

    fn generate(&self, rng: &mut dyn Rng) -> Message {
        drawn::arbitrary(rng)
    }

    fn generate_near(&self, focus: &Focus, rng: &mut dyn Rng) -> Message {
        drawn::near(rng, focus.name)
    }

    fn simplest(&self, name: &str) -> &'static str {
        match name {
            "accepturl" | "callbackurl" | "cancelurl" => "http://a",
            "amount" | "merchantnumber" | "orderid" => "1",
            "currency" => "DKK",
            "encoding" => "UTF-8",
            "md5key" => "k",
            _ => "",
        }
    }

    fn reply(&self, message: &Message, made: &[&'static Mistake]) -> Option<Reply> {
        Some(answer(&sent(message, made)?))
    }

    fn tolerated(&self, message: &Message) -> Vec<(Reply, &'static str)> {
        let sets = open_sets(OPEN).into_iter();
        sets.filter_map(|(set, why)| Some((self.reply(message, &set)?, why))).collect()
    }

    fn observe(&self, message: &Message, reply: &Reply) -> Observation {
        reading::observed(message, reply)
    }

    fn canonical(&self, message: &Message, made: &[&'static Mistake]) -> Option<Vec<u8>> {
        Some(recipe().with(made)?.canonical(message, message.given("md5key").as_bytes()))
    }

    /// Reads the address of the window, or the body of a form.
    fn read(&self, text: &str, _: Option<&str>, given: &[Parameter]) -> Result<Verification, Unreadable> {
        reading::read_request(text, given).map(Verification::Received)
    }
}
