//! `bambora.return`: what it means that a payer came back, or that ePay has called.

use std::borrow::Cow;

use rand::Rng;

use super::came::{self, agrees, came};
use super::conditions::{
    self, CLOSED, CONDITIONS, CURRENCY, has_letters, is_cancel, is_paid, is_sign_up, is_upper_case,
    lacks_alone, last, outcome, units, wanted,
};
use super::deliveries::{self, Flaw};
use super::return_mistakes::{MISTAKES, WAYS};
use super::{DOCUMENTED, examination};
use crate::kit::address::is_web_address;
use crate::kit::operation::{
    Focus, Kind, Message, Observation, Operation, Parameter, Reply, Shape, Unreadable, Verification,
};
use crate::kit::parts::Parts;
use crate::kit::provider::Provenance;
use crate::kit::scheme::{Condition, Mistake, lacking, read_as};

/// The operation `bambora.return`.
#[derive(Debug)]
pub struct Return;

/// What comes back: the payer to accepturl or cancelurl, or ePay's call to callbackurl.
pub(super) const FORMS: &[&str] = &["accept", "callback", "cancel"];

const FOCUSES: &[Focus] = &[
    Focus { name: "nothing wrong", holds: |message| is_plain(message) && !has_own(message) },
    Focus { name: "parameters of the shop's own", holds: |message| is_plain(message) && has_own(message) },
    Focus { name: "values that are encoded", holds: |message| is_plain(message) && is_encoded(message) },
    Focus {
        name: "more than the document's sample has",
        holds: |message| is_plain(message) && last(message, "fraud").is_some(),
    },
    Focus { name: "a fee", holds: |message| is_genuine(message) && fee(message) > 0 },
    Focus {
        name: "a sign-up with an amount",
        holds: |message| is_genuine(message) && is_sign_up(message) && wanted(message) != Some(0),
    },
    Focus {
        name: "a sign-up without an amount",
        holds: |message| is_genuine(message) && is_sign_up(message) && wanted(message) == Some(0),
    },
    Focus {
        name: "a transaction of more than 32 bits",
        holds: |message| is_genuine(message) && is_long(message),
    },
    Focus {
        name: "a payment that is known already",
        holds: |message| is_believed(message) && outcome(message) == "again",
    },
    Focus { name: "a forged hash", holds: |message| is_forged(message) && !is_explained(message) },
    Focus { name: "no hash", holds: |message| lacks_alone(message, "hash") && came(message).hash.is_none() },
    Focus {
        name: "no hash, another order and another amount",
        holds: |message| {
            let lacks = |condition: &Condition| {
                ["hash", "orderid", "amount"].contains(&condition.name) && !(condition.holds)(message)
            };
            came(message).hash.is_none()
                && CONDITIONS.iter().filter(|condition| lacks(condition)).count() == 3
        },
    },
    Focus {
        name: "a hash that is computed otherwise",
        holds: |message| is_forged(message) && is_explained(message) && !is_upper_case(message),
    },
    Focus { name: "a hash in upper case", holds: is_upper_case },
    Focus { name: "a currency in letters", holds: has_letters },
    Focus { name: "another order", holds: |message| lacks_alone(message, "orderid") && !is_stolen(message) },
    Focus {
        name: "another order, and the shop's in a parameter of its own",
        holds: |message| lacks_alone(message, "orderid") && is_stolen(message),
    },
    Focus { name: "another amount", holds: |message| lacks_alone(message, "amount") },
    Focus {
        name: "another currency",
        holds: |message| lacks_alone(message, "currency") && !has_letters(message),
    },
    Focus { name: "no transaction", holds: |message| lacks_alone(message, "payment") },
    Focus {
        name: "a closed window",
        holds: |message| {
            is_cancel(message) && !is_paid(message) && last(message, "error").as_deref() == Some(CLOSED)
        },
    },
    Focus { name: "a cancel of a paid order", holds: |message| is_cancel(message) && is_paid(message) },
];

/// Whether it must be believed.
fn is_believed(message: &Message) -> bool {
    !is_cancel(message) && lacking(message, CONDITIONS, &[]).is_none() && !came(message).repeats()
}

/// Whether it is the first word of a payment.
fn is_genuine(message: &Message) -> bool {
    is_believed(message) && !is_paid(message)
}

/// Whether there is nothing odd about it.
fn is_plain(message: &Message) -> bool {
    is_genuine(message) && !is_sign_up(message) && fee(message) == 0 && !is_long(message)
}

fn fee(message: &Message) -> i64 {
    units(message, "txnfee", last).unwrap_or_default()
}

fn is_long(message: &Message) -> bool {
    units(message, "txnid", last).is_some_and(|id| id > i64::from(i32::MAX))
}

fn has_own(message: &Message) -> bool {
    came(message).own_end() > 0
}

fn is_encoded(message: &Message) -> bool {
    came(message).pairs.iter().any(|pair| pair.value != pair.raw)
}

fn is_forged(message: &Message) -> bool {
    lacks_alone(message, "hash") && came(message).hash.is_some()
}

/// Whether somebody's mistake computes this hash.
fn is_explained(message: &Message) -> bool {
    WAYS.iter().any(|(_, way)| agrees(message, *way))
}

/// Whether the shop's order stands in a parameter before ePay's.
fn is_stolen(message: &Message) -> bool {
    let came = came(message);
    let own = &came.pairs[..came.own_end()];
    own.iter().any(|pair| pair.name.ends_with("orderid") && pair.value == message.given("order"))
}

impl Operation for Return {
    fn id(&self) -> &'static str {
        "bambora.return"
    }

    fn does(&self) -> &'static str {
        "decides what a return or a callback means for its order"
    }

    fn reads(&self) -> bool {
        true
    }

    fn provenance(&self) -> Provenance {
        DOCUMENTED
    }

    fn form_key(&self) -> &'static str {
        "came"
    }

    fn forms(&self) -> &'static [&'static str] {
        FORMS
    }

    fn parameters(&self, _: &str) -> Vec<&'static str> {
        Vec::new()
    }

    fn given(&self) -> &'static [&'static str] {
        &["url", "md5key", "order", "amount", "subscription", "paid"]
    }

    fn kind(&self, name: &str) -> Kind {
        match name {
            "amount" => Kind::Amount(CURRENCY),
            "subscription" => Kind::Flag,
            _ => Kind::Text,
        }
    }

    fn answer(&self, _: &str) -> Vec<(&'static str, Shape)> {
        vec![
            ("outcome", Shape::OneOf(&["approved", "again", "cancelled", "declined"])),
            ("transaction", Shape::Text),
            ("subscription", Shape::TextOrNull),
        ]
    }

    fn mistakes(&self) -> Vec<&'static Mistake> {
        MISTAKES.to_vec()
    }

    fn focuses(&self) -> &'static [Focus] {
        FOCUSES
    }

    fn legal(&self, message: &Message) -> Result<(), Unreadable> {
        let wrong = |what: String, help: &str| Err(Unreadable::new(what, help));
        if !FORMS.contains(&message.form.as_ref()) {
            return wrong(
                format!("nothing comes back as `{}`", message.form),
                "It comes to accepturl, callbackurl or cancelurl: accept, callback or cancel.",
            );
        }
        let url = message.given("url");
        if !is_web_address(url) {
            return wrong(
                format!("`{url}` is no address"),
                "Give it whole, as it came: https://shop.example/ok?txnid=…",
            );
        }
        if let Some(missing) = ["md5key", "order"].iter().find(|name| message.given(name).is_empty()) {
            return wrong(
                format!("`{missing}` is missing"),
                "Give the MD5 key of ePay's admin, and the order number that the shop has sent.",
            );
        }
        if wanted(message).is_none_or(|amount| amount < 0) {
            return wrong("`amount` is missing".to_owned(), "Give what the shop asked for: amount=25.99.");
        }
        if !["true", "false"].contains(&message.given("subscription")) {
            return wrong(
                "`subscription` is neither true nor false".to_owned(),
                "Say whether the order is a sign-up: subscription=false.",
            );
        }
        Ok(())
    }

    fn generate(&self, rng: &mut dyn Rng) -> Message {
        deliveries::arbitrary(rng)
    }

    fn generate_near(&self, focus: &Focus, rng: &mut dyn Rng) -> Message {
        let flaw = match focus.name {
            "parameters of the shop's own" | "values that are encoded" => Flaw::Own,
            "a fee" => Flaw::Fee,
            "a sign-up with an amount" => Flaw::SignUp,
            "a sign-up without an amount" => Flaw::Free,
            "a transaction of more than 32 bits" => Flaw::Long,
            "a payment that is known already" => Flaw::Again,
            "a forged hash" => Flaw::Forged,
            "no hash" => Flaw::NoHash,
            "no hash, another order and another amount" => Flaw::Typed,
            "a hash that is computed otherwise" => deliveries::summed(rng),
            "a hash in upper case" => Flaw::Summed(deliveries::UPPER),
            "a currency in letters" => Flaw::Letters,
            "another order" => Flaw::Order,
            "another order, and the shop's in a parameter of its own" => Flaw::Stolen,
            "another amount" => Flaw::Amount,
            "another currency" => Flaw::Currency,
            "no transaction" => Flaw::Zero,
            "a closed window" => Flaw::Cancel,
            "a cancel of a paid order" => Flaw::CancelPaid,
            _ => Flaw::Nothing,
        };
        deliveries::with(rng, flaw)
    }

    fn simplest(&self, name: &str) -> &'static str {
        match name {
            "amount" => "100",
            "subscription" => "false",
            "url" => "http://a",
            "paid" => "",
            _ => "1",
        }
    }

    fn shrink(&self, message: &Message) -> Option<Vec<Message>> {
        Some(super::smaller::shrink(message))
    }

    fn reply(&self, message: &Message, made: &[&'static Mistake]) -> Option<Reply> {
        let reply = read_as(message, made, MISTAKES, conditions::right)?;
        Some(match lacking(message, CONDITIONS, made) {
            None => reply,
            Some(why) => Reply::Rejected(why.to_owned()),
        })
    }

    fn tolerated(&self, message: &Message) -> Vec<(Reply, &'static str)> {
        conditions::open(message)
    }

    fn observe(&self, message: &Message, reply: &Reply) -> Observation {
        conditions::observed(message, reply)
    }

    fn parts(&self, message: &Message, reply: &Reply) -> Parts {
        conditions::parts(message, reply)
    }

    fn canonical(&self, _: &Message, _: &[&'static Mistake]) -> Option<Vec<u8>> {
        None
    }

    fn read(&self, text: &str, form: Option<&str>, given: &[Parameter]) -> Result<Verification, Unreadable> {
        let url = text.trim();
        if !is_web_address(url) {
            return Err(Unreadable::new(
                "this is no address",
                "Give it whole, as it came, in quotes: 'https://shop.example/ok?txnid=…'.",
            ));
        }
        let others = given.iter().filter(|(name, _)| name != "url").cloned();
        let given = others.chain([(Cow::Borrowed("url"), url.to_owned())]).collect();
        let mut message = Message { form: Cow::Borrowed("accept"), parameters: Vec::new(), given };
        let form = match form {
            Some(form) => *FORMS.iter().find(|known| **known == form).ok_or_else(|| {
                Unreadable::new(
                    format!("nothing comes back as `{form}`"),
                    "It is accept, callback or cancel.",
                )
            })?,
            None if last(&message, "error").is_some() && came(&message).hash.is_none() => "cancel",
            None => "accept",
        };
        message.form = Cow::Borrowed(form);
        if message.given("md5key").is_empty() && !is_cancel(&message) {
            return Err(Unreadable::new("the key is missing", "Give md5key=…: it is in ePay's admin."));
        }
        Ok(Verification::Examined(examination::examine(&message)))
    }
}

/// What a message's hash should be.
pub(super) fn expected(message: &Message) -> String {
    came::right(&came(message), message.given("md5key"))
}
