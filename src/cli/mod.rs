//! The command line: one file a subcommand, wiring only.

mod adapter;
mod again;
mod callbacks;
mod check;
mod choice;
mod codes;
mod config;
mod doctor;
mod emit;
mod env;
mod explained;
mod healthcheck;
mod init;
mod options;
mod replay;
mod serve;
mod shop;
mod sign;
mod steps;
mod subjects;
mod vectors;
mod verify;
mod written;

use std::fmt;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use anstream::{eprintln, println};
use anstyle::AnsiColor;
use clap::{CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;
use provkassa_simulators::PROVIDERS;
use provkassa_simulators::kit::operation::{Operation, Unreadable};
use provkassa_simulators::kit::problem::nearest;
use provkassa_simulators::kit::provider::Provider;

use crate::adapter::UnusableUrl;
use crate::exit::Exit;
use crate::settings::Miswritten;

const AFTER: &str = "Exit codes: 0 all is well, 1 findings, 2 usage or configuration, 3 adapter, shop or \
    server unreachable or broken, 4 internal error, 5 nothing ran, 124 the time was up, 130 interrupted.\n\
    Each flag can be given as an environment variable too; flag beats environment beats file.";

/// A payment-provider simulator and conformance harness: pay in a sandbox, and learn which mistake
/// your signing code makes.
#[derive(Debug, Parser)]
#[command(name = "provkassa", version, after_help = AFTER, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Serve),
    Check(Box<check::Check>),
    Doctor(doctor::Doctor),
    Init(init::Init),
    Sign(sign::Sign),
    Verify(verify::Verify),
    Codes(codes::Codes),
    Replay(replay::Replay),
    Vectors(vectors::Vectors),
    Env(env::Env),
    Adapter(adapter::Adapter),
    Shop(shop::Shop),
    Steps(steps::Steps),
    Healthcheck(healthcheck::Healthcheck),
    Completion(Completion),
    Version(Version),
}

/// Print a completion script for your shell
#[derive(Debug, clap::Args)]
struct Completion {
    /// The shell that it is for
    #[arg(env = "PROVKASSA_SHELL")]
    shell: Shell,
}

/// Print the version
#[derive(Debug, clap::Args)]
struct Version {}

/// What went wrong, and what to do next.
#[derive(Debug)]
pub struct CliError {
    what: String,
    help: String,
    exit: Exit,
}

impl CliError {
    fn usage(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { what: what.into(), help: help.into(), exit: Exit::Usage }
    }

    /// What is wrong in a file.
    fn miswritten(path: &Path, error: Miswritten) -> Self {
        Self::usage(format!("{}, {error}", path.display()), error.help)
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.what)
    }
}

impl From<Unreadable> for CliError {
    fn from(error: Unreadable) -> Self {
        Self::usage(error.what, error.help)
    }
}

impl From<UnusableUrl> for CliError {
    fn from(error: UnusableUrl) -> Self {
        Self::usage(error.to_string(), error.help())
    }
}

type Outcome = Result<Exit, CliError>;

/// Runs the command and says how it ended.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // A closed pipe is no reason to complain.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let outcome = match cli.command {
        Command::Serve(command) => block_on(command.run()),
        Command::Check(command) => command.run(),
        Command::Doctor(command) => block_on(command.run()),
        Command::Init(command) => command.run(),
        Command::Sign(command) => command.run(),
        Command::Verify(command) => command.run(),
        Command::Codes(command) => command.run(),
        Command::Replay(command) => block_on(command.run()),
        Command::Vectors(command) => command.run(),
        Command::Env(command) => command.run(),
        Command::Adapter(command) => command.run(),
        Command::Shop(command) => block_on(command.run()),
        Command::Steps(command) => command.run(),
        Command::Healthcheck(command) => block_on(command.run()),
        Command::Completion(Completion { shell }) => {
            clap_complete::generate(shell, &mut Cli::command(), "provkassa", &mut io::stdout());
            Ok(Exit::Conforms)
        }
        Command::Version(Version {}) => {
            println!("provkassa {}", crate::VERSION);
            Ok(Exit::Conforms)
        }
    };
    match outcome {
        Ok(exit) => exit.into(),
        Err(error) => {
            let red = AnsiColor::Red.on_default().bold();
            eprintln!("{red}error:{red:#} {error}");
            if !error.help.is_empty() {
                eprintln!("  {}", error.help);
            }
            error.exit.into()
        }
    }
}

fn block_on(work: impl Future<Output = Outcome>) -> Outcome {
    block_on_the(tokio::runtime::Builder::new_multi_thread(), work)
}

/// The same on one thread: whoever talks to one process waits for it most of the time, and handing the waiting from
/// thread to thread costs more than the work.
fn block_on_one_thread(work: impl Future<Output = Outcome>) -> Outcome {
    block_on_the(tokio::runtime::Builder::new_current_thread(), work)
}

fn block_on_the(mut builder: tokio::runtime::Builder, work: impl Future<Output = Outcome>) -> Outcome {
    let runtime = builder.enable_all().build().map_err(|error| CliError {
        what: format!("the runtime could not be started: {error}"),
        help: String::new(),
        exit: Exit::Internal,
    })?;
    runtime.block_on(work)
}

fn provider(id: &str) -> Result<&'static dyn Provider, CliError> {
    provkassa_simulators::provider(id).ok_or_else(|| {
        let known: Vec<_> = PROVIDERS.iter().map(|provider| provider.info().id).collect();
        CliError::usage(format!("there is no provider `{id}`"), did_you_mean(id, &known))
    })
}

fn operation(id: &str) -> Result<&'static dyn Operation, CliError> {
    provkassa_simulators::operation(id).ok_or_else(|| {
        let operations = PROVIDERS.iter().flat_map(|provider| provider.operations());
        let known: Vec<_> = operations.map(|operation| operation.id()).collect();
        CliError::usage(format!("there is no operation `{id}`"), did_you_mean(id, &known))
    })
}

fn did_you_mean(typed: &str, known: &[&str]) -> String {
    nearest(typed, known.iter().copied())
        .map_or_else(|| format!("There are: {}.", known.join(", ")), |near| format!("Did you mean `{near}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound_and_every_flag_has_its_variable() {
        Cli::command().debug_assert();
        for command in Cli::command().get_subcommands() {
            for flag in command.get_arguments().filter(|flag| flag.get_long().is_some()) {
                if ["help", "version"].contains(&flag.get_id().as_str()) {
                    continue;
                }
                let variable = flag.get_env().unwrap_or_default().to_string_lossy().into_owned();
                let expected = flag.get_long().unwrap_or_default().replace('-', "_").to_uppercase();
                assert_eq!(variable, format!("PROVKASSA_{expected}"), "{}", command.get_name());
            }
        }
    }
}
