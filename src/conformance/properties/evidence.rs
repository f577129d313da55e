//! What is known of a case that fails: the answers, the smallest message that fails, and what explains them.

use provkassa_simulators::kit::diagnosis::{Clues, Diagnosis, Example, Explanation, diagnose_unless};
use provkassa_simulators::kit::operation::{Message, Reply};
use provkassa_simulators::kit::scheme::Mistake;

use super::constant::is_constant;
use super::near::Learnt;
use super::{Answered, Answers, EXAMPLES, Property, refusal};
use crate::finding::{Failure, Finding, Share};

/// Whether what was refused rightly speaks against a mistake that would have let it pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::conformance) enum Refusals {
    /// It does.
    Count,
    /// It may have been refused for another reason.
    Pass,
}

/// What was answered rightly, as far as the case looks.
pub(in crate::conformance) struct RightAnswers {
    pub(in crate::conformance) case: Property,
    answers: Vec<Answered>,
}

impl RightAnswers {
    /// Whether somebody who makes these mistakes would have answered otherwise.
    pub(in crate::conformance) fn contradict(
        &self,
        explanation: &[&'static Mistake],
        refusals: Refusals,
    ) -> bool {
        let operation = self.case.operation;
        let clues = clues(&self.case, Vec::new(), Vec::new());
        let counts = |answer: &&Answered| refusals == Refusals::Count || !answer.is_refused();
        let mut answers = self.answers.iter().filter(counts);
        answers.any(|answer| clues.contradicts(explanation, &answer.example(operation)))
    }
}

/// What is known of a case that fails.
pub(in crate::conformance) struct Evidence {
    /// Everything that was answered.
    pub(super) answers: Answers,
    /// How many of those that were kept are answers to the case's own messages; the others came while one was made
    /// smaller.
    pub(super) own: usize,
    /// How many of the case's own messages failed, and how many there were.
    failed_of: (usize, usize),
    /// The smallest message that fails.
    pub(super) smallest: (Message, Reply),
    /// How many steps it took to make it so small.
    pub(super) steps: usize,
    /// Whether it is answered differently when it is asked again.
    pub(super) wavers: bool,
    /// What explains the answers.
    pub(super) diagnosis: Option<Diagnosis>,
}

impl Evidence {
    pub(super) fn new(answers: Answers, smallest: (Message, Reply)) -> Self {
        let (own, failed_of) = (answers.judged.len(), (answers.failed, answers.count()));
        Self { answers, own, failed_of, smallest, steps: 0, wavers: false, diagnosis: None }
    }

    /// Whether nothing is left to find out.
    pub(in crate::conformance) fn is_explained(&self) -> bool {
        self.wavers || self.diagnosis.as_ref().is_some_and(|diagnosis| diagnosis.explains == diagnosis.of)
    }

    /// The smallest message that fails, with its answer.
    pub(in crate::conformance) fn smallest(&self) -> &(Message, Reply) {
        &self.smallest
    }

    /// What was answered rightly: whoever would have answered otherwise is another.
    pub(in crate::conformance) fn right(&self, case: &Property) -> RightAnswers {
        let right = self.answers.judged.iter().filter(|answer| answer.is_right());
        RightAnswers { case: case.clone(), answers: right.take(EXAMPLES).cloned().collect() }
    }

    /// What explains the answers by themselves.
    pub(super) fn explain(&mut self, case: &Property) {
        self.diagnosis = diagnosed(case, &self.answers.judged, &mut |_| false);
    }

    /// Leaves out the explanations that other cases contradict; where none is left, others are sought. Whether anything
    /// became of it.
    pub(in crate::conformance) fn narrow(
        &mut self,
        case: &Property,
        contradicted: &mut dyn FnMut(&[&'static Mistake], Refusals) -> bool,
    ) -> bool {
        if self.wavers {
            return false;
        }
        let mut changed = false;
        // Of too many not all were kept.
        if let Some(diagnosis) = &mut self.diagnosis {
            let all = std::iter::once(&diagnosis.named).chain(&diagnosis.equals);
            let left: Vec<Explanation> =
                all.filter(|one| !contradicted(one, Refusals::Count)).cloned().collect();
            changed = left.len() <= diagnosis.equals.len();
            if left.is_empty() || diagnosis.is_vague() {
                changed = true;
                self.diagnosis =
                    diagnosed(case, &self.answers.judged, &mut |one| contradicted(one, Refusals::Count));
            } else if changed {
                let mut left = left.into_iter();
                if let Some(named) = left.next() {
                    (diagnosis.named, diagnosis.equals) = (named, left.collect());
                }
            }
        }
        // Whoever reads may refuse for a reason of its own, rightly, what a mistake by itself would let pass.
        if !self.is_explained() && case.operation.reads() {
            let accepted =
                self.answers.judged.iter().filter(|answer| !answer.is_right() || !answer.is_refused());
            let accepted: Vec<Answered> = accepted.cloned().collect();
            let found = diagnosed(case, &accepted, &mut |one| contradicted(one, Refusals::Pass));
            if let Some(mut found) =
                found.filter(|found| found.named.len() == 1 && found.explains == found.of)
            {
                found.doubted = true;
                self.diagnosis = Some(found);
                return true;
            }
        }
        changed
    }

    /// Whether right messages are refused, for a reason that we do not know.
    pub(in crate::conformance) fn baffles(&self) -> bool {
        let known = self.diagnosis.as_ref().is_some_and(|diagnosis| !diagnosis.is_vague());
        !(self.wavers || known && self.is_explained())
            && self.own().any(|answer| answer.failed && answer.is_refused())
    }

    /// Where right messages are refused for another reason that we do not know, that may be the reason here too.
    /// Whether anything became of it.
    pub(in crate::conformance) fn doubt(&mut self) -> bool {
        if !self.own().filter(|answer| answer.failed).all(Answered::is_refused) {
            return false;
        }
        let Some(diagnosis) = self.diagnosis.as_mut().filter(|found| !found.doubted && !found.is_vague())
        else {
            return false;
        };
        diagnosis.doubted = true;
        true
    }

    /// The finding, with what was learnt of when it fails.
    pub(in crate::conformance) fn finding(&self, case: &Property, learnt: Option<&Learnt>) -> Finding {
        let smallest = learnt.and_then(|learnt| learnt.shown.as_ref()).unwrap_or(&self.smallest);
        let (message, reply) = smallest;
        let diagnosis = self.diagnosis.as_ref();
        let failure = Failure { operation: case.operation, message, reply, diagnosis };
        let mut finding = Finding::new(&failure);
        if let Some(learnt) = learnt {
            finding.narrow(&failure, &learnt.near);
        }
        finding.refusal = refusal(case, &self.answers, smallest, diagnosis).map(str::to_owned);
        (finding.failed, finding.tried) = self.failed_of;
        finding.shrunk_in = self.steps;
        (finding.provenance, finding.source) = (case.provenance, case.source.clone());
        finding.rule.clone_from(&case.requirement);
        if learnt.is_none()
            && let Some(diagnosis) = diagnosis
        {
            finding.share(self.shares(case, &diagnosis.named));
        }
        if !self.is_explained() && is_constant(case, &self.answers.judged) {
            finding.never_changes(self.answers.count());
        }
        if self.wavers {
            finding.waver();
        }
        finding
    }

    /// The answers to the case's own messages.
    fn own(&self) -> impl Iterator<Item = &Answered> {
        self.answers.judged.iter().take(self.own)
    }

    /// How many of the failing messages show which of several mistakes, where each shows in messages of its own; first
    /// those that most show.
    fn shares(&self, case: &Property, named: &[&'static Mistake]) -> Vec<Share> {
        let mut shares: Vec<Share> = Vec::new();
        // Of very many not all were kept, and numbers of a part would be wrong.
        if named.len() < 2 || self.failed_of.0 > EXAMPLES {
            return shares;
        }
        for answer in self.own().filter(|answer| answer.failed) {
            let clues = clues(case, Vec::new(), Vec::new());
            let example = answer.example(case.operation);
            if !clues.agrees(named, &example) {
                continue;
            }
            let without = |id: &str| -> Explanation {
                named.iter().copied().filter(|mistake| mistake.id != id).collect()
            };
            let shown: Explanation =
                named.iter().copied().filter(|made| !clues.agrees(&without(made.id), &example)).collect();
            let is_it = |share: &&mut Share| {
                share.shown.iter().map(|made| made.id).eq(shown.iter().map(|made| made.id))
            };
            match shares.iter_mut().find(is_it) {
                Some(share) => share.messages += 1,
                None => shares.push(Share { shown, messages: 1 }),
            }
        }
        shares.sort_by_key(|share| std::cmp::Reverse(share.messages));
        let has_its_own = |mistake: &Mistake| {
            shares.iter().any(|share| matches!(share.shown.as_slice(), [one] if one.id == mistake.id))
        };
        // Where they show in the same messages, numbers would say nothing.
        if named.iter().all(|mistake| has_its_own(mistake)) { shares } else { Vec::new() }
    }
}

fn clues<'a>(case: &Property, failing: Vec<Example<'a>>, passing: Vec<Example<'a>>) -> Clues<'a> {
    Clues { operation: case.operation, judged: case.judges(), failing, passing }
}

/// What explains the answers, and is not contradicted elsewhere. The failing ones first, for they are fewer.
fn diagnosed(
    case: &Property,
    answers: &[Answered],
    contradicted: &mut dyn FnMut(&[&'static Mistake]) -> bool,
) -> Option<Diagnosis> {
    let examples = |telling: &dyn Fn(&Answered) -> bool| -> Vec<Example<'_>> {
        let chosen = answers.iter().filter(|answer| telling(answer)).take(EXAMPLES);
        chosen.map(|answer| answer.example(case.operation)).collect()
    };
    // What is accepted because the document leaves it open says nothing of the mistakes beside it; it only
    // decides between several that explain everything else.
    let failing = examples(&|answer| answer.failed);
    let passing = examples(&|answer| !answer.failed && !answer.tolerated);
    let open = examples(&|answer| !answer.failed && answer.tolerated);
    let clues = clues(case, failing, passing);
    diagnose_unless(&clues, contradicted).map(|found| found.narrowed(&clues, &open))
}
