//! What every counter works with: the variables, the orders, the way to the providers, and the mistake that is
//! made.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use http::Method;
use jiff::Timestamp;
use provkassa_simulators::kit::operation::{Message, Parameter, Reply};
use provkassa_simulators::kit::scheme::Mistake;
use provkassa_simulators::operation;

use super::counter::Deed;
use super::mistake::ShopMistake;
use super::order::Order;
use super::orders::Orders;
use crate::web::{Asked, Failed, Resolver, Trust, Web};

/// What a shop has from a file, line end and all, that does not trim it.
const READ_FROM_FILES: &[&str] = &["BAMBORA_MD5KEY", "BRP_SECRET", "FENA_SECRET", "QUICKPAY_API_KEY"];
/// How long a provider may take for its answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much of it is read.
const LONGEST: usize = 16 << 20;

/// Why a counter cannot do what it is asked for.
#[derive(Clone, Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// The provider was asked, and refuses.
    #[error("{provider} refuses it: {what}")]
    Refused {
        /// Who.
        provider: &'static str,
        /// In its own words.
        what: String,
    },
    /// The provider was asked, and cannot be understood or does not answer.
    #[error("{provider} does not answer as it should: {what}")]
    Silent {
        /// Who.
        provider: &'static str,
        /// What came instead.
        what: String,
    },
    /// It cannot be sold so.
    #[error("{0}")]
    Unsellable(String),
}

/// What a provider answered.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) text: String,
}

impl Answer {
    /// Whether the status is one of success.
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body as JSON; null where it is none.
    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }
}

/// The shop's own room.
#[derive(Debug)]
pub(super) struct Desk {
    /// Where the shop is reached, without a slash at the end.
    pub(super) url: String,
    pub(super) orders: Orders,
    environment: BTreeMap<String, String>,
    mistake: Option<&'static ShopMistake>,
    /// Those of its operations' mistakes that the mistake makes.
    made: Vec<(&'static str, &'static Mistake)>,
    web: Web,
    /// What the shop's own order numbers begin with: no two runs have the same.
    prefix: String,
}

impl Desk {
    pub(super) fn new(
        url: String,
        mut environment: BTreeMap<String, String>,
        mistake: Option<&'static ShopMistake>,
        trust: &Trust,
    ) -> Self {
        if mistake.is_some_and(|mistake| mistake.id == "keys-with-a-line-end") {
            let keys = environment.iter_mut().filter(|(name, _)| READ_FROM_FILES.contains(&name.as_str()));
            keys.for_each(|(_, key)| key.push('\n'));
        }
        let made = mistake.map_or_else(Vec::new, ShopMistake::operations);
        Self {
            url,
            orders: Orders::default(),
            environment,
            mistake,
            made,
            web: Web::new(trust, Resolver::everywhere()),
            prefix: base_36(Timestamp::now().as_millisecond().unsigned_abs()),
        }
    }

    /// The mistake that the shop makes.
    pub(super) fn mistake(&self) -> Option<&'static ShopMistake> {
        self.mistake
    }

    /// Whether it makes this mistake.
    pub(super) fn makes(&self, id: &str) -> bool {
        self.mistake.is_some_and(|mistake| mistake.id == id)
    }

    /// Whether it does not look whether the provider has done what it was asked for.
    pub(super) fn passes_over(&self, deed: Deed) -> bool {
        match deed {
            Deed::Charge => self.makes("expired-subscription-charged"),
            Deed::Cancel | Deed::Capture | Deed::Refund | Deed::Renew => self.makes("refusals-passed-over"),
            Deed::Delete => false,
        }
    }

    /// A variable; that it is there was looked at when the shop was started.
    pub(super) fn variable(&self, name: &str) -> &str {
        self.environment.get(name).map_or("", String::as_str)
    }

    /// The variable's address with a path below it.
    pub(super) fn at(&self, name: &str, path: &str) -> String {
        format!("{}{path}", self.variable(name).trim_end_matches('/'))
    }

    /// A new order number: letters and digits that every provider takes.
    pub(super) fn number(&self) -> String {
        format!("{}{}", self.prefix, base_36(self.orders.draw()))
    }

    /// The shop's address for the payer's return, or for the provider's call.
    pub(super) fn door(&self, door: &str, order: &Order) -> String {
        let provider = order.provider;
        let id = if self.makes("awkward-order-ids") { order.id.clone() } else { encoded(&order.id) };
        // The address is looked at where nothing else is: the hash of a callback covers its parameters.
        if door == "callback" && self.makes("order-from-the-address") {
            return format!("{}/{door}/{provider}/{id}", self.url);
        }
        format!("{}/{door}/{provider}?order={id}", self.url)
    }

    /// What the shop answers to an operation's message: right, but for the mistake that it makes.
    pub(super) fn ask(
        &self,
        id: &str,
        form: &'static str,
        parameters: Vec<Parameter>,
        given: Vec<(&'static str, String)>,
    ) -> Reply {
        let given = given.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect();
        let message = Message { form: Cow::Borrowed(form), parameters, given };
        let made = self.made.iter().filter(|(of, _)| *of == id).map(|(_, mistake)| *mistake);
        let reply = operation(id).and_then(|operation| operation.reply(&message, &made.collect::<Vec<_>>()));
        reply.unwrap_or_else(|| Reply::Rejected(format!("{id} cannot be answered")))
    }

    /// Asks a provider.
    pub(super) async fn send(
        &self,
        provider: &'static str,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Result<Answer, Trouble> {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let headers: Vec<_> = headers.collect();
        let (body, patience, longest) = (body.into(), PATIENCE, LONGEST);
        let asked = Asked { method, url, headers: &headers, body, patience, longest };
        let silent = |failed: Failed| Trouble::Silent { provider, what: failed.why };
        let answer = self.web.ask(asked).await.map_err(silent)?;
        Ok(Answer { status: answer.status.as_u16(), text: answer.text() })
    }

    /// Sends the request of an operation's answer: `method`, `url`, `headers`, `body`.
    pub(super) async fn send_as(&self, provider: &'static str, reply: &Reply) -> Result<Answer, Trouble> {
        let Reply::Answer(fields) = reply else {
            let Reply::Rejected(why) = reply else { return Err(Trouble::Unsellable(String::new())) };
            return Err(Trouble::Unsellable(why.clone()));
        };
        let headers: Vec<(String, String)> = fields
            .get("headers")
            .cloned()
            .map(serde_json::from_value)
            .and_then(Result::ok)
            .unwrap_or_default();
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let method = Method::from_bytes(reply.get("method").as_bytes()).unwrap_or(Method::POST);
        self.send(provider, method, reply.get("url"), &headers, reply.get("body").to_owned()).await
    }
}

/// Seconds since the epoch.
pub(super) fn now() -> i64 {
    Timestamp::now().as_second()
}

/// A text as it stands in a query.
pub(super) fn encoded(text: &str) -> String {
    provkassa_simulators::kit::escape::component(text)
}

/// Names and values, with names that an operation can hold.
pub(super) fn parameters<const N: usize>(pairs: [(&'static str, String); N]) -> Vec<Parameter> {
    pairs.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect()
}

/// A number in the digits 0 to 9 and A to Z.
fn base_36(mut number: u64) -> String {
    let mut digits = Vec::new();
    loop {
        let digit = u8::try_from(number % 36).unwrap_or_default();
        digits.push(char::from(if digit < 10 { b'0' + digit } else { b'A' + digit - 10 }));
        number /= 36;
        if number == 0 {
            return digits.into_iter().rev().collect();
        }
    }
}
