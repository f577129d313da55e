//! What we think was done wrong, how sure we are of it, and how it is told.

use std::fmt;

use serde::Serialize;

use super::{Clues, Example, Explanation, MANY};
use crate::kit::operation::{Message, Operation};
use crate::kit::scheme::Mistake;

/// What we think was done wrong.
#[derive(Clone, Debug, Serialize)]
pub struct Diagnosis {
    /// The explanation that comes first.
    pub named: Explanation,
    /// Others that fit the examples just as well.
    pub equals: Vec<Explanation>,
    /// How many failing examples it explains.
    pub explains: usize,
    /// How many failing examples there are.
    pub of: usize,
    /// Where it explains parts of the answers alone: what else is wrong, by the names of these parts. The name of a
    /// part without one is empty.
    pub beside: Vec<String>,
    /// Whether right answers speak against it, though they may have another reason.
    pub doubted: bool,
}

impl Diagnosis {
    /// Whether it explains everything and nothing else does.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        self.explains == self.of && self.equals.is_empty() && !self.doubted
    }

    /// Whether so many pairs explain it that to name one would be to guess.
    #[must_use]
    pub fn is_vague(&self) -> bool {
        self.named.len() > 1 && self.equals.len() + 1 >= MANY
    }

    /// Whether one of its explanations is exactly this mistake.
    #[must_use]
    pub fn names(&self, id: &str) -> bool {
        std::iter::once(&self.named)
            .chain(&self.equals)
            .any(|explanation| matches!(explanation.as_slice(), [one] if one.id == id))
    }

    /// Of several explanations that fit, those that foresee these answers too; all, where none does.
    #[must_use]
    pub fn narrowed(mut self, clues: &Clues<'_>, examples: &[Example<'_>]) -> Self {
        if self.equals.is_empty() {
            return self;
        }
        let foresees =
            |explanation: &Explanation| examples.iter().all(|example| clues.agrees(explanation, example));
        let fitting = std::iter::once(&self.named).chain(&self.equals).filter(|one| foresees(one)).cloned();
        let mut fitting = fitting.collect::<Vec<_>>().into_iter();
        if let Some(named) = fitting.next() {
            self.named = named;
            self.equals = fitting.collect();
        }
        self
    }

    /// The same, first what changes the answer to this message. How many these are.
    pub fn shown_by(&mut self, operation: &dyn Operation, message: &Message) -> usize {
        let foreseen = |made: &[&'static Mistake]| {
            operation.reply(message, made).map(|reply| operation.observe(message, &reply))
        };
        let all = foreseen(&self.named);
        let (shown, elsewhere): (Explanation, Explanation) =
            self.named.iter().copied().partition(|mistake| {
                let without: Explanation =
                    self.named.iter().copied().filter(|other| other.id != mistake.id).collect();
                foreseen(&without) != all
            });
        // Two that hide each other are told together.
        if elsewhere.is_empty() || foreseen(&shown) != all {
            return self.named.len();
        }
        let count = shown.len();
        self.named = shown.into_iter().chain(elsewhere).collect();
        count
    }

    /// How sure we are, in words.
    #[must_use]
    pub fn confidence(&self) -> String {
        if self.is_vague() {
            "it could be many".to_owned()
        } else if !self.beside.is_empty() {
            "certain of this part".to_owned()
        } else if self.explains < self.of {
            format!("likely, explains {} of {}", self.explains, self.of)
        } else if self.doubted {
            "likely, though you refuse more than that explains".to_owned()
        } else if self.equals.is_empty() {
            "certain".to_owned()
        } else {
            "likely, other mistakes fit too".to_owned()
        }
    }

    /// How to put it right.
    #[must_use]
    pub fn remedy(&self) -> String {
        each_once(self.named.iter().map(|mistake| mistake.remedy))
    }

    /// Why it is wrong.
    #[must_use]
    pub fn why(&self) -> String {
        each_once(self.named.iter().map(|mistake| mistake.why))
    }
}

/// Sentences one after the other; two mistakes may have one remedy.
pub(super) fn each_once(sentences: impl Iterator<Item = &'static str>) -> String {
    let mut said: Vec<&str> = Vec::new();
    for sentence in sentences {
        if !said.contains(&sentence) {
            said.push(sentence);
        }
    }
    said.join(" ")
}

impl Diagnosis {
    /// What was done: first the mistakes that show, of which there are so many; then those that other messages show.
    #[must_use]
    pub fn told(&self, shown: usize) -> String {
        match self.named.split_at_checked(shown) {
            Some((here, elsewhere))
                if !here.is_empty() && !elsewhere.is_empty() && self.beside.is_empty() =>
            {
                format!("{}; and where other messages show it, {}", said(here), said(elsewhere))
            }
            _ => self.to_string(),
        }
    }
}

/// What was done: "you percent-encoded returnurl before hashing, and you …; something else is wrong with `address`".
impl fmt::Display for Diagnosis {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_vague() {
            formatter.write_str("no mistake that we know explains it alone, but many do together, as: ")?;
        }
        formatter.write_str(&said(&self.named))?;
        if self.beside.is_empty() {
            return Ok(());
        }
        let names: Vec<_> = self.beside.iter().filter(|name| !name.is_empty()).take(NAMED).collect();
        let names: Vec<_> = names.into_iter().map(|name| format!("`{name}`")).collect();
        if names.is_empty() {
            formatter.write_str("; something else is wrong besides")
        } else {
            write!(formatter, "; something else is wrong with {}", names.join(", "))
        }
    }
}

/// So many of the parts in which something else is wrong are named.
const NAMED: usize = 4;

/// An explanation in words.
#[must_use]
pub fn said(explanation: &[&'static Mistake]) -> String {
    explanation.iter().map(|mistake| mistake.title).collect::<Vec<_>>().join(", and ")
}
