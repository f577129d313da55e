//! `brp.hash`: the digest that stands for the parameters of a call.

use std::borrow::Cow;

use rand::Rng;

use super::calls;
use super::hash_mistakes::{self, MISTAKES};
use crate::brp::endpoints::{PATHS, UNHASHED, endpoint};
use crate::kit::digest;
use crate::kit::operation::{
    Focus, Message, Observation, Operation, Parameter, Reply, Shape, Unreadable, Verification,
};
use crate::kit::provider::Provenance;
use crate::kit::scheme::{Field, Mistake, Recipe};

/// The operation `brp.hash`.
#[derive(Debug)]
pub struct Hash;

/// BRP's rule.
#[must_use]
pub fn recipe() -> Recipe {
    Recipe::new(
        |message| calls::hashed(message).map(field).collect(),
        // Stable, so repeated names stay in the order of the call.
        |_, fields| fields.sort_by(|one, other| one.name.cmp(&other.name)),
        |text| digest::sha256(text.keyed),
        digest::hex,
    )
}

pub(super) fn field((name, value): &Parameter) -> Field {
    Field { name: name.clone(), value: value.clone().into_bytes() }
}

/// What a shop that makes these mistakes prints as the hash.
pub(super) fn hash(message: &Message, made: &[&'static Mistake]) -> Option<String> {
    Some(recipe().with(made)?.sign(message, message.given("secret").as_bytes()))
}

/// Answers that the document leaves open.
pub(super) const OPEN: &[(&Mistake, &str)] = &[
    (
        &hash_mistakes::RECEIPTEMAILS_SORTED,
        "the document does not say in which order several receiptemail are hashed; its example is sorted either way",
    ),
    (&hash_mistakes::UPPER_CASE, "the document prints lower-case hex and does not say that it must be"),
    (&hash_mistakes::LATIN_1, "the document does not name the character encoding"),
];

impl Operation for Hash {
    fn id(&self) -> &'static str {
        "brp.hash"
    }

    fn does(&self) -> &'static str {
        "hashes the parameters of a call"
    }

    fn provenance(&self) -> Provenance {
        super::DOCUMENTED
    }

    fn forms(&self) -> &'static [&'static str] {
        PATHS
    }

    fn parameters(&self, form: &str) -> Vec<&'static str> {
        endpoint(form).map_or_else(Vec::new, |endpoint| {
            endpoint.parameters.iter().map(|parameter| parameter.name).collect()
        })
    }

    fn given(&self) -> &'static [&'static str] {
        &["secret"]
    }

    fn answer(&self, _: &str) -> Vec<(&'static str, Shape)> {
        vec![("hash", Shape::Text)]
    }

    fn mistakes(&self) -> Vec<&'static Mistake> {
        MISTAKES.to_vec()
    }

    fn focuses(&self) -> &'static [Focus] {
        FOCUSES
    }

    fn legal(&self, message: &Message) -> Result<(), Unreadable> {
        calls::legal(message)
    }

    fn generate(&self, rng: &mut dyn Rng) -> Message {
        calls::generate(rng, false)
    }

    fn simplest(&self, name: &str) -> &'static str {
        calls::simplest(name)
    }

    fn reply(&self, message: &Message, made: &[&'static Mistake]) -> Option<Reply> {
        Some(Reply::text("hash", hash(message, made)?))
    }

    fn tolerated(&self, message: &Message) -> Vec<(Reply, &'static str)> {
        let open = OPEN.iter().filter_map(|(mistake, why)| Some((self.reply(message, &[mistake])?, *why)));
        open.collect()
    }

    fn observe(&self, _: &Message, reply: &Reply) -> Observation {
        match reply {
            Reply::Answer(_) => reply.get("hash").to_owned(),
            Reply::Rejected(_) => "rejected".to_owned(),
        }
    }

    fn canonical(&self, message: &Message, made: &[&'static Mistake]) -> Option<Vec<u8>> {
        Some(recipe().with(made)?.canonical(message, message.given("secret").as_bytes()))
    }

    fn read(&self, text: &str, form: Option<&str>, given: &[Parameter]) -> Result<Verification, Unreadable> {
        let secret = given.iter().find(|(name, _)| name == "secret");
        let secret = secret.map_or("", |(_, value)| value.as_str());
        calls::received(text, form, secret).map(Verification::Received)
    }
}

/// The parts of the calls that the features name; `brp.link` shares them.
pub(super) const FOCUSES: &[Focus] = &[
    Focus {
        name: "a return URL that percent-encoding changes",
        holds: |message| message.value("returnurl").is_some(),
    },
    Focus {
        name: "parameters in another order than their names'",
        holds: |message| !calls::hashed(message).map(|(name, _)| name).is_sorted(),
    },
    Focus { name: "several parameters", holds: |message| calls::hashed(message).count() > 1 },
    Focus {
        name: "several receiptemail",
        holds: |message| message.values("receiptemail").filter(|value| !value.is_empty()).count() > 1,
    },
    Focus { name: "a payeralias", holds: |message| message.value(UNHASHED).is_some() },
    Focus {
        name: "an optional parameter",
        holds: |message| {
            endpoint(&message.form).is_some_and(|endpoint| {
                endpoint.parameters.iter().any(|parameter| {
                    !parameter.required
                        && message.value(parameter.name).is_some_and(|value| !value.is_empty())
                })
            })
        },
    },
    Focus {
        name: "letters outside ASCII",
        holds: |message| calls::hashed(message).any(|(_, value)| !value.is_ascii()),
    },
    Focus {
        name: "values that need escaping",
        holds: |message| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
            message.parameters.iter().any(|(_, value)| !value.bytes().all(plain))
        },
    },
];

/// A field with another value: for mistakes that put something else in.
pub(super) fn put(fields: &mut Vec<Field>, name: &'static str, value: Vec<u8>) {
    fields.push(Field { name: Cow::Borrowed(name), value });
}
