//! The card form: what the payer types, and what paying with it comes to.

use bytes::Bytes;
use jiff::Timestamp;
use jiff::civil::{Date, date};

use crate::brp::codes;
use crate::brp::model::{Card, day};
use crate::kit::mask::luhn;
use crate::kit::outcome::Outcome;
use crate::kit::reader::Text;

use super::field;

/// The card that pays where none is typed.
pub(super) const TEST_CARD: &str = "4111111111111111";

/// What is wrong with a form: the field, and what to do.
pub(super) type Problems = Vec<(&'static str, Text)>;

const BAD_NUMBER: Text = Text(
    "This is not a card number. Check the digits.",
    "Det här är inget kortnummer. Kontrollera siffrorna.",
);
const BAD_EXPIRY: Text = Text(
    "Give the month and year in which the card ends, as MM/YY, not in the past.",
    "Ange månad och år då kortet går ut, som MM/ÅÅ, inte i det förflutna.",
);
const BAD_CVC: Text =
    Text("Give the three or four digits from the card.", "Ange de tre eller fyra siffrorna på kortet.");

/// What the payer types. Nothing at all means the test card.
#[derive(Clone, Debug, Default)]
pub(super) struct CardForm {
    pub(super) cardnumber: String,
    pub(super) expiry: String,
    pub(super) cvc: String,
}

impl CardForm {
    pub(super) fn read(body: &Bytes) -> Self {
        Self { cardnumber: field(body, "cardnumber"), expiry: field(body, "expiry"), cvc: field(body, "cvc") }
    }

    /// How paying with this card ends and the card as BRP keeps it, or what is wrong with the form.
    pub(super) fn pay(&self, now: Timestamp) -> Result<(Outcome, Option<Card>), Problems> {
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let (number, expiry, cvc) = (digits(&self.cardnumber), digits(&self.expiry), digits(&self.cvc));
        let nothing = [&self.cardnumber, &self.expiry, &self.cvc].iter().all(|text| text.trim().is_empty());
        if nothing {
            return Ok((Outcome::Approve, None));
        }
        let mut problems = Vec::new();
        if !(13..=19).contains(&number.len()) || !luhn(&number) {
            problems.push(("cardnumber", BAD_NUMBER));
        }
        let last_day = last_day(&expiry).filter(|last_day| *last_day >= day(now));
        if last_day.is_none() {
            problems.push(("expiry", BAD_EXPIRY));
        }
        if !(3..=4).contains(&cvc.len()) {
            problems.push(("cvc", BAD_CVC));
        }
        let Some(expires) = last_day.filter(|_| problems.is_empty()) else { return Err(problems) };
        let outcome = codes::of_card(&number).map_or(Outcome::Approve, |code| Outcome::Code(code.to_owned()));
        let masked = format!("{}.......{}", &number[..6], &number[number.len() - 3..]);
        Ok((outcome, Some(Card { number: masked, network: network(&number).to_owned(), expires })))
    }
}

/// The last day of `MMYY`.
fn last_day(expiry: &str) -> Option<Date> {
    if expiry.len() != 4 {
        return None;
    }
    let month: i8 = expiry[..2].parse().ok().filter(|month| (1..=12).contains(month))?;
    let year: i16 = expiry[2..].parse().ok()?;
    Some(date(2000 + year, month, 1).last_of_month())
}

fn network(number: &str) -> &'static str {
    match number.as_bytes().first() {
        Some(b'3') => "AMEX",
        Some(b'4') => "VISA",
        Some(b'5' | b'2') => "MASTERCARD",
        _ => "OTHER",
    }
}
