//! A conversation with an adapter, over its restart.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
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
    /// Where it is started again after a crash; nowhere where it is code of this process.
    target: Option<Target>,
    limits: Limits,
    hello: Hello,
    running: Mutex<Running>,
    window: Semaphore,
    next: AtomicU64,
}

#[derive(Debug)]
struct Running {
    connection: Arc<Connection>,
    restarted: bool,
    /// Why we stopped asking.
    broken: Option<AdapterError>,
}

/// How we talk to it.
#[derive(Debug)]
enum Connection {
    Lines(Lines),
    InProcess(Arc<dyn Integrator>),
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
            Target::Command(words) => Self::Process(Process::start(words, limits)?),
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

impl Connection {
    fn error(&self, kind: Fault) -> AdapterError {
        match self {
            Self::Lines(lines) => lines.error(kind),
            Self::InProcess(_) => kind.into(),
        }
    }
}

impl Session {
    /// Starts the adapter, or connects to it, and greets it.
    pub async fn open(target: Target, limits: Limits) -> Result<Self, AdapterError> {
        let (lines, hello) = greet(&target, limits).await?;
        Ok(Self::with(Some(target), Connection::Lines(lines), hello, limits))
    }

    /// A conversation with code of this process.
    #[must_use]
    pub fn of(integrator: Arc<dyn Integrator>) -> Self {
        let hello = integrator.hello();
        Self::with(None, Connection::InProcess(integrator), hello, Limits::default())
    }

    fn with(target: Option<Target>, connection: Connection, hello: Hello, limits: Limits) -> Self {
        Self {
            target,
            limits,
            window: Semaphore::new(hello.window),
            hello,
            running: Mutex::new(Running { connection: Arc::new(connection), restarted: false, broken: None }),
            next: AtomicU64::new(1),
        }
    }

    /// What it said of itself.
    #[must_use]
    pub fn hello(&self) -> &Hello {
        &self.hello
    }

    /// What it has written to stderr; nothing where it runs elsewhere.
    pub async fn stderr(&self) -> String {
        match self.running.lock().await.connection.as_ref() {
            Connection::Lines(Lines::Process(process)) => process.stderr(),
            Connection::Lines(Lines::Http(_)) | Connection::InProcess(_) => String::new(),
        }
    }

    /// Puts one message to it.
    ///
    /// An adapter that crashes is started once more and asked again, and so is a server whose
    /// connection breaks; after a second crash, a hang or something that is no reply, every call
    /// returns an error at once. An `error` of its own concerns this message alone.
    pub async fn ask(&self, operation: &dyn Operation, message: &Message) -> Result<Said, AdapterError> {
        // The semaphore is never closed.
        let _turn = self.window.acquire().await;
        loop {
            let connection = {
                let running = self.running.lock().await;
                if let Some(broken) = &running.broken {
                    return Err(broken.clone());
                }
                Arc::clone(&running.connection)
            };
            let incoming = match connection.as_ref() {
                Connection::InProcess(integrator) => {
                    Ok(integrator::ask(integrator.as_ref(), operation, message))
                }
                Connection::Lines(lines) => {
                    let id = self.next.fetch_add(1, Ordering::Relaxed);
                    let line = wire::request(id, operation, message);
                    lines.ask(id, line, operation.id(), self.limits.reply).await
                }
            };
            let error = match incoming {
                // Its code broke on this message; the conversation can go on.
                Ok(Incoming::Error(said)) => {
                    return Err(connection.error(Fault::Own { to: operation.id().to_owned(), message: said }));
                }
                Ok(Incoming::Reply(Reply::Answer(answer))) => {
                    match well_formed(operation, &message.form, &answer) {
                        Ok(()) => return Ok(Said::Reply(Reply::Answer(answer))),
                        Err(why) => connection.error(Fault::IllFormed {
                            why,
                            line: wire::shortened(&serde_json::Value::Object(answer).to_string()),
                        }),
                    }
                }
                Ok(Incoming::Reply(reply)) => return Ok(Said::Reply(reply)),
                Ok(Incoming::Unsupported(why)) => return Ok(Said::Unsupported(why)),
                Err(error) => error,
            };
            self.recover(&connection, error).await?;
        }
    }

    /// Starts the adapter again, or connects to it anew, after its first crash; otherwise gives it up.
    async fn recover(&self, crashed: &Arc<Connection>, error: AdapterError) -> Result<(), AdapterError> {
        let mut running = self.running.lock().await;
        // Somebody else may have seen to it meanwhile.
        if let Some(broken) = &running.broken {
            return Err(broken.clone());
        }
        if !Arc::ptr_eq(&running.connection, crashed) {
            return Ok(());
        }
        let Some(target) = self.target.as_ref().filter(|_| error.kind.is_crash() && !running.restarted)
        else {
            running.broken = Some(error.clone());
            return Err(error);
        };
        running.restarted = true;
        match greet(target, self.limits).await {
            Ok((lines, _)) => {
                running.connection = Arc::new(Connection::Lines(lines));
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
