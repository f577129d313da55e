//! Entries put together by what they are about: an order of a workspace at a provider.

use std::collections::BTreeMap;
use std::sync::Arc;

use provkassa_simulators::kit::journal::Entry;
use provkassa_simulators::kit::seed::mark;

/// What an entry is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Subject {
    /// None for what nobody claims.
    pub(super) workspace: Option<String>,
    pub(super) provider: &'static str,
    /// None where the request names no order.
    pub(super) order: Option<String>,
}

impl Subject {
    pub(super) fn of(entry: &Entry) -> Self {
        Self { workspace: entry.workspace.clone(), provider: entry.provider, order: entry.order.clone() }
    }

    /// What its part of the page is called.
    pub(super) fn anchor(&self) -> String {
        let Self { workspace, provider, order } = self;
        format!("story-{:016x}", mark(&format!("{workspace:?} {provider} {order:?}")))
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
pub(super) fn stories(entries: Vec<Arc<Entry>>) -> Vec<Story> {
    let mut told: BTreeMap<Subject, Vec<Arc<Entry>>> = BTreeMap::new();
    for entry in entries {
        told.entry(Subject::of(&entry)).or_default().push(entry);
    }
    let mut stories: Vec<Story> =
        told.into_iter().map(|(subject, entries)| Story { subject, entries }).collect();
    stories.sort_by_key(|story| std::cmp::Reverse(story.last()));
    stories
}
