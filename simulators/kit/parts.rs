//! The parts of an answer: each requirement is about some of them and says nothing of the others.

use super::operation::{Message, Operation, Reply};
use super::scheme::Mistake;

/// What an answer comes to, part by part: a part's name and what it comes to. The first says what kind of answer it
/// is, `the order is paid` or `nothing is sent`; a part that is not there has no entry.
pub type Parts = Vec<(&'static str, String)>;

/// The parts as one sentence, for an answer of few: `paid, order A/1`.
#[must_use]
pub fn sentence(parts: &Parts) -> String {
    let told = parts.iter().enumerate().map(|(place, (name, said))| match place {
        0 => said.clone(),
        _ => format!("{name} {said}"),
    });
    told.collect::<Vec<_>>().join(", ")
}

/// What the parts of a name come to; of a name that comes twice all of them.
pub(super) fn told<'a>(parts: &'a Parts, name: &str) -> Vec<&'a str> {
    parts.iter().filter(|(known, _)| *known == name).map(|(_, said)| said.as_str()).collect()
}

/// The names of the parts in which two answers differ. Where they differ in kind, what only one of them has is no
/// difference of its own: what is not sent has no wrong amount.
pub(super) fn differing(one: &Parts, other: &Parts) -> Vec<&'static str> {
    let same_kind = one.first() == other.first();
    let mut names: Vec<&'static str> = one.iter().chain(other).map(|(name, _)| *name).collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|name| {
        let (one, other) = (told(one, name), told(other, name));
        one != other && (same_kind || !(one.is_empty() || other.is_empty()))
    });
    names
}

/// Whether an answer shows a mistake, whatever else is wrong with it: it is mistaken in every part that the
/// mistake changes.
#[must_use]
pub fn shows(operation: &dyn Operation, message: &Message, reply: &Reply, mistake: &'static Mistake) -> bool {
    let (Some(right), Some(made)) = (operation.reply(message, &[]), operation.reply(message, &[mistake]))
    else {
        return false;
    };
    let parts = |reply: &Reply| operation.parts(message, reply);
    let (right, made, got) = (parts(&right), parts(&made), parts(reply));
    let changed = differing(&right, &made);
    !changed.is_empty() && changed.iter().all(|name| told(&got, name) == told(&made, name))
}

/// The parts in which an answer is wrong, and for which neither these mistakes nor what the document leaves open
/// account.
#[must_use]
pub fn unaccounted(
    operation: &dyn Operation,
    message: &Message,
    reply: &Reply,
    made: &[&'static Mistake],
) -> Vec<&'static str> {
    let parts = |reply: &Reply| operation.parts(message, reply);
    let got = parts(reply);
    let Some(right) = operation.reply(message, &[]).map(|reply| parts(&reply)) else { return Vec::new() };
    let mut wrong = differing(&right, &got);
    for (open, _) in operation.tolerated(message) {
        let open = parts(&open);
        wrong.retain(|name| told(&open, name) != told(&got, name));
    }
    if let Some(made) = operation.reply(message, made) {
        let made = parts(&made);
        wrong.retain(|name| told(&made, name) != told(&got, name));
    }
    wrong
}
