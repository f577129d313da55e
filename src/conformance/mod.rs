//! The conformance harness: which cases there are, how one is run, and what came of it.
//!
//! The cases are the scenarios of the Gherkin features, which are embedded. Each binds a requirement
//! to an operation, to vectors and to generated messages.

pub mod case;
pub mod counterexample;
mod features;
pub(crate) mod properties;
mod run;
mod steps;
mod vectors;

pub use case::{Case, CaseResult, EntryFault, KnownFailure, Level, StaleEntry, Verdict};
pub use features::{FeatureError, cases};
pub use run::{Plan, Summary, replay, run};
