//! What came of a run, and what that means to a pipeline.

use std::collections::BTreeSet;
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
    /// What ended it before every case was tried, if something from outside did.
    pub early: Option<Early>,
}

/// What ends a run early, whatever its cases do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Early {
    /// Somebody interrupted it.
    Interrupted,
    /// The time was up that it may take.
    OutOfTime,
}

impl Summary {
    /// How many cases have this verdict's word.
    #[must_use]
    pub fn count(&self, word: &str) -> usize {
        self.results.iter().filter(|result| result.word() == word).count()
    }

    /// How many entries of the known failures need attention; several things may be wrong with one.
    #[must_use]
    pub fn stale_entries(&self) -> usize {
        self.stale.iter().map(|stale| &stale.entry.case).collect::<BTreeSet<_>>().len()
    }

    /// What the run means to a pipeline.
    #[must_use]
    pub fn exit(&self) -> Exit {
        let has = |word| self.count(word) > 0;
        match (has("broken"), has("fail") || !self.stale.is_empty(), has("pass") || has("known")) {
            (true, ..) => Exit::Unreachable,
            (_, true, _) => Exit::Findings,
            (.., ran) => match self.early {
                // What was not tried may fail: this is no conformance.
                Some(Early::Interrupted) => Exit::Interrupted,
                Some(Early::OutOfTime) => Exit::OutOfTime,
                None if ran => Exit::Conforms,
                None => Exit::NothingRan,
            },
        }
    }
}
