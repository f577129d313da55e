//! The shop of a flow: takes callbacks, says 200 to each, and keeps them.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::http::Uri;
use provkassa_simulators::kit::jwt::{Algorithm, Parts, show_json, verify};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep};

use super::pattern::{Known, departs, fill};

/// How long a callback is waited for that should come.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long one is waited for that should not.
const GRACE: Duration = Duration::from_millis(25);

/// A callback that must have come.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// Where at the shop.
    pub path: String,
    /// The header and the claims of the token in the form's field `token`, of which everything here must be
    /// there.
    pub token: Option<Value>,
    /// A key, and whether the token is signed with it and HS512.
    pub signed: Option<(String, bool)>,
}

/// What came.
#[derive(Clone, Debug)]
struct Came {
    path: String,
    body: String,
}

/// A shop that listens; it stops when this is dropped.
#[derive(Debug)]
pub(super) struct Shop {
    pub(super) url: String,
    came: Arc<Mutex<Vec<Came>>>,
    server: tokio::task::JoinHandle<()>,
}

impl Shop {
    pub(super) async fn open() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let came: Arc<Mutex<Vec<Came>>> = Arc::default();
        let kept = Arc::clone(&came);
        let app = Router::new().fallback(move |uri: Uri, body: String| {
            let kept = Arc::clone(&kept);
            async move {
                let came = Came { path: uri.path().to_owned(), body };
                kept.lock().unwrap_or_else(PoisonError::into_inner).push(came);
            }
        });
        let server = tokio::spawn(async move {
            // It ends with the task.
            let _ = axum::serve(listener, app).await;
        });
        Ok(Self { url, came, server })
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
        let shown: Vec<String> =
            came.iter().map(|came| format!("POST {} {}", came.path, came.said())).collect();
        let mut departures = Vec::new();
        if came.len() != expected.len() {
            departures.push(format!("callbacks: expected {}, got {}", expected.len(), came.len()));
        }
        for (place, (expected, came)) in expected.iter().zip(&came).enumerate() {
            if came.path != expected.path {
                departures
                    .push(format!("callbacks[{place}].path: expected {}, got {}", expected.path, came.path));
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
            token: Some(json!({"header": {"alg": "HS512"}, "claims": {"order": order, "id": null}})),
            signed: Some(("s".to_owned(), true)),
        };
        let mut known = Known::new();
        let (shown, departures) = shop.compare(&[wanted("{order}")], &mut known).await;
        assert!(departures.is_empty(), "{departures:?}");
        assert_eq!((shown.len(), known["order"].as_str()), (1, "7"));
        client.post(&shop.url).body("x").send().await.expect("an answer");
        let (_, departures) = shop.compare(&[], &mut known).await;
        assert_eq!(departures, ["callbacks: expected 0, got 1"]);
    }
}
