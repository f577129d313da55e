//! Learning when an integrator fails that is right for other messages: from what was answered, and from further
//! messages that are asked because their answers decide.

use std::sync::Arc;

use provkassa_simulators::kit::diagnosis::{
    Condition, Example, Facts, Frame, Further, NearMiss, Seen, Tells, frames,
};
use provkassa_simulators::kit::operation::{Judgement, Message, Operation, Reply, judge};
use rand::SeedableRng as _;
use rand::rngs::SmallRng;

use super::{Answered, EXAMPLES, Evidence, Property, Session, answers, belongs, generated};

/// How many further messages may be asked to learn about one case: a bound, for slow adapters.
const QUESTIONS: usize = 200;
/// Of so many unexplained cases of one operation questions are asked: the first ones.
const ASKED_ABOUT: usize = 3;
/// How many are asked at once.
const AT_ONCE: usize = 12;
/// How many drawn messages there are to choose from.
const DRAWN: usize = 240;
/// How many of other cases' messages are asked where every one of this case fails.
const ELSEWHERE: usize = 48;
/// How many answers of either kind are looked at.
const LOOKED_AT: usize = 300;

/// What was learnt, and a message that shows it with its answer.
pub(in crate::conformance) struct Learnt {
    pub(super) near: NearMiss,
    pub(super) shown: Option<(Message, Reply)>,
}

/// An answer that is looked at.
struct Looked {
    operation: &'static dyn Operation,
    answer: Answered,
    facts: Arc<Facts>,
    /// Whether the message was not made by making another smaller.
    independent: bool,
}

impl Looked {
    fn new(case: &Property, answer: Answered, independent: bool) -> Self {
        let facts = Arc::new(Facts::of(case.operation, &answer.message));
        Self { operation: case.operation, answer, facts, independent }
    }

    fn example(&self) -> Example<'_> {
        self.answer.example(self.operation)
    }
}

/// What was learnt of one operation, from one of its cases after the other. They fail for one reason more often than
/// not: what explains one explains the next, and where nothing does the next need not be asked about.
#[derive(Default)]
pub(in crate::conformance) struct Lessons {
    /// For how many cases questions were asked.
    asked: usize,
    known: Vec<NearMiss>,
}

impl Lessons {
    /// When the integrator fails: as it did in another case, or what [`learn`] finds out.
    pub(in crate::conformance) async fn learn(
        &mut self,
        case: &Property,
        session: &Session,
        evidence: &Evidence,
    ) -> Option<Learnt> {
        let looked_at = || evidence.answers.judged.iter().take(LOOKED_AT);
        let fits = |near: &&NearMiss| looked_at().all(|answer| bears_out(case, near, answer));
        if let Some(near) = self.known.iter().find(fits) {
            return Some(Learnt { near: near.clone(), shown: None });
        }
        if self.asked == ASKED_ABOUT {
            return None;
        }
        self.asked += 1;
        let learnt = learn(case, session, evidence).await?;
        self.known.push(learnt.near.clone());
        Some(learnt)
    }
}

/// Whether an answer is what a near miss foretells.
fn bears_out(case: &Property, near: &NearMiss, answer: &Answered) -> bool {
    let operation = case.operation;
    let holds = near.condition.holds(&Facts::of(operation, &answer.message));
    let (always, then) = (near.always.iter().copied(), near.then.iter().copied());
    let foretold = |made: Vec<_>| {
        let reply = operation.reply(&answer.message, &made);
        reply.is_some_and(|reply| operation.observe(&answer.message, &reply) == *answer.observed(operation))
    };
    match (near.always.is_empty(), near.then.is_empty()) {
        (true, true) => holds == answer.failed,
        (false, true) => holds != foretold(always.collect()),
        (_, false) => foretold(always.chain(then.filter(|_| holds)).collect()),
    }
}

/// When the integrator fails, where that can be told.
async fn learn(case: &Property, session: &Session, evidence: &Evidence) -> Option<Learnt> {
    let operation = case.operation;
    let Evidence { answers, own, smallest: (smallest, _), .. } = evidence;
    let answered = &answers.judged;
    // It explains some failures, or there is none.
    let diagnosis = evidence.diagnosis.as_ref();
    let of_kind = |failed: bool| {
        let places = answered.iter().enumerate();
        places.filter(move |(_, answer)| answer.failed == failed).take(LOOKED_AT)
    };
    let all = of_kind(true).chain(of_kind(false));
    let mut looked_at: Vec<Looked> =
        all.map(|(place, answer)| Looked::new(case, answer.clone(), place < *own)).collect();
    let mut left = QUESTIONS;
    let mut further =
        Further::new(operation, smallest, generated(case, 0, DRAWN), |message| belongs(case, message));
    if answered.iter().all(|answer| answer.failed) {
        // It may be right for the messages of other cases.
        let mut rng = SmallRng::seed_from_u64(0);
        let drawn = (0..DRAWN).map(|_| operation.generate(&mut rng));
        further = Further::new(operation, smallest, drawn, |_| true);
        left -= ELSEWHERE;
        looked_at.extend(asked(case, session, further.any(ELSEWHERE)).await?);
        if diagnosis.is_none() && looked_at.iter().all(|looked| looked.answer.failed) {
            return None;
        }
    }
    let is_right =
        |looked: &&Looked| judge(operation, &looked.answer.message, &looked.answer.reply) == Judgement::Right;
    let failing: Vec<Example<'_>> =
        looked_at.iter().filter(|looked| looked.answer.failed).take(EXAMPLES).map(Looked::example).collect();
    let passing: Vec<Example<'_>> =
        looked_at.iter().filter(is_right).take(EXAMPLES).map(Looked::example).collect();
    let frames = frames(operation, &failing, &passing, diagnosis);
    let mut mostly = None;
    for frame in frames {
        let mut lesson = Lesson { case, frame, seen: Seen::default() };
        if !looked_at.iter().all(|looked| lesson.takes(looked)) || !lesson.seen.has_both() {
            continue;
        }
        let condition = lesson.ask(session, &mut further.clone(), &mut looked_at, &mut left).await;
        if let Some(condition) = condition {
            return Some(lesson.learnt(condition, &looked_at));
        }
        if lesson.frame.always.is_empty() && lesson.frame.then.is_empty() {
            mostly = lesson.seen.mostly().map(|condition| lesson.learnt(condition, &looked_at));
        }
    }
    mostly
}

/// The answers to these messages; `None` where the adapter broke.
async fn asked(case: &Property, session: &Session, messages: Vec<Message>) -> Option<Vec<Looked>> {
    let answered = answers(case, session, messages).await.ok()?;
    Some(answered.judged.into_iter().map(|answer| Looked::new(case, answer, true)).collect())
}

/// One frame, and what was seen of its condition.
struct Lesson<'a> {
    case: &'a Property,
    frame: Frame,
    seen: Seen,
}

impl Lesson<'_> {
    fn tells(&self, Looked { answer, .. }: &Looked) -> Tells {
        let operation = self.case.operation;
        self.frame.tells(operation, &answer.message, answer.observed(operation), answer.failed)
    }

    /// Takes note of an answer; `false` where it shows that the frame is wrong.
    fn takes(&mut self, looked: &Looked) -> bool {
        let tells = self.tells(looked);
        if let Tells::Met | Tells::Unmet = tells {
            self.seen.add(Arc::clone(&looked.facts), tells == Tells::Met, looked.independent);
        }
        tells != Tells::Otherwise
    }

    /// Asks until one condition is left that everything bears out.
    async fn ask(
        &mut self,
        session: &Session,
        further: &mut Further,
        looked_at: &mut Vec<Looked>,
        left: &mut usize,
    ) -> Option<Condition> {
        while *left > 0 {
            let next = further.next(&self.seen, AT_ONCE.min(*left));
            if next.is_empty() {
                break;
            }
            *left = left.saturating_sub(next.len());
            let new = asked(self.case, session, next).await?;
            let mut fits = true;
            for looked in new {
                fits &= self.takes(&looked);
                looked_at.push(looked);
            }
            if !fits {
                return None;
            }
        }
        self.seen.likeliest().filter(|_| self.seen.is_enough())
    }

    /// The condition with its numbers. Where something is wrong with every message, the smallest failing one says
    /// nothing of the condition: another is shown, the shortest that meets it.
    fn learnt(&self, condition: Condition, looked_at: &[Looked]) -> Learnt {
        let counts = self.seen.counts(&condition);
        let Frame { always, then, .. } = &self.frame;
        let meets = looked_at.iter().filter(|looked| self.tells(looked) == Tells::Met);
        let length = |looked: &&Looked| {
            let Message { parameters, given, .. } = &looked.answer.message;
            parameters.iter().chain(given).map(|(name, value)| name.len() + value.len()).sum::<usize>()
        };
        let shortest = meets.filter(|_| !always.is_empty()).min_by_key(length);
        let shown = shortest.map(|looked| (looked.answer.message.clone(), looked.answer.reply.clone()));
        Learnt { near: NearMiss { condition, always: always.clone(), then: then.clone(), counts }, shown }
    }
}
