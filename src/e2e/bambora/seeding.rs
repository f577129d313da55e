//! ePay's records through the control API.

use reqwest::Method;
use serde_json::{Value, json};

use super::calls::{elements, payment, text, transaction};
use crate::support::Served;

/// What the control API says to a record that it refuses.
async fn refused(served: &Served, kind: &str, body: Value) -> (u16, String) {
    let url = format!("{}/_sim/v1/workspaces/default/bambora/{kind}", served.control);
    let answer = served.client.post(url).json(&body).send().await.expect("an answer");
    let status = answer.status().as_u16();
    let problem: Value = serde_json::from_str(&answer.text().await.expect("a body")).expect("JSON");
    let said = |name: &str| problem["error"][name].as_str().expect("text").to_owned();
    (status, format!("{} {}", said("message"), said("help")))
}

#[tokio::test]
async fn a_record_that_cannot_be_is_refused_with_what_would_be() {
    let served = Served::frozen().await;
    for (kind, body, says) in [
        ("merchants", json!({"number": "1"}), "one merchant, 8008001"),
        ("merchants", json!({"callback_url": "shop.example"}), "absolute http or https URL"),
        ("merchants", json!({"domains": ["http://shop.example/"]}), "host name"),
        ("merchants", json!({"pwd": "x"}), "md5_key, password"),
        ("transactions", json!({}), "missing field `amount`"),
        ("transactions", json!({"amount": 0}), "from 1 to 2147483647"),
        ("transactions", json!({"amount": 2_147_483_648_u32}), "from 1 to 2147483647"),
        ("transactions", json!({"amount": 1, "currency": "kr"}), "DKK or 208"),
        ("transactions", json!({"amount": 1, "card": "4111111111111111"}), "It is a test card"),
        ("transactions", json!({"amount": 1, "month": 13}), "month is 1 to 12"),
        ("transactions", json!({"amount": 1, "year": 30}), "four digits"),
        ("transactions", json!({"amount": 1, "status": "CAPTURED"}), "PAYMENT_CAPTURED"),
        (
            "transactions",
            json!({"amount": 1, "status": "PAYMENT_EUROLINE_WAIT_CAPTURE"}),
            "`bambora.acquirer`",
        ),
        ("transactions", json!({"amount": 1, "state": "x"}), "`state`"),
        ("subscriptions", json!({"id": 5}), "leave `id` out"),
        ("subscriptions", json!({"card": "1234"}), "It is a test card"),
        ("subscriptions", json!({"cardno": "1234"}), "`cardno`"),
    ] {
        let (status, said) = refused(&served, kind, body.clone()).await;
        assert!([400, 404].contains(&status), "{body}");
        assert!(said.contains(says), "{body}: {said}");
    }
    for kind in ["transactions", "subscriptions"] {
        assert_eq!(served.read(&format!("bambora/{kind}")).await, json!([]));
    }
}

#[tokio::test]
async fn the_merchant_keeps_what_is_not_changed() {
    let served = Served::frozen().await;
    let changed =
        json!({"domains": ["shop.example"], "password": "p1", "callback_url": "http://127.0.0.1:1/c"});
    served.post("bambora/merchants", changed).await;
    let merchant = served.post("bambora/merchants", json!({"number": "8008001", "md5_key": "another"})).await;
    let expected = json!({
        "number": "8008001",
        "md5_key": "another",
        "password": "p1",
        "domains": ["shop.example"],
        "callback_url": "http://127.0.0.1:1/c",
    });
    assert_eq!(merchant, expected);
    assert_eq!(served.read("bambora/merchants").await, json!([expected]));
    served.control(Method::POST, "workspaces/default/reset", Value::Null).await;
    let fresh = served.read("bambora/merchants").await;
    assert_eq!((&fresh[0]["password"], &fresh[0]["md5_key"]), (&json!(""), &json!("bambora-md5")));
}

#[tokio::test]
async fn a_transaction_can_be_in_any_state_from_the_start() {
    let served = Served::frozen().await;
    let states = [
        "PAYMENT_NEW",
        "PAYMENT_CAPTURED",
        "PAYMENT_DELETED",
        "PAYMENT_INSTANT_CAPTURE_FAILED",
        "PAYMENT_RENEW",
        "PAYMENT_EUROLINE_WAIT_CAPTURE",
        "PAYMENT_EUROLINE_WAIT_CREDIT",
    ];
    for acquirer in ["pbs", "euroline"] {
        served.set("bambora.acquirer", acquirer).await;
        for state in states.iter().filter(|state| acquirer == "euroline" || !state.contains("EUROLINE")) {
            let id = transaction(&served, json!({"status": state, "currency": "EUR"})).await;
            let found = payment(&served, "gettransaction", &elements(&[("transactionid", &id)])).await;
            assert_eq!((text(&found, "status"), text(&found, "currency")), (*state, "978"));
            let captured = if state.contains("CAPTURED") || state.contains("WAIT") { "9995" } else { "0" };
            assert_eq!(text(&found, "capturedamount"), captured, "{state}");
        }
    }
}
