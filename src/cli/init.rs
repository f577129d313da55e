//! `provkassa init`

use std::path::PathBuf;

use anstream::{eprintln, println};
use clap::ValueEnum;
use provkassa_simulators::PROVIDERS;
use provkassa_simulators::kit::operation::Operation;

use super::{CliError, Outcome, provider};
use crate::exit::Exit;
use crate::init::{Guess, Language, WriteError, guess, starter, write};

/// Write a configuration and a starter adapter, with a function to fill in for each operation
#[derive(Debug, clap::Args)]
pub(super) struct Init {
    /// What your shop is written in; else its package.json, composer.json, pyproject.toml,
    /// requirements.txt or Cargo.toml tells
    #[arg(long, env = "PROVKASSA_LANGUAGE", value_enum)]
    language: Option<Written>,
    /// The providers that your shop uses; all if left out
    #[arg(long, env = "PROVKASSA_PROVIDER", value_name = "ID", value_delimiter = ',')]
    provider: Vec<String>,
    /// The folder to write into
    #[arg(long, env = "PROVKASSA_DIR", value_name = "FOLDER", default_value = ".")]
    dir: PathBuf,
    /// Reach the adapter over HTTP: you start it, and it is not started for each check
    #[arg(long, env = "PROVKASSA_HTTP")]
    http: bool,
    /// Overwrite what is there
    #[arg(long, env = "PROVKASSA_FORCE")]
    force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Written {
    #[value(aliases = ["javascript", "typescript", "js", "ts"])]
    Node,
    #[value(alias = "py")]
    Python,
    Php,
    #[value(alias = "rs")]
    Rust,
}

impl From<Written> for Language {
    fn from(written: Written) -> Self {
        match written {
            Written::Node => Self::Node,
            Written::Python => Self::Python,
            Written::Php => Self::Php,
            Written::Rust => Self::Rust,
        }
    }
}

impl Init {
    pub(super) fn run(self) -> Outcome {
        let language = self.language.map_or_else(|| self.guess(), |language| Ok(language.into()))?;
        let only = self.chosen()?;
        let operations = operations(&only);
        if self.http && language.server().is_none() {
            return Err(CliError::usage(
                "in Rust the checks are tests, and there is no adapter to reach over HTTP",
                "Leave --http out.",
            ));
        }
        let files = starter(language, &operations, &only, self.http);
        let written = write(&self.dir, &files, self.force).map_err(|error| {
            let help = match &error {
                WriteError::Exist(_) => "--force overwrites what is there, and --dir names another folder.",
                WriteError::Refused { .. } => "Name a folder that can be written with --dir.",
            };
            CliError::usage(error.to_string(), help)
        })?;
        for path in &written {
            println!("{}", path.display());
        }
        self.say_what_is_next(language, written.last());
        Ok(Exit::Conforms)
    }

    fn guess(&self) -> Result<Language, CliError> {
        match guess(&self.dir) {
            Guess::One(language) => Ok(language),
            Guess::None => {
                let signs: Vec<_> =
                    Language::ALL.iter().flat_map(|language| language.signs()).copied().collect();
                Err(CliError::usage(
                    format!(
                        "`{}` does not tell which language it is in: there is no {}",
                        self.dir.display(),
                        signs.join(", ")
                    ),
                    "Say --language node, python, php or rust.",
                ))
            }
            Guess::Several(found) => {
                let signs: Vec<_> = found.iter().map(|(_, sign)| *sign).collect();
                let flags: Vec<_> =
                    found.iter().map(|(language, _)| format!("--language {}", language.word())).collect();
                Err(CliError::usage(
                    format!("the language may be any of several: there are {}", signs.join(" and ")),
                    format!("Say {}.", flags.join(" or ")),
                ))
            }
        }
    }

    /// The ids of the providers that are meant, where not all are.
    fn chosen(&self) -> Result<Vec<&'static str>, CliError> {
        self.provider.iter().map(|id| Ok(provider(id)?.info().id)).collect()
    }

    fn say_what_is_next(&self, language: Language, to_fill_in: Option<&PathBuf>) {
        let here =
            if self.dir.as_os_str() == "." { String::new() } else { format!(", in {}", self.dir.display()) };
        let file = to_fill_in.map(|path| path.display().to_string()).unwrap_or_default();
        eprintln!();
        match (language.server(), self.http) {
            (Some(server), true) => {
                eprintln!("Start the adapter: {server}\nNext to it{here}: provkassa check");
            }
            (Some(_), false) => eprintln!("Next{here}: provkassa check"),
            (None, _) => eprintln!(
                "Add the library: cargo add --dev provkassa --path FOLDER --no-default-features --features check, the \
                 folder being that of its sources; and cargo add --dev serde_json, for answers of several fields\n\
                 Next{here}: cargo test --test provkassa"
            ),
        }
        eprintln!("Nothing is answered yet. Call your shop's code in {file}, one function at a time.");
    }
}

/// The operations of these providers; of all, where none is named.
fn operations(only: &[&str]) -> Vec<&'static dyn Operation> {
    let wanted = PROVIDERS.iter().filter(|provider| only.is_empty() || only.contains(&provider.info().id));
    wanted.flat_map(|provider| provider.operations()).copied().collect()
}
