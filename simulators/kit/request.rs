//! An HTTP request that an integrator's code makes, in stages that mistakes edit: method, address,
//! headers, fields of the body, and how these are written.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::escape::component;
use super::operation::{Message, Shape};
use super::scheme::{Edit, Mistake};

/// How the fields of a body are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// As a form.
    Form,
    /// As a JSON object.
    Json,
    /// As a JSON object put together by hand, with nothing escaped.
    JsonByHand,
    /// As a JSON string that holds the JSON object.
    JsonTwice,
    /// There is no body.
    Nothing,
    /// As a JSON object in the field of this name of another.
    Wrapped(&'static str),
}

/// The stages of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// `POST`.
    pub method: &'static str,
    /// What the address begins with.
    pub base: String,
    /// The path without its end.
    pub path: String,
    /// The path's end: a slash.
    pub end: &'static str,
    /// The query, not percent-encoded.
    pub query: Vec<(Cow<'static, str>, String)>,
    /// The headers.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// The fields of the body.
    pub fields: Vec<(Cow<'static, str>, Value)>,
    /// How they are written.
    pub encoding: Encoding,
    /// Why no request is made at all.
    pub refusals: Vec<&'static str>,
}

/// The fields of an adapter's answer that is such a request.
pub const ANSWER: &[(&str, Shape)] =
    &[("method", Shape::Text), ("url", Shape::Text), ("headers", Shape::Pairs), ("body", Shape::Text)];

impl Request {
    /// The request of somebody who makes these mistakes of the operation; those of others are passed over.
    /// `None` where two of them change the same part of it.
    #[must_use]
    pub fn with(mut self, operation: &str, message: &Message, mistakes: &[&'static Mistake]) -> Option<Self> {
        let own = |mistake: &&&Mistake| mistake.id.split('/').next() == Some(operation);
        let own: Vec<_> = mistakes.iter().filter(own).collect();
        let mut touched: Vec<String> = Vec::new();
        for mistake in &own {
            // Alone a mistake excludes nothing, and that is the usual case.
            let before = (own.len() > 1).then(|| self.clone());
            for edit in mistake.edits {
                if let Edit::Request(edit) = edit {
                    edit(message, &mut self);
                }
            }
            let parts = before.map(|before| before.differs(&self)).unwrap_or_default();
            if parts.iter().any(|part| touched.contains(part)) {
                return None;
            }
            touched.extend(parts);
        }
        Some(self)
    }

    /// The parts in which two requests differ.
    fn differs(&self, other: &Self) -> Vec<String> {
        let whole = [
            ("method", self.method != other.method),
            ("base", self.base != other.base),
            ("path", self.path != other.path),
            ("end", self.end != other.end),
            ("query", self.query != other.query),
            ("encoding", self.encoding != other.encoding),
        ];
        let mut parts: Vec<String> =
            whole.iter().filter(|(_, differs)| *differs).map(|(part, _)| (*part).to_owned()).collect();
        let names = self.headers.iter().chain(&other.headers).map(|(name, _)| name);
        let header = |request: &Self, name: &str| header(request, name).map(ToOwned::to_owned);
        parts.extend(
            names
                .filter(|name| header(self, name) != header(other, name))
                .map(|name| format!("header {name}")),
        );
        let names = self.fields.iter().chain(&other.fields).map(|(name, _)| name);
        parts.extend(
            names.filter(|name| self.field(name) != other.field(name)).map(|name| format!("field {name}")),
        );
        parts
    }

    /// A field's value.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Sets a header, takes it away, or adds it.
    pub fn set_header(&mut self, name: &'static str, value: Option<String>) {
        put(&mut self.headers, name, value);
    }

    /// Sets a field of the body, takes it away, or adds it.
    pub fn set_field(&mut self, name: &'static str, value: Option<Value>) {
        put(&mut self.fields, name, value);
    }

    /// Calls a field of the body something else.
    pub fn rename_field(&mut self, name: &str, other: &'static str) {
        for (known, _) in self.fields.iter_mut().filter(|(known, _)| known == name) {
            *known = Cow::Borrowed(other);
        }
    }

    /// Loses the path of the base, as a URL parser does when what it joins begins with a slash.
    pub fn lose_base_path(&mut self) {
        let host = self.base.find("://").map_or(0, |scheme| scheme + 3);
        let end = self.base[host..].find('/').map_or(self.base.len(), |path| host + path);
        self.base.truncate(end);
    }

    /// The whole address.
    #[must_use]
    pub fn url(&self) -> String {
        let pairs = self.query.iter().map(|(name, value)| format!("{name}={}", component(value)));
        let query = pairs.collect::<Vec<_>>().join("&");
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{}{}{mark}{query}", self.base, self.path, self.end)
    }

    /// The body's text.
    #[must_use]
    pub fn body(&self) -> String {
        let object = || {
            let fields = self.fields.iter().map(|(name, value)| (name.to_string(), value.clone()));
            Value::Object(fields.collect::<Map<_, _>>())
        };
        match self.encoding {
            Encoding::Form => {
                let mut form = form_urlencoded::Serializer::new(String::new());
                form.extend_pairs(self.fields.iter().map(|(name, value)| (name, bare(value))));
                form.finish()
            }
            Encoding::Json => object().to_string(),
            Encoding::JsonByHand => {
                let pairs =
                    self.fields.iter().map(|(name, value)| format!("\"{name}\": \"{}\"", bare(value)));
                format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
            }
            Encoding::JsonTwice => Value::String(object().to_string()).to_string(),
            Encoding::Nothing => String::new(),
            Encoding::Wrapped(name) => json!({ name: object() }).to_string(),
        }
    }

    /// The request as an adapter answers it; the fields of [`ANSWER`].
    #[must_use]
    pub fn answer(&self) -> Map<String, Value> {
        let fields = [
            ("method", json!(self.method)),
            ("url", json!(self.url())),
            ("headers", json!(self.headers)),
            ("body", json!(self.body())),
        ];
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// A header's value.
fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

fn put<T>(list: &mut Vec<(Cow<'static, str>, T)>, name: &'static str, value: Option<T>) {
    let place = list.iter().position(|(known, _)| known == name);
    match (place, value) {
        (Some(place), Some(value)) => list[place].1 = value,
        (Some(place), None) => drop(list.remove(place)),
        (None, Some(value)) => list.push((Cow::Borrowed(name), value)),
        (None, None) => {}
    }
}

/// A text without its quotes, and anything else as JSON.
fn bare(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}
