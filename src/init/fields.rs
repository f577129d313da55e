//! What an operation is asked and answers, in words for a comment: taken from its own tables.

use std::collections::BTreeSet;

use provkassa_simulators::kit::operation::{Kind, Operation, Shape};
use rand::SeedableRng as _;
use rand::rngs::SmallRng;

/// How fields are told to somebody who fills an operation in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Voice {
    /// As they stand in an adapter's request.
    Json,
    /// As a message of this library holds them: everything is text.
    Message,
}

/// Where a field stands in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Form(&'static [&'static str]),
    List,
    Given(Kind),
}

/// A field of a request.
#[derive(Clone, Debug)]
pub(super) struct Field {
    /// Its name.
    pub(super) name: &'static str,
    place: Place,
}

/// The fields of a request, in its order.
pub(super) fn requested(operation: &dyn Operation) -> Vec<Field> {
    let forms = operation.forms();
    let mut fields = Vec::new();
    if forms.len() > 1 {
        fields.push(Field { name: operation.form_key(), place: Place::Form(forms) });
    }
    if !listed(operation).is_empty() {
        fields.push(Field { name: operation.list_key(), place: Place::List });
    }
    let given = operation.given().iter();
    fields.extend(given.map(|name| Field { name, place: Place::Given(operation.kind(name)) }));
    fields
}

/// The names that the list may hold, in any of the forms.
fn listed(operation: &dyn Operation) -> Vec<&'static str> {
    let mut known = BTreeSet::new();
    let every = operation.forms().iter().flat_map(|form| operation.parameters(form));
    every.filter(|name| known.insert(*name)).collect()
}

/// What is asked and what is to be returned, in lines of this width.
pub(super) fn lines(operation: &dyn Operation, voice: Voice, width: usize) -> Vec<String> {
    let fields = requested(operation);
    let told: Vec<_> =
        fields.iter().map(|field| (called(field, voice), says(operation, field, voice))).collect();
    let column = told.iter().map(|(name, _)| name.len()).max().unwrap_or(0) + 2;
    let mut lines = Vec::new();
    for (name, says) in &told {
        for (place, part) in wrapped(says, width - column).into_iter().enumerate() {
            let name = if place == 0 { name } else { "" };
            lines.push(format!("{name:column$}{part}"));
        }
    }
    lines.push(String::new());
    lines.extend(wrapped(&format!("The answer: {}.", answered(operation)), width));
    lines
}

fn called(field: &Field, voice: Voice) -> String {
    match (voice, field.place) {
        (Voice::Json, _) => field.name.to_owned(),
        (Voice::Message, Place::Form(_)) => "message.form".to_owned(),
        (Voice::Message, Place::List) => "message.parameters".to_owned(),
        (Voice::Message, Place::Given(_)) => format!("message.given({:?})", field.name),
    }
}

fn says(operation: &dyn Operation, field: &Field, voice: Voice) -> String {
    match (field.place, voice) {
        (Place::Form(forms), Voice::Json) => one_of(forms),
        (Place::Form(forms), Voice::Message) => format!("`{}`: {}", field.name, one_of(forms)),
        (Place::List, _) => {
            let kind = if voice == Voice::Json { "a list of [name, value]" } else { "names and values" };
            format!("{kind}; the names may be {}", listed(operation).join(", "))
        }
        (Place::Given(kind), Voice::Json) => match kind {
            Kind::Amount(currency) => {
                format!("an amount in the smallest unit, {{minor: 1250, currency: \"{currency}\"}}")
            }
            Kind::Flag => "true or false".to_owned(),
            Kind::Money => "an amount in the smallest unit, {minor: 1250, currency: \"SEK\"}".to_owned(),
            Kind::Seconds => "a time, in seconds since 1970".to_owned(),
            Kind::Text => "text".to_owned(),
            Kind::Whole => "a whole number".to_owned(),
        },
        (Place::Given(kind), Voice::Message) => match kind {
            Kind::Amount(currency) => format!("an amount in the smallest unit of {currency}, \"1250\""),
            Kind::Flag => "\"true\" or \"false\"".to_owned(),
            Kind::Money => "an amount in the smallest unit with its currency, \"1250 SEK\"".to_owned(),
            Kind::Seconds => "a time, in seconds since 1970, as digits".to_owned(),
            Kind::Text => "text".to_owned(),
            Kind::Whole => "a whole number, as digits".to_owned(),
        },
    }
}

/// The fields of an answer, with the forms that have them where not all do.
fn answered(operation: &dyn Operation) -> String {
    let forms = operation.forms();
    let mut fields: Vec<(&str, Shape, Vec<&str>)> = Vec::new();
    for form in forms {
        for (name, shape) in operation.answer(form) {
            match fields.iter_mut().find(|(known, of, _)| (*known, *of) == (name, shape)) {
                Some((.., having)) => having.push(form),
                None => fields.push((name, shape, vec![form])),
            }
        }
    }
    let mut said: Vec<String> = Vec::new();
    for (name, shape, having) in fields {
        let shape = match shape {
            Shape::OneOf(words) => one_of(words),
            Shape::Pairs => "a list of [name, value]".to_owned(),
            Shape::Text => "text".to_owned(),
            Shape::TextOrNull => "text or null".to_owned(),
        };
        let only =
            if having.len() == forms.len() { String::new() } else { format!(" for {}", having.join(", ")) };
        said.push(format!("`{name}`, {shape}{only}"));
    }
    if has_canonical(operation) {
        said.push("and if you like `explain`, the string that was hashed".to_owned());
    }
    said.join("; ")
}

/// Whether there is one string that is hashed or signed; any message tells.
fn has_canonical(operation: &dyn Operation) -> bool {
    let message = operation.generate(&mut SmallRng::seed_from_u64(1));
    operation.canonical(&message, &[]).is_some()
}

fn one_of(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("\"{word}\"")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// A text in lines that break at blanks.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().filter(|line| line.is_empty() || line.len() + 1 + word.len() <= width);
        match line {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) => line.push_str(&format!(" {word}")),
            None => lines.push(word.to_owned()),
        }
    }
    lines
}
