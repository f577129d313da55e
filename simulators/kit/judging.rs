//! What an answer is worth.

use std::cell::OnceCell;

use super::operation::{Message, Operation, Reply};
use super::parts::{Parts, differing, told};
use super::scheme::Mistake;

/// What an answer is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// The right one.
    Right,
    /// Accepted, because the document leaves it open: why.
    Tolerated(&'static str),
    /// Neither.
    Wrong,
}

/// Judges an answer.
#[must_use]
pub fn judge(operation: &dyn Operation, message: &Message, reply: &Reply) -> Judgement {
    Expected::of(operation, message).judge(reply)
}

/// What is expected of an integrator that gets a message. Other answers than the right one are made when they are
/// needed, and once: that is what judging spends its time on.
#[derive(Debug)]
pub struct Expected<'a> {
    operation: &'a dyn Operation,
    message: &'a Message,
    right: Option<Reply>,
    open: OnceCell<Vec<(Reply, &'static str)>>,
}

impl<'a> Expected<'a> {
    /// What this message is rightly answered.
    #[must_use]
    pub fn of(operation: &'a dyn Operation, message: &'a Message) -> Self {
        Self { operation, message, right: operation.reply(message, &[]), open: OnceCell::new() }
    }

    /// What the document leaves open besides, without what comes to the same letters.
    fn open(&self) -> &[(Reply, &'static str)] {
        self.open.get_or_init(|| {
            let mut open: Vec<(Reply, &'static str)> = Vec::new();
            for (reply, why) in self.operation.tolerated(self.message) {
                let mut known = self.right.iter().chain(open.iter().map(|(reply, _)| reply));
                if !known.any(|known| known.repeats(&reply)) {
                    open.push((reply, why));
                }
            }
            open
        })
    }

    /// Judges an answer.
    #[must_use]
    pub fn judge(&self, reply: &Reply) -> Judgement {
        // Most answers are the right one to the letter, and what that comes to need not be found out.
        if self.right.as_ref().is_some_and(|right| right.repeats(reply)) {
            return Judgement::Right;
        }
        let observed = self.operation.observe(self.message, reply);
        let same = |other: &Reply| self.operation.observe(self.message, other) == observed;
        if self.right.as_ref().is_some_and(same) {
            return Judgement::Right;
        }
        let tolerated = self.open().iter().find(|(other, _)| other.repeats(reply) || same(other));
        tolerated.map_or(Judgement::Wrong, |(_, why)| Judgement::Tolerated(why))
    }

    /// Whether an answer is wrong wherever one of these mistakes makes it wrong, in this way or another, and the
    /// document does not leave that open. An answer without parts is wrong or right as a whole.
    #[must_use]
    pub fn is_wrong_where(&self, reply: &Reply, mistakes: &[&'static Mistake]) -> bool {
        let Some(right_reply) = &self.right else { return true };
        let parts = |reply: &Reply| self.operation.parts(self.message, reply);
        let (right, got) = (parts(right_reply), parts(reply));
        if right.len() < 2 && got.len() < 2 {
            return true;
        }
        let names = right.iter().chain(&got).map(|(name, _)| *name);
        let differs = |other: &Parts, name: &str| told(other, name) != told(&got, name);
        let wrong: Vec<&'static str> = names.filter(|name| differs(&right, name)).collect();
        // Taking a reply apart is dear: not one that changes nothing, and none for an answer in which nothing is wrong.
        if wrong.is_empty() {
            return false;
        }
        let made = mistakes.iter().filter_map(|mistake| self.operation.reply(self.message, &[mistake]));
        let changed = made.filter(|made| made != right_reply).map(|made| differing(&right, &parts(&made)));
        let is_wrong = |changed: &Vec<&'static str>| {
            !changed.is_empty() && changed.iter().all(|name| wrong.contains(name))
        };
        let mut suspect = changed.filter(is_wrong).peekable();
        if suspect.peek().is_none() {
            return false;
        }
        // What an answer of another kind lacks excuses nothing that this one lacks.
        let open = self.open().iter().map(|(reply, _)| parts(reply));
        let open: Vec<Parts> = open.filter(|open| open.first() == got.first()).collect();
        suspect.any(|changed| changed.iter().all(|name| open.iter().all(|open| differs(open, name))))
    }
}
