//! How the API says no, in QuickPay's own shape.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::{Value, json};

use crate::kit::settings::Settings;
use crate::quickpay::model::Kind;

/// Why a call is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// No key, or one that nobody has.
    Unauthorized,
    /// The key's agreement may not.
    Forbidden {
        /// `PUT`.
        verb: String,
        /// `/payments/:id/link`.
        template: &'static str,
    },
    /// The header `Accept-Version` is missing or asks for another version.
    Version,
    /// There is no such path.
    NoRoute,
    /// The path has other verbs.
    Verb(String),
    /// Nothing has this id.
    NotFound {
        /// `Payment`.
        what: &'static str,
        /// As it stood in the path.
        id: String,
    },
    /// Fields are wrong: each with what is wrong with it.
    Invalid(Vec<(String, String)>),
    /// The resource is not in a state for it.
    State {
        /// What it is.
        kind: Kind,
        /// What was to be done.
        operation: &'static str,
    },
    /// The operation has ended, so that it cannot be aborted.
    Ended,
}

/// QuickPay's shape of an error.
#[derive(Serialize)]
struct Body {
    message: String,
    errors: Value,
    error_code: Option<&'static str>,
}

impl Refusal {
    /// One wrong field.
    pub(crate) fn field(name: impl Into<String>, what: impl Into<String>) -> Self {
        Self::Invalid(vec![(name.into(), what.into())])
    }

    /// Its status.
    pub(crate) fn status(&self, settings: &Settings) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden { .. } => StatusCode::FORBIDDEN,
            Self::Version if settings.get("quickpay.version_missing") == "404" => StatusCode::NOT_FOUND,
            Self::Version => StatusCode::NOT_ACCEPTABLE,
            Self::NoRoute | Self::NotFound { .. } => StatusCode::NOT_FOUND,
            Self::Verb(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::Invalid(_) | Self::State { .. } => StatusCode::BAD_REQUEST,
            Self::Ended => StatusCode::PRECONDITION_REQUIRED,
        }
    }

    /// Its text.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::Unauthorized => "Invalid API key".to_owned(),
            Self::Forbidden { verb, template } => {
                format!("Not authorized: Not authorized to {verb} {template}")
            }
            Self::Version => "Not acceptable: Accept-Version must be v10".to_owned(),
            Self::NoRoute => "404 Not Found".to_owned(),
            Self::Verb(_) => "Method Not Allowed".to_owned(),
            Self::NotFound { what, id } => format!("Not found: No {what} with id {id}"),
            Self::Invalid(_) => "Validation error".to_owned(),
            Self::State { kind, operation } => {
                format!("Validation error: {} is not in a valid state for {operation}", kind.name())
            }
            Self::Ended => "Precondition required: the operation cannot be aborted".to_owned(),
        }
    }

    /// What a person is told about it in the journal.
    pub(crate) fn explained(&self) -> String {
        let fields = |fields: &[(String, String)]| {
            fields.iter().map(|(name, what)| format!("{name} {what}")).collect::<Vec<_>>().join("; ")
        };
        match self {
            Self::Invalid(wrong) => format!("{}: {}", self.message(), fields(wrong)),
            Self::Verb(allowed) => format!("{}: this path takes {allowed}", self.message()),
            _ => self.message(),
        }
    }

    /// The answer.
    pub(crate) fn response(&self, settings: &Settings) -> Response {
        let status = self.status(settings);
        if matches!(self, Self::NoRoute) || (matches!(self, Self::Version) && status == StatusCode::NOT_FOUND)
        {
            let mut response = (status, "404 Not Found").into_response();
            response.headers_mut().insert("x-cascade", HeaderValue::from_static("pass"));
            return response;
        }
        let errors = match self {
            Self::Invalid(wrong) => {
                let mut errors = serde_json::Map::new();
                for (name, what) in wrong {
                    let list = errors.entry(name.clone()).or_insert_with(|| json!([]));
                    if let Some(list) = list.as_array_mut() {
                        list.push(json!(what));
                    }
                }
                Value::Object(errors)
            }
            _ if settings.get("quickpay.no_errors") == "object" => json!({}),
            _ => Value::Null,
        };
        let body = Body { message: self.message(), errors, error_code: None };
        let mut response = (status, axum::Json(body)).into_response();
        if let Self::Verb(allowed) = self
            && let Ok(allowed) = HeaderValue::from_str(allowed)
        {
            response.headers_mut().insert(header::ALLOW, allowed);
        }
        response
    }
}
