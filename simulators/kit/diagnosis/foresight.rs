//! What explanations foresee for one example, and whether that is what came.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap};

use super::Example;
use crate::kit::operation::{Message, Observation, Operation, Reply};
use crate::kit::parts::{Parts, differing, told};
use crate::kit::scheme::Mistake;

/// What explanations foresee for one example. Many are asked about an example in a row: a message is taken
/// apart once, and most explanations foresee one of a few replies, each of which is looked at once.
pub(super) struct Foresight<'a> {
    operation: &'a dyn Operation,
    pub(super) example: &'a Example<'a>,
    /// The mistakes whose parts of an answer are looked at; none: the whole is.
    judged: &'a [&'static Mistake],
    /// Replies, and what they come to.
    known: HashMap<Reply, Observation>,
    look: OnceCell<Look>,
}

/// The answer part by part, and which of its parts are looked at.
struct Look {
    right: Parts,
    got: Parts,
    judged: BTreeSet<&'static str>,
}

impl<'a> Foresight<'a> {
    /// For an example as a whole.
    pub(super) fn new(operation: &'a dyn Operation, example: &'a Example<'a>) -> Self {
        Self::within(operation, example, &[])
    }

    /// For the parts of an answer that these mistakes change.
    pub(super) fn within(
        operation: &'a dyn Operation,
        example: &'a Example<'a>,
        judged: &'a [&'static Mistake],
    ) -> Self {
        Self { operation, example, judged, known: HashMap::new(), look: OnceCell::new() }
    }

    /// Whether somebody who makes these mistakes would have answered so: as a whole, or where only some parts are looked
    /// at in these, and in those that the mistakes change.
    pub(super) fn agrees(&mut self, explanation: &[&'static Mistake]) -> bool {
        let Some(reply) = self.operation.reply(self.example.message, explanation) else { return false };
        if self.comes_to_the_same(&reply) {
            return true;
        }
        !self.judged.is_empty() && self.agrees_in_part(&reply)
    }

    /// Whether an answer that is right speaks against them: where they change it, it is right.
    pub(super) fn contradicts(&mut self, explanation: &[&'static Mistake]) -> bool {
        let Some(reply) = self.operation.reply(self.example.message, explanation) else { return true };
        if self.comes_to_the_same(&reply) {
            return false;
        }
        let look = self.look.get_or_init(|| Look::new(self.operation, self.example, self.judged));
        if self.judged.is_empty() || look.right.len() < 2 && look.got.len() < 2 {
            return true;
        }
        let changed = differing(&look.right, &self.operation.parts(self.example.message, &reply));
        changed.iter().any(|name| told(&look.got, name) == told(&look.right, name))
    }

    fn agrees_in_part(&self, reply: &Reply) -> bool {
        let look = self.look.get_or_init(|| Look::new(self.operation, self.example, self.judged));
        if look.right.len() < 2 && look.got.len() < 2 {
            return false;
        }
        let made = self.operation.parts(self.example.message, reply);
        let changed = differing(&look.right, &made);
        let is_so = |name: &str| told(&look.got, name) == told(&made, name);
        changed.iter().chain(&look.judged).all(|name| is_so(name))
    }

    /// What the answer of somebody who makes these mistakes comes to; `None` where they exclude each other.
    pub(super) fn foreseen(&mut self, explanation: &[&'static Mistake]) -> Option<&Observation> {
        let reply = self.operation.reply(self.example.message, explanation)?;
        Some(self.observed(reply))
    }

    /// Whether a reply comes to what came.
    fn comes_to_the_same(&mut self, reply: &Reply) -> bool {
        let got = self.example.got;
        reply == self.example.reply || self.observed(reply.clone()) == got
    }

    fn observed(&mut self, reply: Reply) -> &Observation {
        let (operation, message) = (self.operation, self.example.message);
        self.known.entry(reply).or_insert_with_key(|reply| operation.observe(message, reply))
    }
}

impl Look {
    fn new(operation: &dyn Operation, example: &Example<'_>, judged: &[&'static Mistake]) -> Self {
        let message = example.message;
        let parts = |reply: &Reply| operation.parts(message, reply);
        let right = operation.reply(message, &[]).map(|reply| parts(&reply)).unwrap_or_default();
        Self { got: parts(example.reply), judged: changed_by(operation, message, &right, judged), right }
    }
}

/// The parts of an answer that one of these mistakes changes; where they make it one of another kind, also those that
/// tell them from each other.
fn changed_by(
    operation: &dyn Operation,
    message: &Message,
    right: &Parts,
    mistakes: &[&'static Mistake],
) -> BTreeSet<&'static str> {
    let made = mistakes.iter().filter_map(|mistake| operation.reply(message, &[mistake]));
    let made: Vec<Parts> = made.map(|reply| operation.parts(message, &reply)).collect();
    let mut names: BTreeSet<&'static str> = made.iter().flat_map(|made| differing(right, made)).collect();
    let mut kinds: Vec<&Parts> = Vec::new();
    for parts in made.iter().filter(|parts| parts.first() != right.first()) {
        match kinds.iter().find(|one| one.first() == parts.first()) {
            Some(one) => names.extend(differing(one, parts)),
            None => kinds.push(parts),
        }
    }
    names
}
