//! Every fault at every provider: it strikes where it can, and where it cannot it is said why.

use std::time::Duration;

use provkassa::simulators::PROVIDERS;
use provkassa::simulators::kit::fault::{Kind, TRANSPORT};
use serde_json::{Value, json};

use super::call;
use super::faults::{plant, pull};
use crate::quickpay::api;
use crate::support::{Served, client, snapshot};

const FLAWS: &[Kind] = &[
    Kind::Duplicate,
    Kind::EmptyBody,
    Kind::Expired,
    Kind::ReorderedFields,
    Kind::WrongAlgorithm,
    Kind::WrongDigest,
];

/// Something that answers with a body, at each provider.
const ANSWERS: &[(&str, &str)] = &[
    ("bambora", "/integration/ewindow/paymentwindow.js"),
    ("brp", "/brponline/api/ver3/orders/16"),
    ("fena", "/api/providers/"),
    ("fenerum", "/v3/"),
    ("freepay", "/webservices/public/management.asmx"),
    ("quickpay", "/acl-resources"),
];

/// What a client that has no other connection makes of an answer.
async fn met(url: &str) -> String {
    let patience = Duration::from_millis(60);
    let request = client().get(url).basic_auth("", Some("quickpay-api-key")).header("accept-version", "v10");
    let mut answer = match tokio::time::timeout(patience, request.send()).await {
        Err(_) => return "nothing comes".to_owned(),
        Ok(Err(_)) => return "the connection breaks".to_owned(),
        Ok(Ok(answer)) => answer,
    };
    let (status, announced) = (answer.status().as_u16(), answer.content_length().unwrap_or_default());
    let mut came = 0;
    loop {
        match tokio::time::timeout(patience, answer.chunk()).await {
            Err(_) => return format!("{status}, and the body does not come"),
            Ok(Err(_)) => {
                return format!(
                    "{status}, and the body breaks off after {} of it",
                    if came * 2 == announced / 2 * 2 { "half" } else { "a part" }
                );
            }
            Ok(Ok(None)) => return format!("{status}, whole"),
            Ok(Ok(Some(piece))) => came += piece.len() as u64,
        }
    }
}

#[tokio::test]
async fn every_fault_of_transport_strikes_at_every_provider_and_there_alone() {
    let served = Served::frozen().await;
    let url = |id: &str, path: &str| {
        format!("{}{path}", served.ready["providers"][id].as_str().expect("an address"))
    };
    assert_eq!(ANSWERS.len(), PROVIDERS.len());
    for (number, (id, path)) in ANSWERS.iter().enumerate() {
        let (other, elsewhere) = ANSWERS[(number + 1) % ANSWERS.len()];
        for kind in TRANSPORT {
            let mut plan = json!({"fault": kind.name(), "provider": id, "endpoint": format!("GET {path}")});
            if matches!(kind, Kind::Latency | Kind::SlowBody) {
                plan["milliseconds"] = json!(3_600_000);
            }
            plant(&served, plan).await;
            let wanted = match kind {
                Kind::Latency => "nothing comes",
                Kind::Reset => "the connection breaks",
                Kind::SlowBody => "200, and the body does not come",
                Kind::Status => "503, whole",
                _ => "200, and the body breaks off after half of it",
            };
            assert_eq!(met(&url(id, path)).await, wanted, "{kind} at {id}");
            assert_eq!(met(&url(other, elsewhere)).await, "200, whole", "{kind} at {id}, and not at {other}");
            pull(&served).await;
        }
        assert_eq!(met(&url(id, path)).await, "200, whole", "{id}");
    }
}

#[tokio::test]
async fn what_cannot_go_wrong_at_a_provider_is_refused_with_the_reason() {
    let served = Served::frozen().await;
    let mut story = String::new();
    for provider in PROVIDERS {
        let info = provider.info();
        for flaw in FLAWS {
            let plan = json!({"fault": flaw.name(), "provider": info.id});
            let answer = call(&served, "POST", "/workspaces/default/faults", &plan).await;
            if answer.status == 201 {
                story.push_str(&format!("{} {flaw}: planted\n", info.id));
                continue;
            }
            assert_eq!((answer.status, answer.kind().as_str()), (400, "refused_fault"));
            let error = &answer.body["error"];
            let text = |name: &str| error[name].as_str().expect("text").to_owned();
            story.push_str(&format!("{} {flaw}: {}. {}\n", info.id, text("message"), text("help")));
        }
    }
    snapshot("cli", "faults-that-each-provider-can-have", &story);
}

#[tokio::test]
async fn of_several_faults_the_one_that_was_planted_first_strikes() {
    let served = Served::frozen().await;
    for plan in [
        json!({"fault": "status", "status": 501, "times": 0}),
        json!({"fault": "status", "status": 502, "percent": 0}),
        json!({"fault": "latency", "milliseconds": 0}),
        json!({"fault": "status", "status": 503, "provider": "quickpay", "after": 1, "times": 1}),
        json!({"fault": "status", "status": 504, "times": 2}),
        json!({"fault": "status", "status": 505, "provider": "quickpay"}),
    ] {
        plant(&served, plan).await;
    }
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(api(&served, "GET", "/payments", Value::Null).await.status);
    }
    // The first three are off; the fourth lets one pass, which the next one strikes.
    assert_eq!(statuses, [504, 503, 504, 505, 505]);
    let faults = served.read("faults").await;
    let counts: Vec<(u64, u64)> = faults
        .as_array()
        .expect("faults")
        .iter()
        .map(|fault| {
            (fault["matched"].as_u64().expect("a number"), fault["struck"].as_u64().expect("a number"))
        })
        .collect();
    assert_eq!(counts, [(0, 0), (0, 0), (0, 0), (5, 1), (4, 2), (2, 2)]);
}

#[tokio::test]
async fn an_endpoint_that_is_none_is_told_with_the_nearest() {
    let served = Served::frozen().await;
    for (plan, message, help) in [
        (
            json!({"fault": "status", "provider": "quickpay", "endpoint": "POST /payment"}),
            "no endpoint of QuickPay fits `POST /payment`",
            "Did you mean `POST /payments`?",
        ),
        (
            json!({"fault": "reset", "provider": "fena", "endpoint": "/api/provider/"}),
            "no endpoint of Fena fits `/api/provider/`",
            "Did you mean `/api/providers/`?",
        ),
        (
            json!({"fault": "reset", "endpoint": "/completely/elsewhere/and/so/on"}),
            "no endpoint of any provider fits `/completely/elsewhere/and/so/on`",
            "GET /_sim/v1/providers lists",
        ),
    ] {
        let answer = call(&served, "POST", "/workspaces/default/faults", &plan).await;
        assert_eq!((answer.status, answer.kind().as_str()), (400, "unknown_endpoint"));
        let error = answer.body["error"].to_string();
        assert!(error.contains(message) && error.contains(help), "{error}");
    }
    // Where a callback goes is for the shop to say.
    plant(&served, json!({"fault": "wrong_digest", "endpoint": "/completely/elsewhere"})).await;
    plant(&served, json!({"fault": "status", "endpoint": "/payments/17/capture"})).await;
}
