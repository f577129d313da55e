//! What is around the customers: webhooks, ways into the portal, mails, and what is counted.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::kit::page::Sent;
use crate::kit::table::{Id, Record};

use super::without_number;

/// Who is told of events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Webhook {
    pub(crate) uuid: String,
    pub(crate) number: u64,
    pub(crate) endpoint: String,
    pub(crate) basic_auth_username: String,
    pub(crate) basic_auth_password: String,
    pub(crate) enabled: bool,
    pub(crate) events: Vec<String>,
}

impl Record for Webhook {
    const TABLE: &'static str = "fenerum.webhooks";

    fn id(&self) -> Id {
        self.uuid.as_str().into()
    }
}

impl Webhook {
    /// As the API shows it: a password goes in and never comes out.
    pub(crate) fn shown(&self) -> Value {
        let mut shown = without_number(json!(self));
        if let Some(fields) = shown.as_object_mut() {
            fields.remove("basic_auth_password");
        }
        shown
    }
}

/// A way into the self-service portal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Access {
    /// Stands in the link.
    pub(crate) token: String,
    /// Whose it is.
    pub(crate) email: String,
    /// When it ends; never where nothing is said.
    pub(crate) expires: Option<Timestamp>,
    /// How the shop asked for it; empty where the customer did.
    #[serde(default)]
    pub(crate) sent: Sent,
}

impl Record for Access {
    const TABLE: &'static str = "fenerum.accesses";

    fn id(&self) -> Id {
        self.token.as_str().into()
    }
}

/// A mail that Fenerum would have sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Email {
    pub(crate) number: u64,
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    /// The link in it.
    pub(crate) link: String,
    pub(crate) at: Timestamp,
}

impl Record for Email {
    const TABLE: &'static str = "fenerum.emails";

    fn id(&self) -> Id {
        self.number.into()
    }
}

/// A customer who went from the portal to QuickPay's window to give a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SignUp {
    /// The order id at QuickPay.
    pub(crate) order: String,
    pub(crate) number: u64,
    /// The subscription's id at QuickPay.
    pub(crate) subscription: u64,
    /// The account's UUID.
    pub(crate) account: String,
    /// Why its card was not registered, where it was refused.
    pub(crate) failure: Option<String>,
}

impl Record for SignUp {
    const TABLE: &'static str = "fenerum.sign_ups";

    fn id(&self) -> Id {
        self.order.as_str().into()
    }
}

/// How many records of a kind were ever made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Counter {
    pub(crate) of: String,
    pub(crate) count: u64,
}

impl Record for Counter {
    const TABLE: &'static str = "fenerum.counters";

    fn id(&self) -> Id {
        self.of.as_str().into()
    }
}

/// When the API user called lately.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Calls {
    pub(crate) at: Vec<Timestamp>,
}

impl Record for Calls {
    const TABLE: &'static str = "fenerum.calls";

    fn id(&self) -> Id {
        0.into()
    }
}
