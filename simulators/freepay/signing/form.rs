//! `freepay.form`: the form that opens the payment page.

use std::borrow::Cow;

use rand::Rng;
use serde_json::{Value, json};
use url::Url;

use super::form_messages::{arbitrary, legal, near, simplest};
use super::form_mistakes::{MISTAKES, cut};
use super::{DOCUMENTED, PAYMENT, SUBSCRIPTION, number, reading};
use crate::kit::escape::component;
use crate::kit::money::Amount;
use crate::kit::operation::{
    Focus, Kind, Message, Observation, Operation, Parameter, Reply, Shape, Unreadable, Verification,
};
use crate::kit::parts::Parts;
use crate::kit::provider::Provenance;
use crate::kit::request::{Encoding, Request};
use crate::kit::scheme::Mistake;
use crate::kit::sent::{self, Seen, lines};
use crate::kit::wire::money;

/// The operation `freepay.form`.
#[derive(Debug)]
pub struct Form;

const FOCUSES: &[Focus] = &[
    Focus {
        name: "an ordinary payment",
        holds: |message| message.form == PAYMENT && is_plain_but(message, Odd::Nothing),
    },
    Focus {
        name: "a subscription",
        holds: |message| message.form == SUBSCRIPTION && is_plain_but(message, Odd::Nothing),
    },
    Focus {
        name: "an amount that floating point cuts",
        holds: |message| {
            let is_cut = |amount: Amount| cut(amount.minor) != amount.minor;
            is_payment_but(message, Odd::Amount) && money(message.given("amount")).is_some_and(is_cut)
        },
    },
    Focus {
        name: "a currency other than Danish kroner",
        holds: |message| is_payment_but(message, Odd::Currency) && !message.given("amount").ends_with("DKK"),
    },
    Focus {
        name: "a parameter that is to come back",
        holds: |message| is_payment_but(message, Odd::Param) && !message.given("param").is_empty(),
    },
    Focus {
        name: "addresses with a query of their own",
        holds: |message| {
            let has_query = |name: &&str| message.given(name).contains('&');
            is_payment_but(message, Odd::Nothing) && ["accept", "decline"].iter().any(has_query)
        },
    },
    Focus {
        name: "an order that begins with zeros",
        holds: |message| {
            let order = message.given("order");
            is_payment_but(message, Odd::Order)
                && order.starts_with('0')
                && order.bytes().all(|byte| byte.is_ascii_digit())
        },
    },
    Focus {
        name: "a long order number",
        holds: |message| is_payment_but(message, Odd::Order) && message.given("order").chars().count() > 20,
    },
    Focus {
        name: "an order with letters outside ASCII",
        holds: |message| is_payment_but(message, Odd::Order) && !message.given("order").is_ascii(),
    },
];

/// What may be out of the ordinary in a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Odd {
    Amount,
    Currency,
    Nothing,
    Order,
    Param,
}

/// Whether there is nothing else in it that careless code changes.
fn is_plain_but(message: &Message, odd: Odd) -> bool {
    let (order, param) = (message.given("order"), message.given("param"));
    let is_plain =
        order.is_ascii() && !order.starts_with('0') && order.len() <= 20 && !order.contains(['&', '<']);
    (odd == Odd::Order || is_plain)
        && param.is_ascii()
        && (odd == Odd::Param || param.is_empty())
        && money(message.given("amount")).is_some_and(|amount| {
            (odd == Odd::Amount || cut(amount.minor) == amount.minor)
                && (odd == Odd::Currency || amount.currency == "DKK")
        })
}

fn is_payment_but(message: &Message, odd: Odd) -> bool {
    message.form == PAYMENT && is_plain_but(message, odd)
}

/// The form of a shop that makes these mistakes.
fn request(message: &Message, made: &[&'static Mistake]) -> Option<Request> {
    let price = money(message.given("amount"))?;
    let mut fields = vec![
        ("MerchantNumber", message.given("merchant").to_owned()),
        ("Amount", price.minor.to_string()),
        ("Currency", number(&price.currency)?),
        ("OrderID", message.given("order").to_owned()),
        ("AcceptURL", message.given("accept").to_owned()),
        ("DeclineURL", message.given("decline").to_owned()),
    ];
    if !message.given("param").is_empty() {
        fields.push(("Param", message.given("param").to_owned()));
    }
    if message.form == SUBSCRIPTION {
        fields.push(("Subscription", "1".to_owned()));
    }
    let request = Request {
        method: "POST",
        base: message.given("page").to_owned(),
        path: String::new(),
        end: "",
        query: Vec::new(),
        headers: Vec::new(),
        fields: fields.into_iter().map(|(name, value)| (Cow::Borrowed(name), json!(value))).collect(),
        encoding: Encoding::Form,
        refusals: Vec::new(),
    };
    request.with(Form.id(), message, made)
}

/// A form as somebody made it.
#[derive(Clone, Debug, Default)]
pub(super) struct Filled {
    pub(super) method: String,
    pub(super) action: String,
    pub(super) fields: Vec<(String, String)>,
}

impl Filled {
    /// An adapter's answer; `None` for a refusal.
    pub(super) fn of(reply: &Reply) -> Option<Self> {
        let Reply::Answer(answer) = reply else { return None };
        let fields = answer.get("fields").cloned().unwrap_or_default();
        Some(Self {
            method: reply.get("method").to_owned(),
            action: reply.get("action").to_owned(),
            fields: serde_json::from_value(fields).unwrap_or_default(),
        })
    }

    /// As an adapter answers it.
    pub(super) fn reply(&self) -> Reply {
        let fields =
            [("method", json!(self.method)), ("action", json!(self.action)), ("fields", json!(self.fields))];
        Reply::Answer(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// A field's value, whatever the case of its name; a repeated one as ASP.NET reads it.
    pub(super) fn value(&self, name: &str) -> Option<String> {
        let named = self.fields.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        let values: Vec<&str> = named.map(|(_, value)| value.as_str()).collect();
        (!values.is_empty()).then(|| values.join(","))
    }
}

/// The fields that must be there.
pub(super) const REQUIRED: [&str; 6] =
    ["MerchantNumber", "Amount", "Currency", "OrderID", "AcceptURL", "DeclineURL"];
/// Those that may be there: two names of one thing, and what makes a subscription.
const OPTIONAL: [&str; 3] = ["Param", "AuxParam", "Subscription"];

/// Where a form goes, in words. Where fields are in the address too, that is told and not which.
fn action_seen(filled: &Filled, message: &Message) -> String {
    let (page, password) = (message.given("page"), message.given("password"));
    if tells(&filled.action, password) {
        return "to an address with the password in it".to_owned();
    }
    let Ok(known) = Url::parse(page) else { return format!("to {}", filled.action) };
    match Url::parse(&filled.action) {
        Ok(url) if url == known => "to the payment page".to_owned(),
        Ok(mut url) if url.query_pairs().any(|(name, _)| is_known(&name)) => {
            url.set_query(known.query());
            let place = if url == known { "the payment page" } else { url.as_str() };
            format!("to {place}, with fields in its query")
        }
        _ => format!("to {}", filled.action),
    }
}

/// Whether a text has the password in it, as it is or percent-encoded.
fn tells(text: &str, password: &str) -> bool {
    !password.is_empty() && (text.contains(password) || text.contains(&component(password)))
}

/// Whether Freepay reads a field of this name.
fn is_known(name: &str) -> bool {
    REQUIRED.iter().chain(&OPTIONAL).any(|known| known.eq_ignore_ascii_case(name))
}

/// The names that Freepay does not read. What stands beside them may tell where a missing one has gone.
pub(super) fn unknown(filled: &Filled) -> Vec<String> {
    let names = filled.fields.iter().filter(|(name, _)| !is_known(name));
    names.map(|(name, _)| name.chars().take(60).collect()).collect()
}

/// What a form comes to, part by part. Fields that Freepay does not know do not matter, unless the password is
/// in them.
pub(super) fn seen(filled: &Filled, message: &Message) -> Seen {
    let password = message.given("password");
    let told = |value: &str, name: &str| {
        let ours = if name == "AcceptURL" { message.given("accept") } else { message.given("decline") };
        match name {
            _ if value == password => "‹password›".to_owned(),
            "AcceptURL" | "DeclineURL" if tells(value, password) && !tells(ours, password) => {
                "an address with the password in it".to_owned()
            }
            _ if password.is_empty() => format!("\"{value}\""),
            _ => format!("\"{}\"", value.replace(password, "‹password›")),
        }
    };
    let method = filled.method.trim().to_uppercase();
    let mut seen = vec![("address", format!("{method} {}", action_seen(filled, message)))];
    for name in REQUIRED {
        let said = match filled.value(name) {
            None => "missing".to_owned(),
            Some(_) if name == "Amount" && message.form == SUBSCRIPTION => "posted".to_owned(),
            Some(value) => told(&value, name),
        };
        seen.push((name, format!("{name}: {said}")));
    }
    let mut params: Vec<String> =
        ["Param", "AuxParam"].iter().filter_map(|name| filled.value(name)).collect();
    params.retain(|value| !value.is_empty());
    params.dedup();
    let param = if params.is_empty() { "none".to_owned() } else { told(&params.join("\" and \""), "Param") };
    seen.push(("Param", format!("Param: {param}")));
    let kind = if filled.value("Subscription").is_some() { "a subscription" } else { "a payment" };
    seen.push(("Subscription", format!("it makes {kind}")));
    if filled.fields.iter().any(|(name, value)| !is_known(name) && tells(value, password)) {
        seen.push(("password", "and it tells the payer the password".to_owned()));
    }
    seen
}

impl Operation for Form {
    fn id(&self) -> &'static str {
        "freepay.form"
    }

    fn does(&self) -> &'static str {
        "makes the form of the payment page"
    }

    fn provenance(&self) -> Provenance {
        DOCUMENTED
    }

    fn form_key(&self) -> &'static str {
        "makes"
    }

    fn forms(&self) -> &'static [&'static str] {
        &[PAYMENT, SUBSCRIPTION]
    }

    fn parameters(&self, _: &str) -> Vec<&'static str> {
        Vec::new()
    }

    fn given(&self) -> &'static [&'static str] {
        &["page", "merchant", "order", "amount", "accept", "decline", "param", "password"]
    }

    fn kind(&self, name: &str) -> Kind {
        if name == "amount" { Kind::Money } else { Kind::Text }
    }

    fn answer(&self, _: &str) -> Vec<(&'static str, Shape)> {
        vec![("action", Shape::Text), ("method", Shape::Text), ("fields", Shape::Pairs)]
    }

    fn mistakes(&self) -> Vec<&'static Mistake> {
        MISTAKES.to_vec()
    }

    fn focuses(&self) -> &'static [Focus] {
        FOCUSES
    }

    fn legal(&self, message: &Message) -> Result<(), Unreadable> {
        legal(message)
    }

    fn generate(&self, rng: &mut dyn Rng) -> Message {
        arbitrary(rng)
    }

    fn generate_near(&self, focus: &Focus, rng: &mut dyn Rng) -> Message {
        near(rng, focus.name)
    }

    fn simplest(&self, name: &str) -> &'static str {
        simplest(name)
    }

    fn reply(&self, message: &Message, made: &[&'static Mistake]) -> Option<Reply> {
        let request = request(message, made)?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let fields = request.fields.iter().map(|(name, value)| (name.to_string(), text(value)));
        let filled =
            Filled { method: request.method.to_owned(), action: request.url(), fields: fields.collect() };
        Some(filled.reply())
    }

    fn tolerated(&self, _: &Message) -> Vec<(Reply, &'static str)> {
        Vec::new()
    }

    /// What reaches the payment page, in words.
    fn observe(&self, message: &Message, reply: &Reply) -> Observation {
        Filled::of(reply).map_or_else(|| "rejected".to_owned(), |filled| lines(seen(&filled, message)))
    }

    fn parts(&self, message: &Message, reply: &Reply) -> Parts {
        sent::parts(Filled::of(reply).map(|filled| {
            let method = ("method", filled.method.trim().to_uppercase());
            (vec![method, ("action", action_seen(&filled, message))], seen(&filled, message))
        }))
    }

    fn canonical(&self, _: &Message, _: &[&'static Mistake]) -> Option<Vec<u8>> {
        None
    }

    fn read(&self, text: &str, form: Option<&str>, given: &[Parameter]) -> Result<Verification, Unreadable> {
        reading::examine_form(text, form, given).map(Verification::Examined)
    }
}
