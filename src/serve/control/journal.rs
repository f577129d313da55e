//! Reading the journal, waiting for it, and following it.
#![expect(unused_qualifications, reason = "utoipa's macro writes out what it makes of the parameters")]

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use provkassa_simulators::kit::journal::{Filter, Reading};
use provkassa_simulators::kit::mask::Masker;
use provkassa_simulators::kit::problem::Problem;
use provkassa_simulators::kit::shown::Shown;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Shared;
use super::extract::{Asked, Named};
use super::refusals::Refused;

/// The longest that a reader of the journal may wait, in seconds.
const LONGEST_WAIT: u64 = 60;

/// Which entries are wanted.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Those after this cursor: `next` of the reading before.
    #[serde(default)]
    after: u64,
    /// How long to wait for the first, in seconds; a minute at most.
    #[serde(default)]
    wait: u64,
    /// Of this provider only.
    provider: Option<String>,
    /// About this order only, as the provider names it.
    order: Option<String>,
    /// Admits who cannot send a header.
    #[serde(rename = "token")]
    _token: Option<String>,
}

/// What a reader of the journal gets.
#[derive(Serialize, ToSchema)]
pub(super) struct Page {
    /// The oldest first.
    entries: Vec<Numbered>,
    /// Where to go on: `after` of the next reading.
    next: u64,
    /// How many entries after the reader's cursor are gone, for the journal is bounded.
    dropped: u64,
}

/// An entry with its place.
#[derive(Serialize, ToSchema)]
pub(super) struct Numbered {
    /// Counts up over the whole process.
    pub(super) cursor: u64,
    #[serde(flatten)]
    pub(super) entry: Shown,
}

/// A workspace's journal: every request and answer, and every callback. Secrets and card numbers are hidden.
#[utoipa::path(
    get, path = "/workspaces/{name}/journal", tag = "journal",
    params(("name" = String, Path, description = "the workspace"), Wanted),
    responses((status = 200, description = "the entries", body = Page), Refused)
)]
pub(super) async fn journal(
    State(house): Shared,
    Named(name): Named<String>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Json<Page>, Problem> {
    let workspace = house.workspaces.find(&name)?;
    let filter = Filter { workspace: Some(name), provider: wanted.provider, order: wanted.order };
    let wait = Duration::from_secs(wanted.wait.min(LONGEST_WAIT));
    let reading = house.workspaces.journal().wait(wanted.after, &filter, wait).await;
    Ok(Json(page(&reading, &workspace.masker())))
}

/// What no workspace claims: requests with a credential that nobody has, and which one is near.
#[utoipa::path(
    get, path = "/unclaimed", tag = "journal",
    params(Wanted),
    responses((status = 200, description = "the entries", body = Page), Refused)
)]
pub(super) async fn unclaimed(State(house): Shared, Asked(wanted): Asked<Wanted>) -> Json<Page> {
    let filter = Filter { workspace: None, provider: wanted.provider, order: wanted.order };
    let wait = Duration::from_secs(wanted.wait.min(LONGEST_WAIT));
    let reading = house.workspaces.journal().wait(wanted.after, &filter, wait).await;
    Json(page(&reading, &house.workspaces.masker()))
}

fn page(reading: &Reading, masker: &Masker) -> Page {
    let entries = reading.entries.iter();
    Page {
        entries: entries
            .map(|entry| Numbered { cursor: entry.cursor, entry: Shown::of(entry, masker) })
            .collect(),
        next: reading.next,
        dropped: reading.dropped,
    }
}
