//! The checks inside your own test suite: your signing function in, the diagnosis out.
//!
//! ```
//! use provkassa::testing::{Message, conforms};
//! # use provkassa::simulators::kit::digest::{hex, sha256};
//!
//! /// Your code: BRP hashes the values, ordered by the names of their parameters, and the secret after them.
//! fn hash(mut parameters: Vec<(String, String)>, secret: &str) -> String {
//!     parameters.retain(|(name, _)| name != "hash" && name != "payeralias");
//!     parameters.sort_by(|(one, _), (other, _)| one.cmp(other));
//!     let values: String = parameters.into_iter().map(|(_, value)| value).collect();
//!     hex(&sha256(format!("{values}{secret}").as_bytes()))
//! }
//!
//! // Inside a #[test]:
//! conforms("brp.hash", |message: &Message| hash(message.list(), message.given("secret")));
//! ```
//!
//! A test that fails prints the mistake, why it is wrong and how to put it right, the smallest message that fails,
//! both strings that were hashed, and one line that tries exactly this message again. Your function may borrow
//! from the test, may panic, and may start a runtime of its own; `conforms` may be called in a test that is async.

mod answer;
mod bridge;
mod check;
mod report;

use std::fmt;

pub use provkassa_simulators::kit::operation::{Message, Reply};

pub use crate::adapter::{Hello, Integrator, Said};
pub use crate::finding::Finding;

use provkassa_simulators::kit::diagnosis::explained;
use provkassa_simulators::kit::operation::{Judgement, well_formed};

pub use answer::Answer;
pub use check::{Check, SetupError};
pub use report::Report;

use crate::finding::Failure;

/// Tries every case of an operation on your function, and panics with the diagnosis if one fails.
///
/// # Panics
///
/// If the function does not conform, breaks on a message, or if there is no such operation.
#[track_caller]
pub fn conforms<A: Answer>(operation: &str, answer: impl FnMut(&Message) -> A) {
    Check::of(operation, answer).assert();
}

/// An answer that is wrong, with the diagnosis.
#[derive(Clone, Debug)]
pub struct Wrong(pub Box<Finding>);

impl fmt::Display for Wrong {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.lines().join("\n"))
    }
}

impl std::error::Error for Wrong {}

/// Judges one answer, for a property or a loop of your own.
///
/// # Panics
///
/// If there is no such operation, or if what was returned cannot be an answer to it.
#[track_caller]
pub fn judge(operation: &str, message: &Message, answer: impl Answer) -> Result<(), Wrong> {
    let operation = match check::operation(operation) {
        Ok(operation) => operation,
        Err(error) => panic!("{error}"),
    };
    let reply = match answer.said(operation, message) {
        Ok(Said::Reply(reply)) => reply,
        Ok(Said::Unsupported(_)) => return Ok(()),
        Err(why) => panic!("{why}"),
    };
    if let Reply::Answer(answer) = &reply
        && let Err(why) = well_formed(operation, &message.form, answer)
    {
        panic!("{why}");
    }
    if provkassa_simulators::kit::operation::judge(operation, message, &reply) != Judgement::Wrong {
        return Ok(());
    }
    let diagnosis = explained(operation, message, &reply);
    let mut finding =
        Finding::new(&Failure { operation, message, reply: &reply, diagnosis: diagnosis.as_ref() });
    (finding.failed, finding.tried) = (1, 1);
    Err(Wrong(Box::new(finding)))
}
