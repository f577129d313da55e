//! Workspaces, their settings and what they hold.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use jiff::Timestamp;
use provkassa_simulators::PROVIDERS;
use provkassa_simulators::kit::problem::Problem;
use provkassa_simulators::kit::settings::Settings;
use provkassa_simulators::kit::workspace::{Snapshot, Workspace};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Shared;
use super::extract::{Body, Named, Sent};
use super::refusals::{Refused, RefusedBody};

/// A workspace, as a shop needs to know it.
#[derive(Serialize, ToSchema)]
pub(super) struct Described {
    /// Its name.
    name: String,
    /// Its credentials, under the names of their variables.
    credentials: BTreeMap<&'static str, String>,
    /// The time by its clock.
    now: Timestamp,
}

impl Described {
    fn of(workspace: &Workspace) -> Self {
        let credentials = PROVIDERS.iter().flat_map(|provider| workspace.credentials(provider.info().id));
        Self {
            name: workspace.name().to_owned(),
            credentials: credentials.map(|credential| (credential.name, credential.value.clone())).collect(),
            now: workspace.clock().now(),
        }
    }
}

/// The names of all workspaces.
#[utoipa::path(
    get, path = "/workspaces", tag = "workspaces",
    responses((status = 200, description = "in alphabetical order", body = Vec<String>), Refused)
)]
pub(super) async fn list_workspaces(State(house): Shared) -> Json<Vec<String>> {
    Json(house.workspaces.names())
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewWorkspace {
    /// 1 to 64 letters, digits, `-`, `_` or `.`.
    #[schema(pattern = "^[A-Za-z0-9._-]{1,64}$")]
    name: String,
}

impl Body for NewWorkspace {
    const LIKE: &'static str = r#"{"name": "checkout-tests"}"#;
}

/// Makes a workspace with credentials, ids and tokens of its own.
#[utoipa::path(
    post, path = "/workspaces", tag = "workspaces", request_body = NewWorkspace,
    responses((status = 201, description = "made", body = Described), RefusedBody)
)]
pub(super) async fn create_workspace(
    State(house): Shared,
    Sent(wanted): Sent<NewWorkspace>,
) -> Result<(StatusCode, Json<Described>), Problem> {
    let workspace = house.workspaces.create(&wanted.name).await?;
    Ok((StatusCode::CREATED, Json(Described::of(&workspace))))
}

/// A workspace with its credentials.
#[utoipa::path(
    get, path = "/workspaces/{name}", tag = "workspaces",
    params(("name" = String, Path, description = "the workspace")),
    responses((status = 200, description = "the workspace", body = Described), Refused)
)]
pub(super) async fn read_workspace(
    State(house): Shared,
    Named(name): Named<String>,
) -> Result<Json<Described>, Problem> {
    Ok(Json(Described::of(&house.workspaces.find(&name)?)))
}

/// Ends a workspace; `default` stays.
#[utoipa::path(
    delete, path = "/workspaces/{name}", tag = "workspaces",
    params(("name" = String, Path, description = "the workspace")),
    responses((status = 204, description = "gone"), Refused)
)]
pub(super) async fn delete_workspace(
    State(house): Shared,
    Named(name): Named<String>,
) -> Result<StatusCode, Problem> {
    house.workspaces.delete(&name)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts the records back that the workspace began with.
///
/// Callbacks, queued outcomes and faults are forgotten.
#[utoipa::path(
    post, path = "/workspaces/{name}/reset", tag = "workspaces",
    params(("name" = String, Path, description = "the workspace")),
    responses((status = 204, description = "done"), Refused)
)]
pub(super) async fn reset(State(house): Shared, Named(name): Named<String>) -> Result<StatusCode, Problem> {
    house.workspaces.find(&name)?.reset().await;
    Ok(StatusCode::NO_CONTENT)
}

/// Everything that the workspace holds.
///
/// Its callbacks and their history are among it; it is written down once nothing is on its way.
#[utoipa::path(
    get, path = "/workspaces/{name}/snapshot", tag = "workspaces",
    params(("name" = String, Path, description = "the workspace")),
    responses((status = 200, description = "every record, whole", body = Snapshot), Refused)
)]
pub(super) async fn snapshot(
    State(house): Shared,
    Named(name): Named<String>,
) -> Result<Json<Snapshot>, Problem> {
    let workspace = house.workspaces.find(&name)?;
    workspace.outbox().settled().await;
    Ok(Json(workspace.snapshot()))
}

impl Body for Snapshot {
    const LIKE: &'static str = "{…} as GET of this path answers it";
}

/// Puts everything back as it was when the snapshot was made.
///
/// That is records, settings, clock, callbacks and faults. Going on from here gives what going on from there would
/// have given.
#[utoipa::path(
    put, path = "/workspaces/{name}/snapshot", tag = "workspaces",
    params(("name" = String, Path, description = "the workspace")),
    request_body = Snapshot,
    responses((status = 204, description = "done"), RefusedBody)
)]
pub(super) async fn restore(
    State(house): Shared,
    Named(name): Named<String>,
    Sent(snapshot): Sent<Snapshot>,
) -> Result<StatusCode, Problem> {
    house.workspaces.find(&name)?.restore(snapshot).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The rules and the providers' switches.
#[utoipa::path(
    get, path = "/workspaces/{name}/settings", tag = "settings",
    params(("name" = String, Path, description = "the workspace")),
    responses((status = 200, description = "all of them, those at their default too", body = Settings), Refused)
)]
pub(super) async fn read_settings(
    State(house): Shared,
    Named(name): Named<String>,
) -> Result<Json<Settings>, Problem> {
    Ok(Json(house.workspaces.find(&name)?.settings()))
}

/// The value of a setting; a number may stand as one.
#[derive(Deserialize, ToSchema)]
#[serde(untagged, expecting = "a setting is a text or a whole number, such as \"on\" or 30")]
pub(super) enum NewSetting {
    /// As a text.
    Text(String),
    /// As a number.
    Number(i64),
}

impl Body for BTreeMap<String, NewSetting> {
    const LIKE: &'static str = r#"{"bambora.md5_mode": "both"}, with names that GET of this path shows"#;
}

/// Changes settings by name, all or none; they hold at once.
#[utoipa::path(
    patch, path = "/workspaces/{name}/settings", tag = "settings",
    params(("name" = String, Path, description = "the workspace")),
    request_body = BTreeMap<String, NewSetting>,
    responses((status = 200, description = "all settings after the change", body = Settings), RefusedBody)
)]
pub(super) async fn change_settings(
    State(house): Shared,
    Named(name): Named<String>,
    Sent(changes): Sent<BTreeMap<String, NewSetting>>,
) -> Result<Json<Settings>, Problem> {
    let workspace = house.workspaces.find(&name)?;
    let changes = changes.into_iter().map(|(name, value)| match value {
        NewSetting::Text(text) => (name, text),
        NewSetting::Number(number) => (name, number.to_string()),
    });
    workspace.change_settings(&changes.collect())?;
    Ok(Json(workspace.settings()))
}
