//! Reading the journal, waiting for it, and following it.
#![expect(unused_qualifications, reason = "utoipa's macro writes out what it makes of the parameters")]

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, KeepAliveStream, Sse};
use futures_util::stream::{self, Stream, StreamExt as _};
use http::HeaderMap;
use provkassa_simulators::kit::journal::{Entry, Filter, Reading};
use provkassa_simulators::kit::mask::Masker;
use provkassa_simulators::kit::problem::Problem;
use provkassa_simulators::kit::shown::Shown;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::extract::{Asked, Named};
use super::refusals::Refused;
use super::{Shared, provider};
use crate::serve::house::House;
use crate::serve::live::{Signed, signed};

/// The longest that a reader of the journal may wait, in seconds.
const LONGEST_WAIT: u64 = 60;

/// Which entries are wanted.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Those after this cursor: `next` of the reading before.
    #[serde(default)]
    #[param(format = "uint64")]
    after: u64,
    /// How long to wait for the first, in seconds; a minute at most.
    #[serde(default)]
    #[param(format = "uint64")]
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
    cursor: u64,
    #[serde(flatten)]
    entry: Shown,
    /// What the signatures in it were made of, with the strings that are signed: what the shop sent and how it was
    /// judged, and what the shop has to check in a callback or a return.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    signed: Vec<Signed>,
}

impl Numbered {
    fn of(house: &House, entry: &Entry, masker: &Masker) -> Self {
        Self { cursor: entry.cursor, entry: Shown::of(entry, masker), signed: signed(house, entry) }
    }
}

/// A workspace's journal: every request and answer, and every callback.
///
/// Secrets and card numbers are hidden.
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
    let filter = Filter { workspace: Some(name), provider: known(wanted.provider)?, order: wanted.order };
    let wait = Duration::from_secs(wanted.wait.min(LONGEST_WAIT));
    let reading = house.workspaces.journal().wait(wanted.after, &filter, wait).await;
    Ok(Json(page(&house, &reading, &workspace.masker())))
}

/// What no workspace claims: requests with a credential that nobody has, and which one is near.
#[utoipa::path(
    get, path = "/unclaimed", tag = "journal",
    params(Wanted),
    responses((status = 200, description = "the entries", body = Page), Refused)
)]
pub(super) async fn unclaimed(
    State(house): Shared,
    Asked(wanted): Asked<Wanted>,
) -> Result<Json<Page>, Problem> {
    let filter = Filter { workspace: None, provider: known(wanted.provider)?, order: wanted.order };
    let wait = Duration::from_secs(wanted.wait.min(LONGEST_WAIT));
    let reading = house.workspaces.journal().wait(wanted.after, &filter, wait).await;
    Ok(Json(page(&house, &reading, &house.workspaces.masker())))
}

/// The id of a provider that there is: of another one there would never be an entry.
fn known(id: Option<String>) -> Result<Option<String>, Problem> {
    id.map(|id| provider(&id).map(|provider| provider.info().id.to_owned())).transpose()
}

/// Which entries are followed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Followed {
    /// Those after this cursor. The header `Last-Event-ID` goes before it: who lost the connection goes on.
    #[serde(default)]
    #[param(format = "uint64")]
    after: u64,
    /// Of this provider only.
    provider: Option<String>,
    /// About this order only, as the provider names it.
    order: Option<String>,
    /// Admits who cannot send a header.
    #[serde(rename = "token")]
    _token: Option<String>,
}

/// The journal as server-sent events.
///
/// One for each entry, as it is written, with its cursor as its id. Where entries are gone, for the journal is
/// bounded, an event `dropped` says how many.
#[utoipa::path(
    get, path = "/workspaces/{name}/journal/stream", tag = "journal",
    params(
        ("name" = String, Path, description = "the workspace"),
        Followed,
        ("Last-Event-ID" = Option<u64>, Header, description = "the cursor of the last entry that arrived"),
    ),
    responses(
        (status = 200, description = "entries, each as the journal shows it", content_type = "text/event-stream", body = String),
        Refused,
    )
)]
pub(super) async fn stream(
    State(house): Shared,
    Named(name): Named<String>,
    Asked(wanted): Asked<Followed>,
    headers: HeaderMap,
) -> Result<Sse<KeepAliveStream<impl Stream<Item = Result<Event, axum::Error>>>>, Problem> {
    let workspace = house.workspaces.find(&name)?;
    let filter = Filter { workspace: Some(name), provider: known(wanted.provider)?, order: wanted.order };
    let last = headers.get("last-event-id").map(|last| {
        last.to_str().ok().and_then(|last| last.parse().ok()).ok_or_else(|| {
            Problem::bad_request(
                "refused_header",
                "`Last-Event-ID` is no cursor",
                "Send the id of the last event that arrived.",
            )
        })
    });
    let journal = Arc::clone(house.workspaces.journal());
    let after = last.transpose()?.unwrap_or(wanted.after);
    let readings = stream::unfold(after, move |after| {
        let (journal, filter, workspace) = (Arc::clone(&journal), filter.clone(), workspace.clone());
        let house = Arc::clone(&house);
        async move {
            let reading = journal.wait(after, &filter, Duration::from_secs(LONGEST_WAIT)).await;
            let events = events(&house, &reading, &workspace.masker());
            Some((stream::iter(events), reading.next))
        }
    });
    Ok(Sse::new(readings.flatten()).keep_alive(KeepAlive::default()))
}

fn events(house: &House, reading: &Reading, masker: &Masker) -> Vec<Result<Event, axum::Error>> {
    let dropped = reading.dropped.to_string();
    let dropped = (reading.dropped > 0).then(|| Ok(Event::default().event("dropped").data(dropped)));
    let entries = reading.entries.iter().map(|entry| {
        let shown = Numbered::of(house, entry, masker);
        Event::default().id(entry.cursor.to_string()).json_data(shown)
    });
    dropped.into_iter().chain(entries).collect()
}

fn page(house: &House, reading: &Reading, masker: &Masker) -> Page {
    let entries = reading.entries.iter();
    Page {
        entries: entries.map(|entry| Numbered::of(house, entry, masker)).collect(),
        next: reading.next,
        dropped: reading.dropped,
    }
}
