//! What a run tells, and who listens: the terminal, JSON, JUnit.

mod json;
mod junit;
mod pretty;

use std::fs;
use std::path::PathBuf;
use std::str::FromStr;

pub use json::to_json;
pub use pretty::Pretty;

use crate::adapter::Hello;
use crate::conformance::{CaseResult, Summary};

/// What happens in a run.
#[derive(Debug)]
pub enum Event<'a> {
    /// It begins.
    Began {
        /// How many cases there are.
        cases: usize,
        /// The seed.
        seed: u64,
        /// Who is asked, if it came up.
        hello: Option<&'a Hello>,
    },
    /// A case has its verdict.
    Finished(&'a CaseResult),
    /// All cases have theirs.
    Ended(&'a Summary),
    /// Something went wrong that is no verdict.
    Trouble(&'a str),
}

/// Listens to a run.
pub trait Reporter: std::fmt::Debug {
    /// Takes note of what happens.
    fn on_event(&mut self, event: &Event<'_>);
}

/// Everybody who listens.
#[derive(Debug, Default)]
pub struct Reporters(pub Vec<Box<dyn Reporter>>);

impl Reporters {
    /// Tells all.
    pub fn tell(&mut self, event: &Event<'_>) {
        for reporter in &mut self.0 {
            reporter.on_event(event);
        }
    }
}

/// A report to be written: `junit=report.xml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    format: Format,
    path: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Json,
    Junit,
}

impl FromStr for Wanted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (format, path) = text.split_once('=').unwrap_or((text, ""));
        let format = match format {
            "json" => Format::Json,
            "junit" => Format::Junit,
            other => return Err(format!("there is no report `{other}`; give junit=FILE or json=FILE")),
        };
        if path.is_empty() {
            return Err("the file is missing; give junit=FILE or json=FILE".to_owned());
        }
        Ok(Self { format, path: PathBuf::from(path) })
    }
}

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the report `{}` could not be written: {source}", path.display())]
pub struct WriteError {
    path: PathBuf,
    source: std::io::Error,
}

/// Writes the reports that were asked for.
pub fn write(wanted: &[Wanted], summary: &Summary, hello: Option<&Hello>) -> Result<(), WriteError> {
    for report in wanted {
        let text = match report.format {
            Format::Json => serde_json::to_string_pretty(&to_json(summary, hello)).unwrap_or_default() + "\n",
            Format::Junit => junit::to_xml(summary),
        };
        let folder = report.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let written = folder.map_or(Ok(()), fs::create_dir_all);
        written
            .and_then(|()| fs::write(&report.path, text))
            .map_err(|source| WriteError { path: report.path.clone(), source })?;
    }
    Ok(())
}
