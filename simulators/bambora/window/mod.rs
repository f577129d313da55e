//! The payment window: opened by form, link or script; its pages; returns and callbacks.

use std::time::Duration;

use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde_json::Value;

use crate::kit::outbox::RetrySchedule;
use crate::kit::outcome::Outcome;
use crate::kit::problem::Problem;
use crate::kit::table::Tx;
use crate::kit::workspace::Workspace;

/// Once an hour, at most 24 times.
pub(super) const RETRIES: RetrySchedule = RetrySchedule(&[Duration::from_secs(3600); 24]);

/// `/integration/ewindow/Default.aspx`: the shop opens the window.
pub(super) async fn open(_: Request) -> Response {
    StatusCode::NOT_FOUND.into_response()
}

/// `/integration/ewindow/{token}`: a page of an open window, and what the payer does there. The token claims
/// the workspace.
pub(super) async fn page(_: &str, _: Request) -> Response {
    StatusCode::NOT_FOUND.into_response()
}

/// `/integration/ewindow/paymentwindow.js`
pub(super) fn script() -> Response {
    StatusCode::NOT_FOUND.into_response()
}

/// `/integration/paymentlogos/PaymentLogos.aspx`, with its query.
pub(super) fn logos(_: &str) -> Response {
    StatusCode::NOT_FOUND.into_response()
}

/// What the window says to a merchant number that nobody has: -5506.
pub(super) fn stranger() -> Response {
    StatusCode::NOT_FOUND.into_response()
}

/// A window that waits gets its outcome, as if the payer had pressed it.
pub(super) fn press(_: &mut Tx<'_>, payment: &str, _: &Outcome) -> Result<Value, Problem> {
    Err(Problem::not_found("unknown_payment", format!("no window `{payment}` waits"), "Open one."))
}

/// What a newcomer tries first.
pub(super) fn steps(_: &Tx<'_>, _: &Workspace, _: &str, _: &str) -> Vec<(String, String)> {
    Vec::new()
}
