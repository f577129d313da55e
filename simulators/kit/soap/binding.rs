//! The ways in which a call comes and its answer goes: SOAP 1.1, SOAP 1.2, and plain HTTP.

use axum::response::Response;
use http::{Method as Verb, StatusCode};

use super::Request;
use super::answer::respond;
use super::call::{Call, Exception, Value};
use super::charset;
use super::envelope::{self, Read, Version};
use super::fault::Fault;
use super::pages;
use super::plain_http;
use super::service::{Method, Service};

/// How long a body may be: as ASP.NET has it by default.
const LONGEST: usize = 4096 * 1024;

/// How a call came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Binding {
    /// By plain HTTP.
    Http,
    /// In an envelope.
    Soap(Version),
}

impl Binding {
    pub(super) fn answer(self, service: &Service, method: &Method, values: &[Value]) -> Response {
        match self {
            Self::Http => plain_http::answer(service, method, values),
            Self::Soap(version) => {
                let body = envelope::answer(version, service, method, values);
                respond(StatusCode::OK, version.content_type(), body)
            }
        }
    }

    pub(super) fn refuse(self, exception: &Exception) -> Response {
        match self {
            Self::Http => plain_http::refuse(exception),
            Self::Soap(version) => Fault::thrown(&exception.text).response(version),
        }
    }
}

#[expect(clippy::result_large_err, reason = "the answer goes out as it is; it is not handed far")]
pub(super) fn read(service: &'static Service, request: &Request<'_>) -> Result<Call, Response> {
    if request.body.len() > LONGEST {
        return Err(pages::too_long());
    }
    if !request.rest.is_empty() {
        let (method, arguments) = plain_http::read(service, request)?;
        return Ok(Call { service, method, arguments, binding: Binding::Http });
    }
    if request.verb != Verb::POST {
        return Err(pages::show(service, request));
    }
    match envelope::read(service, request) {
        Ok(Read { version, method, arguments }) => {
            Ok(Call { service, method, arguments, binding: Binding::Soap(version) })
        }
        Err((version, fault)) => Err(fault.response(version)),
    }
}

pub(super) fn peek(query: &str, body: &[u8], name: &str) -> Option<String> {
    let text = charset::tolerant(body);
    let is_form = !text.trim_start().starts_with('<');
    let of_form = |form: &str| {
        let mut pairs = form_urlencoded::parse(form.as_bytes());
        pairs.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
    };
    let of_body = if is_form { of_form(&text) } else { envelope::peek(&text, name) };
    of_body.or_else(|| of_form(query))
}
