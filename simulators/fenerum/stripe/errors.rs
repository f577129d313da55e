//! Why Stripe refuses: the table of refusals and texts, and errors in Stripe's shape.

use std::sync::LazyLock;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Declined;

/// Why a card is not taken. How we know each stands in `fixtures/fenerum/stripe.toml`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Refusal {
    id: String,
    code: String,
    decline_code: Option<String>,
    message: String,
}

/// What the card element says of a field.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Text {
    /// As Stripe names it: `incomplete_number`.
    code: String,
    /// Which input is wrong: `number`, `expiry`, `cvc` or `postal`.
    field: String,
    /// Stripe's own text.
    message: String,
}

#[derive(Default, Deserialize)]
struct File {
    refusal: Vec<Refusal>,
    text: Vec<Text>,
}

// The text is part of the program; a test reads it, so it parses.
static FILE: LazyLock<File> = LazyLock::new(|| toml::from_str(super::FACTS).unwrap_or_default());

/// The texts of the card element.
pub(super) fn texts() -> &'static [Text] {
    &FILE.text
}

/// What a refusal of the table says; one that is not in it is a plain decline.
pub(super) fn declined(id: &str) -> Declined {
    let known = FILE.refusal.iter().find(|refusal| refusal.id == id);
    known.map_or_else(
        || Declined {
            code: "card_declined".to_owned(),
            decline_code: Some(id.to_owned()),
            message: String::new(),
        },
        |refusal| Declined {
            code: refusal.code.clone(),
            decline_code: refusal.decline_code.clone(),
            message: refusal.message.clone(),
        },
    )
}

/// An error as the API answers it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(super) struct ApiError {
    status: StatusCode,
    kind: &'static str,
    code: Option<String>,
    decline_code: Option<String>,
    param: Option<String>,
    message: String,
}

impl ApiError {
    /// The card is at fault: 402.
    pub(super) fn card(code: &str, param: &str, message: &str) -> Self {
        Self {
            status: StatusCode::PAYMENT_REQUIRED,
            kind: "card_error",
            code: Some(code.to_owned()),
            decline_code: None,
            param: Some(param.to_owned()),
            message: message.to_owned(),
        }
    }

    /// The request is at fault: 400.
    pub(super) fn request(code: Option<&str>, param: Option<&str>, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            kind: "invalid_request_error",
            code: code.map(ToOwned::to_owned),
            decline_code: None,
            param: param.map(ToOwned::to_owned),
            message: message.into(),
        }
    }

    /// A parameter that must be there is not.
    pub(super) fn missing(param: &str) -> Self {
        let message = format!("Missing required param: {param}.");
        Self::request(Some("parameter_missing"), Some(param), message)
    }

    /// There is nothing there: 404.
    pub(super) fn unknown(request: &str) -> Self {
        let message = format!("Unrecognized request URL ({request}).");
        Self { status: StatusCode::NOT_FOUND, ..Self::request(None, None, message) }
    }

    /// The key is missing or nobody's: 401.
    pub(super) fn key(message: impl Into<String>) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, ..Self::request(None, None, message) }
    }
}

impl From<Declined> for ApiError {
    fn from(declined: Declined) -> Self {
        Self {
            status: StatusCode::PAYMENT_REQUIRED,
            kind: "card_error",
            code: Some(declined.code),
            decline_code: declined.decline_code,
            param: None,
            message: declined.message,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut error = json!({ "message": self.message, "type": self.kind });
        if let Some(code) = &self.code {
            error["doc_url"] =
                format!("https://stripe.com/docs/error-codes/{}", code.replace('_', "-")).into();
        }
        for (name, value) in [("code", self.code), ("decline_code", self.decline_code), ("param", self.param)]
        {
            if let Some(value) = value {
                error[name] = value.into();
            }
        }
        (self.status, Json(json!({ "error": error }))).into_response()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::cards::cards;
    use super::*;

    #[test]
    fn every_refusal_of_a_card_is_in_the_table() {
        let known: BTreeSet<_> = FILE.refusal.iter().map(|refusal| refusal.id.as_str()).collect();
        let named: BTreeSet<_> = cards()
            .iter()
            .flat_map(|card| [&card.attach, &card.charge])
            .flatten()
            .map(String::as_str)
            .collect();
        assert!(named.is_subset(&known), "{named:?}");
        assert!(known.iter().all(|id| !declined(id).message.is_empty()));
        assert_eq!(declined("insufficient_funds").code, "card_declined");
    }

    #[test]
    fn an_error_shows_only_what_it_has() {
        let error = ApiError::missing("type");
        assert_eq!(error.to_string(), "Missing required param: type.");
        assert_eq!(error.into_response().status(), StatusCode::BAD_REQUEST);
        let declined = ApiError::from(declined("expired_card"));
        assert_eq!(declined.decline_code, None);
        assert_eq!(declined.into_response().status(), StatusCode::PAYMENT_REQUIRED);
    }
}
