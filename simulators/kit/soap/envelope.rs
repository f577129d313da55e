//! Calls that come in an envelope of SOAP 1.1 or 1.2.

use http::{HeaderMap, header};

use super::Request;
use super::call::Value;
use super::charset;
use super::convert;
use super::fault::Fault;
use super::service::{Element, Method, Service, Type};
use super::writing::{Attribute, Writer, XSD, XSI};
use super::xml::{self, Malformed, Node, Place};

/// A version of SOAP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// `text/xml` with a header `SOAPAction`.
    Soap11,
    /// `application/soap+xml`.
    Soap12,
}

impl Version {
    /// The namespace of its envelopes.
    pub(super) fn namespace(self) -> &'static str {
        match self {
            Self::Soap11 => "http://schemas.xmlsoap.org/soap/envelope/",
            Self::Soap12 => "http://www.w3.org/2003/05/soap-envelope",
        }
    }

    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Soap11 => super::answer::XML,
            Self::Soap12 => "application/soap+xml; charset=utf-8",
        }
    }

    pub(super) fn open_envelope(self, xml: &mut Writer) {
        let attributes: [Attribute<'_>; 3] =
            [("xmlns:soap", self.namespace()), ("xmlns:xsi", XSI), ("xmlns:xsd", XSD)];
        xml.open("soap:Envelope", &attributes);
        xml.open("soap:Body", &[]);
    }

    /// Whether a header with this addressee is for us.
    fn is_ours(self, addressee: &str) -> bool {
        let ours = match self {
            Self::Soap11 => &["http://schemas.xmlsoap.org/soap/actor/next"][..],
            Self::Soap12 => &[
                "http://www.w3.org/2003/05/soap-envelope/role/next",
                "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver",
            ],
        };
        addressee.is_empty() || ours.contains(&addressee)
    }

    fn addressee(self) -> &'static str {
        match self {
            Self::Soap11 => "actor",
            Self::Soap12 => "role",
        }
    }
}

/// A method and what it is called with.
pub(super) struct Read {
    pub(super) version: Version,
    pub(super) method: &'static Method,
    pub(super) arguments: Vec<Value>,
}

/// Reads a call; or else tells what is wrong with it, and in which version that has to be said. The header
/// tells the version first, the envelope's namespace then: ASP.NET's own behaviour.
pub(super) fn read(service: &'static Service, request: &Request<'_>) -> Result<Read, (Version, Fault)> {
    let content_type = ContentType::of(request.headers);
    let guess = match content_type.essence.as_str() {
        "text/xml" => Version::Soap11,
        "application/soap+xml" => Version::Soap12,
        _ => return Err((Version::Soap11, Fault::media_type(&content_type.whole))),
    };
    let fail = |fault| (guess, fault);
    let action = match guess {
        Version::Soap11 => Some(soap_action(request.headers).ok_or_else(|| fail(Fault::no_action()))?),
        Version::Soap12 => content_type.parameter("action").filter(|action| !action.is_empty()),
    };
    let called = action.as_deref().and_then(|action| service.of_action(action));
    if let (Version::Soap11, None, Some(action)) = (guess, called, &action) {
        return Err(fail(Fault::unknown_action(guess, action)));
    }
    let malformed = |error: Malformed| fail(Fault::malformed(guess, &error));
    let charset = content_type.parameter("charset");
    let text = charset::decode(request.body, charset.as_deref()).map_err(malformed)?;
    let envelope = xml::parse(&text).map_err(malformed)?;
    let versions = [Version::Soap11, Version::Soap12];
    let Some(version) = versions.into_iter().find(|version| version.namespace() == envelope.namespace) else {
        return Err((Version::Soap11, Fault::version_mismatch(&envelope.namespace)));
    };
    // SOAP 1.1 may not come as anything but `text/xml`.
    if version == Version::Soap11 && guess == Version::Soap12 {
        return Err((version, Fault::media_type(&content_type.whole)));
    }
    let opened = Opened { service, version, envelope: &envelope, text: &text };
    opened.read(called, action.as_deref()).map_err(|fault| (version, fault))
}

/// An envelope of a known version.
struct Opened<'a> {
    service: &'static Service,
    version: Version,
    envelope: &'a Node,
    text: &'a str,
}

impl Opened<'_> {
    /// The method is the action's; without one, or without a method of it, that of the body's element.
    fn read(&self, called: Option<&'static Method>, action: Option<&str>) -> Result<Read, Fault> {
        let Self { service, version, text, .. } = *self;
        let body = self.body()?;
        self.understand_headers()?;
        let content = body.children.first();
        let of_element = || {
            let content = content.filter(|content| content.namespace == service.namespace)?;
            service.method(&content.local)
        };
        let method = called.or_else(of_element).ok_or_else(|| match action {
            Some(action) => Fault::unknown_action(version, action),
            None => Fault::no_action(),
        })?;
        // Anything else in the body is unknown, as unknown parameters are.
        let given = content.filter(|content| content.is(service.namespace, method.name));
        let reader = Reader { service, text };
        let arguments = reader.values(given.map_or(&[], |given| &given.children), method.request)?;
        Ok(Read { version, method, arguments })
    }

    fn body(&self) -> Result<&Node, Fault> {
        let missing = |what| {
            Fault::invalid(&format!("Request format is invalid: Missing required soap:{what} element."))
        };
        if self.envelope.local != "Envelope" {
            return Err(missing("Envelope"));
        }
        let mut children = self.envelope.children.iter();
        children.find(|child| child.is(self.version.namespace(), "Body")).ok_or_else(|| missing("Body"))
    }

    /// There is no header that we understand.
    fn understand_headers(&self) -> Result<(), Fault> {
        let space = self.version.namespace();
        let headers = self.envelope.children.iter().filter(|child| child.is(space, "Header"));
        let must = |header: &&Node| {
            let addressee = header.attribute(space, self.version.addressee()).unwrap_or_default();
            matches!(header.attribute(space, "mustUnderstand"), Some("1" | "true"))
                && self.version.is_ours(addressee)
        };
        match headers.flat_map(|headers| &headers.children).find(must) {
            Some(header) => Err(Fault::not_understood(&header.local)),
            None => Ok(()),
        }
    }
}

/// Reads elements into values.
struct Reader<'a> {
    service: &'static Service,
    text: &'a str,
}

impl Reader<'_> {
    /// A value for each element, whatever the order in which they come; of several the first counts.
    fn values(&self, given: &[Node], elements: &[Element]) -> Result<Vec<Value>, Fault> {
        let mut values: Vec<Option<Value>> = vec![None; elements.len()];
        for node in given.iter().filter(|node| node.namespace == self.service.namespace) {
            let named = |element: &Element| {
                let in_any_case = self.service.any_case && element.name.eq_ignore_ascii_case(&node.local);
                in_any_case || element.name == node.local
            };
            let place = elements.iter().position(named);
            if let Some((place, element)) = place.and_then(|place| Some((place, elements.get(place)?)))
                && let Some(value @ None) = values.get_mut(place)
            {
                *value = Some(self.value(node, element.kind)?);
            }
        }
        let kinds = elements.iter().map(|element| element.kind);
        Ok(values.into_iter().zip(kinds).map(|(value, kind)| value.unwrap_or_else(|| absent(kind))).collect())
    }

    fn value(&self, node: &Node, kind: Type) -> Result<Value, Fault> {
        match kind {
            Type::List(record) => {
                let items = node.children.iter().filter(|item| item.is(self.service.namespace, record.name));
                let nil = |item: &Node| matches!(item.attribute(XSI, "nil"), Some("true" | "1"));
                let read = |item: &Node| {
                    if nil(item) { Ok(Value::Null) } else { self.value(item, Type::Record(record)) }
                };
                items.map(read).collect::<Result<_, _>>().map(Value::List)
            }
            Type::Record(record) => self.values(&node.children, record.elements).map(Value::Record),
            simple => {
                let fail = |why: String| Fault::unreadable(Place::after(self.text, node.end), &why);
                if !node.children.is_empty() {
                    return Err(fail(NOT_SIMPLE.to_owned()));
                }
                // The reader passes over text that is nothing but blanks.
                let blank = node.text.chars().all(|character| matches!(character, ' ' | '\t' | '\r' | '\n'));
                let text = if blank { "" } else { &node.text };
                convert::from_xml(text, simple).unwrap_or(Ok(Value::Null)).map_err(fail)
            }
        }
    }
}

const NOT_SIMPLE: &str = "Unexpected node type Element. ReadElementString method can only be called on \
                          elements with simple or empty content.";

/// What stands for an element that is left out: of an enumeration the first word, as in .NET.
pub(super) fn absent(kind: Type) -> Value {
    match kind {
        Type::Choice(choice) => choice.words.first().map_or(Value::Null, |word| Value::from(*word)),
        _ => Value::Null,
    }
}

/// The header `SOAPAction` without its quotes.
fn soap_action(headers: &HeaderMap) -> Option<String> {
    let action = String::from_utf8_lossy(headers.get("soapaction")?.as_bytes()).into_owned();
    let quoted = action.strip_prefix('"').and_then(|action| action.strip_suffix('"'));
    Some(quoted.map_or_else(|| action.clone(), str::to_owned))
}

/// The header Content-Type.
struct ContentType {
    whole: String,
    /// In lower case, without parameters.
    essence: String,
}

impl ContentType {
    fn of(headers: &HeaderMap) -> Self {
        let whole = headers
            .get(header::CONTENT_TYPE)
            .map_or_else(String::new, |value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let essence = whole.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        Self { whole, essence }
    }

    /// A parameter's value without its quotes. Actions hold no semicolons.
    fn parameter(&self, name: &str) -> Option<String> {
        let mut parameters = self.whole.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
        let found = parameters.find(|(known, _)| known.trim().eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim().trim_matches(['"', '\'']).to_owned())
    }
}

/// The answer's document.
pub(super) fn answer(version: Version, service: &Service, method: &Method, values: &[Value]) -> String {
    let mut xml = Writer::one_line();
    version.open_envelope(&mut xml);
    xml.record(&format!("{}Response", method.name), &[("xmlns", service.namespace)], method.response, values);
    xml.finish()
}

/// The text of the first element of this local name, in any case; without reading the document as such.
pub(super) fn peek(document: &str, name: &str) -> Option<String> {
    let mut rest = document;
    loop {
        rest = &rest[rest.find('<')? + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->")?.1;
            continue;
        }
        let (tag, after) = rest.split_once('>')?;
        let whole = tag.split([' ', '\t', '\r', '\n', '/']).next().unwrap_or_default();
        let local = whole.rsplit(':').next().unwrap_or_default();
        if !local.eq_ignore_ascii_case(name) || tag.starts_with('/') {
            continue;
        }
        if tag.ends_with('/') {
            return Some(String::new());
        }
        let text = match after.trim_start().strip_prefix("<![CDATA[") {
            Some(data) => data.split("]]>").next().unwrap_or_default(),
            None => after.split('<').next().unwrap_or_default(),
        };
        let plain = quick_xml::escape::unescape(text);
        return Some(plain.map_or_else(|_| text.to_owned(), std::borrow::Cow::into_owned).trim().to_owned());
    }
}
