//! What a case costs in this process: making the message, answering it, judging the answer, and all of it
//! through the session and the runner.

use std::hint::black_box;
use std::sync::Arc;

use anstream::println;
use provkassa::adapter::Session;
use provkassa::adapter::reference::Reference;
use provkassa::conformance::{Case, Plan, Property, Summary, properties, run};
use provkassa::report::Reporters;
use provkassa::simulators::kit::operation::{Message, Operation, Reply, judge};
use rand::SeedableRng as _;
use rand::rngs::SmallRng;
use tokio::runtime::Runtime;

use super::Chosen;
use super::bare;
use super::measure::{per_second, rate, shown};

/// How many different messages are gone through again and again.
const SAMPLE: usize = 2048;

pub(super) fn print(chosen: &Chosen, runtime: &Runtime) {
    chosen.begin("A case in this process, part by part; so many a second");
    println!(
        "{:<24}{:>10}{:>10}{:>10}{:>12}   {:<14}{:>8}",
        "", "generate", "answer", "judge", "whole case", "the bare thing", ""
    );
    let all = properties().unwrap_or_default();
    for operation in &chosen.operations {
        line(*operation, &all, chosen, runtime);
    }
    chosen.end();
}

fn line(operation: &'static dyn Operation, all: &[Property], chosen: &Chosen, runtime: &Runtime) {
    let round = chosen.round;
    let messages = sample(operation);
    let replies: Vec<(&Message, Reply)> =
        messages.iter().filter_map(|message| Some((message, operation.reply(message, &[])?))).collect();
    let mut rng = SmallRng::seed_from_u64(2);
    let generate = rate(round, |_| drop(black_box(operation.generate(&mut rng))));
    let answer = rate(round, |n| drop(black_box(operation.reply(&messages[n % messages.len()], &[]))));
    let judged = rate(round, |n| {
        let (message, reply) = &replies[n % replies.len()];
        black_box(judge(operation, message, reply));
    });
    let mut bare = bare::of(operation, &messages);
    let least = rate(round, &mut bare.work);
    let whole = whole(operation, all, chosen, runtime);
    println!(
        "{:<24}{:>10}{:>10}{:>10}{:>12}   {:<14}{:>8}",
        operation.id(),
        shown(generate),
        shown(answer),
        shown(judged),
        shown(whole),
        bare.name,
        shown(least)
    );
}

/// Messages as they come.
pub(super) fn sample(operation: &dyn Operation) -> Vec<Message> {
    let mut rng = SmallRng::seed_from_u64(1);
    (0..SAMPLE).map(|_| operation.generate(&mut rng)).collect()
}

/// Cases a second with the reference integrator in this process.
fn whole(operation: &dyn Operation, all: &[Property], chosen: &Chosen, runtime: &Runtime) -> f64 {
    let Some(mut case) = all.iter().find(|case| case.operation.id() == operation.id()).cloned() else {
        return 0.0;
    };
    case.vectors.clear();
    case.generated = vec![None];
    // Enough of them for the time that is asked for, by what the first few take.
    let few = run_in_process(vec![case.clone()], 256, runtime);
    let enough = per_second(256, few.took) * chosen.round.as_secs_f64();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of messages")]
    let enough = (enough as usize).clamp(256, 1 << 20);
    per_second(enough, run_in_process(vec![case], enough, runtime).took)
}

/// Runs cases with the reference integrator in this process.
pub(super) fn run_in_process(cases: Vec<Property>, count: usize, runtime: &Runtime) -> Summary {
    let session = Session::of(Arc::new(Reference(Vec::new())));
    runtime.block_on(run_with(&plan(cases, count), session))
}

/// These cases, as `check` tries them without a flag, but that nothing is saved.
pub(super) fn plan(cases: Vec<Property>, count: usize) -> Plan {
    let cases = cases.into_iter().map(Case::Property).collect();
    Plan { cases, count, state: None, ..Plan::default() }
}

/// Runs cases against whoever is asked.
pub(super) async fn run_with(plan: &Plan, session: Session) -> Summary {
    run(plan, Ok(session), &mut Reporters::default(), std::future::pending()).await
}
