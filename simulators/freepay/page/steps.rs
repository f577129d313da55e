//! A payment from its form to its end, in transactions.

use serde_json::json;

use crate::freepay::ID;
use crate::freepay::acquirer::{Card, Flaw, Typed, Verdict};
use crate::freepay::currency::DKK;
use crate::freepay::dates::{local, salt};
use crate::freepay::model::{Order, Payment, Posted, State, Subscription, Transaction};
use crate::kit::digest::{hex, sha256};
use crate::kit::outcome::Outcome;
use crate::kit::page::Sent;
use crate::kit::table::Tx;

use super::fields::Charset;
use super::form::{Asked, Form};
use super::returns;

/// From this amount on the bank asks the payer: 450.00 DKK.
const SECURE_FROM: i64 = 45_000;
/// The reason where the bank could not tell who the payer is.
const NOT_IDENTIFIED: u16 = 1;

/// What a payer sees.
pub(super) enum Seen {
    /// There is no such payment.
    Nothing,
    /// The card form.
    Open(Payment),
    /// The bank asks the payer.
    Secure(Payment),
    /// It has ended.
    Ended(Payment),
}

/// Begins what a right form asks for; the same form leads to the same payment, as long as that one waits or
/// was approved.
pub(super) fn open(tx: &mut Tx<'_>, asked: &Asked, source_ip: &str, sent: &Sent) -> Payment {
    let mark = mark(asked);
    let before =
        tx.get::<Posted>(mark.as_str()).and_then(|posted| tx.get::<Payment>(posted.payment.as_str()));
    let again = tx.settings.get("freepay.same_form") == "again";
    let kept = before.filter(|payment| match payment.state {
        State::Approved => !again,
        State::Cancelled | State::Declined | State::Expired => false,
        State::Open => true,
    });
    if let Some(payment) = kept {
        return Payment::clone(&payment);
    }
    let payment = Payment {
        token: tx.token::<Payment>(&Order::key(&asked.merchant, &asked.order)),
        merchant: asked.merchant.clone(),
        order: asked.order.clone(),
        amount: asked.amount,
        currency: asked.currency,
        subscription: asked.subscription,
        accept: asked.accept.clone(),
        decline: asked.decline.clone(),
        param: asked.param.clone(),
        aux_param: asked.aux_param.clone(),
        source_ip: source_ip.to_owned(),
        card: None,
        state: State::Open,
        made: None,
        reason: None,
        location: None,
        since: tx.now,
        sent: sent.clone(),
    };
    tx.put(Posted { mark, payment: payment.token.clone() });
    tx.put(payment.clone());
    payment
}

fn mark(asked: &Asked) -> String {
    let Asked { merchant, order, amount, currency, subscription, typed, .. } = asked;
    let own = asked.form == Form::Own;
    let card = [&typed.number, &typed.month, &typed.year, &typed.cvc];
    let urls = (&asked.accept, &asked.decline, &asked.param, &asked.aux_param);
    let text = json!([own, merchant, order, amount, currency, subscription, card, urls]).to_string();
    hex(&sha256(text.as_bytes())[..16])
}

/// Looks at a payment. What is queued decides at once, else the payer.
pub(super) fn look(tx: &mut Tx<'_>, token: &str) -> Seen {
    let Some(payment) = tx.get::<Payment>(token) else { return Seen::Nothing };
    let payment = Payment::clone(&payment);
    if !payment.is_open() {
        return Seen::Ended(payment);
    }
    match tx.queued_outcome(ID, &payment.order) {
        Some(outcome) if is_fitting(&outcome) => {
            tx.take_outcome(ID, &payment.order);
            Seen::Ended(end(tx, payment, &outcome))
        }
        _ if payment.card.is_some() => Seen::Secure(payment),
        _ => Seen::Open(payment),
    }
}

/// Whether a payment can end so.
pub(super) fn is_fitting(outcome: &Outcome) -> bool {
    *outcome == Outcome::Cancel || Verdict::of(outcome).is_some()
}

/// Ends an open payment as somebody asked for, without a card where none was typed.
pub(super) fn end(tx: &mut Tx<'_>, payment: Payment, outcome: &Outcome) -> Payment {
    match (outcome, Verdict::of(outcome)) {
        (Outcome::Cancel, _) | (_, None) => cancelled(tx, payment),
        (Outcome::Expire, _) => {
            let expired = Payment { state: State::Expired, card: None, ..payment };
            tx.put(expired.clone());
            expired
        }
        (_, Some(verdict)) => {
            let card = payment.card.clone().unwrap_or_else(|| usual(tx));
            decided(tx, payment, &card, verdict)
        }
    }
}

fn usual(tx: &Tx<'_>) -> Card {
    Card::usual(local(tx.now).date(), &salt(tx))
}

/// The payer gives up.
pub(super) fn cancel(tx: &mut Tx<'_>, token: &str) -> Seen {
    match look(tx, token) {
        Seen::Open(payment) | Seen::Secure(payment) => Seen::Ended(cancelled(tx, payment)),
        elsewhere => elsewhere,
    }
}

fn cancelled(tx: &mut Tx<'_>, payment: Payment) -> Payment {
    let reason = i32::try_from(tx.settings.number("freepay.cancel_reason")).unwrap_or(i32::MAX);
    refused(tx, payment, State::Cancelled, reason)
}

fn refused(tx: &mut Tx<'_>, payment: Payment, state: State, reason: i32) -> Payment {
    let with_order = tx.settings.on("freepay.decline_order");
    let location = Some(returns::decline(&payment, reason, with_order, charset(tx)));
    let refused = Payment { state, reason: Some(reason), card: None, location, ..payment };
    tx.put(refused.clone());
    refused
}

fn charset(tx: &Tx<'_>) -> Charset {
    Charset::named(tx.settings.get("freepay.charset"))
}

/// The payer has typed a card on the payment page. A flaw stays on the page.
pub(super) fn pay(tx: &mut Tx<'_>, token: &str, typed: &Typed) -> (Seen, Option<Flaw>) {
    let payment = match look(tx, token) {
        Seen::Open(payment) => payment,
        elsewhere => return (elsewhere, None),
    };
    match typed.card(&salt(tx)) {
        Ok(card) => {
            let verdict = card.says(local(tx.now).date());
            (Seen::Ended(decided(tx, payment, &card, verdict)), None)
        }
        Err(flaw) => (Seen::Open(payment), Some(flaw)),
    }
}

/// A button of the payment page that stands for a verdict, with the card that is approved.
pub(super) fn press(tx: &mut Tx<'_>, token: &str, outcome: &Outcome) -> Seen {
    match look(tx, token) {
        Seen::Open(payment) if is_fitting(outcome) => Seen::Ended(end(tx, payment, outcome)),
        elsewhere => elsewhere,
    }
}

/// The shop's own form has brought a card. A flaw is for the acquirer to decline.
pub(super) fn pay_own(tx: &mut Tx<'_>, token: &str, typed: &Typed) -> Seen {
    let payment = match look(tx, token) {
        Seen::Open(payment) => payment,
        elsewhere => return elsewhere,
    };
    let today = local(tx.now).date();
    let card = match typed.card(&salt(tx)) {
        Ok(card) => card,
        Err(flaw) => {
            let reason = flaw.verdict().code();
            return Seen::Ended(refused(tx, payment, State::Declined, reason));
        }
    };
    let dear = payment.currency == DKK && payment.amount >= SECURE_FROM;
    if tx.settings.on("freepay.secure_step") && (payment.subscription || dear) {
        let asked = Payment { card: Some(card), ..payment };
        tx.put(asked.clone());
        return Seen::Secure(asked);
    }
    let verdict = card.says(today);
    Seen::Ended(decided(tx, payment, &card, verdict))
}

/// The payer has answered the bank.
pub(super) fn secure(tx: &mut Tx<'_>, token: &str, outcome: &Outcome) -> Seen {
    let payment = match look(tx, token) {
        Seen::Secure(payment) => payment,
        elsewhere => return elsewhere,
    };
    let Some(card) = payment.card.clone() else { return Seen::Open(payment) };
    let verdict = match outcome {
        Outcome::Approve => card.says(local(tx.now).date()),
        Outcome::Decline => Verdict::nets(NOT_IDENTIFIED),
        _ => return Seen::Secure(payment),
    };
    Seen::Ended(decided(tx, payment, &card, verdict))
}

/// The acquirer has answered: a transaction or a subscription is made, or the card is declined.
fn decided(tx: &mut Tx<'_>, payment: Payment, card: &Card, verdict: Verdict) -> Payment {
    if !verdict.is_approved() {
        return refused(tx, payment, State::Declined, verdict.code());
    }
    let id =
        if payment.subscription { subscribed(tx, &payment, card) } else { authorised(tx, &payment, card) };
    let location = Some(returns::accept(&payment, id, charset(tx)));
    let approved = Payment { state: State::Approved, made: Some(id), card: None, location, ..payment };
    tx.put(approved.clone());
    approved
}

fn subscribed(tx: &mut Tx<'_>, payment: &Payment, card: &Card) -> u64 {
    let key = Order::key(&payment.merchant, &payment.order);
    let id = tx.draw::<Subscription>(&key);
    tx.put(Order { key });
    tx.put(Subscription {
        id,
        merchant: payment.merchant.clone(),
        order: payment.order.clone(),
        currency: payment.currency,
        source_ip: payment.source_ip.clone(),
        card: card.clone(),
        created: local(tx.now),
    });
    id
}

fn authorised(tx: &mut Tx<'_>, payment: &Payment, card: &Card) -> u64 {
    let key = Order::key(&payment.merchant, &payment.order);
    let id = tx.draw::<Transaction>(&key);
    tx.put(Order { key });
    tx.put(Transaction {
        merchant: payment.merchant.clone(),
        order: payment.order.clone(),
        currency: payment.currency,
        source_ip: payment.source_ip.clone(),
        ..Transaction::fresh(id, payment.amount, card.clone(), local(tx.now))
    });
    id
}
