//! Cards, and what the acquirer says to them. Freepay published no test cards, so these are ours: the last three
//! digits are the response of Nets.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::kit::digest::{hex, sha256};
use crate::kit::mask::MAGIC_CARD_PREFIX;
use crate::kit::nets;
use crate::kit::outcome::Outcome;
use crate::kit::seed::dashed;

/// What is said to a payment or an operation: the number of Nets, or Freepay's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict(i32);

/// Freepay's own code, where it fails or where nothing else fits.
pub const INTERNAL: i32 = -1;
/// Freepay's other one.
pub const INTERNAL_TOO: i32 = -2;

/// The last four digits of the cards that bring Freepay's own codes.
const OWN: &[(&str, i32)] = &[("9001", INTERNAL), ("9002", INTERNAL_TOO)];

/// The response where nothing more is said than no.
const DECLINED: u16 = 100;
/// The response where the issuer does not answer in time.
const TIMED_OUT: u16 = 911;

impl Verdict {
    /// A response of Nets.
    #[must_use]
    pub fn nets(response: u16) -> Self {
        Self(i32::from(response))
    }

    /// The verdict that a code stands for; `None` where nobody knows the code.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        let number: i32 = code.parse().ok()?;
        let known = u16::try_from(number).is_ok_and(|response| nets::kind(response).is_some());
        (known || OWN.iter().any(|(_, own)| *own == number)).then_some(Self(number))
    }

    /// The verdict that somebody queued or pressed; `None` for what the acquirer has no part in.
    #[must_use]
    pub fn of(outcome: &Outcome) -> Option<Self> {
        match outcome {
            Outcome::Approve => Some(Self::nets(nets::APPROVED)),
            Outcome::Cancel => None,
            Outcome::Code(code) => Self::of_code(code),
            Outcome::Decline => Some(Self::nets(DECLINED)),
            Outcome::Expire => Some(Self::nets(TIMED_OUT)),
        }
    }

    /// As it travels: `116`, without leading zeros.
    #[must_use]
    pub fn code(self) -> i32 {
        self.0
    }

    /// Whether it is an approval.
    #[must_use]
    pub fn is_approved(self) -> bool {
        u16::try_from(self.0).is_ok_and(nets::approves)
    }
}

/// A card as Freepay keeps it: without its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// `CardType` of views: `VisaDankort`.
    pub kind: String,
    /// `PANHash`: the same for the same card.
    pub hash: String,
    /// The last month in which it is valid, from 1.
    pub month: i8,
    /// The year of that month, four digits.
    pub year: i16,
    /// What is said to it as long as it is valid.
    pub verdict: Verdict,
}

/// A card as somebody typed it.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// Its number, blanks or not.
    pub number: String,
    /// Two digits.
    pub month: String,
    /// Two digits, or four.
    pub year: String,
    /// The security code.
    pub cvc: String,
}

/// What is wrong with a typed card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The security code has not three digits.
    Cvc,
    /// The security code is missing.
    CvcMissing,
    /// The date is none.
    Expiry,
    /// The number is none.
    Number,
}

impl Flaw {
    /// What the acquirer says to it.
    #[must_use]
    pub fn verdict(self) -> Verdict {
        Verdict::nets(match self {
            Self::Cvc => 22,
            Self::CvcMissing => 21,
            Self::Expiry => nets::EXPIRED,
            Self::Number => nets::INVALID_CARD,
        })
    }
}

impl Typed {
    fn digits(&self) -> String {
        self.number.chars().filter(|digit| !" -".contains(*digit)).collect()
    }

    /// The last month in which it is valid, with its year; `None` where the date is none.
    #[must_use]
    pub fn expiry(&self) -> Option<(i8, i16)> {
        let number = |text: &str| {
            let text = text.trim();
            text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<i16>().ok()).flatten()
        };
        let month = number(&self.month).filter(|month| (1..=12).contains(month))?;
        let year = match (self.year.trim().len(), number(&self.year)?) {
            (2, year) => 2000 + year,
            (4, year) => year,
            _ => return None,
        };
        Some((i8::try_from(month).ok()?, year))
    }

    /// The card, or the first thing that is wrong with it. `salt` is the workspace's: it goes into the hash.
    pub fn card(&self, salt: &[u8]) -> Result<Card, Flaw> {
        let digits = self.digits();
        if !(12..=19).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Flaw::Number);
        }
        let (month, year) = self.expiry().ok_or(Flaw::Expiry)?;
        let cvc = self.cvc.trim();
        if cvc.is_empty() {
            return Err(Flaw::CvcMissing);
        }
        if cvc.len() != 3 || !cvc.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Flaw::Cvc);
        }
        Ok(Card::of(&digits, month, year, salt))
    }

    /// Whether it is one of our own test cards.
    #[must_use]
    pub fn is_test(&self) -> bool {
        said_to(&self.digits()).is_some()
    }
}

impl Card {
    fn of(digits: &str, month: i8, year: i16, salt: &[u8]) -> Self {
        let kind = match digits.get(..2) {
            Some("45") => "VisaDankort",
            Some("50") => "Dankort",
            Some("51" | "52" | "53" | "54" | "55") => "MasterCard",
            _ => "Visa",
        };
        let hash = hex(&sha256(&[salt, digits.as_bytes()].concat())[..16]);
        Self {
            kind: kind.to_owned(),
            hash: dashed(&hash).to_ascii_uppercase(),
            month,
            year,
            // Nobody knows any other card here.
            verdict: said_to(digits).unwrap_or_else(|| Flaw::Number.verdict()),
        }
    }

    /// The card with which a queued outcome pays: the approved one, valid for some years.
    #[must_use]
    pub fn usual(today: Date, salt: &[u8]) -> Self {
        Self::of(&number(&format!("{:04}", nets::APPROVED)), 12, today.year().saturating_add(4), salt)
    }

    /// What is said to a payment with it on a day.
    #[must_use]
    pub fn says(&self, today: Date) -> Verdict {
        if (self.year, self.month) < (today.year(), today.month()) {
            Verdict::nets(nets::EXPIRED)
        } else {
            self.verdict
        }
    }
}

fn number(tail: &str) -> String {
    format!("{MAGIC_CARD_PREFIX}{tail}")
}

/// What is said to a test card; `None` where it is none.
fn said_to(digits: &str) -> Option<Verdict> {
    let tail = digits.strip_prefix(MAGIC_CARD_PREFIX).filter(|tail| tail.len() == 4)?;
    if let Some((_, own)) = OWN.iter().find(|(known, _)| *known == tail) {
        return Some(Verdict(*own));
    }
    let response = nets::of_card(digits).filter(|response| nets::kind(*response).is_some())?;
    tail.starts_with('0').then(|| Verdict::nets(response))
}

/// The test card that brings a code about; `None` where there is no such code.
#[must_use]
pub fn test_card(code: &str) -> Option<String> {
    let verdict = Verdict::of_code(code)?;
    let own = OWN.iter().find(|(_, own)| *own == verdict.code());
    Some(number(&own.map_or_else(|| format!("{:04}", verdict.code()), |(tail, _)| (*tail).to_owned())))
}

/// How to reach a code by a card, in words.
#[must_use]
pub fn magic(code: &str) -> Option<String> {
    test_card(code).map(|number| format!("card {number}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = jiff::civil::date(2026, 3, 1);

    fn typed(number: &str) -> Typed {
        let text = ToOwned::to_owned;
        Typed { number: text(number), month: text("03"), year: text("26"), cvc: text("123") }
    }

    #[test]
    fn every_code_has_a_card_that_brings_it() {
        for code in nets::responses().map(i32::from).chain([INTERNAL, INTERNAL_TOO]) {
            let number = test_card(&code.to_string()).expect("a card");
            assert_eq!(number.len(), 16);
            let card = typed(&number).card(b"").expect("right");
            assert_eq!(card.says(TODAY).code(), code, "{number}");
        }
        assert_eq!(test_card("3"), None);
        assert_eq!(test_card("116").as_deref(), Some("4571990000000116"));
        assert_eq!(test_card("-2").as_deref(), Some("4571990000009002"));
    }

    #[test]
    fn any_other_card_is_unknown_and_an_old_one_expired() {
        for other in ["4111 1111 1111 1111", "4571990000001000", "4571990000009003", "4571990000000003"] {
            assert_eq!(typed(other).card(b"").expect("a number").says(TODAY).code(), 111, "{other}");
            assert!(!typed(other).is_test());
        }
        let old = Typed { month: "02".to_owned(), ..typed("4571990000000000") };
        assert_eq!(old.card(b"").expect("a card").says(TODAY).code(), 101);
    }

    #[test]
    fn a_typed_card_has_every_part() {
        let good = || typed("4571 9900-0000 0000");
        assert!(good().card(b"").is_ok() && good().is_test());
        let text = ToOwned::to_owned;
        for (wrong, flaw) in [
            (Typed { number: text("45719900000"), ..good() }, Flaw::Number),
            (Typed { number: text("457199000000000x"), ..good() }, Flaw::Number),
            (Typed { month: text("13"), ..good() }, Flaw::Expiry),
            (Typed { month: text("-1"), ..good() }, Flaw::Expiry),
            (Typed { year: text("2"), ..good() }, Flaw::Expiry),
            (Typed { cvc: text(" "), ..good() }, Flaw::CvcMissing),
            (Typed { cvc: text("12"), ..good() }, Flaw::Cvc),
        ] {
            assert_eq!(wrong.card(b""), Err(flaw), "{wrong:?}");
        }
        assert_eq!(Typed { year: text("2026"), ..good() }.card(b""), good().card(b""));
    }

    #[test]
    fn the_hash_tells_cards_and_workspaces_apart() {
        let hash = |number, salt: &[u8]| typed(number).card(salt).expect("a card").hash;
        let one = hash("4571990000000000", b"a");
        assert_eq!(one.len(), 36);
        assert_eq!(one, one.to_ascii_uppercase());
        assert_eq!(one, hash("4571 9900 0000 0000", b"a"));
        assert!(one != hash("4571990000000116", b"a") && one != hash("4571990000000000", b"b"));
    }
}
