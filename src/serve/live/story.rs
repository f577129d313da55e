//! Entries put together by what they are about: an order of a workspace at a provider.

use std::collections::BTreeMap;
use std::sync::Arc;

use provkassa_simulators::kit::journal::Entry;
use provkassa_simulators::kit::seed::mark;

/// What the name of a story's part of the page begins with.
pub(super) const ANCHOR: &str = "story-";

/// What an entry is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Subject {
    /// None for what nobody claims.
    pub(super) workspace: Option<String>,
    pub(super) provider: &'static str,
    /// None where the request names no order.
    pub(super) order: Option<String>,
}

/// What an entry is about, as it stands in the entry: of many entries most are only looked at.
pub(super) type Key<'a> = (Option<&'a str>, &'static str, Option<&'a str>);

/// What an entry is about.
pub(super) fn key(entry: &Entry) -> Key<'_> {
    (entry.workspace.as_deref(), entry.provider, entry.order.as_deref())
}

impl Subject {
    fn of((workspace, provider, order): Key<'_>) -> Self {
        Self { workspace: workspace.map(ToOwned::to_owned), provider, order: order.map(ToOwned::to_owned) }
    }

    pub(super) fn about(entry: &Entry) -> Self {
        Self::of(key(entry))
    }

    /// What its part of the page is called.
    pub(super) fn anchor(&self) -> String {
        let Self { workspace, provider, order } = self;
        format!("{ANCHOR}{:016x}", mark(&format!("{workspace:?} {provider} {order:?}")))
    }
}

/// What happened to an order, the oldest first.
#[derive(Debug)]
pub(super) struct Story {
    pub(super) subject: Subject,
    pub(super) entries: Vec<Arc<Entry>>,
}

impl Story {
    fn last(&self) -> u64 {
        self.entries.last().map_or(0, |entry| entry.cursor)
    }
}

/// The stories that entries tell; the one in which something happened last comes first.
pub(super) fn stories(entries: &[Arc<Entry>]) -> Vec<Story> {
    let mut told: BTreeMap<Key<'_>, Vec<Arc<Entry>>> = BTreeMap::new();
    for entry in entries {
        told.entry(key(entry)).or_default().push(Arc::clone(entry));
    }
    let stories = told.into_iter().map(|(key, entries)| Story { subject: Subject::of(key), entries });
    let mut stories: Vec<Story> = stories.collect();
    stories.sort_by_key(|story| std::cmp::Reverse(story.last()));
    stories
}
