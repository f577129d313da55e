//! What a function under test may return.

use std::fmt;

use provkassa_simulators::kit::operation::{Message, Operation, Reply};
use serde_json::Value;

use crate::adapter::Said;

/// What your function made of a message.
///
/// A text is the answer to an operation that has one field, as `brp.hash` and `brp.link` have. A JSON object or a
/// [`Reply`] is an answer with its fields. An `Err` says that your code refuses the message, which is often right.
/// [`Said::Unsupported`] says that your code does not do this at all.
pub trait Answer {
    /// The answer as it is judged, or why it cannot be one.
    fn said(self, operation: &dyn Operation, message: &Message) -> Result<Said, String>;
}

impl Answer for Said {
    fn said(self, _operation: &dyn Operation, _message: &Message) -> Result<Said, String> {
        Ok(self)
    }
}

impl Answer for Reply {
    fn said(self, _operation: &dyn Operation, _message: &Message) -> Result<Said, String> {
        Ok(Said::Reply(self))
    }
}

impl Answer for Value {
    fn said(self, operation: &dyn Operation, message: &Message) -> Result<Said, String> {
        match self {
            Self::Object(answer) => Ok(Said::Reply(Reply::Answer(answer))),
            Self::String(text) => text.said(operation, message),
            other => {
                Err(format!("`{other}` is no answer to {}: {}", operation.id(), fields(operation, message)))
            }
        }
    }
}

impl Answer for String {
    fn said(self, operation: &dyn Operation, message: &Message) -> Result<Said, String> {
        match operation.answer(&message.form).as_slice() {
            [(name, _)] => Ok(Said::Reply(Reply::text(name, self))),
            _ => Err(format!(
                "a text alone is no answer to {}: {}",
                operation.id(),
                fields(operation, message)
            )),
        }
    }
}

impl Answer for &str {
    fn said(self, operation: &dyn Operation, message: &Message) -> Result<Said, String> {
        self.to_owned().said(operation, message)
    }
}

impl<T: Answer, E: fmt::Display> Answer for Result<T, E> {
    fn said(self, operation: &dyn Operation, message: &Message) -> Result<Said, String> {
        match self {
            Ok(answer) => answer.said(operation, message),
            Err(why) => Ok(Said::Reply(Reply::Rejected(why.to_string()))),
        }
    }
}

fn fields(operation: &dyn Operation, message: &Message) -> String {
    let names: Vec<_> = operation.answer(&message.form).into_iter().map(|(name, _)| name).collect();
    format!("it has the fields {}. Return a JSON object or a Reply with them", names.join(", "))
}
