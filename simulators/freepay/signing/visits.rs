//! A return by its traits, so that it can be drawn, made simpler and written anew.

use std::borrow::Cow;

use super::view::{MANAGEMENT, SPELLINGS, SUBSCRIPTIONS, Spelling, view, written};
use super::{DECLINE, PAYMENT, SUBSCRIPTION, number};
use crate::kit::escape::lower;
use crate::kit::money::Amount;
use crate::kit::operation::Message;
use crate::kit::query;
use crate::kit::wire::money;

/// What .NET writes for no date.
pub(super) const UNSET: &str = "0001-01-01T00:00:00";

/// What the web service tells of a transaction or a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) id: String,
    pub(super) merchant_id: String,
    pub(super) merchant: String,
    pub(super) created: String,
    /// Of a transaction: when it was captured.
    pub(super) captured: Option<String>,
    pub(super) currency: String,
    pub(super) order: String,
    /// Of a transaction, in the smallest unit.
    pub(super) authorized: i64,
    pub(super) capture: i64,
    pub(super) spelling: Spelling,
}

/// What the web service answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// A view.
    Told(Told),
    /// Something else, as it came.
    Other(String),
}

/// A payer who is back, the shop's order, and what the shop was told when it asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Visit {
    pub(super) form: &'static str,
    /// The shop's own address.
    pub(super) endpoint: String,
    pub(super) transact: Option<String>,
    pub(super) url_order: Option<String>,
    pub(super) param: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) merchant: String,
    pub(super) order: String,
    pub(super) price: Amount,
    pub(super) status: i64,
    pub(super) answer: Answer,
    pub(super) used: Vec<String>,
}

impl Told {
    fn written(&self, form: &str) -> String {
        const HASH: &str = "A54CFE59-31BD-457C-8A38-D5220A8C1C31";
        let text = str::to_owned;
        let (card, address, acquirer) = (text("VisaDankort"), text("127.0.0.1"), text("NetsTeller"));
        let common = [
            ("MerchantID", self.merchant_id.clone()),
            ("MerchantNumber", self.merchant.clone()),
            ("DateCreated", self.created.clone()),
        ];
        let bought = [
            ("Currency", self.currency.clone()),
            ("OrderID", self.order.clone()),
            ("CardType", card),
            ("SourceIP", address),
        ];
        let mut elements = Vec::new();
        if form == SUBSCRIPTION {
            elements.push(("SubscriptionID", self.id.clone()));
            elements.extend(common);
            elements.extend(bought);
            elements.extend([("PANHash", text(HASH)), ("ExpiryDate", text("2031-08-31T00:00:00"))]);
            elements.push(("Acquirer", acquirer));
            return written("SubscriptionView", SUBSCRIPTIONS, &elements, self.spelling);
        }
        elements.push(("TransactionID", self.id.clone()));
        elements.extend(common);
        elements.push(("DateAuthorized", self.created.clone()));
        elements.push(("DateCaptured", self.captured.clone().unwrap_or_else(|| text(UNSET))));
        elements.extend(bought);
        elements.extend([
            ("AuthorizationAmount", self.authorized.to_string()),
            ("IsCaptured", self.captured.is_some().to_string()),
            ("CaptureAmount", self.capture.to_string()),
            ("CaptureErrorCode", text("0")),
            ("DateEarliestCapture", text(UNSET)),
            ("IsAwaitingApproval", text("false")),
            ("PANHash", text(HASH)),
            ("Acquirer", acquirer),
        ]);
        written("TransactionView", MANAGEMENT, &elements, self.spelling)
    }

    /// What a view says that was written like this; `None` for any other.
    fn of(answer: &str, form: &str) -> Option<Self> {
        let read = view(answer)?;
        let text = |name: &str| read.text(name).map(ToOwned::to_owned);
        let amount = |name: &str| match form {
            SUBSCRIPTION => Some(0),
            _ => read.text(name)?.parse().ok(),
        };
        let told = Self {
            id: text(if form == SUBSCRIPTION { "SubscriptionID" } else { "TransactionID" })?,
            merchant_id: text("MerchantID")?,
            merchant: text("MerchantNumber")?,
            created: text("DateCreated")?,
            captured: text("DateCaptured").filter(|date| date != UNSET),
            currency: text("Currency")?,
            order: text("OrderID")?,
            authorized: amount("AuthorizationAmount")?,
            capture: amount("CaptureAmount")?,
            spelling: Spelling::Indented,
        };
        SPELLINGS
            .into_iter()
            .map(|spelling| Self { spelling, ..told.clone() })
            .find(|told| told.written(form) == answer)
    }
}

impl Visit {
    /// The message that an integrator gets.
    pub(super) fn message(&self) -> Message {
        let names = [
            ("transact", &self.transact),
            ("OrderNumber", &self.url_order),
            ("reason", &self.reason),
            ("Param", &self.param),
        ];
        let pairs: Vec<String> = names
            .iter()
            .filter_map(|(name, value)| {
                let value = lower(value.as_ref()?.as_bytes());
                Some(format!("{name}={}", String::from_utf8_lossy(&value)))
            })
            .collect();
        let url = match pairs.as_slice() {
            [] => self.endpoint.clone(),
            pairs => query::append(&self.endpoint, &pairs.join("&")),
        };
        let answer = match &self.answer {
            Answer::Told(told) => told.written(self.form),
            Answer::Other(text) => text.clone(),
        };
        let given = [
            ("url", url),
            ("merchant", self.merchant.clone()),
            ("order", self.order.clone()),
            ("amount", format!("{} {}", self.price.minor, self.price.currency)),
            ("status", self.status.to_string()),
            ("answer", answer),
            ("used", self.used.join(" ")),
        ];
        Message {
            form: Cow::Borrowed(self.form),
            parameters: Vec::new(),
            given: given.map(|(name, value)| (Cow::Borrowed(name), value)).to_vec(),
        }
    }

    /// The traits of a message; `None` where it was not made from such.
    pub(super) fn of(message: &Message) -> Option<Self> {
        let form = [PAYMENT, SUBSCRIPTION, DECLINE].into_iter().find(|form| *form == message.form)?;
        let url = message.given("url");
        // Freepay's own come last.
        let first = if form == DECLINE { "reason=" } else { "transact=" };
        let starts = url.rmatch_indices(first).map(|(place, _)| place);
        let start = starts.into_iter().find(|place| url[..*place].ends_with(['?', '&']));
        let (endpoint, own) = start.map_or((url, ""), |place| (&url[..place - 1], &url[place..]));
        let value = |name: &str| query::last(&format!("?{own}"), name);
        let status = message.given("status").parse().ok()?;
        let answer = message.given("answer");
        let visit = Self {
            form,
            endpoint: endpoint.to_owned(),
            transact: value("transact"),
            url_order: value("OrderNumber"),
            param: value("Param"),
            reason: value("reason"),
            merchant: message.given("merchant").to_owned(),
            order: message.given("order").to_owned(),
            price: money(message.given("amount"))?,
            status,
            answer: Told::of(answer, form).map_or_else(|| Answer::Other(answer.to_owned()), Answer::Told),
            used: message.given("used").split_whitespace().map(ToOwned::to_owned).collect(),
        };
        (visit.message() == *message).then_some(visit)
    }

    /// What was told, where it is a view.
    pub(super) fn told_mut(&mut self) -> Option<&mut Told> {
        match &mut self.answer {
            Answer::Told(told) => Some(told),
            Answer::Other(_) => None,
        }
    }

    /// Changes what was told, where it is a view.
    pub(super) fn tell(&mut self, change: impl FnOnce(&mut Told)) {
        if let Some(told) = self.told_mut() {
            change(told);
        }
    }

    /// The number of the order's currency.
    pub(super) fn currency(&self) -> String {
        number(&self.price.currency).unwrap_or_default()
    }
}
