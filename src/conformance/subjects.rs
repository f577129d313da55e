//! What the cases are tried on: an adapter, a running shop, or both.

use super::pool::Pool;
use crate::adapter::AdapterError;
#[cfg(feature = "cli")]
use crate::scenario::{ShopFault, Stage};

/// What the cases are tried on. What did not come up stands here with the reason.
#[derive(Debug, Default)]
pub struct Subjects {
    /// What is given messages.
    pub adapter: Option<Result<Pool, AdapterError>>,
    /// What is bought in.
    #[cfg(feature = "cli")]
    pub shop: Option<Result<Stage, ShopFault>>,
}

impl<P: Into<Pool>> From<Result<P, AdapterError>> for Subjects {
    /// An adapter alone.
    fn from(opened: Result<P, AdapterError>) -> Self {
        Self {
            adapter: Some(opened.map(Into::into)),
            #[cfg(feature = "cli")]
            shop: None,
        }
    }
}
