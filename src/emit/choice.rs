//! Which message of a case is printed.

use provkassa_simulators::kit::operation::Message;

use super::EmitError;
use crate::conformance::Case;
use crate::conformance::case::Expectation;
use crate::conformance::properties::{fails, messages};

/// How many messages are looked at to find one that can fail.
const TRIES: usize = 256;

/// The case's first message: of its vectors, else of those that the seed generates. Where a case is about one
/// mistake alone, it is the first message that the mistake makes a difference to.
pub fn message(case: &Case, seed: u64) -> Result<Message, EmitError> {
    let mut messages = messages(case, seed, TRIES).into_iter().peekable();
    if messages.peek().is_none() {
        return Err(EmitError::NoMessage { case: case.id.clone() });
    }
    messages
        .find(|message| can_fail(case, message))
        .ok_or_else(|| EmitError::CannotFail { case: case.id.clone() })
}

/// Whether an answer to the message can fail the case.
pub(super) fn can_fail(case: &Case, message: &Message) -> bool {
    let Expectation::Without(mistake) = case.expectation else { return true };
    case.operation.reply(message, &[mistake]).is_some_and(|reply| fails(case, message, &reply))
}
