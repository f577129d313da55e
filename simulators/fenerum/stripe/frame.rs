//! The page in the frame, which alone sees the card.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use askama::Template;
use axum::Router;
use axum::extract::Extension;
use axum::response::Response;
use axum::routing::get;
use http::StatusCode;
use serde_json::{Value, json};

use crate::kit::page::html_in_frames;
use crate::kit::workspace::Workspace;

use super::cards::{BRANDS, UNKNOWN, cards};
use super::errors::texts;
use super::payment_methods::{FAR, month};
use super::script::CALL;

/// Where the page is.
pub(super) const PATH: &str = "/v3/elements-inner-card.html";

#[derive(Template)]
#[template(path = "fenerum/stripe/frame.html")]
struct Frame {
    style: &'static str,
    facts: String,
    call: &'static str,
    script: &'static str,
}

/// What the script knows of cards. The postal code of an American card is a ZIP code; that the element knows
/// the published cards by their whole numbers is ours.
static FACTS: LazyLock<Value> = LazyLock::new(|| {
    let countries: BTreeMap<&str, &str> =
        cards().iter().map(|card| (card.number.as_str(), card.country.as_str())).collect();
    json!({ "brands": BRANDS, "unknown": UNKNOWN, "countries": countries, "texts": texts() })
});

pub(super) fn routes() -> Router {
    Router::new().route(PATH, get(frame))
}

/// The workspace's clock says which cards have expired.
async fn frame(Extension(workspace): Extension<Workspace>) -> Response {
    let (year, month) = month(workspace.clock().now());
    let mut facts = FACTS.clone();
    facts["today"] = json!({ "year": year, "month": month, "last": year + FAR });
    let page = Frame {
        style: include_str!("frame.css"),
        // A page's script ends where `</script` stands.
        facts: facts.to_string().replace('<', "\\u003c"),
        call: CALL,
        script: include_str!("frame.js"),
    };
    html_in_frames(StatusCode::OK, &page)
}
