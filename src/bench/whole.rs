//! Whole runs, as `check` does them without a flag.

use std::time::{Duration, Instant};

use anstream::println;
use provkassa::adapter::{Limits, Session, Target};
use provkassa::conformance::{Property, Summary, properties};
use tokio::runtime::Runtime;

use super::Chosen;
use super::language::LANGUAGES;
use super::measure::{per_second, shown, time};
use super::operations::{plan, run_in_process, run_with};

/// As `check` does without a flag.
const MESSAGES: usize = 256;

pub(super) fn print(chosen: &Chosen, runtime: &Runtime) {
    let mut all = properties().unwrap_or_default();
    all.retain(|case| chosen.operations.iter().any(|operation| operation.id() == case.operation.id()));
    chosen.begin(&format!("A whole run: {} cases, {MESSAGES} messages each", all.len()));
    println!("{:<24}{:>10}{:>12}{:>12}{:>10}", "", "took", "messages", "a second", "failed");
    let began = Instant::now();
    line("in this process", began.elapsed(), &run_in_process(all.clone(), MESSAGES, runtime));
    for language in LANGUAGES.iter().filter(|language| language.is_there()) {
        through(language.name, language.adapter(), &all, runtime);
    }
    chosen.end();
}

fn through(name: &str, command: Vec<String>, all: &[Property], runtime: &Runtime) {
    let began = Instant::now();
    match runtime.block_on(Session::open(Target::command(command), Limits::default())) {
        Ok(session) => {
            let started = began.elapsed();
            line(name, started, &runtime.block_on(run_with(&plan(all.to_vec(), MESSAGES), session)));
        }
        Err(error) => println!("{name}: {error}"),
    }
}

fn line(name: &str, started: Duration, summary: &Summary) {
    let messages: usize = summary.results.iter().map(|result| result.tried).sum();
    println!(
        "{name:<24}{:>10}{messages:>12}{:>12}{:>10}",
        time(started + summary.took),
        shown(per_second(messages, summary.took)),
        summary.count("fail")
    );
}
