//! The shop of a flow: takes callbacks, answers each as the flow says, and keeps them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use provkassa_simulators::kit::digest::{hex, hmac_sha256, md5};
use provkassa_simulators::kit::jwt::{Algorithm, Parts, show_json, verify};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep};

use super::pattern::{Known, departs, fill, matches};

/// How long a callback is waited for that should come.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long one is waited for that should not.
const GRACE: Duration = Duration::from_millis(25);

/// How the shop answers a callback.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The header `Location`.
    pub location: Option<String>,
}

impl Answer {
    fn response(&self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        match &self.location {
            Some(location) => (status, [(header::LOCATION, location.as_str())]).into_response(),
            None => status.into_response(),
        }
    }
}

/// A callback that must have come.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// Where at the shop.
    pub path: String,
    /// Its method, where that is looked at.
    pub method: Option<String>,
    /// Its whole query, where that is looked at.
    pub query: Option<String>,
    /// Its headers, by name.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body's JSON, of which everything here must be there; a list must have as many entries.
    pub json: Option<Value>,
    /// A header, a key, and whether the header holds the body's HMAC-SHA256 with that key, in lower-case hex.
    pub checksum: Option<(String, String, bool)>,
    /// A key, and whether the query's `hash`, its last parameter, is the MD5 in lower-case hex of all values before
    /// it and the key.
    pub md5: Option<(String, bool)>,
    /// The header and the claims of the token in the form's field `token`, of which everything here must be
    /// there.
    pub token: Option<Value>,
    /// A key, and whether the token is signed with it and HS512.
    pub signed: Option<(String, bool)>,
}

/// What came.
#[derive(Clone, Debug)]
struct Came {
    method: Method,
    path: String,
    query: String,
    headers: HeaderMap,
    body: String,
}

/// A shop that listens; it stops when this is dropped.
#[derive(Debug)]
pub(super) struct Shop {
    pub(super) url: String,
    came: Arc<Mutex<Vec<Came>>>,
    answers: Arc<Mutex<VecDeque<Answer>>>,
    server: tokio::task::JoinHandle<()>,
}

impl Shop {
    pub(super) async fn open() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let came: Arc<Mutex<Vec<Came>>> = Arc::default();
        let kept = Arc::clone(&came);
        let answers: Arc<Mutex<VecDeque<Answer>>> = Arc::default();
        let given = Arc::clone(&answers);
        let app = Router::new().fallback(move |method: Method, uri: Uri, headers: HeaderMap, body: String| {
            let answer = given.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let query = uri.query().unwrap_or_default().to_owned();
            let came = Came { method, path: uri.path().to_owned(), query, headers, body };
            kept.lock().unwrap_or_else(PoisonError::into_inner).push(came);
            async move { answer.map_or_else(|| StatusCode::OK.into_response(), |answer| answer.response()) }
        });
        let server = tokio::spawn(async move {
            // It ends with the task.
            let _ = axum::serve(listener, app).await;
        });
        Ok(Self { url, came, answers, server })
    }

    /// Says how the next callbacks are answered, where a step says it; the first unknown name where there is
    /// one.
    pub(super) fn answer(&self, answers: &[Answer], known: &Known) -> Result<(), String> {
        if answers.is_empty() {
            return Ok(());
        }
        let mut filled = VecDeque::new();
        for answer in answers {
            let location = answer.location.as_ref().map(|location| fill(location, known)).transpose()?;
            filled.push_back(Answer { status: answer.status, location });
        }
        *self.answers.lock().unwrap_or_else(PoisonError::into_inner) = filled;
        Ok(())
    }

    /// Where the callbacks that came since the last time depart from those that should have come.
    pub(super) async fn compare(
        &self,
        expected: &[Expected],
        known: &mut Known,
    ) -> (Vec<String>, Vec<String>) {
        if expected.is_empty() {
            // What should not come is given the time to come.
            sleep(GRACE).await;
        }
        let until = Instant::now() + PATIENCE;
        while self.count() < expected.len() && Instant::now() < until {
            sleep(Duration::from_millis(5)).await;
        }
        let came = std::mem::take(&mut *self.came.lock().unwrap_or_else(PoisonError::into_inner));
        let shown: Vec<String> = came.iter().map(Came::line).collect();
        let mut departures = Vec::new();
        if came.len() != expected.len() {
            departures.push(format!("callbacks: expected {}, got {}", expected.len(), came.len()));
        }
        for (place, (expected, came)) in expected.iter().zip(&came).enumerate() {
            if came.path != expected.path {
                departures
                    .push(format!("callbacks[{place}].path: expected {}, got {}", expected.path, came.path));
            }
            if let Some(wanted) = &expected.method
                && came.method.as_str() != wanted
            {
                departures.push(format!("callbacks[{place}].method: expected {wanted}, got {}", came.method));
            }
            if let Some(wanted) = &expected.query
                && !matches(wanted, &came.query, known)
            {
                departures.push(format!("callbacks[{place}].query: expected {wanted}, got {}", came.query));
            }
            if let Some((key, wanted)) = &expected.md5 {
                let key = fill(key, known).unwrap_or_default();
                if came.has_md5(&key) != *wanted {
                    let said = if *wanted { "not made with the key" } else { "made with the key" };
                    departures.push(format!("callbacks[{place}].md5: it is {said}"));
                }
            }
            for (name, wanted) in &expected.headers {
                let got = came.header(name);
                if !matches(wanted, got, known) {
                    departures
                        .push(format!("callbacks[{place}].headers.{name}: expected {wanted}, got {got}"));
                }
            }
            if let Some((name, key, wanted)) = &expected.checksum {
                let key = fill(key, known).unwrap_or_default();
                let sum = hex(&hmac_sha256(key.as_bytes(), came.body.as_bytes()));
                if (came.header(name) == sum) != *wanted {
                    let said = if *wanted { "not made with the key" } else { "made with the key" };
                    departures.push(format!("callbacks[{place}].checksum: it is {said}"));
                }
            }
            if let Some(json) = &expected.json {
                let got = serde_json::from_str(&came.body).unwrap_or(Value::Null);
                departures.extend(departs(json, &got, &format!("callbacks[{place}].json"), known));
            }
            if let Some((key, wanted)) = &expected.signed {
                let key = fill(key, known).unwrap_or_default();
                if came.is_signed(&key) != *wanted {
                    let said = if *wanted { "not signed with the key" } else { "signed with the key" };
                    departures.push(format!("callbacks[{place}].signed: it is {said}"));
                }
            }
            if let Some(token) = &expected.token {
                departures.extend(departs(token, &came.token(), &format!("callbacks[{place}].token"), known));
            }
        }
        (shown, departures)
    }

    fn count(&self) -> usize {
        self.came.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Came {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    fn text(&self) -> Option<String> {
        let mut fields = url::form_urlencoded::parse(self.body.as_bytes());
        fields.find(|(name, _)| name == "token").map(|(_, token)| token.into_owned())
    }

    /// The token in the form, taken apart; null if there is none.
    fn token(&self) -> Value {
        self.text().map_or(Value::Null, |token| json!(show_json(&token)))
    }

    fn is_signed(&self, key: &str) -> bool {
        let token = self.text().unwrap_or_default();
        Parts::of(&token).is_ok_and(|parts| verify(&parts, Algorithm::Hs512, key.as_bytes()))
    }

    /// Whether the query ends with the MD5 of its values and the key.
    fn has_md5(&self, key: &str) -> bool {
        let mut parameters: Vec<_> = url::form_urlencoded::parse(self.query.as_bytes()).collect();
        let Some((name, hash)) = parameters.pop() else { return false };
        let values: String = parameters.iter().map(|(_, value)| value.as_ref()).collect();
        name == "hash" && hash == hex(&md5(format!("{values}{key}").as_bytes()))
    }

    /// The whole as a line.
    fn line(&self) -> String {
        let mut line = format!("{} {}", self.method, self.path);
        if !self.query.is_empty() {
            line.push_str(&format!("?{}", self.query));
        }
        match self.said() {
            said if said.is_empty() && self.method == Method::GET => line,
            said => format!("{line} {said}"),
        }
    }

    /// The body; a token by what is in it.
    fn said(&self) -> String {
        match self.token() {
            Value::Null => self.body.clone(),
            token => format!("token={token}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;

    #[tokio::test]
    async fn a_shop_keeps_what_comes_and_says_what_departs() {
        let shop = Shop::open().await.expect("a port");
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let token =
            provkassa_simulators::kit::jwt::sign(&Map::from_iter([("order".to_owned(), json!("7"))]), b"s");
        let post = client.post(format!("{}/webhook", shop.url)).body(format!("token={token}"));
        post.send().await.expect("an answer");
        let wanted = |order: &str| Expected {
            path: "/webhook".to_owned(),
            headers: BTreeMap::from([("host".to_owned(), "127.0.0.1:{port}".to_owned())]),
            token: Some(json!({"header": {"alg": "HS512"}, "claims": {"order": order, "id": null}})),
            signed: Some(("s".to_owned(), true)),
            ..Expected::default()
        };
        let mut known = Known::new();
        let (shown, departures) = shop.compare(&[wanted("{order}")], &mut known).await;
        assert!(departures.is_empty(), "{departures:?}");
        assert_eq!((shown.len(), known["order"].as_str()), (1, "7"));
        client.post(&shop.url).body("x").send().await.expect("an answer");
        let (_, departures) = shop.compare(&[], &mut known).await;
        assert_eq!(departures, ["callbacks: expected 0, got 1"]);
    }

    #[tokio::test]
    async fn a_shop_answers_as_it_is_told_and_knows_a_checksum() {
        let shop = Shop::open().await.expect("a port");
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .expect("a client");
        let mut known = Known::from([("shop".to_owned(), shop.url.clone())]);
        let moved = Answer { status: 307, location: Some("{shop}/new".to_owned()) };
        shop.answer(&[Answer { status: 503, location: None }, moved], &known).expect("known names");
        let sum = hex(&hmac_sha256(b"k", b"{\"id\":7}"));
        let mut statuses = Vec::new();
        for _ in 0..3 {
            let post = client.post(&shop.url).header("x-sum", &sum).body("{\"id\":7}");
            let answer = post.send().await.expect("an answer");
            let location = answer.headers().get("location").cloned();
            statuses.push((
                answer.status().as_u16(),
                location.is_some_and(|to| to == format!("{}/new", shop.url)),
            ));
        }
        assert_eq!(statuses, [(503, false), (307, true), (200, false)]);
        let wanted = |key: &str, right| Expected {
            path: "/".to_owned(),
            json: Some(json!({"id": "{id}"})),
            checksum: Some(("X-Sum".to_owned(), key.to_owned(), right)),
            ..Expected::default()
        };
        let expected = [wanted("k", true), wanted("other", false), wanted("other", true)];
        let (_, departures) = shop.compare(&expected, &mut known).await;
        assert_eq!(departures, ["callbacks[2].checksum: it is not made with the key"]);
        assert_eq!(known["id"], "7");
        assert_eq!(
            shop.answer(&[Answer { status: 301, location: Some("{nobody}".to_owned()) }], &known),
            Err("nobody".to_owned())
        );
    }

    #[tokio::test]
    async fn a_shop_knows_a_query_and_the_md5_at_its_end() {
        let shop = Shop::open().await.expect("a port");
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let hash = hex(&md5(b"a b7key"));
        let url = format!("{}/paid?own=a+b&txnid=7&hash={hash}", shop.url);
        client.get(&url).send().await.expect("an answer");
        client.get(&url).send().await.expect("an answer");
        let wanted = |method: &str, key: &str| Expected {
            path: "/paid".to_owned(),
            method: Some(method.to_owned()),
            query: Some("own=a+b&txnid={txnid}&hash={hash}".to_owned()),
            md5: Some((key.to_owned(), true)),
            ..Expected::default()
        };
        let mut known = Known::new();
        let (shown, departures) =
            shop.compare(&[wanted("GET", "key"), wanted("POST", "other")], &mut known).await;
        let wrong =
            ["callbacks[1].method: expected POST, got GET", "callbacks[1].md5: it is not made with the key"];
        assert_eq!(departures, wrong);
        assert_eq!(shown[0], format!("GET /paid?own=a+b&txnid=7&hash={hash}"));
        assert_eq!(known["txnid"], "7");
    }
}
