//! How requests come in: whose they are, and paths that do not exist.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};

use crate::kit::jwt::Parts;
use crate::kit::locator::{Claim, Received};
use crate::kit::seed::mark;
use crate::kit::table::Record as _;
use crate::kit::trail::Trail;
use crate::kit::workspace::Workspace;

use super::ID;
use super::evidence::{self, Keys};
use super::model::Terminal;
use super::refusals::{self, Terms};
use super::window;

/// The credential in a token.
pub(super) const TERMINAL: &str = "terminal";

/// The terminal that a token names, or the payment in the path.
pub(super) fn claims(request: &Received) -> Vec<Claim> {
    let mut claims = Vec::new();
    let mut segments = request.path.trim_matches('/').split('/');
    match (segments.next(), segments.next()) {
        (Some("pay"), Some(payment)) => claims.push(Claim::Token(payment.replace('-', ""))),
        (Some("pay"), None) => {
            let token = token_in(&request.query);
            let parts = Parts::of(&token).ok();
            if let Some(terminal) = parts.as_ref().and_then(|parts| parts.text("terminalID")) {
                claims.push(Claim::Credential { kind: TERMINAL, value: terminal.to_owned() });
                // Terminals that were added later.
                claims.push(Claim::Id { table: Terminal::TABLE, id: mark(terminal) });
            }
        }
        _ => {}
    }
    claims
}

/// The first parameter `token` of a query; empty if there is none.
pub(super) fn token_in(query: &str) -> String {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(name, _)| name == "token").map(|(_, token)| token.into_owned()).unwrap_or_default()
}

/// What Fena says to a token whose terminal nobody has. It is explained as if it was meant for the default
/// terminal.
pub(super) fn stranger(request: &Received, default: &Workspace) -> Option<Response> {
    let nobody = |_: &str| None;
    let token = token_in(&request.query);
    let terms = Terms { secret: &nobody, now: default.clock().now().as_second(), min_exclusive: false };
    let (faults, _) = refusals::examine(&token, &terms);
    let fault = faults.into_iter().next()?;
    let own = |name| default.credential(ID, name).to_owned();
    let keys = Keys { terminal: own("FENA_TERMINAL"), secret: own("FENA_SECRET") };
    let sent = evidence::sent(
        default,
        &format!("{}?{}", request.path, request.query),
        Some(&fault),
        Some(&keys),
        &Trail::default(),
    );
    Some(window::error(&default.masker(), &request.headers, &fault, &sent))
}

pub(super) async fn unknown() -> Response {
    let here = "provkassa: Fena has nothing at this path.\n\
        It imitates GET /pay/?token=… and GET /api/providers/.\n";
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], here).into_response()
}
