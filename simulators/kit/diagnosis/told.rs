//! A near miss as it is told.

use std::collections::BTreeMap;
use std::fmt;

use super::fact::{Class, Fact, Measure, Subject, Trait};
use super::near::{Condition, Counts};
use super::{Explanation, each_once, said};
use crate::kit::mask::visible;

/// What an integrator does wrong, and when.
#[derive(Clone, Debug)]
pub struct NearMiss {
    /// When.
    pub condition: Condition,
    /// What it does wrong whatever the message; often nothing.
    pub always: Explanation,
    /// What it does wrong under the condition, where we know it.
    pub then: Explanation,
    /// What it was learnt from.
    pub counts: Counts,
}

impl NearMiss {
    /// How sure we are, in numbers.
    #[must_use]
    pub fn confidence(&self) -> String {
        let Counts { failing, of_failing, passing, of_passing } = self.counts;
        format!("{failing} of {of_failing} wrong answers, {passing} of {of_passing} right ones")
    }

    /// Why it is wrong, where we know it.
    #[must_use]
    pub fn why(&self) -> String {
        each_once(self.always.iter().chain(&self.then).map(|mistake| mistake.why))
    }

    /// Where to look, and how to put right what we know.
    #[must_use]
    pub fn remedy(&self) -> String {
        let known = each_once(self.always.iter().chain(&self.then).map(|mistake| mistake.remedy));
        if !self.then.is_empty() {
            return known;
        }
        let blank = if known.is_empty() { "" } else { " " };
        format!("{known}{blank}{}", self.condition.where_to_look())
    }
}

/// "right, but it fails as soon as `returnurl` holds a `+`".
impl fmt::Display for NearMiss {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let condition = &self.condition;
        let exact = self.counts.is_exact();
        if !self.then.is_empty() {
            let always = if self.always.is_empty() { "" } else { ", and " };
            let when = if condition.turned { "but not where" } else { "but only where" };
            let mostly = if exact { "" } else { "mostly " };
            return write!(
                formatter,
                "{}{always}{}, {mostly}{when} {condition}",
                said(&self.always),
                said(&self.then)
            );
        }
        let lead = if self.always.is_empty() { "right".to_owned() } else { said(&self.always) };
        match (exact, condition.turned, self.always.is_empty()) {
            (true, false, true) => write!(formatter, "{lead}, but it fails as soon as {condition}"),
            (true, false, false) => write!(formatter, "{lead}, and besides it fails as soon as {condition}"),
            (true, true, true) => write!(formatter, "{lead} only where {condition}"),
            (true, true, false) => {
                write!(formatter, "{lead}, and besides it fails except where {condition}")
            }
            (false, ..) => write!(formatter, "{lead}, but it fails mostly where {condition}"),
        }
    }
}

/// "`x` or `y` holds a `+`, a `%` or a `&`": what is said of the same subjects is said at once.
impl fmt::Display for Condition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [fact] = self.facts.as_slice() else {
            let mut traits: BTreeMap<&Trait, Vec<&Subject>> = BTreeMap::new();
            for fact in &self.facts {
                traits.entry(&fact.is).or_default().push(&fact.of);
            }
            let mut groups: BTreeMap<Vec<&Subject>, Vec<&Trait>> = BTreeMap::new();
            for (is, subjects) in traits {
                groups.entry(subjects).or_default().push(is);
            }
            let groups = groups.into_iter().map(|(subjects, traits)| {
                let subjects: Vec<String> = subjects.iter().map(ToString::to_string).collect();
                let traits: Vec<String> = traits.iter().map(ToString::to_string).collect();
                let mut shorter = vec![traits[0].clone()];
                // The verb once.
                shorter.extend(traits[1..].iter().map(|said| said.trim_start_matches("holds ").to_owned()));
                let all_hold = traits.iter().all(|said| said.starts_with("holds "));
                format!("{} {}", listed(&subjects), listed(if all_hold { &shorter } else { &traits }))
            });
            return formatter.write_str(&groups.collect::<Vec<_>>().join(", or "));
        };
        write!(formatter, "{fact}")
    }
}

/// "a, b or c".
fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

impl Condition {
    /// Where a mistake is likely that shows under it.
    fn where_to_look(&self) -> String {
        let Some(Fact { is, of }) = self.facts.first() else { return String::new() };
        let of = if self.facts.iter().all(|fact| fact.of == *of) { of.to_string() } else { "it".to_owned() };
        match is {
            Trait::Class(
                Class::Astral | Class::Combining | Class::Composed | Class::BeyondLatin1 | Class::BeyondAscii | Class::BeyondUrl,
            ) => format!(
                "Look for where {of} becomes bytes, or is cleaned or normalised: it has to stay as it is, in UTF-8."
            ),
            Trait::Holds(' ' | '\t' | '\n' | '\r') | Trait::Blanks | Trait::LineEnd | Trait::BlankFirst | Trait::BlankLast | Trait::Class(Class::Blank) => {
                format!("Look for what trims {of}, or writes or reads its blanks in another way: they count.")
            }
            Trait::Class(Class::Capital) => format!("Look for what changes the case of {of}."),
            Trait::Tag | Trait::Entity => format!("Look for what strips tags from {of}, or escapes or unescapes it for HTML: it has to stay as it is."),
            Trait::Holds(_) | Trait::Escaped | Trait::Class(_) => format!(
                "Look for what decodes, escapes, splits or cleans {of} on its way: it has to stay as it is."
            ),
            Trait::Empty => format!("Look for a test that takes {of} for missing where it is empty."),
            Trait::ZeroFirst => format!("Look for where {of} becomes a number: it is a text, and its zeros count."),
            Trait::Zero => format!("Look for a test that takes {of} for missing where it is 0."),
            Trait::Repeated => "Look for a map that keeps one value of a name: each of them counts, in the order that the rule says.".to_owned(),
            Trait::Inexact => "Look for a float: count in whole minor units, or in decimals.".to_owned(),
            Trait::Whole => format!("Look at how {of} is written: its fraction has to be there though it is 00."),
            Trait::Unsorted => "Look at the order: the rule below says which one counts.".to_owned(),
            Trait::Is(value) => format!("Look at what your code does where {of} is `{}`.", visible(value)),
            Trait::Present | Trait::Absent => format!("Look at what your code does with {of}."),
            Trait::AtLeast(Measure::Characters | Measure::Bytes, _) => {
                format!("Look for a limit or a column that cuts {of}.")
            }
            Trait::AtLeast(Measure::Parameters, _) | Trait::AtMost(Measure::Parameters, _) => {
                "Look for parameters that are lost, or that your code counts on.".to_owned()
            }
            Trait::AtLeast(..) | Trait::AtMost(..) => {
                format!("Look at the type of {of}, and at how such numbers are written.")
            }
        }
    }
}
