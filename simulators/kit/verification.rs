//! What there is to say of a text that came: a URL, a token, a callback's body, a request.

use super::diagnosis::Diagnosis;
use super::operation::{Message, Operation, Reply};
use super::scheme::Mistake;

/// A message that was received, with what its maker claims and what the maker may have meant.
#[derive(Clone, Debug)]
pub struct Received {
    /// Whose message it is.
    pub operation: &'static dyn Operation,
    /// The message as it reads.
    pub message: Message,
    /// The signature or answer that came with it.
    pub claimed: Reply,
    /// What it would be, had its maker not spoilt it on the way.
    pub readings: Vec<Reading>,
}

/// A message as its maker may have meant it.
#[derive(Clone, Debug)]
pub struct Reading {
    /// How it was spoilt.
    pub mistake: &'static Mistake,
    /// What it was before.
    pub message: Message,
}

/// Why a text cannot be read as a message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Unreadable {
    /// What is wrong with it.
    pub what: String,
    /// What to give instead.
    pub help: String,
}

impl Unreadable {
    /// What is wrong, and what to give instead.
    pub fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { what: what.into(), help: help.into() }
    }
}

/// What is wrong with a message that came, by the provider's own rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// A stable word for programs: `token_expired`.
    pub id: &'static str,
    /// What is wrong, with what came.
    pub what: String,
    /// How we know the rule, and where it is written.
    pub rule: String,
    /// Whether the rules `documented` let it pass.
    pub passes: bool,
}

/// Everything that can be said of a message that came.
#[derive(Clone, Debug, Default)]
pub struct Examination {
    /// What is in it: a heading and its lines.
    pub parts: Vec<(&'static str, Vec<String>)>,
    /// The string that is signed, where what came has one.
    pub signed: Option<String>,
    /// What is wrong with it, in the order in which the provider looks.
    pub faults: Vec<Fault>,
    /// The mistake that explains it, where one does.
    pub diagnosis: Option<Diagnosis>,
    /// What was not looked at, and what to give so that it is.
    pub notes: Vec<String>,
}

/// What there is to say of a text that came.
#[derive(Clone, Debug)]
pub enum Verification {
    /// Everything, by the provider's own rules.
    Examined(Examination),
    /// A message with what its maker claims, to be judged.
    Received(Received),
}
