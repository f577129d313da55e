//! The window's pages as templates.

use askama::Template;

use crate::kit::page::Sent;
use crate::kit::reader::{Reader, Text};
use crate::quickpay::acquirer::Brand;

use super::Shown;
use super::methods::Wallet;

/// The card form.
#[derive(Template)]
#[template(path = "quickpay/templates/card.html")]
pub(super) struct CardPage<'a> {
    pub(super) shown: &'a Shown,
    pub(super) brands: Vec<&'static Brand>,
    /// Whether a card of two brands may be used as either.
    pub(super) two_brands: bool,
    pub(super) tests: Vec<TestButton>,
    pub(super) wallets: Vec<Wallet>,
    pub(super) problem: Option<&'a Problem>,
    pub(super) typed: TypedAgain,
}

impl CardPage<'_> {
    /// Whether this is what is wrong.
    fn is_at(&self, id: &str) -> bool {
        self.problem.is_some_and(|problem| problem.id == id)
    }

    fn is_at_field(&self) -> bool {
        ["cardnumber", "expiration", "cvd"].iter().any(|field| self.is_at(field))
    }
}

/// A test card that a button fills in.
pub(super) struct TestButton {
    pub(super) number: String,
    pub(super) does: &'static str,
    pub(super) outcome: &'static str,
}

/// What the payer had typed, without what must not be shown again.
#[derive(Default)]
pub(super) struct TypedAgain {
    pub(super) cardholder: String,
    pub(super) month: String,
    pub(super) year: String,
}

/// What is wrong, as the payer reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// QuickPay's own id of it: `try_again`; of a field its name.
    pub(super) id: &'static str,
    pub(super) text: Text,
}

/// Another method's own page.
#[derive(Template)]
#[template(path = "quickpay/templates/wallet.html")]
pub(super) struct WalletPage<'a> {
    pub(super) shown: &'a Shown,
    pub(super) method: Wallet,
    pub(super) alone: bool,
    pub(super) problem: Option<&'a Problem>,
}

/// The issuing bank's 3-D Secure page.
#[derive(Template)]
#[template(path = "quickpay/templates/secure.html")]
pub(super) struct SecurePage<'a> {
    pub(super) shown: &'a Shown,
    pub(super) last4: &'a str,
}

/// The page that waits for the acquirer.
#[derive(Template)]
#[template(path = "quickpay/templates/waiting.html")]
pub(super) struct WaitingPage<'a> {
    pub(super) shown: &'a Shown,
}

/// How it ended, or why nothing can be paid here.
#[derive(Template)]
#[template(path = "quickpay/templates/result.html")]
pub(super) struct ResultPage<'a> {
    pub(super) shown: &'a Shown,
    /// `success`, `cancelled`, or QuickPay's own id of an error.
    pub(super) result: &'a str,
    pub(super) title: &'a str,
    pub(super) text: &'a str,
    /// Where the payer can go on, and what the link is called.
    pub(super) go: Option<(&'a str, &'a str)>,
    /// Something is wrong.
    pub(super) bad: bool,
}

/// The fields of the older form, to be posted.
#[derive(Template)]
#[template(path = "quickpay/templates/fields.html")]
pub(super) struct FieldsPage<'a> {
    pub(super) style: &'static str,
    pub(super) action: &'a str,
    pub(super) fields: &'a [(String, String)],
}

/// An address at which there is nothing.
#[derive(Template)]
#[template(path = "quickpay/templates/nowhere.html")]
pub(super) struct NowherePage {
    pub(super) style: &'static str,
    pub(super) reader: Reader,
}

/// A form that nobody can pay.
#[derive(Template)]
#[template(path = "quickpay/templates/refused.html")]
pub(super) struct RefusedPage<'a> {
    pub(super) style: &'static str,
    pub(super) reader: Reader,
    pub(super) lines: &'a [String],
    pub(super) sent: &'a Sent,
}
