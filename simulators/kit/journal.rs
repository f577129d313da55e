//! Every request, reply and callback with its exact bytes, in a bounded space.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::watch;

use super::seed::lock;
use super::trail::Remarks;

/// How much all entries together may hold, in bytes.
pub const DEFAULT_BUDGET: usize = 64 << 20;
/// How much of one body is kept, in bytes.
pub const BODY_LIMIT: usize = 64 << 10;

/// The head and body of a message as it travelled.
#[derive(Clone, Debug, Default)]
pub struct Captured {
    /// `GET /path?query`, or `302 Found`.
    pub line: String,
    /// Headers in the order they came; values that are not UTF-8 are shown with marks.
    pub headers: Vec<(String, String)>,
    /// The first [`BODY_LIMIT`] bytes.
    pub body: Bytes,
    /// How long the body was.
    pub body_length: usize,
}

impl Captured {
    /// Keeps a message; only the start of a long body.
    #[must_use]
    pub fn new(line: String, headers: &http::HeaderMap, body: &Bytes) -> Self {
        // A cut body is copied, so that the rest of it is not held in memory.
        let kept =
            if body.len() > BODY_LIMIT { Bytes::copy_from_slice(&body[..BODY_LIMIT]) } else { body.clone() };
        Self {
            line,
            headers: headers
                .iter()
                .map(|(name, value)| {
                    (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
                })
                .collect(),
            body: kept,
            body_length: body.len(),
        }
    }

    fn size(&self) -> usize {
        let headers = self.headers.iter().map(|(name, value)| name.len() + value.len() + 48);
        self.line.len() + self.body.len() + headers.sum::<usize>() + size_of::<Self>()
    }
}

/// What happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// We tried to deliver a callback.
    Callback {
        /// The callback's id.
        id: String,
        /// Counts from 1.
        attempt: u32,
        /// What we sent.
        request: Captured,
        /// Where it went, if that is not where the shop wanted it.
        instead: Option<String>,
        /// The status that came back, or why none did.
        result: Result<u16, String>,
        /// The planted fault that struck it.
        fault: Option<String>,
    },
    /// Somebody asked, and we answered.
    Exchange {
        /// What came.
        request: Captured,
        /// What went.
        reply: Captured,
        /// What the handler had to say about it.
        remarks: Remarks,
    },
}

/// One event with its place and time.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Counts up over the whole process: the cursor of a reader.
    pub cursor: u64,
    /// Whose it is; none for a request whose credential nobody has.
    pub workspace: Option<String>,
    /// The provider's id.
    pub provider: &'static str,
    /// The order, as the provider names it.
    pub order: Option<String>,
    /// By the workspace's clock.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}

impl Entry {
    fn size(&self) -> usize {
        let event = match &self.event {
            Event::Callback { request, .. } => request.size(),
            Event::Exchange { request, reply, remarks } => {
                let told = remarks.warnings.iter().chain(&remarks.diagnosis).chain(&remarks.unclaimed);
                let told = told.chain(&remarks.order).map(String::len).sum::<usize>();
                let evidence = remarks.evidence.as_ref().map_or(0, |sent| sent.size());
                request.size() + reply.size() + told + evidence
            }
        };
        event + self.order.as_ref().map_or(0, String::len) + size_of::<Self>()
    }
}

/// Which entries a reader wants.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of this workspace; none for the unclaimed ones.
    pub workspace: Option<String>,
    /// Of this provider only.
    pub provider: Option<String>,
    /// About this order only.
    pub order: Option<String>,
}

impl Filter {
    fn wants(&self, entry: &Entry) -> bool {
        entry.workspace == self.workspace
            && self.provider.as_ref().is_none_or(|id| entry.provider == id)
            && self.order.as_ref().is_none_or(|order| entry.order.as_ref() == Some(order))
    }
}

/// What a reader gets.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The entries, the oldest first.
    pub entries: Vec<Arc<Entry>>,
    /// Where to go on.
    pub next: u64,
    /// How many entries after the reader's cursor were dropped to stay in the budget.
    pub dropped: u64,
}

/// The journal of a process.
#[derive(Debug)]
pub struct Journal {
    budget: usize,
    pages: Mutex<Pages>,
    grown: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Pages {
    entries: VecDeque<Arc<Entry>>,
    held: usize,
    last: u64,
    /// The latest that went to stay in the budget.
    dropped: u64,
}

impl Journal {
    /// A journal that holds at most `budget` bytes.
    #[must_use]
    pub fn new(budget: usize) -> Self {
        Self { budget, pages: Mutex::default(), grown: watch::Sender::new(0) }
    }

    /// Adds an entry and gives it its cursor; the oldest go when the budget is spent.
    pub fn write(&self, mut entry: Entry) {
        let last = {
            let mut pages = lock(&self.pages);
            pages.last += 1;
            entry.cursor = pages.last;
            pages.held += entry.size();
            pages.entries.push_back(Arc::new(entry));
            while pages.held > self.budget {
                let Some(oldest) = pages.entries.pop_front() else { break };
                pages.held -= oldest.size();
                pages.dropped = oldest.cursor;
            }
            pages.last
        };
        self.grown.send_replace(last);
    }

    /// Forgets what a workspace did.
    pub fn forget(&self, workspace: &str) {
        let mut pages = lock(&self.pages);
        pages.entries.retain(|entry| entry.workspace.as_deref() != Some(workspace));
        pages.held = pages.entries.iter().map(|entry| entry.size()).sum();
    }

    /// The entries after `after`.
    #[must_use]
    pub fn read(&self, after: u64, filter: &Filter) -> Reading {
        self.since(after, |entry| filter.wants(entry))
    }

    /// The entries after `after` that somebody wants, whosever they are.
    #[must_use]
    pub fn since(&self, after: u64, wants: impl Fn(&Entry) -> bool) -> Reading {
        let pages = lock(&self.pages);
        let skip = pages.entries.partition_point(|entry| entry.cursor <= after);
        Reading {
            entries: pages.entries.iter().skip(skip).filter(|entry| wants(entry)).cloned().collect(),
            next: pages.last,
            dropped: pages.dropped.saturating_sub(after),
        }
    }

    /// The entries after `after`; waits up to `wait` for the first.
    pub async fn wait(&self, after: u64, filter: &Filter, wait: Duration) -> Reading {
        let until = tokio::time::Instant::now() + wait;
        let mut grown = self.grown.subscribe();
        loop {
            grown.borrow_and_update();
            let reading = self.read(after, filter);
            if !reading.entries.is_empty() || tokio::time::timeout_at(until, grown.changed()).await.is_err() {
                return reading;
            }
        }
    }

    /// The entry with this cursor, if it is still held.
    #[must_use]
    pub fn entry(&self, cursor: u64) -> Option<Arc<Entry>> {
        let pages = lock(&self.pages);
        let at = pages.entries.binary_search_by_key(&cursor, |entry| entry.cursor).ok()?;
        pages.entries.get(at).cloned()
    }

    /// Tells whenever an entry is written: its cursor.
    #[must_use]
    pub fn growth(&self) -> watch::Receiver<u64> {
        self.grown.subscribe()
    }

    /// How many bytes the entries hold.
    #[must_use]
    pub fn held(&self) -> usize {
        lock(&self.pages).held
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::mask::Masker;
    use crate::kit::shown::ShownMessage;
    use proptest::prelude::*;

    fn entry(order: &str, body: usize) -> Entry {
        let body = Bytes::from(vec![b'x'; body]);
        Entry {
            cursor: 0,
            workspace: Some("default".to_owned()),
            provider: "brp",
            order: Some(order.to_owned()),
            at: Timestamp::UNIX_EPOCH,
            event: Event::Exchange {
                request: Captured::new("GET /".to_owned(), &http::HeaderMap::new(), &body),
                reply: Captured::default(),
                remarks: Remarks::default(),
            },
        }
    }

    #[test]
    fn a_body_in_utf_16_is_shown_as_text_and_masked() {
        let envelope = "<pwd>HEMLIG</pwd><cardnumber>4571736000000125</cardnumber>";
        for mark in [&[][..], &[0xff, 0xfe]] {
            let units = envelope.encode_utf16().flat_map(u16::to_le_bytes);
            let body: Bytes = mark.iter().copied().chain(units).collect();
            let sent = Captured::new("POST /".to_owned(), &http::HeaderMap::new(), &body);
            let shown = ShownMessage::of(&sent, &Masker::default());
            assert_eq!(shown.body, "<pwd>‹hidden›</pwd><cardnumber>457173••••••0125</cardnumber>");
        }
    }

    proptest! {
        #![proptest_config(crate::kit::laws())]
        #[test]
        fn the_journal_stays_in_its_budget_and_counts_what_it_drops(
            bodies in proptest::collection::vec(0_usize..100_000, 1..60)
        ) {
            let journal = Journal::new(200_000);
            for body in &bodies {
                journal.write(entry("1", *body));
                prop_assert!(journal.held() <= 200_000);
            }
            let all = Filter { workspace: Some("default".to_owned()), ..Filter::default() };
            let reading = journal.read(0, &all);
            prop_assert_eq!(reading.entries.len() as u64 + reading.dropped, bodies.len() as u64);
            prop_assert_eq!(reading.next, bodies.len() as u64);
            for kept in reading.entries {
                let Event::Exchange { request, .. } = &kept.event else { continue };
                prop_assert!(request.body.len() <= BODY_LIMIT);
                prop_assert_eq!(request.body_length, bodies[usize::try_from(kept.cursor).expect("small") - 1]);
            }
        }
    }

    #[tokio::test]
    async fn a_reader_waits_for_its_order_only() {
        let journal = Arc::new(Journal::new(1 << 20));
        let filter = Filter {
            workspace: Some("default".to_owned()),
            order: Some("2".to_owned()),
            ..Filter::default()
        };
        let waiting = tokio::spawn({
            let (journal, filter) = (Arc::clone(&journal), filter.clone());
            async move { journal.wait(0, &filter, Duration::from_secs(60)).await }
        });
        journal.write(entry("1", 1));
        tokio::task::yield_now().await;
        journal.write(entry("2", 1));
        let reading = waiting.await.expect("read");
        assert_eq!(reading.entries.len(), 1);
        assert_eq!(reading.next, 2);
        let nothing = journal.wait(2, &filter, Duration::from_millis(1)).await;
        assert!(nothing.entries.is_empty());
    }
}
