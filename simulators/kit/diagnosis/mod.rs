//! Finding the mistake, or the few mistakes, that explain what an integrator answered; and where it is right
//! but for some messages, what those have in common.

mod compound;
mod cover;
mod explained;
mod fact;
mod facts;
mod foresight;
mod frame;
mod further;
mod near;
mod told;
mod words;

pub use compound::parts_apart;
pub use explained::{Diagnosis, said};
pub use fact::{Class, Fact, Measure, Subject, Trait};
pub use facts::Facts;
pub use frame::{Frame, Tells, frames};
pub use further::Further;
pub use near::{Condition, Counts, Seen};
pub use told::NearMiss;

use self::explained::each_once;
use self::foresight::Foresight;
use super::operation::{Judgement, Message, Observation, Operation, Received, Reply, judge};
use super::scheme::Mistake;

/// A message and what the integrator's answer came to.
#[derive(Clone, Debug)]
pub struct Example<'a> {
    /// What was asked.
    pub message: &'a Message,
    /// What was answered.
    pub reply: &'a Reply,
    /// What the answer came to.
    pub got: &'a Observation,
}

/// The mistakes that somebody makes at once: one, two, or up to five.
pub type Explanation = Vec<&'static Mistake>;

/// What is known of an integrator.
#[derive(Clone, Debug)]
pub struct Clues<'a> {
    /// What it was asked to do.
    pub operation: &'a dyn Operation,
    /// The mistakes whose parts of an answer are looked at; none: the whole is. What stands beside them is told elsewhere.
    pub judged: Vec<&'static Mistake>,
    /// Answers that are wrong.
    pub failing: Vec<Example<'a>>,
    /// Answers that are right.
    pub passing: Vec<Example<'a>>,
}

impl<'a> Clues<'a> {
    fn foresight<'b>(&'b self, example: &'b Example<'a>) -> Foresight<'b> {
        Foresight::within(self.operation, example, &self.judged)
    }

    /// Whether somebody who makes these mistakes would have answered so.
    #[must_use]
    pub fn agrees(&self, explanation: &[&'static Mistake], example: &Example<'_>) -> bool {
        Foresight::within(self.operation, example, &self.judged).agrees(explanation)
    }

    /// Whether a right answer speaks against these mistakes.
    #[must_use]
    pub fn contradicts(&self, explanation: &[&'static Mistake], example: &Example<'_>) -> bool {
        Foresight::within(self.operation, example, &self.judged).contradicts(explanation)
    }

    /// All examples, and whether they fail.
    fn all(&self) -> impl Iterator<Item = (&Example<'a>, bool)> {
        let passing = self.passing.iter().map(|example| (example, false));
        self.failing.iter().map(|example| (example, true)).chain(passing)
    }

    /// Whether an example is as these mistakes make it.
    fn fits(&self, explanation: &[&'static Mistake], (example, fails): (&Example<'a>, bool)) -> bool {
        if fails { self.agrees(explanation, example) } else { !self.contradicts(explanation, example) }
    }

    /// The explanations that fit every example, and that nothing else contradicts. Of several mistakes at once no more
    /// are sought than are worth telling.
    fn fitting(
        &self,
        explanations: Vec<Explanation>,
        contradicted: &mut dyn FnMut(&[&'static Mistake]) -> bool,
    ) -> Option<Diagnosis> {
        let mut foresights: Vec<_> =
            self.all().map(|(example, fails)| (self.foresight(example), fails)).collect();
        let most = if explanations.first()?.len() > 1 { MANY } else { usize::MAX };
        let fits = |explanation: &Explanation| {
            let mut foresights = foresights.iter_mut();
            foresights.all(|(foresight, fails)| {
                if *fails { foresight.agrees(explanation) } else { !foresight.contradicts(explanation) }
            }) && !contradicted(explanation)
        };
        let mut fitting = explanations.into_iter().filter(fits).take(most);
        let named = fitting.next()?;
        let (explains, of) = (self.failing.len(), self.failing.len());
        Some(Diagnosis { named, equals: fitting.collect(), explains, of, beside: Vec::new(), doubted: false })
    }
}

/// So many pairs that explain the same are too many to name any.
pub const MANY: usize = 9;

/// Searches single mistakes, then pairs, then more of them at once, for those that explain every failing example and
/// are silent on every passing one; failing that, for what explains most, or parts of the answers. `None`: nothing
/// explains any of them.
#[must_use]
pub fn diagnose(
    operation: &dyn Operation,
    failing: &[Example<'_>],
    passing: &[Example<'_>],
) -> Option<Diagnosis> {
    let (failing, passing) = (failing.to_vec(), passing.to_vec());
    let clues = Clues { operation, judged: Vec::new(), failing, passing };
    diagnose_unless(&clues, &mut |_| false)
}

/// The same, but for explanations that something else contradicts: answers that are not among the examples.
#[must_use]
pub fn diagnose_unless(
    clues: &Clues<'_>,
    contradicted: &mut dyn FnMut(&[&'static Mistake]) -> bool,
) -> Option<Diagnosis> {
    let mistakes = clues.operation.mistakes();
    let singles: Vec<Explanation> = mistakes.iter().map(|mistake| vec![*mistake]).collect();
    if let Some(diagnosis) = clues.fitting(singles, contradicted) {
        return Some(diagnosis);
    }
    let pairs = mistakes
        .iter()
        .enumerate()
        .flat_map(|(place, one)| mistakes[place + 1..].iter().map(|other| vec![*one, *other]))
        .collect();
    if let Some(diagnosis) = clues.fitting(pairs, contradicted) {
        return Some(diagnosis);
    }
    let compound = compound::compound(clues).filter(|found| !contradicted(&found.named));
    if let Some(whole) = compound.as_ref().filter(|found| found.explains == found.of) {
        return Some(whole.clone());
    }
    // What explains more is likelier, and what explains as much with fewer mistakes.
    match (cover::cover(clues, contradicted), compound) {
        (Some(cover), Some(compound)) if cover.explains >= compound.explains => Some(cover),
        (cover, compound) => compound.or(cover),
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
    let reply = &received.claimed;
    let example = [Example { message: &received.message, reply, got: &got }];
    let diagnosis = diagnose(operation, &example, &[]);
    if diagnosis.as_ref().is_some_and(|diagnosis| diagnosis.named.len() == 1) {
        return diagnosis;
    }
    let (mut spoilt, mut both): (Vec<Explanation>, Vec<Explanation>) = (Vec::new(), Vec::new());
    for reading in &received.readings {
        let got = operation.observe(&reading.message, &received.claimed);
        let example = Example { message: &reading.message, reply, got: &got };
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
            Some(Diagnosis { named, equals, explains: 1, of: 1, beside: Vec::new(), doubted: false })
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
    diagnose(operation, &[Example { message, reply, got: &got }], &[])
}

/// Where two canonical strings first differ: a byte offset, or none if they are equal.
#[must_use]
pub fn first_difference(one: &[u8], other: &[u8]) -> Option<usize> {
    let place = one.iter().zip(other).position(|(one, other)| one != other);
    place.or_else(|| (one.len() != other.len()).then(|| one.len().min(other.len())))
}
