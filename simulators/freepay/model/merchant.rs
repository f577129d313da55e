//! A merchant with an account at Freepay.

use serde::{Deserialize, Serialize};

use crate::kit::table::{Id, Record};

/// A merchant. A workspace begins with one; the control API adds more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merchant {
    /// The number of the acquiring agreement.
    pub number: String,
    /// The account's password, which every call of the web services carries.
    pub password: String,
    /// Freepay's own id of the account: `MerchantID` in views.
    pub account: u64,
    /// What the payment page calls the shop.
    pub name: String,
}

impl Record for Merchant {
    const TABLE: &'static str = "freepay.merchants";

    fn id(&self) -> Id {
        self.number.as_str().into()
    }
}
