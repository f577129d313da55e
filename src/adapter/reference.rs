//! The reference integrator as an adapter: right for every operation, and wrong on demand.

use std::io::{self, BufRead, Write};

use provkassa_simulators::kit::operation::{Operation, Reply};
use provkassa_simulators::kit::scheme::Mistake;
use provkassa_simulators::kit::wire::from_json;
use provkassa_simulators::{PROVIDERS, operation};
use serde_json::{Map, Value, json};

use super::PROTOCOL;

/// Answers line by line until the input ends.
pub fn run(input: impl BufRead, mut output: impl Write, mistakes: &[&'static Mistake]) -> io::Result<()> {
    for line in input.lines() {
        let reply = answer(&line?, mistakes);
        writeln!(output, "{reply}")?;
        output.flush()?;
    }
    Ok(())
}

/// Every mistake of every operation, each once.
#[must_use]
pub fn mistakes() -> Vec<&'static Mistake> {
    let mut all: Vec<&'static Mistake> = Vec::new();
    for mistake in operations().flat_map(Operation::mistakes) {
        if !all.iter().any(|known| known.id == mistake.id) {
            all.push(mistake);
        }
    }
    all
}

fn operations() -> impl Iterator<Item = &'static dyn Operation> {
    PROVIDERS.iter().flat_map(|provider| provider.operations()).copied()
}

fn answer(line: &str, mistakes: &[&'static Mistake]) -> Value {
    let mut fields: Map<String, Value> = match serde_json::from_str(line) {
        Ok(fields) => fields,
        Err(error) => return json!({"id": 0, "error": format!("the line is no JSON object: {error}")}),
    };
    let id = fields.remove("id").unwrap_or(json!(0));
    let op = fields.remove("op");
    let op = op.as_ref().and_then(Value::as_str).unwrap_or("");
    if op == "hello" {
        let ops: Vec<_> = operations().map(Operation::id).collect();
        return json!({"id": id, "answer": {
            "protocol": PROTOCOL, "name": "provkassa's reference integrator", "language": "Rust",
            "ops": ops, "window": 64, "controls_time": true,
        }});
    }
    let Some(operation) = operation(op) else {
        return json!({"id": id, "unsupported": format!("there is no operation `{op}`")});
    };
    match from_json(operation, &fields) {
        Err(error) => json!({"id": id, "rejected": error.to_string()}),
        Ok(message) => match operation.reply(&message, mistakes) {
            Some(Reply::Answer(mut answer)) => {
                if let Some(canonical) = operation.canonical(&message, mistakes) {
                    answer.insert("explain".to_owned(), json!(String::from_utf8_lossy(&canonical)));
                }
                json!({"id": id, "answer": answer})
            }
            Some(Reply::Rejected(why)) => json!({"id": id, "rejected": why}),
            None => json!({"id": id, "error": "these mistakes exclude each other"}),
        },
    }
}
