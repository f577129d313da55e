//! What a shop does with Freepay's messages: makes the form of a payment, and reads the return
//! with the web service's answer.
//!
//! Nothing is signed in either direction. The payment page believes the form, and the addresses that the
//! payer comes back to can be typed: only the web service, asked with the account's password, knows what
//! was paid.

mod conditions;
mod drawn;
mod form;
mod form_messages;
mod form_mistakes;
mod reading;
mod return_mistakes;
mod returns;
mod smaller;
#[cfg(test)]
mod tests;
mod view;
mod visits;

use super::currency;
use crate::kit::operation::Operation;
use crate::kit::provider::Provenance;

pub use form::Form;
pub use returns::Return;

/// Freepay's operations.
pub static OPERATIONS: &[&dyn Operation] = &[&Form, &Return];

/// The form and the question of a single payment.
const PAYMENT: &str = "payment";
/// Those of a card that is charged again and again.
const SUBSCRIPTION: &str = "subscription";
/// The return to the decline URL.
const DECLINE: &str = "decline";

/// The currencies that are known to work; kroner first.
const CURRENCIES: [&str; 4] = ["DKK", "SEK", "NOK", "EUR"];

/// A currency's number, as it travels.
fn number(letters: &str) -> Option<String> {
    currency::number(letters).map(|number| number.to_string())
}

const DOCUMENTED: Provenance = Provenance::documented("Freepay: configuration page");
const CLIENT: Provenance = Provenance::observed("trendsales' public .NET client of Freepay");
const COMMON: Provenance = Provenance::assumed("our judgement: a common slip, and the document rules it out");
const FOLLOWS: Provenance = Provenance::assumed(
    "our judgement: the document tells to ask the web service and does not list what to compare in its answer",
);
