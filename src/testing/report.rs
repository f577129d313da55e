//! What came of a check, as the person reads it whose test fails.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde_json::json;

use super::bridge::Broke;
use crate::adapter::Fault;
use crate::conformance::{Case, Obstacle, Rule, Summary, Verdict};
use crate::exit::Exit;
use crate::finding::Finding;
use crate::report::findings;

/// What came of a check.
#[derive(Clone, Debug)]
pub struct Report {
    /// Each case with its verdict, and what was found.
    pub summary: Summary,
    /// What is known of functions that broke.
    broken: Vec<String>,
}

impl Report {
    /// Puts the way in which a test is run again into each finding.
    pub(super) fn new(mut summary: Summary) -> Self {
        for result in &mut summary.results {
            if let Verdict::Fail(finding) = &mut result.verdict {
                finding.replay = again(&result.case, &finding.message);
            }
        }
        let told = summary.results.iter().find_map(|result| match &result.verdict {
            Verdict::Broken(Obstacle::Adapter(error)) => Some(format!("{error}\n  {}", help(&error.kind))),
            _ => None,
        });
        Self { summary, broken: told.into_iter().collect() }
    }

    /// Tells of each function that broke on which message.
    pub(super) fn with_broken(mut self, broke: &BTreeMap<&'static str, Broke>) -> Self {
        let told = broke.iter().filter_map(|(id, Broke { message, why })| {
            let broken = self.summary.results.iter().filter(|result| result.word() == "broken");
            let mut broken = broken.filter_map(|result| result.case.property());
            let case = broken.find(|case| case.operation.id() == *id)?;
            let fields = provkassa_simulators::kit::wire::to_json(case.operation, message);
            let shown = serde_json::Value::Object(fields.clone());
            Some(format!(
                "your function for {id} broke: {why}\n  message  {shown}\n  again    {}",
                again(case, &fields)
            ))
        });
        let told: Vec<_> = told.collect();
        if !told.is_empty() {
            self.broken = told;
        }
        self
    }

    /// Whether everything that was tried holds.
    #[must_use]
    pub fn conforms(&self) -> bool {
        self.summary.exit() == Exit::Conforms
    }

    /// Each failing case with what was found.
    pub fn findings(&self) -> impl Iterator<Item = (&Case, &Finding)> {
        self.summary.results.iter().filter_map(|result| match &result.verdict {
            Verdict::Fail(finding) if result.known.is_none() => Some((&result.case, finding.as_ref())),
            _ => None,
        })
    }

    /// Does nothing if everything holds.
    ///
    /// # Panics
    ///
    /// With what was found, if anything does not hold.
    #[track_caller]
    pub fn assert(self) {
        assert!(self.conforms(), "{self}");
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let summary = &self.summary;
        let words = ["pass", "fail", "broken", "unsupported", "not run", "known"];
        let counts = words.iter().map(|word| (summary.count(word), word)).filter(|(count, _)| *count > 0);
        let counts: Vec<_> = counts.map(|(count, word)| format!("{count} {word}")).collect();
        write!(
            formatter,
            "{} (of {} cases, seed {})",
            counts.join(", "),
            summary.results.len(),
            summary.seed
        )?;
        for told in findings(summary).iter().chain(&self.broken) {
            write!(formatter, "\n\n{told}")?;
        }
        if summary.exit() == Exit::NothingRan {
            write!(formatter, "\n\nnothing was tried: your code supports none of the messages")?;
        }
        Ok(())
    }
}

/// The command that tries exactly this message again. A test runs on a thread of its name.
fn again(case: &Rule, message: &serde_json::Map<String, serde_json::Value>) -> String {
    let text = json!({"case": case.id, "message": message}).to_string();
    let quoted = shlex::try_quote(&text).map_or_else(|_| text.clone(), Cow::into_owned);
    let thread = std::thread::current();
    let test = thread.name().filter(|name| *name != "main").unwrap_or_default();
    format!("PROVKASSA_REPLAY={quoted} cargo test {test}").trim_end().to_owned()
}

fn help(fault: &Fault) -> &'static str {
    match fault {
        Fault::Own { .. } => {
            "Where your code refuses a message, return `Err` or `Reply::Rejected`; a panic is no answer."
        }
        other => other.help(),
    }
}
