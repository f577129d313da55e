//! A conversation with an adapter, over its restart.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use provkassa_simulators::kit::operation::{Message, Operation, Reply, well_formed};
use tokio::sync::{Mutex, Semaphore};

use super::process::Process;
use super::wire::{self, Hello, Incoming};
use super::{AdapterError, Fault, Limits, UNSUPPORTED_STATUS};

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
    command: Vec<String>,
    limits: Limits,
    hello: Hello,
    running: Mutex<Running>,
    window: Semaphore,
    next: AtomicU64,
}

#[derive(Debug)]
struct Running {
    process: Arc<Process>,
    restarted: bool,
    /// Why we stopped asking.
    broken: Option<AdapterError>,
}

impl Session {
    /// Starts the adapter and greets it.
    pub async fn open(command: &[String], limits: Limits) -> Result<Self, AdapterError> {
        let (process, hello) = greet(command, limits).await?;
        Ok(Self {
            command: command.to_vec(),
            limits,
            window: Semaphore::new(hello.window),
            hello,
            running: Mutex::new(Running { process: Arc::new(process), restarted: false, broken: None }),
            next: AtomicU64::new(1),
        })
    }

    /// What it said of itself.
    #[must_use]
    pub fn hello(&self) -> &Hello {
        &self.hello
    }

    /// Puts one message to it.
    ///
    /// An adapter that crashes is started once more and asked again; after a second crash, a hang or
    /// a line that is no reply, every call returns the same error at once. An `error` of its own
    /// concerns this message alone.
    pub async fn ask(&self, operation: &dyn Operation, message: &Message) -> Result<Said, AdapterError> {
        // The semaphore is never closed.
        let _turn = self.window.acquire().await;
        loop {
            let process = {
                let running = self.running.lock().await;
                if let Some(broken) = &running.broken {
                    return Err(broken.clone());
                }
                Arc::clone(&running.process)
            };
            let id = self.next.fetch_add(1, Ordering::Relaxed);
            let line = wire::request(id, operation, message);
            let error = match process.ask(id, line, operation.id(), process.limits().reply).await {
                // Its code broke on this message; the conversation can go on.
                Ok(Incoming::Error(said)) => {
                    return Err(process.error(Fault::Own { to: operation.id().to_owned(), message: said }));
                }
                Ok(Incoming::Reply(Reply::Answer(answer))) => {
                    match well_formed(operation, &message.form, &answer) {
                        Ok(()) => return Ok(Said::Reply(Reply::Answer(answer))),
                        Err(why) => process.error(Fault::IllFormed {
                            why,
                            line: wire::shortened(&serde_json::Value::Object(answer).to_string()),
                        }),
                    }
                }
                Ok(Incoming::Reply(reply)) => return Ok(Said::Reply(reply)),
                Ok(Incoming::Unsupported(why)) => return Ok(Said::Unsupported(why)),
                Err(error) => error,
            };
            self.recover(&process, error).await?;
        }
    }

    /// Starts the adapter again after its first crash; otherwise gives it up.
    async fn recover(&self, crashed: &Arc<Process>, error: AdapterError) -> Result<(), AdapterError> {
        let mut running = self.running.lock().await;
        if !Arc::ptr_eq(&running.process, crashed) {
            // Somebody else has seen to it meanwhile.
            return running.broken.clone().map_or(Ok(()), Err);
        }
        let crash = matches!(error.kind, Fault::Ended { .. });
        if !crash || running.restarted {
            running.broken = Some(error.clone());
            return Err(error);
        }
        running.restarted = true;
        match greet(&self.command, self.limits).await {
            Ok((process, _)) => {
                running.process = Arc::new(process);
                Ok(())
            }
            Err(error) => {
                running.broken = Some(error.clone());
                Err(error)
            }
        }
    }
}

async fn greet(command: &[String], limits: Limits) -> Result<(Process, Hello), AdapterError> {
    let process = Process::start(command, limits)?;
    let incoming = match process.ask(0, wire::hello(), "hello", limits.start).await {
        Err(AdapterError { kind: Fault::Ended { status: Some(UNSUPPORTED_STATUS), .. }, .. }) => {
            // It says with its exit status that it supports nothing of this.
            let nothing =
                Hello { name: command.join(" "), language: "unknown".to_owned(), ops: Vec::new(), window: 1 };
            return Ok((process, nothing));
        }
        other => other?,
    };
    let hello = match &incoming {
        Incoming::Reply(reply) => wire::parse_hello(reply).map_err(|fault| process.error(fault))?,
        Incoming::Unsupported(said) | Incoming::Error(said) => {
            return Err(process.error(Fault::Own { to: "hello".to_owned(), message: said.clone() }));
        }
    };
    Ok((process, hello))
}
