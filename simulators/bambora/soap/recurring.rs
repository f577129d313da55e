//! What a shop does with a subscription.

use crate::bambora::acquirer::Verdict;
use crate::bambora::currency;
use crate::bambora::model::{Subscription, Terms, Transaction};
use crate::bambora::perform::{self, Asked, decide};
use crate::kit::soap::{Call, Value};
use crate::kit::table::Tx;
use crate::kit::trail::Trail;

use super::answers::{self, Said, number};

/// How long each text may be, in characters, by ePay's documentation of its web services. That a longer one is refused, and not
/// cut, is assumed.
const LONGEST: &[(&str, usize)] =
    &[("orderid", 20), ("group", 100), ("description", 1024), ("email", 100), ("sms", 8), ("ipaddress", 15)];

/// A payment with the stored card.
pub(super) fn authorize(tx: &mut Tx<'_>, call: &Call, trail: &Trail) -> Said {
    trail.order(call.text("orderid"));
    let Some(subscription) = find(tx, call) else { return Said::refused(-1009) };
    let amount = call.int("amount");
    let too_long = LONGEST.iter().any(|(name, most)| call.text(name).chars().count() > *most);
    if amount <= 0 || too_long {
        return Said::refused(-1100);
    }
    let Some(currency) = currency::number(&call.int("currency").to_string()) else {
        return Said::refused(-1200);
    };
    let asked = Asked {
        order: call.text("orderid").to_owned(),
        amount,
        // No card holder is asked, so none pays on top.
        fee: 0,
        currency,
        card: subscription.card.clone(),
        instant: call.int("instantcapture") == 1,
        split: false,
        group: call.text("group").to_owned(),
        description: call.text("description").to_owned(),
        subscription: Some(subscription.id),
    };
    match perform::authorize(tx, &asked) {
        Ok(transaction) => {
            let mut said = Said::of(Verdict::Approved(transaction.response));
            said.values.push(("transactionid", number(transaction.id)));
            said
        }
        Err(verdict) => Said::of(verdict),
    }
}

/// The end of a subscription: nothing of its card stays.
pub(super) fn delete(tx: &mut Tx<'_>, call: &Call, trail: &Trail) -> Said {
    let Some(subscription) = find(tx, call) else { return Said::refused(-1009) };
    trail.order(subscription.order.as_str());
    let verdict = decide(tx, &subscription.order, Verdict::Approved(0));
    if verdict.approves() {
        perform::unsubscribe(tx, &subscription);
    }
    Said::of(verdict)
}

/// A subscription, or all. What is said to an unknown number is assumed.
pub(super) fn list(tx: &Tx<'_>, call: &Call) -> Said {
    let wanted = match call.int("subscriptionid") {
        0 => {
            let all = tx.all::<Subscription>();
            let mut all: Vec<_> = all.iter().map(|one| Subscription::clone(one)).collect();
            all.sort_by_key(|subscription| (subscription.created, subscription.id));
            all
        }
        _ => match find(tx, call) {
            Some(subscription) => vec![subscription],
            None => return Said::refused(-1009),
        },
    };
    let terms = Terms::of(tx.settings, tx.now);
    let of = |subscription: &Subscription| {
        let transactions = subscription.transactions.iter().filter_map(|id| tx.get::<Transaction>(*id));
        let transactions = transactions.map(|transaction| Transaction::clone(&transaction).settled(&terms));
        answers::subscription(subscription, &transactions.collect::<Vec<_>>())
    };
    Said::done(vec![("subscriptionAry", Value::List(wanted.iter().map(of).collect()))])
}

/// The merchant's subscription that a call names.
fn find(tx: &Tx<'_>, call: &Call) -> Option<Subscription> {
    let id = u64::try_from(call.int("subscriptionid")).ok()?;
    tx.get::<Subscription>(id).map(|subscription| Subscription::clone(&subscription))
}
