//! Planted faults: a real client meets each one, and the journal says that it was planted.

use std::io::ErrorKind;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::call;
use crate::quickpay::{api, payment};
use crate::support::{Served, snapshot};

/// Longer than any client of these tests waits.
const FOR_EVER: u64 = 3_600_000;

pub(super) async fn plant(served: &Served, plan: Value) -> Value {
    let planted = call(served, "POST", "/workspaces/default/faults", &plan).await;
    assert_eq!(planted.status, 201, "{planted:?}");
    planted.body
}

pub(super) async fn pull(served: &Served) {
    assert_eq!(call(served, "DELETE", "/workspaces/default/faults", &json!(null)).await.status, 204);
}

/// What the journal says of faults, entry by entry.
pub(super) async fn notes(served: &Served, provider: &str) -> Vec<String> {
    let journal = served.read(&format!("journal?provider={provider}")).await;
    let entries = journal["entries"].as_array().expect("entries").iter();
    entries.filter_map(|entry| entry["event"]["fault"].as_str().map(ToOwned::to_owned)).collect()
}

/// `GET /payments` at QuickPay, by a client that has no other connection.
async fn listed(served: &Served) -> Result<reqwest::Response, reqwest::Error> {
    let client = crate::support::client();
    let request =
        client.get(format!("{}/payments", served.quickpay)).basic_auth("", Some("quickpay-api-key"));
    request.header("accept-version", "v10").send().await
}

#[tokio::test]
async fn a_connection_is_reset() {
    let served = Served::frozen().await;
    plant(&served, json!({"fault": "reset", "provider": "fena"})).await;
    let address = served.fena.trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(address).await.expect("connected");
    let request = format!("GET /api/providers/ HTTP/1.1\r\nHost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut came = Vec::new();
    let broken = stream.read_to_end(&mut came).await.expect_err("nothing is answered");
    assert_eq!((broken.kind(), came.len()), (ErrorKind::ConnectionReset, 0));
    assert_eq!(notes(&served, "fena").await, ["reset, planted as fault 1"]);
    // Others are not struck, and it is over when it is pulled out.
    assert!(listed(&served).await.is_ok());
    pull(&served).await;
    assert!(served.get(&format!("{}/api/providers/", served.fena)).await.status().is_success());
}

#[tokio::test]
async fn an_answer_breaks_off_or_never_comes() {
    let served = Served::frozen().await;
    let at = |fault: &str, more: Value| {
        let mut plan = json!({"fault": fault, "provider": "fena", "endpoint": "GET /api/*"});
        plan.as_object_mut().expect("a plan").extend(more.as_object().cloned().unwrap_or_default());
        plan
    };
    let url = format!("{}/api/providers/", served.fena);
    let whole = served.get(&url).await.bytes().await.expect("a body");

    plant(&served, at("truncation", json!({}))).await;
    let answer = served.get(&url).await;
    assert_eq!(answer.content_length(), Some(whole.len() as u64));
    let mut answer = answer;
    let mut came = Vec::new();
    let broken = loop {
        match answer.chunk().await {
            Ok(Some(piece)) => came.extend(piece),
            Ok(None) => break false,
            Err(_) => break true,
        }
    };
    assert!(broken && came == whole[..whole.len() / 2], "{} of {}", came.len(), whole.len());
    pull(&served).await;

    // Who asks for a body waits for it; the head has come.
    plant(&served, at("slow_body", json!({"milliseconds": FOR_EVER}))).await;
    let answer = served.get(&url).await;
    assert!(tokio::time::timeout(Duration::from_millis(50), answer.bytes()).await.is_err());
    pull(&served).await;
    plant(&served, at("slow_body", json!({"milliseconds": 1}))).await;
    assert_eq!(served.get(&url).await.bytes().await.expect("a body"), whole);
    pull(&served).await;

    plant(&served, at("latency", json!({"milliseconds": FOR_EVER}))).await;
    let late = served.client.get(&url).timeout(Duration::from_millis(50)).send().await.expect_err("late");
    assert!(late.is_timeout());
    assert_eq!(
        notes(&served, "fena").await,
        [
            "truncation, planted as fault 1",
            "slow_body, planted as fault 1",
            "slow_body, planted as fault 1",
            "latency, planted as fault 1"
        ]
    );
}

#[tokio::test]
async fn another_status_comes_although_the_work_is_done() {
    let served = Served::frozen().await;
    plant(&served, json!({"fault": "status", "provider": "quickpay", "endpoint": "POST /payments"})).await;
    let made = json!({"order_id": "order-1", "currency": "DKK"});
    let answer = api(&served, "POST", "/payments", made.clone()).await;
    assert_eq!((answer.status, answer.text.as_str()), (503, "503 Service Unavailable\n"));
    pull(&served).await;
    plant(&served, json!({"fault": "status", "status": 502, "order": "order-1"})).await;
    assert_eq!(api(&served, "GET", "/payments?order_id=order-2", Value::Null).await.status, 200);
    pull(&served).await;
    // It was made the first time.
    assert_eq!(api(&served, "POST", "/payments", made).await.status, 400);
    let journal = served.read("journal?provider=quickpay").await;
    assert_eq!(journal["entries"][0]["event"]["reply"]["line"], "503 Service Unavailable");
    assert_eq!(journal["entries"][0]["event"]["fault"], "status, planted as fault 1");
}

/// Which of ten calls are struck.
async fn struck(served: &Served) -> String {
    let mut struck = String::new();
    for _ in 0..10 {
        let status = listed(served).await.expect("an answer").status().as_u16();
        struck.push(if status == 503 { 'x' } else { '.' });
    }
    struck
}

#[tokio::test]
async fn a_fault_strikes_after_so_many_so_often_and_by_chance() {
    let served = Served::frozen().await;
    let mut story = String::new();
    for (what, plan) in [
        ("always", json!({})),
        ("after 3", json!({"after": 3})),
        ("twice", json!({"times": 2})),
        ("once after 4", json!({"after": 4, "times": 1})),
        ("never", json!({"times": 0})),
        ("with no chance", json!({"percent": 0})),
        ("with half a chance", json!({"percent": 50})),
        ("three times with half a chance", json!({"percent": 50, "times": 3})),
        ("after 1, twice, half a chance", json!({"after": 1, "times": 2, "percent": 50})),
        ("elsewhere", json!({"endpoint": "/payments/*"})),
        ("of another method", json!({"endpoint": "POST /payments"})),
        ("at another provider", json!({"provider": "brp"})),
        ("of an order", json!({"order": "1"})),
    ] {
        let mut planted = json!({"fault": "status"});
        planted.as_object_mut().expect("a plan").extend(plan.as_object().cloned().unwrap_or_default());
        plant(&served, planted.clone()).await;
        let first = struck(&served).await;
        pull(&served).await;
        plant(&served, planted).await;
        assert_eq!(struck(&served).await, first, "{what}: the seed fixes it");
        let faults = call(&served, "GET", "/workspaces/default/faults", &json!(null)).await.body;
        story.push_str(&format!(
            "{what:<32} {first} {} matched, {} struck\n",
            faults[0]["matched"], faults[0]["struck"]
        ));
        pull(&served).await;
    }
    snapshot("cli", "when-a-planted-fault-strikes", &story);
}

#[tokio::test]
async fn a_fault_that_makes_no_sense_is_refused() {
    let served = Served::frozen().await;
    let mut story = String::new();
    for plan in [
        json!({}),
        json!({"fault": "flood"}),
        json!({"fault": "reset", "provider": "bpr"}),
        json!({"fault": "reset", "milliseconds": 5}),
        json!({"fault": "latency"}),
        json!({"fault": "latency", "milliseconds": 3_600_001}),
        json!({"fault": "status", "status": 404}),
        json!({"fault": "truncation", "status": 503}),
        json!({"fault": "reset", "percent": 101}),
        json!({"fault": "wrong_digest", "provider": "brp"}),
        json!({"fault": "expired", "provider": "quickpay"}),
    ] {
        let answer = call(&served, "POST", "/workspaces/default/faults", &plan).await;
        let (kind, error) = (answer.kind(), &answer.body["error"]);
        let (message, help) =
            (error["message"].as_str().expect("text"), error["help"].as_str().expect("text"));
        story.push_str(&format!("{plan}\n  {} {kind}: {message}\n  {help}\n", answer.status));
    }
    let nobody = call(&served, "DELETE", "/workspaces/default/faults/7", &json!(null)).await;
    assert_eq!((nobody.status, nobody.kind().as_str()), (404, "unknown_fault"));
    assert_eq!(served.read("faults").await, json!([]));
    snapshot("cli", "faults-that-are-refused", &story);
}

#[tokio::test]
async fn a_reset_forgets_faults_and_workspaces_have_their_own() {
    let served = Served::frozen().await;
    served.control(Method::POST, "workspaces", json!({"name": "mine"})).await;
    served.control(Method::POST, "workspaces/mine/faults", json!({"fault": "status"})).await;
    assert_eq!(listed(&served).await.expect("an answer").status().as_u16(), 200);
    plant(&served, json!({"fault": "status"})).await;
    assert_eq!(listed(&served).await.expect("an answer").status().as_u16(), 503);
    served.post("reset", Value::Null).await;
    assert_eq!(listed(&served).await.expect("an answer").status().as_u16(), 200);
    assert_eq!(served.control(Method::GET, "workspaces/mine/faults", Value::Null).await[0]["struck"], 0);
    payment(&served, "order-1").await;
}
