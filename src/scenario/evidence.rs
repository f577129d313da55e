//! What the sandbox has of a scenario's orders: its journal, as it is told and judged, and its records.

use std::collections::BTreeSet;
use std::sync::Arc;

use provkassa_simulators::kit::journal::{Entry, Event};
use provkassa_simulators::provider;
use serde_json::Value;

use super::outcome::Stop;
use super::rooms::Kept;
use super::world::{Order, THE_ORDER, World};

impl World<'_> {
    /// Everything that happened, in order.
    pub(super) async fn told(&self) -> Vec<String> {
        let keys: BTreeSet<String> = self.orders.iter().flat_map(Order::keys).collect();
        let mut entries: Vec<Arc<Entry>> =
            keys.iter().flat_map(|key| self.stage.journal(self.gate_id(), key)).collect();
        entries.extend(self.elsewhere(&keys).await);
        entries.extend(self.strangers());
        entries.sort_by_key(|entry| entry.cursor);
        entries.dedup_by_key(|entry| entry.cursor);
        self.trail.told(&entries, &self.stage.workspace().masker())
    }

    /// What was sent for these orders to the scenario's own provider, where their payers go to another's pages: what
    /// names a record of theirs at the one or at the other.
    async fn elsewhere(&self, keys: &BTreeSet<String>) -> Vec<Arc<Entry>> {
        if self.gate_id() == self.id() {
            return Vec::new();
        }
        let keys: Vec<String> = keys.iter().cloned().collect();
        let names = self.read(|kept| self.room.names(kept, &keys)).await;
        let of = |name: &String| {
            let mut entries = self.stage.mentions(self.id(), self.since, name);
            entries.extend(self.stage.unclaimed(self.id(), self.since));
            entries.retain(|entry| is_about(entry, name));
            entries
        };
        names.iter().flat_map(of).collect()
    }

    /// Looks into the records of all providers.
    pub(super) async fn read<T>(&self, look: impl Fn(Kept<'_>) -> T + Send + Sync) -> T {
        let read = self.stage.workspace().read(|tx| {
            look(&|id: &str, kind: &str| provider(id).map_or_else(Vec::new, |found| found.read(tx, kind)))
        });
        read.await
    }

    /// What was sent for the order since then, to the provider of its pages and to its own: what they know to be about
    /// it, and what names its record, as a charge of a subscription or the registration of its card.
    pub(super) async fn sent(&mut self, since: u64) -> Result<Vec<Arc<Entry>>, Stop> {
        let key = self.key(THE_ORDER)?;
        let (record, _) = self.known(THE_ORDER).await?;
        let mut entries = self.stage.journal(self.gate_id(), &key);
        let id = match &record["id"] {
            Value::String(id) => id.clone(),
            Value::Number(id) => id.to_string(),
            _ => String::new(),
        };
        if !id.is_empty() {
            for provider in [self.gate_id(), self.id()] {
                let since = self.since.max(since);
                let named = self.stage.mentions(provider, since, &id).into_iter();
                let named = named.chain(self.stage.unclaimed(provider, since));
                entries.extend(named.filter(|entry| is_about(entry, &id)));
            }
        }
        entries.retain(|entry| entry.cursor > since);
        entries.sort_by_key(|entry| entry.cursor);
        entries.dedup_by_key(|entry| entry.cursor);
        Ok(entries)
    }

    /// What may explain why a payer never got to the provider: requests with credentials that nobody has, and
    /// calls of the shop's that speak of the order; where nobody else is there, all that are new.
    pub(super) fn strangers(&self) -> Vec<Arc<Entry>> {
        let lost = self.orders.iter().filter(|order| order.key.is_none());
        let (id, since) = (self.gate_id(), self.since);
        let mut entries: Vec<Arc<Entry>> =
            lost.flat_map(|order| self.stage.mentions(id, since, &order.token)).collect();
        if self.orders.iter().any(|order| order.key.is_none()) {
            entries.extend(self.stage.unclaimed(id, since));
            if self.alone {
                entries.extend(self.stage.of_new_orders(id, since));
            }
        }
        entries.sort_by_key(|entry| entry.cursor);
        entries
    }
}

/// Whether a request has this id in it, and not as a part of a longer one.
fn is_about(entry: &Entry, id: &str) -> bool {
    let Event::Exchange { request, .. } = &entry.event else { return false };
    let body = String::from_utf8_lossy(&request.body);
    let is_whole = |text: &str| {
        text.match_indices(id).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let behind = text[at + id.len()..].chars().next();
            [before, behind].into_iter().flatten().all(|sign| !sign.is_alphanumeric())
        })
    };
    is_whole(&request.line) || is_whole(&body)
}
