//! The control API under `/_sim/v1/`: JSON, for tests and tools.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::{StatusCode, header};
use jiff::Timestamp;
use provkassa_simulators::kit::journal::{Filter, Reading};
use provkassa_simulators::kit::mask::Masker;
use provkassa_simulators::kit::outbox::Policy;
use provkassa_simulators::kit::outcome::Outcome;
use provkassa_simulators::kit::problem::{Problem, nearest};
use provkassa_simulators::kit::provider::Provider;
use provkassa_simulators::kit::workspace::Workspace;
use provkassa_simulators::PROVIDERS;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::front::House;
use super::start_page;

type Shared = State<Arc<House>>;
type Answer = Result<Response, Problem>;

/// The longest that a reader of the journal may wait, in seconds.
const LONGEST_WAIT: u64 = 60;

pub(super) async fn handle(house: Arc<House>, request: Request) -> Response {
    let open = matches!(request.uri().path(), "/livez" | "/readyz");
    if !open && let Err(problem) = admitted(&house, &request) {
        return problem.into_response();
    }
    let router = house.control.get_or_init(router).clone();
    router.with_state(house).oneshot(request).await.unwrap_or_else(|never| match never {})
}

fn admitted(house: &House, request: &Request) -> Result<(), Problem> {
    let Some(token) = &house.token else { return Ok(()) };
    let came = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let right = format!("Bearer {token}");
    if came.is_some_and(|came| provkassa_simulators::kit::digest::same(came, &right)) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::UNAUTHORIZED,
        "unauthorized",
        "the control API asks for a token, because it can be reached from other machines",
        "Send `Authorization: Bearer …` with the token that `provkassa serve` printed.",
    ))
}

/// Every path of the control port. Made once.
fn router() -> Router<Arc<House>> {
    let workspace = Router::new()
        .route("/reset", post(reset))
        .route("/snapshot", get(snapshot))
        .route("/settings", get(read_settings).patch(change_settings))
        .route("/clock", get(read_clock).put(set_clock))
        .route("/clock/advance", post(advance))
        .route("/outcomes", post(queue_outcomes))
        .route("/payments/{payment}/outcome", post(press))
        .route("/callbacks", get(callbacks))
        .route("/callbacks/policy", post(set_policy))
        .route("/callbacks/{id}/{action}", post(act_on_callback))
        .route("/journal", get(journal))
        .route("/{provider}/{record}", get(read_records).post(seed_record));
    let api = Router::new()
        .route("/health", get(|| async { Json(json!({"status": "ok"})) }))
        .route("/version", get(|| async { Json(json!({"version": crate::VERSION})) }))
        .route("/providers", get(providers))
        .route("/providers/{id}/codes", get(codes))
        .route("/workspaces", get(list_workspaces).post(create_workspace))
        .route("/unclaimed", get(unclaimed))
        .nest("/workspaces/{name}", workspace)
        .route("/workspaces/{name}", get(read_workspace).delete(delete_workspace));
    Router::new()
        .nest("/_sim/v1", api)
        .route("/", get(start_page::show))
        .route("/_sim/return", get(start_page::returned))
        .route("/_sim/reset", post(start_page::reset))
        .route("/livez", get(|| async { Json(json!({"status": "ok"})) }))
        .route("/readyz", get(|| async { Json(json!({"status": "ready"})) }))
        .fallback(|| async {
            Problem::not_found("unknown_path", "there is nothing at this path", "The control API is under /_sim/v1/.")
        })
}

fn body<T: DeserializeOwned>(bytes: &Bytes) -> Result<T, Problem> {
    let bytes = if bytes.is_empty() { b"{}" } else { bytes.as_ref() };
    serde_json::from_slice(bytes).map_err(|error| {
        Problem::bad_request("refused_body", format!("the body does not fit: {error}"), "Send JSON of the documented shape.")
    })
}

fn provider(id: &str) -> Result<&'static dyn Provider, Problem> {
    provkassa_simulators::provider(id).ok_or_else(|| {
        let known: Vec<_> = PROVIDERS.iter().map(|provider| provider.info().id).collect();
        let near = nearest(id, known.iter().copied());
        Problem::not_found(
            "unknown_provider",
            format!("there is no provider `{id}`"),
            near.map_or_else(|| format!("There are: {}.", known.join(", ")), |near| format!("Did you mean `{near}`?")),
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

fn described(workspace: &Workspace) -> Value {
    let credentials: BTreeMap<_, _> = PROVIDERS
        .iter()
        .flat_map(|provider| workspace.credentials(provider.info().id))
        .map(|credential| (credential.name, &credential.value))
        .collect();
    json!({"name": workspace.name(), "credentials": credentials, "now": workspace.clock().now()})
}

async fn list_workspaces(State(house): Shared) -> Response {
    Json(house.workspaces.names()).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewWorkspace {
    name: String,
}

async fn create_workspace(State(house): Shared, bytes: Bytes) -> Answer {
    let wanted: NewWorkspace = body(&bytes)?;
    let workspace = house.workspaces.create(&wanted.name).await?;
    Ok((StatusCode::CREATED, Json(described(&workspace))).into_response())
}

async fn read_workspace(State(house): Shared, Path(name): Path<String>) -> Answer {
    Ok(Json(described(&house.workspaces.find(&name)?)).into_response())
}

async fn delete_workspace(State(house): Shared, Path(name): Path<String>) -> Answer {
    house.workspaces.delete(&name)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn reset(State(house): Shared, Path(name): Path<String>) -> Answer {
    house.workspaces.find(&name)?.reset().await;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn snapshot(State(house): Shared, Path(name): Path<String>) -> Answer {
    Ok(Json(house.workspaces.find(&name)?.dump()).into_response())
}

async fn read_settings(State(house): Shared, Path(name): Path<String>) -> Answer {
    Ok(Json(house.workspaces.find(&name)?.settings()).into_response())
}

async fn change_settings(State(house): Shared, Path(name): Path<String>, bytes: Bytes) -> Answer {
    let workspace = house.workspaces.find(&name)?;
    let changes: BTreeMap<String, Value> = body(&bytes)?;
    let changes = changes.into_iter().map(|(name, value)| match value {
        Value::String(text) => (name, text),
        other => (name, other.to_string()),
    });
    workspace.change_settings(&changes.collect())?;
    Ok(Json(workspace.settings()).into_response())
}

async fn read_clock(State(house): Shared, Path(name): Path<String>) -> Answer {
    Ok(Json(clock_of(&house.workspaces.find(&name)?)).into_response())
}

fn clock_of(workspace: &Workspace) -> Value {
    json!({"now": workspace.clock().now(), "mode": workspace.clock().mode()})
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewClock {
    #[serde(default)]
    frozen: bool,
    at: Option<Timestamp>,
}

async fn set_clock(State(house): Shared, Path(name): Path<String>, bytes: Bytes) -> Answer {
    let workspace = house.workspaces.find(&name)?;
    let wanted: NewClock = body(&bytes)?;
    if wanted.frozen {
        workspace.clock().freeze(wanted.at);
    } else if wanted.at.is_some() {
        return Err(Problem::bad_request("refused_clock", "`at` needs `frozen`", "Send {\"frozen\": true, \"at\": …}, or advance the clock."));
    } else {
        workspace.clock().resume();
    }
    Ok(Json(clock_of(&workspace)).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    milliseconds: u64,
}

async fn advance(State(house): Shared, Path(name): Path<String>, bytes: Bytes) -> Answer {
    let workspace = house.workspaces.find(&name)?;
    let wanted: Advance = body(&bytes)?;
    workspace.clock().advance(Duration::from_millis(wanted.milliseconds));
    Ok(Json(clock_of(&workspace)).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewOutcomes {
    provider: String,
    order: Option<String>,
    outcome: Option<Outcome>,
    #[serde(default)]
    chain: Vec<Outcome>,
}

async fn queue_outcomes(State(house): Shared, Path(name): Path<String>, bytes: Bytes) -> Answer {
    let workspace = house.workspaces.find(&name)?;
    let wanted: NewOutcomes = body(&bytes)?;
    let provider = provider(&wanted.provider)?;
    let chain: Vec<Outcome> = wanted.outcome.into_iter().chain(wanted.chain).collect();
    if chain.is_empty() {
        return Err(Problem::bad_request("no_outcome", "no outcome is given", "Send `outcome`, or a `chain` of them."));
    }
    for outcome in &chain {
        if let Outcome::Code(code) = outcome
            && !provider.codes().iter().any(|known| known.code == *code)
        {
            return Err(Problem::bad_request(
                "unknown_outcome",
                format!("`{code}` is no outcome at {}", provider.info().name),
                format!("Use approve, decline, cancel, expire, or a code of `provkassa codes {}`.", provider.info().id),
            ));
        }
    }
    let id = provider.info().id;
    workspace
        .transact(|tx| {
            tx.queue_outcomes(id, wanted.order.as_deref(), chain.clone());
            Ok::<_, Problem>(())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Press {
    provider: String,
    outcome: Outcome,
}

async fn press(
    State(house): Shared,
    Path((name, payment)): Path<(String, String)>,
    bytes: Bytes,
) -> Answer {
    let workspace = house.workspaces.find(&name)?;
    let wanted: Press = body(&bytes)?;
    let provider = provider(&wanted.provider)?;
    let ended = workspace.transact(|tx| provider.press(tx, &payment, &wanted.outcome)).await?;
    Ok(Json(ended).into_response())
}

async fn callbacks(State(house): Shared, Path(name): Path<String>) -> Answer {
    Ok(Json(house.workspaces.find(&name)?.outbox().deliveries()).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPolicy {
    provider: Option<String>,
    order: Option<String>,
    #[serde(default)]
    policy: Policy,
}

async fn set_policy(State(house): Shared, Path(name): Path<String>, bytes: Bytes) -> Answer {
    let workspace = house.workspaces.find(&name)?;
    let wanted: NewPolicy = body(&bytes)?;
    let of = match (&wanted.provider, &wanted.order) {
        (Some(id), Some(order)) => Some((provider(id)?.info().id, order.as_str())),
        (None, None) => None,
        _ => {
            return Err(Problem::bad_request("half_an_order", "`provider` and `order` go together", "Name both, or neither for the whole workspace."));
        }
    };
    workspace.outbox().set_policy(of, wanted.policy);
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn act_on_callback(
    State(house): Shared,
    Path((name, id, action)): Path<(String, String, String)>,
) -> Answer {
    let workspace = house.workspaces.find(&name)?;
    match action.as_str() {
        "drop" => workspace.outbox().drop_callback(&id)?,
        "release" => workspace.outbox().release(&id)?,
        "resend" => workspace.outbox().resend(&id)?,
        other => {
            return Err(Problem::not_found(
                "unknown_action",
                format!("a callback cannot be told to `{other}`"),
                "It can be told to drop, release or resend.",
            ));
        }
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn read_records(
    State(house): Shared,
    Path((name, id, kind)): Path<(String, String, String)>,
) -> Answer {
    let workspace = house.workspaces.find(&name)?;
    let provider = provider(&id)?;
    let kind = kind_of(provider, &kind)?;
    Ok(Json(workspace.read(|tx| provider.read(tx, kind)).await).into_response())
}

async fn seed_record(
    State(house): Shared,
    Path((name, id, kind)): Path<(String, String, String)>,
    bytes: Bytes,
) -> Answer {
    let workspace = house.workspaces.find(&name)?;
    let provider = provider(&id)?;
    let kind = kind_of(provider, &kind)?;
    let fields: Value = body(&bytes)?;
    let record = workspace.transact(|tx| provider.seed(tx, kind, &fields)).await?;
    Ok((StatusCode::CREATED, Json(record)).into_response())
}

fn kind_of(provider: &'static dyn Provider, kind: &str) -> Result<&'static str, Problem> {
    let kinds = provider.records();
    kinds.iter().copied().find(|known| *known == kind).ok_or_else(|| {
        let near = nearest(kind, kinds.iter().copied());
        Problem::not_found(
            "unknown_record",
            format!("{} has no records `{kind}`", provider.info().name),
            near.map_or_else(|| format!("It has: {}.", kinds.join(", ")), |near| format!("Did you mean `{near}`?")),
        )
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    #[serde(default)]
    after: u64,
    /// In seconds.
    #[serde(default)]
    wait: u64,
    provider: Option<String>,
    order: Option<String>,
}

async fn journal(
    State(house): Shared,
    Path(name): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let workspace = house.workspaces.find(&name)?;
    let filter = Filter { workspace: Some(name), provider: wanted.provider, order: wanted.order };
    let wait = Duration::from_secs(wanted.wait.min(LONGEST_WAIT));
    let reading = house.workspaces.journal().wait(wanted.after, &filter, wait).await;
    Ok(Json(shown(&reading, &workspace.masker())).into_response())
}

async fn unclaimed(State(house): Shared, Query(wanted): Query<Wanted>) -> Response {
    let filter = Filter { workspace: None, provider: wanted.provider, order: wanted.order };
    let wait = Duration::from_secs(wanted.wait.min(LONGEST_WAIT));
    let reading = house.workspaces.journal().wait(wanted.after, &filter, wait).await;
    Json(shown(&reading, &Masker::default())).into_response()
}

fn shown(reading: &Reading, masker: &Masker) -> Value {
    let entries = reading.entries.iter().map(|entry| {
        let mut shown = entry.show(masker);
        shown["cursor"] = json!(entry.cursor);
        shown
    });
    json!({"entries": entries.collect::<Vec<_>>(), "next": reading.next, "dropped": reading.dropped})
}
