//! What is shown never contains a secret or a real card number.
//!
//! They are looked for as they are, and behind what a message may have done to them: percent-encoding, the escapes of
//! JSON and of markup, each within the other, base64 and hexadecimal digits.

mod cards;
mod encoded;
mod fields;
mod layer;
mod vault;
mod visible;

use cards::cards;
pub use cards::{MAGIC_CARD_PREFIX, luhn, magic_card, magic_code};
use encoded::encoded;
use fields::fields;
use layer::Layer;
use vault::Known;
pub use vault::Vault;
pub use visible::{escaped_json, readable, visible};

use std::ops::Range;
use std::sync::Arc;

use super::provider::Credential;

/// Shorter secrets are words that occur by chance; hiding them would garble what is shown.
const SHORTEST_SECRET: usize = 4;
/// How often a text is encoded that is looked into.
const DEEPEST: usize = 3;
/// The headers whose values are never shown, beside those with credentials of the HTTP kind.
const KEYS: &[&str] =
    &["api-key", "apikey", "x-access-token", "x-api-key", "x-api-token", "x-auth-token", "x-token"];
/// The longest name of a way to name oneself: `Bearer`.
const LONGEST_SCHEME: usize = 16;

/// A place in a text, and what is shown there.
type Hidden = (Range<usize>, String);

/// Hides secrets behind their names: `‹BRP_SECRET›`.
#[derive(Clone, Debug, Default)]
pub struct Masker {
    /// Whose secrets are called by their names alone; all, if nobody's.
    own: Option<Arc<str>>,
    known: Arc<Known>,
}

impl Masker {
    /// Hides the secret ones of these.
    pub fn new<'a>(credentials: impl IntoIterator<Item = &'a Credential>) -> Self {
        let vault = Vault::default();
        vault.keep("", secrets(credentials));
        vault.masker(None)
    }

    /// Text without secrets and card numbers.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let mut shown = text.to_owned();
        for find in [Self::secrets, Self::cards, Self::encoded, Self::fields] {
            let found = find(self, &shown);
            if !found.is_empty() {
                shown = splice(&shown, &found);
            }
        }
        for depth in 1..=DEEPEST {
            let Some(mut layer) = Layer::undone(&shown, depth) else { break };
            for find in [Self::secrets, Self::cards, Self::encoded, Self::fields] {
                let found = find(self, layer.text());
                layer.hide(&found);
            }
            let hidden = layer.hidden();
            if !hidden.is_empty() {
                shown = splice(&shown, &hidden);
            }
        }
        shown
    }

    /// A header's value; credentials of the HTTP kind are hidden whole.
    #[must_use]
    pub fn header(&self, name: &str, value: &str) -> String {
        let name = name.to_ascii_lowercase();
        match name.as_str() {
            "authorization" | "proxy-authorization" => match value.split_once(' ') {
                Some((scheme, _)) if self.is_scheme(scheme) => format!("{scheme} ‹credential›"),
                _ => "‹credential›".to_owned(),
            },
            "cookie" | "set-cookie" => "‹cookie›".to_owned(),
            name if KEYS.contains(&name) => match self.text(value) {
                named if named.starts_with('‹') && named.ends_with('›') => named,
                _ => "‹credential›".to_owned(),
            },
            _ => self.text(value),
        }
    }

    /// Whether a word can be told from a credential: it is a word, and no secret.
    fn is_scheme(&self, word: &str) -> bool {
        word.len() <= LONGEST_SCHEME
            && word.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
            && self.text(word) == word
    }

    fn secrets(&self, text: &str) -> Vec<Hidden> {
        self.known.find(text, self.own.as_deref())
    }

    #[expect(clippy::unused_self, reason = "one of several ways to find what is hidden")]
    fn cards(&self, text: &str) -> Vec<Hidden> {
        cards(text)
    }

    #[expect(clippy::unused_self, reason = "one of several ways to find what is hidden")]
    fn fields(&self, text: &str) -> Vec<Hidden> {
        fields(text)
    }

    /// Words that hide something in base64 or in hexadecimal digits.
    fn encoded(&self, text: &str) -> Vec<Hidden> {
        let hiding = encoded(text).filter(|(_, plain)| self.finds(plain));
        let mut found: Vec<Hidden> = Vec::new();
        for (range, _) in hiding {
            if found.last().is_none_or(|(last, _)| last.end <= range.start) {
                found.push((range, "‹hidden›".to_owned()));
            }
        }
        found
    }

    /// Whether something in a text is to be hidden, as it stands there or with its escapes undone.
    fn finds(&self, text: &str) -> bool {
        let finds = |text: &str| {
            !self.secrets(text).is_empty() || !cards(text).is_empty() || !fields(text).is_empty()
        };
        finds(text) || Layer::undone(text, 1).is_some_and(|layer| finds(layer.text()))
    }
}

/// The secret ones of credentials, with their names.
pub(crate) fn secrets<'a>(
    credentials: impl IntoIterator<Item = &'a Credential>,
) -> Vec<(std::borrow::Cow<'static, str>, String)> {
    let secret = credentials.into_iter().filter(|credential| credential.secret);
    secret.map(|credential| (credential.name.into(), credential.value.clone())).collect()
}

/// A text with other words in some places, which are in order and apart.
fn splice(text: &str, places: &[Hidden]) -> String {
    let mut spliced = String::with_capacity(text.len());
    let mut kept = 0;
    for (range, shown) in places {
        spliced.push_str(&text[kept..range.start]);
        spliced.push_str(shown);
        kept = range.end;
    }
    spliced.push_str(&text[kept..]);
    spliced
}

#[cfg(test)]
mod tests;
