//! The payment window: opened by form, link or script; its pages; returns and callbacks.

mod methods;
mod opening;
mod pages;
mod parameters;
mod payer;
mod press;
mod returning;
mod script;
mod session;
mod show;
mod terms;
mod tour;
mod words;

use std::convert::Infallible;
use std::time::Duration;

use axum::body::to_bytes;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode};

use crate::kit::locator::{Origin, Received};
use crate::kit::outbox::RetrySchedule;
use crate::kit::page::{Sent, no_head, redirect};
use crate::kit::trail::Trail;
use crate::kit::workspace::Workspace;

use opening::{Asking, Opened, host_of, usual_encoding};
use parameters::Parameters;
use payer::Attempt;
use terms::Flaw;

pub(super) use press::{list, press};
pub(super) use returning::MANNERS;
pub(super) use script::{logos, script};
pub(super) use session::Window;
pub(super) use tour::steps;

/// Once an hour, at most 24 times.
pub(super) const RETRIES: RetrySchedule = RetrySchedule::of(&[Duration::from_secs(3600); 24]);

/// The longest body that is read; whoever stands before us lets no longer one pass.
const LONGEST_BODY: usize = 4 << 20;

/// One look at the window.
struct Visit {
    workspace: Workspace,
    origin: Origin,
    trail: Trail,
    method: Method,
    query: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Visit {
    async fn of(request: Request) -> Option<Self> {
        let (Parts { method, uri, headers, extensions, .. }, body) = request.into_parts();
        Some(Self {
            workspace: extensions.get::<Workspace>()?.clone(),
            origin: extensions.get::<Origin>()?.clone(),
            trail: extensions.get::<Trail>().cloned().unwrap_or_default(),
            method,
            query: uri.query().unwrap_or_default().to_owned(),
            headers,
            body: to_bytes(body, LONGEST_BODY).await.ok()?,
        })
    }

    /// A field of a form of our own.
    fn field(&self, name: &str) -> String {
        let mut pairs = form_urlencoded::parse(&self.body);
        pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
    }

    /// Whether the browser says that this is to be shown in a frame.
    fn is_framed(&self) -> bool {
        let says = self.headers.get("sec-fetch-dest").and_then(|dest| dest.to_str().ok());
        matches!(says, Some("iframe" | "frame")) || self.field("framed") == "1"
    }

    /// The address of a window's pages.
    fn address(&self, token: &str) -> String {
        format!("{}/integration/ewindow/{token}", self.origin.0)
    }
}

/// `/integration/ewindow/Default.aspx`: the shop opens the window.
pub(super) async fn open(request: Request) -> Response {
    let Some(visit) = Visit::of(request).await else { return StatusCode::BAD_REQUEST.into_response() };
    if !matches!(visit.method, Method::GET | Method::POST) {
        return no_head().await;
    }
    let usual = usual_encoding(&visit.workspace.settings());
    let parameters = Parameters::read(&visit.query, &visit.body, usual);
    let asking = Asking { method: visit.method.as_str(), parameters, from: host_of(&visit.headers) };
    let parameters = &asking.parameters;
    if !parameters.get("orderid").is_empty() {
        visit.trail.order(parameters.get("orderid"));
    }
    let opened = visit.workspace.transact(|tx| Ok::<_, Infallible>(opening::open(tx, &asking)));
    let mut opened = opened.await.unwrap_or_else(|never| match never {});
    opened.explain();
    let Opened { result, sent, .. } = opened;
    visit.trail.evidence(&sent);
    for warning in &sent.warnings {
        visit.trail.warn(warning.as_str());
    }
    match result {
        Ok(token) => redirect(StatusCode::FOUND, &visit.address(&token)),
        Err(flaw) => {
            let said = if sent.right { "" } else { sent.verdict.as_str() };
            let said =
                if said.contains(&flaw.what) { said.to_owned() } else { format!("{} {said}", flaw.what) };
            visit.trail.diagnose(format!("{}: {}", flaw.code, said.trim()));
            show::refused(parameters, &flaw, &masked(&visit.workspace, sent))
        }
    }
}

/// What a shop sent, without secrets.
fn masked(workspace: &Workspace, sent: Sent) -> Sent {
    sent.masked(&workspace.masker())
}

/// `/integration/ewindow/{token}`: a page of an open window, and what the payer does there.
pub(super) async fn page(token: &str, request: Request) -> Response {
    let Some(visit) = Visit::of(request).await else { return StatusCode::BAD_REQUEST.into_response() };
    let seen = match visit.method {
        Method::GET => {
            let seen = visit.workspace.transact(|tx| Ok::<_, Infallible>(payer::look(tx, token)));
            seen.await
        }
        Method::POST => {
            let attempt = Attempt {
                outcome: visit.field("outcome"),
                method: visit.field("method"),
                test: visit.field("test"),
                number: visit.field("cardnumber"),
                month: visit.field("expmonth"),
                year: visit.field("expyear"),
                cvc: visit.field("cvc"),
            };
            let done = visit.workspace.transact(|tx| Ok::<_, Infallible>(payer::submit(tx, token, &attempt)));
            done.await
        }
        _ => return no_head().await,
    };
    let Some(seen) = seen.unwrap_or_else(|never| match never {}) else {
        visit.trail.diagnose("there is no such payment window");
        return show::nowhere();
    };
    show::seen(&visit, &seen).await
}

/// What the window says to a merchant number that nobody has.
pub(super) fn stranger(request: &Received) -> Response {
    let parameters = Parameters::read(&request.query, &request.body, parameters::Encoding::Utf8);
    let what = format!("nobody has the merchant number `{}`", parameters.get("merchantnumber"));
    let flaw = Flaw::new(opening::NO_MERCHANT, what);
    show::refused(&parameters, &flaw, &Sent::default())
}
