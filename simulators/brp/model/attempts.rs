//! A payer's way through a payment provider.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::people::Card;
use super::sales::ValueCard;
use crate::brp::psp::Psp;
use crate::kit::outcome::Outcome;
use crate::kit::page::Sent;

/// How long the payment page of a provider stays open. Assumed: no document says.
const PAGE_LIFETIME: SignedDuration = SignedDuration::from_mins(30);
/// How long Swish waits for the payer to open the app. Assumed: three minutes is what people say.
const SWISH_LIFETIME: SignedDuration = SignedDuration::from_mins(3);
/// What the payer reserves for a card mandate, in öre. It is never taken.
pub const MANDATE_AMOUNT: i64 = 100;

/// What a call is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A person's debt on their customer account.
    Account(u64),
    /// An invoice.
    Invoice(u64),
    /// A card mandate.
    Mandate {
        /// Whose card it is.
        person: u64,
        /// The facility.
        business_unit: u64,
    },
    /// An order.
    Order(u64),
    /// A subscription's next period.
    Subscription(u64),
}

impl Subject {
    /// Its name in outcomes and in the journal: orders by their bare id, since those are what most
    /// shops pay; others with their kind before it.
    #[must_use]
    pub fn key(self) -> String {
        match self {
            Self::Account(person) => format!("account-{person}"),
            Self::Mandate { person, .. } => format!("mandate-{person}"),
            Self::Invoice(id) => format!("invoice-{id}"),
            Self::Order(id) => id.to_string(),
            Self::Subscription(id) => format!("subscription-{id}"),
        }
    }

    /// The order that it is, if it is one.
    #[must_use]
    pub fn order(self) -> Option<u64> {
        match self {
            Self::Order(id) => Some(id),
            _ => None,
        }
    }
}

/// Where a transaction at the payment provider stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transaction {
    /// Undone: nothing is taken from the payer.
    Annulled,
    /// Money is taken.
    Captured,
    /// The provider or the payer said no.
    Refused,
    /// What was reserved for a card mandate was given back.
    Released,
    /// The payer has paid and has not come back to BRP yet: what they paid is reserved.
    Reserved,
    /// The payer has not decided.
    Started,
    /// Nobody knows whether money moved; somebody must look into it.
    Unsettled,
}

/// One visit to a payment provider.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Attempt {
    /// Names it in addresses. It follows from the run's seed, so who knows that can work it out.
    pub token: String,
    /// The endpoint that began it.
    pub endpoint: String,
    /// What is paid.
    pub subject: Subject,
    /// Who orders or owes it; what changes hands while the payer is away is not booked.
    pub customer: Option<u64>,
    /// What is to be paid at the provider, in öre.
    pub amount: i64,
    /// What the subject cost when it began, in öre: with what value cards pay.
    pub price: i64,
    /// ISO 4217.
    pub currency: String,
    /// The payment method, if the link names one or the payer chose one.
    pub method: Option<u64>,
    /// The methods that the payer can choose from: those that fitted when it began. What changes
    /// meanwhile must not shut the page, it shows when the payer is back.
    pub offered: Vec<u64>,
    /// The payment provider.
    pub psp: Psp,
    /// Swish's name for the payer: country code and number, digits alone.
    pub payer_alias: Option<String>,
    /// The card, once it is known.
    pub card: Option<Card>,
    /// Where the payer goes afterwards; none if there is no usable address.
    pub returnurl: Option<String>,
    /// Further receivers of the receipt.
    pub receiptemails: Vec<String>,
    /// The reserved value cards as they were when it began.
    pub value_cards: Vec<ValueCard>,
    /// When it began.
    pub created: Timestamp,
    /// What was queued for it: the payer is not asked.
    pub decided: Option<Outcome>,
    /// What the provider answered, once it did.
    pub answer: Option<Outcome>,
    /// The provider's own word for it: `OK`, `107`, `BANKIDCL`.
    pub word: Option<String>,
    /// Where its transaction stands.
    pub transaction: Transaction,
    /// How it ended: the code (empty for success) and where the payer was sent.
    pub ended: Option<Ended>,
    /// Where the installation is reached: `http://127.0.0.1:4702/brponline`.
    pub base: String,
    /// What the shop sent.
    pub sent: Sent,
}

impl Attempt {
    /// Whether the provider has waited too long for the payer.
    #[must_use]
    pub fn is_too_old(&self, now: Timestamp) -> bool {
        let lifetime = if self.psp == Psp::Swish { SWISH_LIFETIME } else { PAGE_LIFETIME };
        now.duration_since(self.created) > lifetime
    }

    /// Whether the payer can still decide.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.ended.is_none() && self.answer.is_none() && !self.is_too_old(now)
    }
}

/// How a call ended. A reload of any of its pages repeats this.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// The error code; empty for success.
    pub code: String,
    /// The receipt, if one was made.
    pub receipt: Option<u64>,
    /// The invoice, if one was made.
    pub invoice: Option<u64>,
    /// The return address, if there is one.
    pub location: Option<String>,
}
