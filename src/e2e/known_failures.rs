//! Known failures: accepted with a reason, until a day, and found when they are not needed any more.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::mistakes::with_verdict;
use crate::support::{PROGRAM, Ran, run_in};

/// What percent-encodes the return URL before it hashes: some cases of brp/hash fail, and some pass.
const WRONG: &str = "adapter --mistake brp.hash/returnurl-percent-encoded";

/// Runs `check` on a few cases, with the reference adapter and these of its flags.
fn check(folder: &Path, adapter: &str, more: &[&str]) -> (Ran, Value) {
    let adapter = format!("{PROGRAM} {adapter}");
    let base = ["check", "--adapter", &adapter, "--cases", "12", "--report", "json=r.json"];
    let only = if more.contains(&"--only") { &[][..] } else { &["--only", "brp/hash"] };
    let ran = run_in(folder, &[&base, only, more].concat());
    let report = fs::read_to_string(folder.join("r.json"));
    let report = report.unwrap_or_else(|error| panic!("{error}: {}", ran.shown()));
    (ran, serde_json::from_str(&report).expect("JSON"))
}

fn ids(cases: &[&Value]) -> Vec<String> {
    cases.iter().map(|case| case["id"].as_str().expect("an id").to_owned()).collect()
}

fn entry(case: &str, more: &str) -> String {
    format!("[[failure]]\ncase = \"{case}\"\nreason = \"ticket 17\"\n{more}\n")
}

/// A folder whose list of known failures is this.
fn folder(list: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("known-failures.toml"), list).expect("written");
    folder
}

#[test]
fn an_old_code_base_begins_with_the_failures_that_it_has() {
    let folder = tempfile::tempdir().expect("a folder");
    let (before, report) = check(folder.path(), WRONG, &["--write-known-failures", "known-failures.toml"]);
    assert_eq!(before.code, 1, "what fails is found, accepted or not yet");
    let failing = ids(&with_verdict(&report, "fail"));
    assert!(failing.len() > 1 && !with_verdict(&report, "pass").is_empty());
    let written = fs::read_to_string(folder.path().join("known-failures.toml")).expect("a list");
    assert_eq!(written.matches("[[failure]]").count(), failing.len());
    assert!(written.contains("reason = \"you percent-encoded returnurl before hashing\""), "{written}");

    // It lies where it is found, and says itself what is accepted.
    let (after, report) = check(folder.path(), WRONG, &["--fail-fast", "--max-failures", "1"]);
    assert_eq!(after.code, 0, "{}", after.shown());
    assert_eq!(ids(&with_verdict(&report, "known")), failing, "they are no findings, and end no run");
    assert!(with_verdict(&report, "not run").is_empty());
    assert_eq!((&report["totals"]["fail"], &report["stale"]), (&json!(0), &json!([])));

    // What is not on the list is found, and it alone is written.
    let shorter = written.rsplit_once("\n[[failure]]").expect("several entries").0;
    fs::write(folder.path().join("shorter.toml"), shorter).expect("written");
    let more = ["--known-failures", "shorter.toml", "--write-known-failures", "more.toml"];
    let (found, report) = check(folder.path(), WRONG, &more);
    assert_eq!(found.code, 1);
    assert_eq!(ids(&with_verdict(&report, "fail")), failing[failing.len() - 1..]);
    let more = fs::read_to_string(folder.path().join("more.toml")).expect("a list");
    assert_eq!(more.matches("[[failure]]").count(), 1, "{more}");

    // Mended: the list has done its work.
    let (mended, report) = check(folder.path(), "adapter", &["--write-known-failures", "none.toml"]);
    assert_eq!(mended.code, 1, "{}", mended.shown());
    assert!(!folder.path().join("none.toml").exists(), "there is nothing to accept");
    let stale = report["stale"].as_array().expect("entries");
    assert_eq!(stale.len(), failing.len());
    for (stale, case) in stale.iter().zip(&failing) {
        assert_eq!(stale["entry"]["case"], *case);
        assert_eq!(stale["fault"], json!({"what": "passes", "cases": [case]}));
    }
    // A file that is there is nobody's to overwrite.
    let refused =
        run_in(folder.path(), &["check", "--adapter", "x", "--write-known-failures", "known-failures.toml"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("`known-failures.toml` is there already"), "{}", refused.stderr);
}

#[test]
fn an_entry_counts_until_its_day_is_over() {
    let case = "brp/hash/returnurl-is-hashed-decoded";
    let only = ["--only", case];
    for (expires, code) in [("", 0), ("expires = 2999-12-31", 0), ("expires = 2020-02-29", 1)] {
        let folder = folder(&entry(case, expires));
        let (ran, report) = check(folder.path(), WRONG, &only);
        assert_eq!(ran.code, code, "{expires}: {}", ran.shown());
        let word = if code == 0 { "known" } else { "fail" };
        assert_eq!(ids(&with_verdict(&report, word)), [case]);
        if code == 1 {
            assert_eq!(report["stale"][0]["fault"]["what"], "expired");
            assert!(ran.stdout.contains("2020-02-29"), "{}", ran.stdout);
        }
        // Nothing fails: then it is of no use, expired or not.
        let (ran, report) = check(folder.path(), "adapter", &only);
        assert_eq!(ran.code, 1);
        assert_eq!(report["stale"].as_array().map(Vec::len), Some(1));
        assert_eq!(report["stale"][0]["fault"], json!({"what": "passes", "cases": [case]}));
    }
}

#[test]
fn an_entry_that_is_too_wide_is_told_what_passes() {
    let folder = folder(&entry("brp/hash/*", ""));
    let (ran, report) = check(folder.path(), WRONG, &[]);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    let passing = ids(&with_verdict(&report, "pass"));
    assert!(with_verdict(&report, "fail").is_empty() && !with_verdict(&report, "known").is_empty());
    assert_eq!(report["stale"][0]["fault"], json!({"what": "passes", "cases": passing}));
}

#[test]
fn an_entry_for_no_case_is_found_and_one_for_cases_that_were_not_run_is_not() {
    let list = entry("brp/hash/hex-is-lowercase", "") + &entry("zzzzzzzzzzzz", "");
    let (ran, report) = check(folder(&list).path(), "adapter", &[]);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    let faults = report["stale"].as_array().expect("entries").iter().map(|stale| stale["fault"].clone());
    let unmatched = |nearest: Option<&str>| json!({"what": "unmatched", "nearest": nearest});
    assert_eq!(faults.collect::<Vec<_>>(), [unmatched(Some("brp/hash/hex-is-lower-case")), unmatched(None)]);
    assert!(ran.stdout.contains("did you mean `brp/hash/hex-is-lower-case`?"), "{}", ran.stdout);

    // Left out by a filter, in another part, not supported, not reached: nothing is known of these.
    let list = entry("fena", "") + &entry("brp/hash/text-is-utf-8", "expires = 2020-01-01");
    let hidden = folder(&list);
    let skip = ["--skip", "brp/hash/text-is-utf-8"];
    assert_eq!(check(hidden.path(), "adapter", &skip).0.code, 0);
    let part = ["--only", "brp/hash/text-is-utf-8,brp/hash/hex-is-lower-case", "--partition", "slice:1/2"];
    let both = run_in(hidden.path(), &[&["check", "--list"], &part[..2]].concat());
    assert!(both.stdout.starts_with("brp/hash/hex-is-lower-case"), "{}", both.stdout);
    let adapter = format!("{PROGRAM} adapter");
    let other = run_in(hidden.path(), &[&["check", "--adapter", &adapter], &part[..]].concat());
    assert_eq!(other.code, 0, "{}", other.shown());
    fs::write(hidden.path().join("unsupported.sh"), "exit 89").expect("written");
    let unsupported = run_in(hidden.path(), &["check", "--adapter", "sh unsupported.sh"]);
    assert_eq!(unsupported.code, 5, "{}", unsupported.shown());
    let (broken, report) = check(hidden.path(), "adapter --no-such-flag", &[]);
    assert_eq!((broken.code, &report["stale"]), (3, &json!([])));
}

#[test]
fn the_list_lies_beside_the_configuration_or_where_it_is_said_to_be() {
    let case = "brp/hash/returnurl-is-hashed-decoded";
    let folder = folder(&entry(case, ""));
    let below = folder.path().join("below");
    fs::create_dir(&below).expect("made");
    let code = |more: &[&str]| check(&below, WRONG, &[&["--only", case], more].concat()).0.code;
    assert_eq!(code(&[]), 1, "it is nowhere near");
    assert_eq!(code(&["--known-failures", "../known-failures.toml"]), 0);
    let configuration = folder.path().join("provkassa.toml");
    fs::write(&configuration, "").expect("written");
    assert_eq!(code(&[]), 0, "it is beside provkassa.toml");
    fs::create_dir(folder.path().join("lists")).expect("made");
    fs::rename(folder.path().join("known-failures.toml"), folder.path().join("lists/a.toml")).expect("moved");
    assert_eq!(code(&[]), 1);
    fs::write(&configuration, "[check]\nknown_failures = \"lists/a.toml\"\n").expect("written");
    assert_eq!(code(&[]), 0, "paths count from the file");
    let none = run_in(&below, &["check", "--adapter", "x", "--known-failures", "none.toml"]);
    assert_eq!(none.code, 2);
    assert!(none.stderr.contains("`none.toml` cannot be read"), "{}", none.stderr);
}

#[test]
fn a_malformed_list_is_refused_with_line_and_advice() {
    for (list, what, help) in [
        ("[[failure]]\ncase = \"brp\"\n", "line 1: `failure.reason` is missing", "somebody will ask"),
        ("\n[[failure]]\nreason = \"x\"\n", "line 2: `failure.case` is missing", "Name a case"),
        ("[[failure]]\ncase = \"brp\"\nreason = \" \"\n", "line 3: `failure.reason` is missing", "ask"),
        (
            "[[failure]]\ncase = \"brp\"\nreson = \"x\"\n",
            "line 3: there is no key `failure.reson`",
            "Did you mean `failure.reason`?",
        ),
        ("[[failures]]\ncase = \"brp\"\n", "line 1: there is no key `failures`", "Did you mean `failure`?"),
        ("[failure]\ncase = \"brp\"\n", "line 1: `failure` is no list of tables", "Write [[failure]]"),
        (
            "[[failure]]\ncase = \"brp\"\nreason = \"x\"\nexpires = \"2026-12-31\"\n",
            "line 4: `failure.expires` is no date",
            "Write expires = 2027-06-30.",
        ),
        (
            "[[failure]]\ncase = \"brp\"\nreason = \"x\"\nexpires = 2026-12-31T10:00:00Z\n",
            "line 4: `failure.expires` is no date",
            "Write expires = 2027-06-30.",
        ),
        ("[[failure]]\ncase = brp\n", "known-failures.toml, line 2: ", "It is TOML: [[failure]]"),
    ] {
        let ran = run_in(folder(list).path(), &["check", "--adapter", "x"]);
        assert_eq!(ran.code, 2, "{list}: {}", ran.shown());
        assert!(ran.stderr.contains(what) && ran.stderr.contains(help), "{list}: {}", ran.stderr);
    }
}
