//! What a shop asks of its transactions.

use crate::bambora::model::{Terms, Transaction};
use crate::kit::soap::{Call, UNSET, Value};
use crate::kit::table::Tx;
use crate::kit::trail::Trail;

use super::answers::{self, Said, minute};
use super::operations::find;

/// One transaction.
pub(super) fn one(tx: &Tx<'_>, call: &Call, trail: &Trail) -> Said {
    let Some(transaction) = find(tx, call) else { return Said::refused(-1008) };
    trail.order(transaction.order.as_str());
    let settled = transaction.settled(&Terms::of(tx.settings, tx.now));
    Said::done(vec![("transactionInformation", answers::transaction(&settled))])
}

/// Those that were authorized in a time, ends included; of a state, an order or a group where one is named. That
/// `PAYMENT_UNDEFINED` stands for any state, and that the oldest comes first, is assumed.
pub(super) fn list(tx: &Tx<'_>, call: &Call) -> Said {
    let terms = Terms::of(tx.settings, tx.now);
    let all = tx.all::<Transaction>();
    let mut wanted: Vec<_> =
        all.iter().map(|transaction| Transaction::clone(transaction).settled(&terms)).collect();
    wanted.retain(|transaction| is_wanted(transaction, call));
    wanted.sort_by_key(|transaction| (transaction.authorized_at, transaction.id));
    let wanted = wanted.iter().map(answers::transaction).collect();
    Said::done(vec![("transactionInformationAry", Value::List(wanted))])
}

fn is_wanted(transaction: &Transaction, call: &Call) -> bool {
    let (start, end) = (call.date("searchdatestart"), call.date("searchdateend"));
    let authorized = minute(transaction.authorized_at);
    let named = |name, own: &str| call.text(name).is_empty() || call.text(name) == own;
    let status = call.text("status");
    authorized >= start
        && (end == UNSET || authorized <= end)
        && (matches!(status, "" | "PAYMENT_UNDEFINED") || status == answers::status(transaction.status))
        && named("searchorderid", &transaction.order)
        && named("searchgroup", &transaction.group)
}
