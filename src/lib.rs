//! provkassa: a payment-provider simulator, and a harness that tells an integrator whether its
//! signing, redirects and callbacks are right.
//!
//! [`testing`] tries your signing code inside `#[test]`; [`Sandbox`] is the simulator inside
//! a test; [`conformance`] is what `provkassa check` runs.

#[cfg(feature = "check")]
pub mod adapter;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "check")]
pub mod conformance;
#[cfg(feature = "cli")]
pub mod doctor;
#[cfg(feature = "cli")]
pub mod emit;
pub mod exit;
#[cfg(feature = "check")]
pub mod finding;
#[cfg(feature = "cli")]
pub mod init;
#[cfg(feature = "serve")]
pub mod replay;
#[cfg(feature = "check")]
pub mod report;
#[cfg(feature = "cli")]
pub mod scenario;
#[cfg(feature = "serve")]
pub mod serve;
#[cfg(feature = "check")]
#[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "the configuration file is the command line's"))]
pub mod settings;
#[cfg(feature = "serve")]
pub mod shop;
#[cfg(feature = "check")]
pub mod testing;
#[cfg(feature = "serve")]
mod web;

pub use provkassa_simulators as simulators;
#[cfg(feature = "serve")]
pub use serve::sandbox::Sandbox;

/// What this build is called in reports and headers.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
