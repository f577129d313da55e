//! What is paid for, and the invoices for it.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::kit::table::{Id, Record};

use super::{decimal, microseconds, without_number};

/// What can be subscribed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Plan {
    pub(crate) uuid: String,
    pub(crate) number: u64,
    pub(crate) code: String,
    pub(crate) name: String,
}

impl Record for Plan {
    const TABLE: &'static str = "fenerum.plans";

    fn id(&self) -> Id {
        self.uuid.as_str().into()
    }
}

/// What a plan costs, and how often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Terms {
    pub(crate) uuid: String,
    pub(crate) number: u64,
    /// The plan's UUID.
    pub(crate) plan: String,
    pub(crate) name: String,
    /// Minor units for one.
    pub(crate) price: i64,
    pub(crate) currency: String,
    /// How long one period is.
    pub(crate) months: u8,
}

impl Record for Terms {
    const TABLE: &'static str = "fenerum.plan_terms";

    fn id(&self) -> Id {
        self.uuid.as_str().into()
    }
}

impl Terms {
    pub(crate) fn shown(&self) -> Value {
        json!({
            "uuid": self.uuid,
            "plan": self.plan,
            "name": self.name,
            "price": decimal(self.price),
            "currency": self.currency,
            "interval_months": self.months,
        })
    }
}

/// Something that an account pays for again and again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Subscription {
    pub(crate) uuid: String,
    pub(crate) number: u64,
    /// The account's code.
    pub(crate) account: String,
    /// The terms' UUID.
    pub(crate) terms: String,
    pub(crate) quantity: u32,
    pub(crate) collection_method: String,
    /// Days that the customer has to pay an invoice.
    pub(crate) payment_terms: u32,
    pub(crate) start_date: Date,
    /// The day on which the next period begins and is invoiced.
    pub(crate) renews_on: Date,
    pub(crate) active: bool,
    pub(crate) cancellation_type: Option<String>,
}

impl Record for Subscription {
    const TABLE: &'static str = "fenerum.subscriptions";

    fn id(&self) -> Id {
        self.uuid.as_str().into()
    }
}

impl Subscription {
    pub(crate) fn shown(&self) -> Value {
        without_number(json!(self))
    }
}

/// A claim for a period of a subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the API calls it invoice_number")]
pub(crate) struct Invoice {
    pub(crate) uuid: String,
    /// Counts up.
    pub(crate) invoice_number: u64,
    /// The account's code.
    pub(crate) account: String,
    /// The subscription's UUID, where it is for one.
    pub(crate) subscription: Option<String>,
    /// Minor units.
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) collection_method: String,
    pub(crate) issued: Timestamp,
    pub(crate) due_date: Date,
    pub(crate) paid: Option<Timestamp>,
    /// The card that was charged last.
    pub(crate) payment_card: Option<String>,
    /// How often a card was charged.
    pub(crate) attempts: u32,
    /// Why the last charge failed.
    pub(crate) failure: Option<String>,
    pub(crate) kickback_status: Option<String>,
}

impl Record for Invoice {
    const TABLE: &'static str = "fenerum.invoices";

    fn id(&self) -> Id {
        self.uuid.as_str().into()
    }
}

impl Invoice {
    pub(crate) fn shown(&self) -> Value {
        json!({
            "uuid": self.uuid,
            "invoice_number": self.invoice_number,
            "account": self.account,
            "subscription": self.subscription,
            "total": decimal(self.amount),
            "currency": self.currency,
            "collection_method": self.collection_method,
            "issued_date": microseconds(self.issued),
            "due_date": self.due_date,
            "status": self.status(),
            "paid_date": self.paid.map(microseconds),
            "payment_card": self.payment_card,
            "kickback_status": self.kickback_status,
        })
    }

    /// `paid`, `declined` or `open`.
    pub(crate) fn status(&self) -> &'static str {
        match (self.paid, &self.failure) {
            (Some(_), _) => "paid",
            (None, Some(_)) => "declined",
            (None, None) => "open",
        }
    }
}

/// The day on which the next subscription renews: nobody has to look at all of them for it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Calendar {
    pub(crate) next: Option<Date>,
}

impl Record for Calendar {
    const TABLE: &'static str = "fenerum.calendar";

    fn id(&self) -> Id {
        0.into()
    }
}
