//! JSON as literals of other languages.

use serde_json::Value;

/// How a language writes values.
pub(super) struct Style {
    pub(super) null: &'static str,
    pub(super) yes: &'static str,
    pub(super) no: &'static str,
    /// What an object begins and ends with, and what stands between a name and its value.
    pub(super) object: (&'static str, &'static str, &'static str),
    /// A text as a literal.
    pub(super) text: fn(&str) -> String,
}

impl Style {
    /// The value on lines of their own where it has more than a line holds; the first is not indented.
    pub(super) fn write(&self, value: &Value, indent: usize, step: usize) -> String {
        let whole = self.inline(value);
        if whole.chars().count() + indent <= LINE || !matches!(value, Value::Object(_) | Value::Array(_)) {
            return whole;
        }
        let inner = indent + step;
        let (open, close, members): (_, _, Vec<String>) = match value {
            Value::Object(fields) => {
                let (open, close, between) = self.object;
                let member = |(name, value): (&String, &Value)| {
                    format!("{}{between}{}", (self.text)(name), self.write(value, inner, step))
                };
                (open, close, fields.iter().map(member).collect())
            }
            Value::Array(values) => {
                ("[", "]", values.iter().map(|value| self.write(value, inner, step)).collect())
            }
            _ => return whole,
        };
        let lines: String = members.iter().map(|member| format!("{:inner$}{member},\n", "")).collect();
        format!("{open}\n{lines}{:indent$}{close}", "")
    }

    /// The value on one line.
    pub(super) fn inline(&self, value: &Value) -> String {
        match value {
            Value::Null => self.null.to_owned(),
            Value::Bool(true) => self.yes.to_owned(),
            Value::Bool(false) => self.no.to_owned(),
            Value::Number(number) => number.to_string(),
            Value::String(text) => (self.text)(text),
            Value::Array(values) => {
                let values: Vec<String> = values.iter().map(|value| self.inline(value)).collect();
                format!("[{}]", values.join(", "))
            }
            Value::Object(fields) => {
                let (open, close, between) = self.object;
                let member = |(name, value): (&String, &Value)| {
                    format!("{}{between}{}", (self.text)(name), self.inline(value))
                };
                let members: Vec<String> = fields.iter().map(member).collect();
                format!("{open}{}{close}", members.join(", "))
            }
        }
    }
}

/// How long a line of literals may be, where it can be helped.
const LINE: usize = 100;

/// Whether a character would not be seen as what it is: it is written by its number.
fn is_hidden(character: char) -> bool {
    let number = u32::from(character);
    character.is_control()
        || matches!(number, 0xa0 | 0xad | 0x61c | 0x180e | 0x3000 | 0xfeff)
        || (0x2000..=0x200f).contains(&number)
        || (0x2028..=0x202f).contains(&number)
        || (0x205f..=0x206f).contains(&number)
        || (0xfff0..=0xffff).contains(&number)
        || (0xe_0000..=0xe_0fff).contains(&number)
}

/// A text between quotes; what is not plain is written as this function says, if it does.
fn quoted(text: &str, escape: impl Fn(char) -> Option<String>) -> String {
    let mut literal = String::from("\"");
    for character in text.chars() {
        match (character, escape(character)) {
            (_, Some(escaped)) => literal.push_str(&escaped),
            ('"' | '\\', None) => literal.extend(['\\', character]),
            ('\n', None) => literal.push_str("\\n"),
            ('\r', None) => literal.push_str("\\r"),
            ('\t', None) => literal.push_str("\\t"),
            (other, None) => literal.push(other),
        }
    }
    literal + "\""
}

/// A character that the short escapes do not cover.
fn is_odd(character: char) -> bool {
    is_hidden(character) && !matches!(character, '\n' | '\r' | '\t')
}

/// A string of JavaScript.
pub(super) fn javascript(text: &str) -> String {
    quoted(text, |character| is_odd(character).then(|| format!("\\u{{{:x}}}", u32::from(character))))
}

/// A string of PHP, with nothing in it that PHP would put a variable for.
pub(super) fn php(text: &str) -> String {
    quoted(text, |character| match character {
        '$' => Some("\\$".to_owned()),
        character => is_odd(character).then(|| format!("\\u{{{:x}}}", u32::from(character))),
    })
}

/// A string of Python.
pub(super) fn python(text: &str) -> String {
    quoted(text, |character| {
        let number = u32::from(character);
        is_odd(character)
            .then(|| if number > 0xffff { format!("\\U{number:08x}") } else { format!("\\u{number:04x}") })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_plain_is_written_by_its_number() {
        let text = "a\"\\$`\n\0\u{2028}😀\u{e0041}";
        assert_eq!(javascript(text), "\"a\\\"\\\\$`\\n\\u{0}\\u{2028}😀\\u{e0041}\"");
        assert_eq!(php(text), "\"a\\\"\\\\\\$`\\n\\u{0}\\u{2028}😀\\u{e0041}\"");
        assert_eq!(python(text), "\"a\\\"\\\\$`\\n\\u0000\\u2028😀\\U000e0041\"");
    }
}
