//! The live view at the control port: what happened to every order, as it happens, across shop, provider and payer;
//! and buttons for what happens next.
//!
//! Every page is whole without a script. The script puts a story that has grown in its place, and nothing else
//! depends on it. What came from outside is text and never markup; the pages' policy forbids all else.

mod codes;
mod controls;
mod curl;
mod deeds;
mod entry;
mod events;
mod faults;
mod frame;
mod links;
mod moment;
mod prose;
mod provider;
mod records;
mod settings;
mod signed;
mod start;
mod story;
mod text;
mod timeline;
mod view;

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use provkassa_simulators::kit::journal::Entry;
use provkassa_simulators::kit::mask::Masker;

use super::house::House;
use view::View;

// The journal tells programs the same.
pub(super) use signed::{Signed, signed};

type Shared = State<Arc<House>>;

/// The view's paths.
pub(super) fn router() -> Router<Arc<House>> {
    Router::new()
        .route("/", get(timeline::show))
        .route("/_sim/live/do/{deed}", post(deeds::act))
        .route("/_sim/live/entries/{cursor}", get(entry::show))
        .route("/_sim/live/events", get(events::follow))
        .route("/_sim/live/live.css", get(frame::style))
        .route("/_sim/live/live.js", get(frame::script))
        .route("/_sim/live/providers/{id}", get(provider::show))
        .route("/_sim/live/providers/{id}/codes", get(codes::offered))
        .route("/_sim/live/providers/{id}/records/{kind}", get(records::show))
}

/// What hides the secrets of a workspace, or of all where it is nobody's.
fn masker(house: &House, workspace: Option<&str>) -> Masker {
    let workspace = workspace.and_then(|name| house.workspaces.get(name));
    workspace.map_or_else(|| house.workspaces.masker(), |workspace| workspace.masker())
}

/// Which entries are told to a reader. Nobody knows the secrets of a workspace that is gone, so what it left in the
/// journal cannot be shown without them.
fn told(house: &House, view: &View) -> impl Fn(&Entry) -> bool {
    let names: BTreeSet<String> = house.workspaces.names().into_iter().collect();
    let view = view.clone();
    move |entry| entry.workspace.as_ref().is_none_or(|name| names.contains(name)) && view.wants(entry)
}
