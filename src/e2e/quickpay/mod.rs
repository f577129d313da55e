//! QuickPay over real HTTP: a shop that calls the API, a payer in the window, an endpoint that hears of it.

mod awkward;
mod browsers;
mod callbacks;
mod cards;
mod form;
mod laws;
mod links;
mod lists;
mod merchant;
mod methods;
mod operations;
mod payments;
mod planned;
mod refusals;
mod subscriptions;
mod verified;
mod window;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use provkassa::simulators::kit::digest;
use provkassa::simulators::kit::tree::Tree;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::support::Served;

pub(crate) const API_KEY: &str = "quickpay-api-key";
pub(crate) const WINDOW_KEY: &str = "quickpay-window-key";
pub(crate) const PRIVATE_KEY: &str = "quickpay-private-key";
/// The test card that is approved.
pub(crate) const GOOD: &str = "1000000000000008";
/// The test card whose operations take a minute.
pub(crate) const SLOW: &str = "1000000000000099";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// What QuickPay said.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Said {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    /// Everything that the sandbox warns of.
    pub(crate) fn warnings(&self) -> String {
        let all = self.headers.get_all("provkassa-warning").iter();
        all.filter_map(|warning| warning.to_str().ok()).collect::<Vec<_>>().join("\n")
    }

    /// The fields that are wrong, each with what is wrong with it.
    pub(crate) fn errors(&self) -> String {
        assert_eq!(self.json()["message"], "Validation error", "{self:?}");
        self.json()["errors"].to_string().replace(['{', '}', '"'], "")
    }

    /// The body with a member a line, in the order in which they came.
    pub(crate) fn pretty(&self, served: &Served) -> String {
        pretty(&self.text).replace(&served.quickpay, "{quickpay}")
    }
}

pub(crate) fn pretty(text: &str) -> String {
    let tree: Tree = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    serde_json::to_string_pretty(&tree).expect("JSON")
}

/// A call with the right key and version.
pub(crate) fn call(served: &Served, verb: &str, path: &str) -> RequestBuilder {
    bare(served, verb, path).basic_auth("", Some(API_KEY)).header("accept-version", "v10")
}

/// A call with nothing.
pub(crate) fn bare(served: &Served, verb: &str, path: &str) -> RequestBuilder {
    let verb: Method = verb.parse().expect("a verb");
    served.client.request(verb, format!("{}{path}", served.quickpay))
}

pub(crate) async fn said(request: RequestBuilder) -> Said {
    let answer = request.send().await.expect("an answer");
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    Said { status, headers, text: answer.text().await.expect("a body") }
}

/// A call with a JSON body; without one where it is null.
pub(crate) async fn api(served: &Served, verb: &str, path: &str, body: Value) -> Said {
    let request = call(served, verb, path);
    said(if body.is_null() { request } else { request.json(&body) }).await
}

/// A call that goes well.
pub(crate) async fn ok(served: &Served, verb: &str, path: &str, body: Value) -> Value {
    let said = api(served, verb, path, body).await;
    assert!((200..300).contains(&said.status), "{verb} {path}: {said:?}");
    said.json()
}

pub(crate) async fn read(served: &Served, path: &str) -> Value {
    ok(served, "GET", path, Value::Null).await
}

/// A new payment; its path.
pub(crate) async fn payment(served: &Served, order: &str) -> String {
    let made = ok(served, "POST", "/payments", json!({"order_id": order, "currency": "DKK"})).await;
    format!("/payments/{}", made["id"])
}

/// A new subscription; its path.
pub(crate) async fn subscription(served: &Served, order: &str) -> String {
    let body = json!({"order_id": order, "currency": "DKK", "description": "Gym"});
    format!("/subscriptions/{}", ok(served, "POST", "/subscriptions", body).await["id"])
}

/// A card's fields.
pub(crate) fn card(number: &str) -> Value {
    json!({"number": number, "expiration": "3012", "cvd": "208"})
}

/// Does something and waits for it; the resource then.
pub(crate) async fn done(served: &Served, path: &str, operation: &str, body: Value) -> Value {
    ok(served, "POST", &format!("{path}/{operation}?synchronized"), body).await
}

/// Authorizes with a card and waits for it.
pub(crate) async fn authorize(served: &Served, path: &str, amount: i64, number: &str) -> Value {
    done(served, path, "authorize", json!({"amount": amount, "card": card(number)})).await
}

/// A payment that is authorized; its path.
pub(crate) async fn authorized(served: &Served, order: &str, amount: i64, number: &str) -> String {
    let path = payment(served, order).await;
    assert_eq!(authorize(served, &path, amount, number).await["accepted"], true);
    path
}

/// The code of the last operation.
pub(crate) fn code(resource: &Value) -> &str {
    last(resource)["qp_status_code"].as_str().unwrap_or("pending")
}

pub(crate) fn last(resource: &Value) -> &Value {
    resource["operations"].as_array().and_then(|all| all.last()).expect("an operation")
}

/// Gives a payment a link; its address.
pub(crate) async fn link(served: &Served, path: &str, terms: Value) -> String {
    let made = ok(served, "PUT", &format!("{path}/link"), terms).await;
    made["url"].as_str().expect("an address").to_owned()
}

/// Moves the clock.
pub(crate) async fn pass(served: &Served, seconds: u64) {
    served.post("clock/advance", json!({"milliseconds": seconds * 1000})).await;
}

/// Queues outcomes for an order.
pub(crate) async fn queue(served: &Served, order: &str, chain: &[&str]) {
    served.post("outcomes", json!({"provider": "quickpay", "order": order, "chain": chain})).await;
}

/// Changes the account's terms through the control API.
pub(crate) async fn terms(served: &Served, terms: Value) {
    served.post("quickpay/account", terms).await;
}

/// What a shop does with a callback.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Does {
    /// Answers with a status.
    Answer(u16),
    /// Sends every one to this address, for good.
    Lead(&'static str),
    /// Sends the first one elsewhere, and takes it there.
    Move(u16),
}

/// A callback that came.
#[derive(Clone, Debug)]
pub(crate) struct Came {
    pub(crate) verb: Method,
    pub(crate) path: String,
    /// Without the question mark.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Came {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    /// Whether it was signed with this key.
    pub(crate) fn is_of(&self, key: &str) -> bool {
        let checksum = digest::hex(&digest::hmac_sha256(key.as_bytes(), &self.body));
        self.header("quickpay-checksum-sha256") == checksum
    }

    /// Where it came, and of which operation it tells.
    pub(crate) fn told(&self) -> String {
        let resource = self.json();
        format!("{} {} {}", self.path, last(&resource)["type"].as_str().expect("a type"), code(&resource))
    }
}

/// A shop's callback endpoint.
#[derive(Debug)]
pub(crate) struct Shop {
    pub(crate) url: String,
    came: Arc<Mutex<Vec<Came>>>,
}

impl Shop {
    pub(crate) async fn open(does: Does) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let came: Arc<Mutex<Vec<Came>>> = Arc::default();
        let kept = Arc::clone(&came);
        let app = Router::new().fallback(move |verb: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
            let kept = Arc::clone(&kept);
            let (path, query) = (uri.path().to_owned(), uri.query().unwrap_or_default().to_owned());
            async move { take(&kept, does, Came { verb, path, query, headers, body }) }
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, came }
    }

    pub(crate) fn came(&self) -> Vec<Came> {
        self.came.lock().expect("whole").clone()
    }

    /// Waits until so many have come.
    pub(crate) async fn wait(&self, count: usize) -> Vec<Came> {
        for _ in 0..1000 {
            if self.came().len() >= count {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.came()
    }

    /// What has come, each in a few words, once what should not come had the time to.
    pub(crate) async fn told(&self) -> Vec<String> {
        tokio::time::sleep(Duration::from_millis(50)).await;
        self.came().iter().map(Came::told).collect()
    }
}

fn take(kept: &Mutex<Vec<Came>>, does: Does, came: Came) -> Response {
    let moved = came.path == "/elsewhere";
    kept.lock().expect("whole").push(came);
    match does {
        Does::Answer(status) => StatusCode::from_u16(status).expect("a status").into_response(),
        Does::Lead(to) => (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, to)]).into_response(),
        Does::Move(_) if moved => StatusCode::OK.into_response(),
        Does::Move(status) => {
            let status = StatusCode::from_u16(status).expect("a status");
            (status, [(header::LOCATION, "/elsewhere")]).into_response()
        }
    }
}
