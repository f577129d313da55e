//! Fenerum over real HTTP: a shop that registers cards, a customer in the portal, somebody who listens.

mod cards;
mod declines;
mod refusals;
mod self_service;
mod webhooks;

use axum::http::{HeaderMap, StatusCode};
use provkassa::simulators::quickpay::acquirer::{BRANDS, Fate, TestCard};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Served;

pub(crate) const ACCOUNT: &str = "50e9aa0b-8d35-4da7-9a9b-8a35b11579b2";
pub(crate) const TOKEN: &str = "5f3c1a7e9b2d4860c1e7f0a3b5d2948617c0e3fa";
const EMAIL: &str = "customer@example.com";

/// An answer of the API.
#[derive(Debug)]
struct Said {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
    body: Value,
}

impl Said {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    fn uuid(&self) -> &str {
        self.body["uuid"].as_str().unwrap_or_else(|| panic!("no uuid in {}", self.text))
    }

    /// What was remarked on, as one text.
    fn warnings(&self) -> String {
        let all = self.headers.get_all("provkassa-warning").iter();
        all.map(|value| value.to_str().expect("text")).collect::<Vec<_>>().join("\n")
    }

    /// For snapshots: the status, the headers that are Fenerum's, and the body.
    fn shown(&self) -> String {
        let named = ["allow", "content-type", "location", "retry-after", "vary", "www-authenticate"];
        let headers = named.iter().filter(|name| self.headers.contains_key(**name));
        let headers: Vec<_> = headers.map(|name| format!("{name}: {}", self.header(name))).collect();
        format!("{}\n{}\n\n{}\n", self.status, headers.join("\n"), self.text)
    }
}

/// Sends a request as it is written.
async fn send(served: &Served, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Said {
    let method = Method::from_bytes(method.as_bytes()).expect("a verb");
    let mut request = served.client.request(method, format!("{}{path}", served.fenerum));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = if body.is_empty() { request } else { request.body(body.to_vec()) };
    let answer = request.send().await.expect("an answer");
    let (status, headers) = (answer.status(), answer.headers().clone());
    let text = answer.text().await.expect("a body");
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    Said { status, headers, text, body }
}

/// The headers of a right request.
fn right() -> Vec<(&'static str, String)> {
    vec![
        ("Authorization", format!("Token {TOKEN}")),
        ("X-Client-System", "Shop".to_owned()),
        ("Content-Type", "application/json".to_owned()),
    ]
}

/// Sends a right request of the default workspace; without a body where it is null.
async fn call(served: &Served, method: &str, path: &str, body: &Value) -> Said {
    let text = if body.is_null() { String::new() } else { body.to_string() };
    let headers = right();
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    send(served, method, path, &headers, text.as_bytes()).await
}

async fn post(served: &Served, path: &str, body: Value) -> Said {
    call(served, "POST", &format!("/api/v1/{path}"), &body).await
}

async fn read(served: &Served, path: &str) -> Said {
    call(served, "GET", &format!("/api/v1/{path}"), &Value::Null).await
}

/// Registers a card on the default account.
async fn register(served: &Served, gateway: &str, token: &str) -> Said {
    post(served, "paymentcards/", json!({"account": ACCOUNT, "token": token, "gateway": gateway})).await
}

/// A payment method as the script makes it.
async fn payment_method(served: &Served, number: &str) -> String {
    let url = format!("{}/v1/payment_methods", served.fenerum);
    let made: Value = served.submit(&url, &crate::stripe::form(number)).await.json().await.expect("JSON");
    made["id"].as_str().unwrap_or_else(|| panic!("no payment method: {made}")).to_owned()
}

/// Calls QuickPay's API.
async fn quickpay(served: &Served, method: Method, path: &str, body: Value) -> Value {
    let request = served.client.request(method, format!("{}{path}", served.quickpay));
    let request = request.basic_auth("", Some("quickpay-api-key")).header("Accept-Version", "v10");
    let answer = request.json(&body).send().await.expect("an answer");
    let status = answer.status();
    let text = answer.text().await.expect("a body");
    assert!(status.is_success(), "{path}: {status} {text}");
    serde_json::from_str(&text).expect("JSON")
}

/// The test card of QuickPay's first brand with a fate.
fn quickpay_card(fate: Fate) -> String {
    TestCard::with(BRANDS[0], fate).expect("a card").number
}

/// A subscription or payment at QuickPay, authorized with a card; its id.
async fn at_quickpay(served: &Served, kind: &str, order: &str, fate: Fate) -> String {
    let made = json!({"order_id": order, "currency": "DKK", "description": "Cards"});
    let made = quickpay(served, Method::POST, &format!("/{kind}"), made).await;
    let id = made["id"].as_u64().expect("an id");
    let card = json!({"number": quickpay_card(fate), "expiration": "3012", "cvd": "208"});
    let path = format!("/{kind}/{id}/authorize?synchronized");
    quickpay(served, Method::POST, &path, json!({"amount": 100, "card": card})).await;
    id.to_string()
}
