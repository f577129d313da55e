//! The discovery document, by which old tools of Microsoft find the description.

use super::service::Service;
use super::writing::{Writer, XSD, XSI};

pub(super) fn document(service: &Service, address: &str) -> String {
    let mut xml = Writer::indented("\n");
    let namespace = "http://schemas.xmlsoap.org/disco/";
    xml.open("discovery", &[("xmlns:xsi", XSI), ("xmlns:xsd", XSD), ("xmlns", namespace)]);
    xml.empty(
        "contractRef",
        &[
            ("ref", &format!("{address}?wsdl")),
            ("docRef", address),
            ("xmlns", "http://schemas.xmlsoap.org/disco/scl/"),
        ],
    );
    for (prefix, binding) in [("q1", "Soap"), ("q2", "Soap12")] {
        xml.empty(
            "soap",
            &[
                ("address", address),
                (&format!("xmlns:{prefix}"), service.namespace),
                ("binding", &format!("{prefix}:{}{binding}", service.name)),
                ("xmlns", "http://schemas.xmlsoap.org/disco/soap/"),
            ],
        );
    }
    xml.finish()
}
