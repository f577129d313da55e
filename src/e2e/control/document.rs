//! The document covers exactly what is there, can be read by others, and tells the truth.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Document, answer, call};
use crate::support::{NOON, Served, found, has, ran, snapshot};

const METHODS: [&str; 5] = ["DELETE", "GET", "PATCH", "POST", "PUT"];

/// A path with something in the place of its names.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { "x" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn the_document_covers_what_is_there_and_nothing_else() {
    let served = Served::frozen().await;
    let document = Document::of(&served).await;
    let mut operations = String::new();
    for (path, methods) in document.paths() {
        for method in METHODS {
            let answer = call(&served, method, &filled(&path), &json!(null)).await;
            if methods.iter().any(|described| described == method) {
                assert!(
                    answer.status < 400
                        || !["unknown_path", "unknown_method"].contains(&answer.kind().as_str())
                );
                let summary = document.operation(method, &path)["summary"].as_str().expect("a summary");
                operations.push_str(&format!("{method} {path}\n  {summary}\n"));
                continue;
            }
            assert_eq!((answer.status, answer.kind().as_str()), (405, "unknown_method"), "{method} {path}");
            let allowed: BTreeSet<&str> =
                answer.allow.split(',').filter(|method| *method != "HEAD").collect();
            assert_eq!(allowed, methods.iter().map(String::as_str).collect(), "{path}");
        }
    }
    snapshot("cli", "operations-of-the-control-api", &operations);
}

#[tokio::test]
async fn the_document_is_valid() {
    let served = Served::frozen().await;
    let Document(document) = Document::of(&served).await;
    assert_eq!(document["openapi"], "3.1.0");
    if !found("python3", "reading the control API's description") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("openapi.json"), document.to_string()).expect("written");
    let python = |arguments: &[&str]| {
        let mut python = std::process::Command::new("python3");
        ran(&python.args(arguments).current_dir(folder.path()).output().expect("started"))
    };
    let there = python(&["-c", "import openapi_spec_validator"]).code == 0;
    if has(there, "openapi-spec-validator", "pip install -r fixtures/clients/python/requirements.txt") {
        let read = python(&["-m", "openapi_spec_validator", "openapi.json"]);
        assert_eq!(read.code, 0, "{}", read.shown());
    }
}

/// A call with its method, its path as the document has it, the path itself, and the body.
type Call = (&'static str, &'static str, &'static str, Value);

/// Calls of every operation that go well, in an order in which they do.
fn calls() -> Vec<Call> {
    vec![
        ("GET", "/health", "/health", json!(null)),
        ("GET", "/version", "/version", json!(null)),
        ("GET", "/openapi.json", "/openapi.json", json!(null)),
        ("GET", "/fidelity", "/fidelity", json!(null)),
        ("GET", "/providers", "/providers", json!(null)),
        ("GET", "/providers/{id}/codes", "/providers/brp/codes", json!(null)),
        ("POST", "/workspaces", "/workspaces", json!({"name": "mine"})),
        ("GET", "/workspaces", "/workspaces", json!(null)),
        ("GET", "/workspaces/{name}", "/workspaces/mine", json!(null)),
        ("PATCH", "/workspaces/{name}/settings", "/workspaces/mine/settings", json!({"rules": "live"})),
        ("GET", "/workspaces/{name}/settings", "/workspaces/mine/settings", json!(null)),
        ("GET", "/workspaces/{name}/clock", "/workspaces/mine/clock", json!(null)),
        ("PUT", "/workspaces/{name}/clock", "/workspaces/mine/clock", json!({"frozen": true, "at": NOON})),
        (
            "POST",
            "/workspaces/{name}/clock/advance",
            "/workspaces/mine/clock/advance",
            json!({"milliseconds": 1}),
        ),
        (
            "POST",
            "/workspaces/{name}/outcomes",
            "/workspaces/mine/outcomes",
            json!({"provider": "brp", "order": "15", "chain": ["decline", "205", "approve"]}),
        ),
        ("GET", "/workspaces/{name}/outcomes", "/workspaces/mine/outcomes", json!(null)),
        ("DELETE", "/workspaces/{name}/outcomes/{number}", "/workspaces/mine/outcomes/1", json!(null)),
        (
            "DELETE",
            "/workspaces/{name}/outcomes",
            "/workspaces/mine/outcomes?provider=brp&order=15",
            json!(null),
        ),
        ("GET", "/workspaces/{name}/{provider}/{record}", "/workspaces/mine/brp/orders", json!(null)),
        (
            "POST",
            "/workspaces/{name}/{provider}/{record}",
            "/workspaces/mine/brp/orders",
            json!({"price": 500}),
        ),
        ("GET", "/workspaces/{name}/snapshot", "/workspaces/mine/snapshot", json!(null)),
        ("POST", "/workspaces/{name}/reset", "/workspaces/mine/reset", json!(null)),
        (
            "POST",
            "/workspaces/{name}/faults",
            "/workspaces/mine/faults",
            json!({"fault": "latency", "milliseconds": 5, "provider": "brp", "after": 1, "times": 2, "percent": 50}),
        ),
        ("GET", "/workspaces/{name}/faults", "/workspaces/mine/faults", json!(null)),
        ("DELETE", "/workspaces/{name}/faults/{number}", "/workspaces/mine/faults/1", json!(null)),
        ("DELETE", "/workspaces/{name}/faults", "/workspaces/mine/faults", json!(null)),
        ("DELETE", "/workspaces/{name}", "/workspaces/mine", json!(null)),
        (
            "POST",
            "/workspaces/{name}/callbacks/policy",
            "/workspaces/default/callbacks/policy",
            json!({"policy": {"hold": true}}),
        ),
        ("GET", "/unclaimed", "/unclaimed", json!(null)),
    ]
}

#[tokio::test]
async fn every_answer_is_as_it_is_described() {
    let served = Served::frozen().await;
    let document = Document::of(&served).await;
    let mut went_well = BTreeSet::new();
    let mut check = |method: &'static str, path: &'static str, answer: &super::Answer| {
        document.agrees(method, path, answer);
        assert!(answer.status < 300, "{method} {path}: {answer:?}");
        went_well.insert((method.to_owned(), path.to_owned()));
    };
    served.get(&format!("{}/brponlin/external/payment/payfororder?orderid=15", served.brp)).await;
    for (method, path, there, body) in calls() {
        check(method, path, &call(&served, method, there, &body).await);
    }
    let snapshot = call(&served, "GET", "/workspaces/default/snapshot", &json!(null)).await;
    let restored = call(&served, "PUT", "/workspaces/default/snapshot", &snapshot.body).await;
    check("PUT", "/workspaces/{name}/snapshot", &restored);

    // A payment with a callback, which nobody takes.
    let api = |method, path: &str| {
        let request = served.client.request(method, format!("{}{path}", served.quickpay));
        request.basic_auth("", Some("quickpay-api-key")).header("accept-version", "v10")
    };
    let made =
        api(reqwest::Method::POST, "/payments").json(&json!({"order_id": "order-1", "currency": "DKK"}));
    let id = answer(made).await.body["id"].to_string();
    let link = json!({"amount": 1000, "callback_url": "http://127.0.0.1:1/"});
    answer(api(reqwest::Method::PUT, &format!("/payments/{id}/link")).json(&link)).await;
    let pressed = json!({"provider": "quickpay", "outcome": "approve"});
    let pressed = call(&served, "POST", "/workspaces/default/payments/order-1/outcome", &pressed).await;
    check("POST", "/workspaces/{name}/payments/{payment}/outcome", &pressed);
    let callbacks = call(&served, "GET", "/workspaces/default/callbacks", &json!(null)).await;
    check("GET", "/workspaces/{name}/callbacks", &callbacks);
    assert_eq!(callbacks.body[0]["status"]["state"], "held");
    let release =
        format!("/workspaces/default/callbacks/{}/release", callbacks.body[0]["id"].as_str().expect("an id"));
    let released = call(&served, "POST", &release, &json!(null)).await;
    check("POST", "/workspaces/{name}/callbacks/{id}/{action}", &released);
    let tried = "/workspaces/default/journal?wait=20&order=order-1&after=3";
    let journal = call(&served, "GET", tried, &json!(null)).await;
    check("GET", "/workspaces/{name}/journal", &journal);
    assert!(journal.body["entries"].to_string().contains("\"callback\""), "{}", journal.body);
    let callbacks = call(&served, "GET", "/workspaces/default/callbacks", &json!(null)).await;
    check("GET", "/workspaces/{name}/callbacks", &callbacks);

    for (path, methods) in document.paths().into_iter().filter(|(path, _)| !path.ends_with("/stream")) {
        for method in methods {
            assert!(went_well.contains(&(method.clone(), path.clone())), "{method} {path} was not called");
        }
    }
}

#[tokio::test]
async fn nothing_of_this_needs_a_token_on_this_machine_and_all_of_it_where_there_is_one() {
    let served = Served::start(&["--token", "let-me-in"]).await;
    let document =
        served.client.get(format!("{}/_sim/v1/openapi.json", served.control)).bearer_auth("let-me-in");
    let document = Document(answer(document).await.body);
    for (path, methods) in document.paths() {
        for method in methods {
            let answer = call(&served, &method, &filled(&path), &json!(null)).await;
            assert_eq!((answer.status, answer.kind().as_str()), (401, "unauthorized"), "{method} {path}");
            document.agrees(&method, &path, &answer);
        }
    }
}
