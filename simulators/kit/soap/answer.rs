//! How anything goes out of ASP.NET: its headers.

use axum::response::{IntoResponse as _, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};

/// A document of XML.
pub(super) const XML: &str = "text/xml; charset=utf-8";
/// A page.
pub(super) const HTML: &str = "text/html; charset=utf-8";
/// What plain HTTP says when it fails.
pub(super) const PLAIN: &str = "text/plain; charset=utf-8";

/// A body with the headers that IIS and ASP.NET 2.0 put on it.
pub(super) fn respond(status: StatusCode, content_type: &'static str, body: String) -> Response {
    let caching = if status == StatusCode::OK { "private, max-age=0" } else { "private" };
    let mut response = (status, body).into_response();
    let set = [
        (header::CACHE_CONTROL, caching),
        (header::CONTENT_TYPE, content_type),
        (HeaderName::from_static("x-aspnet-version"), "2.0.50727"),
        (HeaderName::from_static("x-powered-by"), "ASP.NET"),
    ];
    for (name, value) in set {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
