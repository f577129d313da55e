//! The simulators inside a test, as easy as a mock server.
//!
//! ```
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! use provkassa::serve::sandbox::Sandbox;
//!
//! let sandbox = Sandbox::start().await.unwrap();
//! sandbox.outcome("brp", Some("15"), "cancel").await;
//! assert!(sandbox.url("brp").starts_with("http://127.0.0.1:"));
//! # });
//! ```

use std::sync::Arc;

use provkassa_simulators::kit::journal::{Entry, Filter};
use provkassa_simulators::kit::outcome::Outcome;
use provkassa_simulators::kit::workspace::{DEFAULT, Workspace};

use super::{Options, ServeError, Server};

/// A running sandbox on free ports; it stops when this is dropped.
#[derive(Debug)]
pub struct Sandbox {
    server: Server,
    workspace: Workspace,
}

impl Sandbox {
    /// Starts one.
    pub async fn start() -> Result<Self, ServeError> {
        Self::with(Options::default()).await
    }

    /// Starts one that is set up otherwise.
    pub async fn with(options: Options) -> Result<Self, ServeError> {
        let server = Server::start(options).await?;
        let workspace = server.workspaces.get(DEFAULT).ok_or(ServeError::NoDefault)?;
        Ok(Self { server, workspace })
    }

    /// A provider's origin: what a client takes for its base URL.
    #[must_use]
    pub fn url(&self, provider: &str) -> String {
        self.server.provider_url(provider)
    }

    /// The control port's origin.
    #[must_use]
    pub fn control_url(&self) -> String {
        self.server.control_url()
    }

    /// The default merchant's world.
    #[must_use]
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// The server behind it.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Decides how the next payment of an order ends, or the next payment at all: `approve`,
    /// `decline`, `cancel`, `expire`, or a code of the provider's.
    pub async fn outcome(&self, provider: &str, order: Option<&str>, outcome: &str) {
        let chain = vec![Outcome::from(outcome.to_owned())];
        self.workspace
            .transact(|tx| {
                tx.queue_outcomes(provider, order, chain.clone());
                Ok::<_, std::convert::Infallible>(())
            })
            .await
            .unwrap_or_else(|never| match never {});
    }

    /// Everything that was asked and answered so far.
    #[must_use]
    pub fn journal(&self) -> Vec<Arc<Entry>> {
        let filter = Filter { workspace: Some(DEFAULT.to_owned()), ..Filter::default() };
        self.server.workspaces.journal().read(0, &filter).entries
    }
}
