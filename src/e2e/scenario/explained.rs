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
fn the_steps_begin_with_a_whole_feature_and_what_one_lacks_is_told_at_once() {
    let all = run(&["steps"]).stdout;
    for said in ["Feature: Gift cards", "@id:quickpay/own/gift-card @must", "Remedy: send it when"] {
        assert!(all.contains(said), "{said} in {all}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let lacks = ["@id:", "@must and @should", "@documented, @observed", "`Source:`", "`Why:`", "`Remedy:`"];
    for (text, says) in [
        ("Feature: f\n  Scenario: x\n    When the payer pays\n", &lacks[..]),
        (
            "Feature: f\n  Scenario: x\n    When the payer pays\n    Thne it is\n",
            &["line 4, `Thne it is`", "Expected is"],
        ),
        ("Scenario: x\n", &["it begins with `Feature:`"]),
    ] {
        fs::write(folder.path().join("own.feature"), text).expect("written");
        let ran = run_in(folder.path(), &["check", "--features", ".", "--shop", "reference"]);
        assert_eq!(ran.code, 2, "{}", ran.shown());
        for said in says {
            assert!(ran.stderr.contains(said), "{said} in {}", ran.stderr);
        }
    }
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
    assert_eq!(more.matches("[shop.quickpay.actions.capture]").count(), 1, "each table once: {more}");
    assert!(more.contains("webhook = \"http://127.0.0.1:3999/callback/fena\""), "{more}");
}

/// The file with everything that a dry run says to add: below it, or in the table of the file that the advice names.
fn with_advice(text: &str) -> String {
    let ran = dry(text);
    let Some((_, more)) = ran.stdout.split_once("with its own addresses:\n") else { return text.to_owned() };
    // It can be appended as it stands.
    let mut whole = format!("{text}{more}");
    toml::from_str::<toml::Table>(&whole).unwrap_or_else(|error| panic!("{error} in {whole}"));
    let mut place = "";
    for line in more.lines() {
        if let Some(into) = line.strip_prefix("# into `") {
            place = into.split('`').next().expect("a table");
        } else if let Some(line) = line.strip_prefix("#   ") {
            let heading = format!("[{place}]\n");
            let inline = format!("{} = {{", place.rsplit('.').next().expect("a name"));
            let (found, put) = if text.contains(&heading) {
                (heading.clone(), format!("{heading}{line}\n"))
            } else {
                (inline.clone(), format!("{inline} {line},"))
            };
            whole = whole.replacen(&found, &put, 1);
        }
    }
    whole
}

#[test]
fn what_a_dry_run_says_to_add_lets_every_scenario_run() {
    let readme = fs::read_to_string(root().join("README.md")).expect("the text");
    let begins = readme.find("[shop]                     ").expect("the example");
    let documented = readme[begins..].split("```").next().expect("its end").to_owned();
    assert!(documented.contains("actions.capture = "), "{documented}");
    let inline = HALF.replace(
        "[shop.fena]\n",
        "actions = { capture = { url = \"http://127.0.0.1:3999/c\" } }\n[shop.fena]\n",
    );
    for text in [HALF, &documented, &inline] {
        let mut text = text.to_owned();
        for _ in 0..6 {
            text = with_advice(&text);
        }
        let ran = dry(&text);
        assert!(ran.stdout.contains(" scenarios would run, 0 unsupported"), "{text}\n{}", ran.shown());
    }
    // A shop that names its orders itself is not asked to take names.
    let own =
        HALF.replace("{ order = \"{order}\" } }", "{ text = \"tea\" } }\norder = { pointer = \"/id\" }");
    let more = dry(&own).stdout;
    assert!(!more.contains("{ order = \"{order}\""), "{more}");
    assert!(more.contains("[shop.bambora]") && more.contains("\norder = { pointer = \"/id\" }"), "{more}");
}

#[test]
fn a_dry_run_of_an_empty_section_says_how_to_begin() {
    let ran = dry("[shop]\n");
    assert_eq!(ran.code, 5, "{}", ran.shown());
    for said in ["0 of ", "\n[shop.status]\n", "\n[shop.quickpay]\n", "\n[shop.fenerum.subscription]\n"] {
        assert!(ran.stdout.contains(said), "{said} in {}", ran.stdout);
    }
}

#[test]
fn what_keeps_a_scenario_from_its_subject_is_told_once_with_advice_of_its_own() {
    for (mistake, only, advice, got) in [
        (
            "verifies-parsed-json",
            "quickpay/callback/payer-never-returns,quickpay/callback/taken",
            "the callback is genuine",
            "it answered 400",
        ),
        (
            "keys-with-a-line-end",
            "brp/redirect/paid,brp/redirect/what-is-sent-is-right",
            "put right what the provider says is wrong",
            "your secret word ends with a newline",
        ),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let shop = format!("reference:{mistake}");
        let ran = run_in(folder.path(), &["check", "--shop", &shop, "--only", only]);
        assert_eq!(ran.code, 1, "{}", ran.shown());
        assert!(ran.stdout.contains(&format!("do:  {advice}")) && ran.stdout.contains(got), "{}", ran.stdout);
        assert_eq!(ran.stdout.matches("do:  ").count(), 1, "one finding: {}", ran.stdout);
        assert!(ran.stdout.contains("so fails  "), "{}", ran.stdout);
    }
}
