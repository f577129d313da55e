//! What came of a scenario.

use std::sync::Arc;

use super::any::Orders;
use super::fault::ShopFault;
use super::way::NoWay;

/// What came of a scenario, and how it went there.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The verdict.
    pub verdict: Verdict,
    /// Each hop: who asked whom, what came back, and what provkassa made of it. Secrets are hidden.
    pub trail: Vec<String>,
    /// What came of each order, where the scenario was tried with many.
    pub orders: Option<Orders>,
}

/// The verdict on a running shop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing could be found out: the shop is broken.
    Broken(ShopFault),
    /// The shop does it wrong.
    Fail(Box<Failure>),
    /// It holds.
    Pass,
    /// No payer gets to the provider, so that nothing can be tried there: why. Scenarios with the tag `@way` fail by it.
    NotReached(Arc<NoWay>),
    /// The shop does not have what it takes; which key of the configuration is missing.
    Unsupported(String),
}

impl Verdict {
    /// Its name in reports.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Broken(_) => "broken",
            Self::Fail(_) => "fail",
            Self::Pass => "pass",
            Self::NotReached(_) => "not run",
            Self::Unsupported(_) => "unsupported",
        }
    }
}

/// How the shop does it wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What happened, in a sentence.
    pub headline: String,
    /// What was expected of the shop.
    pub expected: String,
    /// What it did or believed instead.
    pub got: String,
    /// Why it matters.
    pub why: String,
    /// How to put it right.
    pub remedy: String,
    /// What other scenarios fail by, too, and is told once; none of what may be a mistake of its own.
    pub cause: Option<String>,
}

impl Failure {
    /// A failure whose reason and remedy are the scenario's.
    pub(super) fn new(
        headline: impl Into<String>,
        expected: impl Into<String>,
        got: impl Into<String>,
    ) -> Self {
        Self {
            headline: headline.into(),
            expected: expected.into(),
            got: got.into(),
            why: String::new(),
            remedy: String::new(),
            cause: None,
        }
    }
}

/// Why a scenario does not go on.
#[derive(Clone, Debug)]
pub(super) enum Stop {
    /// The shop does it wrong.
    Fail(Box<Failure>),
    /// Nothing can be found out.
    Broken(ShopFault),
    /// No payer gets to the provider, whatever the scenario does.
    NoWay(Arc<NoWay>),
    /// The shop does not take the order: its right, where nobody else has said what orders it takes.
    Refused(String),
    /// The shop does not have it.
    Unsupported(String),
}

impl Stop {
    /// The shop does it wrong; why it matters and the remedy are the scenario's.
    pub(super) fn fail(
        headline: impl Into<String>,
        expected: impl Into<String>,
        got: impl Into<String>,
    ) -> Self {
        Self::Fail(Box::new(Failure::new(headline, expected, got)))
    }
}

impl<F: Into<ShopFault>> From<F> for Stop {
    fn from(fault: F) -> Self {
        Self::Broken(fault.into())
    }
}
