//! `fena.token`: the token of a payment.

use rand::Rng;
use serde_json::{Value, json};

use super::drawn;
use super::messages::{self, CLAIMS, GIVEN, LONGEST, number, refusal, set};
use super::spelt::{observed, parts};
use super::token_mistakes::MISTAKES;
use super::{DOCUMENTED, reading};
use crate::kit::jwt::TokenRecipe;
use crate::kit::operation::{
    Focus, Kind, Message, Observation, Operation, Parameter, Reply, Shape, Unreadable, Verification,
};
use crate::kit::provider::Provenance;
use crate::kit::scheme::{Edit, Mistake};
use crate::kit::sent::Seen;

/// The operation `fena.token`.
#[derive(Debug)]
pub struct Token;

/// The token of a shop that makes these mistakes; why there is none where it refuses the payment.
pub(super) fn token(message: &Message, made: &[&'static Mistake]) -> Option<Result<String, &'static str>> {
    let recipe = TokenRecipe::with(messages::secret, made)?;
    let drops = |name| {
        made.iter()
            .flat_map(|mistake| mistake.edits)
            .any(|edit| matches!(edit, Edit::Drop(other) if *other == name))
    };
    if let Some(why) = refusal(message)
        && !drops(why)
    {
        return Some(Err(why));
    }
    Some(Ok(recipe.token(message, messages::claims(message))))
}

/// Answers beside the right one that the document leaves open.
pub(super) fn open(message: &Message) -> Vec<(Result<String, ()>, &'static str)> {
    let mut open = Vec::new();
    if refusal(message).is_some() {
        return open;
    }
    let with = |name: &str, value: Value| {
        let mut claims = messages::claims(message);
        set(&mut claims, name, value);
        TokenRecipe::with(messages::secret, &[]).map(|recipe| recipe.token(message, claims))
    };
    if number(message, "amount") == messages::LEAST {
        open.push((Err(()), "the document says greater than 0.50, and its sample pays 0.50"));
    }
    if message.parameters.iter().any(|(_, value)| value.len() > LONGEST) {
        open.push((
            Err(()),
            "the document does not say what a character is, nor what to do with a longer text",
        ));
    }
    let far = with("exp", json!(number(message, "now") + 30 * 86_400));
    open.extend(far.map(|token| (Ok(token), "the document does not say how long a token may hold")));
    if message.value("sortCode").is_none() {
        let null = with("sortCode", Value::Null);
        open.extend(null.map(|token| {
            (Ok(token), "the document says of every claim but sortCode that it cannot be null")
        }));
    }
    open
}

/// Parts of the payments. What Fena refuses, whoever makes its token, and what many shops have no use for, is
/// in parts of its own: a shop that does not look out for it would fail everywhere.
pub(super) const FOCUSES: &[Focus] = &[
    Focus { name: "nothing out of the ordinary", holds: is_ordinary },
    Focus {
        name: "an amount that ends in a zero",
        holds: |message| is_ordinary(message) && number(message, "amount") % 10 == 0,
    },
    Focus {
        name: "an amount of a thousand pounds or more",
        holds: |message| is_ordinary(message) && number(message, "amount") >= 100_000,
    },
    Focus {
        name: "an amount below one pound",
        holds: |message| is_ordinary(message) && number(message, "amount") < 100,
    },
    Focus {
        name: "an amount that cannot be paid",
        holds: |message| {
            message.value("bankID").is_none()
                && !has_payable_amount(message)
                && !has_long_order(message)
                && !has_long_text(message)
        },
    },
    Focus {
        name: "an order id of more than 255 characters",
        holds: |message| {
            message.value("bankID").is_none()
                && has_payable_amount(message)
                && has_long_order(message)
                && !has_long_text(message)
        },
    },
    Focus {
        name: "an order id of digits",
        holds: |message| {
            let digits = |order: &str| order.bytes().all(|byte| byte.is_ascii_digit());
            is_ordinary(message) && message.value("orderID").is_some_and(digits)
        },
    },
    Focus {
        name: "a text of more than 255 characters",
        holds: |message| {
            message.value("bankID").is_none()
                && has_payable_amount(message)
                && !has_long_order(message)
                && has_long_text(message)
        },
    },
    Focus {
        name: "little known of the payer",
        holds: |message| is_ordinary(message) && message.parameters.len() < CLAIMS.len(),
    },
    Focus {
        name: "a forced bank",
        holds: |message| {
            is_payable(message)
                && message.value("bankID").is_some()
                && message.value("accountNumber").is_none()
        },
    },
    Focus {
        name: "a forced account",
        holds: |message| is_payable(message) && message.value("accountNumber").is_some(),
    },
    Focus {
        name: "letters outside ASCII",
        holds: |message| {
            is_ordinary(message) && message.parameters.iter().any(|(_, value)| !value.is_ascii())
        },
    },
];

fn is_ordinary(message: &Message) -> bool {
    is_payable(message) && message.value("bankID").is_none()
}

fn is_payable(message: &Message) -> bool {
    has_payable_amount(message) && !has_long_order(message) && !has_long_text(message)
}

fn has_payable_amount(message: &Message) -> bool {
    (messages::LEAST..messages::LIMIT).contains(&number(message, "amount"))
}

fn has_long_order(message: &Message) -> bool {
    message.value("orderID").is_some_and(|order| order.chars().count() > LONGEST)
}

fn has_long_text(message: &Message) -> bool {
    // In bytes: whoever counts otherwise than in characters may find one too long that is not.
    message.parameters.iter().any(|(name, value)| name != "orderID" && value.len() > LONGEST)
}

impl Operation for Token {
    fn id(&self) -> &'static str {
        "fena.token"
    }

    fn does(&self) -> &'static str {
        "makes the token of a payment"
    }

    fn provenance(&self) -> Provenance {
        DOCUMENTED
    }

    fn forms(&self) -> &'static [&'static str] {
        &[""]
    }

    fn parameters(&self, _: &str) -> Vec<&'static str> {
        CLAIMS.to_vec()
    }

    fn given(&self) -> &'static [&'static str] {
        GIVEN
    }

    fn kind(&self, name: &str) -> Kind {
        messages::kind(name)
    }

    fn answer(&self, _: &str) -> Vec<(&'static str, Shape)> {
        vec![("token", Shape::Text)]
    }

    fn mistakes(&self) -> Vec<&'static Mistake> {
        MISTAKES.to_vec()
    }

    fn focuses(&self) -> &'static [Focus] {
        FOCUSES
    }

    fn legal(&self, message: &Message) -> Result<(), Unreadable> {
        messages::legal(message)
    }

    fn generate(&self, rng: &mut dyn Rng) -> Message {
        drawn::arbitrary(rng)
    }

    fn generate_near(&self, focus: &Focus, rng: &mut dyn Rng) -> Message {
        drawn::near(rng, focus.name)
    }

    fn simplest(&self, name: &str) -> &'static str {
        messages::simplest(name)
    }

    fn shrink(&self, message: &Message) -> Option<Vec<Message>> {
        Some(messages::shrink(message))
    }

    fn at(&self, message: Message, now: i64) -> Message {
        messages::at(message, now)
    }

    fn reply(&self, message: &Message, made: &[&'static Mistake]) -> Option<Reply> {
        Some(match token(message, made)? {
            Ok(token) => Reply::text("token", token),
            Err(why) => Reply::Rejected(why.to_owned()),
        })
    }

    fn tolerated(&self, message: &Message) -> Vec<(Reply, &'static str)> {
        let reply = |answer: Result<String, ()>| match answer {
            Ok(token) => Reply::text("token", token),
            Err(()) => Reply::Rejected(String::new()),
        };
        open(message).into_iter().map(|(answer, why)| (reply(answer), why)).collect()
    }

    fn observe(&self, message: &Message, reply: &Reply) -> Observation {
        match reply {
            Reply::Answer(_) => observed(message, reply.get("token")),
            Reply::Rejected(_) => "rejected".to_owned(),
        }
    }

    fn parts(&self, message: &Message, reply: &Reply) -> Seen {
        match reply {
            Reply::Answer(_) => parts(message, reply.get("token")),
            Reply::Rejected(_) => vec![("token", "rejected".to_owned())],
        }
    }

    /// Each library writes the claims in its own way, so there is no one string to compare.
    fn canonical(&self, _: &Message, _: &[&'static Mistake]) -> Option<Vec<u8>> {
        None
    }

    fn read(&self, text: &str, _: Option<&str>, given: &[Parameter]) -> Result<Verification, Unreadable> {
        Ok(Verification::Examined(reading::examine(text, given)))
    }
}
