//! The door in front of the simulators: finds the provider and the workspace, keeps the journal.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::FutureExt as _;
use http::header::HOST;
use http::{HeaderValue, StatusCode, Uri};
use jiff::Timestamp;
use provkassa_simulators::PROVIDERS;
use provkassa_simulators::kit::endpoint::stray;
use provkassa_simulators::kit::fault::{Fault, Place, TRANSPORT};
use provkassa_simulators::kit::journal::{Captured, Entry, Event};
use provkassa_simulators::kit::locator::{Located, Origin, Origins, Received};
use provkassa_simulators::kit::mask::visible;
use provkassa_simulators::kit::problem::{Problem, nearest};
use provkassa_simulators::kit::provider::Provider;
use provkassa_simulators::kit::reader::{Browser, switched};
use provkassa_simulators::kit::trail::Trail;
use provkassa_simulators::kit::workspace::{DEFAULT, Workspace};
use tower::ServiceExt as _;

use super::control;
use super::house::{House, is_host, within};
use super::line::Doom;
use super::trouble;

/// The longest request body that we take, in bytes.
const BODY: usize = 4 << 20;

/// Which port a request came in by.
#[derive(Clone, Copy, Debug)]
pub(super) enum Door {
    Control,
    Provider(&'static dyn Provider),
}

/// A request to a provider, with where it was addressed to.
struct Addressed {
    provider: &'static dyn Provider,
    /// What stands before the provider's path: empty, `/brp`, `/w/name/brp`.
    prefix: String,
    /// Named in the path, so its credential does not matter.
    workspace: Option<Workspace>,
}

/// Answers a request; a panic in a handler is our fault, and must not take the connection with it.
pub(super) async fn handle(house: Arc<House>, door: Door, request: Request, doom: &Doom) -> Response {
    let (parts, body) = request.into_parts();
    let browser = Browser::of(&parts);
    let answering = browser.watch(answer(house, door, Request::from_parts(parts, body), doom));
    let answered = AssertUnwindSafe(answering).catch_unwind().await;
    answered.unwrap_or_else(|_| {
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal_error",
            "provkassa failed while it answered this request",
            "This is a fault of provkassa's own; please report it with the request.",
        )
        .into_response()
    })
}

async fn answer(house: Arc<House>, door: Door, request: Request, doom: &Doom) -> Response {
    let request = match door {
        Door::Control => below(&house, request),
        Door::Provider(_) => request,
    };
    let path = request.uri().path();
    let ours = path == "/_sim" || path.starts_with("/_sim/");
    // A browser asks for it by itself at every origin: no provider has one, and it is nothing that happens.
    if path == "/favicon.ico" {
        return StatusCode::NO_CONTENT.into_response();
    }
    match door {
        Door::Provider(_) if ours => Problem::not_found(
            "wrong_port",
            "this is a provider's port",
            "The control API and the live view are on the control port.",
        )
        .into_response(),
        Door::Provider(provider) => {
            let to = Addressed { provider, prefix: String::new(), workspace: None };
            forward(&house, to, request, doom).await
        }
        Door::Control if ours => control::handle(house, request).await,
        Door::Control => match address(&house, &request) {
            Ok(Some(to)) => forward(&house, to, request, doom).await,
            Ok(None) => control::handle(house, request).await,
            Err(problem) => problem.into_response(),
        },
    }
}

/// The request without the path of the public URL, which some proxies leave where it is.
fn below(house: &House, mut request: Request) -> Request {
    let rest = request.uri().path_and_query().and_then(|all| within(&house.below, all.as_str()));
    let rest = rest.map(|rest| if rest.starts_with('/') { rest.to_owned() } else { format!("/{rest}") });
    if let Some(uri) = rest.and_then(|rest| rest.parse().ok()) {
        *request.uri_mut() = uri;
    }
    request
}

/// Which provider a request at the control port is for; none if it is for the control port itself.
fn address(house: &House, request: &Request) -> Result<Option<Addressed>, Problem> {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("");
    let label = host.split(['.', ':']).next().unwrap_or("").to_ascii_lowercase();
    if let Some(provider) = provkassa_simulators::provider(&label) {
        return Ok(Some(Addressed { provider, prefix: String::new(), workspace: None }));
    }
    let segments: Vec<&str> = request.uri().path().split('/').skip(1).take(3).collect();
    match segments.as_slice() {
        ["w", name, id, ..] => {
            let workspace = house.workspaces.find(name)?;
            let provider = named(id)?;
            Ok(Some(Addressed { provider, prefix: format!("/w/{name}/{id}"), workspace: Some(workspace) }))
        }
        [] | ["" | "livez" | "readyz"] => Ok(None),
        [id, ..] => Ok(Some(Addressed { provider: named(id)?, prefix: format!("/{id}"), workspace: None })),
    }
}

fn named(id: &str) -> Result<&'static dyn Provider, Problem> {
    provkassa_simulators::provider(id).ok_or_else(|| {
        let known = PROVIDERS.iter().map(|provider| provider.info().id);
        let near = nearest(id, known.clone().chain(["_sim"]));
        Problem::not_found(
            "unknown_provider",
            format!("there is no provider `{id}`"),
            near.map_or_else(
                || {
                    format!(
                        "The control port has: /, /_sim/v1/, /{}/.",
                        known.collect::<Vec<_>>().join("/, /")
                    )
                },
                |near| format!("Did you mean `{near}`?"),
            ),
        )
    })
}

async fn forward(house: &House, to: Addressed, request: Request, doom: &Doom) -> Response {
    let provider = to.provider.info().id;
    let (mut parts, body) = request.into_parts();
    if let Some(back) = switched(&parts) {
        return back;
    }
    let origin = origin(house, &to, &parts.headers);
    let origins = origins(house, &to, &origin);
    let path = parts.uri.path().strip_prefix(to.prefix.as_str()).unwrap_or_default().to_owned();
    let (body, too_long) = match tokio::time::timeout(house.limits.body, to_bytes(body, BODY)).await {
        Ok(Ok(body)) => (body, false),
        Ok(Err(_)) => (Bytes::new(), true),
        Err(_) => return slow().into_response(),
    };
    let received = Received {
        method: parts.method.clone(),
        path: if path.is_empty() { "/".to_owned() } else { path },
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers.clone(),
        body: body.clone(),
    };
    let line = format!("{} {}", parts.method, parts.uri);
    let captured = Captured::new(line, &parts.headers, &body);
    let trail = Trail::default();
    let located = match to.workspace {
        Some(workspace) => Located::Found(workspace),
        None => house.workspaces.locate(provider, &to.provider.claims(&received)),
    };
    let (workspace, response) = match located {
        Located::Found(workspace) if too_long => {
            let why = format!("the body is longer than {BODY} bytes, or it broke off");
            trail.diagnose(why.clone());
            let ours = || {
                Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", why, "Send less.")
                    .into_response()
            };
            (Some(workspace), to.provider.too_long().unwrap_or_else(ours))
        }
        Located::Found(workspace) => {
            if let Some(uri) = rebuilt(&received) {
                parts.uri = uri;
            }
            let mut inner = Request::from_parts(parts, Body::from(body));
            inner.extensions_mut().insert(workspace.clone());
            inner.extensions_mut().insert(origin);
            inner.extensions_mut().insert(origins);
            inner.extensions_mut().insert(trail.clone());
            let response = match house.routers.get(provider) {
                Some(router) => router.clone().oneshot(inner).await.unwrap_or_else(|never| match never {}),
                None => StatusCode::NOT_FOUND.into_response(),
            };
            if matches!(response.status(), StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED)
                && let Some(why) = stray(to.provider.endpoints(), received.method.as_str(), &received.path)
            {
                // What the provider itself says of it stays.
                let said = trail.remarks().diagnosis;
                let said = said.as_deref().map(|said| format!("{}: ", said.trim_end_matches('.')));
                trail.diagnose(said.unwrap_or_default() + &why);
            }
            (Some(workspace), response)
        }
        Located::Unclaimed { kind, value, nearest } => {
            let near = nearest.map_or_else(String::new, |near| format!(" The nearest is `{near}`."));
            let why = format!("no workspace has the {kind} `{value}`.{near}");
            trail.unclaimed(why.clone());
            let body = format!("provkassa: {why} `provkassa env` prints the credentials.\n");
            let default = house.workspaces.get(DEFAULT);
            let own = default.and_then(|default| to.provider.stranger(&received, &default));
            (None, own.unwrap_or_else(|| (StatusCode::NOT_FOUND, body).into_response()))
        }
    };
    // What is nobody's happens by the default workspace's clock.
    let clock = workspace.clone().or_else(|| house.workspaces.get(DEFAULT));
    let at = clock.map_or(Timestamp::UNIX_EPOCH, |workspace| workspace.clock().now());
    let struck = match &workspace {
        Some(workspace) => strike(workspace, provider, &received, &trail).await,
        None => None,
    };
    let response = match &struck {
        Some(fault) => trouble::instead(fault, response),
        None => response,
    };
    let (response, body) =
        finish(house, Written { provider, workspace, at, captured, trail }, response).await;
    match struck {
        Some(fault) => trouble::on_its_way(&fault, response, body, doom).await,
        None => response,
    }
}

/// The planted fault that strikes the answer to a request, if one does.
async fn strike(
    workspace: &Workspace,
    provider: &'static str,
    received: &Received,
    trail: &Trail,
) -> Option<Fault> {
    let order = trail.remarks().order;
    let place = Place {
        provider,
        can: TRANSPORT,
        method: received.method.as_str(),
        path: &received.path,
        order: order.as_deref(),
    };
    let fault = workspace.strike(&place).await?;
    trail.struck(fault.note());
    Some(fault)
}

/// The body did not come in time.
pub(super) fn slow() -> Problem {
    Problem::new(
        StatusCode::REQUEST_TIMEOUT,
        "slow_body",
        "the body did not come in time",
        "Send it at once; `Content-Length` says how long it is.",
    )
}

struct Written {
    provider: &'static str,
    workspace: Option<Workspace>,
    at: Timestamp,
    captured: Captured,
    trail: Trail,
}

/// Writes the exchange down and hands the answer out, with its warnings, and its body once more.
async fn finish(house: &House, written: Written, response: Response) -> (Response, Bytes) {
    let Written { provider, workspace, at, captured, trail } = written;
    let remarks = trail.remarks();
    let (mut parts, body) = response.into_parts();
    // Our own handlers make whole bodies, so reading one cannot fail.
    let body: Bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let masker = workspace.as_ref().map_or_else(|| house.workspaces.masker(), Workspace::masker);
    let told = remarks.warnings.iter().chain(&remarks.diagnosis).chain(&remarks.unclaimed);
    for warning in told {
        let visible: String = masker
            .text(warning)
            .chars()
            .map(|c| match c {
                '…' => "...".to_owned(),
                '‹' => "<".to_owned(),
                '›' => ">".to_owned(),
                '£' => "GBP ".to_owned(),
                c if c.is_ascii_graphic() || c == ' ' => c.to_string(),
                _ => "?".to_owned(),
            })
            .collect();
        if let Ok(value) = HeaderValue::from_str(&visible) {
            parts.headers.append("provkassa-warning", value);
        }
    }
    if house.log {
        let order = remarks.order.as_ref().map_or_else(String::new, |order| {
            // It may be whatever stood in the request.
            format!(" order {}", masker.text(&visible(order)))
        });
        let line = captured.line.split('?').next().unwrap_or_default();
        anstream::eprintln!("{provider}{order} {} {}", masker.text(line), parts.status.as_u16());
        for said in remarks.warnings.iter().chain(&remarks.diagnosis).chain(&remarks.unclaimed) {
            anstream::eprintln!("  {}", masker.text(said));
        }
    }
    let reply = Captured::new(parts.status.to_string(), &parts.headers, &body);
    house.workspaces.journal().write(Entry {
        cursor: 0,
        workspace: workspace.map(|workspace| workspace.name().to_owned()),
        provider,
        order: remarks.order.clone(),
        at,
        event: Event::Exchange { request: captured, reply, remarks },
    });
    (Response::from_parts(parts, Body::from(body.clone())), body)
}

/// Where the shop reached the provider; every link that we hand out begins with it.
fn origin(house: &House, to: &Addressed, headers: &http::HeaderMap) -> Origin {
    let id = to.provider.info().id;
    if let Some(public) = &house.public_url {
        let prefix = if to.prefix.is_empty() { format!("/{id}") } else { to.prefix.clone() };
        return Origin(format!("{public}{prefix}").into());
    }
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).filter(|host| is_host(host));
    let own = house.addresses.get(id).map(ToString::to_string);
    let host = host.map(ToOwned::to_owned).or(own).unwrap_or_default();
    Origin(format!("{}://{host}{}", house.scheme(), to.prefix).into())
}

/// Where the other providers are, for who reached this one at `origin`.
fn origins(house: &House, to: &Addressed, origin: &Origin) -> Origins {
    let own = to.provider.info().id;
    let (origin, addresses, scheme) = (Arc::clone(&origin.0), house.addresses.clone(), house.scheme());
    Origins(Arc::new(move |id| {
        if let Some(above) = origin.strip_suffix(&format!("/{own}")) {
            return format!("{above}/{id}");
        }
        if let Some(host) = origin.strip_prefix(&format!("{scheme}://{own}.")) {
            return format!("{scheme}://{id}.{host}");
        }
        let host = origin.rsplit_once(':').map_or(&*origin, |(host, _)| host);
        addresses.get(id).map_or_else(|| origin.to_string(), |address| format!("{host}:{}", address.port()))
    }))
}

fn rebuilt(received: &Received) -> Option<Uri> {
    let query = if received.query.is_empty() { String::new() } else { format!("?{}", received.query) };
    format!("{}{query}", received.path).parse().ok()
}
