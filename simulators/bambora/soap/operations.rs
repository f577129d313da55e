//! What a shop does with a transaction: captures, credits, deletes, moves, renews.

use crate::bambora::acquirer::Verdict;
use crate::bambora::model::{Step, Terms, Transaction};
use crate::bambora::perform::decide;
use crate::kit::soap::Call;
use crate::kit::table::Tx;
use crate::kit::trail::Trail;

use super::answers::Said;

/// The longest invoice text.
const LONGEST_INVOICE: usize = 100;

/// Takes a step, unless the transaction or the acquirer is against it: first the transaction is asked, then what
/// is queued for its order.
pub(super) fn take(tx: &mut Tx<'_>, call: &Call, step: Step, trail: &Trail) -> Said {
    let Some(transaction) = find(tx, call) else { return Said::refused(-1008) };
    trail.order(transaction.order.as_str());
    if call.text("invoice").chars().count() > LONGEST_INVOICE {
        return Said::refused(-1100);
    }
    let terms = Terms::of(tx.settings, tx.now);
    let next = match transaction.take(step, call.text("group"), &terms) {
        Ok(next) => next,
        Err(why) => return Said::refused(why.code()),
    };
    let renews = step != Step::Renew || transaction.card.can_be_renewed();
    let usual = if renews { Verdict::Approved(0) } else { Verdict::Epay(-1012) };
    let verdict = decide(tx, &transaction.order, usual);
    if verdict.approves() {
        tx.put(next);
    }
    Said::of(verdict)
}

/// The merchant's transaction that a call names.
pub(super) fn find(tx: &Tx<'_>, call: &Call) -> Option<Transaction> {
    let id = u64::try_from(call.int("transactionid")).ok()?;
    tx.get::<Transaction>(id).map(|transaction| Transaction::clone(&transaction))
}
