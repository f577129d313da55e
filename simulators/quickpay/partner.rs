//! What another service of the same merchant reads and does at QuickPay: Fenerum keeps subscriptions' ids.

use crate::kit::table::Tx;

/// What QuickPay tells a partner of an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Registered {
    /// Whether it is a subscription, and not a payment.
    pub(crate) is_subscription: bool,
    /// Whether an authorization was approved.
    pub(crate) accepted: bool,
    /// Its state: `active` for a subscription that can be charged.
    pub(crate) state: String,
    /// The card's brand as QuickPay names it: `visa-electron`.
    pub(crate) brand: String,
    /// Its last four digits.
    pub(crate) last4: String,
    /// 1 to 12.
    pub(crate) exp_month: u8,
    /// Four digits.
    pub(crate) exp_year: u16,
}

/// What a sign-up in the payment window is made with.
#[derive(Clone, Debug)]
pub(crate) struct SignUp<'a> {
    /// 4 to 20 characters, unique.
    pub(crate) order_id: &'a str,
    /// What the payer signs up for.
    pub(crate) description: &'a str,
    /// ISO 4217.
    pub(crate) currency: &'a str,
    /// Where the payer goes afterwards.
    pub(crate) continue_url: &'a str,
    /// Where the payer goes who gives up.
    pub(crate) cancel_url: &'a str,
}

/// How charging a subscription ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Charged {
    /// Authorized and captured; the id of the payment.
    Approved(u64),
    /// The acquirer refused; the payment's id and why.
    Declined(u64, String),
    /// QuickPay refused the call: why.
    Refused(String),
}

/// The payment or subscription with this id, of this workspace.
pub(crate) fn registered(_tx: &Tx<'_>, _id: u64) -> Option<Registered> {
    None
}

/// Makes a subscription with a link; its id and the link's path below QuickPay's origin (`/subscriptions/…`).
/// `origin` is where the payer reaches QuickPay. `None` where QuickPay refuses it.
pub(crate) fn sign_up(_tx: &mut Tx<'_>, _origin: &str, _wanted: &SignUp<'_>) -> Option<(u64, String)> {
    None
}

/// Charges a subscription: a recurring payment with capture. `amount` in minor units.
pub(crate) fn charge(_tx: &mut Tx<'_>, _subscription: u64, _amount: i64, _order_id: &str) -> Charged {
    Charged::Refused(String::new())
}
