//! How the adapter broke: each cause once and in full, with the cases that it broke.

use super::shown::{counted, log, trace};
use crate::adapter::Fault;
use crate::conformance::{CaseResult, Obstacle, Verdict};

/// The most lines of what it reported, or wrote: a stack trace, and what leads up to it.
const TRACE: usize = 30;
/// The most cases that are named beside the first.
const NAMED: usize = 20;

/// One cause, with every case that it broke.
#[derive(Debug)]
pub(super) struct Broken<'a> {
    /// The first error of it.
    pub(super) error: &'a Obstacle,
    /// The cases; there is one at least.
    pub(super) cases: Vec<&'a CaseResult>,
    /// What it wrote since the case before that broke: an adapter to stderr, a shop wherever; none of a server, which
    /// keeps its own.
    stderr: Option<&'a str>,
}

impl<'a> Broken<'a> {
    /// Every cause, in the order in which it first came up.
    pub(super) fn causes(results: &'a [CaseResult]) -> Vec<Self> {
        let mut causes: Vec<Self> = Vec::new();
        let mut last = None;
        for result in results {
            let Verdict::Broken(error) = &result.verdict else { continue };
            let before = last.replace(error);
            if let Some(one) = causes.iter_mut().find(|one| is_same(one.error, error)) {
                one.cases.push(result);
                continue;
            }
            let before = causes.iter().map(|one| one.error).chain(before);
            let before = before.filter_map(|error| error.output());
            let stderr = error.output().map(|stderr| new_in(stderr, before));
            causes.push(Self { error, cases: vec![result], stderr });
        }
        causes
    }

    /// What broke.
    pub(super) fn who(&self) -> &'static str {
        match self.error {
            Obstacle::Adapter(_) => "adapter",
            #[cfg(feature = "cli")]
            Obstacle::Shop(_) => "shop",
        }
    }

    /// Where it wrote that: of a shop both outputs are kept.
    pub(super) fn channel(&self) -> &'static str {
        match self.error {
            Obstacle::Adapter(_) => "stderr",
            #[cfg(feature = "cli")]
            Obstacle::Shop(_) => "output",
        }
    }

    /// What stands before that.
    pub(super) fn wrote(&self) -> &'static str {
        match self.error {
            Obstacle::Adapter(_) => "It wrote to stderr",
            #[cfg(feature = "cli")]
            Obstacle::Shop(_) => "It wrote",
        }
    }

    /// What happened: a line, and those that belong to it with two blanks before them.
    pub(super) fn what(&self) -> Vec<String> {
        trace(&self.error.to_string(), TRACE)
    }

    /// What it wrote; nothing where that is unknown or was told already.
    pub(super) fn stderr(&self) -> Vec<String> {
        log(self.stderr.unwrap_or_default(), TRACE)
    }

    /// Whether it is known that it wrote nothing at all.
    #[cfg(feature = "cli")]
    pub(super) fn is_silent(&self) -> bool {
        self.error.output().is_some_and(|stderr| stderr.trim().is_empty())
    }

    /// How the message is tried again on which it broke; nothing where none had been sent.
    pub(super) fn again(&self) -> Option<&str> {
        self.error.asked().map(|asked| asked.replay.as_str()).filter(|command| !command.is_empty())
    }

    /// In which cases: `brp/hash/x, and 11 other cases: …`.
    pub(super) fn place(&self) -> String {
        let ids: Vec<&str> = self.cases.iter().map(|result| result.case.id.as_str()).collect();
        let Some((first, others)) = ids.split_first() else { return String::new() };
        if others.is_empty() {
            return (*first).to_owned();
        }
        let named = others[..others.len().min(NAMED)].join(", ");
        let more = match others.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!("{first}, and {}: {named}{more}", counted(others.len(), "other case", "other cases"))
    }
}

/// Whether two errors have one cause.
fn is_same(one: &Obstacle, other: &Obstacle) -> bool {
    match (one, other) {
        (Obstacle::Adapter(one), Obstacle::Adapter(other)) => is_one(&one.kind, &other.kind),
        #[cfg(feature = "cli")]
        (Obstacle::Shop(one), Obstacle::Shop(other)) => one.is_same(other),
        #[cfg(feature = "cli")]
        _ => false,
    }
}

/// Whether two faults of an adapter have one cause: the same one, whatever the message and the operation.
fn is_one(one: &Fault, other: &Fault) -> bool {
    match (one, other) {
        (Fault::Own { message: one, .. }, Fault::Own { message: other, .. }) => cause(one) == cause(other),
        (Fault::IllFormed { why: one, .. }, Fault::IllFormed { why: other, .. }) => one == other,
        _ => {
            std::mem::discriminant(one) == std::mem::discriminant(other)
                && one.to_string() == other.to_string()
        }
    }
}

/// What an error of its own names as the cause, without the numbers in it: the first line; of Python's traces, where
/// what was raised comes last, the last one.
fn cause(message: &str) -> String {
    let mut lines = message.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let named = if first.starts_with("Traceback") { lines.next_back().unwrap_or(first) } else { first };
    let mut cause = String::new();
    for sign in named.chars() {
        match sign {
            '0'..='9' if cause.ends_with('0') => {}
            '0'..='9' => cause.push('0'),
            other => cause.push(other),
        }
    }
    cause
}

/// The part of what it wrote that was not there before: one process goes on writing, and what it wrote first is not
/// kept for ever.
fn new_in<'a>(stderr: &'a str, before: impl Iterator<Item = &'a str>) -> &'a str {
    let ends = || stderr.match_indices('\n').map(|(end, _)| end + 1);
    let told = before.filter_map(|told| ends().rev().find(|end| told.ends_with(&stderr[..*end])));
    &stderr[told.max().unwrap_or(0)..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_one_cause_are_told_from_others() {
        let own = |message: &str| Fault::Own { to: "brp.hash".to_owned(), message: message.to_owned() };
        let python = |file: u8, raised: &str| {
            own(&format!("Traceback (most recent call last):\n  File \"a.py\", line {file}\n{raised}"))
        };
        for (one, other, same) in [
            (own("secret is not defined\n  at a:1"), own("secret is not defined\n  at b:2"), true),
            (own("message 7 is odd"), own("message 112 is odd"), true),
            (own("no swish"), own("no invoice"), false),
            (python(1, "KeyError: 'secret'"), python(2, "KeyError: 'secret'"), true),
            (python(1, "KeyError: 'secret'"), python(1, "KeyError: 'orderid'"), false),
            (own("ended"), Fault::ClosedStdout, false),
            (Fault::ClosedStdout, Fault::ClosedStdout, true),
        ] {
            assert_eq!(is_one(&one, &other), same, "{one} / {other}");
        }
    }

    #[test]
    fn what_was_told_of_stderr_is_not_told_again() {
        assert_eq!(new_in("a\nb\n", ["a\n", "x"].into_iter()), "b\n");
        assert_eq!(new_in("a\n", ["a\n"].into_iter()), "");
        assert_eq!(new_in("b\nc\nd\n", ["a\nb\nc\n"].into_iter()), "d\n");
        assert_eq!(new_in("of another\n", ["a\n"].into_iter()), "of another\n");
    }
}
