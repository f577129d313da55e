//! What happened in a scenario, hop by hop, for whoever has to find out why it failed.

use std::sync::Arc;

use provkassa_simulators::kit::journal::{Captured, Entry, Event};
use provkassa_simulators::kit::mask::Masker;
use provkassa_simulators::provider;

/// The header by which a payer's requests are found in the journal.
pub(super) const MARK: &str = "provkassa-hop";

/// How much of an address is shown.
const LONGEST: usize = 400;

/// The hops that we made ourselves; the sandbox's journal has the others.
#[derive(Clone, Debug, Default)]
pub(super) struct Trail {
    hops: Vec<Hop>,
}

#[derive(Clone, Debug)]
struct Hop {
    /// How far the journal was when it began: what it caused comes later.
    cursor: u64,
    line: String,
    notes: Vec<String>,
}

impl Trail {
    /// A line, and what is to be said of it.
    pub(super) fn add(&mut self, cursor: u64, line: String, notes: Vec<String>) {
        self.hops.push(Hop { cursor, line, notes });
    }

    /// Everything in order: our hops, and what the journal has of these orders. Secrets are hidden.
    pub(super) fn told(&self, journal: &[Arc<Entry>], masker: &Masker) -> Vec<String> {
        let mut all: Vec<(u64, usize, Hop)> =
            self.hops.iter().enumerate().map(|(place, hop)| (hop.cursor, place + 1, hop.clone())).collect();
        for entry in journal.iter().filter(|entry| !is_marked(entry)) {
            // What a hop caused stands behind it, and before the next.
            let place = self.hops.iter().rposition(|hop| hop.cursor < entry.cursor).map_or(0, |at| at + 1);
            all.push((entry.cursor, place, hop_of(entry)));
        }
        all.sort_by_key(|(cursor, place, _)| (*cursor, *place));
        let mut lines = Vec::new();
        for (number, (_, _, hop)) in all.iter().enumerate() {
            lines.push(masker.text(&format!("{}. {}", number + 1, shortened(&hop.line))));
            lines.extend(hop.notes.iter().map(|note| masker.text(&format!("   {note}"))));
        }
        lines
    }
}

/// Whether a request of the journal's is one of our payers', which the trail has already.
pub(super) fn is_marked(entry: &Entry) -> bool {
    let Event::Exchange { request, .. } = &entry.event else { return false };
    mark_of(request).is_some()
}

/// The mark of a request.
pub(super) fn mark_of(request: &Captured) -> Option<&str> {
    let header = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(MARK));
    header.map(|(_, value)| value.as_str())
}

/// What provkassa made of a request.
pub(super) fn notes_of(entry: &Entry) -> Vec<String> {
    let Event::Exchange { remarks, .. } = &entry.event else { return Vec::new() };
    let wrong = remarks.diagnosis.iter().map(|why| format!("wrong: {why}"));
    let unclaimed = remarks.unclaimed.iter().map(|why| format!("wrong: {why}"));
    wrong.chain(unclaimed).chain(remarks.warnings.iter().map(|why| format!("note: {why}"))).collect()
}

/// What is wrong with a request, where provkassa can tell.
pub(super) fn diagnosis_of(entry: &Entry) -> Option<&str> {
    let Event::Exchange { remarks, .. } = &entry.event else { return None };
    remarks.diagnosis.as_deref()
}

fn hop_of(entry: &Entry) -> Hop {
    let name = provider(entry.provider).map_or(entry.provider, |provider| provider.info().name);
    let (line, notes) = match &entry.event {
        Event::Callback { attempt, request, instead, result, .. } => {
            let came = result.as_ref().map_or_else(Clone::clone, ToString::to_string);
            let again = if *attempt > 1 { format!(" (attempt {attempt})") } else { String::new() };
            let instead = instead.iter().map(|instead| format!("it went to {instead}")).collect();
            (format!("{name} → the shop: {}{again} → {came}", request.line), instead)
        }
        Event::Exchange { request, reply, .. } => {
            let mut notes = notes_of(entry);
            if notes.is_empty() {
                notes.push("taken as it came".to_owned());
            }
            (format!("the shop → {name}: {} → {}", request.line, reply.line), notes)
        }
    };
    Hop { cursor: entry.cursor, line, notes }
}

/// A long address, cut.
pub(super) fn shortened(text: &str) -> String {
    let start: String = text.chars().take(LONGEST).collect();
    if start.len() < text.len() { format!("{start}…") } else { start }
}
