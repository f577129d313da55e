//! The sending side of the outbox: one task per order that has first attempts to make.

use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::SignedDuration;

use super::{Answered, Attempt, Callback, Item, Lane, Outbox, Outgoing, Status};
use crate::kit::fault::Kind;
use crate::kit::journal::{Captured, Entry, Event};
use crate::kit::seed::lock;

impl Outbox {
    /// Puts callbacks in their lane; starts the lane if it stands still.
    pub(super) fn send(&self, lane: &Lane, ids: Vec<String>) {
        if ids.is_empty() {
            return;
        }
        let generation = {
            let mut state = lock(&self.0.state);
            let generation = state.generation;
            if let Some(running) = state.lanes.get_mut(lane) {
                running.extend(ids);
                return;
            }
            state.lanes.insert(lane.clone(), ids.into());
            generation
        };
        let (outbox, lane) = (self.clone(), lane.clone());
        self.spawn(async move { outbox.run_lane(&lane, generation).await });
    }

    /// One attempt beside the lane: a resend.
    pub(super) fn attempt_apart(&self, id: String) {
        let generation = lock(&self.0.state).generation;
        let outbox = self.clone();
        self.spawn(async move { outbox.attempt(&id, generation).await });
    }

    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.0.busy.send_modify(|busy| *busy += 1);
        let outbox = self.clone();
        tokio::spawn(async move {
            work.await;
            outbox.0.busy.send_modify(|busy| *busy -= 1);
        });
    }

    async fn run_lane(&self, lane: &Lane, generation: u64) {
        while let Some((id, due, times)) = self.next_in(lane, generation) {
            if due > self.0.clock.now() {
                // A waiting callback is not work in progress: `settled` must not hang on it.
                self.0.busy.send_modify(|busy| *busy -= 1);
                self.0.clock.sleep_until(due).await;
                self.0.busy.send_modify(|busy| *busy += 1);
            }
            for time in 0..times {
                // It may have been given up meanwhile.
                if self.is_wanted(&id, generation, time > 0) {
                    self.attempt(&id, generation).await;
                }
            }
        }
    }

    /// Whether a callback is still to be sent: for the first time, or as a duplicate.
    fn is_wanted(&self, id: &str, generation: u64, again: bool) -> bool {
        let state = lock(&self.0.state);
        let status = state.items.get(id).map(|item| &item.status);
        state.generation == generation
            && match status {
                Some(Status::Waiting) => true,
                Some(Status::Dropped) | None => false,
                Some(_) => again,
            }
    }

    /// The next callback of the lane that is still to be sent; ends the lane when there is none.
    fn next_in(&self, lane: &Lane, generation: u64) -> Option<(String, jiff::Timestamp, u16)> {
        let mut state = lock(&self.0.state);
        if state.generation != generation {
            return None;
        }
        loop {
            let Some(id) = state.lanes.get_mut(lane)?.pop_front() else {
                state.lanes.remove(lane);
                return None;
            };
            if let Some(item) = state.items.get(&id)
                && item.status == Status::Waiting
            {
                return Some((id, item.due(), 1 + u16::from(item.policy.duplicate)));
            }
        }
    }

    pub(super) async fn attempt(&self, id: &str, generation: u64) {
        let Some((mut request, number)) = self.sealed(id, generation) else { return };
        let at = self.0.clock.now();
        let mut result =
            if self.is_lost(id) { Err(LOST.to_owned()) } else { self.0.courier.deliver(&request).await };
        for _ in 0..MOST_REDIRECTS {
            let Some(url) = self.follow(id, &request, &result) else { break };
            self.write(id, number, at, &request, &result);
            request.url = url;
            result = self.0.courier.deliver(&request).await;
        }
        self.write(id, number, at, &request, &result);
        let took_ms = i64::try_from(self.0.clock.now().duration_since(at).as_millis()).unwrap_or(i64::MAX);
        let result = result.map(|answered| answered.status);
        let retry = {
            let mut state = lock(&self.0.state);
            if state.generation != generation {
                return;
            }
            let Some(item) = state.items.get_mut(id) else { return };
            item.attempts.push(Attempt {
                at,
                status: result.as_ref().ok().copied(),
                failure: result.as_ref().map_or_else(
                    |why| Some(why.clone()),
                    |status| said_of(*status, item.callback.manners.delivered),
                ),
                took_ms,
            });
            self.judge(item, &result)
        };
        if let Some(due) = retry {
            self.try_again(id, due, generation);
        }
    }

    /// Whether the next attempt is one of those that get lost on their way.
    fn is_lost(&self, id: &str) -> bool {
        let state = lock(&self.0.state);
        state.items.get(id).is_some_and(|item| item.attempts.len() < usize::from(item.policy.unreachable))
    }

    /// Where a callback goes on to, if its provider follows what came back.
    fn follow(&self, id: &str, request: &Outgoing, result: &Result<Answered, String>) -> Option<String> {
        let answered = result.as_ref().ok()?;
        let follows = lock(&self.0.state).items.get(id)?.callback.manners.follows;
        let location = answered.location.as_deref().filter(|_| follows(answered.status))?;
        Some(url::Url::parse(&request.url).ok()?.join(location).ok()?.into())
    }

    fn write(
        &self,
        id: &str,
        attempt: u32,
        at: jiff::Timestamp,
        request: &Outgoing,
        result: &Result<Answered, String>,
    ) {
        let of = |item: &Item| {
            let Callback { provider, order, fault, .. } = &item.callback;
            (*provider, order.clone(), fault.as_ref().map(|(_, note)| note.clone()))
        };
        let Some((provider, order, fault)) = lock(&self.0.state).items.get(id).map(of) else { return };
        self.0.journal.write(Entry {
            cursor: 0,
            workspace: Some(self.0.workspace.clone()),
            provider,
            order: Some(order),
            at,
            event: Event::Callback {
                id: id.to_owned(),
                attempt,
                request: captured(request),
                instead: self.0.courier.instead_of(&request.url),
                result: result.as_ref().map(|answered| answered.status).map_err(Clone::clone),
                fault,
            },
        });
    }

    /// Sets the status after an attempt; says when the next one is due.
    fn judge(&self, item: &mut Item, result: &Result<u16, String>) -> Option<jiff::Timestamp> {
        if result.as_ref().is_ok_and(|status| (item.callback.manners.delivered)(*status)) {
            item.status = Status::Delivered;
            return None;
        }
        // A duplicate or a resend that fails does not undo what was delivered or given up.
        if matches!(item.status, Status::Delivered | Status::Dropped) {
            return None;
        }
        let failed = item.attempts.len().saturating_sub(1);
        let Some(wait) = item.callback.retries.0.get(failed) else {
            item.status = Status::GaveUp;
            return None;
        };
        let wait = SignedDuration::try_from(*wait).unwrap_or(SignedDuration::MAX);
        // It counts from the attempt: how long the shop took, or a clock that was advanced meanwhile, moves nothing.
        let attempted = item.attempts.last().map_or_else(|| self.0.clock.now(), |attempt| attempt.at);
        let at = attempted.saturating_add(wait).unwrap_or(jiff::Timestamp::MAX);
        item.status = Status::Retrying { at };
        Some(at)
    }

    /// The request with its signature. It is made once: a retry sends the same bytes.
    pub(super) fn sealed(&self, id: &str, generation: u64) -> Option<(Outgoing, u32)> {
        let mut state = lock(&self.0.state);
        if state.generation != generation {
            return None;
        }
        let item = state.items.get_mut(id)?;
        let (callback, now) = (&item.callback, self.0.clock.now());
        let planted = callback.fault.as_ref().map(|(kind, _)| *kind);
        let flaw = planted.or(item.policy.wrong_signature.then_some(Kind::WrongDigest));
        let sealed = item.sealed.get_or_insert_with(|| {
            let mut request = callback.request.clone();
            (callback.manners.sign)(&callback.recipe, &mut request, flaw, now);
            request
        });
        Some((sealed.clone(), u32::try_from(item.attempts.len() + 1).unwrap_or(u32::MAX)))
    }
}

/// What is said of an attempt that was to get lost.
const LOST: &str = "the shop could not be reached, as was asked for";

/// How many redirects are followed, where a provider follows them.
const MOST_REDIRECTS: usize = 5;

/// What there is to say of a status that surprises.
fn said_of(status: u16, delivered: fn(u16) -> bool) -> Option<String> {
    ((300..400).contains(&status) && !delivered(status)).then(|| "redirects are not followed".to_owned())
}

fn captured(request: &Outgoing) -> Captured {
    let headers: HeaderMap = request
        .headers
        .iter()
        .filter_map(|(name, value)| {
            Some((HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_str(value).ok()?))
        })
        .collect();
    Captured::new(format!("{} {}", request.method, request.url), &headers, &request.body)
}
