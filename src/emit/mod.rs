//! A case as something to run: a script in the user's language, a request for a shell, a vector.

pub mod answers;
mod choice;
mod curl;
mod literal;
mod script;
mod vector;
mod wire;

use clap::ValueEnum;
use provkassa_simulators::kit::operation::Message;

use crate::adapter::Target;
use crate::conformance::Property;

pub use choice::message;
pub use vector::documents;

/// What a case is printed as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// A shell script that puts it on the wire with curl
    Curl,
    /// A test vector, as `provkassa vectors` prints them
    Json,
    /// A test for `node`
    Node,
    /// A test for `php`
    Php,
    /// A test for `python3`
    Python,
}

/// A case with one message of it.
#[derive(Clone, Copy, Debug)]
pub struct Example<'a> {
    /// The case.
    pub case: &'a Property,
    /// The message.
    pub message: &'a Message,
}

/// Why a case cannot be printed so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmitError {
    /// Whatever is answered, the case holds.
    #[error("nothing that is answered to this message can fail `{case}`")]
    CannotFail {
        /// The case's id.
        case: String,
    },
    /// No message of the case turned up.
    #[error("there is no message to try `{case}` with")]
    NoMessage {
        /// The case's id.
        case: String,
    },
    /// The right answer is to refuse the message.
    #[error("there is nothing to send: right is to refuse this message ({why})")]
    NothingToSend {
        /// Why.
        why: String,
    },
}

impl EmitError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::CannotFail { .. } | Self::NoMessage { .. } => {
                "Try another --seed, or give a message that failed with --replay."
            }
            Self::NothingToSend { .. } => "As a script it can be printed: --emit node, php or python.",
        }
    }
}

/// The case as a program's text or as JSON. A script asks the adapter; without one it has a place for the
/// user's own code.
pub fn emit(kind: Kind, example: Example<'_>, adapter: Option<&Target>) -> Result<String, EmitError> {
    match kind {
        Kind::Curl => curl::script(example),
        Kind::Json => documents(&[example]),
        Kind::Node => script::script(&script::NODE, example, adapter),
        Kind::Php => script::script(&script::PHP, example, adapter),
        Kind::Python => script::script(&script::PYTHON, example, adapter),
    }
}
