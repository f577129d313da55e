//! `subscriptionmanager.asmx`: subscriptions, and payments that are drawn from them.

use super::{ACQUIRER, Done, Which, number, opened, owner, verdict};
use crate::freepay::acquirer::INTERNAL;
use crate::freepay::dates::local;
use crate::freepay::model::{Order, Subscription, Transaction};
use crate::kit::soap::{Call, Value};
use crate::kit::table::Tx;

/// The method that the document warns of.
const OLD: &str = "AuthorizeSubscription";
/// What is said of it.
const OLD_METHOD: &str = "AuthorizeSubscription is the old method: Freepay's document says to use \
    AuthorizeSubscription2, and what this one answers is a guess";

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
            let key = Order::key(&subscription.merchant, call.text("orderID"));
            let used = tx.get::<Order>(key).is_some();
            answer(&authorize(tx, &subscription, call, currency, peer), call, used)
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
    let key = Order::key(&from.merchant, order);
    let id = tx.draw::<Transaction>(&key);
    tx.put(Order { key });
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

fn answer(drawn: &Drawn, call: &Call, used: bool) -> Done {
    let order = call.text("orderID");
    let values = match (call.name(), drawn) {
        // No code reaches the first transaction's number, so that one number can be either.
        (OLD, drawn) => drawn.map_or_else(|code| Value::Int(code.into()), number),
        (_, Ok(id)) => Value::Record(vec![true.into(), number(*id), Value::Int(0)]),
        (_, Err(code)) => Value::Record(vec![false.into(), Value::Int(0), Value::Int((*code).into())]),
    };
    let mut warnings = Vec::new();
    if call.name() == OLD {
        warnings.push(OLD_METHOD.to_owned());
    }
    if used {
        warnings.push(format!(
            "the order `{order}` was used before: take a new one for each charge, to tell them apart"
        ));
    }
    let done = Done { warnings, ..Done::answered(vec![values]) }.about(order);
    match drawn {
        Err(code) => done.because(format!("the charge is refused with {code}")),
        Ok(_) => done,
    }
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
