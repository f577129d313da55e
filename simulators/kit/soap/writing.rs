//! Documents of XML as .NET writes them: a blank before `/>`, on one line or indented by two.

use std::borrow::Cow;

use jiff::civil::DateTime;
use quick_xml::escape::{escape, partial_escape};

use super::call::{UNSET, Value};
use super::service::{Element, Type};

/// The namespace of `nil`.
pub(super) const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// The namespace of XML Schema.
pub(super) const XSD: &str = "http://www.w3.org/2001/XMLSchema";

const DECLARATION: &str = r#"<?xml version="1.0" encoding="utf-8"?>"#;

/// An attribute to write.
pub(super) type Attribute<'a> = (&'a str, &'a str);

/// A document in the making.
#[derive(Debug)]
pub(super) struct Writer {
    out: String,
    /// What ends lines, where elements stand on lines of their own.
    line_end: Option<&'static str>,
    /// The elements that are open, and where what they hold begins.
    open: Vec<(String, usize)>,
}

impl Writer {
    /// A document on one line.
    pub(super) fn one_line() -> Self {
        Self { out: DECLARATION.to_owned(), line_end: None, open: Vec::new() }
    }

    /// A document with each element on a line, indented.
    pub(super) fn indented(line_end: &'static str) -> Self {
        Self { out: DECLARATION.to_owned(), line_end: Some(line_end), open: Vec::new() }
    }

    pub(super) fn open(&mut self, name: &str, attributes: &[Attribute<'_>]) {
        self.tag(name, attributes, ">");
        self.open.push((name.to_owned(), self.out.len()));
    }

    /// Ends the element that was opened last; one that holds nothing becomes an empty one.
    pub(super) fn close(&mut self) {
        let Some((name, start)) = self.open.pop() else { return };
        if self.out.len() == start {
            self.out.truncate(start - ">".len());
            self.out.push_str(" />");
        } else {
            self.begin_line();
            self.out.push_str(&format!("</{name}>"));
        }
    }

    pub(super) fn empty(&mut self, name: &str, attributes: &[Attribute<'_>]) {
        self.tag(name, attributes, " />");
    }

    /// An element that holds a text only; an empty one is written as such.
    pub(super) fn text(&mut self, name: &str, attributes: &[Attribute<'_>], text: &str) {
        if text.is_empty() {
            return self.empty(name, attributes);
        }
        self.tag(name, attributes, ">");
        let text = readable(text);
        self.out.push_str(&partial_escape(&*text).replace('\r', "&#xD;"));
        self.out.push_str(&format!("</{name}>"));
    }

    fn tag(&mut self, name: &str, attributes: &[Attribute<'_>], end: &str) {
        self.begin_line();
        self.out.push('<');
        self.out.push_str(name);
        for (name, value) in attributes {
            let value = readable(value);
            self.out.push_str(&format!(" {name}=\"{}\"", escape(&*value)));
        }
        self.out.push_str(end);
    }

    fn begin_line(&mut self) {
        if let Some(line_end) = self.line_end {
            self.out.push_str(line_end);
            self.out.push_str(&"  ".repeat(self.open.len()));
        }
    }

    /// The document; what is still open is closed.
    pub(super) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.out
    }

    /// The values of elements, in their order. What holds nothing is left out.
    pub(super) fn values(&mut self, elements: &[Element], values: &[Value]) {
        for (place, element) in elements.iter().enumerate() {
            self.value(element.name, &[], element.kind, values.get(place).unwrap_or(&Value::Null));
        }
    }

    /// An element that holds others.
    pub(super) fn record(
        &mut self,
        name: &str,
        attributes: &[Attribute<'_>],
        elements: &[Element],
        values: &[Value],
    ) {
        self.open(name, attributes);
        self.values(elements, values);
        self.close();
    }

    /// An element with a value. .NET's value types are never nothing; anything else that is, is left out.
    pub(super) fn value(&mut self, name: &str, attributes: &[Attribute<'_>], kind: Type, value: &Value) {
        match (kind, value) {
            (Type::Record(record), Value::Record(values)) => {
                self.record(name, attributes, record.elements, values);
            }
            (Type::List(record), Value::List(items)) => {
                self.open(name, attributes);
                for item in items {
                    match item {
                        Value::Null => self.empty(record.name, &[("xsi:nil", "true")]),
                        item => self.value(record.name, &[], Type::Record(record), item),
                    }
                }
                self.close();
            }
            _ => {
                if let Some(text) = simple(kind, value) {
                    self.text(name, attributes, &text);
                }
            }
        }
    }
}

/// A simple value as text; `None` for nothing.
pub(super) fn simple(kind: Type, value: &Value) -> Option<Cow<'_, str>> {
    Some(match (kind, value) {
        (_, Value::Bool(value)) => Cow::Borrowed(if *value { "true" } else { "false" }),
        (_, Value::Date(moment)) => Cow::Owned(date(*moment)),
        (_, Value::Int(number)) => Cow::Owned(number.to_string()),
        (_, Value::Text(text)) => Cow::Borrowed(text.as_str()),
        (Type::Boolean, _) => Cow::Borrowed("false"),
        (Type::Choice(choice), _) => Cow::Borrowed(choice.words.first().copied().unwrap_or_default()),
        (Type::DateTime, _) => Cow::Owned(date(UNSET)),
        (Type::Int | Type::Long, _) => Cow::Borrowed("0"),
        (Type::List(_) | Type::Record(_) | Type::Text, _) => return None,
    })
}

/// With as many places behind the second as are needed.
fn date(moment: DateTime) -> String {
    moment.to_string()
}

/// A text without the characters that no document can have: clients would refuse the whole of it.
fn readable(text: &str) -> Cow<'_, str> {
    let refused = |character: char| {
        (character < ' ' && !matches!(character, '\t' | '\n' | '\r'))
            || matches!(character, '\u{fffe}' | '\u{ffff}')
    };
    if text.contains(refused) { Cow::Owned(text.replace(refused, "")) } else { Cow::Borrowed(text) }
}
