//! What a run tells, and who listens: the terminal, a pipeline, and the files for people and programs.

mod github;
mod html;
mod json;
mod junit;
mod markdown;
mod pretty;
mod shown;
mod story;
mod summing_up;
mod wanted;

#[cfg(test)]
mod tests;

use std::io::Write as _;

use clap::ValueEnum;

pub use json::to_json;
pub use wanted::{Unwritten, Wanted, write};

use crate::adapter::Hello;
use crate::conformance::{CaseResult, Summary};
use github::{GitHub, Runner};
use pretty::{Channel, Pretty};

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

/// What a run prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Colours and progress where the terminal shows them.
    #[default]
    Pretty,
    /// A line for each case, without colours and progress.
    Plain,
    /// The JSON report on stdout, the talk on stderr.
    Json,
    /// Annotations too, as a workflow of GitHub Actions has them by itself.
    Github,
}

/// Those who listen while it runs: to people or programs, and to GitHub where a workflow of its runs this.
#[must_use]
pub fn listeners(format: Format, verbose: bool) -> Reporters {
    let channel = if format == Format::Json { Channel::Stderr } else { Channel::Stdout };
    let pretty = Box::new(Pretty::new(channel, format != Format::Plain, verbose || format == Format::Plain));
    let mut talk: Vec<Box<dyn Reporter>> = vec![pretty];
    if format == Format::Json {
        talk.push(Box::new(JsonOnStdout { hello: None }));
    }
    match Runner::here(format == Format::Github) {
        Some(runner) => Reporters(vec![Box::new(GitHub::new(runner, channel, Reporters(talk)))]),
        None => Reporters(talk),
    }
}

/// The JSON report, printed when all is done.
#[derive(Debug)]
struct JsonOnStdout {
    hello: Option<Hello>,
}

impl Reporter for JsonOnStdout {
    fn on_event(&mut self, event: &Event<'_>) {
        match event {
            Event::Began { hello, .. } => self.hello = hello.cloned(),
            Event::Ended(summary) => {
                let text = json::to_text(summary, self.hello.as_ref());
                // Whoever reads it may have gone.
                let _ = std::io::stdout().lock().write_all(text.as_bytes());
            }
            Event::Finished(_) | Event::Trouble(_) => {}
        }
    }
}
