//! Finding the mistake, or the few mistakes, that explain what an integrator answered; and where it is right
//! but for some messages, what those have in common.

mod compound;
mod facts;
mod frame;
mod further;
mod near;
mod told;
mod words;

use std::fmt;

use serde::Serialize;

pub use compound::parts_apart;
pub use facts::{Class, Fact, Facts, Measure, Subject, Trait};
pub use frame::{Frame, Tells, frames};
pub use further::Further;
pub use near::{Condition, Counts, Seen};
pub use told::NearMiss;

use super::operation::{Judgement, Message, Observation, Operation, Received, Reply, judge};
use super::scheme::Mistake;

/// A message and what the integrator's answer came to.
#[derive(Clone, Debug)]
pub struct Example<'a> {
    /// What was asked.
    pub message: &'a Message,
    /// What the answer came to.
    pub got: &'a Observation,
}

/// The mistakes that somebody makes at once: one, two, or up to five.
pub type Explanation = Vec<&'static Mistake>;

/// What we think was done wrong.
#[derive(Clone, Debug, Serialize)]
pub struct Diagnosis {
    /// The explanation that comes first.
    pub named: Explanation,
    /// Others that fit the examples just as well.
    pub equals: Vec<Explanation>,
    /// How many failing examples it explains.
    pub explains: usize,
    /// How many failing examples there are.
    pub of: usize,
    /// Where it explains parts of the answers alone: what else is wrong, by the names of these parts. The name of a
    /// part without one is empty.
    pub beside: Vec<String>,
}

impl Diagnosis {
    /// Whether it explains everything and nothing else does.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        self.explains == self.of && self.equals.is_empty()
    }

    /// Whether one of its explanations is exactly this mistake.
    #[must_use]
    pub fn names(&self, id: &str) -> bool {
        std::iter::once(&self.named)
            .chain(&self.equals)
            .any(|explanation| matches!(explanation.as_slice(), [one] if one.id == id))
    }

    /// Of several explanations that fit, those that foresee these answers too; all, where none does.
    #[must_use]
    pub fn narrowed(mut self, operation: &dyn Operation, examples: &[Example<'_>]) -> Self {
        if self.equals.is_empty() {
            return self;
        }
        let foresees = |explanation: &Explanation| {
            examples.iter().all(|example| predicts(operation, explanation, example))
        };
        let fitting = std::iter::once(&self.named).chain(&self.equals).filter(|one| foresees(one)).cloned();
        let mut fitting = fitting.collect::<Vec<_>>().into_iter();
        if let Some(named) = fitting.next() {
            self.named = named;
            self.equals = fitting.collect();
        }
        self
    }

    /// The same, first what changes the answer to this message. How many these are.
    pub fn shown_by(&mut self, operation: &dyn Operation, message: &Message) -> usize {
        let foreseen = |made: &[&'static Mistake]| {
            operation.reply(message, made).map(|reply| operation.observe(message, &reply))
        };
        let all = foreseen(&self.named);
        let (shown, elsewhere): (Explanation, Explanation) =
            self.named.iter().copied().partition(|mistake| {
                let without: Explanation =
                    self.named.iter().copied().filter(|other| other.id != mistake.id).collect();
                foreseen(&without) != all
            });
        // Two that hide each other are told together.
        if elsewhere.is_empty() || foreseen(&shown) != all {
            return self.named.len();
        }
        let count = shown.len();
        self.named = shown.into_iter().chain(elsewhere).collect();
        count
    }

    /// How sure we are, in words.
    #[must_use]
    pub fn confidence(&self) -> String {
        if !self.beside.is_empty() {
            "certain of this part".to_owned()
        } else if self.explains < self.of {
            format!("likely, explains {} of {}", self.explains, self.of)
        } else if self.equals.is_empty() {
            "certain".to_owned()
        } else {
            "likely, other mistakes fit too".to_owned()
        }
    }

    /// How to put it right.
    #[must_use]
    pub fn remedy(&self) -> String {
        each_once(self.named.iter().map(|mistake| mistake.remedy))
    }

    /// Why it is wrong.
    #[must_use]
    pub fn why(&self) -> String {
        each_once(self.named.iter().map(|mistake| mistake.why))
    }
}

/// Sentences one after the other; two mistakes may have one remedy.
fn each_once(sentences: impl Iterator<Item = &'static str>) -> String {
    let mut said: Vec<&str> = Vec::new();
    for sentence in sentences {
        if !said.contains(&sentence) {
            said.push(sentence);
        }
    }
    said.join(" ")
}

impl Diagnosis {
    /// What was done: first the mistakes that show, of which there are so many; then those that other messages show.
    #[must_use]
    pub fn told(&self, shown: usize) -> String {
        match self.named.split_at_checked(shown) {
            Some((here, elsewhere))
                if !here.is_empty() && !elsewhere.is_empty() && self.beside.is_empty() =>
            {
                format!("{}; and where other messages show it, {}", said(here), said(elsewhere))
            }
            _ => self.to_string(),
        }
    }
}

/// What was done: "you percent-encoded returnurl before hashing, and you …; something else is wrong with `address`".
impl fmt::Display for Diagnosis {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&said(&self.named))?;
        if self.beside.is_empty() {
            return Ok(());
        }
        let names: Vec<_> = self.beside.iter().filter(|name| !name.is_empty()).take(NAMED).collect();
        let names: Vec<_> = names.into_iter().map(|name| format!("`{name}`")).collect();
        if names.is_empty() {
            formatter.write_str("; something else is wrong besides")
        } else {
            write!(formatter, "; something else is wrong with {}", names.join(", "))
        }
    }
}

/// So many of the parts in which something else is wrong are named.
const NAMED: usize = 4;

/// An explanation in words.
#[must_use]
pub fn said(explanation: &[&'static Mistake]) -> String {
    explanation.iter().map(|mistake| mistake.title).collect::<Vec<_>>().join(", and ")
}

/// Searches single mistakes, then pairs, then more of them at once, for those that explain every failing example and
/// are silent on every passing one; failing that, for what explains most, or parts of the answers. `None`: nothing
/// explains any of them.
#[must_use]
pub fn diagnose(
    operation: &dyn Operation,
    failing: &[Example<'_>],
    passing: &[Example<'_>],
) -> Option<Diagnosis> {
    let mistakes = operation.mistakes();
    let singles: Vec<Explanation> = mistakes.iter().map(|mistake| vec![*mistake]).collect();
    if let Some(diagnosis) = all(operation, singles.clone(), failing, passing) {
        return Some(diagnosis);
    }
    let pairs = mistakes
        .iter()
        .enumerate()
        .flat_map(|(place, one)| mistakes[place + 1..].iter().map(|other| vec![*one, *other]))
        .collect();
    if let Some(diagnosis) = all(operation, pairs, failing, passing) {
        return Some(diagnosis);
    }
    let several = compound::compound(operation, failing, passing);
    let one = most(operation, singles, failing, passing);
    // What explains more is likelier, and of two that explain as much the one mistake.
    match (one, several) {
        (Some(one), Some(several)) if one.explains >= several.explains => Some(one),
        (one, several) => several.or(one),
    }
}

/// The explanations that fit every example.
fn all(
    operation: &dyn Operation,
    mut explanations: Vec<Explanation>,
    failing: &[Example<'_>],
    passing: &[Example<'_>],
) -> Option<Diagnosis> {
    for example in failing.iter().chain(passing) {
        let mut foresight = Foresight::new(operation, example);
        explanations.retain(|explanation| foresight.agrees(explanation));
        if explanations.is_empty() {
            return None;
        }
    }
    let mut fitting = explanations.into_iter();
    let named = fitting.next()?;
    Some(Diagnosis {
        named,
        equals: fitting.collect(),
        explains: failing.len(),
        of: failing.len(),
        beside: Vec::new(),
    })
}

/// The explanation of most failing examples, if it explains at least half and contradicts no
/// passing one.
fn most(
    operation: &dyn Operation,
    explanations: Vec<Explanation>,
    failing: &[Example<'_>],
    passing: &[Example<'_>],
) -> Option<Diagnosis> {
    let of = failing.len();
    let mut counted: Vec<(usize, Explanation)> =
        explanations.into_iter().map(|explanation| (0, explanation)).collect();
    for example in failing {
        let mut foresight = Foresight::new(operation, example);
        for (explains, explanation) in &mut counted {
            *explains += usize::from(foresight.agrees(explanation));
        }
    }
    counted.retain(|(explains, _)| *explains > 0 && explains * 2 >= of);
    for example in passing {
        let mut foresight = Foresight::new(operation, example);
        counted.retain(|(_, explanation)| foresight.agrees(explanation));
    }
    // The first of the best, so that the catalogue's order decides.
    let best = counted.into_iter().reduce(|best, next| if next.0 > best.0 { next } else { best });
    best.map(|(explains, named)| Diagnosis { named, equals: Vec::new(), explains, of, beside: Vec::new() })
}

/// What explanations foresee for one example. Many are asked about an example in a row: a message is taken
/// apart once, and most explanations foresee one of a few replies, each of which is looked at once.
struct Foresight<'a> {
    operation: &'a dyn Operation,
    example: &'a Example<'a>,
    /// Replies, and what they come to.
    known: Vec<(Reply, Observation)>,
}

impl<'a> Foresight<'a> {
    fn new(operation: &'a dyn Operation, example: &'a Example<'a>) -> Self {
        Self { operation, example, known: Vec::new() }
    }

    /// Whether somebody who makes these mistakes would have answered so.
    fn agrees(&mut self, explanation: &[&'static Mistake]) -> bool {
        let got = self.example.got;
        self.foreseen(explanation).is_some_and(|foreseen| foreseen == got)
    }

    /// What the answer of somebody who makes these mistakes comes to; `None` where they exclude each other.
    fn foreseen(&mut self, explanation: &[&'static Mistake]) -> Option<&Observation> {
        let reply = self.operation.reply(self.example.message, explanation)?;
        let place = self.known.iter().position(|(known, _)| *known == reply).unwrap_or_else(|| {
            let observed = self.operation.observe(self.example.message, &reply);
            self.known.push((reply, observed));
            self.known.len() - 1
        });
        Some(&self.known[place].1)
    }
}

fn predicts(operation: &dyn Operation, explanation: &[&'static Mistake], example: &Example<'_>) -> bool {
    Foresight::new(operation, example).agrees(explanation)
}

/// What is wrong with one received message: a mistake in the signature, in the transport of the
/// message, or one of each.
#[must_use]
pub fn diagnose_received(received: &Received) -> Option<Diagnosis> {
    let operation = received.operation;
    let got = operation.observe(&received.message, &received.claimed);
    let example = [Example { message: &received.message, got: &got }];
    let diagnosis = diagnose(operation, &example, &[]);
    if diagnosis.as_ref().is_some_and(|diagnosis| diagnosis.named.len() == 1) {
        return diagnosis;
    }
    let (mut spoilt, mut both): (Vec<Explanation>, Vec<Explanation>) = (Vec::new(), Vec::new());
    for reading in &received.readings {
        let got = operation.observe(&reading.message, &received.claimed);
        let example = Example { message: &reading.message, got: &got };
        if predicts(operation, &[], &example) {
            spoilt.push(vec![reading.mistake]);
            continue;
        }
        for mistake in operation.mistakes() {
            if predicts(operation, &[mistake], &example) {
                both.push(vec![reading.mistake, mistake]);
            }
        }
    }
    // One mistake is likelier than two, and two in the hash are as likely as one in each.
    if spoilt.is_empty() && diagnosis.is_some() {
        return diagnosis;
    }
    let mut spoilt = spoilt.into_iter().chain(both);
    match spoilt.next() {
        Some(named) => {
            let equals = spoilt.filter(|other| other.len() == named.len()).collect();
            Some(Diagnosis { named, equals, explains: 1, of: 1, beside: Vec::new() })
        }
        None => diagnosis,
    }
}

/// What explains an answer that is not the right one, be it tolerated or not.
#[must_use]
pub fn explained(operation: &dyn Operation, message: &Message, reply: &Reply) -> Option<Diagnosis> {
    if judge(operation, message, reply) == Judgement::Right {
        return None;
    }
    let got = operation.observe(message, reply);
    diagnose(operation, &[Example { message, got: &got }], &[])
}

/// Where two canonical strings first differ: a byte offset, or none if they are equal.
#[must_use]
pub fn first_difference(one: &[u8], other: &[u8]) -> Option<usize> {
    let place = one.iter().zip(other).position(|(one, other)| one != other);
    place.or_else(|| (one.len() != other.len()).then(|| one.len().min(other.len())))
}
