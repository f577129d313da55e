//! What a request brings, read as the documents describe it; a request that does not fit is told so in our own
//! shape.

use axum::extract::path::ErrorKind;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, StatusCode, header};
use provkassa_simulators::kit::problem::Problem;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize as _, Deserializer};
use serde_json::{Map, Value};

use crate::serve::front;
use crate::serve::listen::Limits;

/// The longest body that is taken, in bytes: a snapshot can be long.
pub(super) const LONGEST: usize = 64 << 20;

/// What stands in the path.
pub(super) struct Named<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = Path::<T>::from_request_parts(parts, state).await;
        read.map(|Path(named)| Self(named)).map_err(|refused| unread(&refused))
    }
}

fn unread(refused: &PathRejection) -> Problem {
    let number = match refused {
        PathRejection::FailedToDeserializePathParams(failed) => match failed.kind() {
            ErrorKind::ParseErrorAtKey { value, .. }
            | ErrorKind::ParseErrorAtIndex { value, .. }
            | ErrorKind::ParseError { value, .. } => Some(value),
            _ => None,
        },
        _ => None,
    };
    match number {
        Some(value) => Problem::bad_request(
            "refused_path",
            format!("`{value}` stands in the path where a number is wanted"),
            "Give the `number` that the list shows: GET the path without its last part.",
        ),
        None => Problem::bad_request(
            "refused_path",
            format!("the path cannot be read: {}", refused.body_text()),
            "Names in a path are UTF-8, percent-encoded.",
        ),
    }
}

/// What stands in the query.
pub(super) struct Asked<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = Query::<T>::from_request_parts(parts, state).await;
        read.map(|Query(asked)| Self(asked)).map_err(|refused| {
            Problem::bad_request(
                "refused_query",
                format!("the query does not fit: {}", refused.body_text()),
                "The parameters are described in /_sim/v1/openapi.json.",
            )
        })
    }
}

/// What can stand in a body.
pub(super) trait Body: DeserializeOwned {
    /// What one looks like, for who sent something else.
    const LIKE: &'static str;
}

/// The JSON in the body: an object.
pub(super) struct Sent<T>(pub(super) T);

impl<S: Send + Sync, T: Body> FromRequest<S> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = kind_of(request.headers());
        // What is announced need not be waited for.
        if announced(request.headers()).is_some_and(|length| length > LONGEST) {
            return Err(too_large());
        }
        let patience = request.extensions().get::<Limits>().copied().unwrap_or_default().body;
        let came = tokio::time::timeout(patience, Bytes::from_request(request, state)).await;
        let bytes = came.map_err(|_| front::slow())?.map_err(|refused| {
            if refused.status() == StatusCode::PAYLOAD_TOO_LARGE {
                return too_large();
            }
            Problem::bad_request("broken_body", "the body broke off", "Send it again.")
        })?;
        match kind {
            Some(kind) => Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "no_json",
                format!("the body is said to be `{kind}`"),
                "Send JSON, with `Content-Type: application/json`.",
            )),
            None => read(&bytes),
        }
    }
}

fn announced(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "body_too_large",
        format!("the body is longer than {LONGEST} bytes"),
        "Send less.",
    )
}

/// What the body is said to be, if that is not JSON. Nothing said is JSON, and so is what curl says of `-d`
/// when it is told nothing else.
fn kind_of(headers: &HeaderMap) -> Option<String> {
    let said = headers.get(header::CONTENT_TYPE)?;
    let said = String::from_utf8_lossy(said.as_bytes()).to_ascii_lowercase();
    let kind = said.split(';').next().unwrap_or_default().trim();
    let taken = matches!(kind, "" | "application/json" | "application/x-www-form-urlencoded");
    (!taken && !kind.ends_with("+json")).then(|| kind.to_owned())
}

fn read<T: Body>(bytes: &[u8]) -> Result<Sent<T>, Problem> {
    let refused = |why: String| {
        Problem::bad_request(
            "refused_body",
            format!("the body does not fit: {why}"),
            format!("Send JSON like {}. /_sim/v1/openapi.json describes every field.", T::LIKE),
        )
    };
    // A list of the values would be read as an object, too.
    match bytes.trim_ascii_start().first() {
        None => return Err(refused("there is none".to_owned())),
        Some(b'{') => {}
        Some(_) => return Err(refused("it is no object".to_owned())),
    }
    serde_json::from_slice(bytes).map(Sent).map_err(|error| refused(error.to_string()))
}

/// Reads an object inside a body; a list of its values is none.
pub(super) fn object<'de, D: Deserializer<'de>, T: DeserializeOwned>(from: D) -> Result<T, D::Error> {
    let fields = Map::deserialize(from)?;
    serde_json::from_value(Value::Object(fields)).map_err(D::Error::custom)
}
