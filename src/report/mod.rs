//! What a run tells, and who listens: the terminal, a pipeline, and the files for people and programs.

mod broken;
#[cfg(feature = "cli")]
mod github;
mod html;
mod json;
mod junit;
#[cfg(feature = "cli")]
mod listening;
mod markdown;
#[cfg(feature = "cli")]
mod pretty;
mod shown;
mod story;
#[cfg(feature = "cli")]
mod summing_up;
mod wanted;

#[cfg(test)]
mod tests;

pub use json::to_json;
#[cfg(feature = "cli")]
pub use listening::{Format, listeners};
pub use wanted::{Unwritten, Wanted, write};

use crate::adapter::Hello;
use crate::conformance::{Case, CaseResult, Summary};
use shown::line;
use story::{Story, stale};

/// What happens in a run.
#[derive(Debug)]
pub enum Event<'a> {
    /// It begins.
    Began {
        /// How many cases there are.
        cases: usize,
        /// The seed.
        seed: u64,
        /// Who is asked, if it came up.
        hello: Option<&'a Hello>,
    },
    /// A case is under way.
    Trying(&'a Case),
    /// A case has its verdict.
    Finished(&'a CaseResult),
    /// All cases have theirs.
    Ended(&'a Summary),
    /// Something went wrong that is no verdict.
    Trouble(&'a str),
}

/// Listens to a run.
pub trait Reporter: std::fmt::Debug {
    /// Takes note of what happens.
    fn on_event(&mut self, event: &Event<'_>);
}

/// Everybody who listens.
#[derive(Debug, Default)]
pub struct Reporters(pub Vec<Box<dyn Reporter>>);

impl Reporters {
    /// Tells all.
    pub fn tell(&mut self, event: &Event<'_>) {
        for reporter in &mut self.0 {
            reporter.on_event(event);
        }
    }
}

/// What was found, each mistake once and the worst first, and then what is wrong with the known failures: for people
/// and without colour.
pub(crate) fn findings(summary: &Summary) -> Vec<String> {
    let groups = Story::of(summary).findings;
    let stale = summary.stale.iter().map(stale);
    let stale = stale.map(|(what, help)| format!("known failures: {}\n  {help}", line(&what)));
    groups.iter().map(|group| group.lines().join("\n")).chain(stale).collect()
}
