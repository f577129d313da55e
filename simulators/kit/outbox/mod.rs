//! Callbacks: what is sent to the shop, when, how often, and what came of it.
//!
//! By default first attempts of one (provider, order) go in sequence, each callback once, and a
//! failed one is tried again by the provider's schedule on the workspace's clock. A dead receiver
//! delays nobody else. Everything else is asked for through a [`Policy`].

mod callback;
mod delivery;
mod place;
mod policy;
mod retries;
mod saved;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::clock::Clock;
use super::journal::Journal;
use super::mask::Masker;
use super::problem::Problem;
use super::seed::{Seed, lock};
pub use callback::{Answered, Callback, Courier, Manners, Outgoing, RetrySchedule, Sign, is_success};
pub use policy::Policy;
use retries::Retries;
pub(crate) use saved::Saved;

/// A callback that is not to be sent any more, for what it would tell does not happen.
#[derive(Clone, Debug)]
pub(crate) struct Withdrawn {
    pub(crate) provider: &'static str,
    pub(crate) lane: String,
    pub(crate) subject: String,
}

/// Where a callback stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Status {
    /// The shop took it.
    Delivered,
    /// It will not be sent.
    Dropped,
    /// Every attempt failed.
    GaveUp,
    /// It waits to be released.
    Held,
    /// An attempt failed; another follows.
    Retrying {
        /// When, by the workspace's clock.
        at: Timestamp,
    },
    /// It waits for its turn.
    Waiting,
}

/// One try to deliver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attempt {
    /// When, by the workspace's clock.
    pub at: Timestamp,
    /// The status that came back.
    pub status: Option<u16>,
    /// Why none came.
    pub failure: Option<String>,
    /// How long the answer took, in milliseconds of the workspace's clock.
    pub took_ms: i64,
}

/// A callback with its history.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delivery {
    /// Its id.
    pub id: String,
    /// The provider's id.
    pub provider: &'static str,
    /// The order.
    pub order: String,
    /// What it tells of, among the callbacks of its lane.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// The receiver.
    pub url: String,
    /// Where it stands.
    pub status: Status,
    /// What was tried.
    pub attempts: Vec<Attempt>,
    /// The planted fault that struck it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

impl Delivery {
    /// Without secrets and card numbers.
    #[must_use]
    pub fn masked(self, masker: &Masker) -> Self {
        let hide =
            |attempt: Attempt| Attempt { failure: attempt.failure.map(|why| masker.text(&why)), ..attempt };
        Self {
            order: masker.text(&self.order),
            subject: masker.text(&self.subject),
            url: masker.text(&self.url),
            attempts: self.attempts.into_iter().map(hide).collect(),
            ..self
        }
    }
}

/// The callbacks of one workspace; a clone is the same outbox.
#[derive(Clone, Debug)]
pub struct Outbox(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    workspace: String,
    clock: Clock,
    seed: Seed,
    journal: Arc<Journal>,
    courier: Arc<dyn Courier>,
    state: Mutex<State>,
    busy: watch::Sender<usize>,
}

type Lane = (&'static str, String);

#[derive(Debug, Default)]
struct State {
    /// Raised by `clear`: tasks of an older generation end without a trace.
    generation: u64,
    items: BTreeMap<String, Item>,
    /// The order in which they came.
    sequence: Vec<String>,
    lanes: BTreeMap<Lane, VecDeque<String>>,
    policy: Policy,
    policies: BTreeMap<(String, String), Policy>,
    parked: BTreeMap<Lane, String>,
    /// How many callbacks each order has had.
    counts: BTreeMap<Lane, u64>,
    retries: Retries,
}

#[derive(Debug)]
struct Item {
    callback: Callback,
    /// Counts up over the outbox.
    number: usize,
    /// When it came.
    since: Timestamp,
    policy: Policy,
    sealed: Option<Outgoing>,
    status: Status,
    attempts: Vec<Attempt>,
}

impl Outbox {
    /// An empty outbox.
    #[must_use]
    pub fn new(
        workspace: &str,
        clock: Clock,
        seed: Seed,
        journal: Arc<Journal>,
        courier: Arc<dyn Courier>,
    ) -> Self {
        Self(Arc::new(Inner {
            workspace: workspace.to_owned(),
            clock,
            seed,
            journal,
            courier,
            state: Mutex::default(),
            busy: watch::Sender::new(0),
        }))
    }

    /// Takes a callback and sees to it.
    pub fn enqueue(&self, callback: Callback) -> String {
        let lane: Lane = (callback.provider, callback.lane.clone());
        let (id, ready) = {
            let mut state = lock(&self.0.state);
            let counted = state.counts.entry(lane.clone()).or_default();
            let before = std::mem::replace(counted, *counted + 1);
            let id = self.0.seed.token("callback", &format!("{}/{}", lane.0, lane.1), before);
            let policy = state.policy_of(callback.provider, &callback.order).and(callback.policy);
            let (status, ready) = state.place(&lane, &id, policy);
            let since = self.0.clock.now();
            let number = state.sequence.len();
            let item = Item { callback, number, since, policy, sealed: None, status, attempts: Vec::new() };
            state.items.insert(id.clone(), item);
            state.sequence.push(id.clone());
            (id, ready)
        };
        self.send(&lane, ready);
        id
    }

    /// Every callback with its history, in the order they came.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.deliveries_where(|_| true)
    }

    /// The callbacks of a lane, and of those below it (`7/1` is below `7`), with their history, in the order
    /// they came.
    #[must_use]
    pub fn deliveries_of(&self, provider: &str, lane: &str) -> Vec<Delivery> {
        let below = |other: &str| {
            other.strip_prefix(lane).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.deliveries_where(|callback| callback.provider == provider && below(&callback.lane))
    }

    /// The callbacks about an order with their history, in the order they came.
    #[must_use]
    pub fn deliveries_about(&self, provider: &str, order: &str) -> Vec<Delivery> {
        self.deliveries_where(|callback| callback.provider == provider && callback.order == order)
    }

    fn deliveries_where(&self, wanted: impl Fn(&Callback) -> bool) -> Vec<Delivery> {
        let state = lock(&self.0.state);
        let items = state.sequence.iter().filter_map(|id| Some((id, state.items.get(id)?)));
        items
            .filter(|(_, item)| wanted(&item.callback))
            .map(|(id, item)| Delivery {
                id: id.clone(),
                provider: item.callback.provider,
                order: item.callback.order.clone(),
                subject: item.callback.subject.clone(),
                // A signature may stand in it.
                url: item.sealed.as_ref().unwrap_or(&item.callback.request).url.clone(),
                status: item.status.clone(),
                attempts: item.attempts.clone(),
                fault: item.callback.fault.as_ref().map(|(_, note)| note.clone()),
            })
            .collect()
    }

    /// Gives up what has not been tried yet of a lane and tells of this.
    pub(crate) fn withdraw(&self, withdrawn: &Withdrawn) {
        let mut state = lock(&self.0.state);
        for item in state.items.values_mut() {
            let callback = &item.callback;
            let meant = callback.provider == withdrawn.provider
                && callback.lane == withdrawn.lane
                && callback.subject == withdrawn.subject;
            if meant && item.attempts.is_empty() && matches!(item.status, Status::Waiting | Status::Held) {
                item.status = Status::Dropped;
            }
        }
    }

    /// The policy of the whole workspace.
    #[must_use]
    pub fn policy(&self) -> Policy {
        lock(&self.0.state).policy
    }

    /// Sets the policy for one (provider, order), or for the whole workspace.
    pub fn set_policy(&self, order: Option<(&str, &str)>, policy: Policy) {
        let mut state = lock(&self.0.state);
        match order {
            Some((provider, order)) => {
                state.policies.insert((provider.to_owned(), order.to_owned()), policy);
            }
            None => state.policy = policy,
        }
    }

    /// Sends a held callback.
    pub fn release(&self, id: &str) -> Result<(), Problem> {
        let lane = self.with_item(id, |item| {
            if item.status != Status::Held {
                return Err(Problem::new(
                    http::StatusCode::CONFLICT,
                    "callback_not_held",
                    format!("callback {id} is not held"),
                    "Use resend to send it again.",
                ));
            }
            item.status = Status::Waiting;
            Ok(item.lane())
        })??;
        lock(&self.0.state).parked.retain(|_, parked| parked != id);
        self.send(&lane, vec![id.to_owned()]);
        Ok(())
    }

    /// The request of a callback as it is sent, signature and all: made now if it was not sent yet.
    #[must_use]
    pub fn request(&self, id: &str) -> Option<Outgoing> {
        let generation = lock(&self.0.state).generation;
        self.sealed(id, generation).map(|(request, _)| request)
    }

    /// Sends a callback once more, now, whatever became of it: the same bytes.
    pub fn resend(&self, id: &str) -> Result<(), Problem> {
        self.with_item(id, |_| ())?;
        self.attempt_apart(id.to_owned());
        Ok(())
    }

    /// Gives a callback up.
    pub fn drop_callback(&self, id: &str) -> Result<(), Problem> {
        self.with_item(id, |item| {
            if item.status != Status::Delivered {
                item.status = Status::Dropped;
            }
        })
    }

    /// Forgets everything that was not sent, and the history.
    pub fn clear(&self) {
        let mut state = lock(&self.0.state);
        let generation = state.generation + 1;
        *state = State { generation, policy: state.policy, ..State::default() };
    }

    /// Returns when nothing is being sent; retries that wait for the clock do not count.
    pub async fn settled(&self) {
        // The sender lives in this outbox, so waiting cannot fail.
        let _ = self.0.busy.subscribe().wait_for(|busy| *busy == 0).await;
    }

    /// Returns when every callback of a lane that is due has been tried once; those that are held or late
    /// do not count.
    pub async fn first_attempts(&self, provider: &'static str, lane: &str) {
        let pending = || {
            let (state, now) = (lock(&self.0.state), self.0.clock.now());
            state.items.values().any(|item| {
                item.callback.provider == provider
                    && item.callback.lane == lane
                    && item.status == Status::Waiting
                    && item.attempts.is_empty()
                    && item.due() <= now
            })
        };
        let _ = self.0.busy.subscribe().wait_for(|_| !pending()).await;
    }

    /// Why the last callback of a lane was not taken, where it was tried and was not.
    #[must_use]
    pub fn failure(&self, provider: &'static str, lane: &str) -> Option<String> {
        let state = lock(&self.0.state);
        let mut of_lane = state.sequence.iter().rev().filter_map(|id| state.items.get(id));
        let item = of_lane.find(|item| item.callback.provider == provider && item.callback.lane == lane)?;
        if !matches!(item.status, Status::GaveUp | Status::Retrying { .. }) {
            return None;
        }
        let last = item.attempts.last()?;
        let status = last.status.map(|status| format!("it answered {status}"));
        let said: Vec<String> = status.into_iter().chain(last.failure.clone()).collect();
        Some(said.join("; "))
    }

    fn with_item<T>(&self, id: &str, act: impl FnOnce(&mut Item) -> T) -> Result<T, Problem> {
        lock(&self.0.state).items.get_mut(id).map(act).ok_or_else(|| {
            Problem::not_found(
                "unknown_callback",
                format!("there is no callback `{id}`"),
                "GET …/callbacks lists them.",
            )
        })
    }
}

impl Item {
    /// When it is to be sent first.
    fn due(&self) -> Timestamp {
        let delay = SignedDuration::from_millis(i64::try_from(self.policy.delay_ms).unwrap_or(i64::MAX));
        self.since.saturating_add(delay).unwrap_or(Timestamp::MAX)
    }

    fn lane(&self) -> Lane {
        (self.callback.provider, self.callback.lane.clone())
    }
}
