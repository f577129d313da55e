//! JSON as it is written: names in their order, numbers as they stand. And how languages write it anew.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A value with everything that its text says, but for the blanks.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Null,
    Flag(bool),
    /// The number's text. One that was read with a fraction or an exponent has a point: `1e3` is `1000.0`.
    Number(Cow<'static, str>),
    Text(Cow<'static, str>),
    List(Vec<Json>),
    Object(Members),
}

/// The names and values of an object, in their order.
pub(super) type Members = Vec<Member>;

/// A name and its value.
pub(super) type Member = (Cow<'static, str>, Json);

impl Json {
    /// Reads a text; `None` where it is no JSON.
    pub(super) fn of(text: &[u8]) -> Option<Self> {
        serde_json::from_slice(text).ok()
    }

    /// A text.
    pub(super) fn text(text: impl Into<Cow<'static, str>>) -> Self {
        Self::Text(text.into())
    }

    /// A whole number.
    pub(super) fn whole(number: i64) -> Self {
        Self::Number(Cow::Owned(number.to_string()))
    }

    /// A member of an object.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// A member of an object, to change it.
    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut Self> {
        let Self::Object(members) = self else { return None };
        members.iter_mut().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Json, E> {
        Ok(Json::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Number(Cow::Owned(number.to_string())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Number(Cow::Owned(number.to_string())))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json, E> {
        Ok(Json::Number(Cow::Owned(format!("{number:?}"))))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut members: Members = Vec::new();
        while let Some((name, value)) = entries.next_entry::<String, Json>()? {
            let name = Cow::Owned(name);
            // Of a name that is repeated the last value counts, as in every language here.
            match members.iter_mut().find(|(known, _)| *known == name) {
                Some(member) => member.1 = value,
                None => members.push((name, value)),
            }
        }
        Ok(Json::Object(members))
    }
}

/// How somebody writes JSON.
#[derive(Clone, Copy)]
pub(super) struct Style {
    /// Between two members or items, and between a name and its value.
    separators: (&'static str, &'static str),
    /// What each level is indented by; nothing: all stands in one line.
    indent: &'static str,
    /// Inside the brackets of what is not empty, where all stands in one line.
    padding: &'static str,
    /// What stands as `\u…` although it need not.
    escapes: fn(char) -> bool,
    /// Whether slashes have a backslash.
    slashes: bool,
    number: fn(&str) -> Cow<'_, str>,
    arrange: fn(&mut Vec<&Member>),
    /// Whether an object with the names 0, 1, 2 … or with none becomes a list, as PHP's arrays do.
    lists: bool,
}

/// As QuickPay writes it: nothing that need not be there.
pub(super) const COMPACT: Style = Style {
    separators: (",", ":"),
    indent: "",
    padding: "",
    escapes: |_| false,
    slashes: false,
    number: |text| Cow::Borrowed(text),
    arrange: |_| {},
    lists: false,
};

/// For people: a member a line.
pub(super) const PRETTY: Style = Style { separators: (",", ": "), indent: "  ", ..COMPACT };

/// In one line, with blanks.
pub(super) const SPACED: Style = Style { separators: (", ", ": "), padding: " ", ..COMPACT };

/// `json_encode(json_decode($body))`.
pub(super) const PHP_OBJECTS: Style =
    Style { escapes: |character| !character.is_ascii(), slashes: true, number: php_number, ..COMPACT };

/// `json_encode(json_decode($body, true))`.
pub(super) const PHP_ARRAYS: Style = Style { lists: true, ..PHP_OBJECTS };

/// The same with `JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE`.
pub(super) const PHP_UNESCAPED: Style = Style { escapes: is_line_separator, slashes: false, ..PHP_ARRAYS };

/// `json.dumps(json.loads(body))`.
pub(super) const PYTHON: Style = Style {
    separators: (", ", ": "),
    escapes: |character| !(' '..='~').contains(&character),
    number: python_number,
    ..COMPACT
};

/// The same with `separators=(",", ":")`.
pub(super) const PYTHON_COMPACT: Style = Style { separators: (",", ":"), ..PYTHON };

/// `JSON.stringify(JSON.parse(body))`.
pub(super) const JAVASCRIPT: Style = Style { number: float, arrange: indices_first, ..COMPACT };

/// `json.Marshal` of a map that `json.Unmarshal` filled.
pub(super) const GO: Style = Style {
    escapes: |character| matches!(character, '<' | '>' | '&') || is_line_separator(character),
    number: float,
    arrange: |members| members.sort_by(|one, other| one.0.cmp(&other.0)),
    ..COMPACT
};

/// A parser that keeps everything but the blanks: Ruby's `JSON.generate`, Java's Jackson.
pub(super) const RUBY: Style = Style { number: python_number, ..COMPACT };

fn is_line_separator(character: char) -> bool {
    matches!(character, '\u{2028}' | '\u{2029}')
}

/// A number with a fraction or an exponent.
fn fractional(text: &str) -> Option<f64> {
    text.contains(['.', 'e', 'E']).then(|| text.parse().ok()).flatten()
}

/// Integers as they are, and fractions only where there is one: 0.0 becomes 0.
fn php_number(text: &str) -> Cow<'_, str> {
    fractional(text).map_or(Cow::Borrowed(text), |number| Cow::Owned(number.to_string()))
}

/// Integers as they are, and floats with a point: 1e3 becomes 1000.0.
fn python_number(text: &str) -> Cow<'_, str> {
    fractional(text).map_or(Cow::Borrowed(text), |number| Cow::Owned(format!("{number:?}")))
}

/// Every number as a double: what is above 2^53 is rounded.
fn float(text: &str) -> Cow<'_, str> {
    text.parse::<f64>().map_or(Cow::Borrowed(text), |number| Cow::Owned(number.to_string()))
}

/// Names that are array indices come first, in their own order.
fn indices_first(members: &mut Vec<&Member>) {
    let index = |name: &str| {
        let number = name.parse::<u32>().ok().filter(|number| *number < u32::MAX);
        number.filter(|number| number.to_string() == name)
    };
    members.sort_by_key(|(name, _)| index(name).map_or((true, 0), |number| (false, number)));
}

impl Style {
    /// The text.
    pub(super) fn write(&self, json: &Json) -> String {
        let mut text = String::with_capacity(2048);
        self.value(json, 0, &mut text);
        text
    }

    fn value(&self, json: &Json, depth: usize, text: &mut String) {
        match json {
            Json::Null => text.push_str("null"),
            Json::Flag(flag) => text.push_str(if *flag { "true" } else { "false" }),
            Json::Number(number) => text.push_str(&(self.number)(number)),
            Json::Text(value) => self.string(value, text),
            Json::List(items) => {
                self.bracketed(['[', ']'], items.iter(), depth, text, |item, text| {
                    self.value(item, depth + 1, text);
                });
            }
            Json::Object(members) => {
                let is_list =
                    || members.iter().enumerate().all(|(place, (name, _))| *name == place.to_string());
                if self.lists && is_list() {
                    let items = members.iter().map(|(_, value)| value);
                    return self.bracketed(['[', ']'], items, depth, text, |item, text| {
                        self.value(item, depth + 1, text);
                    });
                }
                let mut members: Vec<_> = members.iter().collect();
                (self.arrange)(&mut members);
                self.bracketed(['{', '}'], members.into_iter(), depth, text, |(name, value), text| {
                    self.string(name, text);
                    text.push_str(self.separators.1);
                    self.value(value, depth + 1, text);
                });
            }
        }
    }

    fn bracketed<T>(
        &self,
        [opening, closing]: [char; 2],
        items: impl ExactSizeIterator<Item = T>,
        depth: usize,
        text: &mut String,
        each: impl Fn(T, &mut String),
    ) {
        text.push(opening);
        let filled = items.len() > 0;
        let line = |depth: usize, text: &mut String| {
            if !self.indent.is_empty() {
                text.push('\n');
                text.push_str(&self.indent.repeat(depth));
            }
        };
        for (place, item) in items.enumerate() {
            text.push_str(if place == 0 { self.padding } else { self.separators.0 });
            line(depth + 1, text);
            each(item, text);
        }
        if filled {
            line(depth, text);
            text.push_str(self.padding);
        }
        text.push(closing);
    }

    fn string(&self, value: &str, text: &mut String) {
        text.push('"');
        // What needs nothing is copied at one go.
        let mut copied = 0;
        for (place, character) in value.char_indices() {
            let escaped = match character {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '/' if self.slashes => "\\/",
                _ if character < ' ' || (self.escapes)(character) => "",
                _ => continue,
            };
            text.push_str(&value[copied..place]);
            copied = place + character.len_utf8();
            text.push_str(escaped);
            if escaped.is_empty() {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    text.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
        text.push_str(&value[copied..]);
        text.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{"b":0.0,"10":1e3,"2":0.25,"a":{},"l":[],"0":{"0":"x","1":"y"},"i":9007199254740993,"t":"æ/<&>\"\\😀"}"#;

    fn anew(style: Style) -> String {
        style.write(&Json::of(BODY.as_bytes()).expect("JSON"))
    }

    /// What php 8.2, node 20 and python 3.11 print for the body; Go by the text of its encoding/json.
    #[test]
    fn each_language_writes_as_it_does() {
        assert_eq!(
            anew(PHP_ARRAYS),
            r#"{"b":0,"10":1000,"2":0.25,"a":[],"l":[],"0":["x","y"],"i":9007199254740993,"t":"\u00e6\/<&>\"\\\ud83d\ude00"}"#
        );
        assert_eq!(
            anew(PHP_OBJECTS),
            r#"{"b":0,"10":1000,"2":0.25,"a":{},"l":[],"0":{"0":"x","1":"y"},"i":9007199254740993,"t":"\u00e6\/<&>\"\\\ud83d\ude00"}"#
        );
        assert_eq!(
            anew(PHP_UNESCAPED),
            r#"{"b":0,"10":1000,"2":0.25,"a":[],"l":[],"0":["x","y"],"i":9007199254740993,"t":"æ/<&>\"\\😀"}"#
        );
        assert_eq!(
            anew(PYTHON),
            r#"{"b": 0.0, "10": 1000.0, "2": 0.25, "a": {}, "l": [], "0": {"0": "x", "1": "y"}, "i": 9007199254740993, "t": "\u00e6/<&>\"\\\ud83d\ude00"}"#
        );
        assert_eq!(
            anew(PYTHON_COMPACT),
            r#"{"b":0.0,"10":1000.0,"2":0.25,"a":{},"l":[],"0":{"0":"x","1":"y"},"i":9007199254740993,"t":"\u00e6/<&>\"\\\ud83d\ude00"}"#
        );
        assert_eq!(
            anew(JAVASCRIPT),
            r#"{"0":{"0":"x","1":"y"},"2":0.25,"10":1000,"b":0,"a":{},"l":[],"i":9007199254740992,"t":"æ/<&>\"\\😀"}"#
        );
        assert_eq!(
            anew(GO),
            r#"{"0":{"0":"x","1":"y"},"10":1000,"2":0.25,"a":{},"b":0,"i":9007199254740992,"l":[],"t":"æ/\u003c\u0026\u003e\"\\😀"}"#
        );
    }

    #[test]
    fn layouts_hold_the_same() {
        let json = Json::of(br#"{"a":[1,{"b":null}],"c":{}}"#).expect("JSON");
        assert_eq!(
            PRETTY.write(&json),
            "{\n  \"a\": [\n    1,\n    {\n      \"b\": null\n    }\n  ],\n  \"c\": {}\n}"
        );
        assert_eq!(SPACED.write(&json), r#"{ "a": [ 1, { "b": null } ], "c": {} }"#);
        for style in [COMPACT, PRETTY, SPACED] {
            assert_eq!(Json::of(style.write(&json).as_bytes()), Some(json.clone()));
        }
    }
}
