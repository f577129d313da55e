//! One merchant of a sandbox, and what a test does with it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use provkassa_simulators::PROVIDERS;
use provkassa_simulators::kit::clock::Clock;
use provkassa_simulators::kit::fault::{Fault, Plan};
use provkassa_simulators::kit::journal::{Entry, Event, Filter};
use provkassa_simulators::kit::outbox::Policy;
use provkassa_simulators::kit::outcome::Outcome;
use provkassa_simulators::kit::problem::nearest;
use provkassa_simulators::kit::workspace::{Workspace, Workspaces};
use serde_json::Value;
use tokio::time::Instant;

use super::{Callback, fail, refuse};
use crate::serve::control;

/// How long a callback is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// One merchant of a sandbox, with credentials, records and a clock of its own.
///
/// What is asked of it is what the control API takes. A name that does not exist (a provider's, an outcome's, a
/// setting's) fails the test, with the nearest one that does.
#[derive(Debug)]
pub struct Merchant {
    workspace: Workspace,
    workspaces: Arc<Workspaces>,
    origins: Arc<BTreeMap<&'static str, String>>,
    environment: BTreeMap<&'static str, String>,
    /// Up to where the callbacks of an order were handed out: by provider and order, the journal's cursor.
    told: Mutex<BTreeMap<(String, String), u64>>,
}

impl Merchant {
    pub(super) fn new(
        workspace: Workspace,
        workspaces: &Arc<Workspaces>,
        origins: &Arc<BTreeMap<&'static str, String>>,
    ) -> Self {
        let variables = PROVIDERS.iter().flat_map(|provider| {
            let id = provider.info().id;
            let credentials = workspace.credentials(id);
            let urls = provider.urls(origins.get(id).map_or("", String::as_str), credentials);
            let credentials =
                credentials.iter().map(|credential| (credential.name, credential.value.clone()));
            urls.into_iter().chain(credentials.collect::<Vec<_>>())
        });
        Self {
            environment: variables.collect(),
            workspaces: Arc::clone(workspaces),
            origins: Arc::clone(origins),
            told: Mutex::default(),
            workspace,
        }
    }

    /// A provider's origin, without a slash at the end: what a client takes for its base URL. It is the same for
    /// all merchants; which one is meant is told by the credentials.
    ///
    /// # Panics
    ///
    /// When there is no provider of this id.
    #[must_use]
    pub fn url(&self, provider: &str) -> &str {
        let provider = control::provider(provider).unwrap_or_else(|problem| refuse(&problem));
        self.origins.get(provider.info().id).map_or("", String::as_str)
    }

    /// Its URLs and credentials at every provider, under the names that `provkassa env` gives them:
    /// `QUICKPAY_URL`, `QUICKPAY_API_KEY`.
    #[must_use]
    pub fn environment(&self) -> &BTreeMap<&'static str, String> {
        &self.environment
    }

    /// One of the variables of [`Merchant::environment`].
    ///
    /// # Panics
    ///
    /// When there is none of this name.
    #[must_use]
    pub fn variable(&self, name: &str) -> &str {
        self.environment.get(name).unwrap_or_else(|| {
            let known = self.environment.keys().copied();
            let help = nearest(name, known.clone()).map_or_else(
                || format!("There are: {}.", known.collect::<Vec<_>>().join(", ")),
                |near| format!("Did you mean `{near}`?"),
            );
            fail(&format!("there is no variable `{name}`"), &help)
        })
    }

    /// Decides how the next payment of an order ends, or whichever payment comes next: `approve`, `decline`,
    /// `cancel`, `expire`, or what `provkassa codes` lists for the provider.
    ///
    /// # Panics
    ///
    /// When there is no such provider or outcome.
    pub async fn outcome(&self, provider: &str, order: Option<&str>, outcome: &str) {
        self.outcomes(provider, order, &[outcome]).await;
    }

    /// Decides how the next payments end, one after the other; else as [`Merchant::outcome`].
    ///
    /// # Panics
    ///
    /// When there is no such provider or outcome.
    pub async fn outcomes(&self, provider: &str, order: Option<&str>, outcomes: &[&str]) {
        let chain = outcomes.iter().map(|text| Outcome::from((*text).to_owned())).collect();
        let queued = control::queue(&self.workspace, provider, order, chain).await;
        queued.map_or_else(|problem| refuse(&problem), |_number| ());
    }

    /// Presses a button of a hosted page: a payment that waits for its payer ends so. What became of it is told in
    /// the provider's words.
    ///
    /// # Panics
    ///
    /// When there is no such provider, or no such payment that waits.
    pub async fn press(&self, provider: &str, payment: &str, outcome: &str) -> Value {
        let outcome = Outcome::from(outcome.to_owned());
        let pressed = control::press_button(&self.workspace, provider, payment, &outcome).await;
        pressed.unwrap_or_else(|problem| refuse(&problem))
    }

    /// The records of a kind (`orders`, `terminals`), in order: the kinds are in `GET /_sim/v1/providers`.
    ///
    /// # Panics
    ///
    /// When there is no such provider or kind.
    pub async fn records(&self, provider: &str, kind: &str) -> Vec<Value> {
        let records = control::records_of(&self.workspace, provider, kind).await;
        records.unwrap_or_else(|problem| refuse(&problem))
    }

    /// Adds a record, or changes the fields of the one with its id; the record as it is then.
    ///
    /// # Panics
    ///
    /// When there is no such provider or kind, or the fields do not fit.
    pub async fn seed(&self, provider: &str, kind: &str, fields: Value) -> Value {
        let record = control::seed(&self.workspace, provider, kind, &fields).await;
        record.unwrap_or_else(|problem| refuse(&problem))
    }

    /// Changes a setting: `fena.webhook`, `rules`.
    ///
    /// # Panics
    ///
    /// When there is no such setting, or it cannot be so.
    pub fn set(&self, name: &str, value: &str) {
        let change = BTreeMap::from([(name.to_owned(), value.to_owned())]);
        self.workspace.change_settings(&change).unwrap_or_else(|problem| refuse(&problem));
    }

    /// Its clock: where it stands, and how it goes.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        self.workspace.clock()
    }

    /// Moves its clock forward: what is due by then happens now, a provider's further attempts among it.
    pub fn advance(&self, by: Duration) {
        self.clock().advance(by);
    }

    /// Plants a fault: `Plan { times: Some(1), ..Plan::of(Kind::Reset) }` resets the next connection.
    ///
    /// # Panics
    ///
    /// When the fault cannot happen there; the message says which can.
    pub async fn plant(&self, plan: Plan) -> Fault {
        let planted = control::plant_fault(&self.workspace, &plan).await;
        planted.unwrap_or_else(|problem| refuse(&problem))
    }

    /// Pulls all faults out.
    pub async fn pull_faults(&self) {
        control::pull_faults(&self.workspace).await;
    }

    /// Says what is to happen to the callbacks that come: those of one provider's order, or all of this merchant's.
    pub fn callback_policy(&self, of: Option<(&str, &str)>, policy: Policy) {
        self.workspace.outbox().set_policy(of, policy);
    }

    /// The next callback about an order that the shop got, however it answered; further calls give those that follow.
    /// Waits up to 10 seconds.
    ///
    /// # Panics
    ///
    /// When none comes; the message has what was heard of the provider instead.
    pub async fn callback(&self, provider: &str, order: &str) -> Callback {
        let came = self.callback_within(provider, order, PATIENCE).await;
        came.unwrap_or_else(|| {
            let mut heard: Vec<String> = self.heard(provider);
            if heard.is_empty() {
                heard.push("nothing".to_owned());
            }
            fail(
                &format!("no callback about order {order} of {provider} came in {} s", PATIENCE.as_secs()),
                &format!("There was:\n  {}", heard.join("\n  ")),
            )
        })
    }

    /// The same with another patience; none where no callback comes in this time.
    ///
    /// # Panics
    ///
    /// When there is no provider of this id.
    pub async fn callback_within(&self, provider: &str, order: &str, within: Duration) -> Option<Callback> {
        let id = control::provider(provider).unwrap_or_else(|problem| refuse(&problem)).info().id;
        let filter = Filter { order: Some(order.to_owned()), ..self.filter(Some(id)) };
        let key = (id.to_owned(), order.to_owned());
        let mut after = self.told().get(&key).copied().unwrap_or_default();
        let until = Instant::now() + within;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let reading = self.workspaces.journal().wait(after, &filter, left).await;
            if let Some((cursor, callback)) =
                reading.entries.iter().find_map(|entry| Some((entry.cursor, Callback::of(entry)?)))
            {
                self.told().insert(key, cursor);
                return Some(callback);
            }
            if reading.entries.is_empty() {
                return None;
            }
            after = reading.next;
        }
    }

    /// Every request of its shop's with its answer, and every callback, the oldest first, with their exact bytes.
    #[must_use]
    pub fn journal(&self) -> Vec<Arc<Entry>> {
        self.workspaces.journal().read(0, &self.filter(None)).entries
    }

    /// What was wrong with the signatures and messages that its shop sent, the first first; secrets are hidden.
    #[must_use]
    pub fn diagnoses(&self) -> Vec<String> {
        let masker = self.workspace.masker();
        let said = |entry: &Arc<Entry>| match &entry.event {
            Event::Exchange { remarks, .. } => remarks.diagnosis.as_ref().map(|said| masker.text(said)),
            Event::Callback { .. } => None,
        };
        self.journal().iter().filter_map(said).collect()
    }

    /// Puts the records back that it began with; callbacks that were not sent, queued outcomes and faults are
    /// forgotten.
    pub async fn reset(&self) {
        self.workspace.reset().await;
    }

    /// The world behind it: snapshots, transactions, the outbox.
    #[must_use]
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    fn told(&self) -> std::sync::MutexGuard<'_, BTreeMap<(String, String), u64>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn filter(&self, provider: Option<&str>) -> Filter {
        Filter {
            workspace: Some(self.workspace.name().to_owned()),
            provider: provider.map(ToOwned::to_owned),
            order: None,
        }
    }

    /// What the journal has of a provider, a line each, without secrets.
    fn heard(&self, provider: &str) -> Vec<String> {
        let masker = self.workspace.masker();
        let entries = self.workspaces.journal().read(0, &self.filter(Some(provider))).entries;
        let line = |entry: &Arc<Entry>| {
            let (request, answer) = match &entry.event {
                Event::Callback { request, result: Ok(status), .. } => (request, status.to_string()),
                Event::Callback { request, result: Err(why), .. } => (request, why.clone()),
                Event::Exchange { request, reply, .. } => (request, reply.line.clone()),
            };
            let order = entry.order.as_ref().map_or_else(String::new, |order| format!("order {order}: "));
            masker.text(&format!("{order}{} -> {answer}", request.line))
        };
        entries.iter().map(line).collect()
    }
}
