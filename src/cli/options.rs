//! What `check` is told by flags, by the environment and by `[check]` in `provkassa.toml`.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::thread::available_parallelism;
use std::time::Duration;

use clap::ValueEnum;
use clap::builder::BoolishValueParser;

use super::config::expand;
use crate::report::Wanted;
use crate::settings::{Miswritten, Section, Variables, seconds, whole};

/// What both the command line and the file can say; nothing where neither does.
#[derive(Debug, Default, PartialEq, Eq, clap::Args)]
pub(super) struct Options {
    /// Run these cases only: an id, the start of ids up to a slash, or a pattern with *
    #[arg(long, env = "PROVKASSA_ONLY", value_name = "ID", value_delimiter = ',')]
    pub(super) only: Vec<String>,
    /// Leave these cases out
    #[arg(long, env = "PROVKASSA_SKIP", value_name = "ID", value_delimiter = ',')]
    pub(super) skip: Vec<String>,
    /// Run the cases of this level only
    #[arg(long, env = "PROVKASSA_LEVEL", value_enum)]
    pub(super) level: Option<OnlyLevel>,
    /// Run the cases that have all of these tags: must,documented are those with both. Tags are the levels (must,
    /// should), how a rule is known (documented, observed, assumed), the providers (brp), the kinds (vectors,
    /// properties) and about:WORD; --list prints each case's
    #[arg(long, env = "PROVKASSA_TAGS", value_name = "TAG", value_delimiter = ',')]
    pub(super) tags: Vec<String>,
    /// Fixes the generated messages and orders [default: 1]
    #[arg(long, env = "PROVKASSA_SEED")]
    pub(super) seed: Option<u64>,
    /// How many messages are generated for a case, and how many orders for a scenario of a running shop that
    /// takes any [default: 256 messages, 16 orders]
    #[arg(long, env = "PROVKASSA_CASES", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) cases: Option<u32>,
    /// How long a failing order is made smaller through the running shop, in seconds [default: 10]
    #[arg(long, env = "PROVKASSA_SHRINK", value_name = "SECONDS", value_parser = seconds)]
    pub(super) shrink: Option<Duration>,
    /// How many cases are tried at once, each through its own process of the adapter; auto: one for each
    /// processor. Leave it at 1 if the adapter takes a port or a file for itself [default: 1]
    #[arg(long, env = "PROVKASSA_JOBS", value_name = "N|auto")]
    pub(super) jobs: Option<Jobs>,
    /// Stop at the first finding
    #[arg(
        long, env = "PROVKASSA_FAIL_FAST", value_name = "BOOL", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", value_parser = BoolishValueParser::new()
    )]
    pub(super) fail_fast: Option<bool>,
    /// Stop at this many findings
    #[arg(long, env = "PROVKASSA_MAX_FAILURES", value_name = "N", value_parser = at_least_one)]
    pub(super) max_failures: Option<NonZeroUsize>,
    /// Stop after this time, in seconds; exit code 124 if nothing had failed until then
    #[arg(long, env = "PROVKASSA_MAX_TIME", value_name = "SECONDS", value_parser = seconds)]
    pub(super) max_time: Option<Duration>,
    /// The failures that are accepted for now; else known-failures.toml beside provkassa.toml,
    /// or here without one
    #[arg(long, env = "PROVKASSA_KNOWN_FAILURES", value_name = "FILE")]
    pub(super) known_failures: Option<PathBuf>,
    /// Write a report: html=FILE, junit=FILE, json=FILE or markdown=FILE; can be given again
    #[arg(long, env = "PROVKASSA_REPORT", value_name = "KIND=FILE", value_delimiter = ',')]
    pub(super) report: Vec<Wanted>,
    /// Where failing messages are kept, to be tried first the next time [default: .provkassa]
    #[arg(long, env = "PROVKASSA_STATE", value_name = "FOLDER")]
    pub(super) state: Option<PathBuf>,
    /// How long the adapter may take for a reply, in seconds [default: 5]; a shop's `deadline` stands in [shop]
    #[arg(long, env = "PROVKASSA_TIMEOUT", value_name = "SECONDS", value_parser = seconds)]
    pub(super) timeout: Option<Duration>,
    /// How long the adapter may take to start and answer the greeting, in seconds [default: 10]; a shop's
    /// `start_timeout` stands in [shop]
    #[arg(long, env = "PROVKASSA_START_TIMEOUT", value_name = "SECONDS", value_parser = seconds)]
    pub(super) start_timeout: Option<Duration>,
}

/// The cases of one level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum OnlyLevel {
    Must,
    Should,
}

fn at_least_one(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "give a number, 1 or more".to_owned())
}

/// How many cases are tried at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Jobs(pub(super) NonZeroUsize);

impl FromStr for Jobs {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = match text {
            "auto" => Some(available_parallelism().unwrap_or(NonZeroUsize::MIN)),
            number => number.parse().ok(),
        };
        number.map(Self).ok_or_else(|| "give a number, 1 or more, or auto".to_owned())
    }
}

impl Options {
    /// The keys of `[check]`: the flags, with underscores.
    const KEYS: [&str; 16] = [
        "only",
        "skip",
        "level",
        "tags",
        "seed",
        "cases",
        "shrink",
        "jobs",
        "fail_fast",
        "max_failures",
        "max_time",
        "known_failures",
        "report",
        "state",
        "timeout",
        "start_timeout",
    ];

    /// Reads `[check]`. Paths count from the folder of the file; `${NAME}` is a variable.
    pub(super) fn read(
        section: &Section<'_>,
        folder: &Path,
        variables: Variables<'_>,
    ) -> Result<Self, Miswritten> {
        section.knows(&Self::KEYS)?;
        let listed = |key: &str, example: &str| -> Result<Vec<String>, Miswritten> {
            let all = section.texts(key, example)?.unwrap_or_default();
            all.into_iter().map(|one| expand(section, key, one, variables)).collect()
        };
        let ids = |key: &str| listed(key, &format!("{key} = [\"brp\", \"fena/token/*\"]"));
        let path = |key: &str, example: &str| -> Result<Option<PathBuf>, Miswritten> {
            let path = section.text(key, example)?.map(|path| expand(section, key, path, variables));
            Ok(path.transpose()?.map(|path| folder.join(path)))
        };
        let report = |text: &str| {
            let text = expand(section, "report", text, variables)?;
            let text = match text.split_once('=') {
                Some((kind, path)) if !path.is_empty() => format!("{kind}={}", folder.join(path).display()),
                _ => text,
            };
            text.parse().map_err(|error| {
                section.wrong(
                    "report",
                    &format!("cannot be used: {error}"),
                    "Write report = [\"junit=report.xml\"].",
                )
            })
        };
        let reports = section.texts("report", "report = [\"junit=report.xml\"]")?.unwrap_or_default();
        let level = |value: &str| OnlyLevel::from_str(value, false).ok();
        let positive = |number: u64| usize::try_from(number).ok().and_then(NonZeroUsize::new);
        Ok(Self {
            only: ids("only")?,
            skip: ids("skip")?,
            level: section.read("level", "is no level", "level = \"must\" or \"should\"", |value| {
                level(value.as_str()?)
            })?,
            tags: listed("tags", "tags = [\"must\", \"documented\"]")?,
            seed: section.number("seed", "seed = 1")?,
            cases: section.read("cases", "is no number from 1", "cases = 256", |value| {
                u32::try_from(whole(value)?).ok().filter(|cases| *cases > 0)
            })?,
            shrink: section.seconds("shrink", "shrink = 10")?,
            jobs: section.read("jobs", "is no number from 1", "jobs = 4 or jobs = \"auto\"", |value| {
                match value.as_str() {
                    Some(text) => text.parse().ok(),
                    None => positive(whole(value)?).map(Jobs),
                }
            })?,
            fail_fast: section.switch("fail_fast")?,
            max_failures: section.read(
                "max_failures",
                "is no number from 1",
                "max_failures = 10",
                |value| positive(whole(value)?),
            )?,
            max_time: section.seconds("max_time", "max_time = 60")?,
            known_failures: path("known_failures", "known_failures = \"known-failures.toml\"")?,
            report: reports.into_iter().map(report).collect::<Result<_, _>>()?,
            state: path("state", "state = \".provkassa\"")?,
            timeout: section.seconds("timeout", "timeout = 5")?,
            start_timeout: section.seconds("start_timeout", "start_timeout = 10")?,
        })
    }

    /// These where they say something, else those of the file.
    pub(super) fn or(self, file: Self) -> Self {
        fn given<T>(list: Vec<T>, otherwise: Vec<T>) -> Vec<T> {
            if list.is_empty() { otherwise } else { list }
        }
        Self {
            only: given(self.only, file.only),
            skip: given(self.skip, file.skip),
            level: self.level.or(file.level),
            tags: given(self.tags, file.tags),
            seed: self.seed.or(file.seed),
            cases: self.cases.or(file.cases),
            shrink: self.shrink.or(file.shrink),
            jobs: self.jobs.or(file.jobs),
            fail_fast: self.fail_fast.or(file.fail_fast),
            max_failures: self.max_failures.or(file.max_failures),
            max_time: self.max_time.or(file.max_time),
            known_failures: self.known_failures.or(file.known_failures),
            report: given(self.report, file.report),
            state: self.state.or(file.state),
            timeout: self.timeout.or(file.timeout),
            start_timeout: self.start_timeout.or(file.start_timeout),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Args as _;

    use super::*;

    #[test]
    fn the_file_knows_every_option_by_the_name_of_its_flag() {
        let flags = Options::augment_args(clap::Command::new("check"));
        let flags: Vec<String> =
            flags.get_arguments().filter_map(|flag| Some(flag.get_long()?.replace('-', "_"))).collect();
        assert_eq!(flags, Options::KEYS);
    }
}
