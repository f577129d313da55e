//! Who carries operations out: the documented test cards, each with what happens to it.

use jiff::SignedDuration;

use crate::kit::mask::luhn;
use crate::kit::tree::Tree;

use super::codes;
use super::model::Verdict;

/// The text with which a test card's refusal comes.
const TEST_REFUSAL: &str = "Rejected test operation";
/// What the acquirer says to what is approved.
const CLEARHAUS: &str = "clearhaus";

/// A brand of cards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brand {
    /// As it travels: `visa-electron`.
    pub id: &'static str,
    /// As a person reads it.
    pub name: &'static str,
    /// The test cards' fifth to eighth digits.
    digits: &'static str,
    /// Whether it has a test card that asks for 3-D Secure.
    asks: bool,
}

const fn brand(id: &'static str, name: &'static str, digits: &'static str, asks: bool) -> Brand {
    Brand { id, name, digits, asks }
}

/// The brands that have test cards.
pub static BRANDS: &[Brand] = &[
    brand("visa", "Visa", "0000", true),
    brand("mastercard", "Mastercard", "0100", true),
    brand("dankort", "Dankort", "0200", false),
    brand("american-express", "American Express", "0300", false),
    brand("maestro", "Maestro", "0400", false),
    brand("visa-electron", "Visa Electron", "0500", true),
    brand(VISA_DANKORT, "Visa/Dankort", "0600", true),
    brand("diners", "Diners", "0700", false),
    brand("fbg1886", "FBG1886", "0800", false),
    brand("jcb", "JCB", "0900", false),
    brand("mastercard-debet", "Mastercard Debit", "1000", false),
];

/// A card of two brands: the payer chooses, or it is a Dankort.
const VISA_DANKORT: &str = "visa/dankort";

/// What happens to a test card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Everything goes well.
    Approved,
    /// The authorization is refused.
    Rejected,
    /// The card is too old.
    Expired,
    /// It cannot be captured.
    CaptureRejected,
    /// It cannot be refunded.
    RefundRejected,
    /// It cannot be cancelled.
    CancelRejected,
    /// It cannot be charged again.
    RecurringRejected,
    /// It asks for 3-D Secure.
    AsksForSecure,
    /// It can be authorized once.
    Once,
    /// Each operation takes a minute.
    Delayed,
}

/// The fates in the order of the test cards' fifteenth digit.
const FATES: [(Fate, &str); 10] = [
    (Fate::Approved, "approved"),
    (Fate::Rejected, "rejected"),
    (Fate::Expired, "card expired"),
    (Fate::CaptureRejected, "capture rejected"),
    (Fate::RefundRejected, "refund rejected"),
    (Fate::CancelRejected, "cancel rejected"),
    (Fate::RecurringRejected, "recurring rejected"),
    (Fate::AsksForSecure, "3-D Secure required"),
    (Fate::Once, "authorized only once"),
    (Fate::Delayed, "delayed for 60 seconds"),
];

/// How long a delayed card's operations take.
const DELAY: SignedDuration = SignedDuration::from_secs(60);

/// A test card, read from its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestCard {
    /// Its sixteen digits.
    pub number: String,
    /// Its brand.
    pub brand: Brand,
    /// What happens to it.
    pub fate: Fate,
}

impl TestCard {
    /// The test card with this number, blanks or not; `None` where it is none.
    #[must_use]
    pub fn of(number: &str) -> Option<Self> {
        let number: String = number.chars().filter(|digit| !" -".contains(*digit)).collect();
        let known = number.len() == 16 && luhn(&number) && number.starts_with("1000");
        if !known || &number[8..14] != "000000" {
            return None;
        }
        let brand = BRANDS.iter().find(|brand| brand.digits == &number[4..8])?;
        let place: usize = number[14..15].parse().ok()?;
        let (fate, _) = fates(*brand).nth(place)?;
        Some(Self { number, brand: *brand, fate })
    }

    /// The test card of a brand with this fate.
    #[must_use]
    pub fn with(brand: Brand, fate: Fate) -> Option<Self> {
        let place = fates(brand).position(|(other, _)| other == fate)?;
        let number = |check| format!("1000{}000000{place}{check}", brand.digits);
        let number = (0..10).map(number).find(|number| luhn(number))?;
        Some(Self { number, brand, fate })
    }

    /// The last four digits.
    #[must_use]
    pub fn last4(&self) -> &str {
        &self.number[12..]
    }

    /// The brand that is used, where the card has two: the payer's choice.
    #[must_use]
    pub fn used_brand(&self, chosen: &str) -> &'static str {
        match (self.brand.id, chosen) {
            (VISA_DANKORT, "visa") => "visa",
            (VISA_DANKORT, _) => "dankort",
            (id, _) => id,
        }
    }

    /// How long an operation takes.
    #[must_use]
    pub fn delay(&self) -> SignedDuration {
        if self.fate == Fate::Delayed { DELAY } else { SignedDuration::ZERO }
    }

    /// What comes of an operation. `secured`: whether a 3-D Secure step went before; `used`: whether the card
    /// was authorized before.
    #[must_use]
    pub fn verdict(&self, operation: &str, secured: bool, used: bool) -> Verdict {
        let refused = match (operation, self.fate) {
            ("authorize", Fate::Once) => used,
            ("authorize", Fate::AsksForSecure) if !secured => return refusal("30100", None),
            ("authorize", Fate::Rejected | Fate::Expired)
            | ("capture", Fate::CaptureRejected)
            | ("refund", Fate::RefundRejected)
            | ("cancel", Fate::CancelRejected)
            | ("recurring", Fate::RecurringRejected) => true,
            _ => false,
        };
        if refused { refusal("40000", Some(TEST_REFUSAL)) } else { approved() }
    }
}

/// The fates that a brand has test cards for: those without 3-D Secure count on without it.
fn fates(brand: Brand) -> impl Iterator<Item = (Fate, &'static str)> {
    FATES.into_iter().filter(move |(fate, _)| brand.asks || *fate != Fate::AsksForSecure)
}

/// Every test card with what happens to it, brand by brand.
pub fn test_cards() -> impl Iterator<Item = (TestCard, &'static str)> {
    let of = |brand: &Brand| {
        let brand = *brand;
        fates(brand).filter_map(move |(fate, does)| Some((TestCard::with(brand, fate)?, does)))
    };
    BRANDS.iter().flat_map(of)
}

/// What is approved.
#[must_use]
pub fn approved() -> Verdict {
    Verdict {
        qp_code: "20000".to_owned(),
        qp_text: text_of("20000"),
        aq_code: Some("20000".to_owned()),
        aq_text: Some("Approved".to_owned()),
    }
}

/// What ends with this code: with its own text where nothing else is said.
#[must_use]
pub fn refusal(code: &str, text: Option<&str>) -> Verdict {
    let text = text.map_or_else(|| text_of(code), ToOwned::to_owned);
    // Only what the acquirer answered has words of the acquirer's.
    let theirs = code == "40000" || code == "40004";
    Verdict {
        qp_code: code.to_owned(),
        aq_code: theirs.then(|| code.to_owned()),
        aq_text: theirs.then(|| text.clone()),
        qp_text: text,
    }
}

fn text_of(code: &str) -> String {
    codes::code(code).map_or_else(String::new, |code| code.text.clone())
}

/// Who carries out what is paid so.
#[must_use]
pub fn acquirer_of(method: &str) -> String {
    let own = ["klarna-payments", "mobilepay", "paypal", "sofort", "swish", "trustly", "viabill", "vipps"];
    let own = own.iter().find(|known| method.starts_with(*known));
    own.map_or(CLEARHAUS, |known| known).replace('-', "")
}

/// The codes of a country by its ISO 3166-1 number, which test cards take for the CVD: alpha-2 and alpha-3.
#[must_use]
pub fn country(number: &str) -> Option<(&'static str, &'static str)> {
    let lines = include_str!("../../fixtures/quickpay/countries.csv").lines();
    let mut countries = lines.filter_map(|line| {
        let mut columns = line.split(',');
        Some((columns.next()?, columns.next()?, columns.next()?))
    });
    countries.find(|(known, _, _)| *known == number).map(|(_, two, three)| (two, three))
}

/// Whether this is a country's ISO 3166-1 alpha-3 code.
#[must_use]
pub fn is_country(code: &str) -> bool {
    include_str!("../../fixtures/quickpay/countries.csv")
        .lines()
        .any(|line| line.rsplit(',').next() == Some(code))
}

/// No data about an operation.
#[must_use]
pub const fn no_data() -> Tree {
    Tree::empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_the_published_ones() {
        let published = [
            ("visa", "0008 0016 0024 0032 0040 0057 0065 0073 0081 0099"),
            ("mastercard", "0007 0015 0023 0031 0049 0056 0064 0072 0080 0098"),
            ("dankort", "0006 0014 0022 0030 0048 0055 0063 0071 0089"),
            ("american-express", "0005 0013 0021 0039 0047 0054 0062 0070 0088"),
            ("maestro", "0004 0012 0020 0038 0046 0053 0061 0079 0087"),
            ("visa-electron", "0003 0011 0029 0037 0045 0052 0060 0078 0086 0094"),
            (VISA_DANKORT, "0002 0010 0028 0036 0044 0051 0069 0077 0085 0093"),
            ("diners", "0001 0019 0027 0035 0043 0050 0068 0076 0084"),
            ("fbg1886", "0000 0018 0026 0034 0042 0059 0067 0075 0083"),
            ("jcb", "0009 0017 0025 0033 0041 0058 0066 0074 0082"),
            ("mastercard-debet", "0006 0014 0022 0030 0048 0055 0063 0071 0089"),
        ];
        for (brand, endings) in published {
            let cards = test_cards().filter(|(card, _)| card.brand.id == brand);
            let ours: Vec<String> = cards.map(|(card, _)| card.last4().to_owned()).collect();
            assert_eq!(ours.join(" "), endings, "{brand}");
        }
        for (card, _) in test_cards() {
            assert_eq!(TestCard::of(&card.number), Some(card));
        }
        assert_eq!(TestCard::of("4111111111111111"), None);
        assert_eq!(TestCard::of("1000 0000 0000 0008").map(|card| card.fate), Some(Fate::Approved));
    }

    #[test]
    fn countries_are_found_by_their_numbers() {
        assert_eq!(country("752"), Some(("SE", "SWE")));
        assert_eq!(country("208"), Some(("DK", "DNK")));
        assert_eq!(country("999"), None);
        assert!(is_country("DNK") && !is_country("DK") && !is_country(""));
    }
}
