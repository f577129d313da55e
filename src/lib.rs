//! provkassa: a payment-provider simulator, and a harness that tells an integrator whether its
//! signing, redirects and callbacks are right.
//!
//! [`testing`] tries your signing code inside `#[test]`; [`serve::sandbox::Sandbox`] is the
//! simulator inside a test; [`conformance`] is what `provkassa check` runs.

pub mod adapter;
pub mod cli;
pub mod conformance;
pub mod emit;
pub mod exit;
pub mod finding;
pub mod replay;
pub mod report;
pub mod serve;
pub mod settings;
pub mod testing;

pub use provkassa_simulators as simulators;

/// What this build is called in reports and headers.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
