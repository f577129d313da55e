//! What a workflow of GitHub Actions gets.

use std::fs;

use super::hostile::check_hostile;
use crate::support::found;

#[test]
fn a_workflow_of_github_gets_annotations_and_a_summary() {
    if !found("node", "an adapter that says odd things") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let summary = folder.path().join("summary.md");
    fs::write(&summary, "before\n").expect("written");
    let path = summary.display().to_string();
    let github = [("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", path.as_str())];
    let ran = check_hostile(folder.path(), &github, &[]);
    assert_eq!(ran.code, 3);
    // While the adapter's words are told, no line is a command.
    let mut lines = ran.stdout.lines();
    let token =
        lines.next().and_then(|line| line.strip_prefix("::stop-commands::")).expect("they are stopped");
    assert!(token.len() > 30);
    let resumed = lines.position(|line| line == format!("::{token}::"));
    assert!(resumed.is_some_and(|talk| talk > 20), "{}", ran.stdout);
    let annotations: Vec<&str> = lines.collect();
    let of =
        |kind: &str| annotations.iter().filter(|line| line.starts_with(&format!("::{kind} title="))).count();
    assert!(of("error") > 2 && of("error") <= 10 && of("warning") <= 10, "{annotations:#?}");
    assert_eq!(of("error") + of("warning") + of("notice"), annotations.len(), "{annotations:#?}");
    assert!(annotations[0].starts_with("::error title=the adapter broke::"));
    assert!(annotations.iter().any(|line| line.contains("%0Aagain: provkassa check")));
    let written = fs::read_to_string(&summary).expect("the summary");
    assert!(written.starts_with("before\n## provkassa: The adapter broke"), "{written}");

    // Asked for by name it is the same elsewhere; a summary that is full stays as it is.
    fs::write(&summary, "x".repeat(1_000_000)).expect("written");
    let ran = check_hostile(folder.path(), &[github[1]], &["--format", "github"]);
    assert!(ran.stdout.contains("\n::error title="));
    assert_eq!(fs::metadata(&summary).expect("the summary").len(), 1_000_000);
    let nowhere = [github[0], ("GITHUB_STEP_SUMMARY", "/proc/no/summary")];
    let ran = check_hostile(folder.path(), &nowhere, &["--only", "brp/link"]);
    assert!(
        ran.stdout.contains("::warning title=provkassa::The step summary could not be written"),
        "{}",
        ran.stdout
    );
}
