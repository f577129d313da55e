//! Amounts of money.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An amount in minor units (öre, cents, pence) with its ISO 4217 currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// Minor units; negative for what is owed to the payer.
    pub minor: i64,
    /// Three letters: `SEK`.
    pub currency: String,
}

impl Amount {
    /// `minor` units of `currency`.
    #[must_use]
    pub fn new(minor: i64, currency: &str) -> Self {
        Self { minor, currency: currency.to_owned() }
    }
}

/// The currencies without a smaller unit (ISO 4217).
const WHOLE: &[&str] = &[
    "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF",
];

/// Major units with two decimals: `1 250,00 SEK`, as the Nordic pages print it; `1 250 JPY`, where a currency
/// has no smaller unit.
impl fmt::Display for Amount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.minor < 0 { "-" } else { "" };
        let is_whole = WHOLE.contains(&self.currency.as_str());
        let units = if is_whole { 1 } else { 100 };
        let (major, rest) = (self.minor.unsigned_abs() / units, self.minor.unsigned_abs() % units);
        let digits = major.to_string();
        let mut grouped = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                grouped.push('\u{a0}');
            }
            grouped.push(digit);
        }
        if is_whole {
            return write!(formatter, "{sign}{grouped} {}", self.currency);
        }
        write!(formatter, "{sign}{grouped},{rest:02} {}", self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_shown_in_major_units() {
        let show = |minor| Amount::new(minor, "SEK").to_string().replace('\u{a0}', " ");
        assert_eq!(show(0), "0,00 SEK");
        assert_eq!(show(5), "0,05 SEK");
        assert_eq!(show(-125), "-1,25 SEK");
        assert_eq!(Amount::new(1250, "JPY").to_string().replace('\u{a0}', " "), "1 250 JPY");
        assert_eq!(show(123_456_789), "1 234 567,89 SEK");
        assert_eq!(show(i64::MIN), "-92 233 720 368 547 758,08 SEK");
    }
}
