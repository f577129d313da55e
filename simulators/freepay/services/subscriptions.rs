//! `subscriptionmanager.asmx`: subscriptions, and payments that are drawn from them.

use super::{ACQUIRER, Done, Which, number, opened, owner, verdict};
use crate::freepay::acquirer::INTERNAL;
use crate::freepay::dates::local;
use crate::freepay::model::{Subscription, Transaction};
use crate::freepay::page::key;
use crate::kit::soap::{Call, Value};
use crate::kit::table::Tx;

/// The method that the document warns of.
const OLD: &str = "AuthorizeSubscription";

/// Carries a call out.
pub(super) fn perform(tx: &mut Tx<'_>, call: &Call, peer: &str) -> Done {
    let which = Which::SubscriptionManager;
    let subscription = match opened(tx, call, which, |known: &Subscription| &known.merchant) {
        Ok(subscription) => subscription,
        Err(done) => return done,
    };
    match call.name() {
        "QuerySubscription" => query(tx, &subscription).about(&subscription.order),
        name => {
            let currency = match name {
                "AuthorizeSubscription3" => u16::try_from(call.int("currency")).unwrap_or_default(),
                _ => subscription.currency,
            };
            let drawn = authorize(tx, &subscription, call, currency, peer);
            answer(tx, &drawn, call, &subscription)
        }
    }
}

/// What came of a charge: the transaction's id, or the code of the refusal.
type Drawn = Result<u64, i32>;

fn authorize(tx: &mut Tx<'_>, from: &Subscription, call: &Call, currency: u16, peer: &str) -> Drawn {
    let (amount, order) = (call.int("amount"), call.text("orderID"));
    // No currency has another number of digits.
    if !(1..=999).contains(&currency) {
        return Err(INTERNAL);
    }
    let now = local(tx.now);
    let usual = from.verdict(amount, now.date());
    // Whatever is queued, nothing and less than nothing cannot be drawn.
    let said = if amount <= 0 { usual } else { verdict(tx, order, usual) };
    if !said.is_approved() {
        return Err(said.code());
    }
    let id = tx.draw::<Transaction>(&key(&from.merchant, order));
    let captured = tx.settings.on("freepay.captures_charges").then_some(now);
    tx.put(Transaction {
        merchant: from.merchant.clone(),
        order: order.to_owned(),
        currency,
        source_ip: peer.to_owned(),
        subscription: Some(from.id),
        captured,
        ..Transaction::fresh(id, amount, from.card.clone(), now)
    });
    Ok(id)
}

fn answer(tx: &Tx<'_>, drawn: &Drawn, call: &Call, subscription: &Subscription) -> Done {
    let order = call.text("orderID");
    let values = match (call.name(), drawn) {
        // No code reaches the first transaction's number, so that one number can be either.
        (OLD, drawn) => drawn.map_or_else(|code| Value::Int(code.into()), number),
        (_, Ok(id)) => Value::Record(vec![true.into(), number(*id), Value::Int(0)]),
        (_, Err(code)) => Value::Record(vec![false.into(), Value::Int(0), Value::Int((*code).into())]),
    };
    let warning = (call.name() == OLD).then(|| {
        "AuthorizeSubscription is the old method: Freepay's document says to use AuthorizeSubscription2, and what this one answers is a guess"
            .to_owned()
    });
    let warning = warning.or_else(|| repeated(tx, drawn, order, subscription));
    let done = Done::answered(vec![values]).about(order).warning(warning);
    match drawn {
        Err(code) => done.because(format!("the charge is refused with {code}")),
        Ok(_) => done,
    }
}

/// The document advises a new order number for each charge.
fn repeated(tx: &Tx<'_>, drawn: &Drawn, order: &str, subscription: &Subscription) -> Option<String> {
    let same = |known: &Transaction| known.order == order && known.merchant == subscription.merchant;
    let before = tx.all::<Transaction>().iter().any(|known| same(known) && Ok(known.id) != *drawn);
    (before || subscription.order == order).then(|| {
        format!("the order `{order}` was used before: take a new one for each charge, to tell them apart")
    })
}

fn query(tx: &Tx<'_>, subscription: &Subscription) -> Done {
    let [account, merchant] = owner(tx, &subscription.merchant);
    let last_day = tx.settings.get("freepay.expiry_day") == "last";
    Done::answered(vec![Value::Record(vec![
        number(subscription.id),
        account,
        merchant,
        subscription.created.into(),
        Value::Int(subscription.currency.into()),
        subscription.order.as_str().into(),
        subscription.card.kind.as_str().into(),
        subscription.source_ip.as_str().into(),
        subscription.card.hash.as_str().into(),
        subscription.expires(last_day).into(),
        ACQUIRER.into(),
    ])])
}
