//! Further messages, with which to try a condition: awkward ones around those that fail, and drawn ones.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::fact::{Measure, Subject, Trait};
use super::facts::Facts;
use super::near::{Condition, Seen};
use crate::kit::operation::{Kind, Message, Operation, Parameter};

/// Characters that careless code gets wrong, one by one.
const AWKWARD: &[&str] = &[
    "+", "&", "=", "%", "/", "?", "#", ":", ";", ",", ".", "-", "_", "~", "!", "*", "'", "\"", "(", ")", "<",
    ">", "[", "]", "{", "}", "|", "\\", "^", "@", "$", " ", "\n", "å", "ß", "é", "e\u{301}", "Ж", "山", "😀",
    "\u{a0}", "A", "0", "%41", "&amp;", "<b>", "<>", "<b", "&b", "  ", "\r\n", "\r", "\t", "ø",
];
/// Those that are cut off at the ends.
const AT_ENDS: &[&str] = &[" ", "\n", "0", "/", "="];
/// Lengths that limits have.
const LENGTHS: &[usize] = &[9, 17, 21, 33, 51, 65, 101, 129, 255, 256, 300];
/// Amounts in minor units, on either side of what code gets wrong.
const AMOUNTS: &[i64] = &[
    0, 1, 5, 9, 10, 50, 90, 99, 100, 101, 110, 123, 150, 200, 819, 999, 1000, 1001, 1010, 1990, 1999, 2900,
    9999, 10_000, 12_345, 99_999, 100_000, 100_100, 123_456, 1_000_000,
];
/// Numbers as text.
const NUMBERS: &[&str] = &["0", "1", "7", "007", "10", "99", "100", "1000", "2147483647", "2147483648"];

/// A message, with what can be said of it.
type Known = (Message, Arc<Facts>);

/// Messages that may be asked.
#[derive(Clone, Debug)]
pub struct Further {
    operation: &'static dyn Operation,
    /// The message around which others are made.
    base: Message,
    waiting: Vec<Arc<Known>>,
    /// Conditions that were tried by messages of their own.
    tried: BTreeSet<Condition>,
}

impl Further {
    /// Those around a failing message, and these drawn ones; `fits` says which are messages of the case.
    pub fn new(
        operation: &'static dyn Operation,
        base: &Message,
        drawn: impl IntoIterator<Item = Message>,
        fits: impl Fn(&Message) -> bool,
    ) -> Self {
        // Where the answer depends on a signature that came with it, another value is another forgery.
        let around = if operation.reads() { Vec::new() } else { around(operation, base) };
        let known = |message: Message| {
            let facts = Arc::new(Facts::of(operation, &message));
            Arc::new((message, facts))
        };
        let all = around.into_iter().chain(drawn);
        let all = all.filter(|message| operation.legal(message).is_ok() && fits(message));
        Self { operation, base: base.clone(), waiting: all.map(known).collect(), tried: BTreeSet::new() }
    }

    /// The messages whose answers tell most of what is still open, `most` at the most; none where nothing is.
    pub fn next(&mut self, seen: &Seen, most: usize) -> Vec<Message> {
        let open = seen.exact();
        let Some(first) = open.first().cloned() else { return Vec::new() };
        let splitting = self.splitting(&open, most);
        if !splitting.is_empty() {
            return self.take(splitting);
        }
        let between = self.between(&first, seen);
        if !between.is_empty() {
            return between;
        }
        if !self.tried.insert(first.clone()) {
            return Vec::new();
        }
        let trying = self.trying(&first, most);
        self.take(trying)
    }

    /// Some of the drawn messages, from the end.
    pub fn any(&mut self, most: usize) -> Vec<Message> {
        let start = self.waiting.len().saturating_sub(most);
        self.waiting.split_off(start).into_iter().map(|known| known.0.clone()).collect()
    }

    fn take(&mut self, mut places: Vec<usize>) -> Vec<Message> {
        places.sort_unstable();
        places.dedup();
        places.into_iter().rev().map(|place| self.waiting.remove(place).0.clone()).collect()
    }

    /// Messages about which the conditions disagree, the most evenly first, each disagreement once.
    fn splitting(&self, open: &[Condition], most: usize) -> Vec<usize> {
        let mut known: BTreeSet<Vec<bool>> = BTreeSet::new();
        let mut splitting = Vec::new();
        for (place, known_message) in self.waiting.iter().enumerate() {
            let facts = &known_message.1;
            let says: Vec<bool> = open.iter().take(16).map(|condition| condition.holds(facts)).collect();
            let so = says.iter().filter(|so| **so).count();
            let evenly = so.min(says.len() - so);
            if evenly > 0 && known.insert(says) {
                splitting.push((evenly, place));
            }
        }
        splitting.sort_by_key(|(evenly, _)| std::cmp::Reverse(*evenly));
        splitting.into_iter().map(|(_, place)| place).take(most).collect()
    }

    /// Messages that try one condition: some that meet it, and many that only just do not.
    fn trying(&self, condition: &Condition, most: usize) -> Vec<usize> {
        let about = |facts: &Facts| {
            condition.facts.iter().any(|fact| {
                facts.so.iter().any(|so| so.of == fact.of)
                    || facts.measured.keys().any(|(of, _)| *of == fact.of)
            })
        };
        let places = |meets: bool| {
            let fits = move |(_, known): &(usize, &Arc<Known>)| {
                condition.holds(&known.1) == meets && (meets || about(&known.1))
            };
            self.waiting.iter().enumerate().filter(fits).map(|(place, _)| place)
        };
        // The messages around the failing one come first: they differ from it in one thing.
        places(false).take(most * 3).chain(places(true).take(most)).collect()
    }

    /// Where a limit lies somewhere between two measures: a message of the one halfway.
    fn between(&self, condition: &Condition, seen: &Seen) -> Vec<Message> {
        let [fact] = condition.facts.as_slice() else { return Vec::new() };
        let (measure, bound, up) = match fact.is {
            Trait::AtLeast(measure, bound) => (measure, bound, true),
            Trait::AtMost(measure, bound) => (measure, bound, false),
            _ => return Vec::new(),
        };
        let Some(passes) = seen.nearest_passing(&fact.of, measure, up) else { return Vec::new() };
        if bound.abs_diff(passes) <= 1 {
            return Vec::new();
        }
        let halfway = passes + (bound - passes) / 2;
        let (Subject::Parameter(name) | Subject::Given(name)) = &fact.of else { return Vec::new() };
        let values = measured(self.operation, name, measure, halfway);
        let messages = values.into_iter().filter_map(|value| with(self.operation, &self.base, name, &value));
        messages.filter(|message| self.operation.legal(message).is_ok()).take(1).collect()
    }
}

/// Values of such a measure.
fn measured(operation: &dyn Operation, name: &str, measure: Measure, number: i64) -> Vec<String> {
    let simplest = operation.simplest(name);
    let long = |length: i64| {
        let more = usize::try_from(length).unwrap_or_default().saturating_sub(simplest.len());
        format!("{simplest}{}", "a".repeat(more))
    };
    match measure {
        Measure::Characters | Measure::Bytes => {
            let digits = "1".repeat(usize::try_from(number).unwrap_or_default());
            vec![long(number), digits]
        }
        Measure::Number | Measure::Amount => vec![number.to_string()],
        Measure::Parameters => Vec::new(),
    }
}

/// The message with another value under this name; `None` if there is no such name.
fn with(operation: &dyn Operation, message: &Message, name: &str, value: &str) -> Option<Message> {
    let mut other = message.clone();
    if let Some(place) = other.parameters.iter_mut().find(|(known, _)| known == name) {
        value.clone_into(&mut place.1);
    } else if let Some(place) = other.given.iter_mut().find(|(known, _)| known == name) {
        place.1 = match operation.kind(name) {
            Kind::Money => format!("{value} {}", place.1.split_once(' ')?.1),
            _ => value.to_owned(),
        };
    } else if let Some(name) = operation.parameters(&message.form).into_iter().find(|known| *known == name) {
        other.parameters.push((Cow::Borrowed(name), value.to_owned()));
    } else {
        return None;
    }
    Some(other)
}

/// Messages that differ from this one in one thing.
fn around(operation: &dyn Operation, base: &Message) -> Vec<Message> {
    let mut all: Vec<Message> = Vec::new();
    let mut names: BTreeSet<String> = base.parameters.iter().map(|(name, _)| name.to_string()).collect();
    names.extend(operation.parameters(&base.form).into_iter().map(str::to_owned));
    names.extend(base.given.iter().map(|(name, _)| name.to_string()));
    for name in &names {
        let mut set = |value: &str| all.extend(with(operation, base, name, value));
        let simplest = operation.simplest(name);
        match operation.kind(name) {
            Kind::Amount(_) | Kind::Money => AMOUNTS.iter().for_each(|amount| set(&amount.to_string())),
            Kind::Flag => ["true", "false"].into_iter().for_each(set),
            Kind::Seconds | Kind::Whole => {}
            Kind::Text => {
                ["", simplest].into_iter().for_each(&mut set);
                for awkward in AWKWARD {
                    set(&format!("{simplest}{awkward}a"));
                }
                for awkward in AT_ENDS {
                    set(&format!("{simplest}{awkward}"));
                    set(&format!("{awkward}{simplest}"));
                }
                NUMBERS.iter().copied().for_each(&mut set);
                for length in LENGTHS {
                    set(&format!("{simplest}{}", "a".repeat(*length)));
                    set(&format!("{simplest}{}", "å".repeat(*length)));
                }
            }
        }
    }
    all.extend(otherwise(operation, base));
    all
}

/// The message with a parameter less or twice, in another order, and in other forms.
fn otherwise(operation: &dyn Operation, base: &Message) -> Vec<Message> {
    let mut all = Vec::new();
    for place in 0..base.parameters.len() {
        let mut fewer = base.clone();
        fewer.parameters.remove(place);
        all.push(fewer);
        let mut twice = base.clone();
        let again: Parameter = base.parameters[place].clone();
        twice.parameters.insert(place, again);
        all.push(twice);
    }
    let mut turned = base.clone();
    turned.parameters.reverse();
    all.push(turned);
    let mut sorted = base.clone();
    sorted.parameters.sort();
    all.push(sorted);
    all.extend(operation.forms().iter().map(|form| Message { form: Cow::Borrowed(*form), ..base.clone() }));
    all.retain(|other| other != base);
    all
}
