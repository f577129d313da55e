//! What a shop does with QuickPay's messages.

use crate::kit::operation::Operation;

/// QuickPay's operations.
pub static OPERATIONS: &[&dyn Operation] = &[];
