//! Which cases `check` runs: those that the filters leave, and why where they leave none.

use anstream::eprintln;

use super::CliError;
use super::options::{OnlyLevel, Options};
use crate::conformance::{Case, Level, Partition, matches, meant};
use provkassa_simulators::kit::problem::nearest;

/// The cases that the filters leave, or the part of them that was asked for. Where that is none, it is said on stderr
/// which filter took how many.
pub(super) fn choose(
    options: &Options,
    partition: Option<Partition>,
    all: &[Case],
) -> Result<Vec<Case>, CliError> {
    let Options { only, skip, level, tags, .. } = options;
    for (flag, patterns) in [("--only", only), ("--skip", skip)] {
        for pattern in patterns {
            exists(flag, pattern, all)?;
        }
    }
    for tag in tags {
        is_known(tag, all)?;
    }
    let mut chosen = Chosen { cases: all.to_vec(), steps: Vec::new() };
    let any = |patterns: &[String], case: &Case| patterns.iter().any(|pattern| matches(pattern, &case.id));
    if !only.is_empty() {
        chosen.keep(&format!("--only {}", only.join(",")), |case| any(only, case));
    }
    if let Some(level) = level {
        let (word, level) = match level {
            OnlyLevel::Must => ("must", Level::Must),
            OnlyLevel::Should => ("should", Level::Should),
        };
        chosen.keep(&format!("--level {word}"), |case| case.level == level);
    }
    if !tags.is_empty() {
        chosen.keep(&format!("--tags {}", tags.join(",")), |case| {
            let own = case.tags();
            tags.iter().all(|tag| own.contains(tag))
        });
    }
    if !skip.is_empty() {
        chosen.keep(&format!("--skip {}", skip.join(",")), |case| !any(skip, case));
    }
    if let Some(partition) = partition {
        let before = chosen.cases.len();
        chosen.cases = partition.of(chosen.cases);
        chosen.note(&format!("--partition {partition}"), before);
    }
    if chosen.cases.is_empty() {
        eprintln!(
            "No case is left of {}: {}. Variables and [check] in provkassa.toml count as flags do.",
            all.len(),
            chosen.steps.join(", ")
        );
    }
    Ok(chosen.cases)
}

/// What is left of the cases, and what took the others.
struct Chosen {
    cases: Vec<Case>,
    /// Each filter in words.
    steps: Vec<String>,
}

impl Chosen {
    fn keep(&mut self, filter: &str, fits: impl FnMut(&Case) -> bool) {
        let before = self.cases.len();
        self.cases.retain(fits);
        self.note(filter, before);
    }

    fn note(&mut self, filter: &str, before: usize) {
        let left = self.cases.len();
        // Of nothing nothing can be taken.
        if before > 0 {
            self.steps.push(match before - left {
                0 => format!("`{filter}` takes out none"),
                _ if left == 0 && self.steps.is_empty() => format!("`{filter}` takes out all"),
                _ if left == 0 => format!("`{filter}` takes out the last {before}"),
                taken => format!("`{filter}` takes out {taken}"),
            });
        }
    }
}

fn exists(flag: &str, pattern: &str, all: &[Case]) -> Result<(), CliError> {
    if all.iter().any(|case| matches(pattern, &case.id)) {
        return Ok(());
    }
    Err(CliError::usage(
        format!("no case is called `{pattern}` ({flag})"),
        meant(pattern, all).map_or_else(
            || "`provkassa check --list` prints them.".to_owned(),
            |near| format!("Did you mean `{near}`? `provkassa check --list` prints them all."),
        ),
    ))
}

fn is_known(tag: &str, all: &[Case]) -> Result<(), CliError> {
    let known: std::collections::BTreeSet<String> = all.iter().flat_map(Case::tags).collect();
    if known.contains(tag) {
        return Ok(());
    }
    let usual = known.iter().map(String::as_str).filter(|tag| !tag.starts_with("about:"));
    Err(CliError::usage(
        format!("no case has the tag `{tag}`"),
        nearest(tag, known.iter().map(String::as_str)).map_or_else(
            || {
                let usual = usual.collect::<Vec<_>>().join(", ");
                format!("There are {usual}, and about:WORD; `provkassa check --list` prints each case's.")
            },
            |near| format!("Did you mean `{near}`? `provkassa check --list` prints each case's."),
        ),
    ))
}
