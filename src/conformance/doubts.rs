//! What one case is certain of decides for the others.

use std::cell::OnceCell;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use provkassa_simulators::kit::operation::{Message, Operation};
use provkassa_simulators::kit::parts::{self, shows};
use provkassa_simulators::kit::scheme::Mistake;

use super::case::{CaseResult, Property, Verdict};
use super::properties::{self, Evidence, Refusals, RightAnswers};
use super::run::Plan;
use crate::finding::Finding;

/// Results and evidence by the place of the case in the plan.
pub(super) type ByPlace<T> = BTreeMap<usize, T>;

/// A case that passed on all of its messages.
struct Passed {
    case: Property,
    messages: OnceCell<Vec<Message>>,
    /// What was accepted although it is not right: it says nothing of the mistakes that would show.
    tolerated: Vec<Message>,
}

/// What speaks against explanations: whoever makes these mistakes would have failed where the integrator did not.
struct Against<'a> {
    plan: &'a Plan,
    passed: Vec<Passed>,
    /// Of the cases that failed.
    right: Vec<RightAnswers>,
    known: BTreeMap<(&'static str, Vec<&'static str>, Refusals), bool>,
}

impl<'a> Against<'a> {
    fn new(plan: &'a Plan, results: &ByPlace<CaseResult>, evidence: &ByPlace<Evidence>) -> Self {
        let passed = results.values().filter(|result| matches!(result.verdict, Verdict::Pass));
        let passed = passed.filter(|result| result.unsupported == 0).filter_map(|result| {
            Some(Passed {
                case: result.case.property()?.clone(),
                // Cases doubt between the same mistakes, and making the messages is what takes time.
                messages: OnceCell::new(),
                tolerated: result.tolerated.clone(),
            })
        });
        let right = evidence
            .iter()
            .filter_map(|(place, evidence)| Some(evidence.right(results.get(place)?.case.property()?)));
        Self { plan, passed: passed.collect(), right: right.collect(), known: BTreeMap::new() }
    }

    /// Whether an explanation is contradicted.
    fn contradicts(&mut self, case: &Property, explanation: &[&'static Mistake], refusals: Refusals) -> bool {
        let operation = case.operation.id();
        let ids: Vec<&str> = explanation.iter().map(|mistake| mistake.id).collect();
        let Self { plan, passed, right, known } = self;
        *known.entry((operation, ids.clone(), refusals)).or_insert_with(|| {
            let mut right = right.iter().filter(|right| right.case.operation.id() == operation);
            let mut passed = passed.iter().filter(|passed| passed.case.operation.id() == operation);
            right.any(|right| right.contradict(explanation, refusals))
                || passed.any(|passed| {
                    let messages = passed.messages.get_or_init(|| {
                        let mut messages = properties::messages(&passed.case, plan.seed, plan.count);
                        messages.retain(|message| !passed.tolerated.contains(message));
                        messages
                    });
                    properties::would_catch(&passed.case, messages, &ids)
                })
        })
    }
}

/// Several mistakes may fit a case's few messages. What the integrator answers rightly elsewhere rules out those that
/// would have shown there. The places of the findings that are other ones now.
pub(super) fn rule_out(
    plan: &Plan,
    results: &ByPlace<CaseResult>,
    evidence: &mut ByPlace<Evidence>,
) -> Vec<usize> {
    let mut against = Against::new(plan, results, evidence);
    let mut changed = Vec::new();
    for (place, evidence) in evidence.iter_mut() {
        let Some(case) = results.get(place).and_then(|result| result.case.property()) else { continue };
        if evidence.narrow(case, &mut |one, refusals| against.contradicts(case, one, refusals)) {
            changed.push(*place);
        }
    }
    let operation =
        |place: &usize| results.get(place).and_then(|result| Some(result.case.property()?.operation));
    let reads = |place: &usize| operation(place).filter(|operation| operation.reads()).map(Operation::id);
    let baffled: BTreeSet<&str> =
        evidence.iter().filter(|(_, one)| one.baffles()).filter_map(|(place, _)| reads(place)).collect();
    for (place, evidence) in evidence {
        if reads(place).is_some_and(|id| baffled.contains(id)) && evidence.doubt() {
            changed.push(*place);
        }
    }
    changed
}

/// What one case is certain of decides for the others, and what stands beside a mistake is told there.
pub(super) fn settle_doubts(results: &mut [CaseResult], evidence: &ByPlace<Evidence>) {
    settle_together(results);
    let certain = certain(results);
    for (place, result) in results.iter_mut().enumerate() {
        let Verdict::Fail(finding) = &mut result.verdict else { continue };
        let Some(case) = result.case.property() else { continue };
        let sure = certain
            .iter()
            .find(|sure| finding.equals.contains(&sure.mistakes) || sure.mistakes == finding.mistakes);
        if let Some(sure) = sure.filter(|_| finding.confidence != "certain") {
            finding.settle(sure);
        }
        // A mistake that has a finding of its own is told there; unless that is this one.
        let mut left = Vec::new();
        if finding.confidence == "certain" && finding.shown().count() + finding.also.len() > 1 {
            let own: Vec<_> = finding.shown().collect();
            let is_told = |id: &str| own != [id] && certain.iter().any(|sure| sure.shown().eq([id]));
            left = finding.leave(case.operation, is_told);
        }
        if let Some(evidence) = evidence.get(&place) {
            let left = left.iter().map(|mistake| mistake.title.to_owned());
            finding.beside = left.chain(beside(case, finding, evidence, &certain)).collect();
        }
        finding.tell_refusal();
    }
}

fn certain(results: &[CaseResult]) -> Vec<Finding> {
    let findings = results.iter().filter_map(|result| match &result.verdict {
        Verdict::Fail(finding) if finding.confidence == "certain" => Some(finding.as_ref().clone()),
        _ => None,
    });
    findings.collect()
}

/// What else is wrong with the answer that is shown: mistakes that other findings tell of, and parts that nothing
/// accounts for.
fn beside(case: &Property, finding: &Finding, evidence: &Evidence, certain: &[Finding]) -> Vec<String> {
    let operation = case.operation;
    let (message, reply) = evidence.smallest();
    let known = operation.mistakes();
    let mistakes = |ids: &mut dyn Iterator<Item = &'static str>| -> Vec<&'static Mistake> {
        ids.filter_map(|id| known.iter().find(|mistake| mistake.id == id).copied()).collect()
    };
    let mut made = mistakes(&mut finding.mistakes.iter().copied());
    if made.is_empty() || finding.near.is_some() {
        return Vec::new();
    }
    let left = |made: &[&'static Mistake]| parts::unaccounted(operation, message, reply, made);
    let mut beside = Vec::new();
    for mistake in mistakes(&mut certain.iter().flat_map(Finding::shown)) {
        let both: Vec<&'static Mistake> = made.iter().copied().chain([mistake]).collect();
        let is_new = made.iter().all(|other| other.id != mistake.id);
        if is_new && shows(operation, message, reply, mistake) && left(&both).len() < left(&made).len() {
            beside.push(mistake.title.to_owned());
            made = both;
        }
    }
    let left: Vec<String> = left(&made).iter().map(|name| format!("`{name}`")).collect();
    // Where the kind of answer is another nothing more can be said, and the headline may have said it.
    if !left.is_empty() && !finding.headline.contains("something else is wrong") {
        beside.push(format!("something else is wrong with {}", left.join(", ")));
    }
    beside
}

/// Where each failing case of an operation doubts, and one explanation alone fits them all, it is that one: each
/// other takes several mistakes at once.
fn settle_together(results: &mut [CaseResult]) {
    let mut common: BTreeMap<&str, Vec<Vec<&str>>> = BTreeMap::new();
    for result in results.iter() {
        let Verdict::Fail(finding) = &result.verdict else { continue };
        let Some(case) = result.case.property() else { continue };
        let own: Vec<_> = finding.explanations().cloned().collect();
        match common.entry(case.operation.id()) {
            Entry::Vacant(first) => drop(first.insert(own)),
            Entry::Occupied(mut known) => known.get_mut().retain(|explanation| own.contains(explanation)),
        }
    }
    for result in results {
        let Verdict::Fail(finding) = &mut result.verdict else { continue };
        if let Some(case) = result.case.property()
            && let Some([sure]) = common.get(case.operation.id()).map(Vec::as_slice)
            && !finding.equals.is_empty()
        {
            finding.rule_out(case.operation, |explanation| explanation != sure.as_slice());
        }
    }
}
