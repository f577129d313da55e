//! What a shop does with ePay's messages: makes the window's parameters with their hash, and reads the return
//! and the callback.

use crate::kit::operation::Operation;

/// ePay's operations.
pub static OPERATIONS: &[&dyn Operation] = &[];
