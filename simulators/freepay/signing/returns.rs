//! `freepay.return`: whether an order may be taken for paid, now that the payer is back and the web service
//! has been asked.

use std::borrow::Cow;

use rand::Rng;

use super::conditions::{
    CONDITIONS, authorized, id, is_called_ours, open, outcome, price, reason, same_number, told, transact,
    used,
};
use super::drawn::{self, Flaw};
use super::form_messages::legal_sale;
use super::return_mistakes::MISTAKES;
use super::{DECLINE, DOCUMENTED, PAYMENT, SUBSCRIPTION, reading, smaller};
use crate::kit::address::is_web_address;
use crate::kit::awkward::one_in;
use crate::kit::operation::{
    Focus, Kind, Message, Observation, Operation, Parameter, Reply, Shape, Unreadable, Verification,
};
use crate::kit::parts::{Parts, sentence};
use crate::kit::provider::Provenance;
use crate::kit::query;
use crate::kit::scheme::{Mistake, lacking, read_as};

/// The operation `freepay.return`.
#[derive(Debug)]
pub struct Return;

const FOCUSES: &[Focus] = &[
    Focus {
        name: "a payment",
        holds: |message| message.form == PAYMENT && is_genuine_but(message, Odd::Nothing),
    },
    Focus {
        name: "a subscription",
        holds: |message| message.form == SUBSCRIPTION && is_genuine_but(message, Odd::Nothing),
    },
    Focus {
        name: "a payment that is captured already",
        holds: |message| {
            told(message, "IsCaptured").as_deref() == Some("true") && is_genuine_but(message, Odd::Captured)
        },
    },
    Focus {
        name: "a transact that the web service does not know",
        holds: |message| lacks(message, "service") && !message.given("answer").starts_with("Missing"),
    },
    Focus { name: "no transact", holds: |message| lacks(message, "transact") },
    Focus { name: "an answer that is no view", holds: |message| lacks(message, "view") },
    Focus {
        name: "another order",
        holds: |message| lacks(message, "order") && !is_alike(message) && !is_called_ours(message),
    },
    Focus {
        name: "another order, under this one's number in the address",
        holds: |message| lacks(message, "order") && !is_alike(message) && is_called_ours(message),
    },
    Focus {
        name: "an order that only zeros or capitals tell apart",
        holds: |message| lacks(message, "order") && is_alike(message),
    },
    Focus {
        name: "an order that XML escapes",
        holds: |message| {
            is_genuine_but(message, Odd::Order) && message.given("order").contains(['&', '<', '>'])
        },
    },
    Focus { name: "less authorised than the order costs", holds: |message| is_below(message, |_, _| true) },
    Focus {
        name: "the same kroner authorised and fewer øre",
        holds: |message| is_below(message, |authorized, price| authorized / 100 == price / 100),
    },
    Focus {
        name: "a hundredth authorised of what the order costs",
        holds: |message| is_below(message, |authorized, price| authorized.checked_mul(100) == Some(price)),
    },
    Focus {
        name: "another amount to capture",
        holds: |message| {
            is_genuine_but(message, Odd::Capture)
                && message.form == PAYMENT
                && told(message, "CaptureAmount") != told(message, "AuthorizationAmount")
        },
    },
    Focus { name: "another currency", holds: |message| lacks(message, "currency") },
    Focus {
        name: "an order in a currency other than Danish kroner",
        holds: |message| {
            let is_other = price(message).is_some_and(|price| price.currency != "DKK");
            is_other && is_genuine_but(message, Odd::Currency)
        },
    },
    Focus { name: "another merchant", holds: |message| lacks(message, "merchant") },
    Focus { name: "a transact that has paid before", holds: |message| lacks(message, "unused") },
    Focus {
        name: "a transact that has paid before, spelt otherwise",
        holds: |message| {
            let paid = |id: String| used(message).any(|used| same_number(used, &id));
            is_other_spelling(message) && id(message).is_some_and(paid)
        },
    },
    Focus {
        name: "an answer about another transact",
        holds: |message| lacks(message, "id") && !is_other_spelling(message),
    },
    Focus {
        name: "another spelling of the XML",
        holds: |message| is_genuine_but(message, Odd::Xml) && is_spelt_otherwise(message),
    },
    Focus {
        name: "parameters of the shop's own",
        holds: |message| {
            let is_fair = is_genuine_but(message, Odd::Own) || is_declined(message, |_| true);
            is_fair && has_look_alikes(message)
        },
    },
    Focus {
        name: "an OrderID of the shop's own in the address",
        holds: |message| {
            is_genuine_but(message, Odd::Own) && query::last(message.given("url"), "OrderID").is_some()
        },
    },
    Focus {
        name: "a refusal",
        holds: |message| is_declined(message, |reason| !reason.starts_with('-')) && !has_look_alikes(message),
    },
    Focus {
        name: "an error of Freepay's own",
        holds: |message| is_declined(message, |reason| reason.starts_with('-')),
    },
    Focus {
        name: "a refusal without a reason",
        holds: |message| message.form == DECLINE && reason(message).is_none() && !has_look_alikes(message),
    },
];

fn lacks(message: &Message, condition: &str) -> bool {
    message.form != DECLINE && lacking(message, CONDITIONS, &[]) == Some(condition)
}

/// What may be out of the ordinary in a return that is approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Odd {
    Capture,
    Captured,
    Currency,
    Nothing,
    Order,
    Own,
    Xml,
}

/// Whether it must be approved and has nothing else in it that careless code gets wrong.
fn is_genuine_but(message: &Message, odd: Odd) -> bool {
    let order = message.given("order");
    message.form != DECLINE
        && lacking(message, CONDITIONS, &[]).is_none()
        && (odd == Odd::Captured || open(message).is_empty())
        && (odd == Odd::Currency || price(message).is_some_and(|price| price.currency == "DKK"))
        && (odd == Odd::Capture || told(message, "CaptureAmount") == told(message, "AuthorizationAmount"))
        && (odd == Odd::Own || !has_look_alikes(message))
        && match odd {
            Odd::Order => !is_spelt_otherwise(message),
            Odd::Xml => true,
            _ => order.is_ascii() && !order.contains(['&', '<', '>']) && !is_spelt_otherwise(message),
        }
}

/// Whether two orders have the same digits or the same letters.
fn is_alike(message: &Message) -> bool {
    let ours = message.given("order");
    told(message, "OrderID")
        .is_some_and(|order| same_number(&order, ours) || order.to_lowercase() == ours.to_lowercase())
}

/// Whether the answer is not as ASP.NET writes it: elements indented, without prefix.
fn is_spelt_otherwise(message: &Message) -> bool {
    let answer = message.given("answer");
    !answer.contains("\n  <MerchantID>") || answer.contains("<![CDATA[") || answer.contains("&#")
}

/// Whether less is authorised than the order costs, and both go together like this.
fn is_below(message: &Message, go_together: fn(i64, i64) -> bool) -> bool {
    let both = authorized(message).zip(price(message));
    lacks(message, "amount")
        && both.is_some_and(|(authorized, price)| {
            authorized < price.minor && go_together(authorized, price.minor)
        })
}

fn is_other_spelling(message: &Message) -> bool {
    let both = transact(message).zip(id(message));
    lacks(message, "id") && both.is_some_and(|(transact, id)| same_number(&transact, &id))
}

fn is_declined(message: &Message, holds: fn(&str) -> bool) -> bool {
    message.form == DECLINE && reason(message).as_deref().is_some_and(holds)
}

/// Whether the shop's own part of the address has parameters that look like Freepay's.
fn has_look_alikes(message: &Message) -> bool {
    let query = query::of(message.given("url")).unwrap_or_default().to_ascii_lowercase();
    let count = |name: &str| query.matches(name).count();
    let transact = usize::from(message.form != DECLINE);
    count("transact=") > transact || count("reason=") > 1 || count("order") > 1
}

impl Operation for Return {
    fn id(&self) -> &'static str {
        "freepay.return"
    }

    fn does(&self) -> &'static str {
        "decides whether an order may be taken for paid by a return"
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
        &[PAYMENT, SUBSCRIPTION, DECLINE]
    }

    fn parameters(&self, _: &str) -> Vec<&'static str> {
        Vec::new()
    }

    fn given(&self) -> &'static [&'static str] {
        &["url", "merchant", "order", "amount", "status", "answer", "used"]
    }

    fn kind(&self, name: &str) -> Kind {
        match name {
            "amount" => Kind::Money,
            "status" => Kind::Whole,
            _ => Kind::Text,
        }
    }

    fn answer(&self, _: &str) -> Vec<(&'static str, Shape)> {
        vec![
            ("outcome", Shape::OneOf(&["approved", "declined"])),
            ("transact", Shape::TextOrNull),
            ("reason", Shape::TextOrNull),
        ]
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
                format!("nobody comes back from a `{}`", message.form),
                "The shop expects a payment or a subscription; or it is the decline page.",
            ));
        }
        if !is_web_address(message.given("url")) {
            return Err(Unreadable::new(
                format!("`{}` is no return URL", message.given("url")),
                "It is absolute, http or https: https://shop.example/accept?transact=1234567&OrderNumber=1001",
            ));
        }
        legal_sale(message)?;
        let status = message.given("status").parse::<i64>();
        if !status.is_ok_and(|status| status == 0 || (100..600).contains(&status)) {
            return Err(Unreadable::new(
                "`status` is no status",
                "Give the status with which the web service answered: status=200; 0 where it was not asked or did not answer.",
            ));
        }
        if message.form == DECLINE && (message.given("status") != "0" || !message.given("answer").is_empty())
        {
            return Err(Unreadable::new(
                "the decline page asks no web service",
                "Leave `answer` empty and give status=0.",
            ));
        }
        Ok(())
    }

    fn generate(&self, rng: &mut dyn Rng) -> Message {
        drawn::arbitrary(rng).message()
    }

    fn generate_near(&self, focus: &Focus, rng: &mut dyn Rng) -> Message {
        let flaw = match focus.name {
            "a payment that is captured already" => Flaw::Captured,
            "a transact that the web service does not know" => Flaw::MadeUp,
            "no transact" => Flaw::NoTransact,
            "an answer that is no view" => Flaw::NotAView,
            "another order" => Flaw::Order,
            "another order, under this one's number in the address" => Flaw::OrderOfAnother,
            "an order that only zeros or capitals tell apart" if one_in(rng, 2) => Flaw::OrderZeros,
            "an order that only zeros or capitals tell apart" => Flaw::OrderCase,
            "an order that XML escapes" => Flaw::OrderEscaped,
            "less authorised than the order costs" => Flaw::AmountBelow,
            "the same kroner authorised and fewer øre" => Flaw::AmountOre,
            "a hundredth authorised of what the order costs" => Flaw::AmountHundredth,
            "another amount to capture" => Flaw::CaptureAmount,
            "another currency" => Flaw::Currency,
            "another merchant" => Flaw::Merchant,
            "a transact that has paid before" => Flaw::Used,
            "a transact that has paid before, spelt otherwise" => Flaw::UsedSpelling,
            "an answer about another transact" => Flaw::Id,
            "another spelling of the XML" => Flaw::Xml,
            "parameters of the shop's own" => Flaw::OwnParameters,
            "an OrderID of the shop's own in the address" => Flaw::OwnOrderId,
            "a refusal" => Flaw::Declined,
            "an error of Freepay's own" => Flaw::DeclinedInternally,
            "a refusal without a reason" => Flaw::DeclinedWithoutReason,
            _ => Flaw::Nothing,
        };
        let form = match focus.name {
            "a payment" => PAYMENT,
            "a subscription" => SUBSCRIPTION,
            _ if one_in(rng, 3) => SUBSCRIPTION,
            _ => PAYMENT,
        };
        drawn::with(rng, form, flaw).message()
    }

    fn simplest(&self, name: &str) -> &'static str {
        match name {
            "url" => "http://a",
            "status" => "0",
            "answer" | "used" => "",
            other => super::form_messages::simplest(other),
        }
    }

    fn shrink(&self, message: &Message) -> Option<Vec<Message>> {
        Some(smaller::shrink(message))
    }

    fn reply(&self, message: &Message, made: &[&'static Mistake]) -> Option<Reply> {
        let reply = read_as(message, made, MISTAKES, outcome)?;
        if message.form == DECLINE {
            return Some(reply);
        }
        Some(match lacking(message, CONDITIONS, made) {
            None => reply,
            Some(why) => Reply::Rejected(why.to_owned()),
        })
    }

    fn tolerated(&self, message: &Message) -> Vec<(Reply, &'static str)> {
        open(message)
    }

    fn observe(&self, message: &Message, reply: &Reply) -> Observation {
        sentence(&self.parts(message, reply))
    }

    fn parts(&self, _: &Message, reply: &Reply) -> Parts {
        let Reply::Answer(answer) = reply else { return vec![("outcome", "rejected".to_owned())] };
        let said = |name: &str| match answer.get(name).and_then(serde_json::Value::as_str) {
            // Many languages have no other null for a text.
            Some(text) if !text.is_empty() => text.to_owned(),
            _ => "none".to_owned(),
        };
        let outcome = reply.get("outcome");
        let name = if outcome == "approved" { "transact" } else { "reason" };
        vec![("outcome", outcome.to_owned()), (name, said(name))]
    }

    fn canonical(&self, _: &Message, _: &[&'static Mistake]) -> Option<Vec<u8>> {
        None
    }

    fn read(&self, text: &str, form: Option<&str>, given: &[Parameter]) -> Result<Verification, Unreadable> {
        let mut all = vec![(Cow::Borrowed("url"), text.trim().to_owned())];
        all.extend(given.iter().filter(|(name, _)| name != "url").cloned());
        reading::examine_return(form, all).map(Verification::Examined)
    }
}
