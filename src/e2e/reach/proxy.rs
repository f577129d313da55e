//! A reverse proxy as many have one: it ends https, is asked below a path, which it takes away, and calls the sandbox by
//! another name. It looks at everything that comes back.

use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, LOCATION, TRANSFER_ENCODING};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream::unfold;
use tokio::net::TcpListener;
use url::Url;

use super::secured::{Shows, secured};

/// The path below which the sandbox is.
const BELOW: &str = "/pay";

/// The proxy, in front of the control port.
#[derive(Clone, Debug)]
pub(super) struct Proxy {
    /// How the sandbox is called from outside.
    pub(super) public: String,
    /// The same without https, for clients that know none.
    pub(super) plain: String,
    seen: Arc<Mutex<Seen>>,
}

/// What came back so far.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// What leads past the proxy, and on which page it stands.
    pub(super) wrong: Vec<String>,
    /// Scripts, styles and pictures.
    pub(super) assets: Vec<String>,
    pub(super) pages: usize,
}

impl Proxy {
    /// Opens it in front of this port, and those after it; its authority's certificate is kept in the folder.
    pub(super) async fn open(folder: &Path, control: u16) -> Self {
        let seen: Arc<Mutex<Seen>> = Arc::default();
        let (kept, client) = (Arc::clone(&seen), crate::support::client());
        let public: Arc<Mutex<String>> = Arc::default();
        let called = Arc::clone(&public);
        let app = Router::new().fallback(move |request: Request| {
            let (kept, client) = (Arc::clone(&kept), client.clone());
            let public = called.lock().expect("whole").clone();
            async move { pass(&client, &public, control, &kept, request).await }
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let plain = format!("http://{}{BELOW}", listener.local_addr().expect("bound"));
        let open = app.clone();
        tokio::spawn(async move { axum::serve(listener, open).await });
        let url = format!("{}{BELOW}", secured(folder, Shows::Signed, app).await.url);
        public.lock().expect("whole").clone_from(&url);
        Self { public: url, plain, seen }
    }

    /// What came back since it was asked last.
    pub(super) fn seen(&self) -> Seen {
        std::mem::take(&mut self.seen.lock().expect("whole"))
    }
}

async fn pass(
    client: &reqwest::Client,
    public: &str,
    control: u16,
    seen: &Mutex<Seen>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let Some(path) = path.strip_prefix(BELOW) else {
        seen.lock().expect("whole").wrong.push(format!("somebody asked for {path}"));
        return StatusCode::NOT_FOUND.into_response();
    };
    let body = to_bytes(body, 1 << 20).await.expect("a body");
    let mut headers = head.headers;
    headers.remove(CONTENT_LENGTH);
    headers.remove(HOST);
    let sent =
        client.request(head.method, format!("http://127.0.0.1:{control}{path}")).headers(headers).body(body);
    let Ok(came) = sent.send().await else { return StatusCode::BAD_GATEWAY.into_response() };
    let (status, mut headers) = (came.status(), came.headers().clone());
    headers.remove(CONTENT_LENGTH);
    headers.remove(TRANSFER_ENCODING);
    let kind = headers.get(CONTENT_TYPE).map(|kind| kind.to_str().expect("text").to_owned());
    let kind = kind.unwrap_or_default();
    let body = if kind.starts_with("text/event-stream") {
        let chunks = unfold(came, |mut came| async { Some((came.chunk().await.transpose()?, came)) });
        Body::from_stream(chunks)
    } else {
        let whole = came.bytes().await.expect("a body");
        let text = String::from_utf8_lossy(&whole).into_owned();
        let here = Url::parse(&format!("{public}{path}")).expect("an address");
        seen.lock().expect("whole").look(&here, public, control, (&headers, &kind, &text));
        Body::from(whole)
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

impl Seen {
    /// Looks for whatever leads past the proxy.
    fn look(&mut self, here: &Url, public: &str, control: u16, answer: (&HeaderMap, &str, &str)) {
        let (headers, kind, text) = answer;
        let mut wrong = |what: String| self.wrong.push(format!("{here}: {what}"));
        let location = headers.get(LOCATION).map(|location| location.to_str().expect("text"));
        // What the sandbox's own control API says of what came may name where it came.
        if !here.path().contains("/_sim/") && here.as_str() != format!("{public}/") {
            for port in control..=control + 6 {
                let own = format!(":{port}");
                if text.contains(&own) || location.is_some_and(|location| location.contains(&own)) {
                    wrong(format!("it names {own}"));
                }
            }
            if text.contains(&public.replace("https:", "http:")) {
                wrong("it is called without https".to_owned());
            }
        }
        let is_own = |to: &Url| to.origin() == here.origin();
        let is_past = |to: &Url| is_own(to) && !to.as_str().starts_with(public);
        let to = location.map(|location| here.join(location).expect("an address"));
        if let Some(to) = to.filter(is_past) {
            wrong(format!("it sends the payer to {to}"));
        }
        if !kind.starts_with("text/html") {
            return;
        }
        self.pages += 1;
        for name in ["action", "data-events", "formaction", "href", "src"] {
            for value in text.split(&format!(" {name}=\"")).skip(1).filter_map(|rest| rest.split('"').next())
            {
                let value = value.replace("&#38;", "&").replace("&amp;", "&");
                let Ok(to) = here.join(&value) else { continue };
                if is_past(&to) {
                    self.wrong.push(format!("{here}: {name}=\"{value}\""));
                }
                let is_style = to.path().strip_suffix(".css").is_some();
                if is_own(&to) && (name == "src" || is_style) && !self.assets.contains(&to.to_string()) {
                    self.assets.push(to.into());
                }
            }
        }
    }
}
