//! Which answers to a message are meant: those that are accepted, or the one that must not be given.

use provkassa_simulators::kit::operation::{Message, Operation, Reply, Shape};
use serde_json::{Map, Value, json};

use super::{EmitError, Example, choice};
use crate::conformance::case::Expectation;

/// The operations whose answers are requests, told part by part.
const REQUESTS: [&str; 3] = ["fenerum.card", "fenerum.link", "quickpay.subscription"];
/// The operations whose answers have several spellings.
const SPELT: [&str; 6] =
    ["bambora.request", "brp.link", "fena.link", "fena.token", "freepay.form", "quickpay.authorization"];

/// Answers as a script compares with them.
#[derive(Clone, Debug, PartialEq)]
pub struct Answers {
    /// Whether they are accepted; if not, they are what must not be answered.
    pub accepted: bool,
    /// How they are compared.
    pub comparison: Comparison,
    /// The answers as JSON: a list of replies, the right one first, or the parts of a request with what each
    /// may be.
    pub value: Value,
}

/// How an answer is compared with those.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Field by field, as they stand.
    Fields,
    /// As requests, part by part.
    Parts,
    /// By what they come to.
    Seen,
}

impl Answers {
    /// What the case expects of an answer to the message.
    pub fn of(example: Example<'_>) -> Result<Self, EmitError> {
        let Example { case, message } = example;
        let operation = case.operation;
        let (accepted, replies) = match case.expectation {
            Expectation::Accepted => (true, accepted(operation, message)),
            Expectation::Without(mistake) if choice::can_fail(case, message) => {
                (false, operation.reply(message, &[mistake]).into_iter().collect())
            }
            Expectation::Without(_) => return Err(EmitError::CannotFail { case: case.id.clone() }),
        };
        let is_refused = replies.iter().all(|reply| matches!(reply, Reply::Rejected(_)));
        let comparison = match operation.id() {
            _ if is_refused => Comparison::Fields,
            id if REQUESTS.contains(&id) => Comparison::Parts,
            id if SPELT.contains(&id) => Comparison::Seen,
            _ => Comparison::Fields,
        };
        let value = match comparison {
            Comparison::Fields => {
                let spellings = replies.iter().flat_map(|reply| spellings(operation, message, reply));
                Value::Array(spellings.collect())
            }
            Comparison::Parts => parts(operation, &replies),
            Comparison::Seen => replies.iter().map(told).collect(),
        };
        Ok(Self { accepted, comparison, value })
    }
}

/// The right answer and those that are accepted beside it; what comes to the same stands once.
fn accepted(operation: &dyn Operation, message: &Message) -> Vec<Reply> {
    let tolerated = operation.tolerated(message).into_iter().map(|(reply, _)| reply);
    let mut seen = Vec::new();
    let mut replies: Vec<Reply> = operation.reply(message, &[]).into_iter().chain(tolerated).collect();
    replies.retain(|reply| {
        let observed = operation.observe(message, reply);
        let is_new = !seen.contains(&observed);
        seen.push(observed);
        is_new
    });
    replies
}

/// A reply as an adapter gives it.
fn told(reply: &Reply) -> Value {
    match reply {
        Reply::Answer(answer) => json!({ "answer": answer }),
        Reply::Rejected(why) if why.is_empty() => json!({ "rejected": "left open" }),
        Reply::Rejected(why) => json!({ "rejected": why }),
    }
}

/// The answer with the fields alone that are looked at, once for each way to write an empty one.
fn spellings(operation: &dyn Operation, message: &Message, reply: &Reply) -> Vec<Value> {
    let Reply::Answer(answer) = reply else { return vec![told(reply)] };
    let observed = operation.observe(message, reply);
    let same =
        |other: &Map<String, Value>| operation.observe(message, &Reply::Answer(other.clone())) == observed;
    let with = |answer: &Map<String, Value>, name: &str, value: Value| {
        let mut other = answer.clone();
        other.insert(name.to_owned(), value);
        other
    };
    let mut counted = answer.clone();
    counted.retain(|name, _| !same(&with(answer, name, json!("something else"))));
    let mut all = vec![counted.clone()];
    for (name, shape) in operation.answer(&message.form) {
        let empty = counted.get(name).is_some_and(|value| value.is_null() || value == "" || value == "0");
        if !empty || matches!(shape, Shape::OneOf(_)) {
            continue;
        }
        let written = [Value::Null, json!(""), json!("0")];
        let others: Vec<_> = written
            .into_iter()
            .filter(|value| shape == Shape::TextOrNull || !value.is_null())
            .filter(|value| *value != counted[name] && same(&with(answer, name, value.clone())))
            .flat_map(|value| {
                all.iter().map(move |known| with(known, name, value.clone())).collect::<Vec<_>>()
            })
            .collect();
        all.extend(others);
    }
    all.into_iter().map(|answer| json!({ "answer": answer })).collect()
}

/// What each part of a request may be. The answers that are left open are free to differ in any of them.
fn parts(operation: &dyn Operation, replies: &[Reply]) -> Value {
    let requests: Vec<&Map<String, Value>> = replies
        .iter()
        .filter_map(|reply| match reply {
            Reply::Answer(answer) => Some(answer),
            Reply::Rejected(_) => None,
        })
        .collect();
    let each = |part: &dyn Fn(&Map<String, Value>) -> Value| {
        let mut values: Vec<Value> = Vec::new();
        for request in &requests {
            let value = part(request);
            if !values.contains(&value) {
                values.push(value);
            }
        }
        Value::Array(values)
    };
    // A body that is JSON or a form says so itself there.
    let is_looked_at = |name: &str| name != "content-type" || operation.id() != "quickpay.subscription";
    let names: Vec<String> = requests.first().map(|request| header_names(request)).unwrap_or_default();
    let headers: Map<String, Value> = names
        .into_iter()
        .filter(|name| is_looked_at(name))
        .map(|name| (name.clone(), each(&|request| header(request, &name))))
        .collect();
    let body = |request: &Map<String, Value>| -> Map<String, Value> {
        let body = request.get("body").and_then(Value::as_str).unwrap_or_default();
        serde_json::from_str(body).unwrap_or_default()
    };
    let names = requests.first().map(|request| body(request)).unwrap_or_default();
    let fields: Map<String, Value> = names
        .keys()
        .map(|name| (name.clone(), each(&|request| body(request).get(name).cloned().unwrap_or_default())))
        .collect();
    json!({
        "method": each(&|request| request.get("method").cloned().unwrap_or_default()),
        "url": each(&|request| request.get("url").cloned().unwrap_or_default()),
        "headers": headers,
        "fields": fields,
        "rejected": replies.iter().any(|reply| matches!(reply, Reply::Rejected(_))),
    })
}

fn pairs(request: &Map<String, Value>) -> Vec<(String, String)> {
    let headers = request.get("headers").cloned().unwrap_or_default();
    serde_json::from_value(headers).unwrap_or_default()
}

fn header_names(request: &Map<String, Value>) -> Vec<String> {
    pairs(request).into_iter().map(|(name, _)| name.to_ascii_lowercase()).collect()
}

fn header(request: &Map<String, Value>, name: &str) -> Value {
    let found = pairs(request).into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map_or(Value::Null, |(_, value)| Value::String(value))
}
