//! How requests come in: whose they are, doubled slashes, and paths that do not exist.

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, Uri};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::kit::locator::{Claim, Received};
use crate::kit::table::Record as _;

use super::model::{Invoice, Order, Receipt};

/// The credential in the path: one installation, one merchant.
pub(super) const INSTALLATION: &str = "installation";
/// The credential of a login to the REST API.
pub(super) const API_USER: &str = "API user";
/// The root that all installations of a host share.
const SHARED_ROOT: &str = "apiserver";

/// The installation; below the shared root the token, the user who logs in, or the order, invoice or
/// receipt in the path.
pub(super) fn claims(request: &Received) -> Vec<Claim> {
    let mut segments = request.path.split('/').filter(|segment| !segment.is_empty());
    let Some(root) = segments.next() else { return Vec::new() };
    if root != SHARED_ROOT {
        return vec![Claim::Credential { kind: INSTALLATION, value: root.to_owned() }];
    }
    let mut claims = Vec::new();
    if let Some(token) = bearer(&request.headers) {
        claims.push(Claim::Token(token.to_owned()));
    }
    let segments: Vec<_> = segments.collect();
    for pair in segments.windows(2) {
        let table = match pair[0] {
            "invoices" => Invoice::TABLE,
            "orders" => Order::TABLE,
            "receipts" => Receipt::TABLE,
            _ => continue,
        };
        if let Ok(id) = pair[1].parse() {
            claims.push(Claim::Id { table, id });
        }
    }
    for (name, value) in form_urlencoded::parse(request.query.as_bytes()) {
        if name == "order"
            && let Ok(id) = value.parse()
        {
            claims.push(Claim::Id { table: Order::TABLE, id });
        }
    }
    claims.extend(claim_in_body(&segments, &request.body));
    claims
}

/// What a body says where there is no token yet: who logs in, which login goes on, what a link is for.
fn claim_in_body(segments: &[&str], body: &[u8]) -> Option<Claim> {
    let text = |body: &Value, name: &str| body[name].as_str().map(ToOwned::to_owned);
    let body = || serde_json::from_slice::<Value>(body).ok();
    match segments {
        [.., "auth", "login"] => {
            Some(Claim::Credential { kind: API_USER, value: text(&body()?, "username")? })
        }
        [.., "auth", "refresh"] => Some(Claim::Token(text(&body()?, "refreshToken")?)),
        [.., "generatelink", _] => {
            let body = body()?;
            let of = |table, name: &str| Some(Claim::Id { table, id: body[name].as_u64()? });
            of(Order::TABLE, "order").or_else(|| of(Invoice::TABLE, "invoice"))
        }
        _ => None,
    }
}

/// The token of an `Authorization: Bearer` header.
pub(super) fn bearer(headers: &http::HeaderMap) -> Option<&str> {
    let value = headers.get(http::header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// Serves `//external/…` like `/external/…`: the document's base URL ends with a slash and its
/// templates begin with one.
pub(super) fn collapse_slashes(router: Router) -> Router {
    Router::new().fallback(move |mut request: Request| {
        let router = router.clone();
        async move {
            if request.uri().path().contains("//")
                && let Some(uri) = collapsed(request.uri())
            {
                *request.uri_mut() = uri;
            }
            let mut segments = request.uri().path().split('/').skip(1);
            if segments.next() == Some(SHARED_ROOT) && !matches!(segments.next(), Some("api" | "ver3")) {
                // No installation is called so: payments and pages are below the installation's own name.
                return unknown(request.uri().clone()).await;
            }
            router.oneshot(request).await.unwrap_or_else(|never| match never {})
        }
    })
}

fn collapsed(uri: &Uri) -> Option<Uri> {
    let mut path = String::with_capacity(uri.path().len());
    for character in uri.path().chars() {
        if character != '/' || !path.ends_with('/') {
            path.push(character);
        }
    }
    if let Some(query) = uri.query() {
        path.push('?');
        path.push_str(query);
    }
    path.parse().ok()
}

/// API3 answers 401 for paths that do not exist; elsewhere it is an ordinary 404.
pub(super) async fn unknown(uri: Uri) -> Response {
    if uri.path().contains("/api/ver3") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let here = "provkassa: BRP has nothing at this path, or this version does not imitate it yet.\n\
        It imitates GET /{installation}/external/payment/payfororder and its neighbours, and a part of\n\
        /{installation}/api/ver3/.\n";
    (StatusCode::NOT_FOUND, here).into_response()
}
