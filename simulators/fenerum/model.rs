//! Fenerum's records, and how they are shown in its API.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::kit::table::{Id, Record};

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

/// Where a payment card is charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Gateway {
    Quickpay,
    StripeNew,
}

impl Gateway {
    /// The gateway of this value.
    pub(crate) fn of(value: &str) -> Option<Self> {
        match value {
            "quickpay" => Some(Self::Quickpay),
            "stripe_new" => Some(Self::StripeNew),
            _ => None,
        }
    }

    /// Its value in the API.
    pub(crate) fn value(self) -> &'static str {
        match self {
            Self::Quickpay => "quickpay",
            Self::StripeNew => "stripe_new",
        }
    }

    /// The setting that tells whether it is set up.
    pub(crate) fn setting(self) -> &'static str {
        match self {
            Self::Quickpay => "fenerum.quickpay",
            Self::StripeNew => "fenerum.stripe",
        }
    }

    /// Whether a token looks like this gateway's.
    pub(crate) fn fits(self, token: &str) -> bool {
        match self {
            Self::Quickpay => !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit()),
            Self::StripeNew => token.strip_prefix("pm_").is_some_and(|rest| {
                // Stripe's ids for tests have underscores: `pm_card_visa`.
                !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            }),
        }
    }
}

/// A card that Fenerum can charge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PaymentCard {
    pub(crate) uuid: String,
    pub(crate) number: u64,
    /// The account's UUID.
    pub(crate) account: String,
    pub(crate) active: bool,
    /// As people write it: `Visa`.
    pub(crate) brand: String,
    pub(crate) last4: String,
    pub(crate) month: u8,
    pub(crate) year: u16,
    pub(crate) gateway: Gateway,
    /// What it is called at the gateway.
    pub(crate) token: String,
}

impl Record for PaymentCard {
    const TABLE: &'static str = "fenerum.payment_cards";

    fn id(&self) -> Id {
        self.uuid.as_str().into()
    }
}

impl PaymentCard {
    /// Twelve crosses and the last four digits, whatever the brand.
    pub(crate) fn masked(&self) -> String {
        format!("XXXXXXXXXXXX{}", self.last4)
    }

    pub(crate) fn shown(&self) -> Value {
        json!({
            "uuid": self.uuid,
            "active": self.active,
            "brand": self.brand,
            "card_number": self.masked(),
            "month": self.month,
            "year": self.year,
            "payment_gateway": self.gateway.value(),
            "account": self.account,
        })
    }
}

/// A brand as Fenerum shows it, from what the provider calls it.
pub(crate) fn brand(provider: &str) -> String {
    let known = match provider {
        "visa" => "Visa",
        "mastercard" => "MasterCard",
        "amex" | "american-express" => "American Express",
        "discover" => "Discover",
        "diners" => "Diners Club",
        "jcb" => "JCB",
        "unionpay" => "UnionPay",
        "" | "unknown" => "Unknown",
        other => {
            let words = other.split(['-', '_']).map(|word| {
                let mut letters = word.chars();
                letters
                    .next()
                    .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect::<String>())
            });
            return words.collect::<Vec<_>>().join(" ");
        }
    };
    known.to_owned()
}

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

fn without_number(mut record: Value) -> Value {
    if let Some(fields) = record.as_object_mut() {
        fields.remove("number");
    }
    record
}

/// Minor units as Django shows a decimal: `199.00`.
pub(crate) fn decimal(minor: i64) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", minor.unsigned_abs() / 100, minor.unsigned_abs() % 100)
}

/// A moment as Fenerum's webhooks have it: microseconds, and `+00:00`.
pub(crate) fn microseconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%6f+00:00").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_shown_as_fenerum_does() {
        let at: Timestamp = "2026-03-01T12:00:00.25Z".parse().expect("a moment");
        assert_eq!(microseconds(at), "2026-03-01T12:00:00.250000+00:00");
        assert_eq!(decimal(19_905), "199.05");
        assert_eq!(decimal(-5), "-0.05");
        for (provider, shown) in [
            ("visa", "Visa"),
            ("visa-electron", "Visa Electron"),
            ("dankort", "Dankort"),
            ("amex", "American Express"),
        ] {
            assert_eq!(brand(provider), shown);
        }
    }

    #[test]
    fn a_token_fits_its_gateway() {
        let (stripe, quickpay) = (Gateway::StripeNew, Gateway::Quickpay);
        assert!(stripe.fits("pm_1Abc") && stripe.fits("pm_card_visa") && quickpay.fits("123"));
        for token in ["", "pm_", "tok_1", "123", "pm_ü", "pm_a b"] {
            assert!(!stripe.fits(token), "{token}");
        }
        for token in ["", "pm_1", "-1", "1.5", "١٢"] {
            assert!(!quickpay.fits(token), "{token}");
        }
    }
}
