//! A case and its verdict.

use std::fmt;
use std::time::Duration;

use provkassa_simulators::kit::operation::{Focus, Message, Operation};
use provkassa_simulators::kit::provider::Ground;
use provkassa_simulators::kit::scheme::Mistake;
use serde::Serialize;

use crate::adapter::AdapterError;
use crate::finding::Finding;

/// How binding a requirement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// The provider refuses what breaks it.
    Must,
    /// The document leaves it open, or it is good practice.
    Should,
}

impl fmt::Display for Level {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
        })
    }
}

/// One requirement and how it is tried.
#[derive(Clone, Debug)]
pub struct Case {
    /// A stable path: `brp/hash/secret-goes-last`.
    pub id: String,
    /// How binding it is.
    pub level: Level,
    /// The requirement as a sentence.
    pub requirement: String,
    /// How we know it.
    pub provenance: Ground,
    /// Where it is written.
    pub source: String,
    /// Words of the mistakes that it is about: it leads where one of them is found, and judges the parts of an answer
    /// that they change. None: it judges the whole.
    pub about: Vec<String>,
    /// Whether it judges the whole answer, although it is about these.
    pub whole: bool,
    /// What the integrator is asked to do.
    pub operation: &'static dyn Operation,
    /// Messages that are always tried.
    pub vectors: Vec<Message>,
    /// Which messages are generated; none of them if there is nothing here.
    pub generated: Vec<Option<&'static Focus>>,
    /// When an answer fails.
    pub expectation: Expectation,
}

impl Case {
    /// The mistakes whose parts of an answer it judges; none where it judges the whole.
    #[must_use]
    pub fn judges(&self) -> Vec<&'static Mistake> {
        if self.whole {
            return Vec::new();
        }
        let named =
            |mistake: &&'static Mistake| self.about.iter().any(|word| mistake.id.contains(word.as_str()));
        self.operation.mistakes().into_iter().filter(named).collect()
    }
}

/// When an answer fails a case.
#[derive(Clone, Copy, Debug)]
pub enum Expectation {
    /// When it is neither right nor left open by the document.
    Accepted,
    /// When it is what this mistake makes of the message, although the document leaves that open.
    Without(&'static Mistake),
}

/// What came of a case.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// We could not find out: the adapter broke.
    Broken(AdapterError),
    /// The integrator does it wrong.
    Fail(Box<Finding>),
    /// It was not tried, and why.
    NotRun(String),
    /// It holds.
    Pass,
    /// The integrator does not do this, and why.
    Unsupported(String),
}

impl Verdict {
    /// Its name in reports.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Broken(_) => "broken",
            Self::Fail(_) => "fail",
            Self::NotRun(_) => "not run",
            Self::Pass => "pass",
            Self::Unsupported(_) => "unsupported",
        }
    }
}

/// A case with its verdict.
#[derive(Clone, Debug)]
pub struct CaseResult {
    /// The case.
    pub case: Case,
    /// What came of it.
    pub verdict: Verdict,
    /// How many messages were judged.
    pub tried: usize,
    /// How many messages the integrator does not support; a verdict says nothing of them.
    pub unsupported: usize,
    /// Messages whose answer is not the right one, but accepted; a case that passes says nothing of mistakes that these
    /// would show.
    pub tolerated: Vec<Message>,
    /// The entry of the known failures that covers it, if one does: then a failure is no finding today.
    pub known: Option<KnownFailure>,
    /// How long it took.
    pub took: Duration,
}

impl CaseResult {
    /// Its verdict in reports: `known` for a failure that is accepted today.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match (&self.verdict, &self.known) {
            (Verdict::Fail(_), Some(_)) => "known",
            (verdict, _) => verdict.word(),
        }
    }
}

/// An entry of the known failures: today's failures of these cases are accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KnownFailure {
    /// The cases: an id, the start of one, or a pattern with `*`.
    pub case: String,
    /// Why they fail for now.
    pub reason: String,
    /// The last day on which that is accepted; none: until they pass.
    pub expires: Option<jiff::civil::Date>,
}

/// What is wrong with an entry of the known failures. Each is a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum EntryFault {
    /// Its day is over: its failures count again.
    Expired,
    /// Cases that it covers pass: they belong off the list.
    Passes {
        /// Their ids.
        cases: Vec<String>,
    },
    /// It covers no case that there is.
    Unmatched {
        /// The id that may be meant.
        nearest: Option<String>,
    },
}

/// An entry of the known failures that needs attention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StaleEntry {
    /// The entry.
    pub entry: KnownFailure,
    /// What is wrong with it.
    pub fault: EntryFault,
}
