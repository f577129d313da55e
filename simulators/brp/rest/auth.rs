//! Logging in to the REST API, and keeping the login.

use std::convert::Infallible;

use axum::Router;
use axum::extract::{Extension, FromRequestParts};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::brp::ID;
use crate::brp::doors::bearer;
use crate::brp::model::Session;
use crate::kit::table::Tx;
use crate::kit::workspace::Workspace;

use super::answer::{Answer, Refusal, success};
use super::fields::{mandatory, object, text};

/// How long an access token holds. Assumed.
const LIFETIME: SignedDuration = SignedDuration::from_hours(1);
/// How long after its end the refresh token still gets another. Assumed.
const REFRESHABLE: SignedDuration = SignedDuration::from_hours(30 * 24);

pub(super) fn routes() -> Router {
    Router::new()
        .route("/{root}/api/ver3/auth/login", post(login))
        .route("/{root}/api/ver3/auth/refresh", post(refresh))
        .route("/{root}/api/ver3/auth/validate", post(validate))
}

/// `POST …/auth/login`
async fn login(Extension(workspace): Extension<Workspace>, body: Bytes) -> Answer {
    let body = object(&body)?;
    mandatory(&body, ["username", "password"])?;
    let user = workspace.credential(ID, "BRP_API_USER");
    let right = body["username"] == user && body["password"] == workspace.credential(ID, "BRP_API_PASSWORD");
    if !right {
        return Err(Refusal::Unauthorized);
    }
    let session = workspace
        .transact(|tx| Ok::<_, Infallible>(begin(tx, user, None)))
        .await
        .unwrap_or_else(|never| match never {});
    Ok(success(StatusCode::OK, &opened(&session)))
}

/// `POST …/auth/refresh`: another access token for the same user. That the refresh token stays the same
/// and serves again, and that the earlier access token holds to its end, is assumed.
async fn refresh(Extension(workspace): Extension<Workspace>, body: Bytes) -> Answer {
    let body = object(&body)?;
    mandatory(&body, ["refreshToken"])?;
    let came_with = text(&body, "refreshToken")?.unwrap_or_default();
    let session = workspace
        .transact(|tx| {
            let sessions = tx.all::<Session>();
            let known = sessions
                .iter()
                .find(|session| session.refresh_token == came_with && is_refreshable(session, tx.now));
            let username = known.ok_or(Refusal::Unauthorized)?.username.clone();
            Ok::<_, Refusal>(begin(tx, &username, Some(came_with)))
        })
        .await?;
    Ok(success(StatusCode::CREATED, &opened(&session)))
}

/// `POST …/auth/validate`
async fn validate(Extension(workspace): Extension<Workspace>, headers: HeaderMap) -> Answer {
    let (session, now) = session(&workspace, &headers).await?;
    let left = session.expires.duration_since(now).as_millis();
    Ok(success(StatusCode::OK, &shown(&session, left)))
}

/// A request that carries a token that still holds; without one the handler is not reached.
pub(super) struct Authorized(pub(super) Workspace);

impl FromRequestParts<()> for Authorized {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &()) -> Result<Self, Response> {
        let Extension(workspace) = Extension::<Workspace>::from_request_parts(parts, state)
            .await
            .map_err(IntoResponse::into_response)?;
        authorized(&workspace, &parts.headers).await.map_err(IntoResponse::into_response)?;
        Ok(Self(workspace))
    }
}

/// Whether the request carries a token that still holds, where only some requests need one.
pub(super) async fn authorized(workspace: &Workspace, headers: &HeaderMap) -> Result<(), Refusal> {
    session(workspace, headers).await.map(drop)
}

async fn session(workspace: &Workspace, headers: &HeaderMap) -> Result<(Session, Timestamp), Refusal> {
    let token = bearer(headers).ok_or(Refusal::Unauthorized)?;
    let found = workspace
        .read(|tx| {
            let session = tx.get::<Session>(token).filter(|session| session.expires > tx.now);
            session.map(|session| (Session::clone(&session), tx.now))
        })
        .await;
    found.ok_or(Refusal::Unauthorized)
}

/// Begins a session and forgets those that nobody can come back to.
fn begin(tx: &mut Tx<'_>, username: &str, refresh_token: Option<&str>) -> Session {
    let now = tx.now;
    for old in tx.all::<Session>().iter().filter(|session| !is_refreshable(session, now)) {
        tx.remove::<Session>(old.token.as_str());
    }
    let token = tx.token::<Session>(username);
    let session = Session {
        refresh_token: match refresh_token {
            Some(kept) => kept.to_owned(),
            None => tx.seed.token("brp.refresh", &token, 0),
        },
        token,
        username: username.to_owned(),
        expires: now.saturating_add(LIFETIME).unwrap_or(now),
    };
    tx.hide("BRP_ACCESS_TOKEN", &session.token);
    tx.hide("BRP_REFRESH_TOKEN", &session.refresh_token);
    tx.put(session.clone());
    session
}

fn is_refreshable(session: &Session, now: Timestamp) -> bool {
    session.expires.saturating_add(REFRESHABLE).is_ok_and(|end| end > now)
}

/// A session as login and refresh hand it out.
fn opened(session: &Session) -> Value {
    let mut opened = shown(session, LIFETIME.as_millis());
    opened["refresh_token"] = json!(session.refresh_token);
    opened
}

fn shown(session: &Session, expires_in: i128) -> Value {
    json!({
        "username": session.username,
        "roles": ["ROLE_INTEGRATOR"],
        "token_type": "Bearer",
        "access_token": session.token,
        "expires_in": expires_in,
    })
}
