//! What a browser is shown: the service's page, a page for each method, and errors.

use askama::Template;
use axum::response::Response;
use http::{Method as Verb, StatusCode, header};

use crate::kit::page::{STYLE, html};

use super::Request;
use super::answer::{XML, dress, respond};
use super::disco;
use super::plain_http;
use super::samples::{self, Sample};
use super::service::{Method, Service};
use super::wsdl;

#[derive(Template)]
#[template(path = "kit/soap/templates/service.html")]
struct ServicePage<'a> {
    style: &'static str,
    service: &'static Service,
    address: &'a str,
}

#[derive(Template)]
#[template(path = "kit/soap/templates/method.html")]
struct MethodPage<'a> {
    style: &'static str,
    service: &'static Service,
    method: &'static Method,
    address: &'a str,
    samples: Vec<Sample>,
    /// Whether the method can be called by a form.
    form: bool,
}

#[derive(Template)]
#[template(path = "kit/soap/templates/error.html")]
struct ErrorPage<'a> {
    style: &'static str,
    text: &'a str,
}

/// What is answered to a request that calls no method.
pub(super) fn show(service: &'static Service, request: &Request<'_>) -> Response {
    if *request.verb != Verb::GET && *request.verb != Verb::HEAD {
        return not_allowed();
    }
    let address = request.address;
    let asked = request.query.split(['&', '=']).next().unwrap_or_default();
    if asked.eq_ignore_ascii_case("wsdl") {
        return respond(StatusCode::OK, XML, wsdl::document(service, address));
    }
    if asked.eq_ignore_ascii_case("disco") {
        return respond(StatusCode::OK, XML, disco::document(service, address));
    }
    let mut pairs = form_urlencoded::parse(request.query.as_bytes());
    let named = pairs.find(|(name, _)| name.eq_ignore_ascii_case("op"));
    let page = match named.and_then(|(_, name)| service.method(&name)) {
        Some(method) => {
            let samples = samples::of(service, method, address);
            let form = plain_http::methods(service).any(|plain| plain.name == method.name);
            html(StatusCode::OK, &MethodPage { style: STYLE, service, method, address, samples, form })
        }
        None => html(StatusCode::OK, &ServicePage { style: STYLE, service, address }),
    };
    dress(page)
}

/// ASP.NET's error page.
pub(super) fn error(status: StatusCode, text: &str) -> Response {
    dress(html(status, &ErrorPage { style: STYLE, text }))
}

/// What a body gets that is too long, whoever sends it: ASP.NET refuses it before any service looks at it. The text
/// is ASP.NET's own; that the status is 500 and a page comes to SOAP clients too, is assumed.
pub(super) fn too_long() -> Response {
    error(StatusCode::INTERNAL_SERVER_ERROR, "Maximum request length exceeded.")
}

/// An HTTP method that no binding has.
pub(super) fn not_allowed() -> Response {
    let mut response = error(StatusCode::METHOD_NOT_ALLOWED, "Request format is unrecognized.");
    response.headers_mut().insert(header::ALLOW, header::HeaderValue::from_static("GET, HEAD, POST"));
    response
}
