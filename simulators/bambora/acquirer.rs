//! Cards, and what the acquirer says to them: the test cards with their responses, and cards of our own that
//! bring ePay's own codes.

use jiff::civil;
use serde::{Deserialize, Serialize};

use crate::kit::mask::MAGIC_CARD_PREFIX;
use crate::kit::nets;

use super::codes;

/// What is said to a payment or an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// Nets approves it: `pbsresponse`, usually 0.
    Approved(u16),
    /// Nets refuses it: `pbsresponse`.
    Nets(u16),
    /// ePay refuses it: `epayresponse`.
    Epay(i32),
}

impl Verdict {
    /// The verdict that a code stands for; `None` where nobody knows the code.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        let number: i32 = codes::code(code)?.code.parse().ok()?;
        Some(match u16::try_from(number) {
            Ok(response) if nets::approves(response) => Self::Approved(response),
            Ok(response) if nets::kind(response).is_some() => Self::Nets(response),
            _ if number == -1 => Self::Approved(nets::APPROVED),
            _ => Self::Epay(number),
        })
    }

    /// Whether it is an approval.
    #[must_use]
    pub fn approves(self) -> bool {
        matches!(self, Self::Approved(_))
    }
}

/// The kinds of card that have a test card: first digits, `paymenttype` of returns, place in `CardType`.
const BRANDS: &[(&str, &str, u8, u8)] = &[
    ("4444444444444", "Dankort / Visa-Dankort", 1, 2),
    ("3333333333333", "Visa", 3, 18),
    ("5555555555555", "MasterCard", 4, 4),
];

/// EWIRE in `CardType`.
pub const EWIRE: u8 = 17;

/// The ways to pay of net banks in `CardType`: the bank moves the money, and no acquirer gives it back.
const NET_BANKS: &[u8] = &[12, 21, 22, 23, 30, 31, 32, 33, 36];

/// The acquirers of the setting `bambora.acquirer`.
pub(super) const ACQUIRERS: &[&str] = &["clearhaus", "elavon", "euroline", "handelsbanken", "pbs"];

/// ePay's word for an acquirer of the setting. Which of its two words for Handelsbanken's cards the real one
/// says is assumed.
pub(super) fn word_of(acquirer: &str) -> String {
    if acquirer == "elavon" { "EVRY_ELAVON".to_owned() } else { acquirer.to_ascii_uppercase() }
}

/// A test card as ePay keeps it, or what stands for a way to pay without a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// `333333XXXXXX3000`.
    pub masked: String,
    /// `paymenttype` in returns and callbacks.
    pub payment_type: u8,
    /// Place in the web services' `CardType`.
    pub card_type: u8,
    /// Month of expiry, from 1.
    pub month: i8,
    /// Year of expiry, four digits.
    pub year: i16,
    /// What is said to it as long as it is valid.
    pub verdict: Verdict,
}

impl Card {
    /// The test card with this number, blanks or not; `None` where it is none.
    #[must_use]
    pub fn of(number: &str, month: i8, year: i16) -> Option<Self> {
        let number: String = number.chars().filter(|digit| !" -".contains(*digit)).collect();
        if number.len() != 16 || !number.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        let masked = format!("{}XXXXXX{}", &number[..6], &number[12..]);
        let card =
            |payment_type, card_type, verdict| Self { masked, payment_type, card_type, month, year, verdict };
        if number.starts_with(MAGIC_CARD_PREFIX) {
            let tail: i32 = number[12..].parse().ok()?;
            let code = codes::codes().iter().find(|code| tail_of(&code.code) == Some(tail))?;
            return Some(card(3, 18, Verdict::of_code(&code.code)?));
        }
        let (_, _, payment_type, card_type) = BRANDS.iter().find(|(first, ..)| number.starts_with(first))?;
        let response = nets::of_card(&number)?;
        let verdict =
            if nets::approves(response) { Verdict::Approved(response) } else { Verdict::Nets(response) };
        Some(card(*payment_type, *card_type, verdict))
    }

    /// Whether a payment with it can be authorized again: EWIRE's can.
    #[must_use]
    pub fn can_be_renewed(&self) -> bool {
        self.card_type == EWIRE
    }

    /// Whether a net bank paid.
    pub(in crate::bambora) fn is_of_net_bank(&self) -> bool {
        NET_BANKS.contains(&self.card_type)
    }

    /// What is said to a payment with it on a day.
    #[must_use]
    pub fn says(&self, today: civil::Date) -> Verdict {
        if (self.year, self.month) < (today.year(), today.month()) {
            Verdict::Nets(nets::EXPIRED)
        } else {
            self.verdict
        }
    }
}

/// How cards of a type begin, the narrower first: the test cards, and what is commonly known of real ones.
const BEGINNINGS: &[(u32, u32, u8)] = &[
    (333_333, 333_333, 18),
    (444_444, 444_444, 2),
    (555_555, 555_555, 4),
    (457_199, 457_199, 18),
    (600_722, 600_722, 16),
    (501_900, 501_999, 1),
    (457_100, 457_199, 2),
    (222_100, 272_099, 4),
    (300_000, 305_999, 8),
    (340_000, 349_999, 10),
    (352_800, 358_999, 7),
    (360_000, 369_999, 8),
    (370_000, 379_999, 10),
    (380_000, 399_999, 8),
    (400_000, 499_999, 18),
    (500_000, 509_999, 9),
    (510_000, 559_999, 4),
    (560_000, 699_999, 9),
];

/// The place in `CardType` of cards whose number begins so; `None` where no six digits are known.
#[must_use]
pub fn card_type_of(number: &str) -> Option<u8> {
    let first: u32 = number.get(..6)?.parse().ok()?;
    let known = BEGINNINGS.iter().find(|(from, to, _)| (*from..=*to).contains(&first));
    known.map(|(_, _, card_type)| *card_type)
}

/// The last four digits of our own card for one of ePay's own codes.
fn tail_of(code: &str) -> Option<i32> {
    match code.parse::<i32>().ok()? {
        number @ -9999..=-2 => Some(-number),
        number @ 4000..=4999 => Some(number),
        10_004 => Some(9004),
        10_005 => Some(9005),
        -10_006 => Some(9006),
        _ => None,
    }
}

/// How to reach a code by a card, in words.
#[must_use]
pub fn magic(code: &str) -> Option<String> {
    let known = codes::code(code)?;
    if let Some(tail) = tail_of(&known.code) {
        return Some(format!("card {MAGIC_CARD_PREFIX}{tail:04}"));
    }
    let response: u16 = known.code.parse().ok()?;
    nets::kind(response).map(|_| format!("card 3333333333333{response:03}"))
}
