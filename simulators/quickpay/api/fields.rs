//! A call's fields, read with everything that is wrong with them.

use crate::kit::address::is_web_address;
use crate::kit::tree::Tree;

use super::refusal::Refusal;

/// Reads fields and collects what is wrong, so that all of it is told at once.
#[derive(Debug)]
pub(crate) struct Fields<'a> {
    tree: &'a Tree,
    wrong: Vec<(String, String)>,
}

/// What stands in the place of a field that is missing.
const MISSING: &str = "is required";
/// What is said of a field that holds something else than it should.
const INVALID: &str = "is invalid";

impl<'a> Fields<'a> {
    /// The fields of a body.
    pub(crate) fn of(tree: &'a Tree) -> Self {
        Self { tree, wrong: Vec::new() }
    }

    /// Says what is wrong with a field; once, whoever finds it.
    pub(crate) fn wrong(&mut self, name: &str, what: impl Into<String>) {
        let wrong = (name.to_owned(), what.into());
        if !self.wrong.contains(&wrong) {
            self.wrong.push(wrong);
        }
    }

    /// Whether a field came, and is not null.
    pub(crate) fn has(&self, name: &str) -> bool {
        !self.tree.get(name).is_null()
    }

    /// The field as it came.
    pub(crate) fn raw(&self, name: &str) -> &'a Tree {
        self.tree.get(name)
    }

    /// A text; a number is one too. `None` where it is missing or wrong.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        match self.tree.get(name) {
            Tree::Null => None,
            Tree::Text(text) => Some(text.clone()),
            Tree::Number(number) => Some(number.to_string()),
            _ => {
                self.wrong(name, INVALID);
                None
            }
        }
    }

    /// A text that must come.
    pub(crate) fn required_text(&mut self, name: &str) -> String {
        if !self.has(name) {
            self.wrong(name, MISSING);
        }
        self.text(name).unwrap_or_default()
    }

    /// A text, or `null` where it is empty.
    pub(crate) fn filled(&mut self, name: &str) -> Option<String> {
        self.text(name).filter(|text| !text.is_empty())
    }

    /// A whole number; digits in a text are one too, for forms have nothing else.
    pub(crate) fn int(&mut self, name: &str) -> Option<i64> {
        let read = match self.tree.get(name) {
            Tree::Null => return None,
            Tree::Number(number) => number.as_i64(),
            Tree::Text(text) => text.parse().ok(),
            _ => None,
        };
        if read.is_none() {
            self.wrong(name, INVALID);
        }
        read
    }

    /// An amount in minor units that must come, and is not negative.
    pub(crate) fn amount(&mut self) -> i64 {
        if !self.has("amount") {
            self.wrong("amount", MISSING);
            return 0;
        }
        let amount = self.int("amount").unwrap_or_default();
        if !(0..=MOST).contains(&amount) {
            self.wrong("amount", INVALID);
        }
        amount
    }

    /// A switch; `1`, `0`, `true` and `false` in a text are one too.
    pub(crate) fn flag(&mut self, name: &str) -> Option<bool> {
        match self.tree.get(name) {
            Tree::Null => None,
            Tree::Flag(flag) => Some(*flag),
            Tree::Text(text) if matches!(text.as_str(), "1" | "true") => Some(true),
            Tree::Text(text) if matches!(text.as_str(), "0" | "false") => Some(false),
            Tree::Number(number) if number.as_i64() == Some(1) => Some(true),
            Tree::Number(number) if number.as_i64() == Some(0) => Some(false),
            _ => {
                self.wrong(name, INVALID);
                None
            }
        }
    }

    /// An absolute web address, or nothing.
    pub(crate) fn url(&mut self, name: &str) -> Option<String> {
        let url = self.filled(name)?;
        if !is_web_address(&url) {
            self.wrong(name, INVALID);
        }
        Some(url)
    }

    /// One of these words, or nothing.
    pub(crate) fn word(&mut self, name: &str, words: &[&str]) -> Option<String> {
        let word = self.filled(name)?;
        if !words.contains(&word.as_str()) {
            self.wrong(name, INVALID);
        }
        Some(word)
    }

    /// An object as it came; an empty array is an empty object, as PHP writes it.
    pub(crate) fn map(&mut self, name: &str) -> Option<Tree> {
        match self.tree.get(name) {
            Tree::Null => None,
            map @ Tree::Map(_) => Some(map.clone()),
            Tree::List(elements) if elements.is_empty() => Some(Tree::empty()),
            _ => {
                self.wrong(name, INVALID);
                None
            }
        }
    }

    /// The fields inside an object; none of them where it is missing.
    pub(crate) fn inside(&mut self, name: &str) -> Fields<'a> {
        let inner = self.tree.get(name);
        if !matches!(inner, Tree::Null | Tree::Map(_)) {
            self.wrong(name, INVALID);
        }
        Fields::of(inner)
    }

    /// What is wrong inside an object, under its name.
    pub(crate) fn take(&mut self, name: &str, inner: Fields<'_>) {
        self.wrong.extend(inner.wrong.into_iter().map(|(field, what)| (format!("{name}.{field}"), what)));
    }

    /// A list of ids, or nothing; digits in a text are one too, for forms have nothing else.
    pub(crate) fn ids(&mut self, name: &str) -> Option<Vec<u64>> {
        let raw = self.tree.get(name);
        if raw.is_null() {
            return None;
        }
        let id = |element: &Tree| match element {
            Tree::Number(number) => number.as_u64(),
            Tree::Text(text) => text.parse().ok(),
            _ => None,
        };
        let read: Option<Vec<u64>> = raw.elements().and_then(|ids| ids.into_iter().map(id).collect());
        if read.is_none() {
            self.wrong(name, INVALID);
        }
        read
    }

    /// Ends the reading.
    pub(crate) fn done(self) -> Result<(), Refusal> {
        if self.wrong.is_empty() { Ok(()) } else { Err(Refusal::Invalid(self.wrong)) }
    }
}

/// The highest amount: nine digits, as the form has it.
const MOST: i64 = 999_999_999;
