//! The control port's first page: what a newcomer does first, and where a paid order comes back to.

use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, StatusCode, header::HOST};
use provkassa_simulators::PROVIDERS;
use provkassa_simulators::kit::page::{STYLE, html};
use provkassa_simulators::kit::workspace::DEFAULT;
use url::form_urlencoded;

use super::house::{House, is_host};

#[derive(Template)]
#[template(path = "start.html", config = ".config/askama.toml")]
struct StartPage {
    style: &'static str,
    steps: Vec<(String, String)>,
    /// `?token=…` for the links to the control API, where it asks for one.
    token: String,
    environment: Vec<(&'static str, String)>,
    providers: Vec<(&'static str, String, &'static [&'static str], &'static [&'static str])>,
}

#[derive(Template)]
#[template(path = "returned.html", config = ".config/askama.toml")]
struct ReturnedPage {
    style: &'static str,
    parameters: Vec<(String, String)>,
    paid: bool,
    failed: bool,
}

fn origin_of(house: &House, headers: &HeaderMap) -> String {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).filter(|host| is_host(host));
    house.public_url.clone().unwrap_or_else(|| format!("http://{}", host.unwrap_or("127.0.0.1")))
}

fn token_query(house: &House) -> String {
    let token = house
        .token
        .as_deref()
        .map(|token| form_urlencoded::byte_serialize(token.as_bytes()).collect::<String>());
    token.map_or_else(String::new, |token| format!("?token={token}"))
}

/// `GET /`
pub(super) async fn show(State(house): State<Arc<House>>, headers: HeaderMap) -> Response {
    let origin = origin_of(&house, &headers);
    let provider_origin = |id: &'static str| match (&house.public_url, house.addresses.get(id)) {
        (None, Some(address)) if !address.ip().is_unspecified() => format!("http://{address}"),
        _ => format!("{origin}/{id}"),
    };
    let Some(workspace) = house.workspaces.get(DEFAULT) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let back = format!("{origin}/_sim/return?shop=demo");
    let mut steps = Vec::new();
    for provider in PROVIDERS {
        let at = provider_origin(provider.info().id);
        steps.extend(workspace.read(|tx| provider.first_steps(tx, &workspace, &at, &back)).await);
    }
    let page = StartPage {
        style: STYLE,
        steps,
        token: token_query(&house),
        environment: super::environment(provider_origin).into_iter().collect(),
        providers: PROVIDERS
            .iter()
            .map(|provider| {
                let info = provider.info();
                (info.name, provider_origin(info.id), info.imitates, info.leaves_out)
            })
            .collect(),
    };
    html(StatusCode::OK, &page)
}

/// `GET /_sim/return`: stands in for a shop's own page.
pub(super) async fn returned(RawQuery(query): RawQuery) -> Response {
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
    };
    html(StatusCode::OK, &page)
}

/// `POST /_sim/reset`: the button for when every order is paid.
pub(super) async fn reset(State(house): State<Arc<House>>) -> Response {
    if let Some(workspace) = house.workspaces.get(DEFAULT) {
        workspace.reset().await;
    }
    Redirect::to(&format!("/{}", token_query(&house))).into_response()
}
