//! The payment window: opened by form, link or script; its pages; returns and callbacks.

use std::time::Duration;

use serde_json::Value;

use crate::kit::outbox::RetrySchedule;
use crate::kit::outcome::Outcome;
use crate::kit::problem::Problem;
use crate::kit::table::Tx;
use crate::kit::workspace::Workspace;

/// Once an hour, at most 24 times.
pub(super) const RETRIES: RetrySchedule = RetrySchedule(&[Duration::from_secs(3600); 24]);

/// A window that waits gets its outcome, as if the payer had pressed it.
pub(super) fn press(_: &mut Tx<'_>, payment: &str, _: &Outcome) -> Result<Value, Problem> {
    Err(Problem::not_found("unknown_payment", format!("no window `{payment}` waits"), "Open one."))
}

/// What a newcomer tries first.
pub(super) fn steps(_: &Tx<'_>, _: &Workspace, _: &str, _: &str) -> Vec<(String, String)> {
    Vec::new()
}
