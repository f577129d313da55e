//! A right shop of the tests' own that counts its orders, and knows its payments by QuickPay's ids and by nothing else;
//! and what it can do besides.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use http::{HeaderMap, Method, StatusCode};
use provkassa::scenario::{ShopTarget, Stage, parse};
use provkassa::serve::Options;
use provkassa::simulators::kit::digest::{hex, hmac_sha256};
use serde_json::{Value, json};

use super::small::serving;
use crate::support::client;

/// What is odd about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Odd {
    Nothing,
    /// It never answers a callback.
    Hangs,
    /// Its handler of callbacks throws, and the connection is closed.
    Throws,
    /// Payers who come back are sent to another machine.
    ThanksElsewhere,
}

#[derive(Debug)]
struct Shop {
    odd: Odd,
    /// The sandbox's variables; it is opened after the shop.
    environment: OnceLock<BTreeMap<&'static str, String>>,
    url: OnceLock<String>,
    /// The payments' ids, and whether they are paid.
    orders: Mutex<Vec<(u64, bool)>>,
    /// How many checkouts were begun.
    begun: AtomicUsize,
    client: reqwest::Client,
}

impl Shop {
    fn variable(&self, name: &str) -> &str {
        &self.environment.get().expect("the sandbox is open")[name]
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let sent = self.client.request(method, format!("{}{path}", self.variable("QUICKPAY_URL")));
        let sent =
            sent.basic_auth("", Some(self.variable("QUICKPAY_API_KEY"))).header("accept-version", "v10");
        let sent = if let Some(body) = body { sent.json(&body) } else { sent };
        sent.send().await.expect("the sandbox").json().await.expect("JSON")
    }

    fn settle(&self, payment: &Value) -> StatusCode {
        let mut orders = self.orders.lock().expect("no panic");
        let Some((_, paid)) = orders.iter_mut().find(|(id, _)| payment["id"] == *id) else {
            return StatusCode::NOT_FOUND;
        };
        let operation = &payment["operations"][0];
        let whole = operation["qp_status_code"] == "20000" && operation["amount"] == 12_500;
        *paid |= payment["accepted"] == true && payment["currency"] == "DKK" && whole;
        StatusCode::OK
    }
}

async fn checkout(State(shop): State<Arc<Shop>>) -> axum::Json<Value> {
    let made = shop.begun.fetch_add(1, Ordering::Relaxed);
    let payment = json!({"order_id": format!("{:07}-{made:03}", std::process::id()), "currency": "DKK"});
    let payment = shop.ask(Method::POST, "/payments", Some(payment)).await;
    let id = payment["id"].as_u64().expect("an id");
    let order = {
        let mut orders = shop.orders.lock().expect("no panic");
        orders.push((id, false));
        orders.len()
    };
    let own = shop.url.get().expect("it listens");
    let link = json!({
        "amount": 12_500, "callback_url": format!("{own}/cb"),
        "continue_url": format!("{own}/thanks/{order}"), "cancel_url": format!("{own}/thanks/{order}"),
    });
    let link = shop.ask(Method::PUT, &format!("/payments/{id}/link"), Some(link)).await;
    axum::Json(json!({"id": order.to_string(), "url": link["url"]}))
}

fn found(shop: &Shop, order: usize) -> Option<(u64, bool)> {
    shop.orders.lock().expect("no panic").get(order.checked_sub(1)?).copied()
}

async fn status(State(shop): State<Arc<Shop>>, Path(order): Path<usize>) -> Response {
    match found(&shop, order) {
        Some((_, paid)) => axum::Json(json!({"status": if paid { "paid" } else { "open" }})).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn thanks(State(shop): State<Arc<Shop>>, Path(order): Path<String>) -> Response {
    let Some((id, _)) = order.parse().ok().and_then(|order| found(&shop, order)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let payment = shop.ask(Method::GET, &format!("/payments/{id}"), None).await;
    shop.settle(&payment);
    match shop.odd {
        Odd::ThanksElsewhere => Redirect::to("https://www.example.com/thanks").into_response(),
        _ => "thank you".into_response(),
    }
}

async fn called(State(shop): State<Arc<Shop>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    match shop.odd {
        Odd::Hangs => std::future::pending().await,
        // The server closes the connection of a handler that panics.
        Odd::Throws => panic!("no database"),
        Odd::Nothing | Odd::ThanksElsewhere => {}
    }
    let right = hex(&hmac_sha256(shop.variable("QUICKPAY_PRIVATE_KEY").as_bytes(), &body));
    if headers.get("quickpay-checksum-sha256").is_none_or(|sum| sum != right.as_str()) {
        return StatusCode::FORBIDDEN;
    }
    serde_json::from_slice(&body).map_or(StatusCode::BAD_REQUEST, |payment: Value| shop.settle(&payment))
}

/// The stage with such a shop beside it.
pub(super) async fn stage(odd: Odd) -> Stage {
    let shop = Arc::new(Shop {
        odd,
        environment: OnceLock::new(),
        url: OnceLock::new(),
        orders: Mutex::default(),
        begun: AtomicUsize::default(),
        client: client(),
    });
    let app = Router::new()
        .route("/checkout", post(checkout))
        .route("/orders/{order}", get(status))
        .route("/thanks/{order}", get(thanks))
        .route("/cb", post(called));
    let url = serving(app.with_state(Arc::clone(&shop))).await;
    let text = format!(
        "[shop]\nsettle = 0.1\ndeadline = 1\n\
         status = {{ url = \"{url}/orders/{{order}}\", pointer = \"/status\", paid = [\"paid\"] }}\n\
         [shop.quickpay]\norder = {{ pointer = \"/id\" }}\n\
         checkout = {{ url = \"{url}/checkout\", json = {{ amount = \"{{amount.minor}}\" }}, link = \"/url\" }}\n"
    );
    shop.url.set(url).expect("once");
    let target = ShopTarget::Configured(Box::new(parse(&text).expect("sound")));
    let stage = Stage::open(target, Options::default()).await.expect("a stage");
    shop.environment.set(stage.environment()).expect("once");
    stage
}

/// How long a callback may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
