//! Reading the journal, and waiting for it.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use provkassa_simulators::kit::journal::{Filter, Reading};
use provkassa_simulators::kit::mask::Masker;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, Shared};

/// The longest that a reader of the journal may wait, in seconds.
const LONGEST_WAIT: u64 = 60;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    #[serde(default)]
    after: u64,
    /// In seconds.
    #[serde(default)]
    wait: u64,
    provider: Option<String>,
    order: Option<String>,
    /// Admits a browser; looked at before we come here.
    #[serde(rename = "token")]
    _token: Option<String>,
}

pub(super) async fn journal(
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

pub(super) async fn unclaimed(State(house): Shared, Query(wanted): Query<Wanted>) -> Response {
    let filter = Filter { workspace: None, provider: wanted.provider, order: wanted.order };
    let wait = Duration::from_secs(wanted.wait.min(LONGEST_WAIT));
    let reading = house.workspaces.journal().wait(wanted.after, &filter, wait).await;
    Json(shown(&reading, &house.workspaces.masker())).into_response()
}

fn shown(reading: &Reading, masker: &Masker) -> Value {
    let entries = reading.entries.iter().map(|entry| {
        let mut shown = entry.show(masker);
        shown["cursor"] = json!(entry.cursor);
        shown
    });
    json!({"entries": entries.collect::<Vec<_>>(), "next": reading.next, "dropped": reading.dropped})
}
