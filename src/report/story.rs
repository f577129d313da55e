//! What a run has to say, sorted for people: each mistake once, the worst first.

use super::broken::Broken;
use super::shown::{bounded, counted, line};
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

    /// Which of its lines names the case.
    #[cfg(feature = "cli")]
    pub(super) const HEADING: usize = 0;
    /// Which of its lines says what was found.
    #[cfg(feature = "cli")]
    pub(super) const HEADLINE: usize = 3;

    /// What the lead says, as people read it, without colour, and which cases fail with it.
    pub(super) fn lines(&self) -> Vec<String> {
        let (case, finding) = (&self.lead.result.case, self.lead.finding);
        // What nothing explains may break another rule than the one that its first case is about.
        let about = if self.is_unexplained() { "The case is about this rule: " } else { "" };
        let requirement = format!("  {about}{}", case.requirement);
        let mut said = vec![format!("{} {}", case.level, case.id), requirement, String::new()];
        said.extend(bounded(finding.lines()).iter().map(|text| format!("  {text}").trim_end().to_owned()));
        said.push(String::new());
        said.push(format!("  again     {}", finding.replay));
        if !self.more.is_empty() {
            let more: Vec<&str> = self.more.iter().map(|failed| failed.result.case.id.as_str()).collect();
            said.push(format!("  so fails  {}", more.join(", ")));
        }
        said.extend(self.besides().into_iter().map(|text| format!("  besides   {text}")));
        said
    }

    /// Whether several cases of an operation fail, and no mistake that we know explains it.
    fn is_unexplained(&self) -> bool {
        let Failed { result, finding } = self.lead;
        result.case.property().is_some() && certain(finding).is_empty() && !self.more.is_empty()
    }

    /// What other cases say that is wrong besides, each once, with the first case that says so.
    pub(super) fn besides(&self) -> Vec<String> {
        let mut told: Vec<&str> = besides(self.lead.finding).into_iter().collect();
        let mut said = Vec::new();
        for failed in &self.more {
            if let Some(clause) = besides(failed.finding).filter(|clause| !told.contains(clause)) {
                told.push(clause);
                said.push(line(&format!("{clause} ({})", failed.result.case.id)));
            }
        }
        let left_out = said.len().saturating_sub(BESIDES);
        said.truncate(BESIDES);
        said.extend((left_out > 0).then(|| format!("and {left_out} more of this kind")));
        said
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
    pub(super) broken: Vec<Broken<'a>>,
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
            broken: Broken::causes(results),
            findings: groups(results),
            known: shared(known, PartialEq::eq),
            unsupported: shared(unsupported, PartialEq::eq),
            not_run: shared(not_run, PartialEq::eq),
        }
    }

    /// What broke, as far as anything did.
    pub(super) fn who_broke(&self) -> &'static str {
        let mut all: Vec<&str> = self.broken.iter().map(Broken::who).collect();
        all.sort_unstable();
        all.dedup();
        match all.as_slice() {
            [one] => one,
            [_, _, ..] => "adapter and the shop",
            [] => "adapter",
        }
    }

    /// The whole run in a sentence.
    pub(super) fn headline(&self) -> String {
        let summary = self.summary;
        let all = counted(summary.results.len(), "case", "cases");
        let stale = match summary.stale_entries() {
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
            Exit::Unreachable if found.is_empty() => format!("The {} broke", self.who_broke()),
            Exit::Unreachable => format!("The {} broke; {}", self.who_broke(), found.join("; ")),
            Exit::Findings => found.join("; "),
            Exit::Interrupted => "Interrupted before all was tried; nothing failed until then".to_owned(),
            Exit::OutOfTime => "Out of time before all was tried; nothing failed until then".to_owned(),
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
        // Of those that lead, one that says nothing besides; of a running shop's the one that is told in the fewest hops.
        let order = |failed: &Failed<'_>| {
            let hops = failed.finding.trail.len();
            (
                !leads(*failed),
                besides(failed.finding).is_some(),
                hops,
                failed.result.case.id.len() * hops.min(1),
            )
        };
        let lead = (0..group.len()).min_by_key(|place| order(&group[*place])).unwrap_or(0);
        Group { level, lead: group.remove(lead), more: group }
    });
    grouped.collect()
}

/// What nothing explains is one bug in an operation, as far as anybody knows.
fn is_same(one: Failed<'_>, other: Failed<'_>) -> bool {
    if one.finding.cause.is_some() && one.finding.cause == other.finding.cause {
        return true;
    }
    let operation = |failed: Failed<'_>| failed.result.case.property().map(|case| case.operation.id());
    let operation = operation(one).is_some() && operation(one) == operation(other);
    let (known, also) = (certain(one.finding), certain(other.finding));
    let whole = one.finding.headline == other.finding.headline;
    base(one.finding) == base(other.finding)
        && (whole || (known == also && !known.is_empty()))
        && (operation || !also.is_empty())
}

/// The mistakes that a finding names, whatever else it says is wrong besides, and where.
fn certain(finding: &Finding) -> &[&'static str] {
    match &finding.near {
        Some(near) if near.then.is_empty() => &near.always,
        Some(_) => &[],
        None => &finding.mistakes,
    }
}

/// A headline without what is wrong besides.
fn base(finding: &Finding) -> &str {
    apart(&finding.headline).0
}

/// What a finding says is wrong besides the mistakes that it names.
fn besides(finding: &Finding) -> Option<&str> {
    apart(&finding.headline).1
}

fn apart(headline: &str) -> (&str, Option<&str>) {
    if let Some((base, clause)) = headline.split_once(", and besides ") {
        return (base, Some(clause));
    }
    match headline.find(ELSE) {
        Some(at) => (&headline[..at], Some(headline[at..].trim_start_matches("; "))),
        None => (headline, None),
    }
}

/// How a headline goes on where it says that more is wrong, and that nobody knows what.
const ELSE: &str = "; something else is wrong";
/// So many of the things that are wrong besides are told in a group.
const BESIDES: usize = 6;

/// How a case becomes something to run, in a line. It is said once a run.
pub(super) const AS_SCRIPT: &str =
    "the same with --emit node prints it as a program to run (or php, python, curl, json)";

impl Failed<'_> {
    /// Whether it can become something to run: what went on in a shop cannot.
    pub(super) fn can_be_a_script(self) -> bool {
        self.result.case.property().is_some()
    }
}

/// Whether the case is about the mistake that was found: then it says best what is wrong.
fn leads(failed: Failed<'_>) -> bool {
    let Some(case) = failed.result.case.property() else { return true };
    let about = &case.about;
    certain(failed.finding).iter().any(|mistake| about.iter().any(|word| mistake.contains(word.as_str())))
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
        EntryFault::Unmatched { nearest } => {
            let meant = nearest.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            (
                format!("`{case}` covers no case that there is{meant}"),
                "Correct the pattern, or take the entry off the list.",
            )
        }
    }
}
