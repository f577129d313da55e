//! What one case is certain of decides for the others.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use provkassa_simulators::kit::operation::Message;

use super::case::{Case, CaseResult, Verdict};
use super::properties;
use super::run::Plan;
use crate::finding::Finding;

/// Several mistakes may fit a case's few messages. A case that passed on all of its messages rules out
/// those that it would have caught, and what one case is certain of decides for the others.
pub(super) fn settle_doubts(plan: &Plan, results: &mut [CaseResult]) {
    let passed: Vec<(Case, Vec<Message>)> = results
        .iter()
        .filter(|result| matches!(result.verdict, Verdict::Pass) && result.unsupported == 0)
        .map(|result| (result.case.clone(), result.tolerated.clone()))
        .collect();
    // Cases doubt between the same mistakes, and making the messages is what takes time.
    let tried: Vec<OnceCell<Vec<Message>>> = passed.iter().map(|_| OnceCell::new()).collect();
    let mut known: BTreeMap<(&str, Vec<String>), bool> = BTreeMap::new();
    for result in results.iter_mut() {
        let Verdict::Fail(finding) = &mut result.verdict else { continue };
        if finding.mistakes.is_empty() {
            continue;
        }
        let operation = result.case.operation;
        let catches = |((case, tolerated), tried): (&(Case, Vec<Message>), &OnceCell<Vec<Message>>),
                       explanation: &[&str]| {
            let messages = tried.get_or_init(|| {
                let mut messages = properties::messages(case, plan.seed, plan.count);
                // What was accepted there says nothing of the mistakes that would show.
                messages.retain(|message| !tolerated.contains(message));
                messages
            });
            properties::would_catch(case, messages, explanation)
        };
        let caught = |explanation: &[&str]| {
            let key = (operation.id(), explanation.iter().map(ToString::to_string).collect());
            *known.entry(key).or_insert_with(|| {
                let mut same =
                    passed.iter().zip(&tried).filter(|((case, _), _)| case.operation.id() == operation.id());
                same.any(|passed| catches(passed, explanation))
            })
        };
        finding.rule_out(operation, caught);
    }
    settle_together(results);
    let findings = results.iter().filter_map(|result| match &result.verdict {
        Verdict::Fail(finding) if finding.confidence == "certain" => Some(finding.as_ref().clone()),
        _ => None,
    });
    let certain: Vec<Finding> = findings.collect();
    for result in results {
        let Verdict::Fail(finding) = &mut result.verdict else { continue };
        let sure = certain
            .iter()
            .find(|sure| finding.equals.contains(&sure.mistakes) || sure.mistakes == finding.mistakes);
        if let Some(sure) = sure.filter(|_| finding.confidence != "certain") {
            finding.settle(sure);
        }
        // A mistake that has a finding of its own is told there; unless that is this one.
        if finding.confidence == "certain" && finding.shown().count() + finding.also.len() > 1 {
            let own: Vec<_> = finding.shown().collect();
            let is_told = |id: &str| own != [id] && certain.iter().any(|sure| sure.shown().eq([id]));
            finding.leave(result.case.operation, is_told);
        }
        finding.tell_refusal();
    }
}

/// Where each failing case of an operation doubts, and one explanation alone fits them all, it is that one: each
/// other takes several mistakes at once.
fn settle_together(results: &mut [CaseResult]) {
    let mut common: BTreeMap<&str, Vec<Vec<&str>>> = BTreeMap::new();
    for result in results.iter() {
        let Verdict::Fail(finding) = &result.verdict else { continue };
        let own: Vec<_> = finding.explanations().cloned().collect();
        match common.entry(result.case.operation.id()) {
            Entry::Vacant(first) => drop(first.insert(own)),
            Entry::Occupied(mut known) => known.get_mut().retain(|explanation| own.contains(explanation)),
        }
    }
    for result in results {
        let Verdict::Fail(finding) = &mut result.verdict else { continue };
        if let Some([sure]) = common.get(result.case.operation.id()).map(Vec::as_slice)
            && !finding.equals.is_empty()
        {
            finding.rule_out(result.case.operation, |explanation| explanation != sure.as_slice());
        }
    }
}
