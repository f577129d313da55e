//! The functions under test, called on the thread of the test that gave them.
//!
//! The harness runs on a thread of its own, so that the functions may borrow from the test, need not be `Send`,
//! and may start a runtime; and so that the test itself may be run by one.

use std::collections::BTreeMap;
use std::fmt;
use std::future::pending;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{Builder, JoinHandle};

use provkassa_simulators::kit::operation::{Message, Operation};

use crate::adapter::{Hello, Integrator, Said, Session, words};
use crate::conformance::{Plan, Property, Summary, replay, run};
use crate::report::Reporters;

/// How many messages are put at once. More tell more about a failure; each is answered before the next.
const WINDOW: usize = 64;

/// One operation's function: what it said, or why that cannot be judged.
pub(super) type Function<'a> = Box<dyn FnMut(&Message) -> Result<Said, String> + 'a>;

/// The functions under test, by operation.
#[derive(Default)]
pub(super) struct Functions<'a>(pub(super) Vec<(&'static dyn Operation, Function<'a>)>);

impl fmt::Debug for Functions<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.0.iter().map(|(operation, _)| operation.id())).finish()
    }
}

/// A function that broke on a message.
#[derive(Clone, Debug)]
pub(super) struct Broke {
    pub(super) message: Message,
    /// What it threw, or what is wrong with what it returned.
    pub(super) why: String,
}

/// One message on its way to its function.
#[derive(Debug)]
struct Asked {
    operation: &'static str,
    message: Message,
    answer: Sender<Result<Said, String>>,
}

/// The test's functions, as the harness sees them from its thread.
#[derive(Debug)]
struct Bridge {
    hello: Hello,
    asks: Sender<Asked>,
}

impl Integrator for Bridge {
    fn hello(&self) -> Hello {
        self.hello.clone()
    }

    fn answer(&self, operation: &dyn Operation, message: &Message) -> Said {
        let (answer, answered) = channel();
        let asked = Asked { operation: operation.id(), message: message.clone(), answer };
        let heard = self.asks.send(asked).ok().and_then(|()| answered.recv().ok());
        match heard {
            Some(Ok(said)) => said,
            // It has been printed already, by the thread on which it happened.
            Some(Err(why)) => resume_unwind(Box::new(why)),
            None => Said::Unsupported("the test is over".to_owned()),
        }
    }
}

/// What is to be run: the plan, or one message of one case.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) plan: Plan,
    pub(super) replayed: Option<(Property, Message)>,
}

impl Work {
    /// Runs it against an integrator.
    pub(super) fn with(self, integrator: Arc<dyn Integrator>) -> io::Result<Summary> {
        finished(self.start(integrator)?)
    }

    /// Runs it against functions of this thread. Says which of them broke, by operation.
    pub(super) fn with_functions(
        self,
        mut functions: Functions<'_>,
        controls_time: bool,
    ) -> io::Result<(Summary, BTreeMap<&'static str, Broke>)> {
        let hello = Hello {
            name: "functions of this test".to_owned(),
            language: "Rust".to_owned(),
            ops: functions.0.iter().map(|(operation, _)| operation.id().to_owned()).collect(),
            window: WINDOW,
            controls_time,
        };
        let (asks, asked) = channel();
        let harness = self.start(Arc::new(Bridge { hello, asks }))?;
        let broke = functions.answer(&asked);
        Ok((finished(harness)?, broke))
    }

    fn start(self, integrator: Arc<dyn Integrator>) -> io::Result<JoinHandle<io::Result<Summary>>> {
        Builder::new().name("provkassa".to_owned()).spawn(move || self.run(integrator))
    }

    fn run(self, integrator: Arc<dyn Integrator>) -> io::Result<Summary> {
        let Self { plan, replayed } = self;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let mut nobody = Reporters::default();
        Ok(runtime.block_on(async {
            let session = Ok(Session::of(integrator));
            match replayed {
                Some((case, message)) => replay(&plan, &case, message, session, &mut nobody).await,
                None => run(&plan, session, &mut nobody, pending()).await,
            }
        }))
    }
}

fn finished(harness: JoinHandle<io::Result<Summary>>) -> io::Result<Summary> {
    harness.join().unwrap_or_else(|fault| resume_unwind(fault))
}

impl Functions<'_> {
    /// Answers until the harness has no more messages. A function that breaks is not called again: it would break
    /// hundreds of times.
    fn answer(&mut self, asked: &Receiver<Asked>) -> BTreeMap<&'static str, Broke> {
        let mut broke = BTreeMap::new();
        for Asked { operation, message, answer } in asked {
            let said = if broke.contains_key(operation) {
                Ok(Said::Unsupported("it broke on an earlier message".to_owned()))
            } else {
                self.call(operation, &message)
            };
            if let Err(why) = &said {
                broke.insert(operation, Broke { message, why: why.clone() });
            }
            // The harness waits for it.
            let _ = answer.send(said);
        }
        broke
    }

    fn call(&mut self, id: &str, message: &Message) -> Result<Said, String> {
        let known = self.0.iter_mut().find(|(operation, _)| operation.id() == id);
        let Some((_, function)) = known else {
            return Ok(Said::Unsupported(format!("there is no function for {id}")));
        };
        // Whatever it leaves half changed, it is not called again.
        catch_unwind(AssertUnwindSafe(|| function(message)))
            .unwrap_or_else(|thrown| Err(format!("it panicked: {}", words(thrown.as_ref()))))
    }
}
