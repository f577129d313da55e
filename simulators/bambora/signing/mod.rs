//! What a shop does with ePay's messages: makes the window's parameters with their hash, and reads the return
//! and the callback.

mod sums;

use crate::kit::operation::Operation;

pub(in crate::bambora) use sums::{HASH, canonical, decoded, sum, sum_of, sum_of_address};

/// ePay's operations.
pub static OPERATIONS: &[&dyn Operation] = &[];
