//! `provkassa check`

use std::io::Write as _;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anstream::{eprintln, println};
use provkassa_simulators::kit::operation::Message;

use super::options::{OnlyLevel, Options};
use super::{CliError, Outcome, block_on, block_on_one_thread, config, emit, serve};
use crate::adapter::{Limits, Session, Target};
use crate::conformance::{
    Case, KnownFailures, Level, Partition, Plan, Pool, Summary, cases, counterexample, known, matches, meant,
    replay, run,
};
use crate::emit::Kind;
use crate::exit::Exit;
use crate::report::{self, Event, Format};

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
    #[command(flatten)]
    options: Options,
    /// What is printed
    #[arg(long, env = "PROVKASSA_FORMAT", value_enum, default_value_t)]
    format: Format,
    /// Run one of several parts of the cases: hash:1/3 or slice:1/3
    #[arg(long, env = "PROVKASSA_PARTITION", value_name = "KIND:M/N")]
    partition: Option<Partition>,
    /// Write the failures that no entry accepts as known failures, to begin with; the file must be new
    #[arg(long, env = "PROVKASSA_WRITE_KNOWN_FAILURES", value_name = "FILE")]
    write_known_failures: Option<PathBuf>,
    /// Print one case as something to run, and run nothing: the message of --replay, or the first one of
    /// the case that --only names
    #[arg(long, env = "PROVKASSA_EMIT", value_enum, value_name = "KIND")]
    emit: Option<Kind>,
    /// Try one counterexample again: the saved file, or its JSON
    #[arg(long, env = "PROVKASSA_REPLAY", value_name = "FILE|JSON")]
    replay: Option<String>,
    /// A line for each case instead of a progress bar
    #[arg(long, short, env = "PROVKASSA_VERBOSE")]
    verbose: bool,
}

impl Check {
    pub(super) fn run(mut self) -> Outcome {
        let all = cases().map_err(|error| CliError {
            what: error.to_string(),
            help: "This is a fault of provkassa's own.".to_owned(),
            exit: Exit::Internal,
        })?;
        let config = config::load(self.config.as_deref())?;
        self.options = std::mem::take(&mut self.options).or(config.check);
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
        if let Some(kind) = self.emit {
            let seed = self.options.seed.unwrap_or(Plan::default().seed);
            return emit::print(kind, &chosen, replayed, seed, || self.named_adapter(config.adapter));
        }
        let target = self.chosen_adapter(config.adapter)?;
        let plan = self.plan(chosen, known_failures(&self.options, &config.folder, &all)?);
        self.refuse_to_overwrite()?;
        let jobs = self.options.jobs.map_or(1, |jobs| jobs.0.get()).min(plan.cases.len());
        let work = self.check(&plan, target, jobs, replayed);
        if jobs > 1 { block_on(work) } else { block_on_one_thread(work) }
    }

    /// Talks to the adapter, and reports.
    async fn check(
        &self,
        plan: &Plan,
        target: Target,
        jobs: usize,
        replayed: Option<(Case, Message)>,
    ) -> Outcome {
        let mut reporters = report::listeners(self.format, self.verbose);
        let (summary, hello) = if let Some((case, message)) = replayed {
            let opened = Session::open(target, self.limits()).await;
            let hello = opened.as_ref().ok().map(|session| session.hello().clone());
            (replay(plan, &case, message, opened, &mut reporters).await, hello)
        } else {
            let opened = Pool::open(target, self.limits(), jobs).await;
            if opened.is_err() && jobs > 1 {
                reporters.tell(&Event::Trouble(
                    "it was started several times: one that takes a port or a file for itself needs --jobs 1",
                ));
            }
            let hello = opened.as_ref().ok().map(|pool| pool.hello().clone());
            (run(plan, opened, &mut reporters, serve::stopped()).await, hello)
        };
        report::write(&self.options.report, &summary, hello.as_ref())
            .map_err(|error| CliError::usage(error.to_string(), "Give a path that can be written."))?;
        self.write_known_failures(&summary)?;
        Ok(summary.exit())
    }

    fn plan(&self, cases: Vec<Case>, known: KnownFailures) -> Plan {
        let options = &self.options;
        let usual = Plan::default();
        let count = options.cases.and_then(|cases| usize::try_from(cases).ok());
        Plan {
            cases,
            seed: options.seed.unwrap_or(usual.seed),
            count: count.unwrap_or(usual.count),
            state: options.state.clone().or(usual.state),
            known,
            fail_fast: options.fail_fast.unwrap_or(usual.fail_fast),
            max_failures: options.max_failures.map(NonZeroUsize::get),
            max_time: options.max_time,
            target: self.target(),
        }
    }

    fn limits(&self) -> Limits {
        let usual = Limits::default();
        let start = self.options.start_timeout.unwrap_or(usual.start);
        Limits { start, reply: self.options.timeout.unwrap_or(usual.reply), ..usual }
    }

    /// Nobody's reasons are written over; better known before the run than after it.
    fn refuse_to_overwrite(&self) -> Result<(), CliError> {
        match &self.write_known_failures {
            Some(path) if path.exists() => Err(CliError::usage(
                format!("`{}` is there already", path.display()),
                "Name a new file, and move its entries over.",
            )),
            _ => Ok(()),
        }
    }

    fn write_known_failures(&self, summary: &Summary) -> Result<(), CliError> {
        let Some(path) = &self.write_known_failures else { return Ok(()) };
        let Some(text) = known::to_toml(&summary.results) else {
            eprintln!("`{}` was not written: there is no failure to accept", path.display());
            return Ok(());
        };
        // `path` may have come into being meanwhile.
        let file = std::fs::File::create_new(path);
        file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| {
            CliError::usage(
                format!("`{}` could not be written: {error}", path.display()),
                "Give a path that can be written.",
            )
        })?;
        eprintln!("`{}` accepts what failed. Give each entry its reason.", path.display());
        Ok(())
    }

    /// The cases that the filters leave, or the part of them that was asked for.
    fn choose(&self, all: &[Case]) -> Result<Vec<Case>, CliError> {
        let Options { only, skip, level, .. } = &self.options;
        for pattern in only.iter().chain(skip) {
            if !all.iter().any(|case| matches(pattern, &case.id)) {
                return Err(CliError::usage(
                    format!("no case is called `{pattern}`"),
                    meant(pattern, all).map_or_else(
                        || "`provkassa check --list` prints them.".to_owned(),
                        |near| format!("Did you mean `{near}`? `provkassa check --list` prints them all."),
                    ),
                ));
            }
        }
        let wanted = |case: &&Case| {
            let level = match level {
                None => true,
                Some(OnlyLevel::Must) => case.level == Level::Must,
                Some(OnlyLevel::Should) => case.level == Level::Should,
            };
            level
                && (only.is_empty() || only.iter().any(|pattern| matches(pattern, &case.id)))
                && !skip.iter().any(|pattern| matches(pattern, &case.id))
        };
        let chosen: Vec<Case> = all.iter().filter(wanted).cloned().collect();
        let Some(partition) = self.partition else { return Ok(chosen) };
        let before = chosen.len();
        let part = partition.of(chosen);
        if part.is_empty() && before > 0 {
            eprintln!("{partition} holds none of the {before} chosen cases");
        }
        Ok(part)
    }

    fn chosen_adapter(&self, configured: Option<Target>) -> Result<Target, CliError> {
        self.named_adapter(configured)?.ok_or_else(|| {
            CliError::usage(
                "there is no adapter to check",
                format!("{HELP} Or write [adapter] into provkassa.toml."),
            )
        })
    }

    /// The adapter that is named on the command line, or in the configuration.
    fn named_adapter(&self, configured: Option<Target>) -> Result<Option<Target>, CliError> {
        let Some(text) = &self.adapter else { return Ok(configured) };
        if Target::is_url(text) {
            return Ok(Some(Target::at(text)?));
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
        Ok(Some(Target::Command(words)))
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

/// What to do where there is no adapter, or none that can be started.
const HELP: &str = "Give a command, --adapter 'node adapter.mjs', or the URL of an adapter that runs. \
            To see it work: --adapter 'provkassa adapter'.";

/// The failures that are accepted: those of the file that is named, else of the one beside the configuration.
fn known_failures(options: &Options, folder: &Path, all: &[Case]) -> Result<KnownFailures, CliError> {
    let usual = folder.join(known::FILE);
    let path = match &options.known_failures {
        Some(path) => path,
        None if usual.is_file() => &usual,
        None => return Ok(KnownFailures::default()),
    };
    let text = std::fs::read_to_string(path).map_err(|error| {
        CliError::usage(
            format!("`{}` cannot be read: {error}", path.display()),
            "Name a file that exists with --known-failures.",
        )
    })?;
    KnownFailures::parse(&text, all, known::today()).map_err(|error| CliError::miswritten(path, error))
}
