//! `provkassa check --emit`

use anstream::print;
use provkassa_simulators::kit::operation::Message;

use super::{CliError, Outcome};
use crate::adapter::Target;
use crate::conformance::Property;
use crate::emit::{self, EmitError, Example, Kind};
use crate::exit::Exit;

impl From<EmitError> for CliError {
    fn from(error: EmitError) -> Self {
        Self::usage(error.to_string(), error.help())
    }
}

/// Prints the message that is replayed, or the first one of the only case that is chosen. As JSON several cases
/// can be printed; those that have no message for it are left out.
pub(super) fn print(
    kind: Kind,
    chosen: &[Property],
    replayed: Option<(Property, Message)>,
    seed: u64,
    adapter: impl FnOnce() -> Result<Option<Target>, CliError>,
) -> Outcome {
    let text = match (replayed, chosen) {
        (Some((case, message)), _) => one(kind, &case, &message, adapter)?,
        (None, [case]) => one(kind, case, &emit::message(case, seed)?, adapter)?,
        (None, []) => return Ok(Exit::NothingRan),
        (None, cases) if kind == Kind::Json => {
            let messages: Vec<_> =
                cases.iter().filter_map(|case| Some((case, emit::message(case, seed).ok()?))).collect();
            let examples: Vec<_> = messages.iter().map(|(case, message)| Example { case, message }).collect();
            emit::documents(&examples)?
        }
        (None, cases) => {
            return Err(CliError::usage(
                format!("{} cases are chosen, and --emit prints one", cases.len()),
                format!(
                    "Choose one: --only {}. `provkassa check --list` prints them; --emit json takes several.",
                    cases[0].id
                ),
            ));
        }
    };
    print!("{text}");
    Ok(Exit::Conforms)
}

fn one(
    kind: Kind,
    case: &Property,
    message: &Message,
    adapter: impl FnOnce() -> Result<Option<Target>, CliError>,
) -> Result<String, CliError> {
    let adapter = match kind {
        Kind::Curl | Kind::Json => None,
        Kind::Node | Kind::Php | Kind::Python => adapter()?,
    };
    Ok(emit::emit(kind, Example { case, message }, adapter.as_ref())?)
}
