//! A case and its verdict.

use std::fmt;
use std::ops::Deref;
use std::time::Duration;

use provkassa_simulators::kit::operation::{Focus, Message, Operation};
use provkassa_simulators::kit::provider::Ground;
use provkassa_simulators::kit::scheme::Mistake;
use serde::Serialize;

use crate::adapter::{AdapterError, Asked};
use crate::finding::Finding;
#[cfg(feature = "cli")]
use crate::scenario::{Scenario, ShopFault};

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

/// What is demanded, in whatever way it is tried.
#[derive(Clone, Debug)]
pub struct Rule {
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
}

impl Rule {
    /// What every case can be chosen by: its level (`must`), how its rule is known (`documented`), its provider (`brp`).
    fn tags(&self) -> impl Iterator<Item = String> {
        let provider = self.id.split('/').next().unwrap_or_default();
        let level = self.level.to_string().to_lowercase();
        [level, self.provenance.to_string(), provider.to_owned()].into_iter()
    }
}

/// One case: a rule, and how it is tried.
#[derive(Clone, Debug)]
pub enum Case {
    /// An adapter is given messages.
    Property(Property),
    /// Somebody buys in a running shop.
    #[cfg(feature = "cli")]
    Scenario(Scenario),
}

impl Case {
    /// It as one that needs an adapter.
    #[must_use]
    pub fn property(&self) -> Option<&Property> {
        match self {
            Self::Property(property) => Some(property),
            #[cfg(feature = "cli")]
            Self::Scenario(_) => None,
        }
    }

    /// What it can be chosen by: its level (`must`), how its rule is known (`documented`), its provider (`brp`), its
    /// kinds (`vectors` where it tries printed examples, `properties` where it tries generated messages, `scenarios`
    /// where it needs a running shop), and what it is about (`about:returnurl`).
    #[must_use]
    pub fn tags(&self) -> Vec<String> {
        match self {
            Self::Property(property) => property.rule.tags().chain(property.tags()).collect(),
            #[cfg(feature = "cli")]
            Self::Scenario(scenario) => scenario.rule.tags().chain(["scenarios".to_owned()]).collect(),
        }
    }
}

/// Whatever the kind, a case is asked for its id, its level and its requirement.
impl Deref for Case {
    type Target = Rule;

    fn deref(&self) -> &Rule {
        match self {
            Self::Property(property) => &property.rule,
            #[cfg(feature = "cli")]
            Self::Scenario(scenario) => &scenario.rule,
        }
    }
}

/// A requirement of what an integrator's code answers to messages.
#[derive(Clone, Debug)]
pub struct Property {
    /// What is demanded.
    pub rule: Rule,
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

impl Deref for Property {
    type Target = Rule;

    fn deref(&self) -> &Rule {
        &self.rule
    }
}

impl Property {
    /// What it can be chosen by beside its rule's.
    fn tags(&self) -> impl Iterator<Item = String> {
        let kinds = [("vectors", !self.vectors.is_empty()), ("properties", !self.generated.is_empty())];
        let kinds = kinds.into_iter().filter(|(_, is_of)| *is_of).map(|(kind, _)| kind.to_owned());
        // The operation before the slash says which mistakes are meant; the case's own is that already.
        let about = self.about.iter().map(|word| word.rsplit('/').next().unwrap_or_default());
        kinds.chain(about.map(|word| format!("about:{word}")))
    }

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

/// Why we could not find out.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Obstacle {
    /// The adapter broke.
    #[error(transparent)]
    Adapter(#[from] AdapterError),
    /// The shop broke.
    #[cfg(feature = "cli")]
    #[error(transparent)]
    Shop(#[from] ShopFault),
}

impl Obstacle {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Adapter(error) => error.kind.help(),
            #[cfg(feature = "cli")]
            Self::Shop(fault) => fault.kind.help(),
        }
    }

    /// The message that the adapter was asked about then, and how it is tried again.
    #[must_use]
    pub fn asked(&self) -> Option<&Asked> {
        match self {
            Self::Adapter(error) => error.asked.as_deref(),
            #[cfg(feature = "cli")]
            Self::Shop(_) => None,
        }
    }

    /// The end of what it wrote to stderr; none of what was not started here.
    #[must_use]
    pub fn output(&self) -> Option<&str> {
        match self {
            Self::Adapter(error) => error.stderr.as_deref(),
            #[cfg(feature = "cli")]
            Self::Shop(fault) => Some(fault.output.as_str()).filter(|output| !output.is_empty()),
        }
    }
}

/// What came of a case.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// We could not find out: the adapter or the shop broke.
    Broken(Obstacle),
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
    /// How many messages were left out, for the integrator supports none of the first ones.
    pub untried: usize,
    /// Messages whose answer is not the right one, but accepted; a case that passes says nothing of mistakes that these
    /// would show.
    pub tolerated: Vec<Message>,
    /// The entry of the known failures that covers it, if one does: then a failure is no finding today.
    pub known: Option<KnownFailure>,
    /// How long it took.
    pub took: Duration,
}

impl CaseResult {
    /// Whether the adapter does not do what it takes.
    pub(super) fn is_beyond_the_adapter(&self) -> bool {
        matches!((&self.verdict, &self.case), (Verdict::Unsupported(_), Case::Property(_)))
    }

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
