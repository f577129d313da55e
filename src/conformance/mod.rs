//! The conformance harness: which cases there are, how one is run, and what came of it.
//!
//! The cases are the scenarios of the Gherkin features, which are embedded. Each binds a requirement
//! to an operation, to vectors and to generated messages.

pub mod case;
pub mod counterexample;
mod doubts;
#[cfg(feature = "cli")]
pub mod failing_order;
mod features;
pub mod known;
mod ledger;
mod partition;
mod pattern;
mod pool;
pub(crate) mod properties;
mod run;
#[cfg(feature = "cli")]
mod scenarios;
mod steps;
mod subjects;
mod summary;
mod vectors;

pub use case::{
    Case, CaseResult, EntryFault, KnownFailure, Level, Obstacle, Property, Rule, StaleEntry, Verdict,
};
pub use counterexample::CounterexampleError;
pub use features::{FeatureError, cases, properties};
#[cfg(feature = "cli")]
pub(crate) use features::{embedded, is_of_a_shop};
pub use known::KnownFailures;
pub use partition::Partition;
pub use pattern::{matches, meant};
pub use pool::Pool;
pub use run::{Plan, replay, run};
pub use subjects::Subjects;
pub use summary::{Early, Summary};
