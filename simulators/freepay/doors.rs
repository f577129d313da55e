//! How requests come in: whose they are, and which room answers.

use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;

use crate::kit::locator::{Claim, Received};
use crate::kit::workspace::Workspace;

/// The credential in forms.
pub(super) const MERCHANT: &str = "merchant number";

/// The merchant number; or the transaction, subscription or page that we handed out.
pub(super) fn claims(_: &Received) -> Vec<Claim> {
    Vec::new()
}

/// What Freepay says to a merchant number that nobody has.
pub(super) fn stranger(_: &Received, _: &Workspace) -> Option<Response> {
    None
}

/// Any request; IIS does not mind the case of a path.
pub(super) async fn handle(_: Request) -> Response {
    StatusCode::NOT_FOUND.into_response()
}
