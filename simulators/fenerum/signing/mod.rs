//! What a shop does with Fenerum's messages.

use crate::kit::operation::Operation;

/// Fenerum's operations.
pub static OPERATIONS: &[&dyn Operation] = &[];
