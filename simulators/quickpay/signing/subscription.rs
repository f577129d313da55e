//! `quickpay.subscription`: the request for the subscription that a card is saved under.

use std::borrow::Cow;

use rand::Rng;

use super::DOCUMENTED;
use super::authorization::key;
use super::subscription_mistakes::{MISTAKES, OPEN};
use super::subscription_request::{KRONER, arbitrary_currency, message_of, right, rule, seen};
use crate::kit::address::{has_path, is_base, is_email, is_uuid};
use crate::kit::awkward::{below, email, one_in, pick, uuid};
use crate::kit::operation::{
    Focus, Kind, Message, Observation, Operation, Parameter, Reply, Shape, Unreadable, Verification,
};
use crate::kit::parts::Parts;
use crate::kit::provider::Provenance;
use crate::kit::request::ANSWER;
use crate::kit::request_text;
use crate::kit::scheme::{Mistake, open_sets};
use crate::kit::sent::{Reading, Sent, examine, lines, parts};

/// What a value must be: its name, whether it is so, and what to give.
type Rule<'a> = (&'a str, &'a dyn Fn(&str) -> bool, &'a str);

/// The operation `quickpay.subscription`.
#[derive(Debug)]
pub struct Subscription;

/// Where QuickPay's API is in earnest.
pub(super) const ORIGIN: &str = "https://api.quickpay.net";

const FOCUSES: &[Focus] = &[
    Focus { name: "a sign-up in kroner", holds: |message| message.given("currency") == KRONER },
    Focus { name: "a sign-up in another currency", holds: |message| message.given("currency") != KRONER },
    Focus { name: "a base that ends in a slash", holds: |message| message.given("base").ends_with('/') },
    Focus { name: "a base with a path", holds: |message| has_path(message.given("base")) },
    Focus {
        name: "a base of a sandbox",
        holds: |message| message.given("base").trim_end_matches('/') != ORIGIN,
    },
];

/// Where QuickPay may be.
const BASES: &[&str] = &[
    ORIGIN,
    "https://api.quickpay.net/",
    "http://127.0.0.1:4706",
    "http://127.0.0.1:4706/",
    "http://127.0.0.1:4700/quickpay",
    "http://localhost:4700/quickpay/",
    "http://localhost:4700/w/shop-7/quickpay",
];

/// What a payer may sign up for.
const DESCRIPTIONS: &[&str] = &[
    "Subscription",
    "Månadskort Gym & Bad",
    "Abonnement nr. 7",
    "Card on file",
    "The \"Gold\" plan",
    "c:\\plans\\basic",
    "Ma\u{30a}nadskort",
    " two  blanks ",
    "line 1\r\nline 2",
    "line 1\nline 2",
    "<b>Gold</b>",
    "Årskort, 12 måneder à 99,50 kr.",
    "100%",
    "会員",
    "a",
];

/// The times that ten digits can say; those of today are among them.
const TIMES: std::ops::RangeInclusive<i64> = 1_000_000_000..=9_999_999_999;

impl Operation for Subscription {
    fn id(&self) -> &'static str {
        "quickpay.subscription"
    }

    fn does(&self) -> &'static str {
        "asks QuickPay for the subscription that a card is saved under"
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
        &["base", "api_key", "account", "email", "currency", "description", "now"]
    }

    fn kind(&self, name: &str) -> Kind {
        if name == "now" { Kind::Seconds } else { Kind::Text }
    }

    fn answer(&self, _: &str) -> Vec<(&'static str, Shape)> {
        ANSWER.to_vec()
    }

    fn mistakes(&self) -> Vec<&'static Mistake> {
        MISTAKES.to_vec()
    }

    fn focuses(&self) -> &'static [Focus] {
        FOCUSES
    }

    fn legal(&self, message: &Message) -> Result<(), Unreadable> {
        let graphic = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
        let is_currency = |text: &str| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase());
        let is_time = |text: &str| text.parse().is_ok_and(|time| TIMES.contains(&time));
        let rules: [Rule<'_>; 7] = [
            ("base", &is_base, "QuickPay's origin: http://127.0.0.1:4706"),
            (
                "api_key",
                &|key| key.len() >= 8 && graphic(key),
                "the API key of an agreement: eight characters or more",
            ),
            ("account", &is_uuid, "the account's uuid in lower case: 50e9aa0b-8d35-4da7-9a9b-8a35b11579b2"),
            ("email", &is_email, "the customer's e-mail address: customer@example.com"),
            ("currency", &is_currency, "three capital letters: DKK"),
            ("description", &|text| !text.trim().is_empty(), "what the payer signs up for"),
            ("now", &is_time, "seconds since the epoch, ten digits of them: 1613942693"),
        ];
        let wrong = rules.iter().find(|(name, holds, _)| !holds(message.given(name)));
        wrong.map_or(Ok(()), |(name, _, takes)| {
            let value = message.given(name);
            let what = match *name {
                _ if value.is_empty() => format!("`{name}` is missing"),
                "api_key" => "`api_key` is no API key".to_owned(),
                _ => format!("`{name}` cannot be `{value}`"),
            };
            Err(Unreadable::new(what, format!("It takes {takes}")))
        })
    }

    fn generate(&self, rng: &mut dyn Rng) -> Message {
        let given = [
            ("base", pick(rng, BASES).to_owned()),
            ("api_key", format!("{:k<8}", key(rng))),
            ("account", uuid(rng)),
            ("email", email(rng)),
            ("currency", if one_in(rng, 2) { KRONER.to_owned() } else { arbitrary_currency(rng) }),
            ("description", pick(rng, DESCRIPTIONS).to_owned()),
            ("now", (1_600_000_000 + i64::from(below(rng, 300_000_000))).to_string()),
        ];
        let given = given.map(|(name, value)| (Cow::Borrowed(name), value)).to_vec();
        Message { form: Cow::Borrowed(""), parameters: Vec::new(), given }
    }

    fn simplest(&self, name: &str) -> &'static str {
        match name {
            "base" => "http://a",
            "api_key" => "kkkkkkkk",
            "account" => "00000000-0000-4000-8000-000000000000",
            "email" => "a@a",
            "currency" => KRONER,
            "now" => "1000000000",
            _ => "a",
        }
    }

    fn at(&self, mut message: Message, now: i64) -> Message {
        for (_, value) in message.given.iter_mut().filter(|(name, _)| name == "now") {
            *value = now.to_string();
        }
        message
    }

    fn reply(&self, message: &Message, made: &[&'static Mistake]) -> Option<Reply> {
        Some(Reply::Answer(right(message).with(self.id(), message, made)?.answer()))
    }

    fn tolerated(&self, message: &Message) -> Vec<(Reply, &'static str)> {
        let sets = open_sets(OPEN).into_iter();
        sets.filter_map(|(set, why)| Some((self.reply(message, &set)?, why))).collect()
    }

    /// What reaches QuickPay, in words: where it goes, and what stands in the headers and fields that it reads.
    /// What the shop may choose is told by its form alone.
    fn observe(&self, message: &Message, reply: &Reply) -> Observation {
        Sent::of(reply).map_or_else(|| "rejected".to_owned(), |sent| lines(seen(&sent, message)))
    }

    fn parts(&self, message: &Message, reply: &Reply) -> Parts {
        parts(Sent::of(reply).map(|sent| {
            let mut address = sent.address_parts(message.given("base"));
            for (_, path) in address.iter_mut().filter(|(name, _)| *name == "path") {
                path.truncate(path.trim_end_matches('/').len());
            }
            let mut seen = seen(&sent, message);
            // A payment has no description, so nobody misses it there.
            if seen.iter().all(|(name, _)| *name != "description") {
                seen.push(("description", "  description: a text".to_owned()));
            }
            (address, seen)
        }))
    }

    fn canonical(&self, _: &Message, _: &[&'static Mistake]) -> Option<Vec<u8>> {
        None
    }

    fn read(&self, text: &str, _: Option<&str>, given: &[Parameter]) -> Result<Verification, Unreadable> {
        let known = Message { given: given.to_vec(), ..Message::default() };
        let sent = request_text::read(text, known.given("base"), ORIGIN)?;
        let message = message_of(&sent, &known);
        self.legal(&message)?;
        let unasked = ["account", "currency"].into_iter().filter(|name| known.given(name).is_empty());
        let missing: Vec<&str> = unasked.collect();
        let reading = Reading { seen: &|sent| seen(sent, &message), rule, missing: &missing };
        Ok(Verification::Examined(examine(&Self, &message, &sent, &reading)))
    }
}
