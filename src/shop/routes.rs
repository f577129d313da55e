//! Which path is whose.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode, header};

use super::desk::Desk;
use super::{arrivals, checkout, deeds, pages, wellknown};

pub(super) fn router(desk: Arc<Desk>) -> Router {
    Router::new()
        .route("/", get(front))
        .route("/healthz", get(|| async { "ok" }))
        .route("/.well-known/provkassa", get(configuration))
        .route("/checkout/{provider}", post(checkout::checkout))
        .route("/orders/{order}", get(order))
        .route("/orders/{order}/{deed}", post(deeds::act))
        .route("/return/{provider}", get(arrivals::returned))
        .route("/cancelled/{provider}", get(arrivals::cancelled))
        .route("/callback/{provider}", get(arrivals::called).post(arrivals::called))
        .route("/callback/{provider}/{order}", get(arrivals::called).post(arrivals::called))
        .route("/card/{provider}", get(arrivals::card).post(arrivals::carded))
        .fallback(nowhere)
        .with_state(desk)
}

async fn front(State(desk): State<Arc<Desk>>) -> Response {
    pages::front(&desk)
}

async fn configuration(State(desk): State<Arc<Desk>>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], wellknown::text(&desk)).into_response()
}

/// `GET /orders/{order}`: a page for people, JSON for everybody else.
async fn order(State(desk): State<Arc<Desk>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    match desk.orders.get(&id) {
        Some(order) if pages::wants_html(&headers) => pages::order(&desk, &order),
        Some(order) => axum::Json(order.shown()).into_response(),
        None if desk.makes("unknown-order-crashes") => {
            (StatusCode::INTERNAL_SERVER_ERROR, "TypeError: order is undefined").into_response()
        }
        None => pages::trouble(&desk, &headers, StatusCode::NOT_FOUND, "nobody knows this order"),
    }
}

async fn nowhere(State(desk): State<Arc<Desk>>, headers: HeaderMap) -> Response {
    pages::trouble(&desk, &headers, StatusCode::NOT_FOUND, "there is no such page")
}
