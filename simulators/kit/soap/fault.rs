//! What a SOAP client is told when its call fails, in the words of ASP.NET.

use axum::response::Response;
use http::StatusCode;

use super::answer::respond;
use super::envelope::Version;
use super::writing::Writer;
use super::xml::{Malformed, Place};

/// Whose fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    /// The client's.
    Client,
    /// The server does not understand a header that it must.
    MustUnderstand,
    /// The server's.
    Server,
    /// The envelope is of another version.
    VersionMismatch,
}

impl Code {
    fn name(self, version: Version) -> &'static str {
        match (self, version) {
            (Self::Client, Version::Soap11) => "soap:Client",
            (Self::Client, Version::Soap12) => "soap:Sender",
            (Self::MustUnderstand, _) => "soap:MustUnderstand",
            (Self::Server, Version::Soap11) => "soap:Server",
            (Self::Server, Version::Soap12) => "soap:Receiver",
            (Self::VersionMismatch, _) => "soap:VersionMismatch",
        }
    }
}

/// A fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    code: Code,
    text: String,
    status: StatusCode,
}

impl Fault {
    fn new(code: Code, text: String) -> Self {
        Self { code, text, status: StatusCode::INTERNAL_SERVER_ERROR }
    }

    /// The call has no action.
    pub(super) fn no_action() -> Self {
        let text =
            "Unable to handle request without a valid action parameter. Please supply a valid soap action.";
        Self::new(Code::Client, text.to_owned())
    }

    /// The service has no method of this action.
    pub(super) fn unknown_action(version: Version, action: &str) -> Self {
        let text = match version {
            Version::Soap11 => {
                format!("Server did not recognize the value of HTTP Header SOAPAction: {action}.")
            }
            Version::Soap12 => format!("Unable to handle request. The action '{action}' was not recognized."),
        };
        Self::new(Code::Client, text)
    }

    /// The body is no XML.
    pub(super) fn malformed(version: Version, malformed: &Malformed) -> Self {
        let mut fault = Self::unreadable(malformed.place, &malformed.to_string());
        if version == Version::Soap12 {
            fault.status = StatusCode::BAD_REQUEST;
        }
        fault
    }

    /// A value cannot be read.
    pub(super) fn unreadable(Place { line, column }: Place, why: &str) -> Self {
        Self::invalid(&format!("There is an error in XML document ({line}, {column}). ---> {why}"))
    }

    /// The envelope is not complete.
    pub(super) fn invalid(why: &str) -> Self {
        Self::new(Code::Client, format!("Server was unable to read request. ---> {why}"))
    }

    /// The body comes as something else than a call.
    pub(super) fn media_type(content_type: &str) -> Self {
        let text =
            format!("Server found request content type to be '{content_type}', but expected 'text/xml'.");
        Self { status: StatusCode::UNSUPPORTED_MEDIA_TYPE, ..Self::new(Code::Client, text) }
    }

    /// The root element is of no known version.
    pub(super) fn version_mismatch(namespace: &str) -> Self {
        let text = format!(
            "Possible SOAP version mismatch: Envelope namespace {namespace} was unexpected. Expecting {}.",
            Version::Soap11.namespace()
        );
        Self::new(Code::VersionMismatch, text)
    }

    /// A header must be understood, and is not.
    pub(super) fn not_understood(header: &str) -> Self {
        Self::new(Code::MustUnderstand, format!("SOAP header {header} was not understood."))
    }

    /// The method threw.
    pub(super) fn thrown(text: &str) -> Self {
        Self::new(Code::Server, format!("Server was unable to process request. ---> {text}"))
    }

    /// As it goes out.
    pub(super) fn response(&self, version: Version) -> Response {
        let mut xml = Writer::one_line();
        version.open_envelope(&mut xml);
        xml.open("soap:Fault", &[]);
        let code = self.code.name(version);
        // Details are about the body; a header is not of it.
        let has_detail = self.code != Code::MustUnderstand;
        match version {
            Version::Soap11 => {
                xml.text("faultcode", &[], code);
                xml.text("faultstring", &[], &self.text);
                if has_detail {
                    xml.empty("detail", &[]);
                }
            }
            Version::Soap12 => {
                xml.open("soap:Code", &[]);
                xml.text("soap:Value", &[], code);
                xml.close();
                xml.open("soap:Reason", &[]);
                xml.text("soap:Text", &[("xml:lang", "en")], &self.text);
                xml.close();
                if has_detail {
                    xml.empty("soap:Detail", &[]);
                }
            }
        }
        respond(self.status, version.content_type(), xml.finish())
    }
}
