//! Logging in to the REST API, and what API3 answers when something is wrong.

use std::convert::Infallible;

use axum::Json;
use axum::extract::Extension;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::kit::workspace::Workspace;

use super::ID;
use super::doors::bearer;
use super::model::Session;

/// How long a login holds. Assumed.
const LIFETIME: SignedDuration = SignedDuration::from_hours(1);
/// Every success carries a version of this shape. The number is ours.
const VERSION: (&str, &str) = ("brp-version", "2026.0001");

/// API3's business errors: always 403, whatever they say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// A code alone.
    Business(&'static str),
    /// Fields that do not fit, each with its code.
    Fields(Vec<(String, &'static str)>),
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
        let body = match self {
            Self::Unauthorized => return StatusCode::UNAUTHORIZED.into_response(),
            Self::Business(code) => json!({ "errorCode": code }),
            Self::Fields(fields) => {
                let errors = fields.iter().map(|(field, code)| json!({"field": field, "errorCode": code}));
                json!({ "errorCode": "INVALID_INPUT", "fieldErrors": errors.collect::<Vec<_>>() })
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

/// The body as a JSON object.
pub(super) fn object(body: &Bytes) -> Result<Value, Refusal> {
    let body = if body.is_empty() { b"{}" } else { body.as_ref() };
    serde_json::from_slice::<Value>(body)
        .ok()
        .filter(Value::is_object)
        .ok_or(Refusal::Business("INVALID_INPUT"))
}

/// `POST …/api/ver3/auth/login`
pub(super) async fn login(
    Extension(workspace): Extension<Workspace>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let body = object(&body)?;
    for field in ["username", "password"] {
        if body[field].as_str().is_none_or(str::is_empty) {
            return Err(Refusal::field(field, "FIELD_MANDATORY"));
        }
    }
    let user = workspace.credential(ID, "BRP_API_USER");
    let right = body["username"] == user && body["password"] == workspace.credential(ID, "BRP_API_PASSWORD");
    if !right {
        return Err(Refusal::Unauthorized);
    }
    let session = workspace
        .transact(|tx| {
            let now = tx.now;
            for old in tx.all::<Session>().iter().filter(|session| session.expires <= now) {
                tx.remove::<Session>(old.token.as_str());
            }
            let session = Session {
                token: tx.token::<Session>(user),
                username: user.to_owned(),
                expires: tx.now.saturating_add(LIFETIME).unwrap_or(tx.now),
            };
            tx.put(session.clone());
            Ok::<_, Infallible>(session)
        })
        .await
        .unwrap_or_else(|never| match never {});
    Ok(success(
        StatusCode::OK,
        &json!({
            "username": session.username,
            "roles": ["ROLE_INTEGRATOR"],
            "token_type": "Bearer",
            "access_token": session.token,
            "expires_in": LIFETIME.as_millis(),
        }),
    ))
}

/// Whether the request carries a token that still holds.
pub(super) async fn authorized(workspace: &Workspace, headers: &HeaderMap) -> Result<(), Refusal> {
    let token = bearer(headers).ok_or(Refusal::Unauthorized)?;
    let holds =
        workspace.read(|tx| tx.get::<Session>(token).is_some_and(|session| session.expires > tx.now)).await;
    if holds { Ok(()) } else { Err(Refusal::Unauthorized) }
}
