//! Everything that can be said of a message, so that one can tell those that fail from those that pass.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::fact::{Class, Fact, Measure, Subject, Trait};
use crate::kit::operation::{Kind, Message, Operation};
use crate::kit::wire::money;

/// Everything that can be said of one message.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// What is so.
    pub so: BTreeSet<Fact>,
    /// What was measured; of a name that is repeated, the largest.
    pub measured: BTreeMap<(Subject, Measure), i64>,
}

/// The longest value that is told as a whole.
const TELLING: usize = 24;

impl Facts {
    /// What can be said of a message of this operation.
    #[must_use]
    pub fn of(operation: &dyn Operation, message: &Message) -> Self {
        let mut facts = Self::default();
        if operation.forms().len() > 1 {
            let form = Subject::Given(operation.form_key().to_owned());
            facts.add(form, Trait::Is(message.form.to_string()));
        }
        facts.parameters(operation, message);
        for (name, value) in &message.given {
            let subject = Subject::Given(name.to_string());
            match operation.kind(name) {
                Kind::Text => facts.given(name, value),
                Kind::Flag => facts.add(subject, Trait::Is(value.clone())),
                Kind::Amount(_) => facts.amount(subject, value.parse().unwrap_or_default()),
                Kind::Money => {
                    let amount = money(value);
                    facts.amount(subject, amount.as_ref().map_or(0, |amount| amount.minor));
                    if let Some((_, currency)) = value.split_once(' ') {
                        let of = Subject::Leaf(name.to_string(), "currency".to_owned());
                        facts.add(of, Trait::Is(currency.to_owned()));
                    }
                }
                Kind::Seconds | Kind::Whole => facts.number(subject, value.parse().unwrap_or_default()),
            }
        }
        facts
    }

    /// Whether this is so, also where it is a matter of measure.
    #[must_use]
    pub fn has(&self, fact: &Fact) -> bool {
        let measured = |measure| self.measured.get(&(fact.of.clone(), measure));
        match fact.is {
            Trait::AtLeast(measure, least) => measured(measure).is_some_and(|number| *number >= least),
            Trait::AtMost(measure, most) => measured(measure).is_some_and(|number| *number <= most),
            _ => self.so.contains(fact),
        }
    }

    fn add(&mut self, of: Subject, is: Trait) {
        self.so.insert(Fact { is, of });
    }

    fn measure(&mut self, of: Subject, measure: Measure, number: i64) {
        let known = self.measured.entry((of, measure)).or_insert(number);
        *known = number.max(*known);
    }

    fn parameters(&mut self, operation: &dyn Operation, message: &Message) {
        let names: Vec<&str> = message.parameters.iter().map(|(name, _)| name.as_ref()).collect();
        if !names.is_sorted() {
            self.add(Subject::Message, Trait::Unsorted);
        }
        if !operation.parameters(&message.form).is_empty() {
            self.measure(Subject::Message, Measure::Parameters, length(names.len()));
        }
        for (place, (name, value)) in message.parameters.iter().enumerate() {
            let subject = Subject::Parameter(name.to_string());
            self.add(subject.clone(), Trait::Present);
            if names[..place].contains(&name.as_ref()) {
                self.add(subject.clone(), Trait::Repeated);
                self.add(Subject::AnyName, Trait::Repeated);
            }
            self.characters(&Subject::AnyName, name);
            self.text(&subject, value);
            self.text(&Subject::AnyParameter, value);
            self.text(&Subject::Any, value);
            if name.to_ascii_lowercase().contains("amount")
                && let Ok(minor) = value.parse()
            {
                self.amount(subject, minor);
            }
        }
        for name in operation.parameters(&message.form).into_iter().filter(|name| !names.contains(name)) {
            self.add(Subject::Parameter(name.to_owned()), Trait::Absent);
        }
    }

    fn given(&mut self, name: &str, value: &str) {
        let body = STANDARD.decode(value).ok().filter(|bytes| bytes.len() > TELLING);
        let body = body.and_then(|bytes| String::from_utf8(bytes).ok());
        let value = body.as_deref().unwrap_or(value);
        self.text(&Subject::Given(name.to_owned()), value);
        self.text(&Subject::Any, value);
        if let Ok(json @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(value) {
            self.leaves(name, "", &json);
        } else if let Ok(url) = url::Url::parse(value)
            && url.has_host()
        {
            for (query, value) in url.query_pairs() {
                let subject = Subject::Query(name.to_owned(), query.into_owned());
                self.add(subject.clone(), Trait::Present);
                self.text(&subject, &value);
                self.text(&Subject::AnyQuery(name.to_owned()), &value);
            }
        }
    }

    /// The items of a list are told of as one.
    fn leaves(&mut self, name: &str, path: &str, json: &Value) {
        let of = Subject::Leaf(name.to_owned(), path.to_owned());
        match json {
            Value::Object(members) => {
                for (member, value) in members {
                    let point = if path.is_empty() { "" } else { "." };
                    self.leaves(name, &format!("{path}{point}{member}"), value);
                }
            }
            Value::Array(items) => {
                self.measure(of, Measure::Number, length(items.len()));
                for item in items {
                    self.leaves(name, &format!("{path}[]"), item);
                }
            }
            Value::String(text) => self.text(&of, text),
            Value::Number(number) => {
                if let Some(number) = number.as_i64() {
                    self.measure(of.clone(), Measure::Number, number);
                }
                self.add(of, Trait::Is(number.to_string()));
            }
            other => self.add(of, Trait::Is(other.to_string())),
        }
        if !path.is_empty() && !json.is_array() {
            self.add(Subject::Leaf(name.to_owned(), path.to_owned()), Trait::Present);
        }
    }

    fn characters(&mut self, of: &Subject, text: &str) {
        // Texts are long, and of few characters.
        let (mut ascii, mut beyond) = ([false; 128], BTreeSet::new());
        for character in text.chars() {
            match ascii.get_mut(character as usize) {
                Some(known) => *known = true,
                None => drop(beyond.insert(character)),
            }
        }
        let known = ('\0'..='\x7f').zip(ascii).filter_map(|(character, known)| known.then_some(character));
        let all: Vec<char> = known.chain(beyond).collect();
        for character in all.iter().filter(|other| other.is_ascii() && !other.is_ascii_alphanumeric()) {
            self.add(of.clone(), Trait::Holds(*character));
        }
        for class in Class::ALL.into_iter().filter(|class| all.iter().any(|other| class.has(*other))) {
            self.add(of.clone(), Trait::Class(class));
        }
        for (is, so) in [
            (Trait::Escaped, is_escaped(text)),
            (Trait::Tag, enclosed(text, '<', '>').next().is_some()),
            (Trait::Entity, enclosed(text, '&', ';').any(is_entity)),
            (Trait::LineEnd, text.contains("\r\n")),
            (Trait::Blanks, text.contains("  ")),
        ] {
            if so {
                self.add(of.clone(), is);
            }
        }
    }

    fn text(&mut self, of: &Subject, text: &str) {
        self.characters(of, text);
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        for (is, so) in [
            (Trait::Empty, text.is_empty()),
            (Trait::BlankFirst, text.starts_with(char::is_whitespace)),
            (Trait::BlankLast, text.ends_with(char::is_whitespace)),
            (Trait::ZeroFirst, digits && text.len() > 1 && text.starts_with('0')),
            (Trait::Zero, digits && text.bytes().all(|byte| byte == b'0')),
        ] {
            if so {
                self.add(of.clone(), is);
            }
        }
        self.measure(of.clone(), Measure::Characters, length(text.chars().count()));
        self.measure(of.clone(), Measure::Bytes, length(text.len()));
        if !matches!(of, Subject::Any | Subject::AnyParameter | Subject::AnyQuery(_)) {
            if text.len() <= TELLING {
                self.add(of.clone(), Trait::Is(text.to_owned()));
            }
            if digits && let Ok(number) = text.parse() {
                self.measure(of.clone(), Measure::Number, number);
            }
        }
    }

    fn number(&mut self, of: Subject, number: i64) {
        if number == 0 {
            self.add(of.clone(), Trait::Zero);
        }
        self.measure(of, Measure::Number, number);
    }

    fn amount(&mut self, of: Subject, minor: i64) {
        for (is, so) in [
            (Trait::Zero, minor == 0),
            (Trait::Whole, minor % 100 == 0),
            (Trait::Inexact, falls_short(minor)),
        ] {
            if so {
                self.add(of.clone(), is);
            }
        }
        self.measure(of, Measure::Amount, minor);
    }
}

/// Whether something in it is percent-encoded.
fn is_escaped(text: &str) -> bool {
    let digit = |byte: &u8| byte.is_ascii_hexdigit();
    text.as_bytes().windows(3).any(|three| three[0] == b'%' && three[1..].iter().all(digit))
}

/// What stands between these two characters, behind each of the first.
fn enclosed(text: &str, open: char, close: char) -> impl Iterator<Item = &str> {
    text.split(open).skip(1).filter_map(move |rest| rest.split_once(close).map(|(inner, _)| inner))
}

/// Whether this names a character: `amp`, `#38`.
fn is_entity(name: &str) -> bool {
    let name = name.strip_prefix('#').unwrap_or(name);
    !name.is_empty() && name.len() < 9 && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether the amount as a binary fraction, times a hundred, comes to less: 19.99 makes 1998.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "that is what it is about")]
fn falls_short(minor: i64) -> bool {
    (minor as f64 / 100.0 * 100.0) as i64 != minor
}

fn length(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
