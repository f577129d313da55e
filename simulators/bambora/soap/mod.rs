//! The two web services, `remote/payment.asmx` and `remote/subscription.asmx`.

use axum::extract::Request as Incoming;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;

use crate::kit::soap::Request;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Desk {
    /// `payment.asmx`.
    Payment,
    /// `subscription.asmx`.
    Subscription,
}

impl Desk {
    /// The service's own part of a path that leads to it.
    pub(super) fn path(self, path: &str) -> &str {
        let file = match self {
            Self::Payment => "/remote/payment.asmx",
            Self::Subscription => "/remote/subscription.asmx",
        };
        &path[..file.len()]
    }
}

pub(super) fn stranger(_: Desk, _: &Request<'_>) -> Response {
    StatusCode::NOT_IMPLEMENTED.into_response()
}

pub(super) async fn serve(_: Desk, _: &str, _: Incoming) -> Response {
    StatusCode::NOT_IMPLEMENTED.into_response()
}
