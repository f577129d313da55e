//! The clock of a workspace.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use provkassa_simulators::kit::clock::Mode;
use provkassa_simulators::kit::problem::Problem;
use provkassa_simulators::kit::workspace::Workspace;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Shared;
use super::extract::{Body, Named, Sent};
use super::refusals::{Refused, RefusedBody};

/// Between which moments a clock can be: what providers write as dates has room for these.
const EARLIEST: &str = "1970-01-01T00:00:00Z";
const LATEST: &str = "2999-12-31T23:59:59Z";

/// A clock, and how it goes.
#[derive(Serialize, ToSchema)]
pub(super) struct Shown {
    /// The time by it.
    now: Timestamp,
    /// How it goes.
    mode: Mode,
}

fn shown(workspace: &Workspace) -> Json<Shown> {
    Json(Shown { now: workspace.clock().now(), mode: workspace.clock().mode() })
}

/// What time it is.
#[utoipa::path(
    get, path = "/workspaces/{name}/clock", tag = "clock",
    params(("name" = String, Path, description = "the workspace")),
    responses((status = 200, description = "the clock", body = Shown), Refused)
)]
pub(super) async fn read_clock(
    State(house): Shared,
    Named(name): Named<String>,
) -> Result<Json<Shown>, Problem> {
    Ok(shown(&house.workspaces.find(&name)?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewClock {
    /// Whether it stands still; if not, it goes with the system's time.
    #[serde(default)]
    frozen: bool,
    /// Where it stands; where it is, if nothing is said.
    at: Option<Timestamp>,
}

impl Body for NewClock {
    const LIKE: &'static str = r#"{"frozen": true, "at": "2026-01-05T12:00:00Z"}"#;
}

/// Stops the clock, or lets it go with the system's time again.
#[utoipa::path(
    put, path = "/workspaces/{name}/clock", tag = "clock",
    params(("name" = String, Path, description = "the workspace")),
    request_body = NewClock,
    responses((status = 200, description = "the clock after it", body = Shown), RefusedBody)
)]
pub(super) async fn set_clock(
    State(house): Shared,
    Named(name): Named<String>,
    Sent(wanted): Sent<NewClock>,
) -> Result<Json<Shown>, Problem> {
    let workspace = house.workspaces.find(&name)?;
    if wanted.frozen {
        wanted.at.map_or(Ok(()), possible)?;
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
    Ok(shown(&workspace))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Advance {
    /// How far.
    milliseconds: u64,
}

impl Body for Advance {
    const LIKE: &'static str = r#"{"milliseconds": 60000}"#;
}

/// Moves the clock forward, and wakes whatever is due by then.
#[utoipa::path(
    post, path = "/workspaces/{name}/clock/advance", tag = "clock",
    params(("name" = String, Path, description = "the workspace")),
    request_body = Advance,
    responses((status = 200, description = "the clock after it", body = Shown), RefusedBody)
)]
pub(super) async fn advance(
    State(house): Shared,
    Named(name): Named<String>,
    Sent(wanted): Sent<Advance>,
) -> Result<Json<Shown>, Problem> {
    let workspace = house.workspaces.find(&name)?;
    let by = SignedDuration::from_millis(i64::try_from(wanted.milliseconds).unwrap_or(i64::MAX));
    possible(workspace.clock().now().saturating_add(by).unwrap_or(Timestamp::MAX))?;
    workspace.clock().advance(Duration::from_millis(wanted.milliseconds));
    Ok(shown(&workspace))
}

fn possible(at: Timestamp) -> Result<(), Problem> {
    let bound = |text: &str, otherwise| text.parse().unwrap_or(otherwise);
    if (bound(EARLIEST, Timestamp::MIN)..=bound(LATEST, Timestamp::MAX)).contains(&at) {
        return Ok(());
    }
    Err(Problem::bad_request(
        "refused_clock",
        format!("the clock cannot be at {at}"),
        format!("It can be from {EARLIEST} to {LATEST}."),
    ))
}
