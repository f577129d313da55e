//! `quickpay.authorization`: the headers with which a shop names itself to QuickPay's API.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::Rng;
use serde_json::{Map, json};

use super::DOCUMENTED;
use super::authorization_mistakes::MISTAKES;
use crate::kit::awkward::{below, one_in, pick};
use crate::kit::diagnosis::diagnose_received;
use crate::kit::digest;
use crate::kit::operation::{
    Examination, Fault, Focus, Judgement, Message, Observation, Operation, Parameter, Received, Reply, Shape,
    Unreadable, Verification, judge,
};
use crate::kit::parts::Parts;
use crate::kit::provider::Provenance;
use crate::kit::scheme::{Mistake, read_as};

/// The operation `quickpay.authorization`.
#[derive(Debug)]
pub struct Authorization;

/// The version that the calls are for.
pub(super) const VERSION: &str = "v10";

const FOCUSES: &[Focus] = &[
    Focus {
        name: "a key as QuickPay makes them",
        holds: |message| {
            let key = message.given("api_key");
            key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit())
        },
    },
    Focus {
        name: "a key whose base64 has + or /",
        holds: |message| right(message).get("authorization").contains(['+', '/']),
    },
];

/// Basic authentication without a user.
pub(super) fn basic(password: &str) -> String {
    format!("Basic {}", digest::base64(format!(":{password}").as_bytes()))
}

pub(super) fn headers(authorization: &str, version: &str) -> Reply {
    Reply::Answer(Map::from_iter([
        ("authorization".to_owned(), json!(authorization)),
        ("accept_version".to_owned(), json!(version)),
    ]))
}

fn right(message: &Message) -> Reply {
    headers(&basic(message.given("api_key")), VERSION)
}

impl Operation for Authorization {
    fn id(&self) -> &'static str {
        "quickpay.authorization"
    }

    fn does(&self) -> &'static str {
        "names itself to the API"
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
        &["api_key", "private_key", "window_key"]
    }

    fn answer(&self, _: &str) -> Vec<(&'static str, Shape)> {
        vec![("authorization", Shape::Text), ("accept_version", Shape::Text)]
    }

    fn mistakes(&self) -> Vec<&'static Mistake> {
        MISTAKES.to_vec()
    }

    fn focuses(&self) -> &'static [Focus] {
        FOCUSES
    }

    fn legal(&self, message: &Message) -> Result<(), Unreadable> {
        let key = message.given("api_key");
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Unreadable::new(
                "`api_key` is missing, or is no API key",
                "Give the API key of an agreement: it is in QuickPay's manager under Settings, Users.",
            ));
        }
        Ok(())
    }

    fn generate(&self, rng: &mut dyn Rng) -> Message {
        let names = ["api_key", "private_key", "window_key"];
        Message {
            form: Cow::Borrowed(""),
            parameters: Vec::new(),
            given: names.map(|name| (Cow::Borrowed(name), key(rng))).to_vec(),
        }
    }

    fn generate_near(&self, focus: &Focus, rng: &mut dyn Rng) -> Message {
        let mut message = self.generate(rng);
        if focus.name == "a key whose base64 has + or /" {
            for (_, key) in message.given.iter_mut().take(1) {
                *key = odd_key(rng);
            }
        }
        message
    }

    fn simplest(&self, _: &str) -> &'static str {
        "a"
    }

    fn reply(&self, message: &Message, made: &[&'static Mistake]) -> Option<Reply> {
        read_as(message, made, MISTAKES, right)
    }

    fn tolerated(&self, _: &Message) -> Vec<(Reply, &'static str)> {
        Vec::new()
    }

    /// The scheme's case does not matter, and neither do blanks around the values.
    fn observe(&self, _: &Message, reply: &Reply) -> Observation {
        let Reply::Answer(_) = reply else { return "rejected".to_owned() };
        format!("{}, version {}", credential(reply), version(reply))
    }

    fn parts(&self, _: &Message, reply: &Reply) -> Parts {
        let Reply::Answer(_) = reply else { return vec![("headers", "none".to_owned())] };
        vec![
            ("headers", "made".to_owned()),
            ("authorization", credential(reply)),
            ("version", version(reply).to_owned()),
        ]
    }

    fn canonical(&self, _: &Message, _: &[&'static Mistake]) -> Option<Vec<u8>> {
        None
    }

    fn read(&self, text: &str, _: Option<&str>, given: &[Parameter]) -> Result<Verification, Unreadable> {
        let names = self.given().iter().map(|name| {
            let found = given.iter().find(|(known, _)| known == name);
            (Cow::Borrowed(*name), found.map(|(_, value)| value.clone()).unwrap_or_default())
        });
        let message = Message { form: Cow::Borrowed(""), parameters: Vec::new(), given: names.collect() };
        self.legal(&message)?;
        Ok(Verification::Examined(examine(message, text)))
    }
}

/// The credential without regard to how its scheme is spelt.
fn credential(reply: &Reply) -> String {
    let authorization = reply.get("authorization").trim_matches([' ', '\t']);
    match authorization.split_once(' ') {
        Some((scheme, credentials)) => {
            format!("{} {}", scheme.to_lowercase(), credentials.trim_start_matches(' '))
        }
        None => authorization.to_owned(),
    }
}

fn version(reply: &Reply) -> &str {
    reply.get("accept_version").trim_matches([' ', '\t'])
}

/// What a header says, and what is wrong with it.
fn examine(message: Message, text: &str) -> Examination {
    let header = text.strip_prefix("Authorization:").unwrap_or(text).trim_matches([' ', '\t']);
    let (scheme, credentials) = header.split_once(' ').unwrap_or(("", header));
    let mut lines = vec![format!("scheme: {}", if scheme.is_empty() { "none" } else { scheme })];
    let decoded = STANDARD.decode(credentials).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    lines.push(match decoded.as_deref().and_then(|decoded| decoded.split_once(':')) {
        Some((user, password)) => format!("user: \"{user}\", password: \"{password}\""),
        None => "credentials: not the base64 of a user, a colon and a password".to_owned(),
    });
    let claimed = headers(header, VERSION);
    let received = Received { operation: &Authorization, message, claimed, readings: Vec::new() };
    let mut faults = Vec::new();
    let mut diagnosis = None;
    if judge(&Authorization, &received.message, &received.claimed) != Judgement::Right {
        faults.push(Fault {
            id: "authorization",
            what: "it is not Basic with an empty user and the API key as the password".to_owned(),
            rule: "documented: QuickPay's learn, section API, on authentication".to_owned(),
            passes: false,
        });
        diagnosis = diagnose_received(&received);
    }
    let notes = vec![format!("every call needs the header Accept-Version: {VERSION} too")];
    Examination { parts: vec![("the header", lines)], faults, diagnosis, notes, signed: None }
}

/// An API key.
pub(super) fn key(rng: &mut dyn Rng) -> String {
    if !one_in(rng, 3) {
        return digits(rng);
    }
    odd_key(rng)
}

/// What other systems call keys: base64 of them differs by alphabet and padding.
fn odd_key(rng: &mut dyn Rng) -> String {
    let odd = pick(rng, &["~~?>", "?>?>~~", "a:b", ":", "user:", "pass%3A", "~"]);
    format!("{odd}{}", &digits(rng)[..below(rng, 8) as usize])
}

fn digits(rng: &mut dyn Rng) -> String {
    let mut bytes = [0; 32];
    rng.fill_bytes(&mut bytes);
    digest::hex(&bytes)
}
