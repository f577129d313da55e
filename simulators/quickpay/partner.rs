//! What another service of the same merchant reads and does at QuickPay: Fenerum keeps subscriptions' ids.

use crate::kit::page::Sent;
use crate::kit::table::Tx;

use super::api;
use super::api::create::{by_order_id, fresh};
use super::api::links::{WINDOW, attach};
use super::api::operations::Recurring;
use super::model::{Agreement, Kind, Link, Resource};

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
pub(crate) fn registered(tx: &Tx<'_>, id: u64) -> Option<Registered> {
    let resource = tx.get::<Resource>(id).filter(|resource| resource.kind != Kind::Card)?;
    let metadata = &resource.metadata;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    Some(Registered {
        is_subscription: resource.kind == Kind::Subscription,
        accepted: resource.accepted(tx.now),
        state: resource.state(tx.now).name().to_owned(),
        brand: text(&metadata.brand),
        last4: text(&metadata.last4),
        exp_month: metadata.exp_month.unwrap_or_default(),
        exp_year: metadata.exp_year.unwrap_or_default(),
    })
}

/// Makes a subscription with a link: its id and the link's address. `origin` is where the payer reaches
/// QuickPay. `None` where the order id is taken.
pub(crate) fn sign_up(tx: &mut Tx<'_>, origin: &str, wanted: &SignUp<'_>) -> Option<(u64, String)> {
    if by_order_id(tx, Kind::Subscription, wanted.order_id).is_some() {
        return None;
    }
    let mut subscription = fresh(tx, Kind::Subscription, wanted.order_id, wanted.currency);
    subscription.description = Some(wanted.description.to_owned());
    let agreements = tx.all::<Agreement>();
    let window = agreements.iter().find(|agreement| agreement.service == WINDOW);
    let link = Link {
        agreement_id: window.map_or(0, |window| window.id),
        language: "en".to_owned(),
        continue_url: Some(wanted.continue_url.to_owned()),
        cancel_url: Some(wanted.cancel_url.to_owned()),
        ..Link::new(0, tx.now)
    };
    let url = attach(tx, &mut subscription, link, origin, Sent::default());
    Some((subscription.id, url))
}

/// Charges a subscription: a recurring payment with capture. `amount` in minor units.
pub(crate) fn charge(tx: &mut Tx<'_>, subscription: u64, amount: i64, order_id: &str) -> Charged {
    let known = tx.get::<Resource>(subscription).filter(|resource| resource.kind == Kind::Subscription);
    let Some(known) = known else {
        return Charged::Refused(format!("there is no subscription {subscription}"));
    };
    if by_order_id(tx, Kind::Payment, order_id).is_some() {
        return Charged::Refused(format!("the order_id {order_id} already exists on another payment"));
    }
    let wanted = Recurring { amount, order_id, at: Some(tx.now), fee: false, callback_url: None };
    match api::operations::charge(tx, &known, &wanted) {
        Err(refusal) => Charged::Refused(refusal.message()),
        Ok((payment, id)) => {
            let operation = payment.operations.iter().find(|operation| operation.id == id);
            match operation.map(|operation| &operation.verdict) {
                Some(verdict) if !verdict.is_approved() => {
                    Charged::Declined(payment.id, verdict.qp_text.clone())
                }
                _ => Charged::Approved(payment.id),
            }
        }
    }
}
