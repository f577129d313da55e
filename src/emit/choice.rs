//! Which message of a case is printed.

use provkassa_simulators::kit::operation::Message;

use super::EmitError;
use crate::conformance::Property;
use crate::conformance::case::Expectation;
use crate::conformance::properties::{fails, messages};

/// How many messages are looked at to find one that can fail.
const TRIES: usize = 256;

/// The case's first message: of its vectors, else of those that the seed generates. Where a case is about one
/// mistake alone, it is the first message that the mistake makes a difference to.
pub fn message(case: &Property, seed: u64) -> Result<Message, EmitError> {
    let count = match case.expectation {
        Expectation::Accepted => case.generated.len(),
        Expectation::Without(_) => TRIES,
    };
    let messages = messages(case, seed, count);
    let is_none = messages.is_empty();
    messages.into_iter().find(|message| can_fail(case, message)).ok_or_else(|| {
        let case = case.id.clone();
        if is_none { EmitError::NoMessage { case } } else { EmitError::CannotFail { case } }
    })
}

/// Whether an answer to the message can fail the case.
pub(super) fn can_fail(case: &Property, message: &Message) -> bool {
    let Expectation::Without(mistake) = case.expectation else { return true };
    case.operation.reply(message, &[mistake]).is_some_and(|reply| fails(case, message, &reply))
}
