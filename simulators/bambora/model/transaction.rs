//! A payment: authorized, captured, credited or deleted.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::bambora::acquirer::Card;
use crate::kit::table::{Id, Record};

/// Where a transaction stands; the names are ePay's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Authorized.
    PaymentNew,
    /// Captured; credits do not change it.
    PaymentCaptured,
    /// Deleted before a capture.
    PaymentDeleted,
    /// It was to be captured at once, and could not be.
    PaymentInstantCaptureFailed,
    /// Authorized again, and not captured since.
    PaymentRenew,
    /// Captured at Euroline, and not settled.
    PaymentEurolineWaitCapture,
    /// Credited at Euroline, and not settled.
    PaymentEurolineWaitCredit,
}

/// A line of a transaction's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its number.
    pub id: u64,
    /// Whose doing it is: 0 the card holder's, -1 a web service's.
    pub logon: i64,
    /// As ePay words it: `Payment captured with amount 79,00`.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// A transaction. Amounts are in minor units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    /// `transactionid`, `txnid`.
    pub id: u64,
    /// The shop's order; may be empty.
    pub order: String,
    /// What was authorized, without the fee.
    pub amount: i64,
    /// What the card holder pays on top.
    pub fee: i64,
    /// ISO 4217 number: 208.
    pub currency: u16,
    /// What was captured so far.
    pub captured: i64,
    /// What was credited so far.
    pub credited: i64,
    /// Where it stands.
    pub status: Status,
    /// The card.
    pub card: Card,
    /// The payment group; empty for none.
    pub group: String,
    /// The shop's note.
    pub description: String,
    /// Whether it may be captured in parts.
    pub split: bool,
    /// ePay's word for the acquirer: `PBS`.
    pub acquirer: String,
    /// What Nets answered to the authorization: 0, or another approval.
    pub response: u16,
    /// The subscription that it was authorized with.
    pub subscription: Option<u64>,
    /// When it was authorized.
    pub authorized_at: Timestamp,
    /// When it was last captured.
    pub captured_at: Option<Timestamp>,
    /// When it was last credited.
    pub credited_at: Option<Timestamp>,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// What happened to it, the oldest first.
    pub history: Vec<Event>,
}

impl Record for Transaction {
    const TABLE: &'static str = "bambora.transactions";

    fn id(&self) -> Id {
        self.id.into()
    }
}
