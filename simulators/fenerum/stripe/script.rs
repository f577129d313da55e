//! The script, at the paths at which Stripe serves its own. It is ours from the first line to the last.

use std::sync::LazyLock;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderName, header};

/// How the endpoint is called: the page does it with a token, the frame with what was typed.
pub(super) const CALL: &str = include_str!("call.js");

static SCRIPT: LazyLock<String> =
    LazyLock::new(|| format!("(() => {{\n'use strict';\n{CALL}\n{}}})();\n", include_str!("v3.js")));

pub(super) fn routes() -> Router {
    Router::new()
        .route("/v3", get(script))
        .route("/v3/", get(script))
        .route("/{release}/stripe.js", get(script))
}

async fn script() -> Response {
    let headers: [(HeaderName, &str); 4] = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, SCRIPT.as_str()).into_response()
}
