//! How anything goes out of ASP.NET: its headers.

use axum::response::{IntoResponse as _, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};

/// A document of XML.
pub(super) const XML: &str = "text/xml; charset=utf-8";
/// What plain HTTP says when it fails.
pub(super) const PLAIN: &str = "text/plain; charset=utf-8";

/// A body with the headers that IIS and ASP.NET 2.0 put on it.
pub(super) fn respond(status: StatusCode, content_type: &'static str, body: String) -> Response {
    let caching = if status == StatusCode::OK { "private, max-age=0" } else { "private" };
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    dress(response)
}

/// No body at all: what a method without result answers by plain HTTP.
pub(super) fn empty() -> Response {
    let mut response = StatusCode::OK.into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=0"));
    dress(response)
}

/// Puts the server's own headers on an answer.
pub(super) fn dress(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [("x-aspnet-version", "2.0.50727"), ("x-powered-by", "ASP.NET")] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}
