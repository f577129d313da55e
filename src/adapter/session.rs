//! A conversation with an adapter, over its restart.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use provkassa_simulators::kit::operation::{Message, Operation, Reply, well_formed};
use tokio::sync::{Mutex, Semaphore};

use super::http::Http;
use super::integrator::{self, Integrator};
use super::process::Process;
use super::wire::{self, Hello, Incoming};
use super::{AdapterError, Fault, Limits, Target, UNSUPPORTED_STATUS};

/// What an adapter said to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Its answer, or its refusal of the message.
    Reply(Reply),
    /// It does not do this, and why.
    Unsupported(String),
}

/// An adapter that was greeted. Shared by all cases; at most its window of requests is under way.
#[derive(Debug)]
pub struct Session {
    hello: Hello,
    way: Way,
}

/// How we talk to it.
#[derive(Debug)]
enum Way {
    Called(Called),
    Lines(Box<Conversation>),
}

/// Code of this process. It answers at once: nothing is ever under way, and nobody waits for a turn.
#[derive(Debug)]
pub(crate) struct Called {
    integrator: Arc<dyn Integrator>,
    /// Why we stopped asking.
    broken: OnceLock<AdapterError>,
}

/// A conversation in lines of the protocol.
#[derive(Debug)]
struct Conversation {
    /// Where it is started again after a crash.
    target: Target,
    limits: Limits,
    running: Mutex<Running>,
    window: Semaphore,
    next: AtomicU64,
}

#[derive(Debug)]
struct Running {
    lines: Arc<Lines>,
    restarted: bool,
    /// Why we stopped asking.
    broken: Option<AdapterError>,
}

/// How lines of the protocol reach it.
#[derive(Debug)]
enum Lines {
    Process(Process),
    Http(Http),
}

impl Lines {
    fn open(target: &Target, limits: Limits) -> Result<Self, AdapterError> {
        Ok(match target {
            Target::Command { words, folder } => {
                Self::Process(Process::start(words, folder.as_deref(), limits)?)
            }
            Target::Url(url) => Self::Http(Http::open(url, limits)?),
        })
    }

    async fn ask(&self, id: u64, line: String, to: &str, limit: Duration) -> Result<Incoming, AdapterError> {
        match self {
            Self::Process(process) => process.ask(id, line, to, limit).await,
            Self::Http(http) => Ok(http.ask(id, line, to, limit).await?),
        }
    }

    fn error(&self, kind: Fault) -> AdapterError {
        match self {
            Self::Process(process) => process.error(kind),
            Self::Http(_) => kind.into(),
        }
    }
}

impl Session {
    /// Starts the adapter, or connects to it, and greets it.
    pub async fn open(target: Target, limits: Limits) -> Result<Self, AdapterError> {
        let (lines, hello) = greet(&target, limits).await?;
        let conversation = Conversation {
            target,
            limits,
            running: Mutex::new(Running { lines: Arc::new(lines), restarted: false, broken: None }),
            window: Semaphore::new(hello.window),
            next: AtomicU64::new(1),
        };
        Ok(Self { hello, way: Way::Lines(Box::new(conversation)) })
    }

    /// A conversation with code of this process.
    #[must_use]
    pub fn of(integrator: Arc<dyn Integrator>) -> Self {
        let hello = integrator.hello();
        Self { hello, way: Way::Called(Called { integrator, broken: OnceLock::new() }) }
    }

    /// What it said of itself.
    #[must_use]
    pub fn hello(&self) -> &Hello {
        &self.hello
    }

    /// What it has written to stderr; nothing where it runs elsewhere.
    pub async fn stderr(&self) -> String {
        let Way::Lines(conversation) = &self.way else { return String::new() };
        match conversation.running.lock().await.lines.as_ref() {
            Lines::Process(process) => process.stderr(),
            Lines::Http(_) => String::new(),
        }
    }

    /// Puts one message to it.
    ///
    /// An adapter that crashes is started once more and asked again, and so is a server whose
    /// connection breaks; after a second crash, a hang or something that is no reply, every call
    /// returns an error at once. An `error` of its own, or an answer with wrong fields, concerns this message
    /// alone.
    pub async fn ask(&self, operation: &dyn Operation, message: &Message) -> Result<Said, AdapterError> {
        match &self.way {
            Way::Called(called) => called.ask(operation, message),
            Way::Lines(conversation) => conversation.ask(operation, message).await,
        }
    }

    /// The code of this process that it talks to; `None` where the adapter is elsewhere, and has to be awaited.
    pub(crate) fn called(&self) -> Option<&Called> {
        match &self.way {
            Way::Called(called) => Some(called),
            Way::Lines(_) => None,
        }
    }
}

/// What was said; a fault where it is none of what can be said to this message.
fn said(operation: &dyn Operation, message: &Message, incoming: Incoming) -> Result<Said, Fault> {
    match incoming {
        // Its code broke on this message; the conversation can go on.
        Incoming::Error(message) => Err(Fault::Own { to: operation.id().to_owned(), message }),
        Incoming::Reply(Reply::Answer(answer)) => match well_formed(operation, &message.form, &answer) {
            Ok(()) => Ok(Said::Reply(Reply::Answer(answer))),
            Err(why) => {
                let line = wire::shortened(&serde_json::Value::Object(answer).to_string());
                Err(Fault::IllFormed { why, line })
            }
        },
        Incoming::Reply(reply) => Ok(Said::Reply(reply)),
        Incoming::Unsupported(why) => Ok(Said::Unsupported(why)),
    }
}

impl Called {
    /// Puts one message to it, as [`Session::ask`] does, and returns what it said.
    pub(crate) fn ask(&self, operation: &dyn Operation, message: &Message) -> Result<Said, AdapterError> {
        if let Some(broken) = self.broken.get() {
            return Err(broken.clone());
        }
        let incoming = integrator::ask(self.integrator.as_ref(), operation, message);
        said(operation, message, incoming).map_err(|fault| {
            let error = AdapterError::from(fault).on(operation, message);
            if !error.kind.is_of_one_message() {
                // Whoever came first has said why.
                return self.broken.get_or_init(|| error).clone();
            }
            error
        })
    }
}

impl Conversation {
    async fn ask(&self, operation: &dyn Operation, message: &Message) -> Result<Said, AdapterError> {
        // The semaphore is never closed.
        let _turn = self.window.acquire().await;
        loop {
            let lines = {
                let running = self.running.lock().await;
                if let Some(broken) = &running.broken {
                    return Err(broken.clone());
                }
                Arc::clone(&running.lines)
            };
            let id = self.next.fetch_add(1, Ordering::Relaxed);
            let line = wire::request(id, operation, message);
            let error = match lines.ask(id, line, operation.id(), self.limits.reply).await {
                Ok(incoming) => match said(operation, message, incoming) {
                    Ok(said) => return Ok(said),
                    Err(fault) if fault.is_of_one_message() => {
                        return Err(lines.error(fault).on(operation, message));
                    }
                    Err(fault) => lines.error(fault),
                },
                Err(error) => error,
            };
            self.recover(&lines, error.on(operation, message)).await?;
        }
    }

    /// Starts the adapter again, or connects to it anew, after its first crash; otherwise gives it up.
    async fn recover(&self, crashed: &Arc<Lines>, error: AdapterError) -> Result<(), AdapterError> {
        let mut running = self.running.lock().await;
        // Somebody else may have seen to it meanwhile.
        if let Some(broken) = &running.broken {
            return Err(broken.clone());
        }
        if !Arc::ptr_eq(&running.lines, crashed) {
            return Ok(());
        }
        if !error.kind.is_crash() || running.restarted {
            running.broken = Some(error.clone());
            return Err(error);
        }
        running.restarted = true;
        match greet(&self.target, self.limits).await {
            Ok((lines, _)) => {
                running.lines = Arc::new(lines);
                Ok(())
            }
            Err(error) => {
                running.broken = Some(error.clone());
                Err(error)
            }
        }
    }
}

async fn greet(target: &Target, limits: Limits) -> Result<(Lines, Hello), AdapterError> {
    let connection = Lines::open(target, limits)?;
    let incoming = match connection.ask(0, wire::hello(), "hello", limits.start).await {
        Err(AdapterError { kind: Fault::Ended { status: Some(UNSUPPORTED_STATUS), .. }, .. }) => {
            // It says with its exit status that it supports nothing of this.
            let nothing = Hello {
                name: target.to_string(),
                language: "unknown".to_owned(),
                ops: Vec::new(),
                window: 1,
                controls_time: false,
            };
            return Ok((connection, nothing));
        }
        other => other?,
    };
    let hello = match &incoming {
        Incoming::Reply(reply) => wire::parse_hello(reply).map_err(|fault| connection.error(fault))?,
        Incoming::Unsupported(said) | Incoming::Error(said) => {
            return Err(connection.error(Fault::Own { to: "hello".to_owned(), message: said.clone() }));
        }
    };
    Ok((connection, hello))
}
