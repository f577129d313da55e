//! The API: JSON or forms in, JSON out, one transaction a call.

mod call;
pub(super) mod create;
mod fields;
pub(super) mod links;
mod lists;
mod merchant;
pub(super) mod operations;
mod refusal;
mod routes;

use std::borrow::Cow;

use axum::body::Bytes;
use axum::extract::{Extension, Request};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::kit::diagnosis::explained;
use crate::kit::locator::Origin;
use crate::kit::operation::{Message, Reply};
use crate::kit::outbox::Delivery;
use crate::kit::table::Tx;
use crate::kit::trail::Trail;
use crate::kit::workspace::Workspace;

use super::ID;
use super::callbacks::lane;
use super::model::{Agreement, Kind, Resource};
use super::shape::{OperationShape, Shape, View};
use super::signing::Authorization;
pub(super) use call::Call;
use call::{Answer, body_of};
pub(super) use operations::{NO_TEST_CARD, pay_otherwise, start_of, with_fee};
pub(super) use refusal::Refusal;
use routes::{Found, Route};

/// The name of the version that is imitated.
const VERSION: &str = "v10";

/// The key in a request: the password of HTTP Basic with an empty user.
pub(super) fn key_in(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    let decoded = STANDARD.decode(encoded.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let decoded = String::from_utf8(decoded).ok()?;
    let (user, key) = decoded.split_once(':')?;
    (user.is_empty() && !key.is_empty()).then(|| key.to_owned())
}

/// Every path of the API.
pub(super) async fn handle(
    Extension(workspace): Extension<Workspace>,
    Extension(origin): Extension<Origin>,
    Extension(trail): Extension<Trail>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    // The door has read the whole body already, within its limit.
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let answered = call(&workspace, &origin, &trail, &parts, &body).await;
    let settings = workspace.settings();
    let mut response = match answered {
        Ok(response) => response,
        Err(refusal) => {
            let mistake = mistake(&workspace, &parts.headers, &refusal).unwrap_or_default();
            trail.diagnose(format!("{}{mistake}", refusal.explained()));
            refusal.response(&settings)
        }
    };
    put_headers(&mut response);
    response
}

/// What was done wrong with the credential or the version, in a few sentences.
pub(super) fn mistake(workspace: &Workspace, headers: &HeaderMap, refusal: &Refusal) -> Option<String> {
    if !matches!(refusal, Refusal::Unauthorized | Refusal::Version) {
        return None;
    }
    let key = |name: &'static str, credential: &str| {
        (Cow::Borrowed(name), workspace.credential(ID, credential).to_owned())
    };
    let given = vec![
        key("api_key", "QUICKPAY_API_KEY"),
        key("private_key", "QUICKPAY_PRIVATE_KEY"),
        key("window_key", "QUICKPAY_WINDOW_KEY"),
    ];
    let message = Message { given, ..Message::default() };
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let sent = [("authorization", header("authorization")), ("accept_version", header("accept-version"))];
    let sent = sent.map(|(name, value)| (name.to_owned(), value.into()));
    let diagnosis = explained(&Authorization, &message, &Reply::Answer(sent.into_iter().collect()))?;
    Some(format!(". The mistake: {diagnosis} ({}). {}", diagnosis.confidence(), diagnosis.remedy()))
}

/// What every answer of the API carries.
pub(super) fn put_headers(response: &mut Response) {
    let headers = response.headers_mut();
    for (name, value) in [
        ("cache-control", "no-cache, no-store"),
        ("vary", "Origin"),
        ("access-control-allow-credentials", "true"),
        ("x-quickpay-server", "provkassa"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

async fn call(
    workspace: &Workspace,
    origin: &Origin,
    trail: &Trail,
    parts: &http::request::Parts,
    body: &Bytes,
) -> Result<Response, Refusal> {
    let (verb, path) = (parts.method.as_str(), parts.uri.path());
    let (route, ids) = match routes::find(verb, path) {
        Found::Here(route, ids) => (route, ids),
        Found::OtherVerbs(allowed) => return Err(Refusal::Verb(allowed)),
        Found::Nowhere => return Err(Refusal::NoRoute),
    };
    let version = parts.headers.get("accept-version").and_then(|version| version.to_str().ok());
    if version != Some(VERSION) {
        return Err(Refusal::Version);
    }
    let key = key_in(&parts.headers);
    let anonymous = !parts.headers.contains_key(header::AUTHORIZATION);
    let query = parts.uri.query().unwrap_or_default();
    let line = format!("{verb} {path}");
    let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let first = path.trim_matches('/').split('/').next().unwrap_or_default();
    let call = Call {
        kind: Kind::at(first).unwrap_or(Kind::Payment),
        ids,
        query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        body: crate::kit::tree::Tree::empty(),
        callback_url: header("quickpay-callback-url").map(ToOwned::to_owned),
        agreement: None,
        origin: origin.clone(),
        trail: trail.clone(),
        line,
    };
    let answer = workspace
        .transact(|tx| {
            let agreement = authenticated(tx, key.as_deref(), anonymous, route)?;
            // Who may not call is told so before anybody looks at the body.
            let body = body_of(&parts.headers, body)?;
            (route.handler)(tx, &Call { body, agreement, ..call.clone() })
        })
        .await?;
    Ok(render(workspace, &call, origin, answer).await)
}

/// The agreement of a key, which must be allowed to call this. A ping needs none, but takes no empty one.
fn authenticated(
    tx: &Tx<'_>,
    key: Option<&str>,
    anonymous: bool,
    route: &Route,
) -> Result<Option<Agreement>, Refusal> {
    let all = tx.all::<Agreement>();
    let agreement = key.and_then(|key| all.iter().find(|agreement| agreement.api_key == key));
    match agreement {
        None if anonymous && route.template == "/ping" => Ok(None),
        None => Err(Refusal::Unauthorized),
        Some(agreement) if agreement.may(route.verb, route.template) => Ok(Some(Agreement::clone(agreement))),
        Some(_) => Err(Refusal::Forbidden { verb: route.verb.to_owned(), template: route.template }),
    }
}

fn json(status: u16, body: Vec<u8>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// Writes an answer, with what became of each callback since.
async fn render(workspace: &Workspace, call: &Call, origin: &Origin, answer: Answer) -> Response {
    let now = workspace.clock().now();
    let settings = workspace.settings();
    let size = call.parameter("operations_size").and_then(|size| size.parse().ok()).unwrap_or(usize::MAX);
    let view =
        View { size, numeric_status: settings.get("quickpay.callback_status") == "number", ..View::at(now) };
    let deliveries =
        |resource: &Resource| -> Vec<Delivery> { workspace.outbox().deliveries_of(ID, &lane(resource.id)) };
    match answer {
        Answer::Json(status, value) => json(status, serde_json::to_vec(&value).unwrap_or_default()),
        Answer::Empty => StatusCode::NO_CONTENT.into_response(),
        Answer::Operation(resource, id) => {
            let operation = resource.operations.iter().find(|operation| operation.id == id);
            let told = deliveries(&resource);
            let shape = operation.map(|operation| OperationShape::of(operation, &view, &told));
            json(200, serde_json::to_vec(&shape).unwrap_or_default())
        }
        Answer::Resource { status, resource, pending, before } => {
            let state = match settings.get("quickpay.pending_state") {
                "before" => before,
                _ => Some(super::model::State::Pending),
            };
            let up_to = pending.unwrap_or(u64::MAX);
            let view = View { pending, state, up_to, ..view };
            if pending.is_none() && status == 200 && call.is_synchronized() {
                workspace.outbox().first_attempts(ID, &lane(resource.id)).await;
            }
            let empty = pending.is_some() && settings.get("quickpay.operation_answer") == "empty";
            let body = || Shape::of(&resource, &view, &deliveries(&resource)).bytes();
            let mut response = json(status, if empty { Vec::new() } else { body() });
            if let Some(operation) = pending {
                let (path, id) = (resource.kind.path(), resource.id);
                let location = format!("{}/{path}/{id}/operations/{operation}", origin.0);
                if let Ok(location) = HeaderValue::from_str(&location) {
                    response.headers_mut().insert(header::LOCATION, location);
                }
            }
            response
        }
        Answer::List(resources, more) => {
            let told: Vec<_> = resources.iter().map(|resource| deliveries(resource)).collect();
            let shapes: Vec<_> = resources
                .iter()
                .zip(&told)
                .map(|(resource, told)| Shape::of(resource, &view, told))
                .collect();
            let mut response = json(200, serde_json::to_vec(&shapes).unwrap_or_default());
            if more && settings.on("quickpay.link_header") {
                let next = next_page(call, origin);
                if let Ok(next) = HeaderValue::from_str(&next) {
                    response.headers_mut().insert(header::LINK, next);
                }
            }
            response
        }
    }
}

/// The header that leads to a list's next page.
fn next_page(call: &Call, origin: &Origin) -> String {
    let page: u64 = call.parameter("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    let mut query = form_urlencoded::Serializer::new(String::new());
    let others = call.query.iter().filter(|(name, _)| name != "page");
    query.extend_pairs(others);
    query.append_pair("page", &page.saturating_add(1).to_string());
    let path = call.line.split_once(' ').map_or("", |(_, path)| path);
    format!("<{}{path}?{}>; rel=\"next\"", origin.0, query.finish())
}
