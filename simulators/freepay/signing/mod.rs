//! What a shop does with Freepay's messages: makes the form of a payment, and reads the return
//! with the web service's answer.

use crate::kit::operation::Operation;

/// Freepay's operations.
pub static OPERATIONS: &[&dyn Operation] = &[];
