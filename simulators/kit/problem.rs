//! Errors of our own surface: the control API and the door in front of the simulators.
//!
//! A provider's errors have the provider's shape; these never stand in for them.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;
use serde_json::json;

/// What went wrong, and what to do next: `{"error": {"type", "message", "help"}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[error("{message}")]
pub struct Problem {
    /// The HTTP status.
    #[serde(skip)]
    pub status: StatusCode,
    /// A stable word for programs: `unknown_workspace`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// What happened, and where.
    pub message: String,
    /// What to do next.
    pub help: String,
}

impl Problem {
    /// The request cannot be understood.
    pub fn bad_request(kind: &'static str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, kind, message, help)
    }

    /// There is no such thing.
    pub fn not_found(kind: &'static str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, kind, message, help)
    }

    /// A problem with any status.
    pub fn new(
        status: StatusCode,
        kind: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self { status, kind, message: message.into(), help: help.into() }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error": self }))).into_response()
    }
}

/// The known name nearest to a mistyped one, if one is near.
#[must_use]
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(typed, name), name))
        .filter(|(distance, name)| *distance <= name.chars().count() / 3 + 1)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_name_is_answered_with_the_nearest() {
        assert_eq!(nearest("bpr", ["brp", "fena"]), Some("brp"));
        assert_eq!(nearest("settngs", ["settings", "outcomes"]), Some("settings"));
        assert_eq!(nearest("zzzzzz", ["settings", "outcomes"]), None);
    }
}
