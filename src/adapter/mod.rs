#![doc = include_str!("PROTOCOL.md")]

mod process;
pub mod reference;
mod session;
pub mod wire;

use std::time::Duration;

pub use session::{Said, Session};
pub use wire::Hello;

/// The version of the protocol that this build speaks.
pub const PROTOCOL: u64 = 1;
/// The exit status of an adapter that supports nothing of what it was asked.
pub const UNSUPPORTED_STATUS: i32 = 89;

/// How long we wait, and how much we take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For the answer to `hello`.
    pub start: Duration,
    /// For any other reply.
    pub reply: Duration,
    /// For one line, in bytes.
    pub line: usize,
    /// For what is kept of stderr, in bytes.
    pub stderr: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            start: Duration::from_secs(10),
            reply: Duration::from_secs(5),
            line: 1 << 20,
            stderr: 64 << 10,
        }
    }
}

/// What is wrong with the adapter itself. Never the integrator's signing: that is a finding.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{kind}")]
pub struct AdapterError {
    /// What happened.
    pub kind: Fault,
    /// The end of what it wrote to stderr.
    pub stderr: String,
}

/// The ways in which an adapter breaks.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Fault {
    /// It could not be started.
    #[error("the adapter `{command}` could not be started: {why}")]
    Start {
        /// What was started.
        command: String,
        /// What the system says.
        why: String,
    },
    /// It ended while replies were awaited.
    #[error("the adapter ended{} while a reply to {to} was awaited", status.map_or_else(|| " by a signal".to_owned(), |status| format!(" with status {status}")))]
    Ended {
        /// Its exit status; none if a signal ended it.
        status: Option<i32>,
        /// The operation.
        to: String,
    },
    /// It closed its output and goes on running.
    #[error("the adapter closed its stdout and did not end")]
    ClosedStdout,
    /// It did not answer in time.
    #[error("the adapter gave no reply to {to} in {} s", limit.as_secs_f32())]
    Silent {
        /// The operation.
        to: String,
        /// How long we waited.
        limit: Duration,
    },
    /// It wrote a line that is no reply.
    #[error("the adapter wrote a line that is no reply: {why}\n  {line}")]
    Nonsense {
        /// What is wrong with it.
        why: String,
        /// The line, shortened.
        line: String,
    },
    /// An answer has not the fields that it should have.
    #[error("{why}\n  {line}")]
    IllFormed {
        /// What is wrong with it.
        why: String,
        /// The answer, shortened.
        line: String,
    },
    /// It speaks another version of the protocol.
    #[error("the adapter speaks protocol {theirs}, this is {PROTOCOL}")]
    OtherProtocol {
        /// What it said.
        theirs: String,
    },
    /// Its code broke on a message.
    #[error("the adapter reports an error of its own on {to}: {message}")]
    Own {
        /// The operation.
        to: String,
        /// What it said.
        message: String,
    },
}

impl Fault {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Start { .. } => {
                "Give the command as you would type it: --adapter 'node adapter.mjs'. It is run in the current folder."
            }
            Self::Ended { .. } => {
                "See what it wrote to stderr; run the command by hand and type a request line."
            }
            Self::Silent { .. } => {
                "Write exactly one line for each request, and flush it: many languages buffer stdout when it is a pipe."
            }
            Self::Nonsense { .. } => {
                "stdout carries replies alone, one JSON object a line. Send banners and log lines to stderr."
            }
            Self::ClosedStdout => "Keep stdout open as long as stdin is.",
            Self::IllFormed { .. } => {
                "PROTOCOL.md lists the fields of each operation's answer; others are not allowed."
            }
            Self::OtherProtocol { .. } => "Answer `hello` with \"protocol\": 1.",
            Self::Own { .. } => {
                "`error` says that the adapter broke. If your code refuses the message, reply with `rejected`."
            }
        }
    }
}
