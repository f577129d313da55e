//! The outbox in a snapshot, and out of it again.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Attempt, Callback, Item, Lane, Outbox, Outgoing, Policy, RetrySchedule, State, Status};
use crate::kit::fault::Kind;
use crate::kit::problem::Problem;
use crate::kit::provider::Provider;
use crate::kit::seed::lock;

/// Every callback with its history, and what is to happen to those that come.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Saved {
    policy: Policy,
    /// By provider and order.
    policies: Vec<(String, String, Policy)>,
    /// In the order in which they came.
    callbacks: Vec<SavedCallback>,
    /// By provider and lane: what is still to be sent, in its order.
    lanes: Vec<(String, String, Vec<String>)>,
    /// By provider and lane: what waits for its successor.
    parked: Vec<(String, String, String)>,
    /// By provider and lane: how many callbacks there were.
    counts: Vec<(String, String, u64)>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedCallback {
    id: String,
    provider: String,
    order: String,
    lane: String,
    subject: String,
    request: SavedRequest,
    recipe: Value,
    /// The waits between attempts, in milliseconds.
    retries: Vec<u64>,
    fault: Option<(Kind, String)>,
    since: Timestamp,
    policy: Policy,
    sealed: Option<SavedRequest>,
    status: Status,
    attempts: Vec<Attempt>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedRequest {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    /// In base64.
    body: String,
}

/// What was read from a snapshot.
pub(crate) struct Restored(State);

impl Outbox {
    /// Everything in it.
    pub(crate) fn save(&self) -> Saved {
        let state = lock(&self.0.state);
        let named = |(provider, lane): &Lane| ((*provider).to_owned(), lane.clone());
        let items = state.sequence.iter().filter_map(|id| Some((id, state.items.get(id)?)));
        let lanes = state.waiting();
        Saved {
            policy: state.policy,
            policies: state
                .policies
                .iter()
                .map(|((provider, order), policy)| (provider.clone(), order.clone(), *policy))
                .collect(),
            callbacks: items.map(|(id, item)| SavedCallback::of(id, item)).collect(),
            lanes: lanes
                .into_iter()
                .map(|(lane, ids)| {
                    let (provider, lane) = named(&lane);
                    (provider, lane, ids)
                })
                .collect(),
            parked: state
                .parked
                .iter()
                .map(|(lane, id)| {
                    let (provider, lane) = named(lane);
                    (provider, lane, id.clone())
                })
                .collect(),
            counts: state
                .counts
                .iter()
                .map(|(lane, count)| {
                    let (provider, lane) = named(lane);
                    (provider, lane, *count)
                })
                .collect(),
        }
    }

    /// Reads what was saved.
    pub(crate) fn read(saved: Saved, providers: &[&'static dyn Provider]) -> Result<Restored, Problem> {
        let known = |id: &str| {
            let provider = providers.iter().find(|provider| provider.info().id == id);
            provider.copied().ok_or_else(|| refused(format!("there is no provider `{id}`")))
        };
        let lane = |provider: &str, lane: String| Ok::<Lane, Problem>((known(provider)?.info().id, lane));
        let mut state = State { policy: saved.policy, ..State::default() };
        state.policies =
            saved.policies.into_iter().map(|(provider, order, policy)| ((provider, order), policy)).collect();
        for callback in saved.callbacks {
            let provider = known(&callback.provider)?;
            let id = callback.id.clone();
            state.items.insert(id.clone(), callback.read(provider, state.sequence.len())?);
            state.sequence.push(id);
        }
        for (provider, name, ids) in saved.lanes {
            state.lanes.insert(lane(&provider, name)?, ids.into());
        }
        for (provider, name, id) in saved.parked {
            state.parked.insert(lane(&provider, name)?, id);
        }
        for (provider, name, count) in saved.counts {
            state.counts.insert(lane(&provider, name)?, count);
        }
        Ok(Restored(state))
    }

    /// Goes on with what was saved; whatever is here is forgotten.
    pub(crate) fn restore(&self, Restored(mut restored): Restored) {
        let lanes = std::mem::take(&mut restored.lanes);
        let items = restored.items.iter();
        let retries: Vec<(String, Timestamp)> = items
            .filter_map(|(id, item)| match item.status {
                Status::Retrying { at } => Some((id.clone(), at)),
                _ => None,
            })
            .collect();
        let generation = {
            let mut state = lock(&self.0.state);
            restored.generation = state.generation + 1;
            *state = restored;
            state.generation
        };
        for (lane, ids) in lanes {
            self.send(&lane, ids.into());
        }
        for (id, due) in retries {
            self.try_again(&id, due, generation);
        }
    }
}

impl State {
    /// What waits to be sent, in the order of each lane. What a lane has begun with comes first again.
    fn waiting(&self) -> BTreeMap<Lane, Vec<String>> {
        let mut lanes: BTreeMap<Lane, Vec<String>> = BTreeMap::new();
        for id in &self.sequence {
            let Some(item) = self.items.get(id).filter(|item| item.status == Status::Waiting) else {
                continue;
            };
            let lane = item.lane();
            if !self.lanes.get(&lane).is_some_and(|ids| ids.contains(id)) {
                lanes.entry(lane).or_default().push(id.clone());
            }
        }
        for (lane, ids) in self.lanes.iter().filter(|(_, ids)| !ids.is_empty()) {
            lanes.entry(lane.clone()).or_default().extend(ids.iter().cloned());
        }
        lanes
    }
}

impl SavedCallback {
    fn of(id: &str, item: &Item) -> Self {
        let Callback { provider, order, lane, subject, request, recipe, retries, fault, .. } = &item.callback;
        let waits = retries.0.iter().map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
        Self {
            id: id.to_owned(),
            provider: (*provider).to_owned(),
            order: order.clone(),
            lane: lane.clone(),
            subject: subject.clone(),
            request: SavedRequest::of(request),
            recipe: recipe.clone(),
            retries: waits.collect(),
            fault: fault.clone(),
            since: item.since,
            policy: item.policy,
            sealed: item.sealed.as_ref().map(SavedRequest::of),
            status: item.status.clone(),
            attempts: item.attempts.clone(),
        }
    }

    fn read(self, provider: &'static dyn Provider, number: usize) -> Result<Item, Problem> {
        let id = provider.info().id;
        let manners = provider.manners();
        let waits = self.retries.into_iter().map(Duration::from_millis).collect::<Vec<_>>();
        Ok(Item {
            callback: Callback {
                provider: id,
                order: self.order,
                lane: self.lane,
                subject: self.subject,
                request: self.request.read()?,
                recipe: self.recipe,
                manners: manners.ok_or_else(|| refused(format!("`{id}` sends no callbacks")))?,
                retries: RetrySchedule(waits.into()),
                policy: self.policy,
                fault: self.fault,
            },
            number,
            since: self.since,
            policy: self.policy,
            sealed: self.sealed.map(SavedRequest::read).transpose()?,
            status: self.status,
            attempts: self.attempts,
        })
    }
}

impl SavedRequest {
    fn of(request: &Outgoing) -> Self {
        Self {
            method: request.method.to_string(),
            url: request.url.clone(),
            headers: request.headers.clone(),
            body: STANDARD.encode(&request.body),
        }
    }

    fn read(self) -> Result<Outgoing, Problem> {
        Ok(Outgoing {
            method: self.method.parse().map_err(|_| refused(format!("`{}` is no method", self.method)))?,
            url: self.url,
            headers: self.headers,
            body: STANDARD.decode(&self.body).map_err(|_| refused("a body is no base64".to_owned()))?.into(),
        })
    }
}

fn refused(why: String) -> Problem {
    Problem::bad_request("refused_snapshot", why, "Send what GET …/snapshot of this version answered.")
}
