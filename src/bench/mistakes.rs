//! How long it takes until a failing case is told, from its first message to its diagnosis.

use std::sync::Arc;
use std::time::Duration;

use anstream::println;
use provkassa::adapter::Session;
use provkassa::adapter::reference::Reference;
use provkassa::conformance::{Plan, Property, Verdict, properties};
use provkassa::simulators::kit::operation::Operation;
use provkassa::simulators::kit::scheme::Mistake;
use tokio::runtime::Runtime;

use super::Chosen;
use super::measure::time;
use super::operations::{plan, run_with};

/// How many mistakes of an operation are made, one by one, and how many pairs of them.
const MADE: usize = 4;
/// As `check` does without a flag.
const MESSAGES: usize = 256;

/// A failing case: how long it took, and who made it fail.
struct Told {
    took: Duration,
    case: String,
    made: String,
}

pub(super) fn print(chosen: &Chosen, runtime: &Runtime) {
    chosen.begin(&format!("A failing case with {MESSAGES} messages, made small and diagnosed"));
    println!("{:<24}{:>8}{:>10}{:>10}   {}", "", "cases", "median", "longest", "which is");
    let all = properties().unwrap_or_default();
    for operation in &chosen.operations {
        let mut own: Vec<Property> =
            all.iter().filter(|case| case.operation.id() == operation.id()).cloned().collect();
        // Of the cases that somebody fails one is tried, another for each: they differ little in what they take.
        let chosen = chosen_mistakes(*operation);
        let step = (own.len() / chosen.len().max(1)).max(1).min(own.len());
        let mut told: Vec<Told> = Vec::new();
        for made in chosen {
            told.extend(failing(&own, &made, runtime));
            own.rotate_left(step);
        }
        told.sort_by_key(|told| told.took);
        let Some(longest) = told.last() else { continue };
        println!(
            "{:<24}{:>8}{:>10}{:>10}   {} with {}",
            operation.id(),
            told.len(),
            time(told[told.len() / 2].took),
            time(longest.took),
            longest.case,
            longest.made
        );
    }
    chosen.end();
}

/// Some mistakes, spread over the catalogue, and as many pairs.
fn chosen_mistakes(operation: &dyn Operation) -> Vec<Vec<&'static Mistake>> {
    let mistakes = operation.mistakes();
    let step = (mistakes.len() / MADE).max(1);
    let singles = mistakes.iter().step_by(step).take(MADE);
    let partners = mistakes.iter().skip(step / 2 + 1).step_by(step).take(MADE);
    let pairs = singles.clone().zip(partners).map(|(one, other)| vec![*one, *other]);
    singles.map(|one| vec![*one]).chain(pairs).collect()
}

/// The first of the cases that somebody fails who makes these mistakes.
fn failing(cases: &[Property], made: &[&'static Mistake], runtime: &Runtime) -> Option<Told> {
    let session = Session::of(Arc::new(Reference(made.to_vec())));
    let plan = Plan { fail_fast: true, ..plan(cases.to_vec(), MESSAGES) };
    let summary = runtime.block_on(run_with(&plan, session));
    let failed = summary.results.iter().find(|result| matches!(result.verdict, Verdict::Fail(_)))?;
    let names: Vec<&str> = made.iter().map(|mistake| mistake.id).collect();
    Some(Told { took: failed.took, case: failed.case.id.clone(), made: names.join(" and ") })
}
