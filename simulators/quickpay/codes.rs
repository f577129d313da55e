//! The codes of operations, from `fixtures/quickpay/codes.toml`.

use std::sync::LazyLock;

use crate::kit::provider::{Code, codes_in};

static CODES: LazyLock<Vec<Code>> =
    LazyLock::new(|| codes_in(include_str!("../../fixtures/quickpay/codes.toml")));

/// Every code, in the order of QuickPay's own table.
#[must_use]
pub fn codes() -> &'static [Code] {
    &CODES
}

/// The code's entry.
#[must_use]
pub fn code(code: &str) -> Option<&'static Code> {
    CODES.iter().find(|known| known.code == code)
}
