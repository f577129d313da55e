//! The first page: the stories, the latest first, with what narrows them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use provkassa_simulators::PROVIDERS;
use provkassa_simulators::kit::mask::Masker;
use provkassa_simulators::kit::problem::nearest;
use provkassa_simulators::kit::workspace::DEFAULT;

use super::controls::{Callback, Controls, callbacks};
use super::frame::{Frame, page, trouble};
use super::links::{address, timeline};
use super::moment::{Moment, moment_of};
use super::start::Start;
use super::story::{Story, stories};
use super::text::{LINE, line};
use super::view::{NOBODY, View};
use super::{Shared, masker, told};
use crate::serve::house::House;

/// How many stories the page holds.
pub(super) const MOST_STORIES: usize = 40;
/// How many moments of a story are shown among others, and how many when it is the only one.
const MOST_MOMENTS: usize = 30;
const MOST_OF_ONE: usize = 500;

#[derive(Debug, Template)]
#[template(path = "live/timeline.html", config = ".config/askama.toml")]
struct Timeline {
    frame: Frame,
    filters: Filters,
    stories: Vec<Shown>,
    /// How many stories are left out, and how many entries are gone for good.
    left_out: usize,
    dropped: u64,
    /// Nothing has ever come.
    is_empty: bool,
    /// Where the script hears of what is new.
    events: String,
    start: Start,
    controls: Controls,
}

/// One story alone, as it is sent to who follows.
#[derive(Debug, Template)]
#[template(path = "live/story.html", config = ".config/askama.toml")]
struct Part<'a> {
    story: &'a Shown,
}

/// A story, ready to be shown.
#[derive(Debug)]
struct Shown {
    anchor: String,
    provider: &'static str,
    /// The order, or what stands for it.
    title: String,
    is_order: bool,
    is_nobodys: bool,
    /// The workspace, where it is not the usual one.
    workspace: Option<String>,
    /// This story alone.
    link: String,
    last: String,
    /// The last moment in a sentence.
    told: String,
    left_out: usize,
    moments: Vec<Moment>,
    callbacks: Vec<Callback>,
}

/// What narrows the stories.
#[derive(Debug)]
struct Filters {
    action: String,
    workspaces: Vec<Choice>,
    providers: Vec<Choice>,
    order: String,
    search: String,
    after: u64,
    token: Option<String>,
    is_narrow: bool,
    /// Everything; only what comes from now on; everything again.
    all: String,
    clear: String,
    unclear: String,
}

/// One of several.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) is_chosen: bool,
}

impl Choice {
    pub(super) fn new(value: impl Into<String>, label: impl Into<String>, chosen: &str) -> Self {
        let value = value.into();
        Self { is_chosen: value == chosen, label: label.into(), value }
    }
}

/// The workspaces that there are.
fn workspaces(house: &House, chosen: &str) -> Vec<Choice> {
    house.workspaces.names().into_iter().map(|name| Choice::new(name.clone(), name, chosen)).collect()
}

/// The providers that there are.
pub(super) fn providers(chosen: &str) -> Vec<Choice> {
    let infos = PROVIDERS.iter().map(|provider| provider.info());
    infos.map(|info| Choice::new(info.id, info.name, chosen)).collect()
}

impl Filters {
    fn new(house: &House, view: &View, next: u64) -> Self {
        let with = |view: &View| timeline(house, view);
        let mut workspaces = workspaces(house, &view.workspace);
        workspaces.insert(0, Choice::new("", "all", &view.workspace));
        workspaces.push(Choice::new(NOBODY, "nobody's", &view.workspace));
        let mut providers = providers(&view.provider);
        providers.insert(0, Choice::new("", "all", &view.provider));
        Self {
            action: format!("{}/", house.below),
            workspaces,
            providers,
            order: view.order.clone(),
            search: view.search.clone(),
            after: view.after,
            token: house.token.clone(),
            is_narrow: view.is_narrow(),
            all: with(&View { after: view.after, ..View::default() }),
            clear: with(&View { after: next, ..view.clone() }),
            unclear: with(&View { after: 0, ..view.clone() }),
        }
    }
}

/// Shows stories; each workspace's secrets are looked up once.
pub(super) struct Teller<'a> {
    house: &'a House,
    view: &'a View,
    maskers: BTreeMap<Option<String>, Masker>,
}

impl<'a> Teller<'a> {
    pub(super) fn new(house: &'a House, view: &'a View) -> Self {
        Self { house, view, maskers: BTreeMap::new() }
    }

    /// A story as a part of the page.
    pub(super) fn part(&mut self, story: &Story) -> Option<String> {
        Part { story: &self.show(story) }.render().ok()
    }

    fn show(&mut self, story: &Story) -> Shown {
        let (house, view) = (self.house, self.view);
        let Story { subject, entries } = story;
        let known = self.maskers.entry(subject.workspace.clone());
        let masker = &*known.or_insert_with(|| masker(house, subject.workspace.as_deref()));
        // What must not be shown must not stand in an address, either.
        let is_shown = |order: &&String| masker.text(order) == **order;
        let order = subject.order.as_ref();
        let order = order.map(|_| order.filter(is_shown).cloned().unwrap_or_else(|| subject.anchor()));
        let own = View {
            workspace: subject.workspace.clone().unwrap_or_else(|| NOBODY.to_owned()),
            provider: subject.provider.to_owned(),
            order: order.unwrap_or_default(),
            ..View::default()
        };
        let most = if view.order.is_empty() { MOST_MOMENTS } else { MOST_OF_ONE };
        let left_out = entries.len().saturating_sub(most);
        let link = |cursor: u64| address(house, &format!("/_sim/live/entries/{cursor}"), &view.pairs());
        let moments = entries.iter().skip(left_out);
        let moments: Vec<Moment> =
            moments.map(|entry| Moment::of(house, entry, masker, link(entry.cursor))).collect();
        let provider = provkassa_simulators::provider(subject.provider);
        let provider = provider.map_or(subject.provider, |provider| provider.info().name);
        let title = match (&subject.order, &subject.workspace) {
            (Some(order), _) => line(masker, order, LINE),
            (None, Some(_)) => "About no order".to_owned(),
            (None, None) => "With a credential that nobody has".to_owned(),
        };
        let told = moments.last().map(Moment::told).unwrap_or_default();
        Shown {
            anchor: subject.anchor(),
            provider,
            told: match &subject.order {
                Some(_) => format!("{provider}, order {title}: {told}"),
                None => format!("{provider}: {told}"),
            },
            title,
            is_order: subject.order.is_some(),
            is_nobodys: subject.workspace.is_none(),
            workspace: subject.workspace.clone().filter(|name| name != DEFAULT),
            link: timeline(house, &own),
            last: entries.last().map(|entry| moment_of(entry.at)).unwrap_or_default(),
            left_out,
            moments,
            callbacks: callbacks(house, subject, view, masker),
        }
    }
}

/// What is wrong with a view of something that there is not, and what to do.
fn unknown(house: &House, view: &View) -> Option<(String, String)> {
    let ids: Vec<String> = PROVIDERS.iter().map(|provider| provider.info().id.to_owned()).collect();
    let mut workspaces = house.workspaces.names();
    workspaces.push(NOBODY.to_owned());
    let looked = [("workspace", &view.workspace, workspaces), ("provider", &view.provider, ids)];
    looked.into_iter().find(|(_, name, known)| !name.is_empty() && !known.contains(name)).map(
        |(kind, name, known)| {
            let near = nearest(name, known.iter().map(String::as_str));
            let help = near.map_or_else(
                || format!("The filter of the live view has each {kind} that there is."),
                |near| format!("Did you mean {near}?"),
            );
            (format!("There is no {kind} {name}, or not any more."), help)
        },
    )
}

/// `GET /`
pub(super) async fn show(State(house): Shared, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let view = View::read(&query);
    if let Some((message, help)) = unknown(&house, &view) {
        return trouble(&house, StatusCode::NOT_FOUND, &message, &help);
    }
    let reading = house.workspaces.journal().since(view.after, told(&house, &view));
    let all = stories(&reading.entries);
    let mut teller = Teller::new(&house, &view);
    let shown: Vec<Shown> = all.iter().take(MOST_STORIES).map(|story| teller.show(story)).collect();
    let mut events = view.pairs();
    events.push(("since", Cow::from(reading.next.to_string())));
    let page_of = Timeline {
        frame: Frame::new(&house, "What happens", ""),
        filters: Filters::new(&house, &view, reading.next),
        left_out: all.len().saturating_sub(shown.len()),
        stories: shown,
        dropped: if view.after == 0 { reading.dropped } else { 0 },
        is_empty: reading.next == 0,
        events: address(&house, "/_sim/live/events", &events),
        start: Start::new(&house, &headers, view.subject()).await,
        controls: Controls::new(&house, &view, &query).await,
    };
    page(StatusCode::OK, &page_of)
}
