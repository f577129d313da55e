//! What a run has to say, sorted for people: each mistake once, the worst first.

use super::shown::counted;
use crate::adapter::AdapterError;
use crate::conformance::{CaseResult, KnownFailure, Level, Summary, Verdict};
use crate::exit::Exit;
use crate::finding::Finding;

/// A case that fails.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failed<'a> {
    pub(super) result: &'a CaseResult,
    pub(super) finding: &'a Finding,
}

/// One mistake, with every case that it fails.
#[derive(Debug)]
pub(super) struct Group<'a> {
    /// The highest level of its cases.
    pub(super) level: Level,
    /// The case that says best what is wrong.
    pub(super) lead: Failed<'a>,
    /// The other cases.
    pub(super) more: Vec<Failed<'a>>,
}

impl<'a> Group<'a> {
    /// All cases, the lead first.
    pub(super) fn cases(&self) -> impl Iterator<Item = Failed<'a>> {
        std::iter::once(self.lead).chain(self.more.iter().copied())
    }

    /// How many cases it fails.
    pub(super) fn size(&self) -> usize {
        1 + self.more.len()
    }
}

/// One reason that several cases share.
#[derive(Debug)]
pub(super) struct Shared<'a, T> {
    pub(super) reason: T,
    pub(super) cases: Vec<&'a CaseResult>,
}

/// A run, sorted.
#[derive(Debug)]
pub(super) struct Story<'a> {
    pub(super) summary: &'a Summary,
    /// How the adapter broke, each way once.
    pub(super) broken: Vec<Shared<'a, &'a AdapterError>>,
    pub(super) findings: Vec<Group<'a>>,
    /// Failures that are accepted today, by the entry that accepts them.
    pub(super) known: Vec<Shared<'a, &'a KnownFailure>>,
    pub(super) unsupported: Vec<Shared<'a, &'a str>>,
    pub(super) not_run: Vec<Shared<'a, &'a str>>,
}

/// The words of the verdicts, the worst first.
pub(super) const WORDS: [&str; 6] = ["broken", "fail", "known", "unsupported", "not run", "pass"];

impl<'a> Story<'a> {
    pub(super) fn of(summary: &'a Summary) -> Self {
        let results = &summary.results;
        let broken = results.iter().filter_map(|result| match &result.verdict {
            Verdict::Broken(error) => Some((error, result)),
            _ => None,
        });
        let known = results.iter().filter_map(|result| match (&result.verdict, &result.known) {
            (Verdict::Fail(_), Some(entry)) => Some((entry, result)),
            _ => None,
        });
        let unsupported = results.iter().filter_map(|result| match &result.verdict {
            Verdict::Unsupported(why) => Some((why.as_str(), result)),
            _ => None,
        });
        let not_run = results.iter().filter_map(|result| match &result.verdict {
            Verdict::NotRun(why) => Some((why.as_str(), result)),
            _ => None,
        });
        Self {
            summary,
            broken: shared(broken, |one, other| {
                one.to_string() == other.to_string() && one.stderr == other.stderr
            }),
            findings: groups(results),
            known: shared(known, PartialEq::eq),
            unsupported: shared(unsupported, PartialEq::eq),
            not_run: shared(not_run, PartialEq::eq),
        }
    }

    /// The whole run in a sentence.
    pub(super) fn headline(&self) -> String {
        let summary = self.summary;
        let all = counted(summary.results.len(), "case", "cases");
        let stale = match summary.stale.len() {
            0 => None,
            count => Some(format!(
                "{} of the known failures {} attention",
                counted(count, "entry", "entries"),
                if count == 1 { "needs" } else { "need" }
            )),
        };
        let found = (!self.findings.is_empty()).then(|| {
            let failed = summary.count("fail");
            format!("{} in {failed} of {all}", counted(self.findings.len(), "finding", "findings"))
        });
        let found: Vec<String> = found.into_iter().chain(stale).collect();
        match summary.exit() {
            Exit::Unreachable if found.is_empty() => "The adapter broke".to_owned(),
            Exit::Unreachable => format!("The adapter broke; {}", found.join("; ")),
            Exit::Findings => found.join("; "),
            Exit::Interrupted => "Interrupted before all was tried; nothing failed until then".to_owned(),
            Exit::NothingRan => "Nothing ran".to_owned(),
            _ => match (summary.count("pass"), summary.count("known")) {
                (passed, 0) if passed == summary.results.len() => format!("{all} conform"),
                (passed, 0) => format!("{passed} of {all} conform; nothing failed"),
                (passed, known) => format!("{passed} of {all} conform; {known} failed as is known"),
            },
        }
    }

    /// How many messages were judged.
    pub(super) fn tried(&self) -> usize {
        self.summary.results.iter().map(|result| result.tried).sum()
    }

    /// The verdicts that occur, with their counts, the worst first.
    pub(super) fn counts(&self) -> Vec<(&'static str, usize)> {
        let counts = WORDS.map(|word| (word, self.summary.count(word)));
        counts.into_iter().filter(|(_, count)| *count > 0).collect()
    }
}

/// Collects the cases that share a reason, in the order in which it first comes up.
fn shared<'a, T>(
    cases: impl Iterator<Item = (T, &'a CaseResult)>,
    same: impl Fn(&T, &T) -> bool,
) -> Vec<Shared<'a, T>> {
    let mut all: Vec<Shared<'a, T>> = Vec::new();
    for (reason, result) in cases {
        match all.iter_mut().find(|one| same(&one.reason, &reason)) {
            Some(one) => one.cases.push(result),
            None => all.push(Shared { reason, cases: vec![result] }),
        }
    }
    all
}

/// Each mistake once; MUST before SHOULD, and what fails most cases first.
fn groups(results: &[CaseResult]) -> Vec<Group<'_>> {
    let mut groups: Vec<(Level, Vec<Failed<'_>>)> = Vec::new();
    for level in [Level::Must, Level::Should] {
        for result in results.iter().filter(|result| result.case.level == level && result.word() == "fail") {
            let Verdict::Fail(finding) = &result.verdict else { continue };
            let failed = Failed { result, finding };
            match groups.iter_mut().find(|(_, group)| is_same(group[0], failed)) {
                Some((_, group)) => group.push(failed),
                None => groups.push((level, vec![failed])),
            }
        }
    }
    groups.sort_by_key(|(level, group)| (*level == Level::Should, std::cmp::Reverse(group.len())));
    let grouped = groups.into_iter().map(|(level, mut group)| {
        let lead = group.iter().position(|failed| leads(*failed)).unwrap_or(0);
        Group { level, lead: group.remove(lead), more: group }
    });
    grouped.collect()
}

/// What nothing explains is one bug in an operation, as far as anybody knows.
fn is_same(one: Failed<'_>, other: Failed<'_>) -> bool {
    let operation = one.result.case.operation.id() == other.result.case.operation.id();
    one.finding.headline == other.finding.headline && (operation || !other.finding.mistakes.is_empty())
}

/// Whether the case is about the mistake that was found: then it says best what is wrong.
fn leads(failed: Failed<'_>) -> bool {
    let about = &failed.result.case.about;
    failed.finding.mistakes.iter().any(|mistake| about.iter().any(|word| mistake.contains(word.as_str())))
}

/// What is wrong with an entry of the known failures, and what to do.
pub(super) fn stale(entry: &crate::conformance::StaleEntry) -> (String, &'static str) {
    use crate::conformance::EntryFault;
    let case = &entry.entry.case;
    match &entry.fault {
        EntryFault::Expired => {
            let day = entry.entry.expires.map(|day| format!(" on {day}")).unwrap_or_default();
            (
                format!("`{case}` expired{day}: its failures count again"),
                "Mend them, or give the entry a new day.",
            )
        }
        EntryFault::Passes { cases } => {
            let (count, first) = (cases.len(), cases.iter().take(6).cloned().collect::<Vec<_>>().join(", "));
            let rest = if count > 6 { format!(" and {} more", count - 6) } else { String::new() };
            let verb = if count == 1 { "passes" } else { "pass" };
            (
                format!("`{case}` is listed as failing, but {first}{rest} {verb}"),
                "Take what passes off the list.",
            )
        }
        EntryFault::Unmatched { nearest } => (
            format!(
                "`{case}` covers no case that there is{}",
                nearest.as_ref().map(|near| format!(": did you mean `{near}`?")).unwrap_or_default()
            ),
            "Correct the pattern, or take the entry off the list.",
        ),
    }
}
