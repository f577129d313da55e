//! The endpoints: which verb and path does what.

use crate::kit::table::Tx;

use super::call::{Answer, Call};
use super::refusal::Refusal;
use super::{create, links, lists, merchant, operations};

/// What an endpoint does.
pub(super) type Handler = fn(&mut Tx<'_>, &Call) -> Result<Answer, Refusal>;

/// One endpoint.
pub(super) struct Route {
    /// `POST`.
    pub(super) verb: &'static str,
    /// `/payments/:id/capture`.
    pub(super) template: &'static str,
    /// What it does.
    pub(super) handler: Handler,
}

const fn route(verb: &'static str, template: &'static str, handler: Handler) -> Route {
    Route { verb, template, handler }
}

/// Every endpoint.
pub(super) static ROUTES: &[Route] = &[
    route("GET", "/ping", merchant::ping),
    route("POST", "/ping", merchant::ping),
    route("GET", "/account", merchant::read_account),
    route("PATCH", "/account", merchant::change_account),
    route("GET", "/account/private-key", merchant::private_key),
    route("PATCH", "/account/private-key", merchant::renew_private_key),
    route("GET", "/acl-resources", merchant::acl_resources),
    route("GET", "/acquirers", merchant::acquirers),
    route("GET", "/activity", merchant::activity),
    route("GET", "/agreements", merchant::agreements),
    route("GET", "/agreements/:id", merchant::agreement),
    route("GET", "/agreements/:id/api-key", merchant::api_key),
    route("PATCH", "/agreements/:id/api-key", merchant::renew_api_key),
    route("GET", "/brandings", merchant::nothing),
    route("GET", "/changelog", merchant::nothing),
    route("POST", "/fees", merchant::fees),
    route("POST", "/fees/:acquirer/:payment_method", merchant::fees),
    route("GET", "/fraud-rulesets", merchant::nothing),
    route("GET", "/operational-status/acquirers", merchant::acquirers_status),
    route("GET", "/payment-method-priority", merchant::priority),
    route("GET", "/payments", lists::list),
    route("POST", "/payments", create::create),
    route("GET", "/payments/:id", create::read),
    route("PATCH", "/payments/:id", create::change),
    route("PUT", "/payments/:id/link", links::put),
    route("DELETE", "/payments/:id/link", links::delete),
    route("POST", "/payments/:id/authorize", operations::authorize),
    route("POST", "/payments/:id/session", operations::session),
    route("POST", "/payments/:id/capture", operations::capture),
    route("POST", "/payments/:id/refund", operations::refund),
    route("POST", "/payments/:id/cancel", operations::cancel),
    route("POST", "/payments/:id/renew", operations::renew),
    route("POST", "/payments/:id/fraud-report", operations::fraud_report),
    route("GET", "/payments/:id/operations/:operation_id", operations::read_operation),
    route("PATCH", "/payments/:id/operations/:operation_id", operations::abort),
    route("GET", "/subscriptions", lists::list),
    route("POST", "/subscriptions", create::create),
    route("GET", "/subscriptions/:id", create::read),
    route("PATCH", "/subscriptions/:id", create::change),
    route("PUT", "/subscriptions/:id/link", links::put),
    route("DELETE", "/subscriptions/:id/link", links::delete),
    route("POST", "/subscriptions/:id/authorize", operations::authorize),
    route("POST", "/subscriptions/:id/session", operations::session),
    route("POST", "/subscriptions/:id/cancel", operations::cancel),
    route("POST", "/subscriptions/:id/recurring", operations::recurring),
    route("POST", "/subscriptions/:id/fraud-report", operations::fraud_report),
    route("GET", "/subscriptions/:id/payments", lists::payments_of),
    route("GET", "/subscriptions/:id/operations/:operation_id", operations::read_operation),
    route("PATCH", "/subscriptions/:id/operations/:operation_id", operations::abort),
    route("GET", "/subscription-groups", merchant::groups),
    route("POST", "/subscription-groups", merchant::make_group),
    route("GET", "/subscription-groups/:id", merchant::group),
    route("PATCH", "/subscription-groups/:id", merchant::change_group),
    route("DELETE", "/subscription-groups/:id", merchant::delete_group),
    route("POST", "/subscription-groups/:id/capture", merchant::capture_group),
    route("GET", "/cards", lists::list),
    route("POST", "/cards", create::card),
    route("GET", "/cards/:id", create::read),
    route("PATCH", "/cards/:id", create::change),
    route("PUT", "/cards/:id/link", links::put),
    route("DELETE", "/cards/:id/link", links::delete),
    route("POST", "/cards/:id/authorize", operations::authorize),
    route("POST", "/cards/:id/cancel", operations::cancel),
    route("POST", "/cards/:id/tokens", merchant::card_token),
    route("POST", "/cards/:id/fraud-report", operations::fraud_report),
    route("GET", "/cards/:id/operations/:operation_id", operations::read_operation),
    route("PATCH", "/cards/:id/operations/:operation_id", operations::abort),
];

/// What a path is: the endpoint and what stands in its open places.
pub(super) enum Found {
    /// An endpoint.
    Here(&'static Route, Vec<String>),
    /// The path has other verbs.
    OtherVerbs(String),
    /// There is no such path.
    Nowhere,
}

/// The endpoint of a verb and a path.
pub(super) fn find(verb: &str, path: &str) -> Found {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let mut verbs = Vec::new();
    for route in ROUTES {
        let Some(ids) = ids(route.template, &segments) else { continue };
        if route.verb == verb || (route.verb == "GET" && verb == "HEAD") {
            return Found::Here(route, ids);
        }
        verbs.push(route.verb);
    }
    if verbs.is_empty() { Found::Nowhere } else { Found::OtherVerbs(verbs.join(", ")) }
}

/// What stands in the open places of a template, where the path fits it.
fn ids(template: &str, segments: &[&str]) -> Option<Vec<String>> {
    let parts: Vec<&str> = template.trim_matches('/').split('/').collect();
    let mut ids = Vec::new();
    if parts.len() != segments.len() {
        return None;
    }
    for (part, segment) in parts.iter().zip(segments) {
        if part.starts_with(':') {
            let id = percent_encoding::percent_decode_str(segment).decode_utf8_lossy();
            ids.push(id.into_owned());
        } else if part != segment {
            return None;
        }
    }
    Some(ids)
}
