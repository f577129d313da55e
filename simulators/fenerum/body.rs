//! Bodies as Django REST framework reads them: JSON or a form, and what it says of those that are neither.

use http::{HeaderMap, header};
use serde_json::{Map, Value, json};

use super::refusals::{Refusal, told};

/// What a body says. One that is empty says nothing, whatever it is declared to be.
pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Value, Refusal> {
    if body.is_empty() {
        return Ok(json!({}));
    }
    let declared = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    let kind = declared.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    match kind.as_str() {
        "application/json" => {
            json_in(body).map_err(|why| Refusal::Detail(told("parse_error", &[("error", &why)])))
        }
        "application/x-www-form-urlencoded" => {
            let pairs = form_urlencoded::parse(body).map(|(name, value)| (name.into_owned(), json!(value)));
            Ok(Value::Object(pairs.collect::<Map<_, _>>()))
        }
        _ => Err(Refusal::Detail(told("unsupported_media_type", &[("media_type", declared)]))),
    }
}

/// The fields of a body, which is to be an object.
pub(super) fn object(body: &Value) -> Result<&Map<String, Value>, Refusal> {
    match body {
        Value::Object(fields) => Ok(fields),
        Value::Null => Err(Refusal::field(super::refusals::WHOLE, told("no_data", &[]))),
        other => {
            let told = told("not_a_dictionary", &[("datatype", type_of(other))]);
            Err(Refusal::field(super::refusals::WHOLE, told))
        }
    }
}

/// What Python calls the type of a JSON value.
pub(super) fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Array(_) => "list",
        Value::Bool(_) => "bool",
        Value::Null => "NoneType",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::Object(_) => "dict",
        Value::String(_) => "str",
    }
}

/// A JSON value as Python's `str` shows it.
pub(super) fn str_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => repr(other),
    }
}

fn repr(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(repr).collect::<Vec<_>>().join(", ")),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Null => "None".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Object(fields) => {
            let pairs = fields
                .iter()
                .map(|(name, value)| format!("{}: {}", repr(&Value::String(name.clone())), repr(value)));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
        }
        Value::String(text) if text.contains('\'') && !text.contains('"') => format!("\"{text}\""),
        Value::String(text) => {
            format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n"))
        }
    }
}

/// The JSON value in a body, or what is wrong with it in the words of Python's own parser. Where it says
/// that it stumbles may be a character beside where Python's does.
fn json_in(body: &[u8]) -> Result<Value, String> {
    let text = std::str::from_utf8(body).map_err(|error| {
        let at = error.valid_up_to();
        let byte = body.get(at).copied().unwrap_or_default();
        format!("'utf-8' codec can't decode byte 0x{byte:02x} in position {at}: invalid start byte")
    })?;
    if text.starts_with('\u{feff}') {
        return Err("Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)".to_owned());
    }
    serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column().max(1));
        let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
        let at = (before + column - 1).min(text.len());
        let at = text.get(..at).map_or(at, |before| before.chars().count());
        format!("{}: line {line} column {column} (char {at})", in_python(&error))
    })
}

/// What Python's parser says where ours stumbles.
fn in_python(error: &serde_json::Error) -> &'static str {
    let said = error.to_string();
    [
        ("expected `:`", "Expecting ':' delimiter"),
        ("expected `,`", "Expecting ',' delimiter"),
        ("EOF while parsing a string", "Unterminated string starting at"),
        ("key must be a string", "Expecting property name enclosed in double quotes"),
        ("EOF while parsing an object", "Expecting property name enclosed in double quotes"),
        ("trailing comma", "Illegal trailing comma before end of object"),
        ("trailing characters", "Extra data"),
        ("control character", "Invalid control character at"),
        ("invalid escape", "Invalid \\escape"),
        ("recursion limit", "maximum recursion depth exceeded while decoding a JSON document"),
        ("number out of range", "Out of range float values are not JSON compliant"),
    ]
    .into_iter()
    .find_map(|(ours, pythons)| said.contains(ours).then_some(pythons))
    .unwrap_or("Expecting value")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(body: &[u8]) -> String {
        json_in(body).expect_err("refused")
    }

    #[test]
    fn broken_json_is_refused_in_pythons_words() {
        assert_eq!(why(b"nope"), "Expecting value: line 1 column 2 (char 1)");
        assert_eq!(
            why(b"{a}"),
            "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"
        );
        assert_eq!(why(b"{\"a\" 1}"), "Expecting ':' delimiter: line 1 column 6 (char 5)");
        assert_eq!(why(b"[1]x"), "Extra data: line 1 column 4 (char 3)");
        assert!(why(b"\xff").starts_with("'utf-8' codec can't decode byte 0xff in position 0"));
        assert!(why("\u{feff}{}".as_bytes()).starts_with("Unexpected UTF-8 BOM"));
        assert!(why("[".repeat(200).as_bytes()).starts_with("maximum recursion depth"));
    }

    #[test]
    fn values_are_shown_as_python_shows_them() {
        for (value, shown) in [
            (json!("a"), "a"),
            (json!(true), "True"),
            (json!(null), "None"),
            (json!(["a", 1, {"b": false}]), "['a', 1, {'b': False}]"),
            (json!(["it's"]), "[\"it's\"]"),
        ] {
            assert_eq!(str_of(&value), shown);
        }
    }
}
