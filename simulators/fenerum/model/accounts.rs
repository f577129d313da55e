//! Accounts, and who gets their mail.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::kit::table::{Id, Record};

use super::{microseconds, without_number};

/// A customer of the organisation: who is invoiced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Account {
    /// Payment cards name it so.
    pub(crate) uuid: String,
    /// Counts up in the order in which accounts were made.
    pub(crate) number: u64,
    /// Addresses, filters and subscriptions name it so.
    pub(crate) code: String,
    /// What subscriptions are collected by that do not say it themselves.
    pub(crate) collection_method: String,
    /// When it was made.
    pub(crate) created_date: Timestamp,
    /// The fields that Fenerum only keeps.
    pub(crate) profile: Profile,
}

/// What Fenerum keeps of an account without doing anything with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Profile {
    pub(crate) company_name: String,
    pub(crate) legal_address: String,
    pub(crate) legal_zipcode: String,
    pub(crate) legal_city: String,
    pub(crate) legal_country: String,
    pub(crate) legal_vat_number: String,
    pub(crate) billing_same_as_legal: bool,
    pub(crate) billing_address: String,
    pub(crate) billing_zipcode: String,
    pub(crate) billing_city: String,
    pub(crate) billing_country: String,
    pub(crate) language: String,
    pub(crate) erp_id: String,
    pub(crate) ean_invoicing: bool,
    pub(crate) ean_number: String,
    pub(crate) invoice_note: String,
}

impl Record for Account {
    const TABLE: &'static str = "fenerum.accounts";

    fn id(&self) -> Id {
        self.uuid.as_str().into()
    }
}

impl Account {
    /// As the API shows it.
    pub(crate) fn shown(&self) -> Value {
        let mut shown = json!({ "uuid": self.uuid, "code": self.code });
        if let (Some(shown), Ok(Value::Object(profile))) =
            (shown.as_object_mut(), serde_json::to_value(&self.profile))
        {
            shown.extend(profile);
            shown.insert("collection_method".to_owned(), json!(self.collection_method));
            shown.insert("created_date".to_owned(), json!(microseconds(self.created_date)));
        }
        shown
    }

    /// As webhooks show it: the fields that Fenerum documents for them.
    pub(crate) fn snapshot(&self) -> Value {
        let mut shown = self.shown();
        if let Some(fields) = shown.as_object_mut() {
            for name in
                ["collection_method", "ean_invoicing", "ean_number", "erp_id", "invoice_note", "language"]
            {
                fields.remove(name);
            }
        }
        shown
    }
}

/// Who gets an account's mail: self-service finds the account by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Recipient {
    pub(crate) uuid: String,
    pub(crate) number: u64,
    /// The account's code.
    pub(crate) account: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) receive_invoice: bool,
    pub(crate) receive_payment_confirmation: bool,
    pub(crate) receive_subscription_notifications: bool,
}

impl Record for Recipient {
    const TABLE: &'static str = "fenerum.recipients";

    fn id(&self) -> Id {
        self.uuid.as_str().into()
    }
}

impl Recipient {
    pub(crate) fn shown(&self) -> Value {
        without_number(json!(self))
    }
}
