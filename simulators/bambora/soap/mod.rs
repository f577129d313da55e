//! The two web services, `remote/payment.asmx` and `remote/subscription.asmx`.

use axum::response::{IntoResponse as _, Response};
use http::StatusCode;

use crate::kit::soap::Request;

use super::doors::Visit;

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

pub(super) async fn serve(_: Visit, _: Desk, _: &str) -> Response {
    StatusCode::NOT_IMPLEMENTED.into_response()
}
