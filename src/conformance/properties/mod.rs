//! Trying one case: its saved, printed and generated messages, and making a failing one small.

mod near;

use std::sync::OnceLock;
use std::time::Instant;

use futures_util::stream::{self, StreamExt as _};
use provkassa_simulators::kit::clock::Clock;
use provkassa_simulators::kit::diagnosis::{Diagnosis, Example, diagnose};
use provkassa_simulators::kit::operation::{
    Judgement, Message, Observation, Operation, Reply, generate_in, judge, simpler,
};
use provkassa_simulators::kit::parts::{is_wrong_where, shows};
use provkassa_simulators::kit::seed::Seed;
use rand::SeedableRng as _;
use rand::rngs::SmallRng;

pub(super) use self::near::Lessons;
use super::case::{Case, CaseResult, Expectation, Verdict};
use crate::adapter::{AdapterError, Said, Session};
use crate::finding::{Failure, Finding};

/// How many of the answers are looked at to find the mistake. More explain nothing more.
const EXAMPLES: usize = 400;
/// So many messages must be refused before it is said that every one is.
const REFUSALS: usize = 4;
/// How many steps and messages shrinking may take: a bound, for slow adapters.
const SHRINK_STEPS: usize = 200;

/// A message with what was answered.
#[derive(Clone)]
struct Answered {
    message: Message,
    reply: Reply,
    failed: bool,
    /// Whether it is accepted without being the right one.
    tolerated: bool,
    observed: OnceLock<Observation>,
}

impl Answered {
    fn new(case: &Case, message: Message, reply: Reply) -> Self {
        let (failed, tolerated) = match case.expectation {
            Expectation::Accepted => {
                let judged = judge(case.operation, &message, &reply);
                (judged == Judgement::Wrong, matches!(judged, Judgement::Tolerated(_)))
            }
            Expectation::Without(_) => (fails(case, &message, &reply), false),
        };
        Self { message, reply, failed, tolerated, observed: OnceLock::new() }
    }

    /// What the answer comes to. Of most answers nobody asks.
    fn observed(&self, operation: &dyn Operation) -> &Observation {
        self.observed.get_or_init(|| operation.observe(&self.message, &self.reply))
    }
}

/// What came back: answers, and the reasons for which there are none.
#[derive(Default)]
struct Answers {
    judged: Vec<Answered>,
    unsupported: Vec<String>,
}

/// Tries a case on its saved messages, its vectors and `count` generated ones.
pub(super) async fn try_case(
    case: &Case,
    session: &Session,
    saved: Vec<Message>,
    (run_seed, count): (u64, usize),
    lessons: &Lessons,
) -> CaseResult {
    let messages = saved.into_iter().chain(case.vectors.clone()).chain(generated(case, run_seed, count));
    judge_messages(case, session, messages.collect(), Some(lessons)).await
}

/// Tries a case on one message, once, as it is.
pub(super) async fn try_message(case: &Case, session: &Session, message: Message) -> CaseResult {
    judge_messages(case, session, vec![message], None).await
}

async fn judge_messages(
    case: &Case,
    session: &Session,
    messages: Vec<Message>,
    lessons: Option<&Lessons>,
) -> CaseResult {
    let began = Instant::now();
    let messages = stamped(case, session, messages);
    let mut tolerated = Vec::new();
    let (verdict, tried, unsupported) = if session.hello().ops.iter().any(|op| op == case.operation.id()) {
        match answers(case, session, messages).await {
            Err(error) => (Verdict::Broken(error), 0, 0),
            Ok(Answers { judged, unsupported }) => {
                let counts = (judged.len(), unsupported.len());
                let accepted = judged.iter().filter(|answer| answer.tolerated);
                tolerated.extend(accepted.map(|answer| answer.message.clone()));
                let verdict = match unsupported.into_iter().next_back() {
                    Some(why) if judged.is_empty() => Verdict::Unsupported(why),
                    None if judged.is_empty() => Verdict::NotRun("there was no message to try".to_owned()),
                    _ => verdict(case, session, judged, lessons).await,
                };
                (verdict, counts.0, counts.1)
            }
        }
    } else {
        (Verdict::Unsupported(format!("the adapter does not list {}", case.operation.id())), 0, 0)
    };
    CaseResult {
        case: case.clone(),
        verdict,
        tried,
        unsupported,
        tolerated,
        known: None,
        took: began.elapsed(),
    }
}

/// The messages, at the real time where the adapter's code reads the real clock.
fn stamped(case: &Case, session: &Session, messages: Vec<Message>) -> Vec<Message> {
    if session.hello().controls_time {
        return messages;
    }
    let now = Clock::real().now().as_second();
    messages.into_iter().map(|message| case.operation.at(message, now)).collect()
}

async fn verdict(
    case: &Case,
    session: &Session,
    mut answers: Vec<Answered>,
    lessons: Option<&Lessons>,
) -> Verdict {
    let Some(first) = answers.iter().position(|answer| answer.failed) else { return Verdict::Pass };
    let failed = answers.iter().filter(|answer| answer.failed).count();
    let tried = answers.len();
    let mut smallest = (answers[first].message.clone(), answers[first].reply.clone());
    let mut steps = 0;
    if lessons.is_some() {
        steps = shrink(case, session, &mut smallest, &mut answers).await;
    }
    let diagnosis = explain(case, &answers);
    let explained = diagnosis.as_ref().is_some_and(|diagnosis| diagnosis.explains == diagnosis.of);
    let learnt = match lessons {
        Some(lessons) if !explained => {
            lessons.learn(case, session, &smallest.0, (&answers, tried), diagnosis.as_ref()).await
        }
        _ => None,
    };
    if let Some(shown) = learnt.as_ref().and_then(|learnt| learnt.shown.clone()) {
        smallest = shown;
    }
    let (message, reply) = &smallest;
    let failure = Failure { operation: case.operation, message, reply, diagnosis: diagnosis.as_ref() };
    let mut finding = Finding::new(&failure);
    if let Some(learnt) = &learnt {
        finding.narrow(&failure, &learnt.near);
    }
    finding.refusal = refusal(case, &answers, &smallest, diagnosis.as_ref()).map(str::to_owned);
    (finding.failed, finding.tried, finding.shrunk_in) = (failed, tried, steps);
    (finding.provenance, finding.source) = (case.provenance, case.source.clone());
    finding.rule.clone_from(&case.requirement);
    if wavers(case, session, message, reply).await {
        finding.waver();
    }
    Verdict::Fail(Box::new(finding))
}

/// The reason for which the shown message was refused, where every message was that should not have been, and for a
/// reason that a mistake which we know does not give.
fn refusal<'a>(
    case: &Case,
    answers: &[Answered],
    (message, reply): &'a (Message, Reply),
    diagnosis: Option<&Diagnosis>,
) -> Option<&'a str> {
    let refused = |answer: &Answered| matches!(answer.reply, Reply::Rejected(_));
    let Reply::Rejected(reason) = reply else { return None };
    let foretold = diagnosis.and_then(|diagnosis| case.operation.reply(message, &diagnosis.named));
    let is_foretold = foretold.is_some_and(|foretold| foretold.repeats(reply));
    let all = answers.len() >= REFUSALS && answers.iter().all(refused);
    (all && !reason.is_empty() && !is_foretold).then_some(reason)
}

/// Whether the same message gets another answer when it is asked again.
async fn wavers(case: &Case, session: &Session, message: &Message, reply: &Reply) -> bool {
    let before = case.operation.observe(message, reply);
    for _ in 0..2 {
        if let Ok(Ok(again)) = ask(case, session, message.clone()).await
            && *again.observed(case.operation) != before
        {
            return true;
        }
    }
    false
}

/// The messages on which a case is tried, but those that were saved.
pub(crate) fn messages(case: &Case, run_seed: u64, count: usize) -> Vec<Message> {
    case.vectors.iter().cloned().chain(generated(case, run_seed, count)).collect()
}

/// Whether somebody who makes these mistakes would have failed the case on one of these messages.
pub(super) fn would_catch(case: &Case, messages: &[Message], mistakes: &[&str]) -> bool {
    let known = case.operation.mistakes();
    let made: Vec<_> = known.into_iter().filter(|mistake| mistakes.contains(&mistake.id)).collect();
    messages
        .iter()
        .any(|message| case.operation.reply(message, &made).is_some_and(|reply| fails(case, message, &reply)))
}

/// The generated messages of a case: the same for the same seed, whatever else runs.
fn generated(case: &Case, run_seed: u64, count: usize) -> impl Iterator<Item = Message> {
    let seed = Seed::of_workspace(run_seed, &case.id).number("case", &case.id, 0, u64::MAX);
    let mut rng = SmallRng::seed_from_u64(seed);
    let kinds = case.generated.clone();
    let operation = case.operation;
    let total = if kinds.is_empty() { 0 } else { count };
    (0..total).filter_map(move |place| generate_in(operation, kinds[place % kinds.len()], &mut rng))
}

async fn answers(case: &Case, session: &Session, messages: Vec<Message>) -> Result<Answers, AdapterError> {
    let asked = messages.into_iter().map(|message| ask(case, session, message));
    let mut coming = stream::iter(asked).buffered(session.hello().window);
    let mut answers = Answers::default();
    let mut broken = None;
    // After an error the others are awaited all the same: they are under way, and the window counts them.
    while let Some(answer) = coming.next().await {
        match answer {
            Ok(Ok(answer)) => answers.judged.push(answer),
            Ok(Err(why)) => answers.unsupported.push(why),
            Err(error) => drop(broken.get_or_insert(error)),
        }
    }
    broken.map_or(Ok(answers), Err)
}

/// One answer, or why there is none to this message.
async fn ask(
    case: &Case,
    session: &Session,
    message: Message,
) -> Result<Result<Answered, String>, AdapterError> {
    match session.ask(case.operation, &message).await? {
        Said::Reply(reply) => Ok(Ok(Answered::new(case, message, reply))),
        Said::Unsupported(why) => Ok(Err(why)),
    }
}

/// Whether this answer breaks the case's requirement: not whether it is right in everything, but in what the case
/// is about, as far as the answer has parts. A case that is about nothing in particular judges the whole.
pub(crate) fn fails(case: &Case, message: &Message, reply: &Reply) -> bool {
    let operation = case.operation;
    match case.expectation {
        Expectation::Accepted => {
            let parts = case.judges();
            judge(operation, message, reply) == Judgement::Wrong
                && (parts.is_empty() || is_wrong_where(operation, message, reply, &parts))
        }
        Expectation::Without(mistake) => {
            let right = operation.reply(message, &[]);
            !right.is_some_and(|right| right.repeats(reply)) && shows(operation, message, reply, mistake)
        }
    }
}

/// Makes the failing message smaller as long as a smaller one fails. An adapter that breaks
/// meanwhile ends it: its faults are never shrunk.
async fn shrink(
    case: &Case,
    session: &Session,
    smallest: &mut (Message, Reply),
    answers: &mut Vec<Answered>,
) -> usize {
    let mut steps = 0;
    while steps < SHRINK_STEPS {
        let Some(next) = smaller(case, session, &smallest.0, answers).await else { break };
        *smallest = next;
        steps += 1;
    }
    steps
}

/// Whether a message is one of a case's: in one of its parts, or one of its vectors.
pub(super) fn belongs(case: &Case, message: &Message) -> bool {
    case.generated.iter().any(|focus| focus.is_none_or(|focus| (focus.holds)(message)))
        || case.generated.is_empty()
        || case.vectors.contains(message)
}

/// The first simpler message that fails too. Everything that is answered on the way is evidence.
async fn smaller(
    case: &Case,
    session: &Session,
    message: &Message,
    answers: &mut Vec<Answered>,
) -> Option<(Message, Reply)> {
    let mut candidates = simpler(case.operation, None, message);
    candidates.retain(|candidate| belongs(case, candidate));
    for group in candidates.chunks(session.hello().window) {
        let Ok(answered) = self::answers(case, session, group.to_vec()).await else { return None };
        let answered = answered.judged;
        let found = answered.iter().find(|answer| answer.failed);
        let found = found.map(|answer| (answer.message.clone(), answer.reply.clone()));
        answers.extend(answered);
        if found.is_some() {
            return found;
        }
    }
    None
}

/// What explains the answers. The failing ones first, for they are fewer.
fn explain(case: &Case, answers: &[Answered]) -> Option<Diagnosis> {
    let operation = case.operation;
    let examples = |telling: &dyn Fn(&Answered) -> bool| -> Vec<Example<'_>> {
        let chosen = answers.iter().filter(|answer| telling(answer)).take(EXAMPLES);
        chosen.map(|answer| Example { message: &answer.message, got: answer.observed(operation) }).collect()
    };
    let failing = examples(&|answer| answer.failed);
    // What is accepted because the document leaves it open says nothing of the mistakes beside it; it only
    // decides between several that explain everything else.
    let passing = examples(&|answer| !answer.failed && !answer.tolerated);
    let open = examples(&|answer| !answer.failed && answer.tolerated);
    diagnose(operation, &failing, &passing).map(|found| found.narrowed(operation, &open))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cases of an operation that one who makes these mistakes fails.
    fn failed(mistakes: &[&str]) -> Vec<String> {
        let operation = mistakes[0].split('/').next().unwrap_or_default();
        let mut cases = crate::conformance::cases().expect("sound features");
        cases.retain(|case| case.operation.id() == operation);
        cases.retain(|case| would_catch(case, &messages(case, 1, 24), mistakes));
        cases.into_iter().map(|case| case.id).collect()
    }

    #[test]
    fn a_case_judges_what_it_is_about() {
        let amount = failed(&["fena.token/amount-in-pence"]);
        assert!(amount.contains(&"fena/token/amount-has-two-decimals".to_owned()), "{amount:?}");
        assert!(!amount.contains(&"fena/token/algorithm-is-hs512".to_owned()), "{amount:?}");
        let scheme = failed(&["fenerum.card/bearer-scheme"]);
        assert!(scheme.contains(&"fenerum/card/token-credential".to_owned()), "{scheme:?}");
        assert!(!scheme.contains(&"fenerum/card/gateway".to_owned()), "{scheme:?}");
    }

    #[test]
    fn another_mistake_hides_none() {
        let both = failed(&["quickpay.subscription/base-ignored", "quickpay.subscription/order-id-too-long"]);
        assert!(both.contains(&"quickpay/subscription/base-is-configured".to_owned()), "{both:?}");
        assert!(both.contains(&"quickpay/subscription/order-id-length".to_owned()), "{both:?}");
        let both = failed(&["fenerum.card/base-ignored", "fenerum.card/version-left-out"]);
        assert!(both.contains(&"fenerum/card/base-is-configured".to_owned()), "{both:?}");
    }
}
