//! What the REST API answers: its successes, and its refusals.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};

/// Every success carries a version of this shape. The number is ours.
const VERSION: (&str, &str) = ("brp-version", "2026.0001");

/// What a request to the REST API ends with.
pub(super) type Answer = Result<Response, Refusal>;

/// API3's business errors: always 403, whatever they say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// A code alone.
    Business(&'static str),
    /// Fields that do not fit, each with its code.
    Fields(Vec<(String, &'static str)>),
    /// A field that does not fit, with what its code says beside.
    Argued {
        /// The field.
        field: &'static str,
        /// The code.
        code: &'static str,
        /// The code's arguments.
        arguments: Vec<(&'static str, Value)>,
    },
    /// No token where one is needed, or a wrong one.
    Unauthorized,
}

impl Refusal {
    /// One field that does not fit.
    pub(super) fn field(name: impl Into<String>, code: &'static str) -> Self {
        Self::Fields(vec![(name.into(), code)])
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let invalid = |errors: Vec<Value>| json!({"errorCode": "INVALID_INPUT", "fieldErrors": errors});
        let body = match self {
            Self::Unauthorized => return StatusCode::UNAUTHORIZED.into_response(),
            Self::Business(code) => json!({ "errorCode": code }),
            Self::Fields(fields) => {
                let errors = fields.iter().map(|(field, code)| json!({"field": field, "errorCode": code}));
                invalid(errors.collect())
            }
            Self::Argued { field, code, arguments } => {
                let mut error = json!({"field": field, "errorCode": code});
                for (name, argument) in arguments {
                    error[name] = argument;
                }
                invalid(vec![error])
            }
        };
        (StatusCode::FORBIDDEN, Json(body)).into_response()
    }
}

/// A success with API3's headers.
pub(super) fn success(status: StatusCode, body: &Value) -> Response {
    let version = (HeaderName::from_static(VERSION.0), HeaderValue::from_static(VERSION.1));
    (status, [version], Json(body)).into_response()
}
