//! Workspaces, their settings and their clocks.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::StatusCode;
use jiff::Timestamp;
use provkassa_simulators::PROVIDERS;
use provkassa_simulators::kit::problem::Problem;
use provkassa_simulators::kit::workspace::Workspace;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, Shared, body};

fn described(workspace: &Workspace) -> Value {
    let credentials: BTreeMap<_, _> = PROVIDERS
        .iter()
        .flat_map(|provider| workspace.credentials(provider.info().id))
        .map(|credential| (credential.name, &credential.value))
        .collect();
    json!({"name": workspace.name(), "credentials": credentials, "now": workspace.clock().now()})
}

pub(super) async fn list_workspaces(State(house): Shared) -> Response {
    Json(house.workspaces.names()).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewWorkspace {
    name: String,
}

pub(super) async fn create_workspace(State(house): Shared, bytes: Bytes) -> Answer {
    let wanted: NewWorkspace = body(&bytes)?;
    let workspace = house.workspaces.create(&wanted.name).await?;
    Ok((StatusCode::CREATED, Json(described(&workspace))).into_response())
}

pub(super) async fn read_workspace(State(house): Shared, Path(name): Path<String>) -> Answer {
    Ok(Json(described(&house.workspaces.find(&name)?)).into_response())
}

pub(super) async fn delete_workspace(State(house): Shared, Path(name): Path<String>) -> Answer {
    house.workspaces.delete(&name)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn reset(State(house): Shared, Path(name): Path<String>) -> Answer {
    house.workspaces.find(&name)?.reset().await;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn snapshot(State(house): Shared, Path(name): Path<String>) -> Answer {
    Ok(Json(house.workspaces.find(&name)?.dump()).into_response())
}

pub(super) async fn read_settings(State(house): Shared, Path(name): Path<String>) -> Answer {
    Ok(Json(house.workspaces.find(&name)?.settings()).into_response())
}

pub(super) async fn change_settings(State(house): Shared, Path(name): Path<String>, bytes: Bytes) -> Answer {
    let workspace = house.workspaces.find(&name)?;
    let changes: BTreeMap<String, Value> = body(&bytes)?;
    let changes = changes.into_iter().map(|(name, value)| match value {
        Value::String(text) => (name, text),
        other => (name, other.to_string()),
    });
    workspace.change_settings(&changes.collect())?;
    Ok(Json(workspace.settings()).into_response())
}

pub(super) async fn read_clock(State(house): Shared, Path(name): Path<String>) -> Answer {
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

pub(super) async fn set_clock(State(house): Shared, Path(name): Path<String>, bytes: Bytes) -> Answer {
    let workspace = house.workspaces.find(&name)?;
    let wanted: NewClock = body(&bytes)?;
    if wanted.frozen {
        workspace.clock().freeze(wanted.at);
    } else if wanted.at.is_some() {
        return Err(Problem::bad_request(
            "refused_clock",
            "`at` needs `frozen`",
            "Send {\"frozen\": true, \"at\": …}, or advance the clock.",
        ));
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

pub(super) async fn advance(State(house): Shared, Path(name): Path<String>, bytes: Bytes) -> Answer {
    let workspace = house.workspaces.find(&name)?;
    let wanted: Advance = body(&bytes)?;
    workspace.clock().advance(Duration::from_millis(wanted.milliseconds));
    Ok(Json(clock_of(&workspace)).into_response())
}
