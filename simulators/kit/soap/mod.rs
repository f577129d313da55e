//! Web services as ASP.NET serves them (`.asmx`), from a table of methods.
//!
//! A provider writes its service down as a [`Service`]. [`read`] answers by itself what needs no provider:
//! the WSDL, the discovery document, the help pages, and requests that cannot be understood. What is left
//! is a [`Call`], which the provider answers or refuses; it goes out in the binding in which it came.

mod answer;
mod binding;
mod call;
mod charset;
mod convert;
mod disco;
mod envelope;
mod fault;
mod pages;
mod plain_http;
mod samples;
mod service;
mod writing;
mod wsdl;
mod xml;

use std::borrow::Cow;

use axum::response::Response;
use http::{HeaderMap, Method as Verb};

pub use call::{Call, Exception, UNSET, Value};
pub use service::{Choice, Element, Method, Record, Service, Type, optional, required};

/// A request for a service, as it came.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The HTTP method.
    pub verb: &'a Verb,
    /// The service's own address as the client wrote it, without query: `http://127.0.0.1:4701/remote/payment.asmx`.
    /// WSDL and discovery document name it.
    pub address: &'a str,
    /// What stands behind the file's name in the path: `/capture`; usually nothing.
    pub rest: &'a str,
    /// The query as it came, without `?`.
    pub query: &'a str,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body.
    pub body: &'a [u8],
}

/// Reads a request: a call that the provider has to carry out, or else the answer.
///
/// # Errors
/// What is answered without the provider: pages and documents, and faults.
#[expect(clippy::result_large_err, reason = "the answer goes out as it is; it is not handed far")]
pub fn read(service: &'static Service, request: &Request<'_>) -> Result<Call, Response> {
    binding::read(service, request)
}

/// The text of the first element of this local name in a body, or of the form's or query's parameter of this
/// name in any case: by this a request's workspace is found, before anything is checked. `None` where there is
/// none.
#[must_use]
pub fn peek(query: &str, body: &[u8], name: &str) -> Option<String> {
    binding::peek(query, body, name)
}

/// What ASP.NET says to a body that is too long, on pages as in services.
#[must_use]
pub fn too_long() -> Response {
    pages::too_long()
}

#[cfg(test)]
mod tests;

/// A body's text as well as it can be told, for people: XML may come in UTF-16.
#[must_use]
pub fn text_of(body: &[u8]) -> Cow<'_, str> {
    charset::tolerant(body)
}
