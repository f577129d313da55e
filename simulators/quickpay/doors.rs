//! How requests come in: whose they are.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};

use crate::kit::locator::{Claim, Received};
use crate::kit::table::Record as _;
use crate::kit::workspace::Workspace;

use super::api::{Refusal, key_in, mistake, put_headers};
use super::model::Agreement;
use super::window::{self, Place};

/// The credential of a call.
pub(super) const API_KEY: &str = "API key";
/// The credential of a form.
pub(super) const MERCHANT: &str = "merchant";

/// The key of a call, the token of a link or a session, the merchant of a form.
pub(super) fn claims(request: &Received) -> Vec<Claim> {
    if request.headers.contains_key(header::AUTHORIZATION) {
        let Some(key) = key_in(&request.headers) else { return Vec::new() };
        let id = Agreement::mark(&key);
        return vec![
            Claim::Credential { kind: API_KEY, value: key },
            // Keys that were renewed.
            Claim::Id { table: Agreement::TABLE, id },
        ];
    }
    match Place::at(&request.method, &request.path) {
        Some(Place::Link(token) | Place::Session(token, _)) => vec![Claim::Token(token)],
        Some(Place::Form(_)) => {
            let mut fields = form_urlencoded::parse(&request.body);
            let merchant = fields.find(|(name, _)| name == "merchant_id");
            let claim = |(_, value): (_, std::borrow::Cow<'_, str>)| Claim::Credential {
                kind: MERCHANT,
                value: value.into_owned(),
            };
            merchant.map(claim).into_iter().collect()
        }
        Some(Place::Fields) | None => Vec::new(),
    }
}

/// What QuickPay says to a key, or to a form's merchant, that nobody has.
pub(super) fn stranger(request: &Received, default: &Workspace) -> Option<Response> {
    if let Some(Place::Form(_)) = Place::at(&request.method, &request.path) {
        return Some(window::stranger(&request.body, &default.masker()));
    }
    let is_call = request.headers.contains_key(header::AUTHORIZATION);
    is_call.then(|| {
        let mut response = Refusal::Unauthorized.response(&default.settings());
        put_headers(&mut response);
        if let Some(mistake) = mistake(default, &request.headers, &Refusal::Unauthorized)
            && let Ok(said) =
                format!("Invalid API key{mistake}").replace(|c: char| !c.is_ascii(), "?").parse()
        {
            response.headers_mut().append("provkassa-warning", said);
        }
        response
    })
}

/// What the web server before QuickPay's API says to a body that is too long. Assumed: its answers name
/// nginx, and this is what nginx says.
pub(super) fn too_long() -> Response {
    let page = "<html><head><title>413 Request Entity Too Large</title></head><body><center><h1>413 Request Entity Too Large</h1></center><hr><center>nginx</center></body></html>\n";
    (StatusCode::PAYLOAD_TOO_LARGE, [(header::CONTENT_TYPE, "text/html")], page).into_response()
}
