//! An adapter that breaks on many messages for one reason: told once, in full, in every report.

use super::junit::assert_is_junit;
use super::{checked_node, read, report};
use crate::support::found;

/// Reports the same trace for every message, at another line each time, and writes it to stderr as often.
const BREAKS: &str = "r=>{globalThis.n=(globalThis.n||0)+1;if(r.op==='brp.link')return{error:'no links'};\
    const trace='ReferenceError: secret is not defined\\n\\tat sign (shop.js:'+n+')\\n'+'\\tat next (loop.js:1)\\n'.repeat(90);\
    console.error(trace);return{error:trace}}";

#[test]
fn one_cause_is_told_once_with_the_cases_that_it_breaks() {
    if !found("node", "an adapter that breaks") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let ran = checked_node(folder.path(), BREAKS, &["--only", "brp/hash,brp/link", "--cases", "8"]);
    assert_eq!(ran.code, 3, "{}", ran.shown());
    let report = report(folder.path());
    let of = |operation: &str| {
        let all = report["cases"].as_array().expect("cases").iter();
        let all = all.filter(|case| case["operation"] == operation && case["verdict"] == "broken");
        all.map(|case| case["id"].as_str().expect("an id")).collect::<Vec<_>>()
    };
    let (hash, link) = (of("brp.hash"), of("brp.link"));
    assert!(hash.len() > 8 && link.len() > 3, "{}", report["totals"]);
    let said = &ran.stdout;
    assert_eq!(said.matches("broken: ").count(), 2, "{said}");
    let place = format!("in {}, and {} other cases: {}", hash[0], hash.len() - 1, hash[1..].join(", "));
    assert!(said.contains(&format!("\n  {place}\n")), "{said}");
    assert!(
        said.contains("\n    at sign (shop.js:") && said.contains("\n    at next (loop.js:1)\n"),
        "{said}"
    );
    assert!(said.contains(" lines left out …") && said.lines().count() < 140, "{said}");

    let (markdown, html, xml) =
        (read(folder.path(), "r.md"), read(folder.path(), "r.html"), read(folder.path(), "r.xml"));
    assert_eq!(markdown.matches("### The adapter broke in ").count(), 2, "{markdown}");
    assert!(markdown.contains(&format!("\n{place}\n")), "{markdown}");
    assert_eq!(html.matches("<article class=\"card broken\"").count(), 2, "{html}");
    assert!(html.contains(&format!("In {} cases: <a href", hash.len())), "{html}");
    assert_is_junit(&xml, &report);
    assert_eq!(xml.matches("<error").count(), hash.len() + link.len());
    let elsewhere = format!("The cause is that of {}, where it is told in full.", hash[0]);
    assert_eq!(xml.matches(&elsewhere).count(), hash.len() - 1, "{xml}");
    assert!((1..=2).contains(&xml.matches("\nstderr:\n").count()), "once a cause");
}

#[test]
fn github_is_told_of_a_cause_once() {
    if !found("node", "an adapter that breaks") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let more = ["--only", "brp/hash", "--cases", "4", "--format", "github"];
    let ran = checked_node(folder.path(), BREAKS, &more);
    let annotations: Vec<&str> =
        ran.stdout.lines().filter(|line| line.starts_with("::error title=the adapter broke")).collect();
    assert_eq!(annotations.len(), 1, "{annotations:#?}");
    assert!(annotations[0].contains("%0Ain brp/hash/") && annotations[0].contains(" other cases: brp/hash/"));
}
