//! The control API under `/_sim/v1/`: JSON, for tests and tools.

mod journal;
mod payments;
mod workspaces;

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::{StatusCode, header};
use provkassa_simulators::PROVIDERS;
use provkassa_simulators::kit::digest;
use provkassa_simulators::kit::problem::{Problem, nearest};
use provkassa_simulators::kit::provider::Provider;
use serde::de::DeserializeOwned;
use serde_json::json;
use tower::ServiceExt as _;

use super::house::House;
use super::{live, returned};

type Shared = State<Arc<House>>;
type Answer = Result<Response, Problem>;

pub(super) async fn handle(house: Arc<House>, request: Request) -> Response {
    let open = matches!(request.uri().path(), "/livez" | "/readyz" | "/_sim/return");
    if !open && let Err(problem) = admitted(&house, &request) {
        return problem.into_response();
    }
    call(&house, request).await
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
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let Some(token) = &house.token else {
        // `null` is what a hidden origin looks like, a sandboxed frame's among them: no page of ours.
        let origin = header(header::ORIGIN);
        let origin = origin.map(|origin| origin.split("://").nth(1).unwrap_or(origin));
        let stranger =
            [header(header::HOST), origin].into_iter().flatten().find(|host| !is_ours(house, host));
        return stranger.map_or(Ok(()), |host| {
            Err(Problem::new(
                StatusCode::FORBIDDEN,
                "foreign_host",
                format!("the control port is not `{host}`"),
                "Use its address or localhost, or give the name that it is reached by with --public-url.",
            ))
        });
    };
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

/// Whether a Host header (or an origin without its scheme) names this machine, or the public URL.
fn is_ours(house: &House, host: &str) -> bool {
    let public = house.public_url.as_ref().and_then(|url| url.split("://").nth(1)?.split('/').next());
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(rest),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    let local = name == "localhost" || name.ends_with(".localhost");
    local || name.parse::<IpAddr>().is_ok() || public == Some(host)
}

/// Every path of the control port. Made once.
fn router() -> Router<Arc<House>> {
    let workspace = Router::new()
        .route("/reset", post(workspaces::reset))
        .route("/snapshot", get(workspaces::snapshot))
        .route("/settings", get(workspaces::read_settings).patch(workspaces::change_settings))
        .route("/clock", get(workspaces::read_clock).put(workspaces::set_clock))
        .route("/clock/advance", post(workspaces::advance))
        .route("/outcomes", post(payments::queue_outcomes))
        .route("/payments/{payment}/outcome", post(payments::press))
        .route("/callbacks", get(payments::callbacks))
        .route("/callbacks/policy", post(payments::set_policy))
        .route("/callbacks/{id}/{action}", post(payments::act_on_callback))
        .route("/journal", get(journal::journal))
        .route("/{provider}/{record}", get(payments::read_records).post(payments::seed_record));
    let api = Router::new()
        .route("/health", get(|| async { Json(json!({"status": "ok"})) }))
        .route("/version", get(|| async { Json(json!({"version": crate::VERSION})) }))
        .route("/providers", get(providers))
        .route("/providers/{id}/codes", get(codes))
        .route("/workspaces", get(workspaces::list_workspaces).post(workspaces::create_workspace))
        .route("/unclaimed", get(journal::unclaimed))
        .nest("/workspaces/{name}", workspace)
        .route("/workspaces/{name}", get(workspaces::read_workspace).delete(workspaces::delete_workspace));
    Router::new()
        .nest("/_sim/v1", api)
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
}

fn body<T: DeserializeOwned>(bytes: &Bytes) -> Result<T, Problem> {
    let bytes = if bytes.is_empty() { b"{}" } else { bytes.as_ref() };
    serde_json::from_slice(bytes).map_err(|error| {
        Problem::bad_request(
            "refused_body",
            format!("the body does not fit: {error}"),
            "Send JSON of the documented shape.",
        )
    })
}

fn provider(id: &str) -> Result<&'static dyn Provider, Problem> {
    provkassa_simulators::provider(id).ok_or_else(|| {
        let known: Vec<_> = PROVIDERS.iter().map(|provider| provider.info().id).collect();
        let near = nearest(id, known.iter().copied());
        Problem::not_found(
            "unknown_provider",
            format!("there is no provider `{id}`"),
            near.map_or_else(
                || format!("There are: {}.", known.join(", ")),
                |near| format!("Did you mean `{near}`?"),
            ),
        )
    })
}

async fn providers() -> Response {
    let all = PROVIDERS.iter().map(|provider| {
        let info = provider.info();
        json!({
            "id": info.id,
            "name": info.name,
            "imitates": info.imitates,
            "leaves_out": info.leaves_out,
            "settings": info.settings.iter().map(|setting| json!({
                "name": setting.name,
                "default": setting.default,
                "meaning": setting.meaning,
                "provenance": setting.provenance,
            })).collect::<Vec<_>>(),
        })
    });
    Json(all.collect::<Vec<_>>()).into_response()
}

async fn codes(Path(id): Path<String>) -> Answer {
    let provider = provider(&id)?;
    let codes = provider.codes().iter().map(|code| {
        let mut value = json!(code);
        value["magic"] = json!(provider.magic(&code.code));
        value
    });
    Ok(Json(codes.collect::<Vec<_>>()).into_response())
}
