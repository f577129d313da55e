//! The codes of operations, and what calls and payers are told, from `fixtures/quickpay/codes.toml`.

use std::sync::LazyLock;

use crate::kit::provider::{Code, codes_in};

static CODES: LazyLock<Vec<Code>> =
    LazyLock::new(|| codes_in(include_str!("../../fixtures/quickpay/codes.toml")));

/// Every code: those of operations in the order of QuickPay's own table, then the others.
#[must_use]
pub fn codes() -> &'static [Code] {
    &CODES
}

/// The code's entry.
#[must_use]
pub fn code(code: &str) -> Option<&'static Code> {
    CODES.iter().find(|known| known.code == code)
}

/// Whether this is the verdict of an operation, and not what a call or a payer is told.
#[must_use]
pub fn is_operations(code: &str) -> bool {
    self::code(code).is_some_and(|code| code.stage == "provider")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read() {
        assert_eq!(codes().len(), 39);
        let verdicts: Vec<_> = codes().iter().filter(|code| is_operations(&code.code)).collect();
        assert_eq!(verdicts.len(), 14);
        assert!(verdicts.iter().all(|verdict| verdict.code.len() == 5), "{verdicts:?}");
        assert_eq!(code("20000").map(|code| code.text.as_str()), Some("Approved"));
        assert!(!is_operations("unauthorized") && !is_operations("20001"));
        let stages = ["before", "provider", "after"];
        assert!(codes().iter().all(|code| stages.contains(&code.stage.as_str())));
    }
}
