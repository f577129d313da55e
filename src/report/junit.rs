//! The run as JUnit XML, which Jenkins, GitLab and GitHub read.

use jiff::tz::TimeZone;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::broken::Broken;
use super::shown::{bounded, line};
use super::story::{AS_SCRIPT, stale};
use super::wanted::Told;
use crate::conformance::{CaseResult, Obstacle, StaleEntry, Verdict};
use crate::finding::Finding;

/// The suite of the entries of the known failures that need attention.
const STALE: &str = "provkassa.known-failures";

/// The report. A finding is a `failure`, a broken adapter an `error`, the rest is `skipped`.
#[must_use]
pub(super) fn to_xml(told: Told<'_>) -> String {
    let causes = Broken::causes(&told.summary.results);
    let mut report = Report::new("provkassa");
    report.set_time(told.summary.took);
    let mut suites: Vec<TestSuite> = Vec::new();
    let cases =
        told.summary.results.iter().map(|result| (suite_of(&result.case.id), test_case(result, &causes)));
    let entries = told.summary.stale.iter().map(|entry| (STALE.to_owned(), stale_entry(entry)));
    for (name, case) in cases.chain(entries) {
        let known = suites.iter().position(|suite| suite.name.as_str() == name);
        let place = known.unwrap_or_else(|| {
            suites.push(suite(&name, told));
            suites.len() - 1
        });
        let time = suites[place].time.unwrap_or_default() + case.time.unwrap_or_default();
        suites[place].set_time(time);
        suites[place].add_test_case(case);
    }
    report.add_test_suites(suites);
    report.to_string().unwrap_or_default()
}

/// `brp/hash/x` is in `brp.hash`.
fn suite_of(id: &str) -> String {
    id.split('/').take(2).collect::<Vec<_>>().join(".")
}

fn suite(name: &str, told: Told<'_>) -> TestSuite {
    let mut suite = TestSuite::new(name);
    // Without a zone, as the format has it; UTC.
    let began = told.began.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S").to_string();
    suite.extra.insert("timestamp".into(), began.into());
    suite.add_property(("seed", told.summary.seed.to_string().as_str()));
    suite.add_property(("version", crate::VERSION));
    if let Some(hello) = told.hello {
        let target = format!("{} ({})", line(&hello.name), line(&hello.language));
        suite.add_property(("target", target.as_str()));
    }
    suite
}

fn test_case(result: &CaseResult, causes: &[Broken<'_>]) -> TestCase {
    let status = match (&result.verdict, &result.known) {
        (Verdict::Pass, _) => TestCaseStatus::success(),
        (Verdict::Fail(finding), Some(known)) => {
            let until = known.expires.map_or_else(String::new, |day| format!(" until {day}"));
            let why = format!("known{until}: {} ({})", line(&known.reason), line(&finding.headline));
            skipped(&why)
        }
        (Verdict::Fail(finding), None) => failure(result, finding),
        (Verdict::Broken(error), _) => broken(result, error, causes),
        (Verdict::NotRun(why) | Verdict::Unsupported(why), _) => {
            skipped(&format!("{}: {}", result.verdict.word(), line(why)))
        }
    };
    let mut case = TestCase::new(result.case.id.as_str(), status);
    case.set_classname(suite_of(&result.case.id).as_str());
    case.set_time(result.took);
    case
}

/// The verdict and the way to see it again come first: some readers hide attributes.
fn failure(result: &CaseResult, finding: &Finding) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    let case = &result.case;
    status.set_message(line(&finding.headline).as_str()).set_type(case.level.to_string().as_str());
    let script = case.property().map_or_else(String::new, |_| format!("\nscript: {AS_SCRIPT}"));
    let head = format!("{}: {}\nagain: {}{script}", case.level, case.requirement, finding.replay);
    let text = format!("{head}\n\n{}\n", bounded(finding.lines()).join("\n"));
    status.set_description(text);
    status
}

/// The first case of a cause tells it in full, the others where that is.
fn broken(result: &CaseResult, error: &Obstacle, causes: &[Broken<'_>]) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    let what = line(error.to_string().lines().next().unwrap_or_default());
    status.set_message(what.as_str()).set_type("broken");
    let is_here = |one: &&CaseResult| one.case.id == result.case.id;
    let Some(cause) = causes.iter().find(|cause| cause.cases.iter().any(is_here)) else { return status };
    let first = &cause.cases[0].case.id;
    if *first != result.case.id {
        status.set_description(format!("{what}\nThe cause is that of {first}, where it is told in full."));
        return status;
    }
    let stderr = match cause.stderr() {
        stderr if stderr.is_empty() => String::new(),
        stderr => format!("\n\n{}:\n{}", cause.channel(), stderr.join("\n")),
    };
    let (what, help, place) = (cause.what().join("\n"), error.help(), cause.place());
    let again = cause.again().map_or_else(String::new, |command| format!("\nagain: {command}"));
    status.set_description(format!("{what}\n{help}\nin {place}{again}{stderr}"));
    status
}

fn skipped(why: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(why);
    status
}

fn stale_entry(entry: &StaleEntry) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    let (what, help) = stale(entry);
    let what = line(&what);
    status.set_message(what.as_str()).set_type("stale");
    status.set_description(format!("{what}\n{help}\nreason: {}", line(&entry.entry.reason)));
    let mut case = TestCase::new(line(&entry.entry.case), status);
    case.set_classname(STALE);
    case.set_time(std::time::Duration::ZERO);
    case
}
