//! `fenerum.link`: the request for a customer's way into the self-service portal.

use std::borrow::Cow;

use rand::Rng;
use serde_json::{Value, json};

use super::link_mistakes::MISTAKES;
use super::request::{SELF_SERVICE, Terms, observe, parts, right, same_email};
use super::request_mistakes::LINK;
use super::{DOCUMENTED, messages, reading};
use crate::kit::address::is_email;
use crate::kit::operation::{
    Focus, Message, Observation, Operation, Parameter, Reply, Shape, Unreadable, Verification,
};
use crate::kit::parts::Parts;
use crate::kit::provider::Provenance;
use crate::kit::request::ANSWER;
use crate::kit::scheme::{Mistake, open_sets};

/// The operation `fenerum.link`.
#[derive(Debug)]
pub struct Link;

const FOCUSES: &[Focus] = &[
    Focus { name: "an ordinary e-mail address", holds: |message| !is_odd(message) },
    Focus {
        name: "an e-mail address with a plus",
        holds: |message| !is_odd(message) && message.given("email").contains('+'),
    },
    Focus {
        name: "an e-mail address with an apostrophe or an ampersand",
        holds: |message| !is_odd(message) && message.given("email").contains(['\'', '&']),
    },
    Focus {
        name: "an e-mail address with quotes or a backslash",
        holds: |message| message.given("email").contains(['"', '\\']),
    },
    Focus {
        name: "an e-mail address with letters outside ASCII",
        holds: |message| !message.given("email").is_ascii(),
    },
    Focus { name: "a base that ends in a slash", holds: messages::has_slash_behind_base },
    Focus { name: "a base with a path", holds: messages::has_path_in_base },
    Focus { name: "a base of a sandbox", holds: messages::is_sandbox },
];

/// Whether an address is such that a shop may take it for none.
fn is_odd(message: &Message) -> bool {
    let email = message.given("email");
    !email.is_ascii()
        || email.contains(['"', '\\'])
        || !email.split('@').nth(1).is_some_and(|host| host.contains('.'))
}

/// The field that Fenerum reads.
pub(super) const FIELDS: &[&str] = &["email"];

/// What a value is, if it is the address.
pub(super) fn meaning(message: &Message, value: &Value) -> Option<&'static str> {
    let is_it = |text: &str| same_email(text, message.given("email"));
    value.as_str().is_some_and(is_it).then_some("the e-mail address")
}

impl Operation for Link {
    fn id(&self) -> &'static str {
        "fenerum.link"
    }

    fn does(&self) -> &'static str {
        "asks for a customer's way into the portal"
    }

    fn provenance(&self) -> Provenance {
        DOCUMENTED
    }

    fn forms(&self) -> &'static [&'static str] {
        &[""]
    }

    fn parameters(&self, _: &str) -> Vec<&'static str> {
        Vec::new()
    }

    fn given(&self) -> &'static [&'static str] {
        &["base", "token", "client", "email"]
    }

    fn answer(&self, _: &str) -> Vec<(&'static str, Shape)> {
        ANSWER.to_vec()
    }

    fn mistakes(&self) -> Vec<&'static Mistake> {
        LINK.mistakes.iter().chain(MISTAKES).copied().collect()
    }

    fn focuses(&self) -> &'static [Focus] {
        FOCUSES
    }

    fn legal(&self, message: &Message) -> Result<(), Unreadable> {
        messages::legal(message)?;
        if is_email(message.given("email")) {
            return Ok(());
        }
        Err(Unreadable::new(
            format!("`email` cannot be `{}`", message.given("email")),
            "It takes the customer's e-mail address: customer@example.com",
        ))
    }

    fn generate(&self, rng: &mut dyn Rng) -> Message {
        let mut given = messages::common(rng);
        given.push((Cow::Borrowed("email"), messages::email(rng)));
        Message { form: Cow::Borrowed(""), parameters: Vec::new(), given }
    }

    fn simplest(&self, name: &str) -> &'static str {
        messages::simplest(name)
    }

    fn reply(&self, message: &Message, made: &[&'static Mistake]) -> Option<Reply> {
        let fields = [("email", json!(message.given("email")))];
        let request = right(message, SELF_SERVICE, &fields).with(self.id(), message, made)?;
        Some(Reply::Answer(request.answer()))
    }

    fn tolerated(&self, message: &Message) -> Vec<(Reply, &'static str)> {
        let sets = open_sets(LINK.open).into_iter();
        let mut tolerated: Vec<_> =
            sets.filter_map(|(set, why)| Some((self.reply(message, &set)?, why))).collect();
        if is_odd(message) {
            tolerated.push((
                Reply::Rejected(String::new()),
                "the document does not say which e-mail addresses Fenerum takes",
            ));
        }
        tolerated
    }

    /// What reaches Fenerum, in words: where it goes, and what stands in the headers and the field that it
    /// reads.
    fn observe(&self, message: &Message, reply: &Reply) -> Observation {
        observe(message, reply, &Terms { fields: FIELDS, meaning: &|value| meaning(message, value) })
    }

    fn parts(&self, message: &Message, reply: &Reply) -> Parts {
        parts(message, reply, &Terms { fields: FIELDS, meaning: &|value| meaning(message, value) })
    }

    fn canonical(&self, _: &Message, _: &[&'static Mistake]) -> Option<Vec<u8>> {
        None
    }

    fn read(&self, text: &str, _: Option<&str>, given: &[Parameter]) -> Result<Verification, Unreadable> {
        reading::examine_link(text, given).map(Verification::Examined)
    }
}
