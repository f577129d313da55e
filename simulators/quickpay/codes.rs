//! The codes of `fixtures/quickpay/codes.toml`.

use std::sync::LazyLock;

use crate::kit::provider::{Code, codes_in};

static CODES: LazyLock<Vec<Code>> =
    LazyLock::new(|| codes_in(include_str!("../../fixtures/quickpay/codes.toml")));

/// Every code.
#[must_use]
pub fn codes() -> &'static [Code] {
    &CODES
}
