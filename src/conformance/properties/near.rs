//! Learning when an integrator fails that is right for other messages: from what was answered, and from further
//! messages that are asked because their answers decide.

use provkassa_simulators::kit::diagnosis::{
    Condition, Diagnosis, Example, Facts, Frame, Further, NearMiss, Seen, Tells, frames,
};
use provkassa_simulators::kit::operation::{Judgement, Message, judge};

use super::{Answered, Case, EXAMPLES, Session, answers, belongs, generated};

/// How many further messages may be asked to learn about one case: a bound, for slow adapters.
const QUESTIONS: usize = 320;
/// How many are asked at once.
const AT_ONCE: usize = 12;
/// How many drawn messages there are to choose from.
const DRAWN: usize = 400;
/// How many answers of either kind are looked at.
const LOOKED_AT: usize = 600;

/// When the integrator fails, where that can be told. `diagnosis` explains some failures, or there is none.
pub(super) async fn learn<'a>(
    case: &Case,
    session: &Session,
    smallest: &Message,
    answered: &'a [Answered],
    diagnosis: Option<&Diagnosis>,
) -> Option<NearMiss> {
    let operation = case.operation;
    let looked_at =
        |failed: bool| answered.iter().filter(move |answer| answer.failed == failed).take(LOOKED_AT);
    let example =
        |answer: &'a Answered| Example { message: &answer.message, got: answer.observed(operation) };
    let is_right = |answer: &&Answered| judge(operation, &answer.message, &answer.reply) == Judgement::Right;
    let failing: Vec<_> = looked_at(true).take(EXAMPLES).map(example).collect();
    let passing: Vec<_> = looked_at(false).filter(is_right).take(EXAMPLES).map(example).collect();
    let mut asked: Vec<Answered> = Vec::new();
    let mut left = QUESTIONS;
    let mut mostly = None;
    for frame in frames(operation, &failing, &passing, diagnosis) {
        let mut lesson = Lesson { case, frame, seen: Seen::default() };
        let fits = looked_at(true).chain(looked_at(false)).all(|answer| lesson.takes(answer))
            && asked.iter().all(|answer| lesson.takes(answer));
        if !fits || !lesson.seen.has_both() {
            continue;
        }
        let drawn = generated(case, 0, DRAWN);
        let mut further = Further::new(operation, smallest, drawn, |message| belongs(case, message));
        if let Some(condition) = lesson.ask(session, &mut further, &mut asked, &mut left).await {
            return Some(lesson.learnt(condition));
        }
        if lesson.frame.always.is_empty() && lesson.frame.then.is_empty() {
            mostly = lesson.seen.mostly().map(|condition| lesson.learnt(condition));
        }
    }
    mostly
}

/// One frame, and what was seen of its condition.
struct Lesson<'a> {
    case: &'a Case,
    frame: Frame,
    seen: Seen,
}

impl Lesson<'_> {
    /// Takes note of an answer; `false` where it shows that the frame is wrong.
    fn takes(&mut self, answer: &Answered) -> bool {
        let operation = self.case.operation;
        let tells = self.frame.tells(operation, &answer.message, answer.observed(operation), answer.failed);
        match tells {
            Tells::Met | Tells::Unmet => {
                self.seen.add(Facts::of(operation, &answer.message), tells == Tells::Met);
            }
            Tells::Nothing => {}
            Tells::Otherwise => return false,
        }
        true
    }

    /// Asks until one condition is left that everything bears out.
    async fn ask(
        &mut self,
        session: &Session,
        further: &mut Further,
        asked: &mut Vec<Answered>,
        left: &mut usize,
    ) -> Option<Condition> {
        while *left > 0 {
            let next = further.next(&self.seen, AT_ONCE.min(*left));
            if next.is_empty() {
                break;
            }
            *left = left.saturating_sub(next.len());
            let Ok(new) = answers(self.case, session, next).await else { return None };
            let fits = new.judged.iter().all(|answer| self.takes(answer));
            asked.extend(new.judged);
            if !fits {
                return None;
            }
        }
        self.seen.exact().into_iter().next().filter(|_| self.seen.is_enough())
    }

    fn learnt(&self, condition: Condition) -> NearMiss {
        let counts = self.seen.counts(&condition);
        NearMiss { condition, always: self.frame.always.clone(), then: self.frame.then.clone(), counts }
    }
}
