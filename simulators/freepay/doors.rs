//! How requests come in: whose they are, and which room answers.

use std::net::Ipv4Addr;

use axum::body::Bytes;
use axum::extract::{Extension, Request};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, Method, StatusCode, header};

use crate::kit::locator::{Claim, Origin, Peer, Received};
use crate::kit::page::no_head;
use crate::kit::seed::mark;
use crate::kit::soap;
use crate::kit::table::Record as _;
use crate::kit::trail::Trail;
use crate::kit::workspace::Workspace;

use super::model::Merchant;
use super::page::{self, Charset, Fields, Form};
use super::services::{self, Which};

/// The credential in forms.
pub(super) const MERCHANT: &str = "merchant number";
/// The credential in calls of the web services, beside an id.
pub(super) const PASSWORD: &str = "password";

/// How many hex digits the token of a payment has.
const TOKEN: usize = 32;

/// One request, with the world that it belongs to.
pub(super) struct Visit<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) origin: &'a str,
    pub(super) trail: &'a Trail,
    pub(super) method: &'a Method,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a [u8],
    /// The caller's address.
    pub(super) peer: String,
}

/// The token of a payment at the end of a path.
fn token_in(path: &str) -> Option<&str> {
    let (_, last) = path.rsplit_once('/')?;
    (last.len() == TOKEN && last.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(last)
}

/// The merchant number; or the transaction, subscription or payment that we handed out, and the password.
pub(super) fn claims(request: &Received) -> Vec<Claim> {
    if let Some((which, _)) = Which::at(&request.path) {
        return service_claims(request, which);
    }
    if let Some(token) = token_in(&request.path) {
        return vec![Claim::Token(token.to_ascii_lowercase())];
    }
    let encoded = if request.method == Method::POST { &request.body[..] } else { request.query.as_bytes() };
    match Fields::of(encoded, Charset::Utf8).get("MerchantNumber").trim() {
        "" => Vec::new(),
        number => vec![
            Claim::Credential { kind: MERCHANT, value: number.to_owned() },
            // Merchants that were added later.
            Claim::Id { table: Merchant::TABLE, id: mark(number) },
        ],
    }
}

fn service_claims(request: &Received, which: Which) -> Vec<Claim> {
    let value = |name| soap::peek(&request.query, &request.body, name);
    let id = value(which.id()).and_then(|id| id.trim().parse().ok());
    let id = id.map(|id| Claim::Id { table: which.table(), id });
    let password = value("password").filter(|password| !password.is_empty());
    let password = password.map(|value| Claim::Credential { kind: PASSWORD, value });
    id.into_iter().chain(password).collect()
}

/// What Freepay says to a merchant number, or to an id and a password, that nobody has.
pub(super) fn stranger(request: &Received, default: &Workspace) -> Option<Response> {
    let visit = Visit {
        workspace: default,
        origin: "",
        trail: &Trail::default(),
        method: &request.method,
        path: &request.path,
        query: &request.query,
        headers: &request.headers,
        body: &request.body,
        peer: String::new(),
    };
    if let Some((which, rest)) = Which::at(&request.path) {
        return Some(services::stranger(&visit, which, rest));
    }
    let own = request.path.eq_ignore_ascii_case(page::OWN_FORM);
    (request.method == Method::POST).then(|| page::stranger(&visit, if own { Form::Own } else { Form::Page }))
}

/// Any request; IIS does not mind the case of a path.
pub(super) async fn handle(
    Extension(workspace): Extension<Workspace>,
    Extension(origin): Extension<Origin>,
    Extension(trail): Extension<Trail>,
    request: Request,
) -> Response {
    let peer = request.extensions().get::<Peer>().map_or(Ipv4Addr::LOCALHOST.into(), |peer| peer.0);
    let (parts, body) = request.into_parts();
    let body: Bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let visit = Visit {
        workspace: &workspace,
        origin: &origin.0,
        trail: &trail,
        method: &parts.method,
        path: parts.uri.path(),
        query: parts.uri.query().unwrap_or_default(),
        headers: &parts.headers,
        body: &body,
        peer: peer.to_string(),
    };
    if let Some((which, rest)) = Which::at(visit.path) {
        return services::handle(&visit, which, rest).await;
    }
    let settings = workspace.settings();
    let page_path = settings.get("freepay.page_path").trim_end_matches('/');
    let path = visit.path.trim_end_matches('/');
    let is = |known: &str| path.eq_ignore_ascii_case(known);
    let below =
        token_in(path).and_then(|token| Some((path.strip_suffix(token)?.trim_end_matches('/'), token)));
    match below {
        Some((folder, token))
            if [page_path, page::SECURE].iter().any(|known| folder.eq_ignore_ascii_case(known)) =>
        {
            page::visit(&visit, &token.to_ascii_lowercase()).await
        }
        // What has an address of its own keeps it, wherever the payment page is put.
        _ if is(page::OWN_FORM) => page::open(&visit, Form::Own).await,
        _ if is(page::SHOPS_FORM) => page::shops_form(&visit).await,
        _ if is(page_path) => page::open(&visit, Form::Page).await,
        _ if parts.method == Method::HEAD => no_head().await,
        _ => nowhere(&visit, page_path),
    }
}

fn nowhere(visit: &Visit<'_>, page_path: &str) -> Response {
    visit.trail.diagnose("Freepay has nothing at this path");
    let here = format!(
        "provkassa: Freepay has nothing at this path.\n\
        It imitates POST {page_path}, POST {}, and GET and POST /webservices/public/management.asmx and \
        /webservices/public/subscriptionmanager.asmx.\n",
        page::OWN_FORM
    );
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], here).into_response()
}
