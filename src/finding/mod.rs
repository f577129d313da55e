//! What an integrator did wrong, with everything that a tired developer needs to put it right.

mod compared;
mod digest;
mod lines;

use provkassa_simulators::kit::diagnosis::{Counts, Diagnosis, NearMiss, first_difference, parts_apart};
use provkassa_simulators::kit::mask::{readable, visible};
use provkassa_simulators::kit::operation::{Message, Operation, Reply};
use provkassa_simulators::kit::provider::Ground;
use provkassa_simulators::kit::scheme::Mistake;
use provkassa_simulators::kit::wire::to_json;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// One failed check.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Finding {
    /// What was done wrong: the headline.
    pub headline: String,
    /// How sure we are of it: `certain`, `likely, explains 3 of 4`; empty where nothing explains it.
    pub confidence: String,
    /// Ids of the mistakes that explain it: one, or up to five at once.
    pub mistakes: Vec<&'static str>,
    /// Those of them that change nothing in the answer to the shown message: other messages show them.
    #[serde(skip)]
    pub also: Vec<&'static str>,
    /// The integrator's own reason, where it refused every message.
    #[serde(skip)]
    pub refusal: Option<String>,
    /// Explanations that fit just as well.
    pub equals: Vec<Vec<&'static str>>,
    /// When it fails, where it is right for other messages.
    pub near: Option<Near>,
    /// Why it is wrong.
    pub why: String,
    /// How to put it right.
    pub remedy: String,
    /// The smallest message that fails, as an adapter gets it.
    pub message: Map<String, Value>,
    /// What is in it that cannot be read as it stands: a token's claims.
    pub shows: Vec<String>,
    /// How many steps it took to make it so small.
    pub shrunk_in: usize,
    /// How many of the tried messages failed.
    pub failed: usize,
    /// How many messages were tried.
    pub tried: usize,
    /// What the answer should come to.
    pub expected: String,
    /// What it came to.
    pub got: String,
    /// The string that the provider hashes or signs.
    pub canonical: Option<String>,
    /// The string that the integrator hashed: its own words, or what the diagnosis says.
    pub theirs: Option<Theirs>,
    /// Where the strings are the same: what the answer is of it, if that could be found out.
    pub digest: Option<String>,
    /// The rule that is broken, as a sentence.
    pub rule: String,
    /// How we know the rule.
    pub provenance: Ground,
    /// Where it is written.
    pub source: String,
    /// The command that tries exactly this message again.
    pub replay: String,
}

/// When an integrator fails that is right for other messages.
#[derive(Clone, Debug, Serialize)]
pub struct Near {
    /// The condition in words: "`returnurl` holds a `+`".
    pub when: String,
    /// Whether it fails where the condition does not hold, and is right where it does.
    pub turned: bool,
    /// Ids of the mistakes that it makes whatever the message.
    pub always: Vec<&'static str>,
    /// Ids of the mistake that it makes under the condition, where we know it.
    pub then: Vec<&'static str>,
    /// How many messages meet the condition that failed, or passed.
    #[serde(flatten)]
    pub counts: Counts,
}

/// The integrator's canonical string.
#[derive(Clone, Debug, Serialize)]
pub struct Theirs {
    /// The string.
    pub canonical: String,
    /// Whether the integrator gave it (`explain`); if not, it follows from the diagnosis.
    pub given: bool,
    /// Where the two strings first differ, in characters.
    pub differs_at: Option<usize>,
}

impl Theirs {
    fn new(ours: &str, canonical: String, given: bool) -> Self {
        let differs_at = first_difference(ours.as_bytes(), canonical.as_bytes())
            .map(|byte| String::from_utf8_lossy(&ours.as_bytes()[..byte.min(ours.len())]).chars().count());
        Self { canonical, given, differs_at }
    }

    /// What the integrator must have hashed, if making these mistakes gives just this answer. A
    /// diagnosis that explains only some failures may not explain this one.
    fn told(failure: &Failure<'_>, made: &[&'static Mistake], ours: &str) -> Option<Self> {
        let Failure { operation, message, reply, .. } = *failure;
        let observed = |reply: &Reply| operation.observe(message, reply);
        if observed(&operation.reply(message, made)?) != observed(reply) {
            return None;
        }
        let canonical = operation.canonical(message, made)?;
        Some(Self::new(ours, readable(&canonical), false))
    }
}

/// A message that failed, and what was made of it.
#[derive(Clone, Copy, Debug)]
pub struct Failure<'a> {
    /// The operation.
    pub operation: &'static dyn Operation,
    /// The smallest failing message.
    pub message: &'a Message,
    /// What was answered to it.
    pub reply: &'a Reply,
    /// What we think was done wrong.
    pub diagnosis: Option<&'a Diagnosis>,
}

impl Finding {
    /// The finding for a failure. Counts, the rule and the replay command are filled in by the runner; until then it
    /// tells where the operation as a whole is described.
    #[must_use]
    pub fn new(failure: &Failure<'_>) -> Self {
        let Failure { operation, message, reply, diagnosis } = *failure;
        let right = operation.reply(message, &[]);
        let observed = |reply: &Reply| operation.observe(message, reply);
        let canonical = operation.canonical(message, &[]).map(|bytes| readable(&bytes));
        let theirs = canonical.as_ref().and_then(|ours| {
            let explained = reply.get("explain");
            if explained.is_empty() {
                Theirs::told(failure, &diagnosis?.named, ours)
            } else {
                Some(Theirs::new(ours, explained.to_owned(), true))
            }
        });
        let same = theirs.as_ref().filter(|theirs| theirs.given && theirs.differs_at.is_none());
        let digest = same.and_then(|theirs| digest::of(message, reply, &theirs.canonical));
        let fields = to_json(operation, message);
        let provenance = operation.provenance();
        let mut told = diagnosis.cloned();
        let shown = told.as_mut().map_or(0, |told| told.shown_by(operation, message));
        let also = told
            .as_ref()
            .map_or_else(Vec::new, |told| told.named[shown..].iter().map(|one| one.id).collect());
        let expected = right.as_ref().map_or_else(String::new, observed);
        let apart = match reply {
            Reply::Answer(_) => apart(&expected, &observed(reply)),
            Reply::Rejected(_) => Vec::new(),
        };
        let ids = |explanation: &Vec<&'static Mistake>| {
            explanation.iter().map(|mistake| mistake.id).collect::<Vec<_>>()
        };
        Self {
            headline: told.as_ref().map_or_else(|| UNEXPLAINED.to_owned(), |told| told.told(shown)),
            also,
            refusal: None,
            confidence: diagnosis.map_or_else(String::new, Diagnosis::confidence),
            mistakes: diagnosis.map_or_else(Vec::new, |diagnosis| ids(&diagnosis.named)),
            equals: diagnosis.map_or_else(Vec::new, |diagnosis| diagnosis.equals.iter().map(ids).collect()),
            near: None,
            why: told.as_ref().map_or_else(String::new, Diagnosis::why),
            remedy: told.as_ref().map_or_else(
                || what_to_do(canonical.is_some(), theirs.is_some(), &apart, &fields),
                Diagnosis::remedy,
            ),
            message: fields,
            shows: operation.shows(message),
            shrunk_in: 0,
            failed: 0,
            tried: 0,
            expected,
            got: match reply {
                Reply::Rejected(why) => format!("rejected: {why}"),
                Reply::Answer(_) => observed(reply),
            },
            canonical,
            theirs,
            digest,
            rule: String::new(),
            provenance: provenance.ground,
            source: provenance.source.to_owned(),
            replay: String::new(),
        }
    }

    /// It fails under a condition only.
    pub fn narrow(&mut self, failure: &Failure<'_>, near: &NearMiss) {
        let ids = |explanation: &[&'static Mistake]| explanation.iter().map(|mistake| mistake.id).collect();
        self.unexplain();
        if self.theirs.is_none()
            && let Some(ours) = &self.canonical
        {
            let made: Vec<_> = near.always.iter().chain(&near.then).copied().collect();
            self.theirs = Theirs::told(failure, &made, ours).filter(|_| !made.is_empty());
        }
        self.headline = near.to_string();
        self.confidence = near.confidence();
        self.why = near.why();
        self.remedy = near.remedy();
        self.near = Some(Near {
            when: near.condition.to_string(),
            turned: near.condition.turned,
            always: ids(&near.always),
            then: ids(&near.then),
            counts: near.counts,
        });
    }

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

    /// The mistakes that change the answer to the shown message.
    pub fn shown(&self) -> impl Iterator<Item = &'static str> {
        self.mistakes.iter().copied().filter(|id| !self.also.contains(id))
    }

    /// Leaves unsaid the mistakes that are told by another finding, if one is left then that shows.
    pub fn leave(&mut self, operation: &dyn Operation, is_told: impl Fn(&str) -> bool) {
        if self.near.is_none()
            && self.mistakes.iter().any(|id| is_told(id))
            && self.shown().any(|id| !is_told(id))
        {
            self.retell(operation, is_told);
        }
    }

    /// Tells the mistakes anew, but for these.
    fn retell(&mut self, operation: &dyn Operation, unsaid: impl Fn(&str) -> bool) -> Diagnosis {
        let named = self.named(operation).into_iter().filter(|mistake| !unsaid(mistake.id));
        let (elsewhere, here): (Vec<_>, Vec<_>) = named.partition(|mistake| self.also.contains(&mistake.id));
        let shown = here.len();
        let named = here.into_iter().chain(elsewhere).collect();
        let (explains, of) = (self.failed, self.failed);
        let diagnosis = Diagnosis { named, equals: Vec::new(), explains, of, beside: Vec::new() };
        self.headline = diagnosis.told(shown);
        self.why = diagnosis.why();
        self.remedy = diagnosis.remedy();
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
    fn unexplain(&mut self) {
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
        self.remedy = what_to_do(self.canonical.is_some(), self.theirs.is_some(), &apart, &self.message);
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

    /// The message with the case that it fails, for `--replay` and the saved file.
    #[must_use]
    pub fn counterexample(&self, case: &str, operation: &str) -> Value {
        json!({
            "schema": "provkassa/counterexample/1",
            "case": case,
            "operation": operation,
            "message": self.message,
            "expected": self.expected,
            "got": self.got,
            "diagnosis": self.headline,
        })
    }
}

/// What stands for the secret word: of those that an operation has, the first.
pub(crate) const KEYS: [&str; 6] = ["api_key", "md5key", "private_key", "secret", "token", "window_key"];

/// So many characters of a reason are told.
const REASON: usize = 160;

const UNEXPLAINED: &str =
    "the answer is wrong, and no mistake that we know explains it, nor do several of them together";

/// The parts in which an answer differs, where it has several and each that differs has a name.
fn apart(expected: &str, got: &str) -> Vec<String> {
    let apart = parts_apart(expected, got);
    let several = got.lines().count() > apart.len() + 1;
    if several && !apart.contains("") { apart.into_iter().collect() } else { Vec::new() }
}

/// What to do where nothing explains the answer to this message.
fn what_to_do(canonical: bool, theirs: bool, apart: &[String], message: &Map<String, Value>) -> String {
    if !apart.is_empty() && !apart.iter().any(|name| name == "hash") {
        let names: Vec<_> = apart.iter().map(|name| format!("`{}`", visible(name))).collect();
        return format!("Look at {}: all else in the answer is right.", names.join(", "));
    }
    match (canonical, theirs) {
        (true, true) => "Compare the two strings below.".to_owned(),
        (true, false) => {
            let key =
                message.keys().find(|name| KEYS.contains(&name.as_str())).map_or("secret", String::as_str);
            format!(
                "Compare the string below with the one that you hash (an adapter can give it as `explain`). Do you use the `{key}` of the request?"
            )
        }
        (false, _) => "Compare what is expected with what you answered.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use provkassa_simulators::brp::signing::Hash;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_string_is_ascribed_only_where_it_gives_the_answer() {
        let fields = json!({"endpoint": "payfororder", "parameters": [["orderid", "1"], ["returnurl", "http://a"]], "secret": "s"});
        let message = provkassa_simulators::kit::wire::from_json(&Hash, fields.as_object().expect("object"));
        let message = message.expect("legal");
        let made = Hash.mistakes()[0];
        let diagnosis =
            Diagnosis { named: vec![made], equals: Vec::new(), explains: 1, of: 2, beside: Vec::new() };
        let ascribed = |reply: &Reply| {
            let failure = Failure { operation: &Hash, message: &message, reply, diagnosis: Some(&diagnosis) };
            Finding::new(&failure).theirs.map(|theirs| theirs.canonical)
        };
        let explained = Hash.reply(&message, &[made]).expect("one mistake");
        assert_eq!(ascribed(&explained).as_deref(), Some("1http%3A%2F%2Fas"));
        assert_eq!(ascribed(&Reply::text("hash", "of something else")), None);
    }
}
