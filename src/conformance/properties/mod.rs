//! Trying one case: its saved, printed and generated messages, and making a failing one small.

mod asking;
mod constant;
mod evidence;
mod near;
mod sparing;
#[cfg(test)]
mod tests;

use std::time::Instant;

use provkassa_simulators::kit::clock::Clock;
use provkassa_simulators::kit::diagnosis::Diagnosis;
use provkassa_simulators::kit::operation::{Expected, Judgement, Message, Reply, generate_in, simpler};
use provkassa_simulators::kit::parts::shows;
use provkassa_simulators::kit::seed::Seed;
use rand::SeedableRng as _;
use rand::rngs::SmallRng;

use self::asking::{Answered, Answers, answers, ask};
pub(super) use self::evidence::{Evidence, Refusals, RightAnswers};
pub(super) use self::near::{Learnt, Lessons};
use super::case::{Case, CaseResult, Expectation, Property, Verdict};
use crate::adapter::Session;

/// How many of the answers are looked at to find the mistake. More explain nothing more.
const EXAMPLES: usize = 400;
/// So many messages must be refused before it is said that every one is.
const REFUSALS: usize = 4;
/// How many smaller messages are put to code of this process at once; an adapter gets as many as it takes, for there
/// that costs no time. The first of them that fails is the next step, and what was asked behind it helps to explain.
const AT_ONCE: usize = 8;
/// How many steps and messages shrinking may take: a bound, for slow adapters.
const SHRINK_STEPS: usize = 200;

/// Tries a case on its saved messages, its vectors and `count` generated ones. Where it fails, with what is known of
/// it.
pub(super) async fn try_case(
    case: &Property,
    session: &Session,
    saved: Vec<Message>,
    (run_seed, count): (u64, usize),
) -> (CaseResult, Option<Evidence>) {
    let messages = saved.into_iter().chain(case.vectors.clone()).chain(generated(case, run_seed, count));
    judge_messages(case, session, messages, SHRINK_STEPS).await
}

/// Tries a case on one message, once, as it is.
pub(super) async fn try_message(case: &Property, session: &Session, message: Message) -> CaseResult {
    judge_messages(case, session, std::iter::once(message), 0).await.0
}

async fn judge_messages(
    case: &Property,
    session: &Session,
    messages: impl Iterator<Item = Message>,
    shrink_steps: usize,
) -> (CaseResult, Option<Evidence>) {
    let began = Instant::now();
    let messages = messages.map(|message| stamped(case, session, message));
    let (mut tolerated, mut evidence) = (Vec::new(), None);
    let mut untried = 0;
    let (verdict, tried, unsupported) = if session.hello().ops.iter().any(|op| op == case.operation.id()) {
        match sparing::first_then_all(case, session, messages).await {
            Err(error) => (Verdict::Broken(error.into()), 0, 0),
            Ok(mut answers) => {
                untried = answers.untried;
                let counts = (answers.count(), answers.unsupported);
                tolerated = answers.tolerated.clone();
                let verdict = match answers.why_unsupported.take() {
                    Some(why) if counts.0 == 0 => Verdict::Unsupported(why),
                    None if counts.0 == 0 => Verdict::NotRun("there was no message to try".to_owned()),
                    _ => {
                        evidence = gather(case, session, answers, shrink_steps).await;
                        let finding = evidence.as_ref().map(|evidence| evidence.finding(case, None));
                        finding.map_or(Verdict::Pass, |finding| Verdict::Fail(Box::new(finding)))
                    }
                };
                (verdict, counts.0, counts.1)
            }
        }
    } else {
        (Verdict::Unsupported(format!("the adapter does not list {}", case.operation.id())), 0, 0)
    };
    let (case, took) = (Case::Property(case.clone()), began.elapsed());
    (CaseResult { case, verdict, tried, unsupported, untried, tolerated, known: None, took }, evidence)
}

/// The message, at the real time where the adapter's code reads the real clock.
fn stamped(case: &Property, session: &Session, message: Message) -> Message {
    if session.hello().controls_time {
        return message;
    }
    case.operation.at(message, Clock::real().now().as_second())
}

/// What is known of a case that fails; nothing where it passes.
async fn gather(
    case: &Property,
    session: &Session,
    answers: Answers,
    shrink_steps: usize,
) -> Option<Evidence> {
    let first = answers.judged.iter().find(|answer| answer.failed)?;
    let smallest = (first.message.clone(), first.reply.clone());
    let mut evidence = Evidence::new(answers, smallest);
    evidence.steps =
        shrink(case, session, (&mut evidence.smallest, &mut evidence.answers), shrink_steps).await;
    evidence.explain(case);
    evidence.wavers = wavers(case, session, &evidence.smallest).await;
    Some(evidence)
}

/// The reason for which the shown message was refused, where every message was that should not have been, and for a
/// reason that a mistake which we know does not give.
fn refusal<'a>(
    case: &Property,
    answers: &Answers,
    (message, reply): &'a (Message, Reply),
    diagnosis: Option<&Diagnosis>,
) -> Option<&'a str> {
    let Reply::Rejected(reason) = reply else { return None };
    let foretold = diagnosis.and_then(|diagnosis| case.operation.reply(message, &diagnosis.named));
    let is_foretold = foretold.is_some_and(|foretold| foretold.repeats(reply));
    let all = answers.count() >= REFUSALS && answers.refused == answers.count();
    (all && !reason.is_empty() && !is_foretold).then_some(reason)
}

/// Whether the same message gets another answer when it is asked again.
async fn wavers(case: &Property, session: &Session, (message, reply): &(Message, Reply)) -> bool {
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
pub(crate) fn messages(case: &Property, run_seed: u64, count: usize) -> Vec<Message> {
    case.vectors.iter().cloned().chain(generated(case, run_seed, count)).collect()
}

/// Whether somebody who makes these mistakes would have failed the case on one of these messages.
pub(super) fn would_catch(case: &Property, messages: &[Message], mistakes: &[&str]) -> bool {
    let known = case.operation.mistakes();
    let made: Vec<_> = known.into_iter().filter(|mistake| mistakes.contains(&mistake.id)).collect();
    messages
        .iter()
        .any(|message| case.operation.reply(message, &made).is_some_and(|reply| fails(case, message, &reply)))
}

/// The generated messages of a case: the same for the same seed, whatever else runs.
fn generated(case: &Property, run_seed: u64, count: usize) -> impl Iterator<Item = Message> {
    let seed = Seed::of_workspace(run_seed, &case.id).number("case", &case.id, 0, u64::MAX);
    let mut rng = SmallRng::seed_from_u64(seed);
    let kinds = case.generated.clone();
    let operation = case.operation;
    let total = if kinds.is_empty() { 0 } else { count };
    (0..total).filter_map(move |place| generate_in(operation, kinds[place % kinds.len()], &mut rng))
}

/// Whether this answer breaks the case's requirement: not whether it is right in everything, but in what the case
/// is about, as far as the answer has parts. A case that is about nothing in particular judges the whole.
pub(crate) fn fails(case: &Property, message: &Message, reply: &Reply) -> bool {
    tried(case, message, reply).0
}

/// Whether this answer breaks the case's requirement, and whether it is accepted without being the right one.
fn tried(case: &Property, message: &Message, reply: &Reply) -> (bool, bool) {
    let operation = case.operation;
    match case.expectation {
        Expectation::Accepted => {
            let expected = Expected::of(operation, message);
            match expected.judge(reply) {
                Judgement::Right => (false, false),
                Judgement::Tolerated(_) => (false, true),
                Judgement::Wrong => {
                    let parts = case.judges();
                    (parts.is_empty() || expected.is_wrong_where(reply, &parts), false)
                }
            }
        }
        Expectation::Without(mistake) => {
            let right = operation.reply(message, &[]);
            let is_right = right.is_some_and(|right| right.repeats(reply));
            (!is_right && shows(operation, message, reply, mistake), false)
        }
    }
}

/// Makes the failing message smaller as long as a smaller one fails. An adapter that breaks
/// meanwhile ends it: its faults are never shrunk.
async fn shrink(
    case: &Property,
    session: &Session,
    (smallest, answers): (&mut (Message, Reply), &mut Answers),
    most: usize,
) -> usize {
    let mut steps = 0;
    while steps < most {
        let Some(next) = smaller(case, session, &smallest.0, answers).await else { break };
        *smallest = next;
        steps += 1;
    }
    steps
}

/// Whether a message is one of a case's: in one of its parts, or one of its vectors.
pub(super) fn belongs(case: &Property, message: &Message) -> bool {
    case.generated.iter().any(|focus| focus.is_none_or(|focus| (focus.holds)(message)))
        || case.generated.is_empty()
        || case.vectors.contains(message)
}

/// The first simpler message that fails too. Everything that is answered on the way is evidence.
async fn smaller(
    case: &Property,
    session: &Session,
    message: &Message,
    answers: &mut Answers,
) -> Option<(Message, Reply)> {
    let mut candidates = simpler(case.operation, None, message);
    candidates.retain(|candidate| belongs(case, candidate));
    let window = session.hello().window;
    let at_once = if session.called().is_some() { window.min(AT_ONCE) } else { window };
    for group in candidates.chunks(at_once) {
        let Ok(answered) = self::answers(case, session, group.to_vec()).await else { return None };
        let answered = answered.judged;
        let found = answered.iter().find(|answer| answer.failed);
        let found = found.map(|answer| (answer.message.clone(), answer.reply.clone()));
        for answer in answered {
            answers.take(Ok(answer));
        }
        if found.is_some() {
            return found;
        }
    }
    None
}
