//! Calls that are refused: who may not, what is not there, which version.

use serde_json::{Value, json};

use super::{API_KEY, GOOD, Said, api, authorized, bare, call, payment, said};
use crate::support::{Served, snapshot};

/// An answer on a line or two.
fn line(name: &str, said: &Said) -> String {
    let more: Vec<_> = ["allow", "x-cascade"]
        .into_iter()
        .filter(|header| !said.header(header).is_empty())
        .map(|header| format!(" {header}: {}", said.header(header)))
        .collect();
    format!("{name:<44} {}{}\n    {}\n", said.status, more.join(""), said.text)
}

#[tokio::test]
async fn every_refusal_has_its_status_and_body() {
    let served = Served::frozen().await;
    let path = authorized(&served, "order-1", 1000, GOOD).await;
    let id = path.rsplit('/').next().expect("an id").to_owned();
    let order = json!({"order_id": "order-1", "currency": "DKK"});
    let mut table = String::new();
    let mut add = |name: &str, said: &Said| table.push_str(&line(name, said).replace(&id, "{id}"));
    add("no key", &said(bare(&served, "GET", "/payments").header("accept-version", "v10")).await);
    add(
        "another's key",
        &said(
            bare(&served, "GET", "/payments").basic_auth("", Some("guess")).header("accept-version", "v10"),
        )
        .await,
    );
    add(
        "a key that may not",
        &said(
            bare(&served, "PUT", &format!("{path}/link"))
                .basic_auth("", Some(super::WINDOW_KEY))
                .header("accept-version", "v10")
                .json(&json!({"amount": 1})),
        )
        .await,
    );
    add("no version", &said(bare(&served, "GET", "/payments").basic_auth("", Some(API_KEY))).await);
    add("no such path", &api(&served, "GET", "/payment", Value::Null).await);
    add("another verb", &api(&served, "PUT", &path, Value::Null).await);
    add("an id that nothing has", &api(&served, "GET", "/payments/1111", Value::Null).await);
    add("a subscription that is none", &api(&served, "GET", "/subscriptions/1111", Value::Null).await);
    add("a card that is none", &api(&served, "GET", "/cards/1111", Value::Null).await);
    add(
        "an operation that is none",
        &api(&served, "GET", &format!("{path}/operations/7"), Value::Null).await,
    );
    add("an empty array", &api(&served, "POST", "/payments", json!([])).await);
    add("no JSON", &said(call(&served, "POST", "/payments").body("{")).await);
    add("nothing", &api(&served, "POST", "/payments", json!({})).await);
    add("an order id that is taken", &api(&served, "POST", "/payments", order).await);
    add(
        "a currency in lower case",
        &api(&served, "POST", "/payments", json!({"order_id": "x", "currency": "dkk"})).await,
    );
    add("no amount", &api(&served, "POST", &format!("{path}/capture"), Value::Null).await);
    add("an amount of 0", &api(&served, "POST", &format!("{path}/capture"), json!({"amount": 0})).await);
    add("too much", &api(&served, "POST", &format!("{path}/capture"), json!({"amount": 1001})).await);
    add("the wrong state", &api(&served, "POST", &format!("{path}/refund"), json!({"amount": 1})).await);
    add(
        "an operation that has ended",
        &api(&served, "PATCH", &format!("{path}/operations/1"), json!({"pending": false})).await,
    );
    let expired = json!({"amount": 1, "card": {"number": "1000", "expiration": "1330", "cvd": "1"}});
    add("a card that cannot be", &api(&served, "POST", &format!("{path}/authorize"), expired).await);
    served.set("quickpay.no_errors", "object").await;
    add(
        "no_errors=object: an id that nothing has",
        &api(&served, "GET", "/payments/1111", Value::Null).await,
    );
    served.set("quickpay.version_missing", "404").await;
    add(
        "version_missing=404: no version",
        &said(bare(&served, "GET", "/payments").basic_auth("", Some(API_KEY))).await,
    );
    snapshot("quickpay", "refusals", &table);
}

#[tokio::test]
async fn only_a_right_key_with_an_empty_user_is_one() {
    let served = Served::frozen().await;
    for (authorization, status) in [
        ("Basic OnF1aWNrcGF5LWFwaS1rZXk=", 200),
        ("basic OnF1aWNrcGF5LWFwaS1rZXk=", 200),
        ("Basic Og==", 401),
        ("Basic ", 401),
        ("Basic", 401),
        ("", 401),
        ("Basic !!!", 401),
        // Without the colon, behind a user's name, as the user, with a newline.
        ("Basic cXVpY2twYXktYXBpLWtleQ==", 401),
        ("Basic dXNlcjpxdWlja3BheS1hcGkta2V5", 401),
        ("Basic cXVpY2twYXktYXBpLWtleTo=", 401),
        ("Basic OnF1aWNrcGF5LWFwaS1rZXkK", 401),
        ("Bearer quickpay-api-key", 401),
        ("quickpay-api-key", 401),
        // The private key, the key in capitals, and bytes that are no text.
        ("Basic OnF1aWNrcGF5LXByaXZhdGUta2V5", 401),
        ("Basic OlFVSUNLUEFZLUFQSS1LRVk=", 401),
        ("Basic Ov/+", 401),
    ] {
        for path in ["/account", "/ping", "/payments/1111"] {
            let request = bare(&served, "GET", path).header("accept-version", "v10");
            let answer = said(request.header("authorization", authorization)).await;
            let expected = if status == 200 && path == "/payments/1111" { 404 } else { status };
            assert_eq!(answer.status, expected, "{authorization:?} {path}");
            if status == 401 {
                assert_eq!(
                    answer.json(),
                    json!({"message": "Invalid API key", "errors": null, "error_code": null})
                );
            }
        }
    }
    // The key in its vector.
    served.control(reqwest::Method::GET, "workspaces", Value::Null).await;
    let encoded = reqwest::Client::new()
        .get("http://127.0.0.1/")
        .basic_auth("", Some("my-api-key"))
        .build()
        .expect("a request");
    assert_eq!(encoded.headers()["authorization"], "Basic Om15LWFwaS1rZXk=");
}

#[tokio::test]
async fn the_version_is_v10_and_nothing_else() {
    let served = Served::frozen().await;
    for version in ["v10"] {
        let request = bare(&served, "GET", "/account").basic_auth("", Some(API_KEY));
        assert_eq!(said(request.header("accept-version", version)).await.status, 200);
    }
    for version in ["", "v9", "v11", "10", "V10", "v10b", "v10, v9"] {
        let request = bare(&served, "GET", "/account").basic_auth("", Some(API_KEY));
        let answer = said(request.header("accept-version", version)).await;
        assert_eq!((answer.status, answer.json()["errors"].is_null()), (406, true), "{version}");
    }
    served.set("quickpay.version_missing", "404").await;
    let request = bare(&served, "GET", "/account").basic_auth("", Some(API_KEY));
    let answer = said(request).await;
    assert_eq!(
        (answer.status, answer.text.as_str(), answer.header("x-cascade")),
        (404, "404 Not Found", "pass")
    );
}

#[tokio::test]
async fn every_path_knows_its_verbs() {
    let served = Served::frozen().await;
    let path = payment(&served, "order-1").await;
    for (below, allow) in [
        ("/ping".to_owned(), "GET, POST"),
        ("/account".to_owned(), "GET, PATCH"),
        ("/payments".to_owned(), "GET, POST"),
        (path.clone(), "GET, PATCH"),
        (format!("{path}/link"), "PUT, DELETE"),
        (format!("{path}/capture"), "POST"),
        (format!("{path}/operations/1"), "GET, PATCH"),
        ("/subscriptions/1/recurring".to_owned(), "POST"),
        ("/subscription-groups/1".to_owned(), "GET, PATCH, DELETE"),
        ("/cards/1/tokens".to_owned(), "POST"),
    ] {
        for verb in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"] {
            if allow.split(", ").any(|known| known == verb) {
                continue;
            }
            let answer = api(&served, verb, &below, json!({})).await;
            assert_eq!((answer.status, answer.header("allow")), (405, allow), "{verb} {below}");
            assert_eq!(answer.json()["message"], "Method Not Allowed");
        }
    }
    for nowhere in ["/", "/v10/payments", "/payments/1/links", "/payments/1/operations/1/2", "/PAYMENTS"] {
        let answer = api(&served, "GET", nowhere, Value::Null).await;
        assert_eq!(
            (answer.status, answer.text.as_str(), answer.header("x-cascade")),
            (404, "404 Not Found", "pass"),
            "{nowhere}"
        );
    }
    // A slash too many at the end is none.
    assert_eq!(api(&served, "GET", &format!("{path}/"), Value::Null).await.status, 200);
    let head = call(&served, "HEAD", &path).send().await.expect("an answer");
    assert_eq!(head.status(), 200);
}
