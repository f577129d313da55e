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
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::sync::watch;

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
}

impl Default for Options {
    fn default() -> Self {
        Self {
            host: IpAddr::from([127, 0, 0, 1]),
            port: 0,
            public_url: None,
            environment: BTreeMap::new(),
            mistake: None,
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
        let Options { host, port, public_url, environment, mistake } = options;
        let known = crate::serve::environment(|_| String::new());
        let missing: Vec<_> = known.into_keys().filter(|name| !environment.contains_key(*name)).collect();
        if !missing.is_empty() {
            return Err(ShopError::Missing(missing));
        }
        let bind = |source| ShopError::Bind { host, port, source };
        let listener = TcpListener::bind((host, port)).await.map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        let url = public_url.unwrap_or_else(|| format!("http://{}", crate::serve::reachable(address)));
        let desk = Arc::new(Desk::new(url, environment, mistake));
        let (stop, mut stopped) = watch::channel(false);
        let app = routes::router(Arc::clone(&desk)).into_make_service_with_connect_info::<SocketAddr>();
        let listener = listener.tap_io(|stream| {
            // A refusal costs a little speed and nothing else.
            let _ = stream.set_nodelay(true);
        });
        tokio::spawn(async move {
            let stopped = async move {
                // An error means that the shop was dropped.
                let _ = stopped.wait_for(|stop| *stop).await;
            };
            let _ = axum::serve(listener, app).with_graceful_shutdown(stopped).await;
        });
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
