//! A subscription: a card that may be charged again.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::freepay::acquirer::{Card, Verdict};
use crate::kit::nets;
use crate::kit::table::{Id, Record};

/// A subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// `SubscriptionID`; the accept URL has it as `transact`.
    pub id: u64,
    /// The merchant's number.
    pub merchant: String,
    /// The order with which it was made.
    pub order: String,
    /// ISO 4217, numeric.
    pub currency: u16,
    /// The payer's address.
    pub source_ip: String,
    /// The card that is charged.
    pub card: Card,
    /// When it was made, in Danish time.
    pub created: DateTime,
}

impl Subscription {
    /// What is said to a charge on a day. Nothing and less than nothing cannot be drawn.
    #[must_use]
    pub fn verdict(&self, amount: i64, today: Date) -> Verdict {
        if amount <= 0 { Verdict::nets(nets::INVALID_AMOUNT) } else { self.card.says(today) }
    }

    /// `ExpiryDate`: the last day of the card's last month, or the first.
    #[must_use]
    pub fn expires(&self, last_day: bool) -> DateTime {
        let first = Date::new(self.card.year, self.card.month, 1).unwrap_or(Date::MAX);
        if last_day { first.last_of_month() } else { first }.at(0, 0, 0, 0)
    }
}

impl Record for Subscription {
    const TABLE: &'static str = "freepay.subscriptions";

    fn id(&self) -> Id {
        self.id.into()
    }
}
