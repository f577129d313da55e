//! The payment page: opened by form post; its pages; accept and decline.

use serde_json::Value;

use crate::kit::outcome::Outcome;
use crate::kit::problem::Problem;
use crate::kit::table::Tx;
use crate::kit::workspace::Workspace;

/// A page that waits gets its outcome, as if the payer had pressed it.
pub(super) fn press(_: &mut Tx<'_>, payment: &str, _: &Outcome) -> Result<Value, Problem> {
    Err(Problem::not_found("unknown_payment", format!("no page `{payment}` waits"), "Open one."))
}

/// What a newcomer tries first.
pub(super) fn steps(_: &Tx<'_>, _: &Workspace, _: &str, _: &str) -> Vec<(String, String)> {
    Vec::new()
}
