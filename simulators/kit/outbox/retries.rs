//! What is tried again: once it is due, and that of one order in sequence.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Outbox, State, Status};
use crate::kit::seed::lock;

/// The provider's id and the order.
type Order = (&'static str, String);
/// When it is due, its place among all callbacks, and its id.
type Turn = (Timestamp, usize, String);

/// The callbacks that are to be tried again, by their order.
///
/// However many become due at once, each order has them in sequence: by when they were due, then as they came. Which
/// task wakes first makes no difference to what the shop sees. Orders do not wait for each other.
#[derive(Debug, Default)]
pub(super) struct Retries {
    /// They wait for the clock.
    later: BTreeMap<Order, BTreeSet<Turn>>,
    /// They are due; an order that is here is being worked on.
    due: BTreeMap<Order, BTreeSet<Turn>>,
}

impl Retries {
    /// Moves what is due by now to what is to be tried; whether somebody has to begin with it.
    fn wake(&mut self, order: &Order, now: Timestamp) -> bool {
        let Some(later) = self.later.get_mut(order) else { return false };
        let woken: BTreeSet<Turn> = later.iter().take_while(|(at, ..)| *at <= now).cloned().collect();
        later.retain(|turn| !woken.contains(turn));
        if later.is_empty() {
            self.later.remove(order);
        }
        if woken.is_empty() {
            return false;
        }
        let begins = !self.due.contains_key(order);
        self.due.entry(order.clone()).or_default().extend(woken);
        begins
    }

    /// The next of an order; ends the work on it where there is none.
    fn next(&mut self, order: &Order) -> Option<Turn> {
        let next = self.due.get_mut(order)?.pop_first();
        if next.is_none() {
            self.due.remove(order);
        }
        next
    }
}

impl Outbox {
    /// Makes the next attempt at a callback when it is due.
    pub(super) fn try_again(&self, id: &str, due: Timestamp, generation: u64) {
        let order = {
            let mut state = lock(&self.0.state);
            let Some(item) = state.items.get(id).filter(|_| state.generation == generation) else { return };
            let order = (item.callback.provider, item.callback.order.clone());
            let turn = (due, item.number, id.to_owned());
            state.retries.later.entry(order.clone()).or_default().insert(turn);
            order
        };
        let outbox = self.clone();
        // Outside `spawn`: a retry that waits for the clock is not work in progress.
        tokio::spawn(async move {
            outbox.0.clock.sleep_until(due).await;
            let begins = {
                let mut state = lock(&outbox.0.state);
                // The clock may have been set back since it woke us.
                let now = outbox.0.clock.now().max(due);
                state.generation == generation && state.retries.wake(&order, now)
            };
            if begins {
                let again = outbox.clone();
                outbox.spawn(async move { again.try_in_turn(&order, generation).await });
            }
        });
    }

    async fn try_in_turn(&self, order: &Order, generation: u64) {
        while let Some(id) = self.next_due(order, generation) {
            self.attempt(&id, generation).await;
        }
    }

    /// The next callback of an order whose attempt is due and still wanted.
    fn next_due(&self, order: &Order, generation: u64) -> Option<String> {
        let mut state = lock(&self.0.state);
        if state.generation != generation {
            return None;
        }
        loop {
            let (due, _, id) = state.retries.next(order)?;
            if state.waits_for(&id, due) {
                return Some(id);
            }
        }
    }
}

impl State {
    /// Whether a callback is to be tried again at this moment: it may have been given up or resent meanwhile.
    fn waits_for(&self, id: &str, due: Timestamp) -> bool {
        let status = self.items.get(id).map(|item| &item.status);
        matches!(status, Some(Status::Retrying { at }) if *at == due)
    }
}
