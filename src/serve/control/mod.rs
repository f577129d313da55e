//! The control API under `/_sim/v1/`: JSON, for tests and tools.

mod callbacks;
mod catalogue;
mod clock;
mod extract;
mod faults;
mod journal;
mod payments;
mod records;
mod refusals;
mod surface;
mod workspaces;

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::{StatusCode, header};
use provkassa_simulators::kit::digest;
use provkassa_simulators::kit::problem::Problem;
use serde_json::json;
use tower::ServiceExt as _;

use super::from::{self, Stranger};
use super::house::House;
use super::{live, returned};
// What a test asks of its sandbox is checked as what comes over HTTP is.
pub(super) use catalogue::provider;
pub(super) use faults::{plant_fault, pull_faults};
pub(super) use payments::{press_button, queue, queued};
pub(super) use records::{records_of, seed};

type Shared = State<Arc<House>>;

pub(super) async fn handle(house: Arc<House>, request: Request) -> Response {
    if !is_open(request.uri().path())
        && let Err(problem) = admitted(&house, &request)
    {
        return problem.into_response();
    }
    call(&house, request).await
}

/// Whether anybody may ask for this path: nothing there changes anything, or tells a secret.
pub(super) fn is_open(path: &str) -> bool {
    matches!(path, "/livez" | "/readyz" | "/_sim/return")
}

/// Answers a request that is admitted: one that came, or a button's on a page of ours.
pub(super) async fn call(house: &Arc<House>, request: Request) -> Response {
    let router = house.control.get_or_init(router).clone();
    router.with_state(Arc::clone(house)).oneshot(request).await.unwrap_or_else(|never| match never {})
}

/// Where there is a token, only who has it gets in. Where there is none, only this machine can connect,
/// and a page from elsewhere in its browser must not: neither by a name of its own that points here
/// (the Host header shows it), nor by a form (the Origin header shows it).
fn admitted(house: &House, request: &Request) -> Result<(), Problem> {
    let Some(token) = &house.token else {
        return from::stranger(house, request.headers()).map_or(Ok(()), |stranger| Err(refusal(&stranger)));
    };
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let bearer = header(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    let query = request.uri().query().unwrap_or_default();
    let in_query = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "token");
    let came = bearer.map(ToOwned::to_owned).or(in_query.map(|(_, token)| token.into_owned()));
    if came.is_some_and(|came| digest::same(&came, token)) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::UNAUTHORIZED,
        "unauthorized",
        "the control API asks for a token, because it can be reached from other machines",
        "Send `Authorization: Bearer …` with the token that `provkassa serve` printed, or open the address that it printed.",
    ))
}

/// What a stranger is told: by which name to come, or who may ask.
fn refusal(stranger: &Stranger<'_>) -> Problem {
    let (kind, message, help) = match stranger {
        Stranger::Host(host) => (
            "foreign_host",
            format!("the control port is not `{host}`"),
            "Use its address or localhost, or give the name that it is reached by with --public-url.",
        ),
        Stranger::Page(origin) => (
            "foreign_page",
            format!("the control port takes no requests of the pages of `{origin}`"),
            "Call it from your tests or your server, which send no Origin, or press the buttons of the live view.",
        ),
    };
    Problem::new(StatusCode::FORBIDDEN, kind, message, help)
}

/// Every path of the control port. Made once.
fn router() -> Router<Arc<House>> {
    Router::new()
        .nest("/_sim/v1", surface::router())
        .merge(live::router())
        .route("/_sim/return", get(returned::returned))
        .route("/livez", get(|| async { Json(json!({"status": "ok"})) }))
        .route("/readyz", get(|| async { Json(json!({"status": "ready"})) }))
        .fallback(|| async {
            Problem::not_found(
                "unknown_path",
                "there is nothing at this path",
                "The control API is under /_sim/v1/.",
            )
        })
        .method_not_allowed_fallback(|| async {
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "unknown_method",
                "this path does not take this method",
                "The header Allow says which it takes.",
            )
        })
        .layer(DefaultBodyLimit::max(extract::LONGEST))
}
