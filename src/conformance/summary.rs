//! What came of a run, and what that means to a pipeline.

use std::time::Duration;

use super::case::{CaseResult, StaleEntry};
use crate::exit::Exit;

/// What came of all cases.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Each case with its verdict, in the order of the run.
    pub results: Vec<CaseResult>,
    /// Entries of the known failures that need attention; each is a finding.
    pub stale: Vec<StaleEntry>,
    /// The seed of the run.
    pub seed: u64,
    /// How long it took.
    pub took: Duration,
    /// Whether somebody ended it early.
    pub interrupted: bool,
}

impl Summary {
    /// How many cases have this verdict's word.
    #[must_use]
    pub fn count(&self, word: &str) -> usize {
        self.results.iter().filter(|result| result.word() == word).count()
    }

    /// What the run means to a pipeline.
    #[must_use]
    pub fn exit(&self) -> Exit {
        let has = |word| self.count(word) > 0;
        match (has("broken"), has("fail") || !self.stale.is_empty(), has("pass") || has("known")) {
            (true, ..) => Exit::Unreachable,
            (_, true, _) => Exit::Findings,
            _ if self.interrupted => Exit::Interrupted,
            (.., true) => Exit::Conforms,
            _ => Exit::NothingRan,
        }
    }
}
