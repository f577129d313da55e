//! Every report of one run in which everything happens, hostile texts and all.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::date;
use provkassa_simulators::kit::diagnosis::Counts;
use serde_json::{Map, Value, json};

use super::story::Story;
use super::wanted::Told;
use super::{html, json, junit, markdown, summing_up};
use crate::adapter::{AdapterError, Asked, Fault, Hello};
use crate::conformance::{
    Case, CaseResult, EntryFault, KnownFailure, Level, StaleEntry, Summary, Verdict, cases,
};
use crate::finding::{Finding, Near, Theirs};

/// What nobody wants in a report.
const HOSTILE: &str = "\u{1b}]0;owned\u{7}]]></failure><script>document.title='owned'</script>|`::error::x`\u{fffe}\u{202e}\r\n::error::second line";

fn finding(headline: &str, text: &str) -> Finding {
    let message = json!({"endpoint": "payfororder", "parameters": [["orderid", text]], "secret": "s"});
    Finding {
        headline: headline.to_owned(),
        mistakes: vec!["brp.hash/returnurl-percent-encoded"],
        why: "BRP decodes the query.".to_owned(),
        remedy: "Hash it as it is.".to_owned(),
        message: message.as_object().expect("an object").clone(),
        shows: vec![text.to_owned()],
        failed: 3,
        tried: 4,
        expected: "1".to_owned(),
        got: text.to_owned(),
        canonical: Some("1s".to_owned()),
        theirs: Some(Theirs { canonical: text.to_owned(), given: true, differs_at: Some(0) }),
        replay: "provkassa check --replay '{}'".to_owned(),
        ..Finding::default()
    }
}

fn known(pattern: &str) -> KnownFailure {
    KnownFailure {
        case: pattern.to_owned(),
        reason: format!("after the summer | {HOSTILE}"),
        expires: Some(date(2027, 1, 31)),
    }
}

fn result(case: &Case, verdict: Verdict) -> CaseResult {
    CaseResult {
        case: case.clone(),
        verdict,
        tried: 4,
        unsupported: 0,
        untried: 0,
        tolerated: Vec::new(),
        known: None,
        took: Duration::from_millis(1),
    }
}

/// A run with each verdict, twice the same mistake, and each kind of stale entry.
fn summary(text: &str) -> Summary {
    let all = cases().expect("cases");
    let must: Vec<&Case> = all.iter().filter(|case| case.level == Level::Must).collect();
    let should = all.iter().find(|case| case.level == Level::Should).expect("a case");
    let fail = |headline: &str| Verdict::Fail(Box::new(finding(headline, text)));
    let broken = AdapterError {
        kind: Fault::Own { to: "brp.return".to_owned(), message: text.to_owned() },
        stderr: Some(text.to_owned()),
        asked: Some(Box::new(Asked { message: Map::new(), replay: "provkassa check --replay 1".to_owned() })),
    };
    let results = vec![
        result(should, fail("you left it open")),
        result(must[0], fail("you percent-encoded returnurl")),
        result(must[1], fail("you percent-encoded returnurl")),
        CaseResult { known: Some(known("brp/*")), ..result(must[2], fail("you knew")) },
        result(must[3], Verdict::Broken(broken.into())),
        result(must[4], Verdict::NotRun(text.to_owned())),
        result(must[5], Verdict::Unsupported(text.to_owned())),
        result(must[6], Verdict::Pass),
    ];
    let passes = EntryFault::Passes { cases: vec![must[6].id.clone()] };
    let stale = [passes, EntryFault::Expired, EntryFault::Unmatched { nearest: Some(text.to_owned()) }];
    let stale = stale.into_iter().map(|fault| StaleEntry { entry: known("brp/ha|sh"), fault }).collect();
    Summary { results, stale, seed: 7, took: Duration::from_millis(1500), early: None }
}

fn hello(name: &str) -> Hello {
    Hello {
        name: name.to_owned(),
        language: name.to_owned(),
        ops: vec!["brp.hash".to_owned()],
        window: 1,
        controls_time: true,
    }
}

fn told<'a>(summary: &'a Summary, hello: &'a Hello) -> Told<'a> {
    Told { summary, hello: Some(hello), began: Timestamp::from_second(1_795_000_000).expect("a moment") }
}

#[test]
fn json_has_its_shape_and_every_text_whole() {
    let long = HOSTILE.repeat(1_000);
    let summary = summary(&long);
    let value = json::to_json(&summary, Some(&hello(HOSTILE)));
    let schema = include_str!("../../fixtures/protocol/report.schema.json");
    let schema: Value = serde_json::from_str(schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let errors: Vec<_> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert_eq!(value["cases"][0]["finding"]["theirs"]["canonical"], long);
    assert_eq!(value["cases"][3]["known"]["expires"], "2027-01-31");
    assert_eq!(
        value["totals"],
        json!({"pass": 1, "fail": 3, "known": 1, "unsupported": 1, "not_run": 1, "broken": 1})
    );
    assert_eq!(value["stale"][0]["fault"]["what"], "passes");
}

#[test]
fn junit_tells_known_failures_as_skipped_and_stale_entries_as_failures_of_their_own() {
    let (summary, hello) = (summary(HOSTILE), hello(HOSTILE));
    let xml = junit::to_xml(told(&summary, &hello));
    assert!(xml.contains("<skipped message=\"known until 2027-01-31: after the summer"), "{xml}");
    let (_, stale) =
        xml.split_once("<testsuite name=\"provkassa.known-failures\" tests=\"3\"").expect("a suite");
    assert_eq!(stale.matches("<failure").count(), 3);
    assert!(xml.contains("tests=\"11\" skipped=\"3\" failures=\"6\" errors=\"1\""), "{xml}");
    assert!(xml.contains("time=\"0.008\" timestamp=\"2026-11-18T11:06:40\""), "{xml}");
    // XML has no way to write these, not even escaped.
    assert!(
        xml.chars()
            .all(|sign| matches!(sign, '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..))
    );
}

#[test]
fn html_shows_what_was_said_and_obeys_none_of_it() {
    let (summary, hello) = (summary(HOSTILE), hello(HOSTILE));
    let page = html::to_html(told(&summary, &hello));
    assert!(page.contains("<title>provkassa: The adapter broke; 2 findings in 3 of 8 cases; 1 entry of the known failures needs attention</title>"));
    assert_eq!(page.matches("<script>").count(), 1, "its own");
    assert_eq!(page.matches("</script>").count(), 1);
    assert!(!page.contains(['\u{1b}', '\u{7}', '\u{202e}', '\u{fffe}', '\r']));
    for said in ["until 2027-01-31", "after the summer", "2 cases", "Take what passes off the list."] {
        assert!(page.contains(said), "{said}");
    }
}

#[test]
fn markdown_keeps_its_tables_and_its_bound() {
    let (summary, hello) = (summary(HOSTILE), hello(HOSTILE));
    let page = markdown::to_markdown(told(&summary, &hello), markdown::LIMIT);
    let outside: Vec<&str> = {
        let mut fenced = false;
        page.lines()
            .filter(|line| {
                fenced ^= line.starts_with("```");
                !fenced
            })
            .collect()
    };
    assert!(outside.iter().all(|line| !line.contains("<script>") && !line.starts_with("::")), "{page}");
    let mut columns = None;
    for line in outside {
        let bars = line.replace("\\|", "").matches('|').count();
        if line.starts_with('|') {
            assert_eq!(*columns.get_or_insert(bars), bars, "{line}");
        } else {
            columns = None;
        }
    }
    for limit in [0, 400, 2_000, 5_000] {
        let short = markdown::to_markdown(told(&summary, &hello), limit);
        assert!(short.len() <= limit, "{limit}: {}", short.len());
        assert_eq!(short.contains("left out"), limit > 300, "{limit}");
    }
}

#[test]
fn the_last_lines_tell_what_is_known_and_what_was_not_tried() {
    let summary = summary(HOSTILE);
    let said = summing_up::lines(&Story::of(&summary)).join("\n");
    assert!(said.contains("known until 2027-01-31, 1 case: brp/* (after the summer"), "{said}");
    assert!(said.contains("unsupported, 1 case: \\u{1b}]0;owned"), "{said}");
    assert!(
        said.contains("1 pass, 1 broken, 3 fail, 1 known, 1 unsupported, 1 not run, 1 stale entry"),
        "{said}"
    );
}

#[test]
fn findings_that_differ_in_what_is_wrong_besides_are_one() {
    let mut summary = summary("x");
    let all = cases().expect("cases");
    let must: Vec<&Case> = all.iter().filter(|case| case.level == Level::Must).collect();
    let lead = "you left the secret word out";
    let says = |place: usize, headline: String, near: Option<Near>| {
        let mistakes = if near.is_some() { Vec::new() } else { vec!["brp.hash/secret-missing"] };
        let finding = Finding { headline, mistakes, near, ..finding("", "x") };
        result(must[place], Verdict::Fail(Box::new(finding)))
    };
    let near = |then: Vec<&'static str>| Near {
        when: "`orderid` holds a `+`".to_owned(),
        turned: false,
        always: vec!["brp.hash/secret-missing"],
        then,
        counts: Counts { failing: 1, of_failing: 1, passing: 0, of_passing: 1 },
    };
    let clause = "it fails as soon as `orderid` holds a `+`";
    summary.results = vec![
        says(0, format!("{lead}, and besides {clause}"), Some(near(Vec::new()))),
        says(1, lead.to_owned(), None),
        says(2, format!("{lead}; something else is wrong with `url`"), None),
        says(3, format!("{lead}, and besides {clause}"), Some(near(Vec::new()))),
        says(4, format!("{lead}, and you did more, but only where"), Some(near(vec!["brp.hash/sha1"]))),
    ];
    let story = Story::of(&summary);
    assert_eq!(story.findings.len(), 2, "what it does there is another mistake");
    let told = &story.findings[0];
    assert_eq!((told.lead.finding.headline.as_str(), told.size()), (lead, 4), "the plain one leads");
    let besides = [
        format!("{clause} ({})", must[0].id),
        format!("something else is wrong with `url` ({})", must[2].id),
    ];
    assert_eq!(told.besides(), besides);
    assert!(told.lines().ends_with(&besides.map(|text| format!("  besides   {text}"))));
}
