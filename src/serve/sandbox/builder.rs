//! A sandbox that is set up otherwise.

use std::path::PathBuf;

use jiff::Timestamp;

use super::{Sandbox, fail};
use crate::serve::{Limits, NoRewrite, Options, Rewrite, ServeError};

/// How a sandbox is to be.
///
/// ```no_run
/// # async fn test() {
/// use provkassa::Sandbox;
///
/// let sandbox = Sandbox::builder()
///     .frozen("2026-03-01T12:00:00Z".parse().unwrap())
///     .set("fena.webhook", "http://127.0.0.1:3000/fena/webhook")
///     .start()
///     .await;
/// # }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "it is `start` that starts a sandbox"]
pub struct Builder {
    options: Options,
}

impl Builder {
    /// Draws other ids and tokens; the same seed and requests give the same. It is 1 unless this says otherwise.
    pub fn seed(mut self, seed: u64) -> Self {
        self.options.seed = seed;
        self
    }

    /// Has the clock stand still at this moment until the test moves it; else it goes with the system's.
    pub fn frozen(mut self, at: Timestamp) -> Self {
        self.options.frozen = Some(at);
        self
    }

    /// Begins with this setting: `fena.webhook`, `rules`. `GET /_sim/v1/providers` lists them with what they take.
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.options.settings.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Takes this control port, and those behind it for the providers, instead of free ones.
    pub fn port(mut self, port: u16) -> Self {
        self.options.port = port;
        self
    }

    /// Lets callbacks go to this host too; else they stay on this machine and in private networks.
    pub fn callback_host(mut self, host: &str) -> Self {
        self.options.callback_hosts.push(host.to_owned());
        self
    }

    /// Has callbacks believe a shop on https whose certificate one of this file has signed, or is in it itself.
    pub fn callback_authority(mut self, pem: impl Into<PathBuf>) -> Self {
        self.options.callback_authorities.push(pem.into());
        self
    }

    /// Brings callbacks for addresses that begin with `from` to `to` instead: `http://localhost:3000`,
    /// `http://shop:3000`.
    ///
    /// # Panics
    ///
    /// When one of them is no origin, with a path or without.
    pub fn callback_rewrite(mut self, from: &str, to: &str) -> Self {
        let rule: Result<Rewrite, NoRewrite> = format!("{from}={to}").parse();
        self.options.callback_rewrites.push(rule.unwrap_or_else(|error| panic!("{error}")));
        self
    }

    /// How much one caller may take of it: connections, and time.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.options.limits = limits;
        self
    }

    /// Prints a line for each request and each callback on stderr.
    pub fn log(mut self) -> Self {
        self.options.log = true;
        self
    }

    /// Starts it.
    ///
    /// # Panics
    ///
    /// When a port is taken or a setting cannot be so; the message says what to do.
    pub async fn start(self) -> Sandbox {
        self.try_start().await.unwrap_or_else(|error| fail(&error, error.help()))
    }

    /// Starts it, or says why it cannot be started.
    pub async fn try_start(self) -> Result<Sandbox, ServeError> {
        Sandbox::with(self.options).await
    }
}
