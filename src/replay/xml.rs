//! SOAP calls, and XML as JSON, so that a flow can name the elements that it looks at.

use quick_xml::Reader;
use quick_xml::escape::{escape, resolve_predefined_entity};
use quick_xml::events::{BytesStart, Event};
use serde::Deserialize;
use serde_json::{Map, Value};

/// A call of a web service's method; `post` says where.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Soap {
    /// The service's target namespace.
    pub namespace: String,
    /// The method.
    pub call: String,
    /// Its parameters, in the order of the call.
    pub with: Vec<(String, String)>,
    /// 1.2 where it is not 1.1.
    #[serde(default)]
    pub version: Version,
}

/// A version of SOAP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Version {
    /// `text/xml`, and the method in the header `SOAPAction`.
    #[default]
    #[serde(rename = "1.1")]
    One,
    /// `application/soap+xml`, and the method in its parameter `action`.
    #[serde(rename = "1.2")]
    Two,
}

impl Soap {
    /// The method's action.
    fn action(&self) -> String {
        format!("{}/{}", self.namespace, self.call)
    }

    /// The headers of the call.
    pub(crate) fn headers(&self) -> Vec<(&'static str, String)> {
        match self.version {
            Version::One => vec![
                ("Content-Type", "text/xml; charset=utf-8".to_owned()),
                ("SOAPAction", format!("\"{}\"", self.action())),
            ],
            Version::Two => {
                let kind = format!("application/soap+xml; charset=utf-8; action=\"{}\"", self.action());
                vec![("Content-Type", kind)]
            }
        }
    }

    /// The body of the call, with its values filled in.
    pub(crate) fn body(&self, fill: impl Fn(&str) -> Result<String, String>) -> Result<String, String> {
        let envelope = match self.version {
            Version::One => "http://schemas.xmlsoap.org/soap/envelope/",
            Version::Two => "http://www.w3.org/2003/05/soap-envelope",
        };
        let mut parameters = String::new();
        for (name, value) in &self.with {
            parameters.push_str(&format!("<{name}>{}</{name}>", escape(fill(value)?)));
        }
        let Self { namespace, call, .. } = self;
        Ok(format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"{envelope}\"><soap:Body>\
             <{call} xmlns=\"{namespace}\">{parameters}</{call}></soap:Body></soap:Envelope>"
        ))
    }
}

/// An element that is being read.
#[derive(Default)]
struct Open {
    name: String,
    fields: Map<String, Value>,
    text: String,
}

impl Open {
    fn begin(start: &BytesStart<'_>) -> Self {
        let name = String::from_utf8_lossy(start.local_name().as_ref()).into_owned();
        let mut open = Self { name, ..Self::default() };
        for attribute in start.attributes().flatten() {
            if attribute.key.as_ref() == b"xmlns" {
                let namespace = String::from_utf8_lossy(&attribute.value).into_owned();
                open.fields.insert("xmlns".to_owned(), namespace.into());
            }
        }
        open
    }

    /// A further child; those of one name become a list.
    fn take(&mut self, name: String, value: Value) {
        match self.fields.get_mut(&name) {
            Some(Value::Array(items)) => items.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
            None => {
                self.fields.insert(name, value);
            }
        }
    }

    fn value(self) -> Value {
        let childless = self.fields.keys().all(|name| name == "xmlns");
        if self.fields.is_empty() || (childless && !self.text.is_empty()) {
            return self.text.into();
        }
        self.fields.into()
    }
}

/// XML as JSON: an element with children is an object by their local names, several of one name are a list, and
/// all else is its text. `xmlns` is the namespace that an element declares for itself. A SOAP envelope is
/// taken off. `None` where it is no XML.
pub(crate) fn as_json(text: &str) -> Option<Value> {
    let mut reader = Reader::from_str(text);
    let mut open = vec![Open::default()];
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => open.push(Open::begin(&start)),
            Event::Empty(start) => {
                let empty = Open::begin(&start);
                let name = empty.name.clone();
                open.last_mut()?.take(name, empty.value());
            }
            Event::End(_) => {
                let ended = open.pop()?;
                let name = ended.name.clone();
                open.last_mut()?.take(name, ended.value());
            }
            Event::Text(text) => open.last_mut()?.text.push_str(&text.xml10_content().ok()?),
            Event::GeneralRef(reference) => {
                let resolved = match reference.resolve_char_ref().ok()? {
                    Some(letter) => letter.to_string(),
                    None => resolve_predefined_entity(&reference.decode().ok()?)?.to_owned(),
                };
                open.last_mut()?.text.push_str(&resolved);
            }
            Event::CData(text) => open.last_mut()?.text.push_str(&text.decode().ok()?),
            Event::Eof => break,
            _ => {}
        }
    }
    let [document] = <[Open; 1]>::try_from(open).ok()?;
    let value = Value::Object(document.fields);
    let inner = value.pointer("/Envelope/Body").cloned();
    (value.as_object()?.len() == 1).then(|| inner.unwrap_or(value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn call(version: Version) -> Soap {
        Soap {
            namespace: "urn:x".to_owned(),
            call: "pay".to_owned(),
            with: vec![("order".to_owned(), "{order}".to_owned())],
            version,
        }
    }

    #[test]
    fn a_call_is_written_in_both_versions() {
        let fill = |pattern: &str| Ok(pattern.replace("{order}", "a&b"));
        let one = call(Version::One);
        assert_eq!(one.headers()[1], ("SOAPAction", "\"urn:x/pay\"".to_owned()));
        let body = one.body(fill).expect("a body");
        assert!(body.contains("<pay xmlns=\"urn:x\"><order>a&amp;b</order></pay>"), "{body}");
        assert_eq!(as_json(&body), Some(json!({"pay": {"xmlns": "urn:x", "order": "a&b"}})));
        let two = call(Version::Two);
        assert!(two.headers()[0].1.ends_with("; action=\"urn:x/pay\""));
        assert!(two.body(fill).expect("a body").contains("http://www.w3.org/2003/05/soap-envelope"));
        assert_eq!(two.body(|_| Err("order".to_owned())), Err("order".to_owned()));
    }

    #[test]
    fn xml_becomes_json_by_local_names() {
        let text = "<?xml version=\"1.0\"?>\n<s:Envelope xmlns:s=\"e\"><s:Body><r xmlns=\"urn:x\"><a>1</a>\
                    <b /><c><d>&#228; &lt;</d><d> </d></c><none></none></r></s:Body></s:Envelope>";
        let wanted =
            json!({"r": {"xmlns": "urn:x", "a": "1", "b": "", "c": {"d": ["ä <", " "]}, "none": ""}});
        assert_eq!(as_json(text), Some(wanted));
        assert_eq!(as_json("<a xmlns=\"n\">7</a>"), Some(json!({"a": "7"})));
        assert_eq!(as_json("<a xmlns=\"n\" />"), Some(json!({"a": {"xmlns": "n"}})));
        for wrong in ["", "text", "<a>", "<a></b>", "<a/><b/>", "<a>&nobody;</a>"] {
            assert_eq!(as_json(wrong), None, "{wrong}");
        }
    }
}
