//! What becomes of a finding by what other cases say: explanations are ruled out, doubts settled, and what is told
//! elsewhere is left unsaid.

use provkassa_simulators::kit::diagnosis::{Diagnosis, said};
use provkassa_simulators::kit::mask::visible;
use provkassa_simulators::kit::operation::Operation;
use provkassa_simulators::kit::scheme::Mistake;

use super::{Finding, Share, UNEXPLAINED, apart, what_to_do};

/// An answer of up to so many characters is told in a headline.
const ONE_ANSWER: usize = 80;

/// So many characters of a reason are told.
const REASON: usize = 160;

impl Finding {
    /// The explanations that fit, the one that is told first.
    pub fn explanations(&self) -> impl Iterator<Item = &Vec<&'static str>> {
        std::iter::once(&self.mistakes).chain(&self.equals).filter(|explanation| !explanation.is_empty())
    }

    /// Leaves out the explanations that something else contradicts, if any is left then.
    pub fn rule_out(&mut self, operation: &dyn Operation, mut contradicted: impl FnMut(&[&str]) -> bool) {
        let all: Vec<_> = self.explanations().cloned().collect();
        let mut left = all.into_iter().filter(|explanation| !contradicted(explanation));
        let Some(first) = left.next() else {
            self.unexplain();
            return;
        };
        let before = self.equals.len();
        self.equals = left.collect();
        if first == self.mistakes && self.equals.len() == before {
            return;
        }
        if first != self.mistakes {
            self.mistakes = first;
            self.also.clear();
        }
        let diagnosis = self.retell(operation, |_| false);
        if self.equals.is_empty() && !self.confidence.contains("explains") {
            self.confidence = diagnosis.confidence();
        }
    }

    /// Several mistakes show in messages of their own: how many show which.
    pub fn share(&mut self, shares: Vec<Share>) {
        self.shares = shares;
        self.tell_shares();
    }

    fn tell_shares(&mut self) {
        let shares = &self.shares;
        let Some((first, rest)) = shares.split_first() else { return };
        let mut told = vec![format!("{} of {} messages: {}", first.messages, self.tried, said(&first.shown))];
        told.extend(rest.iter().map(|share| {
            let other = if share.messages == 1 { "other" } else { "others" };
            let is_both = shares.len() == 3 && share.shown.len() == 2;
            let all = if is_both { "both".to_owned() } else { said(&share.shown) };
            format!("{} {other}: {all}", share.messages)
        }));
        let explained: usize = shares.iter().map(|share| share.messages).sum();
        if let left @ 1.. = self.failed.saturating_sub(explained) {
            told.push(format!("{left} more: something else"));
        }
        self.headline = told.join("; ");
    }

    /// The mistakes that change the answer to the shown message.
    pub fn shown(&self) -> impl Iterator<Item = &'static str> {
        self.mistakes.iter().copied().filter(|id| !self.also.contains(id))
    }

    /// Leaves to other findings the mistakes that they tell of, if one is left then that shows. Those of them that change
    /// the answer to the shown message too.
    pub fn leave(
        &mut self,
        operation: &dyn Operation,
        is_told: impl Fn(&str) -> bool,
    ) -> Vec<&'static Mistake> {
        if self.near.is_some()
            || !self.mistakes.iter().any(|id| is_told(id))
            || !self.shown().any(|id| !is_told(id))
        {
            return Vec::new();
        }
        let left: Vec<_> = self.shown().filter(|id| is_told(id)).collect();
        self.retell(operation, is_told);
        operation.mistakes().into_iter().filter(|mistake| left.contains(&mistake.id)).collect()
    }

    /// Tells the mistakes anew, but for these.
    fn retell(&mut self, operation: &dyn Operation, unsaid: impl Fn(&str) -> bool) -> Diagnosis {
        let named = self.named(operation).into_iter().filter(|mistake| !unsaid(mistake.id));
        let (elsewhere, here): (Vec<_>, Vec<_>) = named.partition(|mistake| self.also.contains(&mistake.id));
        let shown = here.len();
        let named = here.into_iter().chain(elsewhere).collect();
        let (explains, of) = (self.failed, self.failed);
        let diagnosis =
            Diagnosis { named, equals: Vec::new(), explains, of, beside: Vec::new(), doubted: false };
        self.headline = diagnosis.told(shown);
        self.why = diagnosis.why();
        self.remedy = diagnosis.remedy();
        let shown = self.shares.iter().flat_map(|share| &share.shown);
        let is_told = |id: &str| diagnosis.named.iter().any(|made| made.id == id);
        // The numbers are of the mistakes that were told before.
        if diagnosis.named.len() == self.mistakes.len() && shown.into_iter().all(|made| is_told(made.id)) {
            self.tell_shares();
        }
        diagnosis
    }

    /// Every message was refused, each for a reason of the integrator's own: that comes first, and what we know that
    /// does so is one way.
    pub fn tell_refusal(&mut self) {
        let Some(reason) = &self.refusal else { return };
        let reason: String = visible(reason).chars().take(REASON).collect();
        if !self.mistakes.is_empty() {
            self.why = format!("Who does so may have made this mistake: {}. {}", self.headline, self.why);
            "likely, other mistakes refuse everything too".clone_into(&mut self.confidence);
        }
        self.headline = format!("you refused every message, and said why: {reason}");
    }

    fn named(&self, operation: &dyn Operation) -> Vec<&'static Mistake> {
        let known = operation.mistakes();
        let find = |id: &&str| known.iter().find(|mistake| mistake.id == *id).copied();
        self.mistakes.iter().filter_map(find).collect()
    }

    /// No mistake that we know explains it after all.
    pub(super) fn unexplain(&mut self) {
        // A string that followed from the diagnosis goes with it.
        self.theirs = self.theirs.take().filter(|theirs| theirs.given);
        UNEXPLAINED.clone_into(&mut self.headline);
        self.confidence.clear();
        self.near = None;
        self.mistakes.clear();
        self.also.clear();
        self.equals.clear();
        self.why.clear();
        let apart = apart(&self.expected, &self.got);
        self.remedy = what_to_do(self.canonical.is_some(), self.theirs.as_ref(), &apart, &self.message);
    }

    /// Every message, of which there are so many, got this one answer, although they call for different ones.
    pub fn never_changes(&mut self, count: usize) {
        self.unexplain();
        let got = if self.got.contains('\n') || self.got.chars().count() > ONE_ANSWER {
            "the same".to_owned()
        } else {
            format!("`{}`", visible(&self.got))
        };
        self.headline = format!("you answered {got} to every message: is the answer hard-coded?");
        self.why =
            format!("All {count} messages of this case got this answer, and they call for different ones.");
        "Make the answer of the message that is asked about, and see that it reaches your code."
            .clone_into(&mut self.remedy);
    }

    /// The same message was answered differently when it was asked again.
    pub fn waver(&mut self) {
        self.unexplain();
        "your answer to the same message changes from one time to the next".clone_into(&mut self.headline);
        "Look for what is kept between messages, for randomness, or for the clock."
            .clone_into(&mut self.remedy);
    }

    /// Takes over what another finding is certain of.
    pub fn settle(&mut self, sure: &Self) {
        self.headline.clone_from(&sure.headline);
        self.confidence.clone_from(&sure.confidence);
        self.mistakes.clone_from(&sure.mistakes);
        self.also.clone_from(&sure.also);
        self.why.clone_from(&sure.why);
        self.remedy.clone_from(&sure.remedy);
        self.equals.clear();
    }
}
