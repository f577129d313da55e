//! `provkassa vectors`

use anstream::{print, println};
use provkassa_simulators::PROVIDERS;
use provkassa_simulators::kit::provider::Provider;
use serde_json::Value;

use super::{CliError, Outcome, operation, provider};
use crate::exit::Exit;

/// Print test vectors as JSON, for use in any language
#[derive(Debug, clap::Args)]
pub(super) struct Vectors {
    /// The provider; all if left out, as a list of documents
    provider: Option<String>,
    /// The vectors of this operation only
    #[arg(long, env = "PROVKASSA_OPERATION", value_name = "OPERATION")]
    operation: Option<String>,
}

impl Vectors {
    pub(super) fn run(self) -> Outcome {
        let named = self.provider.as_deref().map(provider).transpose()?;
        match (&self.operation, named) {
            (Some(id), named) => {
                let mut document = parsed(owner(id, named)?)?;
                if let Some(groups) = document["groups"].as_array_mut() {
                    groups.retain(|group| group["operation"] == id.as_str());
                }
                println!("{}", pretty(&document));
            }
            // As it stands in the repository, so that the two can be compared.
            (None, Some(provider)) => print!("{}", provider.vectors()),
            (None, None) => {
                let all: Result<Value, CliError> =
                    PROVIDERS.iter().map(|provider| parsed(*provider)).collect();
                println!("{}", pretty(&all?));
            }
        }
        Ok(Exit::Conforms)
    }
}

/// The provider whose operation this is; it must be the one that was named.
fn owner(id: &str, named: Option<&dyn Provider>) -> Result<&'static dyn Provider, CliError> {
    let id = operation(id)?.id();
    let has = |provider: &dyn Provider| provider.operations().iter().any(|known| known.id() == id);
    let owner = PROVIDERS.iter().copied().find(|provider| has(*provider));
    match (owner, named) {
        (Some(owner), None) => Ok(owner),
        (Some(owner), Some(named)) if owner.info().id == named.info().id => Ok(owner),
        (_, named) => Err(CliError::usage(
            format!("`{id}` is no operation of {}", named.map_or("any provider", |named| named.info().name)),
            "Leave out one of the two.",
        )),
    }
}

fn parsed(provider: &dyn Provider) -> Result<Value, CliError> {
    serde_json::from_str(provider.vectors()).map_err(|error| CliError {
        what: format!("the vectors are not JSON: {error}"),
        help: "This is a fault of provkassa's own.".to_owned(),
        exit: Exit::Internal,
    })
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
