//! What a merchant has set up in ePay's admin.

use serde::{Deserialize, Serialize};

use crate::kit::table::{Id, Record};

/// The merchant of a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merchant {
    /// Seven digits.
    pub number: String,
    /// The key of the window's hashes; empty for none.
    pub md5_key: String,
    /// The web services' password; empty for none.
    pub password: String,
    /// The hosts that may open the window; empty for all.
    pub domains: Vec<String>,
    /// Where callbacks go that the window is not told; empty for nowhere.
    pub callback_url: String,
}

impl Record for Merchant {
    const TABLE: &'static str = "bambora.merchants";

    fn id(&self) -> Id {
        self.number.as_str().into()
    }
}
