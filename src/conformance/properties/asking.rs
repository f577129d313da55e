//! Asking, and keeping of the answers what is looked at.

use std::sync::OnceLock;

use futures_util::stream::{self, StreamExt as _};
use provkassa_simulators::kit::diagnosis::Example;
use provkassa_simulators::kit::operation::{Message, Observation, Operation, Reply};

use super::{EXAMPLES, Property, tried};
use crate::adapter::{AdapterError, Said, Session};

/// A message with what was answered.
#[derive(Clone)]
pub(super) struct Answered {
    pub(super) message: Message,
    pub(super) reply: Reply,
    pub(super) failed: bool,
    /// Whether it is accepted without being the right one.
    pub(super) tolerated: bool,
    observed: OnceLock<Observation>,
}

impl Answered {
    fn new(case: &Property, message: Message, reply: Reply) -> Self {
        let (failed, tolerated) = tried(case, &message, &reply);
        Self { message, reply, failed, tolerated, observed: OnceLock::new() }
    }

    /// What the answer comes to. Of most answers nobody asks.
    pub(super) fn observed(&self, operation: &dyn Operation) -> &Observation {
        self.observed.get_or_init(|| operation.observe(&self.message, &self.reply))
    }

    /// Whether it is right, and not merely accepted.
    pub(super) fn is_right(&self) -> bool {
        !self.failed && !self.tolerated
    }

    pub(super) fn is_refused(&self) -> bool {
        matches!(self.reply, Reply::Rejected(_))
    }

    /// It as an example of what the integrator does.
    pub(super) fn example(&self, operation: &dyn Operation) -> Example<'_> {
        Example { message: &self.message, reply: &self.reply, got: self.observed(operation) }
    }
}

/// What came back: answers, and the reasons for which there are none.
#[derive(Default)]
pub(super) struct Answers {
    /// The first of each kind, as many as are looked at. Of a hundred thousand that are right all but these would
    /// only fill the memory.
    pub(super) judged: Vec<Answered>,
    pub(super) failed: usize,
    pub(super) tolerated: Vec<Message>,
    right: usize,
    /// How many of all these refuse the message.
    pub(super) refused: usize,
    pub(super) unsupported: usize,
    /// Why there is no answer to the last message to which there is none.
    pub(super) why_unsupported: Option<String>,
    has_several_reasons: bool,
    /// How many messages were left out, because it does not do this.
    pub(super) untried: usize,
}

impl Answers {
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.failed + self.tolerated.len() + self.right
    }

    pub(super) fn take(&mut self, answer: Result<Answered, String>) {
        let answer = match answer {
            Ok(answer) => answer,
            Err(why) => {
                self.unsupported += 1;
                self.has_several_reasons |=
                    self.why_unsupported.as_ref().is_some_and(|before| *before != why);
                self.why_unsupported = Some(why);
                return;
            }
        };
        self.refused += usize::from(answer.is_refused());
        let of_its_kind = if answer.failed {
            self.failed += 1;
            self.failed
        } else if answer.tolerated {
            self.tolerated.push(answer.message.clone());
            self.tolerated.len()
        } else {
            self.right += 1;
            self.right
        };
        if of_its_kind <= EXAMPLES {
            self.judged.push(answer);
        }
    }

    /// Whether it said of all that it does not do with the same words that it does not.
    pub(super) fn is_of_one_reason(&self) -> bool {
        !self.has_several_reasons
    }

    /// Asks them all, and takes the answers.
    pub(super) async fn ask_all(
        &mut self,
        case: &Property,
        session: &Session,
        messages: impl IntoIterator<Item = Message>,
    ) -> Result<(), AdapterError> {
        if let Some(called) = session.called() {
            for (place, message) in messages.into_iter().enumerate() {
                if place % BEFORE_OTHERS == BEFORE_OTHERS - 1 {
                    tokio::task::yield_now().await;
                }
                let said = called.ask(case.operation, &message)?;
                self.take(judged(case, message, said));
            }
            return Ok(());
        }
        let asked = messages.into_iter().map(|message| ask(case, session, message));
        let mut coming = stream::iter(asked).buffered(session.hello().window);
        let mut broken = None;
        // After an error the others are awaited all the same: they are under way, and the window counts them.
        while let Some(answer) = coming.next().await {
            match answer {
                Ok(answer) => self.take(answer),
                Err(error) => drop(broken.get_or_insert(error)),
            }
        }
        broken.map_or(Ok(()), Err)
    }
}

/// How many messages are put to code of this process before others get their turn: whoever waits for the end of
/// the run's time, or for Ctrl-C.
const BEFORE_OTHERS: usize = 64;

/// The answers to these messages.
pub(super) async fn answers(
    case: &Property,
    session: &Session,
    messages: impl IntoIterator<Item = Message>,
) -> Result<Answers, AdapterError> {
    let mut answers = Answers::default();
    answers.ask_all(case, session, messages).await?;
    Ok(answers)
}

/// One answer, or why there is none to this message.
pub(super) async fn ask(
    case: &Property,
    session: &Session,
    message: Message,
) -> Result<Result<Answered, String>, AdapterError> {
    let said = session.ask(case.operation, &message).await?;
    Ok(judged(case, message, said))
}

fn judged(case: &Property, message: Message, said: Said) -> Result<Answered, String> {
    match said {
        Said::Reply(reply) => Ok(Answered::new(case, message, reply)),
        Said::Unsupported(why) => Err(why),
    }
}
