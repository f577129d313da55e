//! The pages as templates.

use askama::Template;

use crate::freepay::acquirer::Flaw;
use crate::freepay::model::Payment;
use crate::kit::page::Sent;
use crate::kit::reader::{Reader, Text};

/// What all pages of a payment show.
pub(super) struct Shown<'a> {
    pub(super) style: &'static str,
    pub(super) reader: Reader,
    pub(super) shop: String,
    /// With its currency; empty for a subscription.
    pub(super) amount: String,
    /// Where the page's form goes.
    pub(super) action: String,
    pub(super) payment: &'a Payment,
    pub(super) sent: &'a Sent,
}

/// What is wrong with a typed card, as the payer reads it.
pub(super) struct Error {
    /// The field.
    pub(super) id: &'static str,
    pub(super) text: Text,
}

impl Error {
    pub(super) fn of(flaw: Flaw) -> Self {
        let (id, text) = match flaw {
            Flaw::Number => {
                ("cardnumber", Text("The card number is not right.", "Kortnummeret er ikke rigtigt."))
            }
            Flaw::Expiry => (
                "expiry",
                Text(
                    "The date is not right: month and year, as 12 and 30.",
                    "Datoen er ikke rigtig: måned og år, som 12 og 30.",
                ),
            ),
            Flaw::Cvc | Flaw::CvcMissing => {
                ("cvc", Text("The security code has three digits.", "Kontrolcifrene er tre."))
            }
        };
        Self { id, text }
    }
}

/// A test card, and what it brings.
pub(super) struct TestCard {
    pub(super) number: String,
    pub(super) code: &'static str,
    pub(super) meaning: &'static str,
}

/// The card form.
#[derive(Template)]
#[template(path = "freepay/templates/card.html")]
pub(super) struct CardPage<'a> {
    pub(super) shown: &'a Shown<'a>,
    pub(super) error: Option<Error>,
    /// Typed before.
    pub(super) month: String,
    /// Typed before.
    pub(super) year: String,
    pub(super) cards: Vec<TestCard>,
}

impl CardPage<'_> {
    /// Whether this is what is wrong.
    fn is_at(&self, id: &str) -> bool {
        self.error.as_ref().is_some_and(|error| error.id == id)
    }
}

/// The bank's own page.
#[derive(Template)]
#[template(path = "freepay/templates/secure.html")]
pub(super) struct SecurePage<'a> {
    pub(super) shown: &'a Shown<'a>,
}

/// A payment that ended without a way back.
#[derive(Template)]
#[template(path = "freepay/templates/result.html")]
pub(super) struct ResultPage<'a> {
    pub(super) shown: &'a Shown<'a>,
}

/// A form that nobody can pay.
#[derive(Template)]
#[template(path = "freepay/templates/error.html")]
pub(super) struct ErrorPage<'a> {
    pub(super) style: &'static str,
    pub(super) reader: Reader,
    /// The first field that is wrong.
    pub(super) id: &'a str,
    pub(super) lines: Vec<String>,
    pub(super) sent: &'a Sent,
}

/// The shop's form, to be posted.
#[derive(Template)]
#[template(path = "freepay/templates/fields.html")]
pub(super) struct FieldsPage<'a> {
    pub(super) style: &'static str,
    pub(super) action: &'a str,
    pub(super) fields: &'a [(String, String)],
}
