//! How requests come in: whose they are, slashes, what is looked at before a resource is, and paths that do
//! not exist.
//!
//! The order is Django's and its REST framework's: the address, the media types that are wanted back, the
//! token, the caller's name, the rate, the verb, and only then the body.

use std::convert::Infallible;

use axum::Json;
use axum::extract::Extension;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use serde_json::{Value, json};

use crate::kit::locator::{Claim, Origin, Received};
use crate::kit::page::redirect;
use crate::kit::settings::Settings;
use crate::kit::table::Tx;
use crate::kit::trail::Trail;
use crate::kit::workspace::Workspace;

use super::ID;
use super::auth;
use super::endpoints::Endpoint;
use super::model::Account;
use super::ordered::Ordered;
use super::refusals::{Refusal, told};
use super::signing::{Arrived, diagnose_arrived};
use super::{accounts, body, cards, invoices, plans, self_service, stripe, subscriptions, webhooks};

/// The credential of the API user.
pub(super) const TOKEN: &str = "token";

/// A request that may be answered.
pub(super) struct Call {
    pub(super) workspace: Workspace,
    pub(super) settings: Settings,
    pub(super) origin: Origin,
    pub(super) trail: Trail,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
}

impl Call {
    /// What the body says.
    pub(super) fn data(&self) -> Result<Value, Refusal> {
        body::read(&self.headers, &self.body)
    }

    /// A parameter of the query; of several the last.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let mut pairs = self.query.iter().rev();
        pairs.find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Does something with the records. What was changed before a refusal stays: an outcome that was asked
    /// for is used up by it.
    pub(super) async fn change<T>(&self, work: impl Fn(&mut Tx<'_>) -> T + Send + Sync) -> T {
        let done = self.workspace.transact(|tx| Ok::<_, Infallible>(work(tx))).await;
        done.unwrap_or_else(|never| match never {})
    }
}

/// What a resource says to a request.
pub(super) enum Done {
    Json(StatusCode, Value),
    Nothing,
}

/// A resource's answer.
pub(super) type Answer = Result<Done, Refusal>;

/// An answer 200.
#[expect(clippy::unnecessary_wraps, reason = "it is how a resource ends, beside a refusal")]
pub(super) fn fine(body: Value) -> Answer {
    Ok(Done::Json(StatusCode::OK, body))
}

/// An answer 201.
#[expect(clippy::unnecessary_wraps, reason = "it is how a resource ends, beside a refusal")]
pub(super) fn made(body: Value) -> Answer {
    Ok(Done::Json(StatusCode::CREATED, body))
}

/// The token; on hosted pages what stands in their address; at Stripe its key.
pub(super) fn claims(request: &Received) -> Vec<Claim> {
    let mut segments = request.path.trim_start_matches('/').split('/');
    match segments.next() {
        Some("api") => {
            let token = auth::presented(&request.headers).ok();
            let token = token.or_else(|| auth::misplaced(&request.headers));
            // The keyword alone is no token.
            let token = token.filter(|token| !token.eq_ignore_ascii_case("token"));
            token.map(|value| Claim::Credential { kind: TOKEN, value }).into_iter().collect()
        }
        Some("access" | "login") => {
            segments.next().map(|token| Claim::Token(token.to_owned())).into_iter().collect()
        }
        _ => stripe::claims(request),
    }
}

/// What Fenerum says to a token that nobody has.
pub(super) fn stranger(request: &Received, default: &Workspace) -> Option<Response> {
    if !request.path.starts_with("/api/") {
        return None;
    }
    let Some(endpoint) = Endpoint::of(&request.path) else {
        return Some(nothing_there());
    };
    let refusal = match negotiate(&request.headers, &request.query) {
        Err(refusal) => refusal,
        Ok(()) => Refusal::detail(
            auth::presented(&request.headers).map_or_else(|code| code, |_| "authentication_failed"),
        ),
    };
    let mut response = framed(refusal.answer(), &endpoint);
    // Nobody's request has no trail; what would stand in it goes along.
    let came = Came {
        method: &request.method,
        target: target(&request.path, &request.query),
        headers: &request.headers,
        body: &request.body,
    };
    let explained = came.explained(default.credential(ID, "FENERUM_TOKEN"), &[], &refusal.in_words());
    if let Ok(value) = HeaderValue::from_str(&explained.replace(|c: char| !c.is_ascii(), "?")) {
        response.headers_mut().append("provkassa-warning", value);
    }
    Some(response)
}

/// A request that is refused, as it came.
struct Came<'a> {
    method: &'a Method,
    target: String,
    headers: &'a HeaderMap,
    body: &'a [u8],
}

impl Came<'_> {
    /// Why it was refused, and the mistake behind it where one is known.
    fn explained(&self, token: &str, accounts: &[(String, String)], words: &str) -> String {
        let shown = |(name, value): (&HeaderName, &HeaderValue)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let headers: Vec<_> = self.headers.iter().map(shown).collect();
        let arrived =
            Arrived { method: self.method.as_str(), path: &self.target, headers: &headers, body: self.body };
        // Where the credential itself is no credential, nothing else is certain.
        let spelled = ["header_empty", "header_spaces"].iter().any(|code| words.starts_with(code));
        let mistake = if spelled { None } else { diagnose_arrived(&arrived, token, accounts) };
        match mistake {
            Some(mistake) => format!("{words} {mistake}"),
            None => words.to_owned(),
        }
    }

    /// Says in the trail why it was refused. Everything that the API refuses passes here.
    async fn tell(&self, workspace: &Workspace, trail: &Trail, words: &str) {
        let accounts = workspace
            .read(|tx| {
                let accounts = tx.all::<Account>();
                accounts.iter().map(|known| (known.uuid.clone(), known.code.clone())).collect::<Vec<_>>()
            })
            .await;
        trail.diagnose(self.explained(workspace.credential(ID, "FENERUM_TOKEN"), &accounts, words));
    }
}

fn target(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// Everything that is no hosted page and not Stripe's.
pub(super) async fn api(
    Extension(workspace): Extension<Workspace>,
    Extension(origin): Extension<Origin>,
    Extension(trail): Extension<Trail>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = uri.path().to_owned();
    let query = uri.query().unwrap_or_default().to_owned();
    let came = Came { method: &method, target: target(&path, &query), headers: &headers, body: &body };
    let Some(endpoint) = Endpoint::of(&path) else {
        let (response, words) = match Endpoint::of(&format!("{path}/")) {
            Some(_) => without_slash(&workspace, &origin, &trail, &method, &uri),
            None => (nothing_there(), "Fenerum has nothing at this path.".to_owned()),
        };
        came.tell(&workspace, &trail, &words).await;
        return response;
    };
    if headers.contains_key(header::ORIGIN) {
        trail.warn(
            "this came from a page in a browser, where the token must never be: Fenerum allows no other origin, \
             so the page cannot read the answer",
        );
    }
    let pairs = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let (headers, body) = (headers.clone(), body.clone());
    let settings = workspace.settings();
    let call = Call { workspace, settings, origin, trail, path, query: pairs, headers, body };
    let answer = match before(&call, &query, &endpoint, &method).await {
        Ok(()) if method == Method::OPTIONS => fine(described(&endpoint)),
        Ok(()) => dispatch(&call, &endpoint, &method).await,
        Err(refusal) => Err(refusal),
    };
    let response = match answer {
        Ok(Done::Json(status, body)) => (status, Json(Ordered(&body))).into_response(),
        Ok(Done::Nothing) => StatusCode::NO_CONTENT.into_response(),
        Err(refusal) => {
            came.tell(&call.workspace, &call.trail, &refusal.in_words()).await;
            refusal.answer()
        }
    };
    framed(response, &endpoint)
}

/// What is looked at before a resource is.
async fn before(call: &Call, query: &str, endpoint: &Endpoint, method: &Method) -> Result<(), Refusal> {
    negotiate(&call.headers, query)?;
    auth::check(&call.workspace, &call.settings, &call.headers)?;
    auth::client_system(&call.settings, &call.headers, &call.trail)?;
    call.change(|tx| {
        auth::throttle(tx)?;
        // What the time has brought comes before what is asked for now.
        invoices::catch_up(tx);
        Ok(())
    })
    .await?;
    if endpoint.takes(method.as_str()) {
        return Ok(());
    }
    Err(Refusal::Detail(told("method_not_allowed", &[("method", method.as_str())])))
}

async fn dispatch(call: &Call, endpoint: &Endpoint, method: &Method) -> Answer {
    let is_post = *method == Method::POST;
    match endpoint {
        Endpoint::PaymentCards if is_post => cards::create(call).await,
        Endpoint::PaymentCards => cards::list(call).await,
        Endpoint::PaymentCard(card) => cards::read(call, card).await,
        Endpoint::DisableCard(card) => cards::disable(call, card).await,
        Endpoint::Accounts if is_post => accounts::create(call).await,
        Endpoint::Accounts => accounts::list(call).await,
        Endpoint::Account(code) => accounts::one(call, code, method).await,
        Endpoint::Recipients if is_post => accounts::create_recipient(call).await,
        Endpoint::Recipients => accounts::list_recipients(call).await,
        Endpoint::Recipient(recipient) => accounts::one_recipient(call, recipient, method).await,
        Endpoint::Plans => plans::list(call).await,
        Endpoint::Plan(plan) => plans::read(call, plan).await,
        Endpoint::PlanTerms => plans::list_terms(call).await,
        Endpoint::OneTerms(terms) => plans::read_terms(call, terms).await,
        Endpoint::CalculatePlan => plans::calculate(call).await,
        Endpoint::Subscribe(code) => subscriptions::subscribe(call, code).await,
        Endpoint::Subscriptions if is_post => subscriptions::create(call).await,
        Endpoint::Subscriptions => subscriptions::list(call).await,
        Endpoint::Subscription(subscription) => subscriptions::read(call, subscription).await,
        Endpoint::CancelSubscription(subscription) => subscriptions::cancel(call, subscription).await,
        Endpoint::Invoices => invoices::list(call).await,
        Endpoint::Invoice(invoice) => invoices::one(call, invoice, method).await,
        Endpoint::Webhooks if is_post => webhooks::create(call).await,
        Endpoint::Webhooks => webhooks::list(call).await,
        Endpoint::Webhook(webhook) => webhooks::one(call, webhook, method).await,
        Endpoint::InitiateOrganization => self_service::initiate(call).await,
    }
}

/// Whether JSON will do; a browser's wish for the browsable pages is answered with JSON too.
fn negotiate(headers: &HeaderMap, query: &str) -> Result<(), Refusal> {
    let format = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "format");
    if let Some((_, format)) = format {
        return if format == "json" || format == "api" { Ok(()) } else { Err(Refusal::detail("not_found")) };
    }
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or("*/*");
    let known = ["*/*", "application/*", "application/json", "text/*", "text/html"];
    let wanted = accept.split(',').map(|range| range.split(';').next().unwrap_or("").trim());
    let mut wanted = wanted.filter(|range| !range.is_empty()).peekable();
    if wanted.peek().is_none() || wanted.any(|range| known.contains(&range.to_ascii_lowercase().as_str())) {
        return Ok(());
    }
    Err(Refusal::detail("not_acceptable"))
}

/// How the framework describes an address to who asks with `OPTIONS`.
fn described(endpoint: &Endpoint) -> Value {
    json!({
        "name": endpoint.title(),
        "description": "",
        "renders": ["application/json", "text/html"],
        "parses": ["application/json", "application/x-www-form-urlencoded"],
    })
}

/// The headers that every answer of the framework has.
fn framed(mut response: Response, endpoint: &Endpoint) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::ALLOW, HeaderValue::from_static(endpoint.allow()));
    headers.insert(header::VARY, HeaderValue::from_static("Accept"));
    response
}

/// The address lacks its last slash. Django sends the client there; one that follows a 301 asks with `GET`,
/// and what it has posted is lost.
fn without_slash(
    workspace: &Workspace,
    origin: &Origin,
    trail: &Trail,
    method: &Method,
    uri: &Uri,
) -> (Response, String) {
    let reads = matches!(*method, Method::GET | Method::HEAD);
    let words =
        format!("{} has no slash at its end, and every address of Fenerum's API has one.", uri.path());
    if !reads {
        trail.warn(format!("whoever follows the redirect asks with GET: what came with {method} is lost"));
        if workspace.settings().get("fenerum.missing_slash") == "error" {
            return (Refusal::ServerError.answer(), words);
        }
    }
    let query = uri.query().map_or_else(String::new, |query| format!("?{query}"));
    // Django names the path alone.
    let below = origin.0.split_once("://").map_or("", |(_, rest)| rest);
    let prefix = below.find('/').map_or("", |slash| &below[slash..]);
    (redirect(StatusCode::MOVED_PERMANENTLY, &format!("{prefix}{}/{query}", uri.path())), words)
}

/// A path at which there is nothing.
fn nothing_there() -> Response {
    let page = "<!DOCTYPE html>\n<html lang=\"en\"><head><title>Not Found</title></head>\n\
        <body><h1>Not Found</h1>\n<p>provkassa: Fenerum has nothing at this path. It imitates a part of\n\
        /api/v1/, /api/self-service/initiate-organization/, and the self-service portal at /login/.</p></body></html>\n";
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
}

/// What a body gets that is too long. Assumed: Django's own limit answers 413 or 400; the shape is that of
/// Fenerum's other errors, in which Stripe's too has its words.
pub(super) fn too_long() -> Response {
    let told = "Request body exceeded the limit.";
    let both = json!({ "detail": told, "error": { "type": "invalid_request_error", "message": told } });
    (StatusCode::PAYLOAD_TOO_LARGE, Json(both)).into_response()
}
