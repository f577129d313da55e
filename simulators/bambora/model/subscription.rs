//! A card that was stored for recurring payments.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::bambora::acquirer::Card;
use crate::kit::table::{Id, Record};

/// A subscription. A deleted one is removed: nothing of the card stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// `subscriptionid`.
    pub id: u64,
    /// The order with which it was signed up.
    pub order: String,
    /// The window's `subscriptionname`, which is told as description.
    pub name: String,
    /// When it was signed up.
    pub created: Timestamp,
    /// The stored card.
    pub card: Card,
    /// The transactions that were authorized with it, the oldest first.
    pub transactions: Vec<u64>,
}

impl Record for Subscription {
    const TABLE: &'static str = "bambora.subscriptions";

    fn id(&self) -> Id {
        self.id.into()
    }
}

/// A subscription that was deleted: its number, which no other gets, and nothing else that could be charged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    /// What was `subscriptionid`.
    pub id: u64,
    /// The order with which it was signed up.
    pub order: String,
}

impl Record for Deleted {
    const TABLE: &'static str = "bambora.deleted_subscriptions";

    fn id(&self) -> Id {
        self.id.into()
    }
}
