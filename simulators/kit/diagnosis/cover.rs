//! Several mistakes that show in messages of their own: one that explains some of the failing examples, then another
//! that explains some of the rest, as long as together they foresee everything that they explain.

use super::{Clues, Diagnosis, Example, Explanation, Foresight, MANY};
use crate::kit::scheme::Mistake;

/// So many mistakes are found beside one another, at the most.
const MOST: usize = 5;
/// So many examples of either kind say which way to go; all of them say whether it was the right one.
const TELLING: usize = 48;
/// So often a right answer may show that it was not.
const ROUNDS: usize = 8;
/// So many examples a mistake explains that is told of: of two or three outcomes some are right by accident.
const ENOUGH: usize = 2;

/// What explains at least half of the failing examples and contradicts no passing one.
pub(super) fn cover(
    clues: &Clues<'_>,
    contradicted: &mut dyn FnMut(&[&'static Mistake]) -> bool,
) -> Option<Diagnosis> {
    let mut told = Told {
        failing: spread(&clues.failing).map(|example| clues.foresight(example)).collect(),
        passing: spread(&clues.passing).map(|example| clues.foresight(example)).collect(),
    };
    let mistakes = clues.operation.mistakes();
    for _ in 0..ROUNDS {
        let named = told.climbed(&mistakes, contradicted)?;
        if let Some(missed) = clues.passing.iter().find(|example| clues.contradicts(&named, example)) {
            told.passing.push(clues.foresight(missed));
            continue;
        }
        let of = clues.failing.len();
        let explains = clues.failing.iter().filter(|example| clues.agrees(&named, example)).count();
        if explains * 2 < of {
            return None;
        }
        let equals = if explains == of { others(clues, &mistakes, &named, contradicted) } else { Vec::new() };
        return Some(Diagnosis { named, equals, explains, of, beside: Vec::new(), doubted: false });
    }
    None
}

/// Some of them, from everywhere.
fn spread<'a, 'b>(examples: &'b [Example<'a>]) -> impl Iterator<Item = &'b Example<'a>> {
    examples.iter().step_by((examples.len() / TELLING).max(1)).take(TELLING)
}

/// What has one mistake for another and explains everything too.
fn others(
    clues: &Clues<'_>,
    mistakes: &[&'static Mistake],
    named: &Explanation,
    contradicted: &mut dyn FnMut(&[&'static Mistake]) -> bool,
) -> Vec<Explanation> {
    let is_made = |mistake: &Mistake| named.iter().any(|made| made.id == mistake.id);
    let mut others: Vec<Explanation> = Vec::new();
    for place in 0..named.len() {
        for other in mistakes.iter().filter(|mistake| !is_made(mistake)) {
            let mut swapped = named.clone();
            swapped[place] = other;
            if clues.all().all(|example| clues.fits(&swapped, example)) && !contradicted(&swapped) {
                others.push(swapped);
            }
            if others.len() + 1 >= MANY {
                return others;
            }
        }
    }
    others
}

/// The examples that say which way to go.
struct Told<'a> {
    failing: Vec<Foresight<'a>>,
    passing: Vec<Foresight<'a>>,
}

impl Told<'_> {
    /// The mistakes that together explain most, the one first that explains most by itself.
    fn climbed(
        &mut self,
        mistakes: &[&'static Mistake],
        contradicted: &mut dyn FnMut(&[&'static Mistake]) -> bool,
    ) -> Option<Explanation> {
        let mut made = Explanation::new();
        let mut explained = vec![false; self.failing.len()];
        while made.len() < MOST && explained.contains(&false) {
            let mut best: Option<(Explanation, Vec<bool>)> = None;
            for more in mistakes {
                if made.iter().any(|known| known.id == more.id) {
                    continue;
                }
                let both: Explanation = made.iter().copied().chain([*more]).collect();
                let Some(now) = self.explained(&both, &explained) else { continue };
                let count = |explained: &[bool]| explained.iter().filter(|so| **so).count();
                let least = best.as_ref().map_or(count(&explained), |(_, best)| count(best));
                let enough = if self.failing.len() < 2 * ENOUGH { 1 } else { ENOUGH };
                if count(&now) > least && count(&now) >= count(&explained) + enough && !contradicted(&both) {
                    best = Some((both, now));
                }
            }
            let Some(best) = best else { break };
            (made, explained) = best;
        }
        (!made.is_empty()).then_some(made)
    }

    /// Which failing examples these explain; `None` where they contradict a right answer, or no longer explain what
    /// fewer of them did.
    fn explained(&mut self, made: &[&'static Mistake], before: &[bool]) -> Option<Vec<bool>> {
        if self.passing.iter_mut().any(|foresight| foresight.contradicts(made)) {
            return None;
        }
        let now: Vec<bool> = self.failing.iter_mut().map(|foresight| foresight.agrees(made)).collect();
        let keeps = before.iter().zip(&now).all(|(before, now)| *now || !*before);
        keeps.then_some(now)
    }
}
