//! Freepay's own two codes and those of Nets, from `fixtures/freepay/codes.toml`.

use std::sync::LazyLock;

use crate::kit::provider::{Code, codes_in};

static CODES: LazyLock<Vec<Code>> =
    LazyLock::new(|| codes_in(include_str!("../../fixtures/freepay/codes.toml")));

/// Every code: Freepay's own, then those of Nets.
#[must_use]
pub fn codes() -> &'static [Code] {
    &CODES
}

/// The code's entry.
#[must_use]
pub fn code(code: &str) -> Option<&'static Code> {
    CODES.iter().find(|known| known.code == code)
}

/// Whether this can be queued as what the acquirer says to a payment or an operation.
#[must_use]
pub fn is_queued(code: &str) -> bool {
    self::code(code).is_some()
}
