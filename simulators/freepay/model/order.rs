//! An order number that was used.

use serde::{Deserialize, Serialize};

use crate::kit::table::{Id, Record};

/// An order number with which a transaction or a subscription was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Merchant and order.
    pub key: String,
}

impl Order {
    /// How the table calls a merchant's order. Ids are drawn by it, too: what other orders do meanwhile does
    /// not change them.
    #[must_use]
    pub fn key(merchant: &str, order: &str) -> String {
        format!("{merchant}/{order}")
    }
}

impl Record for Order {
    const TABLE: &'static str = "freepay.orders";

    fn id(&self) -> Id {
        self.key.as_str().into()
    }
}
