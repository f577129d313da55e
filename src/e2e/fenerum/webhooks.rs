//! Events: who gets which, with which password, and when they are not taken.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::{ACCOUNT, call, post, read, register};
use crate::support::{Served, snapshot};

/// An event that came.
#[derive(Clone, Debug)]
struct Came {
    authorization: String,
    text: String,
    body: Value,
}

/// Somebody who listens.
struct Listener {
    url: String,
    status: Arc<Mutex<StatusCode>>,
    came: Arc<Mutex<Vec<Came>>>,
}

impl Listener {
    async fn open() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/hook", listener.local_addr().expect("bound"));
        let (status, came) =
            (Arc::new(Mutex::new(StatusCode::NO_CONTENT)), Arc::<Mutex<Vec<Came>>>::default());
        let (says, kept) = (Arc::clone(&status), Arc::clone(&came));
        let app = Router::new().fallback(move |headers: HeaderMap, body: Bytes| {
            let authorization = headers["authorization"].to_str().expect("text").to_owned();
            assert_eq!(headers["content-type"], "application/json");
            let text = String::from_utf8_lossy(&body).into_owned();
            let body = serde_json::from_str(&text).expect("JSON");
            kept.lock().expect("whole").push(Came { authorization, text, body });
            let status = *says.lock().expect("whole");
            async move { status }
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, status, came }
    }

    /// The names of the events that came, once there are so many.
    async fn events(&self, count: usize) -> Vec<String> {
        let came = self.wait(count).await;
        came.iter().map(|came| came.body["event"].as_str().expect("a name").to_owned()).collect()
    }

    async fn wait(&self, count: usize) -> Vec<Came> {
        for _ in 0..500 {
            if self.came.lock().expect("whole").len() >= count {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        // One too many would come at once, too.
        tokio::time::sleep(Duration::from_millis(50)).await;
        self.came.lock().expect("whole").clone()
    }
}

async fn listen(served: &Served, listener: &Listener, events: Value) -> String {
    let body = json!({
        "endpoint": listener.url,
        "basic_auth_username": "fenerum",
        "basic_auth_password": "hook-password",
        "events": events,
    });
    let made = post(served, "webhooks/", body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert!(made.body.get("basic_auth_password").is_none());
    made.uuid().to_owned()
}

#[tokio::test]
async fn ordinary_events_come_and_others_only_where_they_are_listed() {
    let served = Served::frozen().await;
    let (plain, keen) = (Listener::open().await, Listener::open().await);
    listen(&served, &plain, json!([])).await;
    listen(&served, &keen, json!(["payment_card.activated", "payment_card.deactivated", "payment.declined"]))
        .await;
    let made = post(&served, "accounts/", json!({"company_name": "A", "code": "A1"})).await;
    call(&served, "PATCH", "/api/v1/accounts/A1/", &json!({"legal_city": "Aarhus"})).await;
    assert_eq!(plain.events(2).await, ["account.created", "account.updated"]);
    let card = register(&served, "stripe_new", "pm_card_chargeCustomerFail").await;
    assert_eq!(card.status, StatusCode::CREATED, "{}", card.text);
    let invoice = json!({"account": "CUST001", "amount": 5000, "collection_method": "payment_card"});
    served.post("fenerum/invoices", invoice).await;
    post(&served, &format!("paymentcards/{}/disable/", card.uuid()), Value::Null).await;
    let invoice = served.read("fenerum/invoices").await[0]["invoice_number"].to_string();
    served
        .post(&format!("payments/{invoice}/outcome"), json!({"provider": "fenerum", "outcome": "approve"}))
        .await;
    let subscription = read(&served, "subscriptions/").await.body["results"][0]["uuid"].clone();
    let path = format!("subscriptions/{}/cancel/", subscription.as_str().expect("an id"));
    for _ in 0..2 {
        assert_eq!(post(&served, &path, json!({})).await.body["active"], false);
    }
    let names = plain.events(5).await;
    assert_eq!(names[2..], ["new_invoice", "paid_invoice", "cancel_subscription"]);
    let names = keen.events(3).await;
    assert_eq!(names, ["payment_card.activated", "payment.declined", "payment_card.deactivated"]);
    let came = keen.wait(3).await;
    assert_eq!(came[0].body["data"], card.body);
    assert_eq!(came[2].body["data"]["active"], false);
    // The name and the password, as Basic has them.
    assert!(came.iter().all(|came| came.authorization == "Basic ZmVuZXJ1bTpob29rLXBhc3N3b3Jk"));
    let first = &plain.wait(5).await[0];
    assert_eq!(first.body["data"]["uuid"], made.body["uuid"]);
    snapshot("fenerum", "account-created", &first.text);
    let journal = served.read("journal?provider=fenerum").await.to_string();
    assert!(!journal.contains("hook-password"));
}

#[tokio::test]
async fn an_event_that_is_not_taken_comes_again() {
    let served = Served::frozen().await;
    let listener = Listener::open().await;
    listen(&served, &listener, json!([])).await;
    *listener.status.lock().expect("whole") = StatusCode::INTERNAL_SERVER_ERROR;
    let update = async || {
        call(&served, "PATCH", "/api/v1/accounts/CUST001/", &json!({"legal_city": "Odense"})).await;
    };
    update().await;
    for (count, seconds) in (1..).zip([60, 300, 1800]) {
        assert_eq!(listener.wait(count).await.len(), count);
        served.post("clock/advance", json!({"milliseconds": seconds * 1000})).await;
    }
    assert_eq!(listener.wait(4).await.len(), 4);
    served.post("clock/advance", json!({"milliseconds": 86_400_000_u64 * 2})).await;
    assert_eq!(listener.wait(5).await.len(), 4);
    let callbacks = served.read("callbacks").await;
    assert_eq!(callbacks[0]["status"]["state"], "gave_up");
    served.set("fenerum.webhook_retries", "off").await;
    update().await;
    listener.wait(5).await;
    served.post("clock/advance", json!({"milliseconds": 60_000})).await;
    assert_eq!(listener.wait(6).await.len(), 5);
}

#[tokio::test]
async fn webhooks_are_changed_switched_off_and_removed() {
    let served = Served::frozen().await;
    let listener = Listener::open().await;
    let hook = listen(&served, &listener, json!(["account.updated"])).await;
    let path = format!("/api/v1/webhooks/{hook}/");
    let update = async |city: &str| {
        call(&served, "PATCH", "/api/v1/accounts/CUST001/", &json!({"legal_city": city})).await
    };
    update("a").await;
    assert_eq!(listener.wait(1).await.len(), 1);
    // What is not listed does not come, unless ordinary events always do.
    post(&served, "accounts/", json!({"company_name": "B"})).await;
    assert_eq!(listener.wait(2).await.len(), 1);
    served.set("fenerum.webhook_events", "ordinary_always").await;
    post(&served, "accounts/", json!({"company_name": "C"})).await;
    assert_eq!(listener.events(2).await[1], "account.created");
    served.set("fenerum.card_event", "uuid").await;
    call(&served, "PATCH", &path, &json!({"events": ["payment_card.activated"], "basic_auth_password": ""}))
        .await;
    let card = register(&served, "stripe_new", "pm_card_visa").await;
    let came = listener.wait(3).await;
    assert_eq!(came[2].body["data"], json!({"uuid": card.body["uuid"]}));
    assert_eq!(came[2].authorization, "Basic ZmVuZXJ1bTo=");

    let said = call(&served, "PUT", &path, &json!({"enabled": false})).await;
    assert_eq!(said.body, json!({"endpoint": ["This field is required."]}));
    let said = call(&served, "PATCH", &path, &json!({"enabled": false})).await;
    assert_eq!((said.status, &said.body["enabled"]), (StatusCode::OK, &json!(false)));
    update("b").await;
    assert_eq!(listener.wait(4).await.len(), 3);
    let said = call(&served, "PATCH", &path, &json!({"events": ["nothing"], "endpoint": "ftp://x"})).await;
    assert_eq!(
        said.body,
        json!({"endpoint": ["Enter a valid URL."], "events": ["\"nothing\" is not a valid choice."]})
    );
    assert_eq!(call(&served, "DELETE", &path, &Value::Null).await.status, StatusCode::NO_CONTENT);
    assert_eq!(call(&served, "GET", &path, &Value::Null).await.status, StatusCode::NOT_FOUND);
    assert_eq!(read(&served, "webhooks/").await.body["count"], 0);
}

#[tokio::test]
async fn periods_are_invoiced_by_the_clock_and_forged_events_have_another_password() {
    let served = Served::frozen().await;
    let listener = Listener::open().await;
    listen(&served, &listener, json!(["new_invoice", "account.updated"])).await;
    let advance = async |days: u64| {
        served.post("clock/advance", json!({"milliseconds": days * 86_400_000})).await;
    };
    advance(30).await;
    assert_eq!(read(&served, "invoices/").await.body["count"], 1);
    advance(1).await;
    let invoices = read(&served, "invoices/?account=CUST001").await.body;
    assert_eq!(invoices["count"], 2);
    assert_eq!(invoices["results"][1]["issued_date"], "2026-04-01T12:00:00.000000+00:00");
    advance(61).await;
    assert_eq!(read(&served, "invoices/").await.body["count"], 4);
    assert_eq!(listener.events(3).await.len(), 3);
    // Centuries are invoiced a few at a time.
    advance(365 * 300).await;
    assert_eq!(read(&served, "invoices/").await.body["count"], 28);
    assert_eq!(listener.events(27).await.len(), 27);

    served.post("callbacks/policy", json!({"policy": {"wrong_signature": true}})).await;
    let before = listener.came.lock().expect("whole").len();
    let account = call(&served, "PATCH", "/api/v1/accounts/CUST001/", &json!({"legal_city": "x"})).await;
    assert_eq!(account.body["uuid"], ACCOUNT);
    let came = listener.wait(before + 1).await;
    let forged = came.iter().find(|came| came.body["event"] == "account.updated").expect("the event");
    assert_eq!(forged.authorization, "Basic ZmVuZXJ1bTphbm90aGVyIHBhc3N3b3Jk");
}
