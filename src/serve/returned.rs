//! Where a payer comes back to while there is no shop.

use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::StatusCode;
use provkassa_simulators::kit::page::{STYLE, html};
use url::form_urlencoded;

use super::house::House;

#[derive(Template)]
#[template(path = "returned.html", config = ".config/askama.toml")]
struct ReturnedPage {
    style: &'static str,
    parameters: Vec<(String, String)>,
    paid: bool,
    failed: bool,
    /// The first page, as the payer's browser reaches it.
    start: String,
}

/// `GET /_sim/return`: stands in for a shop's own page.
pub(super) async fn returned(State(house): State<Arc<House>>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let parameters: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    let error = parameters.iter().rfind(|(name, _)| name == "error").map(|(_, value)| value.clone());
    let page = ReturnedPage {
        style: STYLE,
        paid: error.as_deref() == Some(""),
        failed: error.is_some_and(|error| !error.is_empty()),
        parameters,
        start: format!("{}/", house.below),
    };
    html(StatusCode::OK, &page)
}
