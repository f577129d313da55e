//! The reference integrator as an adapter: right for every operation, and wrong on demand.

use std::io::{self, BufRead, Write};

use provkassa_simulators::kit::operation::{Message, Operation, Reply};
use provkassa_simulators::kit::scheme::Mistake;
use provkassa_simulators::kit::wire::from_json;
use provkassa_simulators::{PROVIDERS, operation};
use serde_json::{Map, Value, json};

use super::{Hello, Integrator, PROTOCOL, Said};

/// How many requests it takes before it replies.
const WINDOW: usize = 64;

/// Answers line by line until the input ends.
pub fn run(input: impl BufRead, mut output: impl Write, mistakes: Vec<&'static Mistake>) -> io::Result<()> {
    let reference = Reference(mistakes);
    for line in input.lines() {
        let reply = answer(&line?, &reference);
        writeln!(output, "{reply}")?;
        output.flush()?;
    }
    Ok(())
}

/// The reference integrator in this process, with the mistakes that it makes.
#[derive(Clone, Debug)]
pub struct Reference(pub Vec<&'static Mistake>);

impl Integrator for Reference {
    fn hello(&self) -> Hello {
        Hello {
            name: "provkassa's reference integrator".to_owned(),
            language: "Rust".to_owned(),
            ops: operations().map(|operation| operation.id().to_owned()).collect(),
            window: WINDOW,
            controls_time: true,
        }
    }

    fn answer(&self, operation: &dyn Operation, message: &Message) -> Said {
        let made = self.made_in(operation);
        match operation.reply(message, &made) {
            Some(Reply::Answer(mut answer)) => {
                if let Some(canonical) = operation.canonical(message, &made) {
                    answer.insert("explain".to_owned(), json!(String::from_utf8_lossy(&canonical)));
                }
                Said::Reply(Reply::Answer(answer))
            }
            Some(rejected) => Said::Reply(rejected),
            None => Said::Unsupported("these mistakes exclude each other".to_owned()),
        }
    }
}

impl Reference {
    /// Those of the mistakes that can be made in an operation: a step that several signing schemes have in common
    /// goes wrong only where somebody made it wrong.
    fn made_in(&self, operation: &dyn Operation) -> Vec<&'static Mistake> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let own = operation.mistakes();
        self.0.iter().copied().filter(|made| own.iter().any(|one| one.id == made.id)).collect()
    }
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

fn answer(line: &str, reference: &Reference) -> Value {
    let mut fields: Map<String, Value> = match serde_json::from_str(line) {
        Ok(fields) => fields,
        Err(error) => return json!({"id": 0, "error": format!("the line is no JSON object: {error}")}),
    };
    let id = fields.remove("id").unwrap_or(json!(0));
    let op = fields.remove("op");
    let op = op.as_ref().and_then(Value::as_str).unwrap_or("");
    if op == "hello" {
        let Hello { name, language, ops, window, controls_time } = reference.hello();
        return json!({"id": id, "answer": {
            "protocol": PROTOCOL, "name": name, "language": language,
            "ops": ops, "window": window, "controls_time": controls_time,
        }});
    }
    let Some(operation) = operation(op) else {
        return json!({"id": id, "unsupported": format!("there is no operation `{op}`")});
    };
    match from_json(operation, &fields) {
        Err(error) => json!({"id": id, "rejected": error.to_string()}),
        Ok(message) => match reference.answer(operation, &message) {
            Said::Reply(Reply::Answer(answer)) => json!({"id": id, "answer": answer}),
            Said::Reply(Reply::Rejected(why)) => json!({"id": id, "rejected": why}),
            Said::Unsupported(why) => json!({"id": id, "unsupported": why}),
        },
    }
}
