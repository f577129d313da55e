//! `provkassa replay`: every flow goes as its fixture says, and a departure is shown.

use std::fs;

use serde_json::{Value, json};

use crate::support::{root, run, run_in, snapshot};

#[test]
fn every_documented_flow_goes_as_its_fixture_says() {
    let ran = run(&["replay"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let listed = run(&["replay", "--list"]);
    let folders = provkassa::simulators::PROVIDERS
        .iter()
        .map(|provider| format!("fixtures/{}/flows", provider.info().id));
    let flows: usize =
        folders.map(|folder| fs::read_dir(root().join(folder)).expect("a folder").count()).sum();
    assert_eq!(listed.stdout.lines().count(), flows);
    assert!(ran.stderr.contains(&format!("{flows} of {flows} flows")), "{}", ran.stderr);
    for line in listed.stdout.lines() {
        let id = line.split_whitespace().next().expect("an id");
        assert!(ran.stdout.contains(id), "{id} was not played");
    }
    for secret in [
        "SecretWord",
        "api-password",
        "bambora-md5",
        "freepay-test",
        "5c0e7f43-6d1b-4b0e-9a55-2f1d8f7f2c11",
        "5f3c1a7e9b2d4860c1e7f0a3b5d2948617c0e3fa",
        "hook-password",
        "quickpay-api-key",
        "quickpay-private-key",
    ] {
        assert!(!ran.stdout.contains(secret), "{secret} is shown");
    }
}

/// The ports are whichever are free.
fn without_ports(text: &str) -> String {
    let mut shown = String::new();
    for word in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let bare = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let port = bare.len() == 5 && shown.ends_with("127.0.0.1:");
        shown.push_str(if port { "{port}" } else { bare });
        shown.push_str(&word[bare.len()..]);
    }
    shown
}

#[test]
fn a_departure_is_named_and_fails() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = fs::read_to_string(root().join("fixtures/brp/flows/pay-and-fail.json")).expect("the flow");
    let mut flow: Value = serde_json::from_str(&text).expect("JSON");
    let steps = flow["steps"].as_array_mut().expect("steps");
    let step = steps.iter_mut().find(|step| step.to_string().contains("error=205")).expect("a step");
    step["expect"]["location"] = json!("https://shop.example/paid?receiptid=&error=201");
    step["expect"]["status"] = json!(303);
    fs::write(folder.path().join("bent.json"), flow.to_string()).expect("written");
    let ran = run_in(folder.path(), &["replay", "brp", "--file", "bent.json"]);
    assert_eq!(ran.code, 1);
    snapshot("cli", "replay-of-a-bent-flow", &without_ports(&ran.shown()));
}

#[test]
fn a_flow_that_cannot_be_played_says_what_is_wrong_with_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let flow = |steps: Value| json!({"title": "t", "provenance": "assumed", "source": "s", "steps": steps});
    let link = |operation: &str| json!({"link": {"operation": operation, "form": "payfororder", "parameters": [], "given": []}});
    let mut story = String::new();
    for (name, text) in [
        ("no-json", "nothing".to_owned()),
        ("no-steps", json!({"title": "t"}).to_string()),
        ("unknown-field", flow(json!([{"does": "d", "send": {"gett": "/"}}])).to_string()),
        ("nothing-sent", flow(json!([{"does": "d", "send": {}}])).to_string()),
        ("two-sent", flow(json!([{"does": "d", "send": {"get": "/", "post": "/"}}])).to_string()),
        ("unknown-name", flow(json!([{"does": "d", "send": {"get": "/{nobody}"}}])).to_string()),
        ("no-operation", flow(json!([{"does": "d", "send": link("brp.lnk")}])).to_string()),
        ("no-call", flow(json!([{"does": "d", "send": link("brp.link")}])).to_string()),
    ] {
        fs::write(folder.path().join(format!("{name}.json")), text).expect("written");
        let ran = run_in(folder.path(), &["replay", "brp", "--file", &format!("{name}.json")]);
        story.push_str(&format!("{name}\n{}\n", ran.shown()));
    }
    for arguments in [
        vec!["replay", "brp", "--file", "missing.json"],
        vec!["replay", "bpr", "--file", "no-json.json"],
        vec!["replay", "--file", "no-json.json"],
        vec!["replay", "brp/pay-an-oder"],
        vec!["replay", "nobody"],
    ] {
        let ran = run_in(folder.path(), &arguments);
        assert_eq!(ran.code, 2, "{arguments:?}");
        story.push_str(&format!("$ provkassa {}\n{}\n", arguments.join(" "), ran.shown()));
    }
    snapshot("cli", "replay-of-what-cannot-be-played", &story);
}
