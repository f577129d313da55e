//! The stage: the sandbox, the shop under test, and the wire between payers and both.

mod described;
mod exchange;
mod known;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use provkassa_simulators::PROVIDERS;
use provkassa_simulators::kit::clock::Mode;
use provkassa_simulators::kit::journal::{Entry, Event, Filter};
use provkassa_simulators::kit::workspace::{DEFAULT, Workspace};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};
use url::Url;

pub use self::described::Undescribed;
use self::described::described;
use self::known::{Hushed, Known};
use super::config::ShopConfig;
use super::fault::{FaultKind, ShopFault};
use super::process::Process;
use super::rooms;
use super::trail::is_marked;
use super::way::Ways;
use crate::serve::{Options, ServeError, Server};
use crate::shop::{self, Shop, ShopError, ShopMistake};
use crate::web::{Asked, Lost, Resolver, Web};

/// How long one question for readiness may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long a shop is waited for that seems to be ending.
const LAST_BREATH: Duration = Duration::from_millis(200);

/// The sandbox and the shop under test, for one run.
#[derive(Debug)]
pub struct Stage {
    server: Server,
    workspace: Workspace,
    pub(super) shop: ShopConfig,
    process: Option<Process>,
    /// It is open as long as this is held.
    _reference: Option<Shop>,
    web: Web,
    /// Who may be asked though it is not on this machine.
    known: Known,
    /// Which checkouts have never answered.
    pub(super) hushed: Hushed,
    /// Where no payer gets to a provider, and why.
    pub(super) ways: Ways,
    counter: AtomicU64,
    /// What the orders of this run begin with, so that a shop that remembers meets new ones.
    prefix: String,
}

/// Which shop is tried.
#[derive(Debug)]
pub enum ShopTarget {
    /// The one that `[shop]` of a file describes.
    Configured(Box<ShopConfig>),
    /// The one at this address, which describes itself at `/.well-known/provkassa`.
    At(String),
    /// The reference shop, wrong in this way or in none.
    Reference(Option<&'static ShopMistake>),
}

/// Why there is nothing to try the scenarios on.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// The sandbox does not come up.
    #[error(transparent)]
    Sandbox(#[from] ServeError),
    /// The shop does not come up.
    #[error(transparent)]
    Shop(#[from] ShopFault),
    /// The reference shop does not open.
    #[error(transparent)]
    Reference(#[from] ShopError),
    /// The shop does not say what it can do.
    #[error("{url} does not describe the shop: {why}")]
    Undescribed {
        /// Where it was asked.
        url: String,
        /// What came instead.
        why: Undescribed,
    },
}

impl Stage {
    /// Opens the sandbox, starts the shop if it is to be started, and waits until it is ready. `options` say where
    /// the sandbox listens; its ids are new each time.
    pub async fn open(target: ShopTarget, mut options: Options) -> Result<Self, StageError> {
        options.settings.entry("rules".to_owned()).or_insert_with(|| "live".to_owned());
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let now = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        // A shop that remembers would take the same ids for payments that it has booked before.
        options.seed = now;
        let server = Server::start(options).await?;
        let workspace = server.workspaces.get(DEFAULT).ok_or(ServeError::NoDefault)?;
        let web = Web::new(server.trust(), Resolver::everywhere());
        let environment = server.environment();
        let named = match &target {
            ShopTarget::At(url) => Some(url.clone()),
            ShopTarget::Configured(_) | ShopTarget::Reference(_) => None,
        };
        let (shop, reference) = match target {
            ShopTarget::Configured(shop) => (*shop, None),
            ShopTarget::At(url) => (described(&web, &url).await?, None),
            ShopTarget::Reference(mistake) => {
                let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
                let environment = environment.collect();
                let shop = Shop::start(shop::Options { environment, mistake, ..shop::Options::default() });
                let shop = shop.await?;
                (described(&web, shop.url()).await?, Some(shop))
            }
        };
        for (id, offer) in &shop.providers {
            let changes = rooms::of(id).map(|room| room.settings(offer)).unwrap_or_default();
            let changed = workspace.change_settings(&changes);
            changed.map_err(|problem| ShopFault::from(FaultKind::Own(problem.to_string())))?;
        }
        let process = shop.start.as_ref().map(|start| Process::start(start, &environment)).transpose();
        let process = process.map_err(ShopFault::from)?;
        let stage = Self {
            server,
            workspace,
            known: Known::of(&shop, named.as_deref()),
            shop,
            process,
            _reference: reference,
            web,
            hushed: Hushed::default(),
            ways: Ways::default(),
            counter: AtomicU64::new(0),
            prefix: base36(now),
        };
        stage.ready().await?;
        Ok(stage)
    }

    /// What the shop is said to be able to do.
    #[must_use]
    pub fn shop(&self) -> &ShopConfig {
        &self.shop
    }

    /// Waits until the shop is ready: until it says so, or, where nothing asks it, until it takes connections.
    async fn ready(&self) -> Result<(), ShopFault> {
        let url = match (&self.shop.ready, &self.process) {
            (Some(url), _) => Some(url.clone()),
            (None, Some(_)) => known::door(&self.shop),
            (None, None) => None,
        };
        let Some(url) = url else { return Ok(()) };
        let begun = Instant::now();
        let until = begun + self.shop.start_timeout;
        loop {
            let asked = if self.shop.ready.is_some() { self.asks(&url).await } else { knocks(&url).await };
            if let Some(process) = &self.process
                && let Some(ended) = process.ended()
            {
                process.last_words().await;
                return Err(self.fault(ended));
            }
            let Err(last) = asked else { return Ok(()) };
            // Nobody is starting it: it runs, or it does not.
            if self.process.is_none()
                && begun.elapsed() >= PATIENCE.min(self.shop.start_timeout)
                && let Err(why) = knocks(&url).await
            {
                let what = "the shop".to_owned();
                let kind = FaultKind::Unreachable { what, url, why, started: false, named: true };
                return Err(self.fault(kind));
            }
            if Instant::now() >= until {
                let after = self.shop.start_timeout;
                return Err(self.fault(FaultKind::NotReady { url, after, last }));
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Whether the shop says that it is ready; else what came instead.
    async fn asks(&self, url: &str) -> Result<(), String> {
        match self.web.ask(Asked { longest: 0, ..Asked::get(url, PATIENCE) }).await {
            Ok(answer) if answer.status.is_success() => Ok(()),
            Ok(answer) => Err(format!("it answered {}", answer.status.as_u16())),
            Err(failed) if failed.lost == Lost::Silent => {
                Err(format!("it did not answer within {} s", PATIENCE.as_secs()))
            }
            Err(failed) => Err(failed.why),
        }
    }

    /// A fault with the shop's output; that the shop is gone is the better explanation of any.
    pub(super) fn fault(&self, kind: FaultKind) -> ShopFault {
        let ended = self.process.as_ref().and_then(Process::ended);
        let output = self.process.as_ref().map(Process::output).unwrap_or_default();
        let kind = match kind {
            FaultKind::Unreachable { .. }
            | FaultKind::Closed { .. }
            | FaultKind::NoHttp { .. }
            | FaultKind::Untrusted { .. }
            | FaultKind::Callback { .. }
            | FaultKind::Silent { .. } => ended.unwrap_or(kind),
            other => other,
        };
        ShopFault { kind, output }
    }

    /// That the shop is gone, if we started it and it is.
    pub(super) async fn gone(&self) -> Option<ShopFault> {
        let process = self.process.as_ref()?;
        let ended = process.ended()?;
        process.last_words().await;
        Some(self.fault(ended))
    }

    /// A fault with the shop's output, for a connection that broke off: where the shop is ending, it is waited for, as its connections are
    /// closed a moment before it is gone.
    pub(super) async fn broken_off(&self, kind: FaultKind) -> ShopFault {
        let until = Instant::now() + LAST_BREATH;
        while self.process.is_some() && Instant::now() < until {
            if let Some(gone) = self.gone().await {
                return gone;
            }
            sleep(Duration::from_millis(10)).await;
        }
        self.fault(kind)
    }

    pub(super) fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// The sandbox's addresses and credentials, as the shop gets them.
    #[must_use]
    pub fn environment(&self) -> BTreeMap<&'static str, String> {
        self.server.environment()
    }

    /// A name for an order that nobody has had: short, letters and digits.
    pub(super) fn new_order(&self) -> String {
        format!("{}{}", self.prefix, base36(self.count() + 36))
    }

    /// Where a callback goes that is meant for an address, if that is another one.
    pub(super) fn instead_of(&self, url: &str) -> Option<String> {
        self.server.instead_of(url)
    }

    fn count(&self) -> u64 {
        self.counter.fetch_add(1, Ordering::Relaxed)
    }

    /// How far the journal is.
    pub(super) fn cursor(&self) -> u64 {
        self.server.workspaces.journal().read(u64::MAX, &Filter::default()).next
    }

    /// What the journal has of an order.
    pub(super) fn journal(&self, provider: &str, order: &str) -> Vec<Arc<Entry>> {
        let filter = Filter {
            workspace: Some(DEFAULT.to_owned()),
            provider: Some(provider.to_owned()),
            order: Some(order.to_owned()),
        };
        self.server.workspaces.journal().read(0, &filter).entries
    }

    /// What the shop has sent to a provider since then that speaks of this.
    pub(super) fn mentions(&self, provider: &str, after: u64, words: &str) -> Vec<Arc<Entry>> {
        let filter = Filter {
            workspace: Some(DEFAULT.to_owned()),
            provider: Some(provider.to_owned()),
            ..Filter::default()
        };
        let speaks = |entry: &Arc<Entry>| match &entry.event {
            Event::Exchange { request, .. } => {
                request.line.contains(words)
                    || request.body.windows(words.len()).any(|part| part == words.as_bytes())
            }
            Event::Callback { .. } => false,
        };
        let mut entries = self.server.workspaces.journal().read(after, &filter).entries;
        entries.retain(|entry| !is_marked(entry) && speaks(entry));
        entries
    }

    /// What the shop has sent to a provider since then about orders that nobody spoke of before, or about none.
    pub(super) fn of_new_orders(&self, provider: &str, after: u64) -> Vec<Arc<Entry>> {
        let filter = Filter {
            workspace: Some(DEFAULT.to_owned()),
            provider: Some(provider.to_owned()),
            ..Filter::default()
        };
        let mut entries = self.server.workspaces.journal().read(0, &filter).entries;
        let begun = entries.partition_point(|entry| entry.cursor <= after);
        let new = entries.split_off(begun);
        let is_new = |entry: &Entry| {
            entry.order.is_none() || !entries.iter().any(|before| before.order == entry.order)
        };
        let is_exchange = |entry: &Entry| matches!(entry.event, Event::Exchange { .. });
        new.into_iter().filter(|entry| is_exchange(entry) && !is_marked(entry) && is_new(entry)).collect()
    }

    /// Requests since then that nobody's credential came with.
    pub(super) fn unclaimed(&self, provider: &str, after: u64) -> Vec<Arc<Entry>> {
        let filter = Filter { workspace: None, provider: Some(provider.to_owned()), order: None };
        self.server.workspaces.journal().read(after, &filter).entries
    }

    /// Waits until something happens to an order, at most so long.
    pub(super) async fn stirs(&self, provider: &str, order: &str, after: u64, wait: Duration) {
        let filter = Filter {
            workspace: Some(DEFAULT.to_owned()),
            provider: Some(provider.to_owned()),
            order: Some(order.to_owned()),
        };
        self.server.workspaces.journal().wait(after, &filter, wait).await;
    }

    /// After a scenario that was alone: the clock goes as it did before, and what is queued for whichever order
    /// comes next is gone.
    pub(super) async fn put_back(&self, clock: Mode, provider: &'static str) {
        match clock {
            Mode::Frozen { at } => self.workspace.clock().freeze(Some(at)),
            Mode::Real { ahead_ms } => {
                self.workspace.clock().resume();
                let ahead = u64::try_from(ahead_ms).unwrap_or_default();
                self.workspace.clock().advance(Duration::from_millis(ahead));
            }
        }
        let nobody = self.new_order();
        let emptied = self.workspace.transact(|tx| {
            while tx.take_outcome(provider, &nobody).is_some() {}
            Ok::<_, std::convert::Infallible>(())
        });
        emptied.await.unwrap_or_else(|never| match never {});
    }

    /// The provider whose address this is.
    pub(super) fn provider_at(&self, url: &Url) -> Option<&'static str> {
        let origin = url.origin().ascii_serialization();
        let is_at = |id: &str| {
            let own = self.server.provider_url(id);
            let own = Url::parse(&own).ok();
            own.is_some_and(|own| {
                own.origin().ascii_serialization() == origin && url.path().starts_with(own.path())
            })
        };
        let found = PROVIDERS.iter().map(|provider| provider.info()).find(|info| is_at(info.id));
        found.map(|info| info.name)
    }
}

/// Whether somebody takes a connection at an address; else what the system says.
async fn knocks(url: &str) -> Result<(), String> {
    let url = Url::parse(url).map_err(|error| error.to_string())?;
    let door = (url.host_str(), url.port_or_known_default());
    let (Some(host), Some(port)) = door else { return Err("it has no host".to_owned()) };
    match timeout(PATIENCE, TcpStream::connect(format!("{host}:{port}"))).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("it took no connection within {} s", PATIENCE.as_secs())),
    }
}

fn base36(mut number: u64) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut digits = Vec::new();
    loop {
        digits.push(char::from(DIGITS[usize::try_from(number % 36).unwrap_or_default()]));
        number /= 36;
        if number == 0 {
            return digits.iter().rev().collect();
        }
    }
}
