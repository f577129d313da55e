//! The window's pages as templates.

use askama::Template;

use crate::bambora::currency;
use crate::kit::page::Sent;
use crate::kit::reader::Reader;

use super::methods::Method;
use super::words::Words;

/// What all pages of a window show.
pub(super) struct Shown<'a> {
    pub(super) style: &'static str,
    pub(super) words: &'static Words,
    pub(super) reader: Reader,
    /// The language that was asked for, where it has no words.
    pub(super) missing: Option<&'static str>,
    pub(super) token: &'a str,
    pub(super) order: &'a str,
    /// With its currency; empty where only a card is stored.
    pub(super) amount: String,
    /// On top of the amount; empty for none.
    pub(super) fee: String,
    pub(super) text: &'a str,
    /// Whether the card is stored.
    pub(super) stores: bool,
    pub(super) address: String,
    pub(super) sent: &'a Sent,
}

/// A test card that a button fills in.
pub(super) struct Test {
    pub(super) number: &'static str,
    pub(super) does: &'static str,
    pub(super) outcome: &'static str,
}

/// The test cards that are shown; there is one for every code.
pub(super) const TESTS: &[Test] = &[
    Test { number: "4444444444444000", does: "Dankort or Visa/Dankort: approved", outcome: "approve" },
    Test { number: "3333333333333000", does: "Visa: approved", outcome: "approve" },
    Test { number: "5555555555555000", does: "MasterCard: approved", outcome: "approve" },
    Test { number: "3333333333333116", does: "insufficient funds (116)", outcome: "116" },
    Test { number: "5555555555555118", does: "no such card (118)", outcome: "118" },
];

/// What is wrong, as the payer reads it.
pub(super) struct Told {
    /// The field, or the code.
    pub(super) id: String,
    pub(super) text: String,
}

/// What the payer had typed, without what must not be shown again.
#[derive(Default)]
pub(super) struct Again {
    pub(super) month: String,
    pub(super) year: String,
}

/// The card form.
#[derive(Template)]
#[template(path = "bambora/templates/card.html")]
pub(super) struct CardPage<'a> {
    pub(super) shown: &'a Shown<'a>,
    /// The ways to pay without a card.
    pub(super) methods: &'a [Method],
    pub(super) tests: &'static [Test],
    pub(super) problem: Option<&'a Told>,
    pub(super) again: Again,
}

impl CardPage<'_> {
    /// Whether this field is what is wrong.
    fn is_at(&self, field: &str) -> bool {
        self.problem.is_some_and(|problem| problem.id == field)
    }

    fn is_at_field(&self) -> bool {
        ["cardnumber", "expmonth", "expyear", "cvc"].iter().any(|field| self.is_at(field))
    }
}

/// The ways to pay without a card, or one of them.
#[derive(Template)]
#[template(path = "bambora/templates/other.html")]
pub(super) struct OtherPage<'a> {
    pub(super) shown: &'a Shown<'a>,
    pub(super) methods: &'a [Method],
    /// The one that was chosen.
    pub(super) method: Option<Method>,
    /// Whether there are others than those that are shown.
    pub(super) more: bool,
    /// Whether a card may pay too.
    pub(super) cards: bool,
    pub(super) problem: Option<&'a Told>,
}

/// How it ended.
#[derive(Template)]
#[template(path = "bambora/templates/result.html")]
pub(super) struct ResultPage<'a> {
    pub(super) shown: &'a Shown<'a>,
    /// `paid`, `cancelled`, or ePay's code.
    pub(super) result: &'a str,
    pub(super) title: &'a str,
    pub(super) text: &'a str,
    /// Where the payer can go on, and what the link is called.
    pub(super) go: Option<(&'a str, &'a str)>,
    /// Something is wrong.
    pub(super) bad: bool,
}

/// Out of a frame, to the shop.
#[derive(Template)]
#[template(path = "bambora/templates/leave.html")]
pub(super) struct LeavePage<'a> {
    pub(super) shown: &'a Shown<'a>,
    /// `completed` or `close`.
    pub(super) event: &'a str,
    /// Empty for nowhere.
    pub(super) location: &'a str,
}

/// A window that does not open.
#[derive(Template)]
#[template(path = "bambora/templates/refused.html")]
pub(super) struct RefusedPage<'a> {
    pub(super) style: &'static str,
    pub(super) words: &'static Words,
    pub(super) reader: Reader,
    pub(super) code: &'a str,
    /// What ePay says of the code.
    pub(super) text: &'a str,
    pub(super) what: &'a str,
    pub(super) sent: &'a Sent,
}

/// An amount with its currency.
pub(super) fn money(minor: i64, number: u16) -> String {
    format!("{} {}", currency::shown(minor, number), currency::letters(number))
}
