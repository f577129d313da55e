//! `[shop]`: how the shop under test is started, how a checkout begins, and how it is asked what it believes.

mod reading;
mod requests;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use regex_lite::Regex;
use serde_json::Value;

pub use reading::parse;
pub(super) use reading::parse_strangers;
pub(crate) use reading::read;

/// What an integrator may ask the shop to do with an order that is paid.
pub const ACTIONS: &[&str] = &["cancel", "capture", "charge", "delete", "refund", "renew"];

/// The shop under test.
#[derive(Clone, Debug)]
pub struct ShopConfig {
    /// How it is started; none where it runs already.
    pub start: Option<Start>,
    /// An address that answers 2xx when it is ready.
    pub ready: Option<String>,
    /// How long it may take until then.
    pub start_timeout: Duration,
    /// How long what must happen is waited for.
    pub deadline: Duration,
    /// How long the shop is given for what must not happen.
    pub settle: Duration,
    /// How it is asked what it believes, where a provider has nothing of its own.
    pub status: Option<Status>,
    /// What it can do with each provider.
    pub providers: BTreeMap<&'static str, Offer>,
}

/// A command with its folder and variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// The program and its arguments.
    pub command: Vec<String>,
    /// Where it runs.
    pub folder: PathBuf,
    /// Variables beside the sandbox's.
    pub environment: BTreeMap<String, String>,
}

/// What the shop can do with one provider.
#[derive(Clone, Debug, Default)]
pub struct Offer {
    /// What begins a checkout.
    pub checkout: Option<Request>,
    /// Where in the checkout's JSON the link stands.
    pub link: Option<String>,
    /// Where in the checkout's answer the shop says what it calls the order.
    pub order: Option<Place>,
    /// How it is asked what it believes.
    pub status: Option<Status>,
    /// What it can be told to do, by name.
    pub actions: BTreeMap<&'static str, Request>,
    /// Where in the JSON of the action `renew` the link stands by which a customer gives another card.
    pub renewal: Option<String>,
    /// The same for subscriptions, which have a checkout and actions of their own.
    pub subscription: Option<Box<Self>>,
    /// Where it takes webhooks, at a provider that has this in its own settings.
    pub webhook: Option<String>,
    /// Where payers come back, at a provider that has this in its own settings.
    pub redirect: Option<String>,
}

/// A request to the shop, with placeholders.
#[derive(Clone, Debug)]
pub struct Request {
    /// `POST`
    pub method: http::Method,
    /// The address.
    pub url: String,
    /// Headers by name.
    pub headers: BTreeMap<String, String>,
    /// What is sent.
    pub body: Body,
}

/// The body of a request, with placeholders.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// A form's fields.
    Form(BTreeMap<String, String>),
    /// JSON.
    Json(Value),
    /// Nothing.
    None,
}

/// How the shop is asked what it believes of an order.
#[derive(Clone, Debug)]
pub struct Status {
    /// The question.
    pub request: Request,
    /// Where the answer stands in what comes back.
    pub place: Place,
    /// The words that mean: paid.
    pub paid: Vec<String>,
    /// The words that mean: not paid. Where this is given, no other word may come.
    pub unpaid: Vec<String>,
    /// The words that mean: paid, and given back.
    pub refunded: Vec<String>,
    /// The words that mean: called off.
    pub cancelled: Vec<String>,
    /// The words that mean: a subscription is signed up, or a card saved.
    pub active: Vec<String>,
    /// Where the answer says how often the order was credited, as a JSON pointer.
    pub credited: Option<String>,
}

/// Where something stands in an answer.
#[derive(Clone, Debug)]
pub enum Place {
    /// A header's value.
    Header(String),
    /// A JSON pointer into the body: `/status`.
    Pointer(String),
    /// What a regular expression finds in the body: its first group, else all of it.
    Regex(Regex),
}

impl Place {
    /// What stands there; `None` if nothing does.
    #[must_use]
    pub fn find(&self, headers: &http::HeaderMap, body: &str) -> Option<String> {
        match self {
            Self::Header(name) => headers.get(name)?.to_str().ok().map(ToOwned::to_owned),
            Self::Pointer(pointer) => match serde_json::from_str::<Value>(body).ok()?.pointer(pointer)? {
                Value::String(text) => Some(text.clone()),
                Value::Null => None,
                other => Some(other.to_string()),
            },
            Self::Regex(regex) => {
                let found = regex.captures(body)?;
                Some(found.get(1).or_else(|| found.get(0))?.as_str().to_owned())
            }
        }
    }

    /// Where it is, for a person: "the JSON at /status".
    #[must_use]
    pub fn told(&self) -> String {
        match self {
            Self::Header(name) => format!("the header {name}"),
            Self::Pointer(pointer) => format!("the JSON at {pointer}"),
            Self::Regex(regex) => format!("what {} finds", regex.as_str()),
        }
    }
}
