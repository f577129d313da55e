//! `provkassa adapter`

use std::io;

use anstream::{print, println};
use provkassa_simulators::kit::problem::nearest;
use provkassa_simulators::kit::scheme::Mistake;

use super::{CliError, Outcome};
use crate::adapter::reference;
use crate::exit::Exit;

/// Be an adapter: the reference integrator, right in everything unless it is told to be wrong
#[derive(Debug, clap::Args)]
pub(super) struct Adapter {
    /// Make this mistake; can be given twice for a pair
    #[arg(long, env = "PROVKASSA_MISTAKE", value_name = "ID", value_delimiter = ',')]
    mistake: Vec<String>,
    /// Print the ids of all mistakes, one a line, with what they do
    #[arg(long, env = "PROVKASSA_LIST_MISTAKES")]
    list_mistakes: bool,
    /// Print the adapter protocol: each operation, with what its fields mean
    #[arg(long, env = "PROVKASSA_PROTOCOL")]
    protocol: bool,
}

/// The protocol's text.
const PROTOCOL: &str = include_str!("../adapter/PROTOCOL.md");

impl Adapter {
    pub(super) fn run(self) -> Outcome {
        if self.protocol {
            print!("{PROTOCOL}");
            return Ok(Exit::Conforms);
        }
        let all = reference::mistakes();
        if self.list_mistakes {
            for mistake in all {
                println!("{:<40} {}", mistake.id, mistake.title);
            }
            return Ok(Exit::Conforms);
        }
        let chosen: Vec<&'static Mistake> =
            self.mistake.iter().map(|id| find(&all, id)).collect::<Result<_, _>>()?;
        reference::run(io::stdin().lock(), io::stdout().lock(), chosen).map_err(|error| CliError {
            what: format!("the conversation broke off: {error}"),
            help: String::new(),
            exit: Exit::Internal,
        })?;
        Ok(Exit::Conforms)
    }
}

fn find(all: &[&'static Mistake], id: &str) -> Result<&'static Mistake, CliError> {
    all.iter().copied().find(|mistake| mistake.id == id).ok_or_else(|| {
        let near = nearest(id, all.iter().map(|mistake| mistake.id));
        CliError::usage(
            format!("there is no mistake `{id}`"),
            near.map_or_else(
                || "`provkassa adapter --list-mistakes` prints them.".to_owned(),
                |near| format!("Did you mean `{near}`? `--list-mistakes` prints them all."),
            ),
        )
    })
}
