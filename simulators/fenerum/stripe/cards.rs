//! The cards that Stripe publishes for tests, and how a number tells its brand.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// A card that Stripe publishes for tests. How we know each stands in `fixtures/fenerum/stripe.toml`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct TestCard {
    /// Its number, digits alone.
    pub(super) number: String,
    /// As Stripe names it: `visa`.
    pub(super) brand: String,
    /// `credit`, `debit` or `prepaid`.
    pub(super) funding: String,
    /// The issuer's country: `US`.
    pub(super) country: String,
    /// The payment method that stands for it at servers: `pm_card_visa`.
    pub(super) payment_method: Option<String>,
    /// With which refusal it is not given to a customer.
    pub(super) attach: Option<String>,
    /// With which refusal it is not charged while the customer is away.
    pub(super) charge: Option<String>,
}

#[derive(Deserialize)]
struct File {
    card: Vec<TestCard>,
}

static CARDS: LazyLock<Vec<TestCard>> = LazyLock::new(|| {
    // The text is part of the program; a test reads it, so it parses.
    toml::from_str::<File>(super::FACTS).map_or_else(|_| Vec::new(), |file| file.card)
});

/// Every published card.
pub(super) fn cards() -> &'static [TestCard] {
    &CARDS
}

/// The published card with this number.
pub(super) fn card(number: &str) -> Option<&'static TestCard> {
    CARDS.iter().find(|card| card.number == number)
}

/// The published card that a server's payment method stands for.
pub(super) fn card_of(payment_method: &str) -> Option<&'static TestCard> {
    CARDS.iter().find(|card| card.payment_method.as_deref() == Some(payment_method))
}

/// The published card that a token stands for: `tok_visa` goes with `pm_card_visa`.
pub(super) fn card_of_token(token: &str) -> Option<&'static TestCard> {
    card_of(&format!("pm_card_{}", token.strip_prefix("tok_")?))
}

/// How the numbers of a brand look. The ranges are those that the networks publish; which lengths Stripe's
/// element waits for is assumed where no published test card has them.
#[derive(Debug, Serialize)]
pub(super) struct Brand {
    /// As Stripe names it.
    pub(super) name: &'static str,
    /// What its numbers begin with, from and to. Both ends have the same length.
    starts: &'static [(&'static str, &'static str)],
    /// How many digits a number has, the fewest first.
    lengths: &'static [usize],
    /// Behind how many digits a printed number has a gap.
    gaps: &'static [usize],
    /// How many digits the CVC has.
    pub(super) cvc: usize,
}

const FOURS: &[usize] = &[4, 8, 12, 16];

/// The brands that Stripe's `change` event names.
pub(super) static BRANDS: &[Brand] = &[
    Brand { name: "visa", starts: &[("4", "4")], lengths: &[16], gaps: FOURS, cvc: 3 },
    Brand {
        name: "mastercard",
        starts: &[("51", "55"), ("2221", "2720")],
        lengths: &[16],
        gaps: FOURS,
        cvc: 3,
    },
    Brand { name: "amex", starts: &[("34", "34"), ("37", "37")], lengths: &[15], gaps: &[4, 10], cvc: 4 },
    Brand {
        name: "discover",
        starts: &[("6011", "6011"), ("644", "649"), ("65", "65")],
        lengths: &[16],
        gaps: FOURS,
        cvc: 3,
    },
    Brand {
        name: "diners",
        starts: &[("300", "305"), ("3095", "3095"), ("36", "36"), ("38", "39")],
        lengths: &[14, 16],
        gaps: FOURS,
        cvc: 3,
    },
    Brand { name: "jcb", starts: &[("3528", "3589")], lengths: &[16], gaps: FOURS, cvc: 3 },
    Brand {
        name: "unionpay",
        starts: &[("62", "62"), ("81", "81")],
        lengths: &[16, 17, 18, 19],
        gaps: FOURS,
        cvc: 3,
    },
];

/// What a number is of that no brand's range holds.
pub(super) static UNKNOWN: Brand =
    Brand { name: "unknown", starts: &[], lengths: &[16], gaps: FOURS, cvc: 3 };

impl Brand {
    /// How many digits of a number tell that it is of this brand; none where it is not.
    fn told_by(&self, digits: &str) -> Option<usize> {
        let within = |(from, to): &&(&str, &str)| {
            digits.get(..from.len()).is_some_and(|start| *from <= start && start <= *to)
        };
        self.starts.iter().filter(within).map(|(from, _)| from.len()).max()
    }

    /// Whether a whole number of this brand has so many digits.
    pub(super) fn has_length(&self, digits: usize) -> bool {
        self.lengths.contains(&digits)
    }
}

/// The brand of a number: the one whose range tells the most of it.
pub(super) fn brand(digits: &str) -> &'static Brand {
    let told = |brand: &&'static Brand| brand.told_by(digits);
    BRANDS.iter().filter(|brand| told(brand).is_some()).max_by_key(told).unwrap_or(&UNKNOWN)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::kit::mask::{Masker, luhn};
    use crate::kit::provider::Ground;

    #[test]
    fn every_published_card_is_whole_and_of_its_brand() {
        assert!(cards().len() > 30);
        for card in cards() {
            assert!(luhn(&card.number), "{}", card.number);
            assert_eq!(brand(&card.number).name, card.brand, "{}", card.number);
            assert!(brand(&card.number).has_length(card.number.len()), "{}", card.number);
            assert!(["credit", "debit", "prepaid"].contains(&card.funding.as_str()));
        }
        assert!(!luhn("4242424242424241"));
    }

    #[test]
    fn numbers_and_server_side_names_are_told_once() {
        let numbers: BTreeSet<_> = cards().iter().map(|card| &card.number).collect();
        assert_eq!(numbers.len(), cards().len());
        let names: Vec<_> = cards().iter().filter_map(|card| card.payment_method.as_ref()).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        assert_eq!(card_of("pm_card_visa").map(|card| card.number.as_str()), Some("4242424242424242"));
        assert_eq!(card_of_token("tok_visa").map(|card| card.number.as_str()), Some("4242424242424242"));
        assert!(card_of_token("pm_card_visa").is_none());
    }

    #[test]
    fn published_cards_may_be_read_in_the_journal() {
        for card in cards() {
            let body = format!("card%5Bnumber%5D={}", card.number);
            assert_eq!(Masker::default().text(&body), body);
        }
    }

    #[test]
    fn the_start_of_a_number_tells_its_brand() {
        for (digits, name) in [
            ("", "unknown"),
            ("4", "visa"),
            ("5", "unknown"),
            ("51", "mastercard"),
            ("56", "unknown"),
            ("2220", "unknown"),
            ("2221", "mastercard"),
            ("2720", "mastercard"),
            ("2721", "unknown"),
            ("34", "amex"),
            ("35", "unknown"),
            ("3528", "jcb"),
            ("36", "diners"),
            ("3095", "diners"),
            ("3096", "unknown"),
            ("6011", "discover"),
            ("62", "unionpay"),
            ("643", "unknown"),
            ("644", "discover"),
        ] {
            assert_eq!(brand(digits).name, name, "{digits}");
        }
    }

    #[test]
    fn every_entry_of_the_file_says_how_we_know_it() {
        #[derive(Deserialize)]
        struct Entry {
            #[serde(rename = "provenance")]
            _ground: Ground,
            source: String,
        }
        let file: std::collections::BTreeMap<String, Vec<Entry>> =
            toml::from_str(super::super::FACTS).expect("every entry has its provenance");
        assert_eq!(file.keys().collect::<Vec<_>>(), ["card", "refusal", "text"]);
        assert!(file.values().flatten().all(|entry| !entry.source.is_empty()));
    }
}
