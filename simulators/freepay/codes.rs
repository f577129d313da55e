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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::nets;

    #[test]
    fn the_file_has_freepays_two_codes_and_every_one_of_nets() {
        let own = ["-1", "-2"].map(str::to_owned);
        let all: Vec<_> =
            own.into_iter().chain(nets::responses().map(|response| response.to_string())).collect();
        let there: Vec<_> = codes().iter().map(|code| code.code.clone()).collect();
        assert_eq!(there, all);
        assert_eq!(codes().len(), 88);
    }

    #[test]
    fn every_code_has_a_card() {
        for known in codes() {
            let card = known.state.split_once("page with card ").map_or("", |(_, rest)| &rest[..16]);
            let tail = match known.code.as_str() {
                "-1" => "9001".to_owned(),
                "-2" => "9002".to_owned(),
                response => format!("{response:0>4}"),
            };
            assert_eq!(card, format!("457199000000{tail}"), "{}", known.code);
        }
    }
}
