//! A payment on its page: open → approved, declined, cancelled or expired.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::freepay::acquirer::Card;
use crate::kit::page::Sent;
use crate::kit::table::{Id, Record};

/// Where a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The card was approved.
    Approved,
    /// The payer gave up.
    Cancelled,
    /// The card was declined.
    Declined,
    /// The payer let the time pass, and went nowhere.
    Expired,
    /// The payer types a card, or answers the bank.
    Open,
}

/// What a shop's form asked for, and what became of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Payment {
    /// In the page's address.
    pub token: String,
    /// The merchant's number.
    pub merchant: String,
    /// `OrderID`.
    pub order: String,
    /// In minor units; of a subscription it means nothing.
    pub amount: i64,
    /// ISO 4217, numeric.
    pub currency: u16,
    /// Whether a subscription is made, and nothing drawn.
    pub subscription: bool,
    /// `AcceptURL`.
    pub accept: String,
    /// `DeclineURL`.
    pub decline: String,
    /// `Param`, where it was posted.
    pub param: Option<String>,
    /// `AuxParam`, where it was posted.
    pub aux_param: Option<String>,
    /// The payer's address.
    pub source_ip: String,
    /// The card that the shop's own form brought, while the bank asks the payer.
    pub card: Option<Card>,
    /// Where it stands.
    pub state: State,
    /// The transaction or the subscription that was made.
    pub made: Option<u64>,
    /// The code with which it was declined or cancelled.
    pub reason: Option<i32>,
    /// Where the payer was sent afterwards.
    pub location: Option<String>,
    /// When it began.
    pub since: Timestamp,
    /// What the shop sent, for the pages.
    pub sent: Sent,
}

impl Payment {
    /// Whether the payer can still do something.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state == State::Open
    }
}

impl Record for Payment {
    const TABLE: &'static str = "freepay.payments";

    fn id(&self) -> Id {
        self.token.as_str().into()
    }
}

/// A form as somebody posted it, and what it began.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Posted {
    /// Tells the form from others: a digest of what it asks for.
    pub mark: String,
    /// The payment that it began last.
    pub payment: String,
}

impl Record for Posted {
    const TABLE: &'static str = "freepay.forms";

    fn id(&self) -> Id {
        self.mark.as_str().into()
    }
}
