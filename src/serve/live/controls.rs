//! The buttons beside the stories, and those of each callback.

use provkassa_simulators::PROVIDERS;
use provkassa_simulators::kit::clock::Mode;
use provkassa_simulators::kit::mask::Masker;
use provkassa_simulators::kit::outbox::{Delivery, Policy, Status};
use provkassa_simulators::kit::outcome::Queued;
use provkassa_simulators::kit::workspace::Workspace;
use url::form_urlencoded;

use super::faults::{self, Planted};
use super::links::{address, timeline};
use super::moment::{bare, moment_of};
use super::story::Subject;
use super::text::{LINE, line};
use super::timeline::{Choice, providers};
use super::view::View;
use crate::serve::control;
use crate::serve::house::House;

/// What can be made to happen in a workspace.
#[derive(Debug)]
pub(super) struct Controls {
    pub(super) workspace: String,
    pub(super) providers: Vec<Choice>,
    /// Each provider with its page, where its codes and records stand.
    pub(super) pages: Vec<Page>,
    pub(super) order: String,
    pub(super) policies: Vec<Choice>,
    pub(super) now: String,
    pub(super) is_frozen: bool,
    /// It goes, and was advanced.
    pub(super) is_ahead: bool,
    /// The kinds of record of each provider.
    pub(super) records: Vec<(&'static str, Vec<Choice>)>,
    /// What can go wrong, and what is planted to.
    pub(super) faults: Vec<(&'static str, Vec<Choice>)>,
    pub(super) planted: Vec<Planted>,
    /// The outcomes that wait for their payment, each with what is said of it.
    pub(super) queued: Vec<(u64, String)>,
    pub(super) forms: Forms,
    /// What was just done.
    pub(super) done: &'static str,
}

/// A provider's page.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) link: String,
    /// Where the script finds the codes that a payment can end with.
    pub(super) codes: String,
}

/// Where forms go, and where their reader comes back to.
#[derive(Debug)]
pub(super) struct Forms {
    pub(super) outcome: String,
    pub(super) callbacks: String,
    pub(super) clock: String,
    pub(super) fault: String,
    pub(super) pull: String,
    pub(super) withdraw: String,
    pub(super) seed: String,
    pub(super) reset: String,
    pub(super) back: String,
}

impl Forms {
    fn new(house: &House, back: String) -> Self {
        let to = |deed: &str| action(house, deed);
        Self {
            outcome: to("outcome"),
            callbacks: to("callbacks"),
            clock: to("clock"),
            fault: to("fault"),
            pull: to("pull"),
            withdraw: to("withdraw"),
            seed: to("seed"),
            reset: to("reset"),
            back,
        }
    }
}

/// Where a form for a deed goes.
pub(super) fn action(house: &House, deed: &str) -> String {
    let none: [(&str, &str); 0] = [];
    address(house, &format!("/_sim/live/do/{deed}"), &none)
}

/// A callback with its buttons.
#[derive(Debug)]
pub(super) struct Callback {
    pub(super) id: String,
    pub(super) workspace: String,
    pub(super) url: String,
    pub(super) state: &'static str,
    /// What there is to know of its state.
    pub(super) told: String,
    pub(super) can_be_released: bool,
    pub(super) can_be_dropped: bool,
    pub(super) action: String,
    pub(super) back: String,
}

impl Controls {
    pub(super) async fn new(house: &House, view: &View, query: &str) -> Self {
        let name = view.subject();
        let workspace = house.workspaces.get(name);
        let policy = workspace.as_ref().map(|workspace| workspace.outbox().policy()).unwrap_or_default();
        let chosen = POLICIES.iter().find(|(word, _)| policy_called(word) == Some(policy));
        let chosen = chosen.map_or("", |(word, _)| word);
        let mode = workspace.as_ref().map(|workspace| workspace.clock().mode());
        let (planted, queued) = match &workspace {
            Some(workspace) => (faults::planted(workspace).await, queued(workspace).await),
            None => Default::default(),
        };
        let records = PROVIDERS.iter().map(|provider| {
            let id = provider.info().id;
            let kinds = provider.records().iter();
            let kinds = kinds.map(|kind| Choice::new(format!("{id}/{kind}"), *kind, "brp/orders"));
            (provider.info().name, kinds.collect())
        });
        let pages = PROVIDERS.iter().map(|provider| provider.info()).map(|info| {
            let at = format!("/_sim/live/providers/{}", info.id);
            let link = address(house, &at, &[("workspace", name)]);
            let none: [(&str, &str); 0] = [];
            Page { id: info.id, name: info.name, link, codes: address(house, &format!("{at}/codes"), &none) }
        });
        Self {
            workspace: name.to_owned(),
            providers: providers(&view.provider),
            pages: pages.collect(),
            order: if view.is_marked() { String::new() } else { view.order.clone() },
            policies: POLICIES.iter().map(|(word, label)| Choice::new(*word, *label, chosen)).collect(),
            now: workspace.as_ref().map(now).unwrap_or_default(),
            is_frozen: matches!(mode, Some(Mode::Frozen { .. })),
            is_ahead: matches!(mode, Some(Mode::Real { ahead_ms }) if ahead_ms != 0),
            records: records.collect(),
            faults: faults::kinds(),
            planted,
            queued,
            forms: Forms::new(house, timeline(house, view)),
            done: done(query),
        }
    }
}

/// The outcomes of a workspace that wait for their payment, in words, the oldest first.
async fn queued(workspace: &Workspace) -> Vec<(u64, String)> {
    let masker = workspace.masker();
    let told = |queue: Queued| {
        let provider = provkassa_simulators::provider(&queue.provider);
        let provider = provider.map_or(queue.provider.as_str(), |provider| provider.info().name);
        let order = queue.order.map_or("whichever comes next".to_owned(), |order| format!("order {order}"));
        let chain: Vec<String> = queue.chain.iter().map(ToString::to_string).collect();
        (queue.number, line(&masker, &format!("{provider}, {order}: {}", chain.join(", then ")), LINE))
    };
    control::queued(workspace).await.into_iter().map(told).collect()
}

fn now(workspace: &Workspace) -> String {
    moment_of(workspace.clock().now())
}

/// What is said of a deed that was done. The address has its name alone, so that nobody can write on the page.
pub(super) fn done(query: &str) -> &'static str {
    let deed = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "done");
    match deed.as_ref().map_or("", |(_, deed)| deed) {
        "callback" => "The callback was told so.",
        "callbacks" => "From the next callback on it is so.",
        "clock" => "The clock is set.",
        "fault" => "The fault is planted.",
        "outcome" => "The next payment that fits ends so.",
        "pull" => "The fault is pulled out.",
        "reset" => "All records are back as they were.",
        "seed" => "The record is there.",
        "setting" => "The setting holds from now on.",
        "withdraw" => "It is not queued any more.",
        _ => "",
    }
}

/// What can happen to callbacks, by a word for the form, and in words.
const POLICIES: &[(&str, &str)] = &[
    ("usual", "arrive as usual"),
    ("hold", "are held until they are released"),
    ("drop", "are never sent"),
    ("duplicate", "are sent twice"),
    ("reorder", "arrive in the wrong order"),
    ("lose", "get lost at the first attempt"),
    ("forge", "are signed wrongly"),
];

/// The policy that a word of the form stands for.
pub(super) fn policy_called(word: &str) -> Option<Policy> {
    let usual = Policy::default();
    Some(match word {
        "usual" => usual,
        "hold" => Policy { hold: true, ..usual },
        "drop" => Policy { drop: true, ..usual },
        "duplicate" => Policy { duplicate: 1, ..usual },
        "reorder" => Policy { reorder: true, ..usual },
        "lose" => Policy { unreachable: 1, ..usual },
        "forge" => Policy { wrong_signature: true, ..usual },
        _ => return None,
    })
}

/// The callbacks about an order.
pub(super) fn callbacks(house: &House, subject: &Subject, view: &View, masker: &Masker) -> Vec<Callback> {
    let (Some(name), Some(order)) = (&subject.workspace, &subject.order) else { return Vec::new() };
    let Some(workspace) = house.workspaces.get(name) else { return Vec::new() };
    let deliveries = workspace.outbox().deliveries_about(subject.provider, order);
    deliveries.into_iter().map(|delivery| of(house, name, view, masker, delivery)).collect()
}

/// One callback, by its id.
pub(super) fn callback(house: &House, workspace: &str, id: &str, view: &View) -> Option<Callback> {
    let world = house.workspaces.get(workspace)?;
    let delivery = world.outbox().deliveries().into_iter().find(|delivery| delivery.id == id)?;
    Some(of(house, workspace, view, &world.masker(), delivery))
}

fn of(house: &House, workspace: &str, view: &View, masker: &Masker, delivery: Delivery) -> Callback {
    let tried = match delivery.attempts.len() {
        0 => "not tried yet".to_owned(),
        1 => "tried once".to_owned(),
        times => format!("tried {times} times"),
    };
    let (state, told) = match &delivery.status {
        Status::Delivered => ("delivered", tried),
        Status::Dropped => ("dropped", tried),
        Status::GaveUp => ("given up", tried),
        Status::Held => ("held", tried),
        Status::Retrying { at } => ("retrying", format!("{tried}, again at {}", moment_of(*at))),
        Status::Waiting => ("waiting", tried),
    };
    Callback {
        id: delivery.id,
        workspace: workspace.to_owned(),
        url: bare(masker, &delivery.url),
        state,
        told,
        can_be_released: delivery.status == Status::Held,
        can_be_dropped: matches!(delivery.status, Status::Held | Status::Retrying { .. } | Status::Waiting),
        action: action(house, "callback"),
        back: timeline(house, view),
    }
}
