//! Making a failing message smaller: the messages that are simpler than it by one thing.

use super::message::{Message, Parameter};
use super::operation::{Focus, Operation};

/// Simpler messages than this one, the simplest first; all are legal and in the focus.
#[must_use]
pub fn simpler(operation: &dyn Operation, focus: Option<&Focus>, message: &Message) -> Vec<Message> {
    let mut candidates = operation.shrink(message).unwrap_or_else(|| value_by_value(operation, message));
    candidates.retain(|candidate| {
        operation.legal(candidate).is_ok() && focus.is_none_or(|focus| (focus.holds)(candidate))
    });
    candidates
}

fn value_by_value(operation: &dyn Operation, message: &Message) -> Vec<Message> {
    let mut candidates = Vec::new();
    for place in 0..message.parameters.len() {
        let mut fewer = message.clone();
        fewer.parameters.remove(place);
        candidates.push(fewer);
    }
    let sides: [fn(&mut Message) -> &mut Vec<Parameter>; 2] =
        [|message| &mut message.parameters, |message| &mut message.given];
    for side in sides {
        let length = side(&mut message.clone()).len();
        for place in 0..length {
            let (name, value) = side(&mut message.clone())[place].clone();
            for value in simpler_values(&value, operation.simplest(&name)) {
                let mut other = message.clone();
                side(&mut other)[place].1 = value;
                candidates.push(other);
            }
        }
    }
    candidates
}

/// The simplest value, then the value without a part, then with one character made plain.
pub(crate) fn simpler_values(value: &str, simplest: &str) -> Vec<String> {
    let characters: Vec<char> = value.chars().collect();
    let mut values = Vec::new();
    if value == simplest {
        return values;
    }
    // Only towards the simplest: a shorter value that is further from it could go round in circles.
    if simplest.chars().count() <= characters.len() {
        values.push(simplest.to_owned());
    }
    let mut part = characters.len() / 2;
    while part > 0 {
        for start in (0..characters.len()).step_by(part) {
            let end = (start + part).min(characters.len());
            values.push(characters[..start].iter().chain(&characters[end..]).collect());
        }
        part /= 2;
    }
    for (place, character) in characters.iter().enumerate() {
        if !character.is_ascii_alphanumeric() {
            let mut plain = characters.clone();
            plain[place] = 'a';
            values.push(plain.into_iter().collect());
        }
    }
    values
}
