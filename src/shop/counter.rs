//! What every provider is to the shop: one counter at which orders are paid.

use std::fmt;

use bytes::Bytes;
use futures_util::future::BoxFuture;

use super::desk::{Desk, Trouble};
use super::order::{Order, Payment, Word};
use super::{bambora, brp, fena, fenerum, freepay, quickpay};

/// The counters, in the order of the page. A new provider is a file beside the others, and a place here.
pub(super) static COUNTERS: &[&dyn Counter] =
    &[&bambora::Bambora, &brp::Brp, &fena::Fena, &fenerum::Fenerum, &freepay::Freepay, &quickpay::QuickPay];

/// The counter of a provider.
pub(super) fn counter(provider: &str) -> Option<&'static dyn Counter> {
    COUNTERS.iter().copied().find(|counter| counter.about().id == provider)
}

/// One of a provider's ways to pay, or to save a card.
#[derive(Debug)]
pub(super) struct Variant {
    /// As `?variant=` names it.
    pub(super) id: &'static str,
    /// As the page names it.
    pub(super) title: &'static str,
    /// What is bought on the page, and what it costs in minor units.
    pub(super) goods: (&'static str, i64),
    /// Whether a card is saved, and the order becomes active in the place of paid.
    pub(super) signs_up: bool,
    /// What can be done afterwards.
    pub(super) deeds: &'static [Deed],
}

impl Variant {
    /// A way to pay once.
    pub(super) const fn pays(
        id: &'static str,
        title: &'static str,
        goods: (&'static str, i64),
        deeds: &'static [Deed],
    ) -> Self {
        Self { id, title, goods, signs_up: false, deeds }
    }

    /// A way to save a card.
    pub(super) const fn signs_up(
        id: &'static str,
        title: &'static str,
        goods: (&'static str, i64),
        deeds: &'static [Deed],
    ) -> Self {
        Self { signs_up: true, ..Self::pays(id, title, goods, deeds) }
    }
}

/// What never changes about a counter.
#[derive(Debug)]
pub(super) struct About {
    /// The provider's id.
    pub(super) id: &'static str,
    /// What people call it.
    pub(super) name: &'static str,
    /// Its ways; the first is taken where none is named.
    pub(super) variants: &'static [Variant],
    /// The currencies that are taken, by their three letters; the first where none is named.
    pub(super) currencies: &'static [&'static str],
    /// Whether the provider takes this text as an order number.
    pub(super) takes: fn(&str) -> bool,
}

impl About {
    /// The way with this id; the first where none is named.
    pub(super) fn variant(&self, id: Option<&str>) -> Option<&'static Variant> {
        self.variants.iter().find(|variant| id.is_none_or(|id| variant.id == id))
    }
}

/// Something that is done with an order after it was paid, or signed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// Takes the reserved money.
    Capture,
    /// Lets the reserved money go.
    Cancel,
    /// Draws money from the saved card.
    Charge,
    /// Ends the subscription.
    Delete,
    /// Pays money back.
    Refund,
    /// Reserves the money anew, or has a subscription's customer give another card.
    Renew,
}

impl Deed {
    /// All of them.
    pub(super) const ALL: [Self; 6] =
        [Self::Capture, Self::Cancel, Self::Charge, Self::Delete, Self::Refund, Self::Renew];

    /// As the path names it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Capture => "capture",
            Self::Cancel => "cancel",
            Self::Charge => "charge",
            Self::Delete => "delete",
            Self::Refund => "refund",
            Self::Renew => "renew",
        }
    }
}

/// Where the payer goes to pay.
#[derive(Clone, Debug)]
pub(super) enum Gate {
    /// Follows a link.
    Link(String),
    /// Sends a form.
    Form {
        /// Where it goes, by POST.
        action: String,
        /// Its names and values.
        fields: Vec<(String, String)>,
    },
    /// Fills a page of the shop's own.
    Page,
}

/// From where a word comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Came {
    /// The provider calls.
    Callback,
    /// The payer comes back, having given up.
    Cancel,
    /// The shop's own page sends what it was given.
    Page,
    /// The payer comes back.
    Return,
}

/// What came to the shop.
#[derive(Clone, Debug)]
pub(super) struct Arrival {
    pub(super) came: Came,
    /// The whole address.
    pub(super) url: String,
    /// Names in lower case.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Bytes,
}

impl Arrival {
    /// The last value of a parameter of the address.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        provkassa_simulators::kit::query::last(&self.url, name)
    }
}

/// What came of a deed.
#[derive(Clone, Debug, Default)]
pub(super) struct Done {
    /// The order number of a charge.
    pub(super) number: Option<String>,
    /// The transaction, where a new one was made.
    pub(super) transaction: Option<String>,
}

/// What a counter says when it is done.
pub(super) type Later<'a, T> = BoxFuture<'a, Result<T, Trouble>>;

/// A provider's own part of the shop. It holds nothing: what it knows is the order's, or is asked of the provider.
pub(super) trait Counter: fmt::Debug + Send + Sync {
    /// The facts about it.
    fn about(&self) -> &'static About;

    /// Whether the provider has the shop's addresses among its own settings, and not in what the shop sends.
    fn is_set_there(&self) -> bool {
        false
    }

    /// Opens the way for a payer. What it makes at the provider is kept in the order's `reference`.
    fn open<'a>(&'a self, desk: &'a Desk, order: &'a mut Order) -> Later<'a, Gate>;

    /// What the provider calls the order that something is about; `None` where it does not say.
    fn named(&self, _arrival: &Arrival) -> Option<String> {
        None
    }

    /// Says what something comes to for its order: verifies it, asks the provider, and compares.
    fn judge<'a>(&'a self, desk: &'a Desk, order: &'a Order, arrival: &'a Arrival) -> Later<'a, Word>;

    /// The payment that something claims: what a shop makes of it that asks nobody. `None` where it claims none.
    fn claimed(&self, arrival: &Arrival) -> Option<Payment>;

    /// Does something with an order; an amount of minor units goes with it.
    fn act<'a>(&'a self, desk: &'a Desk, order: &'a Order, deed: Deed, amount: i64) -> Later<'a, Done>;
}
