//! The codes of `fixtures/fenerum/codes.toml`.

use std::sync::LazyLock;

use crate::kit::provider::{Code, codes_in};

static CODES: LazyLock<Vec<Code>> =
    LazyLock::new(|| codes_in(include_str!("../../fixtures/fenerum/codes.toml")));

/// Every code.
#[must_use]
pub fn codes() -> &'static [Code] {
    &CODES
}
