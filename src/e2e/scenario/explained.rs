//! What a user is told before anything is tried: the steps, and which scenarios a half-written configuration lets run.

use std::fs;

use serde_json::Value;

use crate::support::{Ran, root, run, run_in};

#[test]
fn the_steps_are_printed_all_or_by_their_words() {
    let all = run(&["steps"]);
    assert_eq!(all.code, 0, "{}", all.shown());
    let markdown = run(&["steps", "--format", "markdown"]).stdout;
    assert_eq!(markdown, fs::read_to_string(root().join("src/scenario/STEPS.md")).expect("the list"));
    let json: Value = serde_json::from_str(&run(&["steps", "--format", "json"]).stdout).expect("JSON");
    assert_eq!(json["schema"], "provkassa/steps/1");
    let steps = json["steps"].as_array().expect("steps");
    assert!(steps.len() > 40 && json["forgeries"].as_array().is_some_and(|all| all.len() > 5));
    for step in steps {
        let text = |name: &str| step[name].as_str().expect("text");
        assert!(text("example").starts_with(text("word")), "{step}");
        for said in [&all.stdout, &markdown] {
            assert!(said.contains(text("pattern")) && said.contains(text("does")), "{step}");
        }
    }
    let some = run(&["steps", "Refund", "refuses"]).stdout;
    assert_eq!(some.lines().next(), Some("Then the shop refuses to refund the order"), "{some}");
    assert_eq!(some.lines().count(), 3, "{some}");
    let none = run(&["steps", "refnud"]);
    assert!(none.code == 2 && none.stderr.contains("no step has `refnud`"), "{}", none.shown());
    assert!(none.stderr.contains("Did you mean `refund`?"), "{}", none.stderr);
}

#[test]
fn an_unknown_step_of_one_s_own_names_the_nearest_and_the_list() {
    let folder = tempfile::tempdir().expect("a folder");
    let feature = "@scenario\nFeature: f\n  @id:quickpay/own/x @must @observed\n  Scenario: It MUST\n    Source: ours\n    \
                   Why: so\n    Remedy: that\n    When the payer pays up\n";
    fs::write(folder.path().join("own.feature"), feature).expect("written");
    let ran = run_in(folder.path(), &["check", "--features", ".", "--shop", "reference"]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    for said in
        ["there is no step `the payer pays up`", "Did you mean `the payer pays`?", "`provkassa steps`"]
    {
        assert!(ran.stderr.contains(said), "{said} in {}", ran.stderr);
    }
}

const HALF: &str = "[shop]
start = \"npm start\"
status = { url = \"http://127.0.0.1:3999/orders/{order}\", pointer = \"/status\", paid = [\"paid\"] }
[shop.quickpay]
checkout = { url = \"http://127.0.0.1:3999/pay\", json = { order = \"{order}\" } }
[shop.fena]
";

fn dry(text: &str) -> Ran {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("provkassa.toml"), text).expect("written");
    run_in(folder.path(), &["check", "--dry-run"])
}

#[test]
fn a_dry_run_ends_with_counts_and_with_what_to_add() {
    let ran = dry(HALF);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let (list, more) = ran.stdout.split_once("\n\n").expect("two parts");
    let would_run = list.lines().filter(|line| line.starts_with("would run ")).count();
    let (counts, more) = more.split_once("\n\n").expect("counts");
    assert!(would_run > 30 && counts.starts_with(&format!("{would_run} of ")), "{counts}");
    assert!(list.contains("the shop has no [shop.bambora]") && !list.contains("bambora/"), "{list}");
    assert!(list.contains("`shop.fena.checkout` is not configured") && !list.contains("fena/"), "{list}");
    assert!(list.contains("quickpay/after/refunded"), "{list}");
    assert_eq!(more.matches("[shop.quickpay.actions]").count(), 1, "each table once: {more}");
    assert!(more.contains("webhook = \"http://127.0.0.1:3999/callback/fena\""), "{more}");
}

#[test]
fn what_a_dry_run_says_to_add_lets_every_scenario_run() {
    // What is to be added to a table of one's own stands there already, in the end.
    let mut text = HALF.replace("paid = [\"paid\"]", "paid = [\"paid\"]MORE");
    for _ in 0..6 {
        let ran = dry(&text.replace("MORE", ""));
        let Some((_, more)) = ran.stdout.split_once("To run more") else { break };
        for table in more.split("\n\n").skip(1) {
            let lines: Vec<&str> = table.lines().skip(1).collect();
            let (heading, lines) = lines.split_first().expect("a table");
            for line in lines {
                if heading.starts_with('#') {
                    text = text.replace("MORE", &format!(", {line}MORE"));
                } else if text.contains(&format!("{heading}\n")) {
                    text = text.replace(&format!("{heading}\n"), &format!("{heading}\n{line}\n"));
                } else {
                    text.push_str(&format!("{heading}\n{line}\n"));
                }
            }
        }
    }
    let ran = dry(&text.replace("MORE", ""));
    assert!(ran.stdout.contains(" scenarios would run, 0 unsupported"), "{text}\n{}", ran.shown());
}

#[test]
fn a_dry_run_of_an_empty_section_says_how_to_begin() {
    let ran = dry("[shop]\n");
    assert_eq!(ran.code, 5, "{}", ran.shown());
    for said in ["0 of ", "\n[shop.status]\n", "\n[shop.quickpay]\n", "\n[shop.fenerum.subscription]\n"] {
        assert!(ran.stdout.contains(said), "{said} in {}", ran.stdout);
    }
}
