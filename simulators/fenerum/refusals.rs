//! What is wrong with a request, said and shaped as Django REST framework does: one `detail`, or a list of
//! sentences for each field.
//!
//! The sentences stand in `fixtures/fenerum/codes.toml`, with the places that are filled in.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Map, Value, json};

use super::codes;
use super::ordered::Ordered;

/// The key of what is wrong with a body as a whole.
pub(super) const WHOLE: &str = "non_field_errors";

/// One sentence with the code that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) code: &'static str,
    pub(super) text: String,
}

/// The sentence of a code, with its places filled.
pub(super) fn told(code: &'static str, places: &[(&str, &str)]) -> Told {
    let mut text = codes::code(code).map_or(code, |entry| entry.text.as_str()).to_owned();
    for (place, value) in places {
        text = text.replace(&format!("{{{place}}}"), value);
    }
    Told { code, text }
}

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Something about the whole request.
    Detail(Told),
    /// Something about its fields, in the order of the fields.
    Fields(Vec<(String, Told)>),
    /// Too many requests: so many seconds to wait.
    Throttled(u64),
    /// Django failed.
    ServerError,
}

impl Refusal {
    /// A refusal of the whole request, whose sentence has no places.
    pub(super) fn detail(code: &'static str) -> Self {
        Self::Detail(told(code, &[]))
    }

    /// A refusal of one field.
    pub(super) fn field(field: &str, told: Told) -> Self {
        Self::Fields(vec![(field.to_owned(), told)])
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Detail(told) => codes::status(told.code),
            Self::Fields(_) => StatusCode::BAD_REQUEST,
            Self::Throttled(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The answer.
    pub(super) fn answer(&self) -> Response {
        let status = self.status();
        let mut response = (status, axum::Json(Ordered(&self.body()))).into_response();
        if matches!(self, Self::ServerError) {
            let page = "<h1>Server Error (500)</h1>";
            let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
            response = (status, kind, page).into_response();
        }
        let headers = response.headers_mut();
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Token"));
        }
        if let Self::Throttled(seconds) = self {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
        }
        response
    }

    pub(super) fn body(&self) -> Value {
        match self {
            Self::Detail(told) => json!({ "detail": told.text }),
            Self::Throttled(seconds) => json!({ "detail": throttled(*seconds).text }),
            Self::ServerError => json!({ "detail": told("error", &[]).text }),
            Self::Fields(fields) => {
                let mut body = Map::new();
                for (field, told) in fields {
                    if let Some(list) = body.entry(field).or_insert_with(|| json!([])).as_array_mut() {
                        list.push(json!(told.text));
                    }
                }
                Value::Object(body)
            }
        }
    }

    /// What was refused and why, for the person who made the request.
    pub(super) fn in_words(&self) -> String {
        let said = |told: &Told| {
            let meaning = codes::code(told.code).map_or("", |entry| entry.meaning.as_str());
            format!("{}: {meaning}", told.code)
        };
        match self {
            Self::Detail(told) => said(told),
            Self::Throttled(seconds) => said(&throttled(*seconds)),
            Self::ServerError => said(&told("error", &[])),
            Self::Fields(fields) => {
                let said = fields.iter().map(|(field, told)| format!("{field}: {}", said(told)));
                said.collect::<Vec<_>>().join(" ")
            }
        }
    }
}

fn throttled(seconds: u64) -> Told {
    let unit = if seconds == 1 { "second" } else { "seconds" };
    told("throttled", &[("wait", &seconds.to_string()), ("unit", unit)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_shaped_as_the_framework_does() {
        let one = Refusal::detail("not_found");
        assert_eq!(one.body(), json!({"detail": "Not found."}));
        let fields = Refusal::Fields(vec![
            ("token".to_owned(), told("required", &[])),
            ("gateway".to_owned(), told("invalid_choice", &[("input", "foo")])),
        ]);
        assert_eq!(
            fields.body(),
            json!({"token": ["This field is required."], "gateway": ["\"foo\" is not a valid choice."]})
        );
        assert_eq!(
            Refusal::Throttled(1).body(),
            json!({"detail": "Request was throttled. Expected available in 1 second."})
        );
        assert!(fields.in_words().contains("gateway: invalid_choice"));
    }
}
