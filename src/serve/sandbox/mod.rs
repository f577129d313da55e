//! The simulators inside a test, as easy as a mock server.
//!
//! ```
//! use provkassa::Sandbox;
//!
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! // Inside a #[tokio::test]; what your shop is configured with:
//! let sandbox = Sandbox::start().await;
//! let (base, key) = (sandbox.url("quickpay"), sandbox.variable("QUICKPAY_API_KEY"));
//!
//! // The next payment of this order is declined, whatever the payer does.
//! sandbox.outcome("quickpay", Some("1001"), "decline").await;
//! // A day goes by, and what is due by then happens.
//! sandbox.advance(std::time::Duration::from_secs(86_400));
//!
//! // Your shop is tried here. Nothing that it sent was wrong, and nobody is unknown:
//! assert_eq!(sandbox.diagnoses(), [""; 0]);
//! assert!(sandbox.unclaimed().is_empty());
//! # assert!(base.starts_with("http://127.0.0.1:") && key == "quickpay-api-key");
//! # });
//! ```
//!
//! Each sandbox has free ports, records and a clock of its own, so tests that run side by side never meet; it stops
//! when it is dropped. What it does on demand is in [`Merchant`], which a sandbox is for its first merchant:
//! outcomes, records, settings, faults, the clock, the journal, and the callbacks that the shop got.
//! [`Sandbox::merchant`] makes further ones, and [`Sandbox::builder`] sets a sandbox up otherwise.
//!
//! The sandbox runs on the runtime of its test. A client that blocks needs
//! `#[tokio::test(flavor = "multi_thread")]`, or it waits for an answer that it keeps from being made.

mod builder;
mod callback;
mod merchant;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use provkassa_simulators::PROVIDERS;
use provkassa_simulators::kit::journal::{Entry, Filter};
use provkassa_simulators::kit::problem::Problem;
use provkassa_simulators::kit::workspace::DEFAULT;

pub use builder::Builder;
pub use callback::Callback;
pub use merchant::Merchant;
// What the verbs of a merchant take and give.
pub use provkassa_simulators::kit::fault::{Fault, Kind, Plan};
pub use provkassa_simulators::kit::outbox::Policy;

use super::{Options, ServeError, Server};

/// A running sandbox on free ports; it stops when this is dropped. It is its first merchant, `default`.
#[derive(Debug)]
pub struct Sandbox {
    server: Server,
    first: Merchant,
    origins: Arc<BTreeMap<&'static str, String>>,
}

impl Sandbox {
    /// Starts one.
    ///
    /// # Panics
    ///
    /// When no port is free; the message says what to do.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// Starts one that is set up otherwise: seed, clock, settings, ports.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Starts one with the options that `provkassa serve` has.
    pub async fn with(options: Options) -> Result<Self, ServeError> {
        let server = Server::start(options).await?;
        let workspace = server.workspaces.get(DEFAULT).ok_or(ServeError::NoDefault)?;
        let ids = PROVIDERS.iter().map(|provider| provider.info().id);
        let origins = Arc::new(ids.map(|id| (id, server.provider_url(id))).collect());
        let first = Merchant::new(workspace, &server.workspaces, &origins);
        Ok(Self { server, first, origins })
    }

    /// The control port's origin: its first page is the live view.
    #[must_use]
    pub fn control_url(&self) -> String {
        self.server.control_url()
    }

    /// The server behind it.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Makes a further merchant, with credentials, records and a clock of its own. It meets no other one: requests
    /// find it by its credentials.
    ///
    /// # Panics
    ///
    /// When there is one of this name, or it is none: 1 to 64 letters, digits, `-`, `_` or `.`.
    pub async fn merchant(&self, name: &str) -> Merchant {
        let made = self.server.workspaces.create(name).await;
        let workspace = made.unwrap_or_else(|problem| refuse(&problem));
        Merchant::new(workspace, &self.server.workspaces, &self.origins)
    }

    /// Every request with a credential that no merchant has, the oldest first: the commonest mistake of a set-up.
    #[must_use]
    pub fn unclaimed(&self) -> Vec<Arc<Entry>> {
        self.server.workspaces.journal().read(0, &Filter::default()).entries
    }
}

impl Deref for Sandbox {
    type Target = Merchant;

    fn deref(&self) -> &Merchant {
        &self.first
    }
}

/// Fails the test that asked for something impossible.
fn refuse(problem: &Problem) -> ! {
    fail(&problem.message, &problem.help)
}

fn fail(what: &dyn fmt::Display, help: &str) -> ! {
    panic!("{what}. {help}")
}
