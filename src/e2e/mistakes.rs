//! Integrators that make mistakes, as processes of their own.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::adapters::{NODE, assert_conforms, copied};
use crate::support::{PROGRAM, found, root, run_in, snapshot};

/// Runs `check` and reads its JSON report.
pub(crate) fn report(adapter: &str, more: &[&str]) -> (i32, Value) {
    let folder = tempfile::tempdir().expect("a folder");
    let base = ["check", "--adapter", adapter, "--report", "json=report.json"];
    let ran = run_in(folder.path(), &[&base, more].concat());
    let text = fs::read_to_string(folder.path().join("report.json"));
    let text = text.unwrap_or_else(|error| panic!("{error}: {}", ran.stderr));
    (ran.code, serde_json::from_str(&text).expect("JSON"))
}

pub(crate) fn with_verdict<'a>(report: &'a Value, verdict: &str) -> Vec<&'a Value> {
    report["cases"].as_array().expect("cases").iter().filter(|case| case["verdict"] == verdict).collect()
}

/// Where a mistake can show: in its own operation, and in the links that are built with it.
fn areas_of(mistake: &str) -> String {
    let area = mistake.split('/').next().unwrap_or_default().replace('.', "/");
    let provider = area.split('/').next().unwrap_or_default();
    match provkassa::simulators::operation(&format!("{provider}.link")) {
        Some(_) => format!("{area},{provider}/link"),
        None => area,
    }
}

#[test]
fn pairs_of_mistakes_are_named_as_pairs() {
    for (one, other) in [
        ("brp.hash/returnurl-percent-encoded", "brp.hash/secret-first"),
        ("brp.hash/upper-case-hex", "brp.hash/sha-1"),
        ("brp.hash/parameters-in-call-order", "brp.hash/separated-by-plus"),
        ("brp.hash/latin-1", "brp.hash/base64"),
        ("fena.token/algorithm-hs256", "fena.token/secret-newline"),
        ("fena.token/amount-as-number", "fena.token/claims-null"),
        ("fena.token/times-in-milliseconds", "fena.token/standard-base64"),
        ("fena.notification/id-demanded", "fena.notification/order-not-compared"),
    ] {
        let adapter = format!("{PROGRAM} adapter --mistake {one} --mistake {other}");
        let (code, report) = report(&adapter, &["--only", &areas_of(one)]);
        assert_eq!(code, 1);
        let pairs: Vec<BTreeSet<&str>> = with_verdict(&report, "fail")
            .iter()
            .map(|case| {
                case["finding"]["mistakes"]
                    .as_array()
                    .expect("ids")
                    .iter()
                    .filter_map(Value::as_str)
                    .collect()
            })
            .collect();
        assert!(pairs.contains(&BTreeSet::from([one, other])), "{one} + {other}: {pairs:?}");
    }
}

#[test]
fn the_reference_adapter_in_node_conforms_and_a_spoilt_one_is_told_why() {
    if !found("node", "the reference adapter in Node") {
        return;
    }
    let adapter = root().join("fixtures/adapters/node/adapter.mjs");
    assert_conforms(NODE, &format!("node '{}'", adapter.display()));

    // The commonest slip, planted in the real adapter.
    let folder = copied(NODE);
    let shop = folder.path().join("brp.mjs");
    let text = fs::read_to_string(&shop).expect("the part that stands for the shop");
    let spoilt = spoil(&text);
    assert_ne!(text, spoilt, "the adapter has changed; plant the mistake anew");
    fs::write(shop, spoilt).expect("written");
    let ran = run_in(folder.path(), &["check", "--adapter", "node adapter.mjs", "--only", "brp/hash"]);
    assert_eq!(ran.code, 1);
    let timeless = without_seconds(&ran.shown());
    snapshot("cli", "check-of-a-node-adapter-that-percent-encodes", &timeless);
}

/// Hides how long it took.
pub(crate) fn without_seconds(text: &str) -> String {
    let lines = text.lines().map(|line| match line.rsplit_once(", ") {
        Some((start, end)) if end.ends_with(" s") && line.contains("message") && line.contains(", seed ") => {
            format!("{start}, {{time}}")
        }
        _ => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

/// Makes the adapter percent-encode the return URL before it hashes.
fn spoil(text: &str) -> String {
    text.replace(SOUND, SPOILT)
}

const SOUND: &str = ".map(([, value]) => value)";
const SPOILT: &str = ".map(([name, value]) => (name === 'returnurl' ? encodeURIComponent(value) : value))";
