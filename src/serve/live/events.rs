//! What is new, as server-sent events: each is a story that has grown, as a part of the page.

use std::collections::{BTreeSet, VecDeque};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{RawQuery, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{Stream, unfold};
use http::HeaderMap;
use tokio::sync::watch;
use url::form_urlencoded;

use super::story::{Key, key, stories};
use super::timeline::{MOST_STORIES, Teller};
use super::view::View;
use super::{Shared, told};
use crate::serve::house::House;

/// What comes within so short a time is told at once: one thing that a payer does is several entries, and a shop under
/// load must not be slowed down by who looks on.
const TOGETHER: Duration = Duration::from_millis(150);

/// Somebody who follows.
struct Follower {
    house: Arc<House>,
    view: View,
    /// Everything up to here is told.
    cursor: u64,
    growth: watch::Receiver<u64>,
    ready: VecDeque<Event>,
}

/// `GET /_sim/live/events`
pub(super) async fn follow(
    State(house): Shared,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let query = query.unwrap_or_default();
    let since = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "since");
    // A browser that lost the connection says what it heard last.
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(ToOwned::to_owned);
    let cursor = last.or(since.map(|(_, value)| value.into_owned())).and_then(|text| text.parse().ok());
    let follower = Follower {
        view: View::read(&query),
        cursor: cursor.unwrap_or_default(),
        growth: house.workspaces.journal().growth(),
        house,
        ready: VecDeque::new(),
    };
    let stream = unfold(follower, |mut follower| async move {
        let event = follower.next().await?;
        Some((Ok(event), follower))
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}

impl Follower {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            let cursor = self.cursor;
            self.growth.wait_for(|last| *last != cursor).await.ok()?;
            tokio::time::sleep(TOGETHER).await;
            self.look();
        }
    }

    /// Makes events of what is new.
    fn look(&mut self) {
        let Self { house, view, cursor, ready, .. } = self;
        let (journal, told) = (house.workspaces.journal(), told(house, view));
        let news = journal.since(*cursor, &told);
        // A sandbox that was started again begins anew, and so does the page.
        let is_another = news.next < *cursor;
        *cursor = news.next;
        if is_another {
            ready.push_back(Event::default().event("again").data("another run"));
            return;
        }
        if news.entries.is_empty() {
            return;
        }
        let grown: BTreeSet<Key<'_>> = news.entries.iter().map(|entry| key(entry)).collect();
        let whole = journal.since(view.after, |entry| grown.contains(&key(entry)) && told(entry));
        let mut teller = Teller::new(house, view);
        // The latest comes last: each is put before those that are there, and the page holds no more.
        for story in stories(&whole.entries).iter().take(MOST_STORIES).rev() {
            if let Some(part) = teller.part(story) {
                ready.push_back(Event::default().event("story").id(cursor.to_string()).data(part));
            }
        }
    }
}
