//! One answer to everything: it is hard-coded, or the code never sees the message.

use super::Answered;
use crate::conformance::Property;

/// So many messages must get the answer before that is said.
const ENOUGH: usize = 4;
/// So many of them are looked at to see that other answers are called for.
const LOOKED_AT: usize = 64;

/// Whether all messages got one and the same answer, although they call for different ones.
pub(super) fn is_constant(case: &Property, answers: &[Answered]) -> bool {
    let operation = case.operation;
    let Some(first) = answers.first().filter(|_| answers.len() >= ENOUGH) else { return false };
    if answers.iter().any(|answer| answer.observed(operation) != first.observed(operation)) {
        return false;
    }
    let wanted = |answer: &Answered| {
        operation.reply(&answer.message, &[]).map(|reply| operation.observe(&answer.message, &reply))
    };
    let one = wanted(first);
    answers.iter().take(LOOKED_AT).any(|answer| wanted(answer) != one)
}
