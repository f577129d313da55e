//! The fields of a body, read as Django REST framework's serializers read them: every fault is told, each
//! with its field.

use serde_json::{Map, Value, json};

use crate::kit::address::{is_email, is_web_address};

use super::body::{str_of, type_of};
use super::refusals::{Refusal, Told, told};

/// The most characters of a text. Assumed: it is what Django's columns usually have.
const LONGEST: usize = 255;

/// A serializer at work.
pub(super) struct Fields<'a> {
    object: &'a Map<String, Value>,
    /// Whether what is missing stays as it is.
    partial: bool,
    faults: Vec<(String, Told)>,
}

impl<'a> Fields<'a> {
    /// Reads an object; what is missing and needed is a fault.
    pub(super) fn of(object: &'a Map<String, Value>) -> Self {
        Self { object, partial: false, faults: Vec::new() }
    }

    /// Reads an object that changes a record: what is missing stays.
    pub(super) fn partial(object: &'a Map<String, Value>) -> Self {
        Self { partial: true, ..Self::of(object) }
    }

    /// Adds a fault.
    pub(super) fn fault(&mut self, field: &str, told: Told) {
        self.faults.push((field.to_owned(), told));
    }

    /// Whether nothing was wrong so far.
    pub(super) fn end(self) -> Result<(), Refusal> {
        if self.faults.is_empty() { Ok(()) } else { Err(Refusal::Fields(self.faults)) }
    }

    /// A value that must be there, unless the record has one.
    pub(super) fn needed(&mut self, name: &str) -> Option<&'a Value> {
        match self.object.get(name) {
            None if self.partial => None,
            None => {
                self.fault(name, told("required", &[]));
                None
            }
            Some(Value::Null) => {
                self.fault(name, told("null", &[]));
                None
            }
            Some(value) => Some(value),
        }
    }

    /// A value that may be missing.
    fn optional(&mut self, name: &str) -> Option<&'a Value> {
        if self.object.contains_key(name) { self.needed(name) } else { None }
    }

    /// A text that must be there and say something.
    pub(super) fn needed_text(&mut self, name: &str) -> Option<String> {
        let value = self.needed(name)?;
        let text = self.text_of(name, value)?;
        if text.is_empty() {
            self.fault(name, told("blank", &[]));
            return None;
        }
        Some(text)
    }

    /// A text that may be missing or empty.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        let value = self.optional(name)?;
        self.text_of(name, value)
    }

    /// Numbers become texts; truth values, lists and objects do not. Blanks around it go.
    fn text_of(&mut self, name: &str, value: &Value) -> Option<String> {
        if !matches!(value, Value::String(_) | Value::Number(_)) {
            self.fault(name, told("invalid_string", &[]));
            return None;
        }
        let text = str_of(value).trim().to_owned();
        if text.contains('\0') {
            self.fault(name, told("null_characters", &[]));
            return None;
        }
        if text.chars().count() > LONGEST {
            self.fault(name, told("max_length", &[("max_length", &LONGEST.to_string())]));
            return None;
        }
        Some(text)
    }

    /// An e-mail address that must be there.
    pub(super) fn email(&mut self, name: &str) -> Option<String> {
        let text = self.needed_text(name)?;
        if is_email(&text) && text.rsplit('@').next().is_some_and(|host| host.contains('.')) {
            return Some(text);
        }
        self.fault(name, told("email_invalid", &[]));
        None
    }

    /// A web address that must be there.
    pub(super) fn url(&mut self, name: &str) -> Option<String> {
        let text = self.needed_text(name)?;
        if is_web_address(&text) {
            return Some(text);
        }
        self.fault(name, told("url_invalid", &[]));
        None
    }

    /// Yes or no; forms write it in words.
    pub(super) fn truth(&mut self, name: &str) -> Option<bool> {
        let value = self.optional(name)?;
        match str_of(value).to_ascii_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "on" | "1" => Some(true),
            "false" | "f" | "no" | "n" | "off" | "0" => Some(false),
            _ => {
                self.fault(name, told("boolean_invalid", &[]));
                None
            }
        }
    }

    /// A whole number in a range.
    pub(super) fn number(&mut self, name: &str, least: u32, most: u32) -> Option<u32> {
        let value = self.optional(name)?;
        let Some(number) = str_of(value).trim().parse::<i128>().ok().filter(|_| !value.is_boolean()) else {
            self.fault(name, told("integer_invalid", &[]));
            return None;
        };
        if number < i128::from(least) {
            self.fault(name, told("min_value", &[("min_value", &least.to_string())]));
        } else if number > i128::from(most) {
            self.fault(name, told("max_value", &[("max_value", &most.to_string())]));
        }
        u32::try_from(number).ok().filter(|number| (least..=most).contains(number))
    }

    /// One of these values; a word that was sent and is none of them is a fault.
    pub(super) fn choice(&mut self, name: &str, choices: &[&str]) -> Option<String> {
        let value = self.optional(name)?;
        self.choice_of(name, value, choices)
    }

    /// One of these values, which must be there.
    pub(super) fn needed_choice(&mut self, name: &str, choices: &[&str]) -> Option<String> {
        let value = self.needed(name)?;
        self.choice_of(name, value, choices)
    }

    fn choice_of(&mut self, name: &str, value: &Value, choices: &[&str]) -> Option<String> {
        let word = str_of(value);
        if choices.contains(&word.as_str()) {
            return Some(word);
        }
        self.fault(name, told("invalid_choice", &[("input", &word)]));
        None
    }

    /// A day.
    pub(super) fn day(&mut self, name: &str) -> Option<jiff::civil::Date> {
        let value = self.optional(name)?;
        let day = value.as_str().filter(|text| text.len() == 10).and_then(|text| text.parse().ok());
        if day.is_none() {
            self.fault(name, told("date_invalid", &[]));
        }
        day
    }

    /// A list of some of these words; one word alone stands for a list of it, as in forms.
    pub(super) fn words(&mut self, name: &str, choices: &[&str]) -> Option<Vec<String>> {
        let value = self.optional(name)?;
        let items = match value {
            Value::Array(items) => items.clone(),
            Value::String(word) => vec![json!(word)],
            other => {
                self.fault(name, told("not_a_list", &[("input_type", type_of(other))]));
                return None;
            }
        };
        let mut words = Vec::new();
        for item in &items {
            match item.as_str().filter(|word| choices.contains(word)) {
                Some(word) if words.iter().any(|known| known == word) => {}
                Some(word) => words.push(word.to_owned()),
                None => self.fault(name, told("invalid_choice", &[("input", &str_of(item))])),
            }
        }
        Some(words)
    }
}

/// A UUID in the form in which Fenerum writes it, from any form in which Python reads one.
pub(super) fn uuid(value: &Value) -> Option<String> {
    let hex = match value {
        Value::Bool(truth) => format!("{:032x}", u8::from(*truth)),
        Value::Number(number) => format!("{:032x}", number.as_u64()?),
        Value::String(text) => text
            .replace("urn:", "")
            .replace("uuid:", "")
            .trim_matches(['{', '}'])
            .replace('-', "")
            .to_ascii_lowercase(),
        _ => return None,
    };
    let whole = hex.len() == 32 && hex.bytes().all(|digit| digit.is_ascii_hexdigit());
    whole.then(|| crate::kit::seed::dashed(&hex))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(body: &Value, read: impl Fn(&mut Fields<'_>)) -> Vec<(String, &'static str)> {
        let mut fields = Fields::of(body.as_object().expect("an object"));
        read(&mut fields);
        fields.faults.into_iter().map(|(field, told)| (field, told.code)).collect()
    }

    #[test]
    fn texts_are_taken_as_the_framework_takes_them() {
        let read = |value: Value| faults(&json!({"a": value}), |fields| drop(fields.needed_text("a")));
        for right in [json!("x"), json!(5), json!(1.5)] {
            assert_eq!(read(right), []);
        }
        for (wrong, code) in [
            (json!(null), "null"),
            (json!(" "), "blank"),
            (json!(true), "invalid_string"),
            (json!([]), "invalid_string"),
            (json!("a\u{0}"), "null_characters"),
            (json!("é".repeat(256)), "max_length"),
        ] {
            assert_eq!(read(wrong), [("a".to_owned(), code)]);
        }
        assert_eq!(
            faults(&json!({}), |fields| drop(fields.needed_text("a"))),
            [("a".to_owned(), "required")]
        );
    }

    #[test]
    fn numbers_and_words_out_of_range_are_faults() {
        let read = |value: Value| {
            faults(&json!({"a": value}), |fields| {
                let _ = fields.number("a", 1, 9);
            })
        };
        assert_eq!(read(json!("7")), []);
        assert_eq!(read(json!(0)), [("a".to_owned(), "min_value")]);
        assert_eq!(read(json!("99999999999999999999")), [("a".to_owned(), "max_value")]);
        assert_eq!(read(json!(1.5)), [("a".to_owned(), "integer_invalid")]);
        assert_eq!(read(json!(true)), [("a".to_owned(), "integer_invalid")]);
        let words = |value: Value| faults(&json!({"a": value}), |fields| drop(fields.words("a", &["x"])));
        assert_eq!(words(json!(["x", "x"])), []);
        assert_eq!(words(json!(["y"])), [("a".to_owned(), "invalid_choice")]);
        assert_eq!(words(json!(5)), [("a".to_owned(), "not_a_list")]);
    }

    #[test]
    fn a_uuid_is_read_in_every_form_that_python_reads() {
        let plain = "50e9aa0b-8d35-4da7-9a9b-8a35b11579b2";
        for form in [
            plain.to_owned(),
            plain.to_uppercase(),
            plain.replace('-', ""),
            format!("{{{plain}}}"),
            format!("urn:uuid:{plain}"),
        ] {
            assert_eq!(uuid(&json!(form)).as_deref(), Some(plain), "{form}");
        }
        assert_eq!(uuid(&json!(5)).as_deref(), Some("00000000-0000-0000-0000-000000000005"));
        for no in [json!("CUST001"), json!(1.5), json!([]), json!("é".repeat(16))] {
            assert_eq!(uuid(&no), None);
        }
    }
}
