//! Carries payments out: what is said to them, and what is kept of them.
//!
//! A refusal takes a queued outcome too: whoever calls this must end the transaction well.

use crate::kit::clock::danish;
use crate::kit::outcome::Outcome;
use crate::kit::settings::Settings;
use crate::kit::table::Tx;

use super::ID;
use super::acquirer::{Card, Verdict, word_of};
use super::model::{Deleted, Status, Subscription, Transaction};

/// A payment that somebody asks for, in the window or by a subscription.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// The shop's order; may be empty.
    pub(super) order: String,
    /// In minor units, without the fee; more than 0.
    pub(super) amount: i64,
    /// What the card holder pays on top: [`fee_on`], or 0 where no card holder is asked.
    pub(super) fee: i64,
    /// ISO 4217 number: 208.
    pub(super) currency: u16,
    /// The card.
    pub(super) card: Card,
    /// Whether it is captured at once.
    pub(super) instant: bool,
    /// Whether it may be captured in parts.
    pub(super) split: bool,
    /// The payment group; empty for none.
    pub(super) group: String,
    /// The shop's note; may be empty.
    pub(super) description: String,
    /// The subscription that it belongs to.
    pub(super) subscription: Option<u64>,
}

/// What the card holder pays on top of an amount, by the setting `bambora.fee_basis_points`; half a unit is
/// rounded up.
pub(super) fn fee_on(settings: &Settings, amount: i64) -> i64 {
    let points = settings.number("bambora.fee_basis_points");
    let fee = amount.saturating_mul(points).saturating_add(5_000) / 10_000;
    // Together they fit the web services' numbers.
    fee.min(i64::from(i32::MAX) - amount).max(0)
}

/// The verdict that an outcome asks for. What only the card holder can do is told as the window tells it.
pub(super) fn verdict_of(outcome: &Outcome) -> Verdict {
    match outcome {
        Outcome::Approve => Verdict::Approved(0),
        Outcome::Cancel => Verdict::Epay(-5516),
        Outcome::Code(code) => Verdict::of_code(code).unwrap_or(Verdict::Nets(100)),
        Outcome::Decline => Verdict::Nets(100),
        Outcome::Expire => Verdict::Epay(-5514),
    }
}

/// What is said to an operation on an order: what is queued for it, else `usual`.
pub(super) fn decide(tx: &mut Tx<'_>, order: &str, usual: Verdict) -> Verdict {
    tx.take_outcome(ID, order).map_or(usual, |outcome| verdict_of(&outcome))
}

/// What forbids another payment with this order number.
pub(super) fn used_order(tx: &Tx<'_>, order: &str) -> Option<Verdict> {
    let asked = tx.settings.on("bambora.unique_orders") && !order.is_empty();
    let used = asked && tx.all::<Transaction>().iter().any(|other| other.order == order);
    used.then_some(Verdict::Epay(-1001))
}

/// Authorizes a payment, and captures it where it is to be captured at once. What is queued for the order
/// decides, then the card; of a payment that is captured at once, the capture takes the next in the queue.
pub(super) fn authorize(tx: &mut Tx<'_>, asked: &Asked) -> Result<Transaction, Verdict> {
    if let Some(refused) = used_order(tx, &asked.order) {
        return Err(refused);
    }
    let says = asked.card.says(danish(tx.now).date());
    let verdict = decide(tx, &asked.order, says);
    let Verdict::Approved(response) = verdict else { return Err(verdict) };
    let mut transaction = opened(tx, asked, response);
    if asked.instant {
        let verdict = decide(tx, &asked.order, Verdict::Approved(0));
        transaction.capture_at_once(verdict.approves(), tx.now);
    }
    tx.put(transaction.clone());
    if let Some(id) = asked.subscription {
        charged(tx, id, transaction.id);
    }
    Ok(transaction)
}

/// An approved payment of which nothing is captured, with an id of its own.
pub(super) fn opened(tx: &Tx<'_>, asked: &Asked, response: u16) -> Transaction {
    let mut transaction = Transaction {
        id: tx.draw::<Transaction>(&asked.order),
        order: asked.order.clone(),
        amount: asked.amount,
        fee: asked.fee,
        currency: asked.currency,
        captured: 0,
        credited: 0,
        status: Status::PaymentNew,
        card: asked.card.clone(),
        group: asked.group.clone(),
        description: asked.description.clone(),
        split: asked.split,
        acquirer: word_of(tx.settings.get("bambora.acquirer")),
        response,
        subscription: asked.subscription,
        authorized_at: tx.now,
        captured_at: None,
        credited_at: None,
        deleted_at: None,
        history: Vec::new(),
    };
    transaction.begin();
    transaction
}

/// A sign-up: the card is stored, and charged unless the amount is 0. Nothing is stored where the card is refused.
pub(super) fn sign_up(
    tx: &mut Tx<'_>,
    asked: &Asked,
    name: &str,
) -> Result<(Subscription, Option<Transaction>), Verdict> {
    if asked.amount == 0 {
        let says = asked.card.says(danish(tx.now).date());
        let verdict = decide(tx, &asked.order, says);
        if !verdict.approves() {
            return Err(verdict);
        }
        return Ok((subscribe(tx, &asked.order, name, &asked.card), None));
    }
    let mut transaction = authorize(tx, asked)?;
    let subscription = subscribe(tx, &asked.order, name, &asked.card);
    transaction.subscription = Some(subscription.id);
    tx.put(transaction.clone());
    let subscription = charged(tx, subscription.id, transaction.id).unwrap_or(subscription);
    Ok((subscription, Some(transaction)))
}

/// Stores a card that was approved.
pub(super) fn subscribe(tx: &mut Tx<'_>, order: &str, name: &str, card: &Card) -> Subscription {
    let subscription = Subscription {
        id: subscription_id(tx, order),
        order: order.to_owned(),
        name: name.to_owned(),
        created: tx.now,
        card: card.clone(),
        transactions: Vec::new(),
    };
    tx.put(subscription.clone());
    subscription
}

/// An id that no subscription has or had.
fn subscription_id(tx: &Tx<'_>, order: &str) -> u64 {
    let deleted = tx.all::<Deleted>();
    let earlier = deleted.iter().filter(|deleted| deleted.order == order).count();
    let key = |attempt: usize| if attempt == 0 { order.to_owned() } else { format!("{order} {attempt}") };
    let fresh = |id: &u64| deleted.iter().all(|deleted| deleted.id != *id);
    let mut ids = (earlier..).map(|attempt| tx.draw::<Subscription>(&key(attempt)));
    ids.find(fresh).unwrap_or_default()
}

/// Ends a subscription: nothing of its card stays.
pub(super) fn unsubscribe(tx: &mut Tx<'_>, subscription: &Subscription) {
    tx.remove::<Subscription>(subscription.id);
    tx.put(Deleted { id: subscription.id, order: subscription.order.clone() });
}

/// A transaction belongs to a subscription.
fn charged(tx: &mut Tx<'_>, id: u64, transaction: u64) -> Option<Subscription> {
    let mut subscription = Subscription::clone(&*tx.get::<Subscription>(id)?);
    subscription.transactions.push(transaction);
    tx.put(subscription.clone());
    Some(subscription)
}

#[cfg(test)]
mod tests;
