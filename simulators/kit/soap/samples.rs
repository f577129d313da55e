//! How a method is called and answered in each binding, with placeholders: for the method's page.

use super::envelope::Version;
use super::plain_http;
use super::service::{Element, Method, Service, Type};
use super::writing::{Writer, XSD, XSI};
use super::wsdl;

/// A binding's request and answer.
#[derive(Debug)]
pub(super) struct Sample {
    pub(super) binding: &'static str,
    pub(super) request: String,
    pub(super) answer: String,
}

/// A sample for each binding that the service has.
pub(super) fn of(service: &'static Service, method: &'static Method, address: &str) -> Vec<Sample> {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let (host, path) =
        rest.split_once('/').map_or((rest, String::new()), |(host, path)| (host, format!("/{path}")));
    let mut samples = Vec::new();
    for (binding, version) in [("SOAP 1.1", Version::Soap11), ("SOAP 1.2", Version::Soap12)] {
        let mut request = format!("POST {path} HTTP/1.1\nHost: {host}\n");
        request.push_str(&content(version.content_type()));
        if version == Version::Soap11 {
            request.push_str(&format!("SOAPAction: \"{}\"\n", service.action(method)));
        }
        let called = envelope(version, service, method.name, method.request);
        let answered = envelope(version, service, &format!("{}Response", method.name), method.response);
        samples.push(Sample {
            binding,
            request: format!("{request}\n{called}"),
            answer: format!("{OK}{}\n{answered}", content(version.content_type())),
        });
    }
    if plain_http::methods(service).any(|plain| plain.name == method.name) {
        let pairs: Vec<_> = method.request.iter().map(|element| format!("{}=string", element.name)).collect();
        let pairs = pairs.join("&");
        let query = if pairs.is_empty() { String::new() } else { format!("?{pairs}") };
        let answer = match method.response.first() {
            Some(result) => format!("{OK}{}\n{}", content(super::answer::XML), plain(service, result)),
            None => OK.to_owned(),
        };
        samples.push(Sample {
            binding: "HTTP GET",
            request: format!("GET {path}/{}{query} HTTP/1.1\nHost: {host}\n", method.name),
            answer: answer.clone(),
        });
        samples.push(Sample {
            binding: "HTTP POST",
            request: format!(
                "POST {path}/{} HTTP/1.1\nHost: {host}\n{}\n{pairs}",
                method.name,
                content(plain_http::FORM)
            ),
            answer,
        });
    }
    samples
}

const OK: &str = "HTTP/1.1 200 OK\n";

fn content(kind: &str) -> String {
    format!("Content-Type: {kind}\nContent-Length: length\n")
}

fn envelope(version: Version, service: &Service, name: &str, elements: &[Element]) -> String {
    let mut xml = Writer::indented("\n");
    version.open_envelope(&mut xml);
    xml.open(name, &[("xmlns", service.namespace)]);
    placeholders(&mut xml, elements);
    xml.finish()
}

fn plain(service: &Service, result: &Element) -> String {
    let mut xml = Writer::indented("\n");
    let root = wsdl::name(result.kind);
    let namespace = ("xmlns", service.namespace);
    match result.kind {
        Type::Record(record) => {
            xml.open(&root, &[("xmlns:xsi", XSI), ("xmlns:xsd", XSD), namespace]);
            placeholders(&mut xml, record.elements);
        }
        kind => xml.text(&root, &[namespace], &placeholder(kind)),
    }
    xml.finish()
}

fn placeholders(xml: &mut Writer, elements: &[Element]) {
    for element in elements {
        match element.kind {
            Type::List(record) => {
                xml.open(element.name, &[]);
                for _ in 0..2 {
                    xml.open(record.name, &[]);
                    placeholders(xml, record.elements);
                    xml.close();
                }
                xml.close();
            }
            Type::Record(record) => {
                xml.open(element.name, &[]);
                placeholders(xml, record.elements);
                xml.close();
            }
            kind => xml.text(element.name, &[], &placeholder(kind)),
        }
    }
}

fn placeholder(kind: Type) -> String {
    match kind {
        Type::Choice(choice) => choice.words.join(" or "),
        kind => wsdl::name(kind),
    }
}
