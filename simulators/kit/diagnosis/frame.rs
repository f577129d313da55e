//! What a condition is sought for: when it fails at all, or when a mistake that we know is made.

use std::collections::BTreeSet;

use super::{Diagnosis, Example, Explanation};
use crate::kit::operation::{Message, Observation, Operation, Reply};

/// What an answer says of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tells {
    /// It is met.
    Met,
    /// It is not.
    Unmet,
    /// Nothing: the answer would be the same either way.
    Nothing,
    /// It is not this that is done wrong.
    Otherwise,
}

/// What is done wrong, whenever that may be.
#[derive(Clone, Debug)]
pub struct Frame {
    /// What is done wrong whatever the message.
    pub always: Explanation,
    /// What is done wrong under the condition; nothing: we do not know what.
    pub then: Explanation,
    /// What should have been answered where it failed: of what only reads the answer, else whether it is refused.
    /// Other messages are about something else: that a forgery is refused says nothing of genuine ones.
    about: BTreeSet<Observation>,
}

/// So many mistakes are tried under a condition.
const TRIED: usize = 4;

impl Frame {
    fn new(
        operation: &dyn Operation,
        failing: &[Example<'_>],
        always: Explanation,
        then: Explanation,
    ) -> Self {
        let about = failing.iter().filter_map(|example| kind(operation, example.message)).collect();
        Self { always, then, about }
    }

    /// What an answer says. `failed`: whether it breaks the case's requirement.
    #[must_use]
    pub fn tells(
        &self,
        operation: &dyn Operation,
        message: &Message,
        got: &Observation,
        failed: bool,
    ) -> Tells {
        if kind(operation, message).is_some_and(|kind| !self.about.contains(&kind)) {
            return Tells::Nothing;
        }
        if self.always.is_empty() && self.then.is_empty() {
            return if failed { Tells::Met } else { Tells::Unmet };
        }
        let otherwise = foretold(operation, message, &self.always);
        if self.then.is_empty() {
            return if otherwise.as_ref() == Some(got) || !failed { Tells::Unmet } else { Tells::Met };
        }
        let both: Explanation = self.always.iter().chain(&self.then).copied().collect();
        let met = foretold(operation, message, &both);
        match (met.as_ref() == Some(got), otherwise.as_ref() == Some(got)) {
            (true, true) => Tells::Nothing,
            (true, false) => Tells::Met,
            (false, true) => Tells::Unmet,
            (false, false) if failed => Tells::Otherwise,
            (false, false) => Tells::Nothing,
        }
    }
}

/// What kind of message it is, by the right answer.
fn kind(operation: &dyn Operation, message: &Message) -> Option<Observation> {
    let right = operation.reply(message, &[])?;
    Some(match right {
        right if operation.reads() => operation.observe(message, &right),
        Reply::Answer(_) => "answered".to_owned(),
        Reply::Rejected(_) => "refused".to_owned(),
    })
}

fn foretold(
    operation: &dyn Operation,
    message: &Message,
    made: &[&'static super::Mistake],
) -> Option<Observation> {
    let reply: Reply = operation.reply(message, made)?;
    Some(operation.observe(message, &reply))
}

/// What may be done wrong under a condition, the likeliest first, where no mistake explains it all: a mistake that
/// explains what fails but shows in other answers too that were right; what is left by one that explains most;
/// anything.
#[must_use]
pub fn frames(
    operation: &dyn Operation,
    failing: &[Example<'_>],
    passing: &[Example<'_>],
    diagnosis: Option<&Diagnosis>,
) -> Vec<Frame> {
    let anything = Frame::new(operation, failing, Vec::new(), Vec::new());
    // Of two or three outcomes many mistakes make the same.
    if operation.reads() {
        return vec![anything];
    }
    let mut frames = Vec::new();
    let under = |always: &Explanation, left: &[Example<'_>], right: &[Example<'_>]| {
        let mut known: Vec<(usize, Explanation)> = Vec::new();
        for mistake in operation.mistakes() {
            let both: Explanation = always.iter().copied().chain([mistake]).collect();
            let predicts = |example: &&Example<'_>| {
                foretold(operation, example.message, &both).as_ref() == Some(example.got)
            };
            if !always.iter().any(|made| made.id == mistake.id)
                && left.iter().all(|example| predicts(&example))
            {
                known.push((right.iter().filter(|example| !predicts(example)).count(), vec![mistake]));
            }
        }
        // The fewer right answers speak against it, the narrower is the condition.
        known.sort_by_key(|(against, _)| *against);
        known.into_iter().take(TRIED).map(|(_, then)| then).collect::<Vec<_>>()
    };
    for then in under(&Vec::new(), failing, passing) {
        frames.push(Frame::new(operation, failing, Vec::new(), then));
    }
    if let Some(diagnosis) = diagnosis {
        let always = &diagnosis.named;
        let explained = |example: &&Example<'_>| {
            foretold(operation, example.message, always).as_ref() == Some(example.got)
        };
        let (mut right, mut left) = (passing.to_vec(), Vec::new());
        for example in failing {
            if explained(&example) { right.push(example.clone()) } else { left.push(example.clone()) }
        }
        for then in under(always, &left, &right) {
            frames.push(Frame::new(operation, failing, always.clone(), then));
        }
        frames.push(Frame::new(operation, failing, always.clone(), Vec::new()));
    }
    frames.push(anything);
    frames
}
