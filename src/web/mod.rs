//! How we ask others: http and https, with a word for each way in which an exchange gets lost.

mod connector;
mod lost;
mod resolver;
mod trust;

use std::error::Error;
use std::time::Duration;

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::StreamExt as _;
use http::header::{ACCEPT, AUTHORIZATION};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use url::Url;

use connector::Connector;
pub(crate) use connector::Shut;
use lost::reasons;
pub(crate) use lost::{Lost, told};
#[cfg(feature = "cli")]
pub(crate) use lost::{arrived, untrusted};
pub(crate) use resolver::Resolver;
pub(crate) use trust::Trust;
pub use trust::TrustError;

/// What is asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) method: Method,
    pub(crate) url: &'a str,
    /// In their order.
    pub(crate) headers: &'a [(String, String)],
    pub(crate) body: Bytes,
    /// How long all of it may take.
    pub(crate) patience: Duration,
    /// How much of the answer's body is read; the rest is left on the wire.
    pub(crate) longest: usize,
}

#[cfg(feature = "cli")]
impl<'a> Asked<'a> {
    /// A question without a body.
    pub(crate) fn get(url: &'a str, patience: Duration) -> Self {
        let method = Method::GET;
        Self { method, url, headers: &[], body: Bytes::new(), patience, longest: 4 << 20 }
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Came {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// As much of it as was to be read.
    pub(crate) body: Bytes,
}

impl Came {
    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Why nothing came back.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{why}")]
pub(crate) struct Failed {
    pub(crate) lost: Lost,
    pub(crate) why: String,
}

/// A client that goes through no proxy and follows no redirect.
#[derive(Clone, Debug)]
pub(crate) struct Web(Client<HttpsConnector<Connector>, Body>);

impl Web {
    /// One that trusts these, and goes where `resolver` lets it. It reads the system's certificates when it first
    /// meets https.
    pub(crate) fn new(trust: &Trust, resolver: Resolver) -> Self {
        Self::but(trust, resolver, None)
    }

    /// The same, but for an address that is shut.
    pub(crate) fn but(trust: &Trust, resolver: Resolver, shut: Option<Shut>) -> Self {
        let mut http = HttpConnector::new_with_resolver(resolver);
        http.enforce_http(false);
        http.set_nodelay(true);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(trust.config())
            .https_or_http()
            .enable_http1()
            .wrap_connector(Connector { http, shut });
        let mut client = Client::builder(TokioExecutor::new());
        client.timer(TokioTimer::new()).pool_timer(TokioTimer::new());
        Self(client.build(connector))
    }

    /// Asks, and reads the answer.
    pub(crate) async fn ask(&self, asked: Asked<'_>) -> Result<Came, Failed> {
        let (patience, longest) = (asked.patience, asked.longest);
        let request = written(asked).map_err(|why| Failed { lost: Lost::Unconnected, why })?;
        let exchange = async {
            let answer = self.0.request(request).await.map_err(|error| failed(&error))?;
            let (head, body) = answer.into_parts();
            let mut chunks = Body::new(body).into_data_stream();
            let mut read = Vec::new();
            while read.len() < longest
                && let Some(chunk) = chunks.next().await
            {
                read.extend_from_slice(&chunk.map_err(|error| failed(&error))?);
            }
            read.truncate(longest);
            Ok(Came { status: head.status, headers: head.headers, body: read.into() })
        };
        let late = |_| Err(Failed { lost: Lost::Silent, why: "it did not answer in time".to_owned() });
        tokio::time::timeout(patience, exchange).await.unwrap_or_else(late)
    }
}

fn failed(error: &(dyn Error + 'static)) -> Failed {
    Failed { lost: Lost::of(error), why: reasons(error) }
}

/// The request, or why it cannot be written down.
fn written(asked: Asked<'_>) -> Result<Request<Body>, String> {
    let no_url = |why: &dyn std::fmt::Display| format!("the address is no URL: {why}");
    let mut url = Url::parse(asked.url).map_err(|error| no_url(&error))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("`{}` is neither http nor https", url.scheme()));
    }
    let mut headers = HeaderMap::new();
    for (name, value) in asked.headers {
        let name = HeaderName::from_bytes(name.as_bytes());
        let name = name.map_err(|_| "a header's name cannot be sent".to_owned())?;
        let value = HeaderValue::from_str(value);
        headers.append(&name, value.map_err(|_| format!("the header {name} cannot be sent"))?);
    }
    headers.entry(ACCEPT).or_insert(HeaderValue::from_static("*/*"));
    // Whoever writes credentials into an address means Basic auth, as every client does.
    if !url.username().is_empty() || url.password().is_some() {
        let decoded = |text: &str| percent_decoded(text);
        let pair = format!("{}:{}", decoded(url.username()), decoded(url.password().unwrap_or_default()));
        let basic = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(pair)));
        headers.entry(AUTHORIZATION).or_insert(basic.map_err(|error| no_url(&error))?);
        let _ = url.set_username("");
        let _ = url.set_password(None);
    }
    let mut request = Request::new(Body::from(asked.body));
    *request.uri_mut() = url.as_str().parse().map_err(|error: http::uri::InvalidUri| no_url(&error))?;
    *request.method_mut() = asked.method;
    *request.headers_mut() = headers;
    Ok(request)
}

/// A text of an address without its escapes.
fn percent_decoded(text: &str) -> String {
    // A pair of a form is decoded alike, but for `+`, which is itself in an address.
    let pair = text.replace('+', "%2B");
    url::form_urlencoded::parse(pair.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}
