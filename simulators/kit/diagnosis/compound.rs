//! More than two mistakes at once. An answer of several parts gives each mistake away in a part of its own: from nothing,
//! the mistake is added that sets most parts right, then the next.

use std::collections::{BTreeMap, BTreeSet};

use super::{Clues, Diagnosis, Example, Explanation, Foresight};
use crate::kit::operation::Observation;
use crate::kit::scheme::Mistake;

/// So many mistakes somebody makes at once, at the most.
const MOST: usize = 5;
/// So many sets are taken further at each step.
const KEPT: usize = 4;
/// So many examples of either kind say which way to go; all of them say whether it was the right one.
const TELLING: usize = 10;

/// Sets of three to five mistakes that explain every failing example and no passing one otherwise; failing that, the
/// set that explains most, or what parts of the answers are explained.
pub(super) fn compound(clues: &Clues<'_>) -> Option<Diagnosis> {
    let Clues { operation, failing, passing, .. } = clues;
    // An answer of one part says nothing of a mistake beside another.
    if operation.reads() || failing.iter().all(|example| example.got.lines().count() < 2) {
        return None;
    }
    let told = spread(failing).chain(spread(passing));
    let mut climb = Climb {
        mistakes: operation.mistakes(),
        foresights: told.map(|example| clues.foresight(example)).collect(),
    };
    let missed = |made: &Explanation| {
        clues.all().find(|example| !clues.fits(made, *example)).map(|(example, _)| example)
    };
    let mut best = Explanation::new();
    let mut kept = vec![(climb.wrong(&[], usize::MAX)?, Explanation::new())];
    while !kept.is_empty() {
        let found: Vec<_> =
            kept.iter().filter(|(wrong, _)| *wrong == 0).map(|(_, made)| made.clone()).collect();
        let mut fitting = found.iter().filter(|made| missed(made).is_none()).cloned();
        if let Some(named) = fitting.next() {
            let (explains, of) = (failing.len(), failing.len());
            return Some(Diagnosis {
                named,
                equals: fitting.collect(),
                explains,
                of,
                beside: Vec::new(),
                doubted: false,
            });
        }
        best.clone_from(&kept[0].1);
        // What the chosen examples do not show, another does.
        if let Some(example) = found.first().and_then(missed) {
            climb.foresights.push(clues.foresight(example));
            let made = kept.into_iter().map(|(_, made)| made);
            kept = made.filter_map(|made| Some((climb.wrong(&made, usize::MAX)?, made))).collect();
            kept.sort_by_key(|(wrong, _)| *wrong);
            continue;
        }
        kept = climb.further(&kept);
    }
    in_part(clues, best)
}

/// Some of them, from everywhere.
fn spread<'a>(examples: &'a [Example<'a>]) -> impl Iterator<Item = &'a Example<'a>> {
    examples.iter().step_by((examples.len() / TELLING).max(1)).take(TELLING)
}

struct Climb<'a> {
    mistakes: Vec<&'static Mistake>,
    foresights: Vec<Foresight<'a>>,
}

impl Climb<'_> {
    /// How many parts are wrong if these mistakes are made; `None` if there are so many or more.
    fn wrong(&mut self, made: &[&'static Mistake], most: usize) -> Option<usize> {
        let mut wrong = 0;
        for foresight in &mut self.foresights {
            let got = foresight.example.got;
            wrong += differing(foresight.foreseen(made)?, got);
            if wrong >= most {
                return None;
            }
        }
        Some(wrong)
    }

    /// The sets with a mistake more that leave less wrong, the best first; two more where one alone sets nothing right.
    fn further(&mut self, kept: &[(usize, Explanation)]) -> Vec<(usize, Explanation)> {
        let mut further: Vec<(usize, Explanation)> = Vec::new();
        for (wrong, made) in kept {
            for more in self.mistakes.clone() {
                self.add(*wrong, made, &[more], &mut further);
            }
        }
        if further.is_empty()
            && let Some((wrong, made)) = kept.first()
        {
            let mistakes = self.mistakes.clone();
            for (place, one) in mistakes.iter().enumerate() {
                for other in &mistakes[place + 1..] {
                    self.add(*wrong, made, &[*one, *other], &mut further);
                }
            }
        }
        further.sort_by_key(|(wrong, _)| *wrong);
        further.truncate(KEPT);
        further
    }

    fn add(
        &mut self,
        wrong: usize,
        made: &Explanation,
        more: &[&'static Mistake],
        further: &mut Vec<(usize, Explanation)>,
    ) {
        let has = |id: &str| made.iter().any(|known| known.id == id);
        if made.len() + more.len() > MOST || more.iter().any(|mistake| has(mistake.id)) {
            return;
        }
        // In the catalogue's order, so that a set is known again.
        let all = self
            .mistakes
            .iter()
            .filter(|mistake| has(mistake.id) || more.iter().any(|other| other.id == mistake.id));
        let all: Explanation = all.copied().collect();
        let known = further.iter().any(|(_, other)| ids(other).eq(ids(&all)));
        if !known && let Some(fewer) = self.wrong(&all, wrong) {
            further.push((fewer, all));
        }
    }
}

fn ids(explanation: &Explanation) -> impl Iterator<Item = &'static str> {
    explanation.iter().map(|mistake| mistake.id)
}

/// How many lines are in one of them alone.
fn differing(one: &Observation, other: &Observation) -> usize {
    if one == other { 0 } else { lines_apart(one, other).len().max(1) }
}

/// The lines that are in one of them alone.
fn lines_apart<'a>(one: &'a str, other: &'a str) -> Vec<&'a str> {
    let mut counts: BTreeMap<&str, i32> = BTreeMap::new();
    for line in one.lines() {
        *counts.entry(line.trim()).or_default() += 1;
    }
    for line in other.lines() {
        *counts.entry(line.trim()).or_default() -= 1;
    }
    counts.into_iter().filter(|(_, count)| *count != 0).map(|(line, _)| line).collect()
}

/// What a line of an observation is about: `order_id: 54 characters` is about `order_id`.
fn part(line: &str) -> &str {
    let name = line.split_once(": ").or_else(|| line.split_once(" = ")).map_or("", |(name, _)| name);
    // A line without a name is the address, a status, or a remark on the whole.
    name.trim()
}

/// The parts of two observations that differ, each once; a line without a name has the name "".
#[must_use]
pub fn parts_apart(one: &str, other: &str) -> BTreeSet<String> {
    lines_apart(one, other).into_iter().map(|line| part(line).to_owned()).collect()
}

/// What remains where a set explains not everything: the examples that it explains, if these are most; or the
/// mistakes each of which explains parts of the answers wholly.
fn in_part(clues: &Clues<'_>, mut named: Explanation) -> Option<Diagnosis> {
    let Clues { failing, passing, .. } = clues;
    let of = failing.len();
    loop {
        if named.is_empty() {
            return None;
        }
        let agrees = |example: &&Example<'_>| clues.foresight(example).agrees(&named);
        if passing.iter().any(|example| clues.contradicts(&named, example)) {
            return None;
        }
        let explains = failing.iter().filter(agrees).count();
        if explains * 2 >= of {
            return Some(Diagnosis {
                named,
                equals: Vec::new(),
                explains,
                of,
                beside: Vec::new(),
                doubted: false,
            });
        }
        let mut beside = BTreeSet::new();
        let mut changed: Vec<BTreeSet<String>> = vec![BTreeSet::new(); named.len()];
        for example in failing {
            let mut foresight = clues.foresight(example);
            let all = foresight.foreseen(&named)?.clone();
            beside.extend(parts_apart(&all, example.got));
            for (place, changed) in changed.iter_mut().enumerate() {
                let mut without = named.clone();
                without.remove(place);
                if let Some(other) = foresight.foreseen(&without) {
                    changed.extend(parts_apart(&all, other));
                }
            }
        }
        let sound = |changed: &BTreeSet<String>| !changed.is_empty() && changed.is_disjoint(&beside);
        if changed.iter().all(sound) {
            let beside = beside.into_iter().collect();
            return Some(Diagnosis { named, equals: Vec::new(), explains, of, beside, doubted: false });
        }
        let mut sound = changed.iter().map(sound);
        named.retain(|_| sound.next().unwrap_or_default());
    }
}
