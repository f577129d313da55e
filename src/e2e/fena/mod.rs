//! Fena over real HTTP: a shop that gets notifications, links and tokens, right and wrong.

mod adapters;
mod pages;
mod refusals;
mod scenarios;
mod trouble;

use std::borrow::Cow;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use provkassa::simulators::fena::signing::{Link, Notification};
use provkassa::simulators::kit::jwt::show_json;
use provkassa::simulators::kit::operation::{Message, Operation as _, Reply};
use serde_json::{Value, json};

use crate::support::{Served, location};

pub(crate) const TERMINAL: &str = "4af9b080-b6d3-4206-a10f-f2162f15b655";
pub(crate) const SECRET: &str = "5c0e7f43-6d1b-4b0e-9a55-2f1d8f7f2c11";

/// What a shop does with a notification.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Does {
    Answer(u16),
    Hang,
    Redirect,
}

/// A notification that came.
#[derive(Clone, Debug)]
pub(crate) struct Came {
    pub(crate) path: String,
    pub(crate) content_type: String,
    pub(crate) body: String,
}

impl Came {
    /// The token, taken apart.
    pub(crate) fn token(&self) -> Value {
        json!(show_json(self.body.strip_prefix("token=").expect("a token")))
    }
}

/// A shop's webhook endpoint.
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
        let app = Router::new().fallback(move |uri: Uri, headers: HeaderMap, body: Bytes| {
            let kept = Arc::clone(&kept);
            async move { take(&kept, does, &uri, &headers, &body).await }
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
}

async fn take(kept: &Mutex<Vec<Came>>, does: Does, uri: &Uri, headers: &HeaderMap, body: &Bytes) -> Response {
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kept.lock().expect("whole").push(Came {
        path: uri.path().to_owned(),
        content_type: content_type.to_owned(),
        body: String::from_utf8_lossy(body).into_owned(),
    });
    match does {
        Does::Answer(status) => StatusCode::from_u16(status).expect("a status").into_response(),
        Does::Hang => std::future::pending().await,
        Does::Redirect => (StatusCode::FOUND, [(header::LOCATION, "/elsewhere")]).into_response(),
    }
}

/// A sandbox whose default terminal has a shop behind it.
pub(crate) async fn with_shop(served: &Served, does: Does) -> Shop {
    let shop = Shop::open(does).await;
    served.set("fena.webhook", &format!("{}/webhook", shop.url)).await;
    served.set("fena.redirect", "http://127.0.0.1:3000/thanks?lang=en").await;
    shop
}

/// The sandbox's time in seconds.
pub(crate) async fn now(served: &Served) -> i64 {
    let clock = served.read("clock").await;
    let now = clock["now"].as_str().expect("a time");
    now.parse::<jiff::Timestamp>().expect("a time").as_second()
}

/// A payment as a shop is asked for it.
pub(crate) fn payment(order: &str, pence: i64, now: i64, more: &[(&'static str, &str)]) -> Message {
    let mut parameters = vec![(Cow::Borrowed("orderID"), order.to_owned())];
    parameters.extend(more.iter().map(|(name, value)| (Cow::Borrowed(*name), (*value).to_owned())));
    let given = [
        ("amount", pence.to_string()),
        ("terminal", TERMINAL.to_owned()),
        ("secret", SECRET.to_owned()),
        ("now", now.to_string()),
    ];
    Message {
        form: Cow::Borrowed(""),
        parameters,
        given: given.map(|(name, value)| (Cow::Borrowed(name), value)).to_vec(),
    }
}

/// The link of a right payment.
pub(crate) async fn link(served: &Served, order: &str, pence: i64, more: &[(&'static str, &str)]) -> String {
    let mut message = payment(order, pence, now(served).await, more);
    message.given.push((Cow::Borrowed("base"), served.fena.clone()));
    Link.reply(&message, &[]).expect("a link").get("url").to_owned()
}

/// Opens a link that leads to a page; the page's address.
pub(crate) async fn page(served: &Served, link: &str) -> String {
    let answer = served.get(link).await;
    assert_eq!(answer.status(), StatusCode::OK, "{link}");
    let html = answer.text().await.expect("a page");
    let action = html.split(" action=\"").nth(1).and_then(|rest| rest.split('"').next());
    action.unwrap_or_else(|| panic!("no form in {html}")).to_owned()
}

/// Pays in full: the link, a bank, and a button there; where the browser is sent.
pub(crate) async fn pay(served: &Served, link: &str, outcome: &str) -> String {
    let page = page(served, link).await;
    let bank = served.submit(&page, &[("bank", "ob-monzo")]).await;
    assert_eq!(location(&bank), page);
    location(&served.submit(&page, &[("outcome", outcome)]).await)
}

/// What a right shop makes of a notification.
pub(crate) fn judged(came: &Came, order: &str, pence: i64, now: i64) -> String {
    use base64::Engine as _;
    let given = [
        ("body", base64::engine::general_purpose::STANDARD.encode(&came.body)),
        ("terminal", TERMINAL.to_owned()),
        ("secret", SECRET.to_owned()),
        ("order", order.to_owned()),
        ("amount", pence.to_string()),
        ("now", now.to_string()),
    ];
    let message = Message {
        form: Cow::Borrowed(""),
        parameters: vec![(Cow::Borrowed("content-type"), came.content_type.clone())],
        given: given.map(|(name, value)| (Cow::Borrowed(name), value)).to_vec(),
    };
    match Notification.reply(&message, &[]).expect("an answer") {
        Reply::Answer(_) => "paid".to_owned(),
        Reply::Rejected(why) => why,
    }
}

/// The payments of an order, the oldest first, as the control API shows them.
pub(crate) async fn payments(served: &Served, order: &str) -> Vec<Value> {
    let all = served.read("fena/payments").await;
    all.as_array().expect("a list").iter().filter(|payment| payment["order"] == order).cloned().collect()
}

/// How each attempt to pay an order stands.
pub(crate) async fn states(served: &Served, order: &str) -> Vec<String> {
    let states = payments(served, order).await;
    states.iter().map(|payment| payment["state"].as_str().expect("a state").to_owned()).collect()
}

/// Queues an outcome.
pub(crate) async fn queue(served: &Served, order: &str, outcome: &str) {
    served.post("outcomes", json!({"provider": "fena", "order": order, "outcome": outcome})).await;
}
