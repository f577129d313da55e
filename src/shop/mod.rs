//! The reference shop: a small, correct web shop for every provider, and wrong in one way on demand.
//!
//! It is what a conformance scenario is tried on first, and what a newcomer clicks through. It holds its orders in
//! memory; what it signs and what it believes comes from the providers' operations, as in `provkassa sign` and
//! `verify`.

mod arrivals;
mod bambora;
mod brp;
mod careless;
mod checkout;
mod counter;
mod deeds;
mod desk;
mod fena;
mod fenerum;
mod freepay;
mod mistake;
mod mistakes;
mod order;
mod orders;
mod pages;
mod quickpay;
mod renewal;
mod routes;
mod wellknown;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tower::ServiceExt as _;

use crate::serve::{Caller, Limits, Tls, TlsError, listen};
use crate::web::{Trust, TrustError};
use desk::Desk;
pub use mistake::ShopMistake;
pub use mistakes::MISTAKES;

/// The shop's port, unless it is moved.
pub const USUAL_PORT: u16 = 3000;

/// How the shop is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address to listen on.
    pub host: IpAddr,
    /// The port; 0 picks a free one.
    pub port: u16,
    /// Where payers and providers reach it, without a slash at the end; none for the address itself.
    pub public_url: Option<String>,
    /// The sandbox's URLs and credentials, by the names that `provkassa env` prints.
    pub environment: BTreeMap<String, String>,
    /// The one way in which it is wrong.
    pub mistake: Option<&'static ShopMistake>,
    /// Where the certificate authority is kept with which it speaks https; none for plain http.
    pub tls: Option<PathBuf>,
    /// The certificate of the sandbox's authority, which is believed if it is there.
    pub own_authority: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            host: IpAddr::from([127, 0, 0, 1]),
            port: 0,
            public_url: None,
            environment: BTreeMap::new(),
            mistake: None,
            tls: None,
            own_authority: None,
        }
    }
}

/// Why the shop does not open.
#[derive(Debug, thiserror::Error)]
pub enum ShopError {
    /// Somebody else listens there, or the system refuses the address.
    #[error("the shop cannot listen on {host}:{port}: {source}")]
    Bind {
        /// The address.
        host: IpAddr,
        /// The port.
        port: u16,
        /// What the system says.
        source: std::io::Error,
    },
    /// Variables that it needs are not set.
    #[error("the shop lacks {}", .0.join(", "))]
    Missing(Vec<&'static str>),
    /// There is no https.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// A file of certificates cannot be used.
    #[error(transparent)]
    Trust(#[from] TrustError),
}

impl ShopError {
    /// Whether somebody else listens there.
    #[cfg(feature = "cli")]
    pub(crate) fn is_taken(&self) -> bool {
        matches!(self, Self::Bind { source, .. } if source.kind() == std::io::ErrorKind::AddrInUse)
    }
}

/// An open shop; it closes when this is dropped.
#[derive(Debug)]
pub struct Shop {
    desk: Arc<Desk>,
    stop: watch::Sender<bool>,
}

impl Shop {
    /// Opens it.
    pub async fn start(options: Options) -> Result<Self, ShopError> {
        let Options { host, port, public_url, environment, mistake, tls, own_authority } = options;
        let known = crate::serve::environment(|_| String::new());
        let missing: Vec<_> = known.into_keys().filter(|name| !environment.contains_key(*name)).collect();
        if !missing.is_empty() {
            return Err(ShopError::Missing(missing));
        }
        let (tls, authority) = match &tls {
            Some(folder) => Some(Tls::new(folder, host)?).unzip(),
            None => (None, None),
        };
        let trust = Trust::read(&[], authority.or(own_authority).as_deref())?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let bind = |source| ShopError::Bind { host, port, source };
        let listener = TcpListener::bind((host, port)).await.map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        let url = public_url.unwrap_or_else(|| format!("{scheme}://{}", crate::serve::reachable(address)));
        let desk = Arc::new(Desk::new(url, environment, mistake, &trust));
        let (stop, stopped) = watch::channel(false);
        let app = routes::router(Arc::clone(&desk));
        let answer = move |mut request: Request, caller: Caller| {
            request.extensions_mut().insert(ConnectInfo(caller.address));
            let answered = app.clone().oneshot(request);
            async { answered.await.unwrap_or_else(|never| match never {}) }
        };
        tokio::spawn(listen(listener, Limits::default(), tls, stopped, answer));
        Ok(Self { desk, stop })
    }

    /// Where it is reached, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.desk.url
    }

    /// What must be set at the providers: the settings of a sandbox's workspace, or of a terminal in Fena's portal.
    #[must_use]
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let door = |door: &str| format!("{}/{door}/fena", self.desk.url);
        vec![("fena.redirect", door("return")), ("fena.webhook", door("callback"))]
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}
