//! What is known of a run's cases: results are taken, completed, saved and told.

use std::collections::BTreeMap;
use std::time::Duration;

use provkassa_simulators::kit::mask::escaped_json;
use serde_json::json;

use super::case::{Case, CaseResult, Obstacle, Verdict};
use super::counterexample;
use super::doubts::ByPlace;
use super::properties::{Evidence, Learnt};
use super::run::Plan;
use crate::adapter::AdapterError;
use crate::report::{Event, Reporters};

/// What is known of the cases so far.
pub(super) struct Ledger<'a> {
    plan: &'a Plan,
    pub(super) reporters: &'a mut Reporters,
    pub(super) results: ByPlace<CaseResult>,
    /// Of those that failed.
    pub(super) evidence: ByPlace<Evidence>,
    /// How many of them are findings.
    failures: usize,
    /// Why no more cases are begun.
    pub(super) ended: Option<String>,
}

impl<'a> Ledger<'a> {
    /// Nothing is known yet.
    pub(super) fn new(plan: &'a Plan, reporters: &'a mut Reporters) -> Self {
        let (results, evidence) = (BTreeMap::new(), BTreeMap::new());
        Self { plan, reporters, results, evidence, failures: 0, ended: None }
    }

    /// Takes a result, saves what it found, and tells it.
    pub(super) fn enter(&mut self, place: usize, result: CaseResult) {
        let mut result = completed(self.plan, result, self.reporters);
        result.known = self.plan.known.accepting(&result.case.id).cloned();
        let why = match &result.verdict {
            Verdict::Broken(Obstacle::Adapter(error)) if error.kind.is_of_one_message() => None,
            Verdict::Broken(Obstacle::Adapter(_)) => Some("the adapter broke".to_owned()),
            #[cfg(feature = "cli")]
            Verdict::Broken(Obstacle::Shop(fault)) => fault.is_final().then(|| "the shop broke".to_owned()),
            Verdict::Fail(_) if result.known.is_none() => {
                self.failures += 1;
                let enough = self.plan.max_failures.filter(|most| self.failures >= *most);
                let enough = enough.map(|most| format!("enough cases had failed (--max-failures {most})"));
                let first = || "an earlier case failed (--fail-fast)".to_owned();
                self.plan.fail_fast.then(first).or(enough)
            }
            _ => None,
        };
        if let Some(why) = why {
            self.ended.get_or_insert(why);
        }
        self.reporters.tell(&Event::Finished(&result));
        self.results.insert(place, result);
    }

    /// Says that something went wrong that ends nothing.
    #[cfg(feature = "cli")]
    pub(super) fn trouble(&mut self, what: &str) {
        self.reporters.tell(&Event::Trouble(what));
    }

    /// Makes the finding of this place anew.
    pub(super) fn find(&mut self, place: usize, learnt: Option<&Learnt>) {
        let Some(evidence) = self.evidence.get(&place) else { return };
        let Some(mut result) = self.results.remove(&place) else { return };
        if let Some(property) = result.case.property() {
            result.verdict = Verdict::Fail(Box::new(evidence.finding(property, learnt)));
        }
        self.results.insert(place, completed(self.plan, result, self.reporters));
    }

    pub(super) fn is_broken(&self) -> bool {
        self.results.values().any(|result| matches!(result.verdict, Verdict::Broken(_)))
    }

    /// The results in the order of the plan; what has none was not run.
    pub(super) fn complete(mut self) -> Vec<CaseResult> {
        let why = self.ended.clone().unwrap_or_default();
        for (place, case) in self.plan.cases.iter().enumerate() {
            if !self.results.contains_key(&place) {
                self.enter(place, not_run(case, &why));
            }
        }
        self.results.into_values().collect()
    }
}

/// Saves what was found and says how to try it again.
fn completed(plan: &Plan, mut result: CaseResult, reporters: &mut Reporters) -> CaseResult {
    tell_again(plan, &mut result);
    if let (Verdict::Fail(finding), Some(property)) = (&result.verdict, result.case.property())
        && let Some(folder) = &plan.state
        && let Err(error) = counterexample::save(folder, property, finding)
    {
        reporters.tell(&Event::Trouble(&error.to_string()));
    }
    result
}

/// Says how the message is tried again that failed, or on which the adapter broke.
pub(super) fn tell_again(plan: &Plan, result: &mut CaseResult) {
    let Some(property) = result.case.property() else { return };
    match &mut result.verdict {
        Verdict::Fail(finding) => finding.replay = command(plan, &property.id, &finding.message),
        Verdict::Broken(Obstacle::Adapter(AdapterError { asked: Some(asked), .. })) => {
            asked.replay = command(plan, &property.id, &asked.message);
        }
        _ => {}
    }
}

/// The message is in the command, so it works on any machine.
fn command(plan: &Plan, case: &str, message: &serde_json::Map<String, serde_json::Value>) -> String {
    let text = escaped_json(&json!({"case": case, "message": message}).to_string());
    let quoted = shlex::try_quote(&text).map_or_else(|_| text.clone(), std::borrow::Cow::into_owned);
    format!("{}provkassa check{} --replay {quoted}", plan.variables, plan.target)
}

pub(super) fn not_run(case: &Case, why: &str) -> CaseResult {
    CaseResult {
        case: case.clone(),
        verdict: Verdict::NotRun(why.to_owned()),
        tried: 0,
        unsupported: 0,
        untried: 0,
        tolerated: Vec::new(),
        known: None,
        took: Duration::ZERO,
    }
}
