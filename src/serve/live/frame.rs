//! What every page of the view has around it, and how pages are sent.

use askama::Template;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use provkassa_simulators::PROVIDERS;
use provkassa_simulators::kit::problem::Problem;

use super::links::address;
use crate::serve::house::House;

const STYLE: &str = include_str!("../templates/live/live.css");
const SCRIPT: &str =
    concat!(include_str!("../../report/html/copy.js"), include_str!("../templates/live/live.js"));

/// Nothing but our own files and forms: what comes from outside can neither run, nor load, nor ask.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What stands around a page.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) title: String,
    pub(super) style: String,
    pub(super) script: String,
    pub(super) home: String,
    pub(super) version: &'static str,
    /// The demo shop, where it is open.
    pub(super) shop: Option<String>,
    pub(super) providers: Vec<Tab>,
}

#[derive(Debug)]
pub(super) struct Tab {
    pub(super) name: &'static str,
    pub(super) link: String,
    pub(super) is_here: bool,
}

impl Frame {
    /// `here` is the provider whose page it is, or nothing.
    pub(super) fn new(house: &House, title: impl Into<String>, here: &str) -> Self {
        let none: [(&str, &str); 0] = [];
        let at = |path: &str| address(house, path, &none);
        let tabs = PROVIDERS.iter().map(|provider| provider.info()).map(|info| Tab {
            name: info.name,
            link: at(&format!("/_sim/live/providers/{}", info.id)),
            is_here: info.id == here,
        });
        Self {
            title: title.into(),
            style: at("/_sim/live/live.css"),
            script: at("/_sim/live/live.js"),
            home: at("/"),
            version: crate::VERSION,
            shop: house.shop.get().map(|url| format!("{url}/")),
            providers: tabs.collect(),
        }
    }
}

#[derive(Debug, Template)]
#[template(path = "live/trouble.html", config = ".config/askama.toml")]
struct Trouble<'a> {
    frame: Frame,
    message: &'a str,
    help: &'a str,
}

/// Says what went wrong, and what to do next.
pub(super) fn trouble(house: &House, status: StatusCode, message: &str, help: &str) -> Response {
    page(status, &Trouble { frame: Frame::new(house, "That did not work", ""), message, help })
}

/// The same of a problem.
pub(super) fn told(house: &House, problem: &Problem) -> Response {
    trouble(house, problem.status, &problem.message, &problem.help)
}

/// Sends a page.
pub(super) fn page(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(body) => sent(status, "text/html; charset=utf-8", body),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// `GET /_sim/live/live.css`
pub(super) async fn style() -> Response {
    sent(StatusCode::OK, "text/css; charset=utf-8", STYLE)
}

/// `GET /_sim/live/live.js`
pub(super) async fn script() -> Response {
    sent(StatusCode::OK, "text/javascript; charset=utf-8", SCRIPT)
}

fn sent(status: StatusCode, kind: &'static str, body: impl IntoResponse) -> Response {
    let mut response = (status, body).into_response();
    let set = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        // Forms must say where they come from, and nobody else gets to know.
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    for (name, value) in set {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
