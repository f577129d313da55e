//! Freepay's records. Pure.

use serde::{Deserialize, Serialize};

use crate::kit::table::{Id, Record};

/// The merchant of a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merchant {
    /// The number of the acquiring agreement.
    pub number: String,
    /// The account's password, which every call of the web services carries.
    pub password: String,
}

impl Record for Merchant {
    const TABLE: &'static str = "freepay.merchants";

    fn id(&self) -> Id {
        self.number.as_str().into()
    }
}
