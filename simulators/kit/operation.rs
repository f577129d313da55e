//! What an integrator does with one message: makes a hash, builds a link, reads a return.
//!
//! `sign`, `verify`, `check`, adapters and property helpers all name operations by the same ids.

use std::fmt;

use rand::Rng;
use serde_json::{Map, Value};

pub use super::judging::{Expected, Judgement, judge};
pub use super::message::{Message, Parameter};
use super::parts::Parts;
use super::provider::Provenance;
use super::scheme::Mistake;
pub use super::simpler::simpler;
pub use super::verification::{Examination, Fault, Reading, Received, Unreadable, Verification};

/// The field of an answer that holds the integrator's own canonical string.
const EXPLAIN: &str = "explain";

/// What the integrator's code answered.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reply {
    /// Its answer, by name.
    Answer(Map<String, Value>),
    /// It refuses the message, with its reason.
    Rejected(String),
}

impl Reply {
    /// An answer of one text.
    #[must_use]
    pub fn text(name: &str, value: impl Into<String>) -> Self {
        Self::Answer(Map::from_iter([(name.to_owned(), Value::String(value.into()))]))
    }

    /// An answer of one list of names and values, in this order.
    #[must_use]
    pub fn pairs<N: Into<String>, V: Into<String>>(
        name: &str,
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let pairs = pairs.into_iter().map(|(name, value)| Value::from([name.into(), value.into()].to_vec()));
        Self::Answer(Map::from_iter([(name.to_owned(), pairs.collect())]))
    }

    /// An answer of several fields; a text or none, which is null.
    #[must_use]
    pub fn fields<V: Into<Value>>(fields: impl IntoIterator<Item = (&'static str, V)>) -> Self {
        Self::Answer(fields.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect())
    }

    /// The same answer with one field more, as `explain`: the string that was hashed. A refusal stays as it is.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        if let Self::Answer(answer) = &mut self {
            answer.insert(name.to_owned(), value.into());
        }
        self
    }

    /// Whether this is another reply to the letter, but for how it is explained.
    #[must_use]
    pub fn repeats(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Answer(one), Self::Answer(other)) => {
                let told =
                    |answer: &Map<String, Value>| answer.len() - usize::from(answer.contains_key(EXPLAIN));
                told(one) == told(other)
                    && one.iter().all(|(name, value)| name == EXPLAIN || other.get(name) == Some(value))
            }
            (Self::Rejected(one), Self::Rejected(other)) => one == other,
            _ => false,
        }
    }

    /// A text of the answer; empty if it is not there.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        match self {
            Self::Answer(answer) => answer.get(name).and_then(Value::as_str).unwrap_or(""),
            Self::Rejected(_) => "",
        }
    }
}

/// What an answer comes to, whatever its spelling: two answers are equal if these are.
pub type Observation = String;

/// A named part of the legal messages, so that a requirement can be tried where it bites.
#[derive(Clone, Copy, Debug)]
pub struct Focus {
    /// As the features say it: "a return URL that percent-encoding changes".
    pub name: &'static str,
    /// Whether a message is in it.
    pub holds: fn(&Message) -> bool,
}

/// What a field of an answer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A list of names and values.
    Pairs,
    /// A string.
    Text,
    /// A string, or null for none.
    TextOrNull,
}

/// How a value that goes with a message stands in JSON. Inside a [`Message`] everything is text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `{"minor": 1250, "currency": "GBP"}`, always of this currency; inside, the minor units.
    Amount(&'static str),
    /// `true` or `false`.
    Flag,
    /// `{"minor": 1250, "currency": "SEK"}`, of any currency; inside, `1250 SEK`.
    Money,
    /// A whole number of seconds since the epoch.
    Seconds,
    /// A string.
    Text,
    /// A whole number, as an id is.
    Whole,
}

/// One operation of a provider. Pure: simulator, vectors, properties and diagnosis share it.
pub trait Operation: fmt::Debug + Send + Sync + 'static {
    /// Its id: `brp.hash`.
    fn id(&self) -> &'static str;

    /// What the integrator's code does, for help texts: "hashes the parameters of a call".
    fn does(&self) -> &'static str;

    /// Whether it only reads: nothing is made that could be sent.
    fn reads(&self) -> bool {
        false
    }

    /// Where its rule is written.
    fn provenance(&self) -> Provenance;

    /// The key that names the form in an adapter's request. It is not sent where there is one form.
    fn form_key(&self) -> &'static str {
        "endpoint"
    }

    /// Its forms; the first is taken where none is named.
    fn forms(&self) -> &'static [&'static str];

    /// The key of the list of names and values in an adapter's request.
    fn list_key(&self) -> &'static str {
        "parameters"
    }

    /// The parameters of a form; empty for an operation whose message is what is given.
    fn parameters(&self, form: &str) -> Vec<&'static str>;

    /// The names of what goes with a message.
    fn given(&self) -> &'static [&'static str];

    /// How one of these stands in JSON.
    fn kind(&self, _name: &str) -> Kind {
        Kind::Text
    }

    /// The fields of an answer for a form.
    fn answer(&self, form: &str) -> Vec<(&'static str, Shape)>;

    /// The wrong ways in which people do it.
    fn mistakes(&self) -> Vec<&'static Mistake>;

    /// The parts of the messages that features name.
    fn focuses(&self) -> &'static [Focus];

    /// Whether a message may occur; says what is wrong with it if not.
    fn legal(&self, message: &Message) -> Result<(), Unreadable>;

    /// A legal message, biased to the awkward.
    fn generate(&self, rng: &mut dyn Rng) -> Message;

    /// A legal message that is likely in the focus, where most are not.
    fn generate_near(&self, _focus: &Focus, rng: &mut dyn Rng) -> Message {
        self.generate(rng)
    }

    /// The simplest legal value of a parameter or of what is given.
    fn simplest(&self, name: &str) -> &'static str;

    /// Messages that are simpler than this one, the simplest first, for an operation whose values hang
    /// together. `None`: each value can be made simpler by itself.
    fn shrink(&self, _message: &Message) -> Option<Vec<Message>> {
        None
    }

    /// What is in a message that cannot be read as it stands, for the person who has to: a token's claims.
    fn shows(&self, _message: &Message) -> Vec<String> {
        Vec::new()
    }

    /// The same message at another time, in seconds since the epoch, for code that reads the real clock.
    fn at(&self, message: Message, _now: i64) -> Message {
        message
    }

    /// What an integrator answers who makes these mistakes; none: the right answer. `None` where the
    /// mistakes exclude each other.
    fn reply(&self, message: &Message, made: &[&'static Mistake]) -> Option<Reply>;

    /// Answers that are accepted beside the right one, because the document leaves it open, and why.
    fn tolerated(&self, message: &Message) -> Vec<(Reply, &'static str)>;

    /// What an answer comes to.
    fn observe(&self, message: &Message, reply: &Reply) -> Observation;

    /// What an answer comes to, part by part: first what kind of answer it is. Without parts it is one: what it
    /// comes to.
    fn parts(&self, message: &Message, reply: &Reply) -> Parts {
        vec![("answer", self.observe(message, reply))]
    }

    /// The string that is hashed or signed, with these mistakes; `None` where there is no such string.
    fn canonical(&self, message: &Message, made: &[&'static Mistake]) -> Option<Vec<u8>>;

    /// Reads a URL, token or body as this operation's message; `given` is what goes with it: the secrets,
    /// the time.
    fn read(&self, text: &str, form: Option<&str>, given: &[Parameter]) -> Result<Verification, Unreadable>;
}

fn is_pairs(value: &Value) -> bool {
    let is_pair = |pair: &Value| {
        matches!(pair.as_array().map(Vec::as_slice), Some([Value::String(_), Value::String(_)]))
    };
    value.as_array().is_some_and(|pairs| pairs.iter().all(is_pair))
}

/// Whether an answer has the fields that it should have, and says what is wrong if not. `explain` may
/// always be there.
pub fn well_formed(operation: &dyn Operation, form: &str, answer: &Map<String, Value>) -> Result<(), String> {
    let fields = operation.answer(form);
    for (name, shape) in &fields {
        let fits = match (answer.get(*name), shape) {
            (None, _) => return Err(format!("the answer to {} lacks `{name}`", operation.id())),
            (Some(Value::String(text)), Shape::OneOf(words)) => words.contains(&text.as_str()),
            (Some(pairs), Shape::Pairs) => is_pairs(pairs),
            (Some(Value::String(_)), _) | (Some(Value::Null), Shape::TextOrNull) => true,
            (Some(_), _) => false,
        };
        if !fits {
            let wanted = match shape {
                Shape::OneOf(words) => format!("one of {}", words.join(", ")),
                Shape::Pairs => "a list of [name, value] pairs of strings".to_owned(),
                Shape::Text => "a string".to_owned(),
                Shape::TextOrNull => "a string or null".to_owned(),
            };
            return Err(format!("`{name}` of the answer to {} is not {wanted}", operation.id()));
        }
    }
    for (name, value) in answer {
        let is_of = |form: &str| operation.answer(form).iter().any(|(field, _)| field == name);
        if name == EXPLAIN || is_of(form) {
            continue;
        }
        let id = operation.id();
        let others: Vec<_> = operation.forms().iter().filter(|other| is_of(other)).collect();
        match others.first() {
            // Whoever answers every form with the same fields says with null that it has not this one.
            Some(_) if value.is_null() => {}
            Some(other) => {
                return Err(format!(
                    "the answer to {id} has a field `{name}`, which belongs to `{other}`, and this was `{form}`"
                ));
            }
            None => return Err(format!("the answer to {id} has an unknown field `{name}`")),
        }
    }
    Ok(())
}

/// A legal message in the focus; `None` if none turns up in a thousand tries.
#[must_use]
pub fn generate_in(operation: &dyn Operation, focus: Option<&Focus>, rng: &mut dyn Rng) -> Option<Message> {
    let Some(focus) = focus else { return Some(operation.generate(rng)) };
    (0..1000).map(|_| operation.generate_near(focus, rng)).find(|message| (focus.holds)(message))
}
