//! The same JSON, written in the ways in which it may come.

use std::io::{self, Write};

use serde::Serialize as _;
use serde_json::Value;
use serde_json::ser::{Formatter, Serializer};

/// How a value becomes a text.
pub(super) type Way = fn(&Value) -> String;

/// As short as can be; with blanks, lines and slashes that have a backslash before them; as Python writes it.
pub(super) const WAYS: [Way; 3] = [Value::to_string, odd, spaced];

/// Nothing in JSON says how many blanks there are, nor that a slash stands for itself.
fn odd(value: &Value) -> String {
    format!("{value:#}\n").replace('/', "\\/")
}

/// With a blank behind each comma and colon, and everything beyond ASCII escaped.
fn spaced(value: &Value) -> String {
    struct Spaced;
    impl Formatter for Spaced {
        fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
            writer.write_all(if first { b"" } else { b", " })
        }

        fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
            writer.write_all(if first { b"" } else { b", " })
        }

        fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
            writer.write_all(b": ")
        }
    }

    let mut text = Vec::new();
    // Nothing can go wrong with a text in memory, and half of one would be refused.
    let _ = value.serialize(&mut Serializer::with_formatter(&mut text, Spaced));
    let mut units = [0; 2];
    let mut escaped = String::new();
    for sign in String::from_utf8_lossy(&text).chars() {
        if sign.is_ascii() {
            escaped.push(sign);
        } else {
            escaped.extend(sign.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_way_is_the_same_value_and_another_text() {
        let value = json!({"a": [1, {"b": "å/😀"}], "c": null});
        let written = WAYS.map(|way| way(&value));
        for (place, text) in written.iter().enumerate() {
            assert_eq!(serde_json::from_str::<Value>(text).ok().as_ref(), Some(&value), "{text}");
            assert!(!written[..place].contains(text), "{text}");
        }
        assert_eq!(written[2], r#"{"a": [1, {"b": "\u00e5/\ud83d\ude00"}], "c": null}"#);
    }
}
