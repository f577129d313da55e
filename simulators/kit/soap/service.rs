//! A service as a table: its methods, their parameters with types, and what may be left out.

/// A web service.
#[derive(Debug)]
pub struct Service {
    /// What ports and documents are named after: `Payment`. The help page is titled `Payment Web Service`.
    pub name: &'static str,
    /// The target namespace; a method's action is this, a slash and the method's name.
    pub namespace: &'static str,
    /// Its methods, in the order of the WSDL.
    pub methods: &'static [Method],
    /// Whether it takes calls as plain HTTP GET and POST (form), too.
    pub http: bool,
    /// Whether parameters of SOAP calls are known in any case; over plain HTTP they always are.
    pub any_case: bool,
}

impl Service {
    /// The method of this name.
    #[must_use]
    pub fn method(&self, name: &str) -> Option<&'static Method> {
        self.methods.iter().find(|method| method.name == name)
    }

    /// The method of an action.
    #[must_use]
    pub fn of_action(&self, action: &str) -> Option<&'static Method> {
        self.methods.iter().find(|method| self.action(method) == action)
    }

    /// The action of a method: what clients put into the header `SOAPAction`.
    #[must_use]
    pub fn action(&self, method: &Method) -> String {
        format!("{}/{}", self.namespace.trim_end_matches('/'), method.name)
    }
}

/// One method.
#[derive(Debug)]
pub struct Method {
    /// Its name: `capture`.
    pub name: &'static str,
    /// What it does, for the help page; in our words.
    pub does: &'static str,
    /// What a call holds, in the order of the WSDL.
    pub request: &'static [Element],
    /// What an answer holds, in the order in which it is sent. The first is the result (`captureResult`),
    /// which is all that plain HTTP answers; empty for a method without result.
    pub response: &'static [Element],
}

/// A named value.
#[derive(Clone, Copy, Debug)]
pub struct Element {
    /// Its name, in its exact case.
    pub name: &'static str,
    /// What it holds.
    pub kind: Type,
    /// Whether it may be left out: `minOccurs` 0 instead of 1.
    pub optional: bool,
}

/// An element that every message has.
#[must_use]
pub const fn required(name: &'static str, kind: Type) -> Element {
    Element { name, kind, optional: false }
}

/// An element that may be left out.
#[must_use]
pub const fn optional(name: &'static str, kind: Type) -> Element {
    Element { name, kind, optional: true }
}

/// What an element holds.
#[derive(Clone, Copy, Debug)]
pub enum Type {
    /// `true` or `false`; `xsd:boolean`.
    Boolean,
    /// One of these words.
    Choice(&'static Choice),
    /// `2026-11-22T12:00:00`, without a zone; `xsd:dateTime`.
    DateTime,
    /// A whole number of 32 bits; `xsd:int`.
    Int,
    /// Any number of these, in an element of their own: `ArrayOfX`.
    List(&'static Record),
    /// A whole number of 64 bits; `xsd:long`.
    Long,
    /// Several named values.
    Record(&'static Record),
    /// `xsd:string`.
    Text,
}

/// A complex type.
#[derive(Debug)]
pub struct Record {
    /// Its name: `TransactionInformationType`.
    pub name: &'static str,
    /// What it holds, in order.
    pub elements: &'static [Element],
}

/// An enumeration.
#[derive(Debug)]
pub struct Choice {
    /// Its name: `TransactionStatus`.
    pub name: &'static str,
    /// Its words; the position is the number that other places use.
    pub words: &'static [&'static str],
}
