//! What an integrator did wrong, with everything that a tired developer needs to put it right.

mod compared;
mod digest;
mod lines;
mod settled;

use provkassa_simulators::kit::diagnosis::{Counts, Diagnosis, NearMiss, first_difference, parts_apart};
use provkassa_simulators::kit::mask::{readable, visible};
use provkassa_simulators::kit::operation::{Message, Operation, Reply};
use provkassa_simulators::kit::provider::Ground;
use provkassa_simulators::kit::scheme::Mistake;
use provkassa_simulators::kit::wire::to_json;
use serde::{Serialize, Serializer};
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
    /// What else is wrong with the answer that is shown: what other findings tell of, and what nothing explains.
    #[serde(rename = "also")]
    pub beside: Vec<String>,
    /// How many of the failing messages show which of the mistakes, where each shows in messages of its own.
    pub shares: Vec<Share>,
    /// What other cases fail by, too, and is told once: of a running shop.
    #[serde(skip)]
    pub cause: Option<String>,
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
    /// What happened, hop by hop, where a running shop was tried.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trail: Vec<String>,
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

/// Mistakes, and how many of the failing messages show just these.
#[derive(Clone, Debug, Serialize)]
pub struct Share {
    /// The mistakes; in JSON their ids.
    #[serde(rename = "mistakes", serialize_with = "ids")]
    pub shown: Vec<&'static Mistake>,
    /// How many messages.
    pub messages: usize,
}

fn ids<S: Serializer>(mistakes: &[&'static Mistake], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(mistakes.iter().map(|mistake| mistake.id))
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
        let Failure { operation, message, reply, diagnosis: found } = *failure;
        let (diagnosis, vague) = match found {
            Some(vague) if vague.is_vague() => (None, Some(vague)),
            other => (other, None),
        };
        let right = operation.reply(message, &[]);
        let observed = |reply: &Reply| operation.observe(message, reply);
        let expected = right.as_ref().map_or_else(String::new, observed);
        let apart = match reply {
            Reply::Answer(_) => apart(&expected, &observed(reply)),
            Reply::Rejected(_) => Vec::new(),
        };
        // Where the hash is right the strings say nothing of what is wrong.
        let canonical = operation.canonical(message, &[]).filter(|_| !is_hash_right(&expected, &apart));
        let canonical = canonical.map(|bytes| readable(&bytes));
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
        let ids = |explanation: &Vec<&'static Mistake>| {
            explanation.iter().map(|mistake| mistake.id).collect::<Vec<_>>()
        };
        Self {
            headline: match (&told, vague) {
                (Some(told), _) => told.told(shown),
                (None, Some(vague)) => vague.to_string(),
                (None, None) => UNEXPLAINED.to_owned(),
            },
            also,
            refusal: None,
            beside: Vec::new(),
            trail: Vec::new(),
            cause: None,
            shares: Vec::new(),
            confidence: found.map_or_else(String::new, Diagnosis::confidence),
            mistakes: diagnosis.map_or_else(Vec::new, |diagnosis| ids(&diagnosis.named)),
            equals: diagnosis.map_or_else(Vec::new, |diagnosis| diagnosis.equals.iter().map(ids).collect()),
            near: None,
            why: told.as_ref().map_or_else(String::new, Diagnosis::why),
            remedy: told.as_ref().map_or_else(
                || what_to_do(canonical.is_some(), theirs.as_ref(), &apart, &fields),
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

const UNEXPLAINED: &str =
    "the answer is wrong, and no mistake that we know explains it, nor do several of them together";

/// The parts in which an answer differs, where it has several and each that differs has a name.
fn apart(expected: &str, got: &str) -> Vec<String> {
    let apart = parts_apart(expected, got);
    let several = got.lines().count() > apart.len() + 1;
    if several && !apart.contains("") { apart.into_iter().collect() } else { Vec::new() }
}

/// Whether the answer has a hash that is right, and another part of it is not.
fn is_hash_right(expected: &str, apart: &[String]) -> bool {
    !apart.is_empty()
        && !apart.iter().any(|name| name == "hash")
        && expected.lines().any(|line| line.trim_start().starts_with("hash = "))
}

/// What to do where nothing explains the answer to this message.
fn what_to_do(
    canonical: bool,
    theirs: Option<&Theirs>,
    apart: &[String],
    message: &Map<String, Value>,
) -> String {
    if !apart.is_empty() && !apart.iter().any(|name| name == "hash") {
        let names: Vec<_> = apart.iter().map(|name| format!("`{}`", visible(name))).collect();
        return format!("Look at {}: all else in the answer is right.", names.join(", "));
    }
    match (canonical, theirs) {
        (true, Some(Theirs { given: true, differs_at: None, .. })) => {
            "The string that you show (`explain`) is right, and the answer is not made of it: look at what your code really hashes, with which key, and how the digest is written.".to_owned()
        }
        (true, Some(_)) => "Compare the two strings below.".to_owned(),
        (true, None) => {
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
        let diagnosis = Diagnosis {
            named: vec![made],
            equals: Vec::new(),
            explains: 1,
            of: 2,
            beside: Vec::new(),
            doubted: false,
        };
        let ascribed = |reply: &Reply| {
            let failure = Failure { operation: &Hash, message: &message, reply, diagnosis: Some(&diagnosis) };
            Finding::new(&failure).theirs.map(|theirs| theirs.canonical)
        };
        let explained = Hash.reply(&message, &[made]).expect("one mistake");
        assert_eq!(ascribed(&explained).as_deref(), Some("1http%3A%2F%2Fas"));
        assert_eq!(ascribed(&Reply::text("hash", "of something else")), None);
    }
}
