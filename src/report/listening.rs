//! Who listens to a run of the command line.

use std::io::Write as _;

use clap::ValueEnum;

use super::github::{GitHub, Runner};
use super::pretty::{Channel, Pretty};
use super::{Event, Reporter, Reporters, json};
use crate::adapter::Hello;

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
            Event::Trying(_) | Event::Finished(_) | Event::Trouble(_) => {}
        }
    }
}
