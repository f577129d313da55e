//! The sandbox as a server: listeners, which workspace a request is for, the control API, the live view.

mod control;
mod courier;
mod from;
mod front;
mod house;
mod line;
mod listen;
mod live;
mod off_limits;
pub(crate) mod private;
mod returned;
mod rewrite;
pub mod sandbox;
mod tls;
mod token;
mod trouble;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::Request;
use jiff::Timestamp;
use provkassa_simulators::PROVIDERS;
use provkassa_simulators::kit::clock::Clock;
use provkassa_simulators::kit::journal::{DEFAULT_BUDGET, Journal};
use provkassa_simulators::kit::locator::Peer;
use provkassa_simulators::kit::problem::Problem;
use provkassa_simulators::kit::provider::Provider;
use provkassa_simulators::kit::workspace::{DEFAULT, Workspaces};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;

pub use courier::HttpCourier;
use front::Door;
use house::House;
pub(crate) use line::Caller;
pub use listen::Limits;
pub(crate) use listen::listen;
use off_limits::OffLimits;
pub use rewrite::{NoRewrite, Rewrite};
pub(crate) use tls::Tls;
pub use tls::TlsError;
#[cfg(feature = "cli")]
pub(crate) use tls::{authority_in, certificate_in};

use crate::web::Trust;
pub use crate::web::TrustError;

/// The control port, unless it is moved.
pub const USUAL_PORT: u16 = 4700;

/// How the server is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address to listen on.
    pub host: IpAddr,
    /// The control port; the providers' follow it. 0 picks free ones.
    pub port: u16,
    /// Fixes ids and tokens.
    pub seed: u64,
    /// Where the default workspace's clock stands still; none for the real time.
    pub frozen: Option<Timestamp>,
    /// How the control port is reached from outside, without a slash at the end.
    pub public_url: Option<String>,
    /// What the control API asks for; where it is none, or empty, and other machines can reach it, one is made.
    pub token: Option<String>,
    /// Hosts outside this machine's networks that may get callbacks.
    pub callback_hosts: Vec<String>,
    /// Files with the certificates of authorities that a shop is believed by when callbacks go over https, beside the
    /// system's.
    pub callback_authorities: Vec<PathBuf>,
    /// Where callbacks go in the place of what the shop says.
    pub callback_rewrites: Vec<Rewrite>,
    /// The certificate of our own authority, which a shop may have got, too: believed if it is there.
    pub own_authority: Option<PathBuf>,
    /// Whether each request gets a line on stderr.
    pub log: bool,
    /// Settings that the default workspace begins with.
    pub settings: BTreeMap<String, String>,
    /// What one caller may take of it.
    pub limits: Limits,
    /// Where the certificate authority is kept with which all ports speak https; none for plain http.
    pub tls: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            host: IpAddr::from([127, 0, 0, 1]),
            port: 0,
            seed: 1,
            frozen: None,
            public_url: None,
            token: None,
            callback_hosts: Vec::new(),
            callback_authorities: Vec::new(),
            callback_rewrites: Vec::new(),
            own_authority: None,
            log: false,
            settings: BTreeMap::new(),
            limits: Limits::default(),
            tls: None,
        }
    }
}

/// Why the server does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Somebody else listens there.
    #[error("port {port} on {host} is taken (wanted for {what})")]
    Taken {
        /// The address.
        host: IpAddr,
        /// The port.
        port: u16,
        /// The control port or a provider's name.
        what: String,
    },
    /// The system refuses the address.
    #[error("cannot listen on {host}:{port}: {source}")]
    Bind {
        /// The address.
        host: IpAddr,
        /// The port.
        port: u16,
        /// What the system says.
        source: std::io::Error,
    },
    /// The server came up without its default workspace.
    #[error("the default workspace is missing; this is a fault of provkassa's own")]
    NoDefault,
    /// A setting cannot be so.
    #[error("a setting is wrong: {0}")]
    Setting(Problem),
    /// There is no https.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// A file of certificates cannot be used.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The ports after this one would be beyond 65535.
    #[error("port {port} is too high: the providers' ports follow it")]
    TooHigh {
        /// The control port.
        port: u16,
    },
}

impl ServeError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &str {
        match self {
            Self::Taken { .. } => {
                "Another provkassa may be running. Stop it, or move all ports with --port N (--port 0 picks free ones)."
            }
            Self::Bind { .. } => "Give an address of this machine with --host.",
            Self::TooHigh { .. } => "Give a lower --port.",
            Self::NoDefault => "",
            Self::Tls(error) => error.help(),
            Self::Trust(error) => error.help(),
            Self::Setting(problem) => &problem.help,
        }
    }
}

/// A running server; it stops when this is dropped.
#[derive(Debug)]
pub struct Server {
    /// Where the control API, and every provider under its id, is reached.
    pub control: SocketAddr,
    /// Each provider's own address.
    pub providers: BTreeMap<&'static str, SocketAddr>,
    /// The merchants' worlds.
    pub workspaces: Arc<Workspaces>,
    house: Arc<House>,
    #[cfg(feature = "cli")]
    trust: Trust,
    #[cfg(feature = "cli")]
    rewrites: Vec<Rewrite>,
    stop: watch::Sender<bool>,
}

impl Server {
    /// Binds every port and begins to serve.
    pub async fn start(options: Options) -> Result<Self, ServeError> {
        let clock = options.frozen.map_or_else(Clock::real, Clock::frozen);
        let journal = Arc::new(Journal::new(DEFAULT_BUDGET));
        let (tls, authority) = match &options.tls {
            Some(folder) => Some(Tls::new(folder, options.host)?).unzip(),
            None => (None, None),
        };
        let own = authority.as_deref().or(options.own_authority.as_deref());
        let trust = Trust::read(&options.callback_authorities, own)?;
        let address = |listener: &TcpListener| {
            listener.local_addr().unwrap_or_else(|_| SocketAddr::new(options.host, options.port))
        };
        let control = bind(&options, 0, "the control port").await?;
        let courier = Arc::new(HttpCourier::new(
            &options.callback_hosts,
            options.callback_rewrites.clone(),
            trust.clone(),
            options.log,
            OffLimits::new(address(&control), options.public_url.as_deref()),
        ));
        let mut doors = Vec::new();
        for provider in PROVIDERS {
            let info = provider.info();
            let listener = bind(&options, info.port_offset, info.name).await?;
            doors.push((*provider, listener));
        }
        let workspaces = Workspaces::new(PROVIDERS, options.seed, clock, journal, courier).await;
        let default = workspaces.get(DEFAULT).ok_or(ServeError::NoDefault)?;
        default.change_settings(&options.settings).map_err(ServeError::Setting)?;
        let providers = doors
            .iter()
            .map(|(provider, listener)| (provider.info().id, address(listener)))
            .collect::<BTreeMap<_, _>>();
        let token = token::needed(options.token.as_deref(), options.host, options.public_url.as_deref());
        if let Some(token) = &token {
            // A browser that comes from the live view may tell a provider's page where it was.
            workspaces.hide("PROVKASSA_TOKEN", token);
        }
        let house = Arc::new(House::new(
            Arc::clone(&workspaces),
            providers.clone(),
            options.public_url.clone(),
            token,
            options.log,
            options.limits,
            // Who reads the path may stand in another folder.
            authority.map(|path| std::path::absolute(&path).unwrap_or(path)),
        ));
        let (stop, _) = watch::channel(false);
        let server = Self {
            control: address(&control),
            providers,
            workspaces,
            house,
            #[cfg(feature = "cli")]
            trust,
            #[cfg(feature = "cli")]
            rewrites: options.callback_rewrites,
            stop,
        };
        server.listen(control, Door::Control, tls.clone());
        for (provider, listener) in doors {
            server.listen(listener, Door::Provider(provider), tls.clone());
        }
        Ok(server)
    }

    /// Settings that let payers come back to a page of our own.
    #[must_use]
    pub fn demo_settings(&self) -> BTreeMap<String, String> {
        let back = format!("{}/_sim/return?shop=demo", self.control_url());
        let settings = PROVIDERS.iter().flat_map(|provider| provider.demo(&back));
        settings.map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// Has the live view lead to a shop.
    pub fn lead_to_shop(&self, url: &str) {
        // There is one shop, and it is there before anybody looks.
        let _ = self.house.shop.set(url.to_owned());
    }

    /// Changes settings of the default workspace, all or none.
    pub fn set(&self, settings: &BTreeMap<String, String>) -> Result<(), ServeError> {
        let default = self.workspaces.get(DEFAULT).ok_or(ServeError::NoDefault)?;
        default.change_settings(settings).map_err(ServeError::Setting)
    }

    fn listen(&self, listener: TcpListener, door: Door, tls: Option<Tls>) {
        let house = Arc::clone(&self.house);
        let limits = house.limits;
        let answer = move |mut request: Request, caller: Caller| {
            let house = Arc::clone(&house);
            request.extensions_mut().insert(Peer(caller.address.ip()));
            request.extensions_mut().insert(house.limits);
            async move { front::handle(house, door, request, &caller.doom).await }
        };
        tokio::spawn(listen(listener, limits, tls, self.stop.subscribe(), answer));
    }

    /// The control port's origin.
    #[must_use]
    pub fn control_url(&self) -> String {
        self.house.public_url.clone().unwrap_or_else(|| self.origin(self.control))
    }

    /// A provider's own origin; below the public URL if there is one.
    #[must_use]
    pub fn provider_url(&self, id: &str) -> String {
        match (&self.house.public_url, self.providers.get(id)) {
            (None, Some(address)) => self.origin(*address),
            _ => format!("{}/{id}", self.control_url()),
        }
    }

    fn origin(&self, address: SocketAddr) -> String {
        format!("{}://{}", self.house.scheme(), reachable(address))
    }

    /// The certificate of the authority that is to be trusted, where all ports speak https.
    #[must_use]
    pub fn authority(&self) -> Option<&Path> {
        self.house.authority.as_deref()
    }

    /// Whom callbacks trust.
    #[cfg(feature = "cli")]
    pub(crate) fn trust(&self) -> &Trust {
        &self.trust
    }

    /// Where a callback goes that is meant for an address, if that is another one.
    #[cfg(feature = "cli")]
    pub(crate) fn instead_of(&self, url: &str) -> Option<String> {
        rewrite::rewritten(&self.rewrites, url)
    }

    /// Whether callbacks are brought to an address in the place of another.
    #[cfg(feature = "cli")]
    pub(crate) fn is_instead(&self, url: &url::Url) -> bool {
        self.rewrites.iter().any(|rewrite| rewrite.leads_to(url))
    }

    /// Where everything is, for programs.
    #[must_use]
    pub fn ready(&self) -> Value {
        let providers: BTreeMap<_, _> = self.providers.keys().map(|id| (id, self.provider_url(id))).collect();
        json!({
            "control": self.control_url(),
            "providers": providers,
            "token": self.house.token,
            "authority": self.house.authority,
            "environment": self.environment(),
        })
    }

    /// The default workspace's URLs and credentials under their variables' names.
    #[must_use]
    pub fn environment(&self) -> BTreeMap<&'static str, String> {
        environment(|id| self.provider_url(id))
    }
}

/// An address that a browser on this machine can open: `0.0.0.0` means all, and is none.
pub(crate) fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        // A provider that is gone tries no callback again.
        for workspace in self.workspaces.all() {
            workspace.outbox().clear();
        }
    }
}

/// The default workspace's URLs and credentials, given each provider's origin.
pub fn environment(origin: impl Fn(&'static str) -> String) -> BTreeMap<&'static str, String> {
    let of = |provider: &&'static dyn Provider| {
        let credentials = provider.credentials(None);
        let urls = provider.urls(&origin(provider.info().id), &credentials);
        let credentials = credentials.into_iter().map(|credential| (credential.name, credential.value));
        urls.into_iter().chain(credentials).collect::<Vec<_>>()
    };
    PROVIDERS.iter().flat_map(of).collect()
}

async fn bind(options: &Options, offset: u16, what: &str) -> Result<TcpListener, ServeError> {
    let port = match options.port {
        0 => 0,
        port => port.checked_add(offset).ok_or(ServeError::TooHigh { port })?,
    };
    let host = options.host;
    TcpListener::bind((host, port)).await.map_err(|source| match source.kind() {
        std::io::ErrorKind::AddrInUse => ServeError::Taken { host, port, what: what.to_owned() },
        _ => ServeError::Bind { host, port, source },
    })
}
