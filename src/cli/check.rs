//! `provkassa check`

use std::path::PathBuf;

use anstream::println;
use clap::ValueEnum;
use provkassa_simulators::kit::problem::nearest;

use super::{CliError, Outcome, config, serve};
use crate::adapter::{Limits, Session, Target};
use crate::conformance::{Case, Level, Plan, cases, counterexample, replay, run};
use crate::exit::Exit;
use crate::report::{self, Format, Wanted};

/// Check an integrator's signing code through an adapter, and name the mistakes that it makes
#[derive(Debug, clap::Args)]
pub(super) struct Check {
    /// The adapter: a command that answers JSON lines, as `node adapter.mjs`, or the URL of one that
    /// runs (else `provkassa.toml`)
    #[arg(long, env = "PROVKASSA_ADAPTER", value_name = "COMMAND|URL")]
    adapter: Option<String>,
    /// The configuration file; else the nearest provkassa.toml upward
    #[arg(long, env = "PROVKASSA_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print the case ids, one a line, with level and requirement
    #[arg(long, env = "PROVKASSA_LIST")]
    list: bool,
    /// Run these cases only: an id, the start of one, or a pattern with *
    #[arg(long, env = "PROVKASSA_ONLY", value_name = "ID", value_delimiter = ',')]
    only: Vec<String>,
    /// Leave these cases out
    #[arg(long, env = "PROVKASSA_SKIP", value_name = "ID", value_delimiter = ',')]
    skip: Vec<String>,
    /// Run the cases of this level only
    #[arg(long, env = "PROVKASSA_LEVEL", value_enum)]
    level: Option<OnlyLevel>,
    /// Fixes the generated messages
    #[arg(long, env = "PROVKASSA_SEED", default_value_t = 1)]
    seed: u64,
    /// How many messages are generated for a case
    #[arg(long, env = "PROVKASSA_CASES", default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..))]
    cases: u32,
    /// Stop at the first finding
    #[arg(long, env = "PROVKASSA_FAIL_FAST")]
    fail_fast: bool,
    /// What is printed
    #[arg(long, env = "PROVKASSA_FORMAT", value_enum, default_value_t)]
    format: Format,
    /// Write a report: html=FILE, junit=FILE, json=FILE or markdown=FILE; can be given again
    #[arg(long, env = "PROVKASSA_REPORT", value_name = "KIND=FILE", value_delimiter = ',')]
    report: Vec<Wanted>,
    /// Try one counterexample again: the saved file, or its JSON
    #[arg(long, env = "PROVKASSA_REPLAY", value_name = "FILE|JSON")]
    replay: Option<String>,
    /// Where failing messages are kept, to be tried first the next time
    #[arg(long, env = "PROVKASSA_STATE", value_name = "FOLDER", default_value = counterexample::FOLDER)]
    state: PathBuf,
    /// How long the adapter may take for a reply, in seconds
    #[arg(long, env = "PROVKASSA_TIMEOUT", value_name = "SECONDS", default_value_t = 5.0)]
    timeout: f64,
    /// How long the adapter may take to start and answer the greeting, in seconds
    #[arg(long, env = "PROVKASSA_START_TIMEOUT", value_name = "SECONDS", default_value_t = 10.0)]
    start_timeout: f64,
    /// A line for each case instead of a progress bar
    #[arg(long, short, env = "PROVKASSA_VERBOSE")]
    verbose: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OnlyLevel {
    Must,
    Should,
}

impl Check {
    pub(super) async fn run(self) -> Outcome {
        let all = cases().map_err(|error| CliError {
            what: error.to_string(),
            help: "This is a fault of provkassa's own.".to_owned(),
            exit: Exit::Internal,
        })?;
        let chosen = self.choose(&all)?;
        if self.list {
            for case in &chosen {
                println!("{:<44} {:<6} {}", case.id, case.level, case.requirement);
            }
            return Ok(if chosen.is_empty() { Exit::NothingRan } else { Exit::Conforms });
        }
        let replayed =
            self.replay.as_ref().map(|text| counterexample::read(text, &all)).transpose().map_err(
                |error| {
                    CliError::usage(
                        error.to_string(),
                        "Give a file of .provkassa/, or the JSON that a finding printed, in quotes.",
                    )
                },
            )?;
        let target = self.chosen_adapter()?;
        for (flag, seconds) in [("--timeout", self.timeout), ("--start-timeout", self.start_timeout)] {
            if !(seconds > 0.0 && seconds < 1e6) {
                return Err(CliError::usage(
                    format!("{flag} cannot be {seconds}"),
                    "Give seconds, more than 0.",
                ));
            }
        }
        let reply = std::time::Duration::from_secs_f64(self.timeout);
        let start = std::time::Duration::from_secs_f64(self.start_timeout);
        let limits = Limits { start, reply, ..Limits::default() };
        let plan = Plan {
            cases: chosen,
            seed: self.seed,
            count: usize::try_from(self.cases).unwrap_or(usize::MAX),
            state: self.state.clone(),
            fail_fast: self.fail_fast,
            target: self.target(),
        };
        let mut reporters = report::listeners(self.format, self.verbose);
        let opened = Session::open(target, limits).await;
        let hello = opened.as_ref().ok().map(|session| session.hello().clone());
        let summary = match replayed {
            Some((case, message)) => replay(&plan, &case, message, opened, &mut reporters).await,
            None => run(&plan, opened, &mut reporters, serve::stopped()).await,
        };
        report::write(&self.report, &summary, hello.as_ref())
            .map_err(|error| CliError::usage(error.to_string(), "Give a path that can be written."))?;
        Ok(summary.exit())
    }

    /// The cases that the filters leave.
    fn choose(&self, all: &[Case]) -> Result<Vec<Case>, CliError> {
        for pattern in self.only.iter().chain(&self.skip) {
            if !all.iter().any(|case| matches(pattern, &case.id)) {
                let near = nearest(pattern, all.iter().map(|case| case.id.as_str()));
                return Err(CliError::usage(
                    format!("no case is called `{pattern}`"),
                    near.map_or_else(
                        || "`provkassa check --list` prints them.".to_owned(),
                        |near| format!("Did you mean `{near}`? `provkassa check --list` prints them all."),
                    ),
                ));
            }
        }
        let wanted = |case: &&Case| {
            let level = match self.level {
                None => true,
                Some(OnlyLevel::Must) => case.level == Level::Must,
                Some(OnlyLevel::Should) => case.level == Level::Should,
            };
            level
                && (self.only.is_empty() || self.only.iter().any(|pattern| matches(pattern, &case.id)))
                && !self.skip.iter().any(|pattern| matches(pattern, &case.id))
        };
        Ok(all.iter().filter(wanted).cloned().collect())
    }

    fn chosen_adapter(&self) -> Result<Target, CliError> {
        const HELP: &str = "Give a command, --adapter 'node adapter.mjs', or the URL of an adapter that runs. \
            To see it work: --adapter 'provkassa adapter'.";
        let Some(text) = &self.adapter else {
            let configured = config::load(self.config.as_deref())?.adapter;
            return configured.ok_or_else(|| {
                CliError::usage(
                    "there is no adapter to check",
                    format!("{HELP} Or write [adapter] into provkassa.toml."),
                )
            });
        };
        if Target::is_url(text) {
            return Ok(Target::at(text)?);
        }
        let words = shlex::split(text).filter(|words| !words.is_empty());
        let mut words = words.ok_or_else(|| {
            CliError::usage(format!("`{text}` is no command: a quote is open, or it is empty"), HELP)
        })?;
        // The program itself, which need not be on the path: this very build is meant.
        if words[0] == "provkassa"
            && let Ok(this) = std::env::current_exe()
        {
            words[0] = this.display().to_string();
        }
        Ok(Target::Command(words))
    }

    /// The adapter as it was named, for commands that are printed.
    fn target(&self) -> String {
        let quoted = |text: &str| {
            shlex::try_quote(text).map_or_else(|_| text.to_owned(), std::borrow::Cow::into_owned)
        };
        match (&self.adapter, &self.config) {
            (Some(adapter), _) => format!(" --adapter {}", quoted(adapter)),
            (None, Some(config)) => format!(" --config {}", quoted(&config.display().to_string())),
            (None, None) => String::new(),
        }
    }
}

/// Whether the pattern is the id, the start of its path, or fits with its stars.
fn matches(pattern: &str, id: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        let pattern = pattern.trim_end_matches('/');
        return id.strip_prefix(pattern).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    };
    let Some(mut left) = id.strip_prefix(start) else { return false };
    let mut parts = rest.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return left.ends_with(part);
        }
        let Some(place) = left.find(part) else { return false };
        left = &left[place + part.len()..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn cases_are_chosen_by_id_by_folder_and_by_pattern() {
        let id = "brp/hash/secret-goes-last";
        for pattern in ["brp", "brp/", "brp/hash", id, "brp/*", "*secret*", "*/hash/*-last", "*"] {
            assert!(matches(pattern, id), "{pattern}");
        }
        for pattern in ["br", "brp/has", "hash", "*first*", "brp/*/x", "fena/*"] {
            assert!(!matches(pattern, id), "{pattern}");
        }
    }
}
