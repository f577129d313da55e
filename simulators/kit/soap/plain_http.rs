//! Calls by plain HTTP: the method in the path, its parameters in the query or in a form.

use axum::response::Response;
use http::{Method as Verb, StatusCode, header};

use super::Request;
use super::answer::{PLAIN, XML, empty, respond};
use super::call::{Exception, Value};
use super::convert;
use super::pages;
use super::service::{Element, Method, Service, Type};
use super::writing::{Writer, XSD, XSI, simple};
use super::wsdl;

/// How forms are sent.
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// The methods that plain HTTP reaches: those whose parameters can all be written as a text.
pub(super) fn methods(service: &'static Service) -> impl Iterator<Item = &'static Method> + use<> {
    let methods = service.methods.iter().filter(|_| service.http);
    methods.filter(|method| {
        method.request.iter().all(|element| !matches!(element.kind, Type::List(_) | Type::Record(_)))
    })
}

/// Reads a call; or else the answer.
#[expect(clippy::result_large_err, reason = "the answer goes out as it is; it is not handed far")]
pub(super) fn read(
    service: &'static Service,
    request: &Request<'_>,
) -> Result<(&'static Method, Vec<Value>), Response> {
    let unrecognized = || {
        let text =
            format!("Request format is unrecognized for URL unexpectedly ending in '{}'.", request.rest);
        pages::error(StatusCode::INTERNAL_SERVER_ERROR, &text)
    };
    if !service.http {
        return Err(unrecognized());
    }
    let name = request.rest.strip_prefix('/').filter(|name| !name.is_empty()).ok_or_else(unrecognized)?;
    // Not HEAD: whoever only looks must not capture.
    let pairs = match *request.verb {
        Verb::GET => request.query.as_bytes(),
        Verb::POST => request.body,
        _ => return Err(pages::not_allowed()),
    };
    let method = methods(service).find(|method| method.name == name).ok_or_else(|| {
        let text = format!("{name} Web Service method name is not valid.");
        pages::error(StatusCode::INTERNAL_SERVER_ERROR, &text)
    })?;
    if request.verb == Verb::POST && !(method.request.is_empty() && request.body.is_empty()) {
        let content_type = request.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default();
        if !content_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(FORM) {
            return Err(failure(&format!("Request format is invalid: {}.", escaped(content_type))));
        }
    }
    let given: Vec<(String, String)> = form_urlencoded::parse(pairs).into_owned().collect();
    let arguments = method.request.iter().map(|element| argument(element, &given));
    arguments.collect::<Result<_, _>>().map(|arguments| (method, arguments)).map_err(|why| failure(&why))
}

/// A parameter's value, by its name in any case. Of several, ASP.NET makes one with commas.
fn argument(element: &Element, given: &[(String, String)]) -> Result<Value, String> {
    let named = given.iter().filter(|(name, _)| name.eq_ignore_ascii_case(element.name));
    let values: Vec<&str> = named.map(|(_, value)| value.as_str()).collect();
    if values.is_empty() {
        return Err(format!("Missing parameter: {}.", element.name));
    }
    let text = values.join(",");
    let converted = convert::from_form(&text, element.kind).unwrap_or(Ok(Value::Null));
    converted.map_err(|why| {
        let kind = match element.kind {
            Type::Boolean => "System.Boolean",
            Type::Choice(choice) => choice.name,
            Type::DateTime => "System.DateTime",
            Type::Int => "System.Int32",
            Type::Long => "System.Int64",
            Type::List(_) | Type::Record(_) | Type::Text => "System.String",
        };
        format!("Cannot convert {} to {kind}.\r\nParameter name: type ---> {}", escaped(&text), escaped(&why))
    })
}

/// The answer: the first value alone, named after its type; nothing where there is none.
pub(super) fn answer(service: &Service, method: &Method, values: &[Value]) -> Response {
    let Some(result) = method.response.first() else { return empty() };
    let mut xml = Writer::indented("\r\n");
    let root = wsdl::name(result.kind);
    let namespace = ("xmlns", service.namespace);
    let value = values.first().unwrap_or(&Value::Null);
    match (result.kind, value) {
        (Type::List(_) | Type::Record(_), Value::List(_) | Value::Record(_)) => {
            xml.value(&root, &[("xmlns:xsi", XSI), ("xmlns:xsd", XSD), namespace], result.kind, value);
        }
        (kind, value) => match simple(kind, value) {
            Some(text) => xml.text(&root, &[namespace], &text),
            None => xml.empty(&root, &[("xmlns:xsi", XSI), ("xsi:nil", "true"), namespace]),
        },
    }
    respond(StatusCode::OK, XML, xml.finish())
}

/// The answer where the method threw.
pub(super) fn refuse(exception: &Exception) -> Response {
    failure(&format!("{}: {}", exception.kind, escaped(&exception.text)))
}

fn failure(text: &str) -> Response {
    respond(StatusCode::INTERNAL_SERVER_ERROR, PLAIN, format!("{text}\r\n"))
}

/// What somebody else wrote, as .NET writes it into its plain text, too.
fn escaped(text: &str) -> String {
    quick_xml::escape::escape(text).replace("&apos;", "&#39;")
}
