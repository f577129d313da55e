//! The service's description, WSDL 1.1, as ASP.NET generates it.

use std::collections::HashSet;

use super::plain_http;
use super::service::{Choice, Element, Method, Record, Service, Type};
use super::writing::{Writer, XSD};

const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";
const TRANSPORT: &str = "http://schemas.xmlsoap.org/soap/http";

/// The bindings of SOAP: what stands behind a port's name, and the prefix of its elements.
const SOAP: [(&str, &str); 2] = [("Soap", "soap"), ("Soap12", "soap12")];
/// The bindings of plain HTTP: what stands behind a port's name, and the verb.
const HTTP: [(&str, &str); 2] = [("HttpGet", "GET"), ("HttpPost", "POST")];

/// The description; `address` is where the client finds the service.
pub(super) fn document(service: &'static Service, address: &str) -> String {
    let mut wsdl = Wsdl { xml: Writer::indented("\n"), service, written: HashSet::new() };
    wsdl.xml.open(
        "wsdl:definitions",
        &[
            ("xmlns:soap", "http://schemas.xmlsoap.org/wsdl/soap/"),
            ("xmlns:tm", "http://microsoft.com/wsdl/mime/textMatching/"),
            ("xmlns:soapenc", "http://schemas.xmlsoap.org/soap/encoding/"),
            ("xmlns:mime", "http://schemas.xmlsoap.org/wsdl/mime/"),
            ("xmlns:tns", service.namespace),
            ("xmlns:s", XSD),
            ("xmlns:soap12", "http://schemas.xmlsoap.org/wsdl/soap12/"),
            ("xmlns:http", "http://schemas.xmlsoap.org/wsdl/http/"),
            ("targetNamespace", service.namespace),
            ("xmlns:wsdl", WSDL),
        ],
    );
    wsdl.types();
    wsdl.messages();
    wsdl.port_types();
    wsdl.bindings();
    wsdl.ports(address);
    wsdl.xml.finish()
}

struct Wsdl {
    xml: Writer,
    service: &'static Service,
    /// The names of the types that are written down already.
    written: HashSet<String>,
}

impl Wsdl {
    fn plain_methods(&self) -> impl Iterator<Item = &'static Method> + use<> {
        plain_http::methods(self.service)
    }

    fn plain_bindings(&self) -> &'static [(&'static str, &'static str)] {
        if self.service.http { &HTTP } else { &[] }
    }

    fn types(&mut self) {
        self.xml.open("wsdl:types", &[]);
        let target = ("targetNamespace", self.service.namespace);
        self.xml.open("s:schema", &[("elementFormDefault", "qualified"), target]);
        for method in self.service.methods {
            self.wrapper(method.name, method.request);
            self.wrapper(&format!("{}Response", method.name), method.response);
        }
        let mut roots = HashSet::new();
        for result in self.plain_methods().filter_map(|method| method.response.first()) {
            let name = name(result.kind);
            if roots.insert(name.clone()) {
                let of_type = qualified(result.kind);
                let nillable = ("nillable", "true");
                let attributes = [("name", name.as_str()), nillable, ("type", &of_type)];
                let [name, _, of_type] = attributes;
                let value = [name, of_type];
                self.xml.empty("s:element", if is_value(result.kind) { &value } else { &attributes });
            }
        }
        self.xml.close();
        self.xml.close();
    }

    /// An element that holds what is called or answered; and the types that it needs first.
    fn wrapper(&mut self, name: &str, elements: &'static [Element]) {
        self.xml.open("s:element", &[("name", name)]);
        self.xml.open("s:complexType", &[]);
        self.sequence(elements);
        self.xml.close();
        self.xml.close();
        self.types_of(elements);
    }

    fn sequence(&mut self, elements: &'static [Element]) {
        if elements.is_empty() {
            return;
        }
        self.xml.open("s:sequence", &[]);
        for element in elements {
            let least = if element.optional { "0" } else { "1" };
            let of_type = qualified(element.kind);
            self.xml.empty(
                "s:element",
                &[("minOccurs", least), ("maxOccurs", "1"), ("name", element.name), ("type", &of_type)],
            );
        }
        self.xml.close();
    }

    fn types_of(&mut self, elements: &'static [Element]) {
        for element in elements {
            match element.kind {
                Type::Choice(choice) => self.enumeration(choice),
                Type::List(record) => {
                    let name = name(element.kind);
                    if self.written.insert(name.clone()) {
                        self.array(&name, record);
                    }
                    self.record(record);
                }
                Type::Record(record) => self.record(record),
                Type::Boolean | Type::DateTime | Type::Int | Type::Long | Type::Text => {}
            }
        }
    }

    fn record(&mut self, record: &'static Record) {
        if self.written.insert(record.name.to_owned()) {
            self.xml.open("s:complexType", &[("name", record.name)]);
            self.sequence(record.elements);
            self.xml.close();
            self.types_of(record.elements);
        }
    }

    fn array(&mut self, name: &str, record: &Record) {
        self.xml.open("s:complexType", &[("name", name)]);
        self.xml.open("s:sequence", &[]);
        let of_type = format!("tns:{}", record.name);
        self.xml.empty(
            "s:element",
            &[
                ("minOccurs", "0"),
                ("maxOccurs", "unbounded"),
                ("name", record.name),
                ("nillable", "true"),
                ("type", &of_type),
            ],
        );
        self.xml.close();
        self.xml.close();
    }

    fn enumeration(&mut self, choice: &Choice) {
        if self.written.insert(choice.name.to_owned()) {
            self.xml.open("s:simpleType", &[("name", choice.name)]);
            self.xml.open("s:restriction", &[("base", "s:string")]);
            for word in choice.words {
                self.xml.empty("s:enumeration", &[("value", word)]);
            }
            self.xml.close();
            self.xml.close();
        }
    }

    fn messages(&mut self) {
        for method in self.service.methods {
            for (way, element) in
                [("In", method.name.to_owned()), ("Out", format!("{}Response", method.name))]
            {
                self.xml.open("wsdl:message", &[("name", &format!("{}Soap{way}", method.name))]);
                let element = format!("tns:{element}");
                self.xml.empty("wsdl:part", &[("name", "parameters"), ("element", &element)]);
                self.xml.close();
            }
        }
        for (binding, _) in self.plain_bindings() {
            for method in self.plain_methods() {
                self.xml.open("wsdl:message", &[("name", &format!("{}{binding}In", method.name))]);
                for element in method.request {
                    self.xml.empty("wsdl:part", &[("name", element.name), ("type", "s:string")]);
                }
                self.xml.close();
                self.xml.open("wsdl:message", &[("name", &format!("{}{binding}Out", method.name))]);
                if let Some(result) = method.response.first() {
                    let element = format!("tns:{}", name(result.kind));
                    self.xml.empty("wsdl:part", &[("name", "Body"), ("element", &element)]);
                }
                self.xml.close();
            }
        }
    }

    fn port_types(&mut self) {
        self.port_type("Soap", self.service.methods.iter());
        for (binding, _) in self.plain_bindings() {
            self.port_type(binding, self.plain_methods());
        }
    }

    fn port_type(&mut self, binding: &str, methods: impl Iterator<Item = &'static Method>) {
        self.xml.open("wsdl:portType", &[("name", &format!("{}{binding}", self.service.name))]);
        for method in methods {
            self.xml.open("wsdl:operation", &[("name", method.name)]);
            if !method.does.is_empty() {
                self.xml.text("wsdl:documentation", &[("xmlns:wsdl", WSDL)], method.does);
            }
            let message = |way: &str| format!("tns:{}{binding}{way}", method.name);
            self.xml.empty("wsdl:input", &[("message", &message("In"))]);
            self.xml.empty("wsdl:output", &[("message", &message("Out"))]);
            self.xml.close();
        }
        self.xml.close();
    }

    fn bindings(&mut self) {
        for (binding, prefix) in SOAP {
            self.open_binding(binding, "Soap");
            self.xml.empty(&format!("{prefix}:binding"), &[("transport", TRANSPORT)]);
            for method in self.service.methods {
                self.xml.open("wsdl:operation", &[("name", method.name)]);
                let action = self.service.action(method);
                self.xml
                    .empty(&format!("{prefix}:operation"), &[("soapAction", &action), ("style", "document")]);
                for way in ["wsdl:input", "wsdl:output"] {
                    self.xml.open(way, &[]);
                    self.xml.empty(&format!("{prefix}:body"), &[("use", "literal")]);
                    self.xml.close();
                }
                self.xml.close();
            }
            self.xml.close();
        }
        for (binding, verb) in self.plain_bindings() {
            self.open_binding(binding, binding);
            self.xml.empty("http:binding", &[("verb", verb)]);
            for method in self.plain_methods() {
                self.xml.open("wsdl:operation", &[("name", method.name)]);
                self.xml.empty("http:operation", &[("location", &format!("/{}", method.name))]);
                self.xml.open("wsdl:input", &[]);
                match *verb {
                    "GET" => self.xml.empty("http:urlEncoded", &[]),
                    _ => self.xml.empty("mime:content", &[("type", plain_http::FORM)]),
                }
                self.xml.close();
                self.xml.open("wsdl:output", &[]);
                if !method.response.is_empty() {
                    self.xml.empty("mime:mimeXml", &[("part", "Body")]);
                }
                self.xml.close();
                self.xml.close();
            }
            self.xml.close();
        }
    }

    fn open_binding(&mut self, binding: &str, port_type: &str) {
        let name = format!("{}{binding}", self.service.name);
        let port_type = format!("tns:{}{port_type}", self.service.name);
        self.xml.open("wsdl:binding", &[("name", &name), ("type", &port_type)]);
    }

    fn ports(&mut self, address: &str) {
        self.xml.open("wsdl:service", &[("name", self.service.name)]);
        let plain = self.plain_bindings().iter().map(|(binding, _)| (*binding, "http"));
        for (binding, prefix) in SOAP.into_iter().chain(plain) {
            let name = format!("{}{binding}", self.service.name);
            self.xml.open("wsdl:port", &[("name", &name), ("binding", &format!("tns:{name}"))]);
            self.xml.empty(&format!("{prefix}:address"), &[("location", address)]);
            self.xml.close();
        }
        self.xml.close();
    }
}

/// Whether .NET's type is one that is never nothing.
fn is_value(kind: Type) -> bool {
    !matches!(kind, Type::List(_) | Type::Record(_) | Type::Text)
}

/// A type's name: `int`, `ArrayOfReceipt`.
pub(super) fn name(kind: Type) -> String {
    match kind {
        Type::Boolean => "boolean".to_owned(),
        Type::Choice(choice) => choice.name.to_owned(),
        Type::DateTime => "dateTime".to_owned(),
        Type::Int => "int".to_owned(),
        Type::List(record) => format!("ArrayOf{}", record.name),
        Type::Long => "long".to_owned(),
        Type::Record(record) => record.name.to_owned(),
        Type::Text => "string".to_owned(),
    }
}

/// A type's name with its prefix.
fn qualified(kind: Type) -> String {
    let prefix = if matches!(kind, Type::Choice(_) | Type::List(_) | Type::Record(_)) { "tns" } else { "s" };
    format!("{prefix}:{}", name(kind))
}
