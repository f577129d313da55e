//! The reports that are written to files: `--report junit=report.xml`.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use provkassa_simulators::kit::clock::Clock;
use provkassa_simulators::kit::problem::nearest;

use super::{html, json, junit, markdown};
use crate::adapter::Hello;
use crate::conformance::Summary;

/// A report to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    kind: Kind,
    path: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Html,
    Json,
    Junit,
    Markdown,
}

impl Kind {
    const ALL: [(&'static str, Self); 4] =
        [("html", Self::Html), ("json", Self::Json), ("junit", Self::Junit), ("markdown", Self::Markdown)];
}

const GIVE: &str = "give html=FILE, json=FILE, junit=FILE or markdown=FILE";

impl FromStr for Wanted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, path) = text.split_once('=').unwrap_or((text, ""));
        let Some((_, kind)) = Kind::ALL.iter().find(|(known, _)| *known == name) else {
            let near = nearest(name, Kind::ALL.iter().map(|(known, _)| *known));
            let near = near.map_or_else(String::new, |near| format!(" Did you mean `{near}`?"));
            return Err(format!("there is no report `{name}`; {GIVE}.{near}"));
        };
        if path.is_empty() {
            return Err(format!("the file is missing; {GIVE}"));
        }
        Ok(Self { kind: *kind, path: PathBuf::from(path) })
    }
}

/// The run as a report tells it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told<'a> {
    pub(super) summary: &'a Summary,
    /// Who was asked, if it came up.
    pub(super) hello: Option<&'a Hello>,
    /// When the run began.
    pub(super) began: Timestamp,
}

impl<'a> Told<'a> {
    /// A run that ends now.
    pub(super) fn now(summary: &'a Summary, hello: Option<&'a Hello>) -> Self {
        let took = SignedDuration::try_from(summary.took).unwrap_or_default();
        let now = Clock::real().now();
        Self { summary, hello, began: now.checked_sub(took).unwrap_or(now) }
    }
}

/// The reports that could not be written. All others are.
#[derive(Debug)]
pub struct Unwritten(Vec<(PathBuf, std::io::Error)>);

impl fmt::Display for Unwritten {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (path, error)) in self.0.iter().enumerate() {
            let next = if place > 0 { "; " } else { "" };
            write!(formatter, "{next}the report `{}` could not be written: {error}", path.display())?;
        }
        Ok(())
    }
}

impl std::error::Error for Unwritten {}

/// Writes the reports that were asked for, each that can be.
pub fn write(wanted: &[Wanted], summary: &Summary, hello: Option<&Hello>) -> Result<(), Unwritten> {
    let told = Told::now(summary, hello);
    let mut unwritten = Vec::new();
    for report in wanted {
        let text = match report.kind {
            Kind::Html => html::to_html(told),
            Kind::Json => json::to_text(summary, hello),
            Kind::Junit => junit::to_xml(told),
            Kind::Markdown => markdown::to_markdown(told, markdown::LIMIT),
        };
        if let Err(error) = put(&report.path, &text) {
            unwritten.push((report.path.clone(), error));
        }
    }
    if unwritten.is_empty() { Ok(()) } else { Err(Unwritten(unwritten)) }
}

/// Writes a file, in a folder that is made if need be.
fn put(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}
