#![doc = include_str!("PROTOCOL.md")]

mod http;
mod integrator;
mod patience;
mod process;
pub mod reference;
mod session;
mod target;
pub mod wire;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use provkassa_simulators::kit::operation::{Message, Operation};
use provkassa_simulators::kit::wire::to_json;
use serde_json::{Map, Value};

pub use integrator::Integrator;
pub(crate) use integrator::words;
pub use session::{Said, Session};
pub use target::{Target, UnusableUrl};
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
    /// For one line, or the body of one response, in bytes.
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
    /// The end of what it wrote to stderr; none of a server, which keeps its own.
    pub stderr: Option<String>,
    /// What it was asked then; nothing where it was not asked for an answer yet.
    pub asked: Option<Box<Asked>>,
}

/// A message whose answer was awaited when something broke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The message, as an adapter gets it.
    pub message: Map<String, Value>,
    /// The command that tries exactly this message again; empty until the runner writes it.
    pub replay: String,
}

impl AdapterError {
    /// The same, which came of this message.
    fn on(mut self, operation: &dyn Operation, message: &Message) -> Self {
        self.asked.get_or_insert_with(|| {
            Box::new(Asked { message: to_json(operation, message), replay: String::new() })
        });
        self
    }
}

impl From<Fault> for AdapterError {
    /// The fault of a server.
    fn from(kind: Fault) -> Self {
        Self { kind, stderr: None, asked: None }
    }
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
    #[error("the adapter wrote a line that is no reply{}: {why}\n  {line}", awaited(to))]
    Nonsense {
        /// The operation whose reply was awaited.
        to: String,
        /// What is wrong with it.
        why: String,
        /// The line, shortened.
        line: String,
    },
    /// A reply with half of a surrogate pair in a text: no language but its own can read that.
    #[error(
        "the adapter's reply{} is JSON, but holds half of a surrogate pair, `{escape}`: a character was cut in two\n  {line}",
        awaited(to)
    )]
    Halved {
        /// The operation whose reply was awaited.
        to: String,
        /// The half as it is written: `\ud83d`.
        escape: String,
        /// The line, shortened.
        line: String,
    },
    /// Nothing takes the connection at its URL.
    #[error("the adapter at {url} cannot be reached: {why}")]
    Unreachable {
        /// The URL.
        url: String,
        /// What the system says.
        why: String,
    },
    /// The connection ended before the response was complete.
    #[error("the connection to the adapter broke while a reply to {to} was awaited: {why}")]
    CutOff {
        /// The operation.
        to: String,
        /// How it ended.
        why: String,
    },
    /// Its server did not respond in time.
    #[error("the adapter's server gave no response to {to} in {} s", limit.as_secs_f32())]
    NoResponse {
        /// The operation.
        to: String,
        /// How long we waited.
        limit: Duration,
    },
    /// Its server responded with another status than 200.
    #[error("the adapter's server responded to {to} with status {status}\n  {body}")]
    Status {
        /// The operation.
        to: String,
        /// The status.
        status: u16,
        /// The body, shortened.
        body: String,
    },
    /// A reply to a request that nobody made, or that has its reply already.
    #[error("the adapter replied where no request {id} waits for a reply\n  {line}")]
    Unasked {
        /// The id of the reply.
        id: u64,
        /// The line, shortened.
        line: String,
    },
    /// The body of a response is no reply to its request.
    #[error("the response to {to} is no reply: {why}\n  {body}")]
    NoReply {
        /// The operation.
        to: String,
        /// What is wrong with it.
        why: String,
        /// The body, shortened.
        body: String,
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
    /// Whether it went away: it may come back, and is asked once more.
    fn is_crash(&self) -> bool {
        matches!(self, Self::Ended { .. } | Self::Unreachable { .. } | Self::CutOff { .. })
    }

    /// Whether it concerns one message alone, and the conversation can go on.
    pub(crate) fn is_of_one_message(&self) -> bool {
        matches!(self, Self::Own { .. } | Self::IllFormed { .. })
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Start { .. } => {
                "Give a program and its arguments: --adapter 'node adapter.mjs'. It is run without a shell; for variables, `cd` and pipes write --adapter \"sh -c '…'\". --adapter is run in the current folder, and [adapter] command in that of its file."
            }
            Self::Ended { .. } => {
                "See what it wrote to stderr; run the command by hand and type a request line."
            }
            Self::Silent { .. } => {
                "Write exactly one line for each request, and flush it: many languages buffer stdout when it is a pipe."
            }
            Self::Nonsense { line, .. } if line.starts_with('{') => {
                "Each line of stdout is one reply: its `id`, and one of answer, rejected, unsupported, error. `provkassa adapter --protocol` shows them."
            }
            Self::Nonsense { .. } => {
                "stdout carries replies alone, one JSON object a line. Send banners and log lines to stderr."
            }
            Self::Halved { .. } => {
                "JavaScript, Java and C# count UTF-16 units: cut texts by characters, [...text].slice(…), and hash the bytes of UTF-8."
            }
            Self::Unasked { .. } => "Reply to each request once, and repeat its `id`.",
            Self::ClosedStdout => "Keep stdout open as long as stdin is.",
            Self::Unreachable { .. } => {
                "Start the adapter first and let it run. Its address is given by --adapter or [adapter] url."
            }
            Self::CutOff { .. } => {
                "See the server's own log: it ended, or it closed the connection instead of replying."
            }
            Self::NoResponse { .. } => {
                "Reply to every request. A server that takes only one at a time must not announce a `window`."
            }
            Self::Status { .. } => {
                "Every reply has status 200, `rejected` and `error` too. After a 404 or a redirect, see to the URL."
            }
            Self::NoReply { .. } => {
                "A response's body is one JSON object, the reply to its own request, and nothing around it."
            }
            Self::IllFormed { .. } => {
                "`provkassa adapter --protocol` lists the fields of each answer; others are not allowed."
            }
            Self::OtherProtocol { .. } => "Answer `hello` with \"protocol\": 1.",
            Self::Own { .. } => {
                "`error` says that the adapter broke. If your code refuses the message, reply with `rejected`."
            }
        }
    }
}

/// Which reply was awaited, where that is known.
fn awaited(to: &str) -> String {
    if to.is_empty() { String::new() } else { format!(" to {to}") }
}

/// What a lock guards here is whole, even if somebody panicked meanwhile.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
