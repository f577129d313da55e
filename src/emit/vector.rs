//! A case as a vector, in the format of `provkassa vectors`.

use provkassa_simulators::kit::operation::{
    Judgement, Message, Operation, Parameter, Reply, Verification, judge,
};
use provkassa_simulators::kit::provider::Ground;
use provkassa_simulators::kit::scheme::Mistake;
use provkassa_simulators::kit::wire::to_json;
use serde_json::{Map, Value, json};

use super::{EmitError, Example, choice};
use crate::conformance::case::Expectation;

/// The examples as files of vectors: one for each provider, and a list of them where there are several.
pub fn documents(examples: &[Example<'_>]) -> Result<String, EmitError> {
    let mut files: Vec<(String, Vec<Value>)> = Vec::new();
    for example in examples {
        let provider = example.case.id.split('/').next().unwrap_or_default();
        let group = json!({
            "operation": example.case.operation.id(),
            "source": example.case.source,
            "vectors": [vector(*example)?],
        });
        match files.iter_mut().find(|(known, _)| known == provider) {
            Some((_, groups)) => groups.push(group),
            None => files.push((provider.to_owned(), vec![group])),
        }
    }
    let mut files: Vec<Value> = files
        .into_iter()
        .map(|(provider, groups)| json!({ "schema": "provkassa/vectors/1", "provider": provider, "groups": groups }))
        .collect();
    let whole = if files.len() == 1 { files.remove(0) } else { Value::Array(files) };
    Ok(serde_json::to_string_pretty(&whole).unwrap_or_default() + "\n")
}

fn vector(example: Example<'_>) -> Result<Value, EmitError> {
    let Example { case, message } = example;
    let operation = case.operation;
    let (made, answer) = answer(example)?;
    let mut vector = Map::from_iter([
        ("id".to_owned(), json!(case.id.replace('/', "-"))),
        ("comment".to_owned(), json!(format!("{}: {}", case.id, case.requirement))),
        ("message".to_owned(), Value::Object(to_json(operation, message))),
        ("result".to_owned(), json!(if made.is_some() { "invalid" } else { "valid" })),
        ("provenance".to_owned(), json!(said(case.provenance))),
    ]);
    if let Some(mistake) = made {
        vector.insert("mistake".to_owned(), json!(mistake.id));
    }
    let made: Vec<&'static Mistake> = made.into_iter().collect();
    if let Some(canonical) = operation.canonical(message, &made)
        && let Ok(canonical) = String::from_utf8(canonical)
    {
        vector.insert("canonical".to_owned(), json!(canonical));
    }
    if operation.id() == "fena.token" {
        vector.insert("verdicts".to_owned(), verdicts(operation, message, &answer));
    }
    vector.insert("answer".to_owned(), Value::Object(answer));
    Ok(Value::Object(vector))
}

/// The right answer. A vector has to have one: where right is to refuse the message, or to answer anything but
/// what a mistake makes of it, it is the mistake's.
fn answer(example: Example<'_>) -> Result<(Option<&'static Mistake>, Map<String, Value>), EmitError> {
    let Example { case, message } = example;
    let operation = case.operation;
    let wrong = |mistake: &&'static Mistake| match operation.reply(message, &[mistake])? {
        reply @ Reply::Answer(_) if judge(operation, message, &reply) != Judgement::Wrong => None,
        Reply::Answer(answer) => Some((Some(*mistake), answer)),
        Reply::Rejected(_) => None,
    };
    if let Expectation::Without(mistake) = case.expectation
        && choice::can_fail(case, message)
        && let Some(Reply::Answer(answer)) = operation.reply(message, &[mistake])
    {
        return Ok((Some(mistake), answer));
    }
    match operation.reply(message, &[]) {
        Some(Reply::Answer(answer)) => Ok((None, answer)),
        _ => {
            let mistakes = operation.mistakes();
            let found = mistakes.iter().find_map(wrong);
            found.ok_or_else(|| EmitError::CannotFail { case: case.id.clone() })
        }
    }
}

fn said(ground: Ground) -> &'static str {
    match ground {
        Ground::Assumed => "assumed",
        Ground::Documented => "documented",
        Ground::Observed => "observed",
    }
}

/// What Fena says to a token, under each set of rules.
fn verdicts(operation: &dyn Operation, message: &Message, answer: &Map<String, Value>) -> Value {
    let token = answer.get("token").and_then(Value::as_str).unwrap_or_default();
    let given: &[Parameter] = &message.given;
    let faults = match operation.read(token, None, given) {
        Ok(Verification::Examined(examination)) => examination.faults,
        _ => Vec::new(),
    };
    let under =
        |lenient: bool| faults.iter().find(|fault| !(lenient && fault.passes)).map_or("ok", |fault| fault.id);
    let at: i64 = message.given("now").parse().unwrap_or_default();
    json!({ "at": at, "documented": under(true), "live": under(false) })
}
