//! How fast cases are tried, beside bare loops and bare echo processes that do the least that can be done.
//!
//! `cargo bench` prints the tables; `cargo bench -- --help` tells how to choose among them. Nothing is asserted:
//! machines are noisy.

mod adapters;
mod bare;
mod focuses;
mod language;
mod measure;
mod mistakes;
mod operations;
mod whole;

use std::process::ExitCode;
use std::time::Duration;

use anstream::{eprintln, println};
use clap::{Parser, ValueEnum};
use provkassa::simulators::PROVIDERS;
use provkassa::simulators::kit::operation::Operation;

/// Measure how fast cases are tried
#[derive(Debug, Parser)]
struct Options {
    /// Measure these operations only: an id, or the start of one
    #[arg(long, value_name = "OPERATION", value_delimiter = ',')]
    only: Vec<String>,
    /// Print these tables only
    #[arg(long, value_enum, value_delimiter = ',')]
    table: Vec<Table>,
    /// What the harness runs on
    #[arg(long, value_enum, default_value = "one")]
    threads: Threads,
    /// How the tables are printed
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// How long each number is measured, in seconds
    #[arg(long, default_value_t = 0.1)]
    seconds: f64,
    /// Given by `cargo bench`; without it each thing is done once, to see that it works
    #[arg(long, hide = true)]
    bench: bool,
    /// Read JSON and write it, line by line, and measure nothing
    #[arg(long, hide = true)]
    echo: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One below the other
    Text,
    /// As the end of `src/bench/RESULTS.md`
    Markdown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Table {
    /// What a case costs in this process, part by part
    Operations,
    /// Messages of the parts that features name
    Focuses,
    /// Round trips to adapters
    Adapters,
    /// Failing cases, start to finish
    Mistakes,
    /// Whole runs of `check`
    Whole,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Threads {
    /// One thread, as `check` with one adapter process
    One,
    /// As many as there are processors, as `check` with several
    Many,
}

/// What is measured, and for how long.
struct Chosen {
    operations: Vec<&'static dyn Operation>,
    round: Duration,
    format: Format,
}

impl Chosen {
    /// Begins a table.
    fn begin(&self, title: &str) {
        match self.format {
            Format::Text => println!("{title}"),
            Format::Markdown => println!("### {title}\n\n```text"),
        }
    }

    /// Ends it.
    fn end(&self) {
        match self.format {
            Format::Text => println!(),
            Format::Markdown => println!("```\n"),
        }
    }
}

fn main() -> ExitCode {
    let options = Options::parse();
    if options.echo {
        return if language::echo().is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let named = |operation: &dyn Operation| {
        options.only.is_empty() || options.only.iter().any(|start| operation.id().starts_with(start.as_str()))
    };
    let all = PROVIDERS.iter().flat_map(|provider| provider.operations()).copied();
    let operations: Vec<_> = all.filter(|operation| named(*operation)).collect();
    if operations.is_empty() {
        eprintln!("no operation begins with {}", options.only.join(", "));
        return ExitCode::FAILURE;
    }
    let seconds = if options.bench { options.seconds } else { 0.0 };
    let round = Duration::try_from_secs_f64(seconds).unwrap_or_default();
    let runtime = match options.threads {
        Threads::One => tokio::runtime::Builder::new_current_thread().enable_all().build(),
        Threads::Many => tokio::runtime::Builder::new_multi_thread().enable_all().build(),
    };
    let Ok(runtime) = runtime else {
        eprintln!("the runtime cannot be started");
        return ExitCode::FAILURE;
    };
    let chosen = Chosen { operations, round, format: options.format };
    let wanted = |table| options.table.is_empty() || options.table.contains(&table);
    if wanted(Table::Operations) {
        operations::print(&chosen, &runtime);
    }
    if wanted(Table::Focuses) {
        focuses::print(&chosen);
    }
    if wanted(Table::Adapters) {
        adapters::print(&chosen, &runtime);
    }
    if wanted(Table::Mistakes) {
        mistakes::print(&chosen, &runtime);
    }
    if wanted(Table::Whole) {
        whole::print(&chosen, &runtime);
    }
    ExitCode::SUCCESS
}
