//! The run as JUnit XML, which Jenkins, GitLab and GitHub read.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::conformance::{CaseResult, Summary, Verdict};

/// The report. A finding is a `failure`, a broken adapter an `error`, the rest is `skipped`.
#[must_use]
pub(super) fn to_xml(summary: &Summary) -> String {
    let mut report = Report::new("provkassa");
    report.set_time(summary.took);
    let mut suites: Vec<TestSuite> = Vec::new();
    for result in &summary.results {
        let name = suite_of(&result.case.id);
        let known = suites.iter().position(|suite| suite.name.as_str() == name);
        let place = known.unwrap_or_else(|| {
            let mut suite = TestSuite::new(name.as_str());
            suite.add_property(("seed", summary.seed.to_string().as_str()));
            suite.add_property(("version", crate::VERSION));
            suites.push(suite);
            suites.len() - 1
        });
        suites[place].add_test_case(test_case(result));
    }
    report.add_test_suites(suites);
    report.to_string().unwrap_or_default()
}

/// `brp/hash/x` is in `brp.hash`.
fn suite_of(id: &str) -> String {
    id.split('/').take(2).collect::<Vec<_>>().join(".")
}

fn test_case(result: &CaseResult) -> TestCase {
    let status = match &result.verdict {
        Verdict::Pass => TestCaseStatus::success(),
        Verdict::Fail(finding) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(finding.headline.as_str()).set_type(result.case.level.to_string().as_str());
            // The verdict and the way to see it again come first: some readers hide attributes.
            let mut text = format!("{}\nagain: {}\n\n", result.case.requirement, finding.replay);
            text.push_str(&finding.lines().join("\n"));
            status.set_description(text);
            status
        }
        Verdict::Broken(error) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message(error.to_string().as_str()).set_type("broken");
            let stderr = error.stderr.as_ref().map(|stderr| format!("\n\nstderr:\n{stderr}"));
            let stderr = stderr.unwrap_or_default();
            status.set_description(format!("{error}\n{}{stderr}", error.kind.help()));
            status
        }
        Verdict::NotRun(why) | Verdict::Unsupported(why) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(format!("{}: {why}", result.verdict.word()).as_str());
            status
        }
    };
    let mut case = TestCase::new(result.case.id.as_str(), status);
    case.set_classname(suite_of(&result.case.id).as_str());
    case.set_time(result.took);
    case
}
