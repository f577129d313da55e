//! ePay's own codes and those of Nets, from `fixtures/bambora/codes.toml`.

use std::sync::LazyLock;

use crate::kit::provider::{Code, codes_in};

static CODES: LazyLock<Vec<Code>> =
    LazyLock::new(|| codes_in(include_str!("../../fixtures/bambora/codes.toml")));

/// Every code: ePay's own in the order of its table, then those of Nets.
#[must_use]
pub fn codes() -> &'static [Code] {
    &CODES
}

/// The code's entry.
#[must_use]
pub fn code(code: &str) -> Option<&'static Code> {
    CODES.iter().find(|known| known.code == code)
}

/// Whether this can be queued as what the acquirer or ePay says to a payment or an operation.
#[must_use]
pub fn is_queued(code: &str) -> bool {
    self::code(code).is_some()
}

#[cfg(test)]
mod tests {
    use super::super::acquirer;
    use super::*;
    use crate::kit::nets;

    #[test]
    fn the_file_has_every_code_of_epay_and_of_nets() {
        let of_nets: Vec<_> = nets::responses().map(|response| response.to_string()).collect();
        let (own, theirs) = codes().split_at(codes().len() - of_nets.len());
        assert_eq!(own.len(), 81);
        let theirs: Vec<_> = theirs.iter().map(|code| code.code.as_str()).collect();
        assert_eq!(theirs, of_nets);
    }

    #[test]
    fn no_code_is_there_twice() {
        for (place, one) in codes().iter().enumerate() {
            assert!(codes()[..place].iter().all(|other| other.code != one.code), "{}", one.code);
        }
    }

    #[test]
    fn every_code_but_success_has_a_card_and_the_file_names_no_other() {
        for known in codes() {
            let Some(magic) = acquirer::magic(&known.code) else {
                assert_eq!(known.code, "-1");
                continue;
            };
            if let Some((_, named)) = known.state.split_once("window with card ") {
                assert!(
                    magic.ends_with(&named[..16]) || known.code == "-1018",
                    "{}: {}",
                    known.code,
                    known.state
                );
            }
        }
    }
}
