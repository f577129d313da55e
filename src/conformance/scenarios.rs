//! Trying the cases that need a running shop.

use std::cell::Cell;

use super::case::{Case, CaseResult, Obstacle, Rule, Verdict};
use super::counterexample::CounterexampleError;
use super::failing_order;
use super::ledger::{Ledger, not_run};
use super::run::Plan;
use crate::finding::Finding;
use crate::scenario::{self, Failure, NoWay, Orders, Outcome, Pace, Scenario, ShopFault, Stage, Tried};

/// How many are tried at once: they wait more than they work, and each has orders of its own.
const AT_ONCE: usize = 16;

/// Tries every scenario of the plan. Once something ends the run none is begun.
pub(super) async fn try_scenarios(plan: &Plan, stage: &Stage, ledger: &mut Ledger<'_>) {
    let chosen = scenarios(plan);
    let goes_on = Cell::new(ledger.ended.is_none());
    let judged = |tried: &Tried| {
        if let Some((place, _)) = chosen.iter().find(|(_, scenario)| scenario.id == tried.scenario.id) {
            let result = result(plan, stage, tried);
            if let Err(error) = save(plan, &tried.scenario, &result) {
                ledger.trouble(&error.to_string());
            }
            ledger.enter(*place, result);
        }
        goes_on.set(ledger.ended.is_none());
    };
    let scenarios = chosen.iter().map(|(_, scenario)| (*scenario).clone()).collect();
    scenario::run(stage, scenarios, pace(plan, &chosen), judged, || goes_on.get()).await;
}

/// How the plan's scenarios are tried that take any order.
fn pace(plan: &Plan, chosen: &[(usize, &Scenario)]) -> Pace {
    let drawing = chosen.iter().filter(|(_, scenario)| scenario.draws());
    let saved = drawing.filter_map(|(_, scenario)| {
        Some((scenario.id.clone(), failing_order::saved(plan.state.as_deref()?, scenario)?))
    });
    Pace { jobs: AT_ONCE, seed: plan.seed, drawing: plan.drawing.clone(), saved: saved.collect() }
}

/// Saves the order with which a scenario failed; nothing where one order was asked for.
fn save(plan: &Plan, scenario: &Scenario, result: &CaseResult) -> Result<(), CounterexampleError> {
    if let (Verdict::Fail(finding), Some(folder), None) = (&result.verdict, &plan.state, &plan.drawing.only)
        && !finding.message.is_empty()
    {
        failing_order::save(folder, scenario, finding)?;
    }
    Ok(())
}

/// Tells of the shop that did not come up in the first of its cases.
pub(super) fn say_broken(plan: &Plan, fault: &ShopFault, ledger: &mut Ledger<'_>) {
    if let Some((place, scenario)) = scenarios(plan).first() {
        let verdict = Verdict::Broken(fault.clone().into());
        let case = Case::Scenario((*scenario).clone());
        ledger.enter(*place, CaseResult { verdict, ..not_run(&case, "") });
    }
}

fn scenarios(plan: &Plan) -> Vec<(usize, &Scenario)> {
    let cases = plan.cases.iter().enumerate();
    let scenarios = cases.filter_map(|(place, case)| match case {
        Case::Scenario(scenario) => Some((place, scenario)),
        Case::Property(_) => None,
    });
    scenarios.collect()
}

fn result(plan: &Plan, stage: &Stage, tried: &Tried) -> CaseResult {
    let Tried { scenario, outcome: Outcome { verdict, trail, orders }, took } = tried;
    let verdict = match verdict {
        scenario::Verdict::Pass => Verdict::Pass,
        scenario::Verdict::Unsupported(why) => Verdict::Unsupported(why.clone()),
        scenario::Verdict::Broken(fault) => Verdict::Broken(Obstacle::from(fault.clone())),
        scenario::Verdict::Fail(failure) => {
            let found = finding(plan, scenario, failure, trail);
            Verdict::Fail(Box::new(match orders {
                Some(orders) => with_order(found, plan, scenario, orders),
                None => found,
            }))
        }
        scenario::Verdict::NotReached(no_way) => {
            if let Some(told) = about_the_way(plan, stage, scenario, no_way) {
                let headline = &no_way.failure.headline;
                Verdict::NotRun(format!("no payer gets there: {headline}; {} tells what was sent", told.id))
            } else {
                // Nothing else says so, and a run that has tried nothing does not conform.
                let failure = Failure {
                    why: scenario.why.clone(),
                    cause: Some(format!("{}: {}", scenario.provider.info().id, no_way.failure.got)),
                    ..no_way.failure.clone()
                };
                Verdict::Fail(Box::new(finding(plan, scenario, &failure, &no_way.trail)))
            }
        }
    };
    let has_verdict = matches!(verdict, Verdict::Pass | Verdict::Fail(_));
    let once = usize::from(has_verdict);
    CaseResult {
        verdict,
        tried: orders.as_ref().map_or(once, |orders| orders.tried),
        unsupported: orders.as_ref().map_or(0, |orders| orders.refused),
        took: *took,
        ..not_run(&Case::Scenario(scenario.clone()), "")
    }
}

/// The first case of the plan that fails where no payer gets to the provider.
fn about_the_way<'a>(
    plan: &'a Plan,
    stage: &Stage,
    tried: &Scenario,
    no_way: &NoWay,
) -> Option<&'a Scenario> {
    let is_of = |scenario: &Scenario| {
        let signs_up = scenario.needs.iter().any(|need| need.starts_with("subscription"));
        scenario.way
            && scenario.provider.info().id == tried.provider.info().id
            && signs_up == no_way.signs_up
            && scenario::lacking(stage.shop(), scenario).is_none()
    };
    scenarios(plan).into_iter().map(|(_, scenario)| scenario).find(|scenario| is_of(scenario))
}

fn finding(plan: &Plan, rule: &Rule, failure: &Failure, trail: &[String]) -> Finding {
    let Failure { headline, expected, got, why, remedy, cause } = failure.clone();
    Finding {
        headline,
        expected,
        got,
        why,
        remedy,
        cause,
        failed: 1,
        tried: 1,
        trail: trail.to_vec(),
        rule: rule.requirement.clone(),
        provenance: rule.provenance,
        source: rule.source.clone(),
        replay: format!("{}provkassa check{} --only {}", plan.variables, plan.target, rule.id),
        ..Finding::default()
    }
}

/// The finding, with the order that fails.
fn with_order(finding: Finding, plan: &Plan, scenario: &Scenario, orders: &Orders) -> Finding {
    let Some(order) = &orders.smallest else { return finding };
    let fields = serde_json::to_value(order).ok();
    let message = fields.and_then(|fields| fields.as_object().cloned()).unwrap_or_default();
    Finding {
        replay: failing_order::command(plan, &scenario.id, order),
        shows: vec![order.told()],
        message,
        failed: orders.failed,
        tried: orders.tried,
        shrunk_in: orders.shrunk_in,
        ..finding
    }
}
