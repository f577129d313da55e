//! The ways in which a call comes and its answer goes: SOAP 1.1, SOAP 1.2, and plain HTTP.

use axum::response::{IntoResponse as _, Response};
use http::StatusCode;

use super::Request;
use super::call::{Call, Exception, Value};
use super::service::{Method, Service};

/// How a call came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Binding {
    /// `text/xml` with a header SOAPAction.
    Soap11,
}

impl Binding {
    pub(super) fn answer(self, _: &Service, _: &Method, _: &[Value]) -> Response {
        StatusCode::NOT_IMPLEMENTED.into_response()
    }

    pub(super) fn refuse(self, _: &Service, _: &Exception) -> Response {
        StatusCode::NOT_IMPLEMENTED.into_response()
    }
}

pub(super) fn read(service: &'static Service, _: &Request<'_>) -> Result<Call, Response> {
    let method = service.methods.first().ok_or_else(|| StatusCode::NOT_IMPLEMENTED.into_response())?;
    Ok(Call { service, method, arguments: Vec::new(), binding: Binding::Soap11 })
}

pub(super) fn peek(_: &str, _: &[u8], _: &str) -> Option<String> {
    None
}
