//! Cards, and what the acquirer says to them.

/// How to reach a code by a card, in words.
#[must_use]
pub fn magic(_: &str) -> Option<String> {
    None
}
