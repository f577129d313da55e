//! The run as JUnit XML, which Jenkins, GitLab and GitHub read.

use jiff::tz::TimeZone;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::shown::{bounded, line, lines};
use super::story::stale;
use super::wanted::Told;
use crate::adapter::AdapterError;
use crate::conformance::{CaseResult, StaleEntry, Verdict};
use crate::finding::Finding;

/// The suite of the entries of the known failures that need attention.
const STALE: &str = "provkassa.known-failures";

/// The report. A finding is a `failure`, a broken adapter an `error`, the rest is `skipped`.
#[must_use]
pub(super) fn to_xml(told: Told<'_>) -> String {
    let mut report = Report::new("provkassa");
    report.set_time(told.summary.took);
    let mut suites: Vec<TestSuite> = Vec::new();
    let cases = told.summary.results.iter().map(|result| (suite_of(&result.case.id), test_case(result)));
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

fn test_case(result: &CaseResult) -> TestCase {
    let status = match (&result.verdict, &result.known) {
        (Verdict::Pass, _) => TestCaseStatus::success(),
        (Verdict::Fail(finding), Some(known)) => {
            let until = known.expires.map_or_else(String::new, |day| format!(" until {day}"));
            let why = format!("known{until}: {} ({})", line(&known.reason), line(&finding.headline));
            skipped(&why)
        }
        (Verdict::Fail(finding), None) => failure(result, finding),
        (Verdict::Broken(error), _) => broken(error),
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
    let head = format!("{}: {}\nagain: {}", case.level, case.requirement, finding.replay);
    let rule = format!("rule: {}: {}", case.provenance, line(&case.source));
    let text = format!("{head}\n\n{}\n{rule}\n", bounded(finding.lines()).join("\n"));
    status.set_description(text);
    status
}

fn broken(error: &AdapterError) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    let what = lines(&error.to_string()).join("\n");
    status.set_message(what.as_str()).set_type("broken");
    let stderr = error.stderr.as_ref().map(|stderr| format!("\n\nstderr:\n{}", lines(stderr).join("\n")));
    status.set_description(format!("{what}\n{}{}", error.kind.help(), stderr.unwrap_or_default()));
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
