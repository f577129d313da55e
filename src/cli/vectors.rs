//! `provkassa vectors`

use anstream::{print, println};
use provkassa_simulators::PROVIDERS;
use serde_json::Value;

use super::{CliError, Outcome, provider};
use crate::exit::Exit;

/// Print test vectors as JSON, for use in any language
#[derive(Debug, clap::Args)]
pub(super) struct Vectors {
    /// The provider; all if left out
    provider: Option<String>,
}

impl Vectors {
    pub(super) fn run(self) -> Outcome {
        if let Some(id) = &self.provider {
            print!("{}", provider(id)?.vectors());
            return Ok(Exit::Conforms);
        }
        let all: Result<Vec<Value>, _> =
            PROVIDERS.iter().map(|provider| serde_json::from_str(provider.vectors())).collect();
        let all = all.map_err(|error| CliError {
            what: format!("the vectors are not JSON: {error}"),
            help: "This is a fault of provkassa's own.".to_owned(),
            exit: Exit::Internal,
        })?;
        println!("{}", serde_json::to_string_pretty(&all).unwrap_or_default());
        Ok(Exit::Conforms)
    }
}
