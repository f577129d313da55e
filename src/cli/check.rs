//! `provkassa check`

use std::io::Write as _;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anstream::{eprintln, println};
use provkassa_simulators::kit::operation::Message;

use super::again::Again;
use super::choice::choose;
use super::config::Config;
use super::options::Options;
use super::subjects::{self, ShopFlags};
use super::{CliError, Outcome, block_on, block_on_one_thread, config, emit, serve};
use crate::adapter::{Hello, Limits, Session, Target};
use crate::conformance::{
    Case, CounterexampleError, KnownFailures, Partition, Plan, Property, Summary, cases, counterexample,
    failing_order, known, replay, run,
};
use crate::emit::Kind;
use crate::exit::Exit;
use crate::report::{self, Event, Format};
use crate::scenario::{AnyOrder, Drawing, Scenario, ShopTarget};

/// Check an integrator's signing code through an adapter, and its running shop; name the mistakes that they make
#[derive(Debug, clap::Args)]
pub(super) struct Check {
    /// The adapter: a command that answers JSON lines, as `node adapter.mjs`, or the URL of one that
    /// runs (else `provkassa.toml`)
    #[arg(long, env = "PROVKASSA_ADAPTER", value_name = "COMMAND|URL")]
    adapter: Option<String>,
    /// The configuration file; else the nearest provkassa.toml upward
    #[arg(long, env = "PROVKASSA_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print the case ids, one a line, with level, requirement and tags
    #[arg(long, env = "PROVKASSA_LIST")]
    list: bool,
    #[command(flatten)]
    shop: ShopFlags,
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
        let mut all = cases().map_err(|error| CliError {
            what: error.to_string(),
            help: "This is a fault of provkassa's own.".to_owned(),
            exit: Exit::Internal,
        })?;
        all.extend(self.shop.own(&all)?);
        let config = config::load(self.config.as_deref())?;
        let again = self.again(&config);
        self.options = std::mem::take(&mut self.options).or(config.check);
        let chosen = choose(&self.options, self.partition, &all)?;
        if self.list {
            for case in &chosen {
                let tags = case.tags().join(",");
                println!("{:<44} {:<6} {}  [{tags}]", case.id, case.level, case.requirement);
            }
            return Ok(if chosen.is_empty() { Exit::NothingRan } else { Exit::Conforms });
        }
        let ordered = self.replayed(|text| failing_order::read(text, &scenarios(&all)))?.flatten();
        let replayed = match &ordered {
            Some(_) => None,
            None => self.replayed(|text| counterexample::read(text, &properties(&all)))?,
        };
        if let Some(kind) = self.emit {
            let seed = self.options.seed.unwrap_or(Plan::default().seed);
            let chosen = properties(&chosen);
            return emit::print(kind, &chosen, replayed, seed, || self.named_adapter(config.adapter));
        }
        let mut adapter = self.named_adapter(config.adapter)?;
        let shop = self.shop.at.target(config.shop)?;
        if self.shop.dry_run {
            let shop = shop.ok_or_else(|| CliError::usage("there is no shop to try", SHOP_HELP))?;
            let is_there = matches!(shop, ShopTarget::Configured(_));
            let file = if is_there { config.text.as_str() } else { "" };
            return block_on(self.shop.explain(shop, &chosen, file));
        }
        let chosen = match &ordered {
            Some((scenario, _)) => vec![Case::Scenario(scenario.clone())],
            None => chosen,
        };
        let chosen = runnable(chosen, adapter.is_some() || replayed.is_some(), shop.is_some())?;
        let known = known_failures(&self.options, &config.folder, &all)?;
        let plan = self.plan(chosen, (again, &config.folder), known, ordered.map(|(_, order)| order));
        self.refuse_to_overwrite()?;
        let jobs = self.options.jobs.map_or(1, |jobs| jobs.0.get()).min(plan.cases.len());
        if let Some((case, message)) = replayed {
            let target = adapter.take().ok_or_else(no_adapter)?;
            return block_on_one_thread(self.replay(&plan, target, &case, message));
        }
        if plan.cases.iter().all(|case| case.property().is_none()) {
            adapter = None;
        }
        let is_simple = jobs <= 1 && shop.is_none();
        let work = self.check(&plan, adapter, jobs, shop);
        if is_simple { block_on_one_thread(work) } else { block_on(work) }
    }

    /// What `--replay` names, as it is read.
    fn replayed<T>(
        &self,
        read: impl FnOnce(&str) -> Result<T, CounterexampleError>,
    ) -> Result<Option<T>, CliError> {
        self.replay.as_deref().map(read).transpose().map_err(|error| {
            CliError::usage(
                error.to_string(),
                "Give a file of .provkassa/, or the JSON that a finding printed, in quotes.",
            )
        })
    }

    /// Tries one message again.
    async fn replay(&self, plan: &Plan, target: Target, case: &Property, message: Message) -> Outcome {
        let mut reporters = report::listeners(self.format, self.verbose);
        let opened = Session::open(target, self.limits()).await;
        let hello = opened.as_ref().ok().map(|session| session.hello().clone());
        let summary = replay(plan, case, message, opened, &mut reporters).await;
        self.report(&summary, hello.as_ref())
    }

    /// Tries the cases, and reports.
    async fn check(
        &self,
        plan: &Plan,
        adapter: Option<Target>,
        jobs: usize,
        shop: Option<ShopTarget>,
    ) -> Outcome {
        let subjects = subjects::open(adapter, (self.limits(), jobs), (&self.shop, shop)).await?;
        let mut reporters = report::listeners(self.format, self.verbose);
        if jobs > 1 && subjects.adapter.as_ref().is_some_and(Result::is_err) {
            reporters.tell(&Event::Trouble(
                "it was started several times: one that takes a port or a file for itself needs --jobs 1",
            ));
        }
        let hello = subjects.adapter.as_ref().and_then(|opened| Some(opened.as_ref().ok()?.hello().clone()));
        let summary = run(plan, subjects, &mut reporters, serve::stopped()).await;
        self.report(&summary, hello.as_ref())
    }

    fn report(&self, summary: &Summary, hello: Option<&Hello>) -> Outcome {
        report::write(&self.options.report, summary, hello)
            .map_err(|error| CliError::usage(error.to_string(), "Give a path that can be written."))?;
        self.write_known_failures(summary)?;
        Ok(summary.exit())
    }

    fn plan(
        &self,
        cases: Vec<Case>,
        (again, folder): (Again, &Path),
        known: KnownFailures,
        only: Option<AnyOrder>,
    ) -> Plan {
        let options = &self.options;
        let usual = Plan::default();
        let count = options.cases.and_then(|cases| usize::try_from(cases).ok());
        Plan {
            cases,
            seed: options.seed.unwrap_or(usual.seed),
            count: count.unwrap_or(usual.count),
            drawing: Drawing {
                orders: count.unwrap_or(usual.drawing.orders),
                shrink: options.shrink.unwrap_or(usual.drawing.shrink),
                only,
            },
            state: options.state.clone().or_else(|| Some(folder.join(usual.state?))),
            known,
            fail_fast: options.fail_fast.unwrap_or(usual.fail_fast),
            max_failures: options.max_failures.map(NonZeroUsize::get),
            max_time: options.max_time,
            variables: again.variables,
            target: again.flags,
        }
    }

    /// What commands that are printed need to do the same: what was given by flags, and not by the configuration.
    fn again(&self, config: &Config) -> Again {
        let seconds = |limit: Option<Duration>| limit.map(|limit| limit.as_secs_f64().to_string());
        let flags = [
            ("--config", self.config.as_ref().map(|path| path.display().to_string())),
            ("--adapter", self.adapter.clone()),
            ("--shop", self.shop.at.shop.clone()),
            ("--features", self.shop.features.as_ref().map(|path| path.display().to_string())),
            ("--timeout", seconds(self.options.timeout)),
            ("--start-timeout", seconds(self.options.start_timeout)),
        ];
        Again::with(&flags, config)
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
        Ok(Some(Target::command(words)))
    }
}

/// What to do where there is no adapter, or none that can be started.
const HELP: &str = "Give a command, --adapter 'node adapter.mjs', or the URL of an adapter that runs. \
            To see it work: --adapter 'provkassa adapter'.";

const SHOP_HELP: &str = "Give the address of one that runs, --shop http://127.0.0.1:3000, or write [shop] into \
            provkassa.toml. To see it work: --shop reference.";

fn no_adapter() -> CliError {
    CliError::usage("there is no adapter to check", format!("{HELP} Or write [adapter] into provkassa.toml."))
}

fn properties(cases: &[Case]) -> Vec<Property> {
    cases.iter().filter_map(Case::property).cloned().collect()
}

fn scenarios<'a>(cases: &'a [Case]) -> Vec<&'a Scenario> {
    let scenario = |case: &'a Case| match case {
        Case::Scenario(scenario) => Some(scenario),
        Case::Property(_) => None,
    };
    cases.iter().filter_map(scenario).collect()
}

/// The cases that what is there can be tried on.
fn runnable(chosen: Vec<Case>, adapter: bool, shop: bool) -> Result<Vec<Case>, CliError> {
    if !adapter && !shop {
        let error = no_adapter();
        return Err(CliError { help: format!("{} For a running shop: --shop.", error.help), ..error });
    }
    let before = chosen.len();
    let can = |case: &Case| if case.property().is_some() { adapter } else { shop };
    let left: Vec<Case> = chosen.into_iter().filter(can).collect();
    if left.is_empty() && before > 0 {
        return Err(if adapter {
            CliError::usage("the chosen cases need a running shop", SHOP_HELP)
        } else {
            CliError::usage("the chosen cases need an adapter", HELP)
        });
    }
    Ok(left)
}

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
