//! Near misses: right, but for some messages. What all those have that fail, and none that passes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;

use super::fact::{Fact, Measure, Subject, Trait};
use super::facts::Facts;

/// So many must have failed, and so many passed, before anything is claimed.
const ENOUGH: usize = 4;
/// Of so many facts at most one is so, where it takes several to cover what fails.
const MEMBERS: usize = 6;

/// One of these is so; or, turned round, none of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Condition {
    /// The facts.
    pub facts: Vec<Fact>,
    /// Whether it holds where none of them is so.
    pub turned: bool,
}

impl Condition {
    /// Whether it holds for a message of which this can be said.
    #[must_use]
    pub fn holds(&self, facts: &Facts) -> bool {
        self.facts.iter().any(|fact| facts.has(fact)) != self.turned
    }

    fn one(fact: Fact, turned: bool) -> Self {
        Self { facts: vec![fact], turned }
    }

    /// The simple ones first.
    fn cost(&self) -> (bool, usize, u8, u8) {
        let trait_of = self.facts.iter().map(|fact| weight(&fact.is)).max().unwrap_or_default();
        let subject = self.facts.iter().map(|fact| breadth(&fact.of)).max().unwrap_or_default();
        (self.turned, self.facts.len(), trait_of, subject)
    }
}

fn weight(of: &Trait) -> u8 {
    match of {
        Trait::Holds(_)
        | Trait::Escaped
        | Trait::Tag
        | Trait::Entity
        | Trait::LineEnd
        | Trait::Blanks
        | Trait::Empty
        | Trait::BlankFirst
        | Trait::BlankLast
        | Trait::ZeroFirst
        | Trait::Repeated
        | Trait::Zero => 0,
        Trait::Inexact | Trait::Unsorted => 1,
        Trait::Class(class) => 2 + *class as u8,
        Trait::Whole => 20,
        Trait::Is(_) => 21,
        Trait::Present => 22,
        Trait::AtLeast(Measure::Parameters, _) | Trait::AtMost(Measure::Parameters, _) => 26,
        Trait::AtLeast(Measure::Bytes, _) | Trait::AtMost(Measure::Bytes, _) => 25,
        Trait::AtLeast(..) | Trait::AtMost(..) => 24,
        Trait::Absent => 23,
    }
}

fn breadth(of: &Subject) -> u8 {
    match of {
        Subject::Parameter(_) | Subject::Given(_) => 0,
        Subject::Query(..) | Subject::Leaf(..) => 1,
        Subject::AnyParameter | Subject::AnyQuery(_) => 2,
        Subject::Any | Subject::AnyName | Subject::Message => 3,
    }
}

/// What was seen of the messages: of each its facts, and whether it fails.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    failing: Side,
    passing: Side,
}

/// Messages that fail, or that pass.
#[derive(Clone, Debug, Default)]
struct Side {
    all: Vec<Arc<Facts>>,
    /// What is so of all.
    every: BTreeSet<Fact>,
    /// What is so of any.
    some: BTreeSet<Fact>,
    /// The least and the greatest of what was measured, and of how many messages.
    bounds: BTreeMap<(Subject, Measure), (i64, i64, usize)>,
    /// How many were not made out of another one of these.
    independent: usize,
}

impl Side {
    fn add(&mut self, facts: Arc<Facts>, independent: bool) {
        if self.all.is_empty() {
            self.every.clone_from(&facts.so);
        } else {
            self.every.retain(|fact| facts.so.contains(fact));
        }
        for fact in &facts.so {
            if !self.some.contains(fact) {
                self.some.insert(fact.clone());
            }
        }
        for (key, number) in &facts.measured {
            match self.bounds.get_mut(key) {
                Some((least, most, messages)) => {
                    (*least, *most) = ((*least).min(*number), (*most).max(*number));
                    *messages += 1;
                }
                None => drop(self.bounds.insert(key.clone(), (*number, *number, 1))),
            }
        }
        self.all.push(facts);
        self.independent += usize::from(independent);
    }
}

impl Seen {
    /// Takes note of a message. `independent`: it was not made by changing one that failed until it fails no more;
    /// of those there are many, and they prove one thing together.
    pub fn add(&mut self, facts: Arc<Facts>, fails: bool, independent: bool) {
        if fails { &mut self.failing } else { &mut self.passing }.add(facts, independent);
    }

    /// Whether any failed, and any passed.
    #[must_use]
    pub fn has_both(&self) -> bool {
        !self.failing.all.is_empty() && !self.passing.all.is_empty()
    }

    /// Whether there is enough of both to tell them apart.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        self.failing.independent >= ENOUGH && self.passing.independent >= ENOUGH
    }

    /// The passing message's measure that comes nearest to the failing ones', from below or from above.
    pub(super) fn nearest_passing(&self, of: &Subject, measure: Measure, below: bool) -> Option<i64> {
        let (least, most, _) = self.passing.bounds.get(&(of.clone(), measure))?;
        Some(if below { *most } else { *least })
    }

    /// Whether the condition is no limit that may lie anywhere between two measures far apart.
    #[must_use]
    pub fn is_narrow(&self, condition: &Condition) -> bool {
        condition.facts.iter().all(|fact| {
            let (measure, bound, below) = match fact.is {
                Trait::AtLeast(measure, bound) => (measure, bound, true),
                Trait::AtMost(measure, bound) => (measure, bound, false),
                _ => return true,
            };
            let passes = self.nearest_passing(&fact.of, measure, below);
            passes.is_some_and(|passes| bound.abs_diff(passes) <= 1 + bound.unsigned_abs() / 20)
        })
    }

    /// How many failing messages meet a condition, of how many, and the same of passing ones.
    #[must_use]
    pub fn counts(&self, condition: &Condition) -> Counts {
        let meet = |side: &Side| side.all.iter().filter(|facts| condition.holds(facts)).count();
        Counts {
            failing: meet(&self.failing),
            of_failing: self.failing.all.len(),
            passing: meet(&self.passing),
            of_passing: self.passing.all.len(),
        }
    }

    /// The conditions that hold for every failing message and for no passing one, the simplest first.
    #[must_use]
    pub fn exact(&self) -> Vec<Condition> {
        if !self.has_both() {
            return Vec::new();
        }
        let singles = separating(&self.failing, &self.passing).into_iter();
        let mut all: Vec<_> = singles.map(|fact| Condition::one(fact, false)).collect();
        let turned = separating(&self.passing, &self.failing).into_iter();
        // That it is not this one value, or not of this one length, says nothing.
        let turned =
            turned.filter(|fact| !matches!(fact.is, Trait::AtLeast(..) | Trait::AtMost(..) | Trait::Absent));
        all.extend(turned.map(|fact| Condition::one(fact, true)));
        if all.is_empty() {
            all = self.several();
        }
        all.sort_by_key(Condition::cost);
        all
    }

    /// The condition that is told: the simplest. Where a value is in no message that passes, nothing is known of what it
    /// holds: then it is that it is there.
    #[must_use]
    pub fn likeliest(&self) -> Option<Condition> {
        let all = self.exact();
        let found = all.iter().find(|condition| self.is_narrow(condition))?;
        let is_there = |condition: &&Condition| match condition.facts.as_slice() {
            [Fact { is: Trait::Present, of }] => found.facts.iter().all(|fact| fact.of.is_in(of)),
            _ => false,
        };
        let there = all.iter().filter(|condition| !condition.turned && !found.turned).find(is_there);
        Some(there.unwrap_or(found).clone())
    }

    /// Where no fact covers what fails: several of one kind that do together.
    fn several(&self) -> Vec<Condition> {
        let telling: Vec<&Fact> = self.failing.some.difference(&self.passing.some).collect();
        let subjects: BTreeSet<&Subject> = telling.iter().map(|fact| &fact.of).collect();
        let traits: BTreeSet<&Trait> = telling.iter().map(|fact| &fact.is).collect();
        let named = |of: &Subject| !matches!(of, Subject::Any | Subject::AnyParameter | Subject::AnyQuery(_));
        let families = subjects
            .into_iter()
            .map(|subject| {
                let of = |fact: &&&Fact| fact.of == *subject && is_of_characters(&fact.is);
                telling.iter().filter(of).copied().collect::<Vec<_>>()
            })
            .chain(traits.into_iter().map(|is| {
                let of = |fact: &&&Fact| fact.is == *is && named(&fact.of);
                telling.iter().filter(of).copied().collect()
            }));
        let found: Vec<_> = families.filter_map(|family| self.cover(&family)).collect();
        if !found.is_empty() {
            return found;
        }
        let all = telling.iter().filter(|fact| named(&fact.of) && is_of_characters(&fact.is));
        self.cover(&all.copied().collect::<Vec<_>>()).into_iter().collect()
    }

    /// The fewest of these that cover every failing message, one after the other that covers most.
    fn cover(&self, family: &[&Fact]) -> Option<Condition> {
        let mut left: Vec<&Arc<Facts>> = self.failing.all.iter().collect();
        let mut facts: Vec<Fact> = Vec::new();
        while !left.is_empty() {
            let covers = |fact: &Fact| left.iter().filter(|facts| facts.so.contains(fact)).count();
            let best = family.iter().map(|fact| (covers(fact), *fact)).filter(|(covered, _)| *covered > 0);
            // The last of the best would be the widest class; the first is the plainest.
            let (_, best) = best.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
            left.retain(|facts| !facts.so.contains(best));
            facts.push(best.clone());
            if facts.len() > MEMBERS {
                return None;
            }
        }
        facts.sort();
        (facts.len() > 1).then_some(Condition { facts, turned: false })
    }

    /// The fact that tells most of what fails from most of what passes, where none tells all.
    #[must_use]
    pub fn mostly(&self) -> Option<Condition> {
        if !self.is_enough() {
            return None;
        }
        let good = self.failing.some.iter().filter_map(|fact| {
            let condition = Condition::one(fact.clone(), false);
            let counts = self.counts(&condition);
            counts.is_telling().then(|| (counts.missed(), condition.cost(), condition))
        });
        good.min().map(|(_, _, condition)| condition)
    }
}

fn is_of_characters(is: &Trait) -> bool {
    matches!(
        is,
        Trait::Holds(_)
            | Trait::Escaped
            | Trait::Tag
            | Trait::Entity
            | Trait::LineEnd
            | Trait::Blanks
            | Trait::Class(_)
            | Trait::BlankFirst
            | Trait::BlankLast
            | Trait::Empty
    )
}

/// The facts that are so of all of the one and of none of the other.
fn separating(one: &Side, other: &Side) -> Vec<Fact> {
    let mut facts: Vec<Fact> = one.every.difference(&other.some).cloned().collect();
    for (key, (least, most, messages)) in &one.bounds {
        let Some((others_least, others_most, _)) = other.bounds.get(key) else { continue };
        let of = key.0.clone();
        if *messages < one.all.len() {
            continue;
        }
        if least > others_most {
            facts.push(Fact { is: Trait::AtLeast(key.1, *least), of });
        } else if most < others_least && !matches!(key.1, Measure::Characters | Measure::Bytes) {
            facts.push(Fact { is: Trait::AtMost(key.1, *most), of });
        }
    }
    facts
}

/// How many messages meet a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Failing ones that meet it.
    pub failing: usize,
    /// All failing ones.
    pub of_failing: usize,
    /// Passing ones that meet it.
    pub passing: usize,
    /// All passing ones.
    pub of_passing: usize,
}

impl Counts {
    /// Whether every failing message meets it and no passing one.
    #[must_use]
    pub fn is_exact(self) -> bool {
        self.failing == self.of_failing && self.passing == 0
    }

    /// Whether it tells nine in ten of what fails, and is right nine times in ten.
    fn is_telling(self) -> bool {
        self.failing >= 2 * ENOUGH
            && self.failing * 10 >= self.of_failing * 9
            && self.passing * 9 <= self.failing
            && self.passing * 20 <= self.of_passing
            && self.of_passing >= 2 * ENOUGH
    }

    fn missed(self) -> usize {
        self.of_failing - self.failing + self.passing
    }
}
