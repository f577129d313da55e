//! `management.asmx`: what a merchant does with transactions.

use super::{ACQUIRER, Done, Which, number, opened, owner, stuck, verdict};
use crate::freepay::acquirer::Verdict;
use crate::freepay::dates::local;
use crate::freepay::model::{Stuck, Transaction};
use crate::kit::nets;
use crate::kit::soap::{Call, UNSET, Value};
use crate::kit::table::Tx;

/// Carries a call out.
pub(super) fn perform(tx: &mut Tx<'_>, call: &Call) -> Done {
    let transaction = match opened(tx, call, Which::Management, |known: &Transaction| &known.merchant) {
        Ok(transaction) => transaction,
        Err(done) => return done,
    };
    let order = transaction.order.clone();
    let done = match call.name() {
        "QueryTransaction" => query(tx, &transaction),
        "Capture" | "CaptureV2" => capture(tx, transaction),
        "Credit" | "CreditV2" => credit(tx, transaction, call.int("amount")),
        "ChangeCaptureAmount" => silent(tx, transaction.change_capture_amount(call.int("amount"))),
        "DeleteTransaction" => silent(tx, transaction.delete()),
        "SetEarliestCapture" => silent(tx, transaction.set_earliest_capture(call.date("earliestCapture"))),
        "WithholdForApproval" => silent(tx, transaction.withhold()),
        _ => silent(tx, transaction.approve()),
    };
    done.about(&order)
}

/// A method without result: it goes well, or throws.
fn silent(tx: &mut Tx<'_>, moved: Result<Transaction, Stuck>) -> Done {
    match moved {
        Ok(transaction) => {
            tx.put(transaction);
            Done::answered(Vec::new())
        }
        Err(stuck) => Done::thrown(stuck.to_string()),
    }
}

/// A `TransactionResult`: `AcquirerStatusCode`, `IsSuccess`.
fn result(code: i32, success: bool) -> Vec<Value> {
    vec![Value::Record(vec![Value::Int(code.into()), Value::Bool(success)])]
}

fn refused(code: i32) -> Vec<Value> {
    result(code, false)
}

fn said(verdict: Verdict) -> Done {
    let done = Done::answered(result(verdict.code(), verdict.is_approved()));
    if verdict.is_approved() { done } else { done.because(format!("the acquirer says {}", verdict.code())) }
}

fn capture(tx: &mut Tx<'_>, transaction: Transaction) -> Done {
    let now = local(tx.now);
    let waits = tx.settings.get("freepay.early_capture") == "wait";
    if let Err(why) = transaction.capture_at(now, waits) {
        return stuck(tx, why, refused);
    }
    let verdict = verdict(tx, &transaction.order, Verdict::nets(nets::APPROVED));
    match transaction.capture(now, waits, verdict) {
        Ok(captured) => {
            tx.put(captured);
            said(verdict)
        }
        Err(why) => stuck(tx, why, refused),
    }
}

fn credit(tx: &mut Tx<'_>, transaction: Transaction, amount: i64) -> Done {
    let credited = match transaction.credit(amount, local(tx.now)) {
        Ok(credited) => credited,
        Err(why) => return stuck(tx, why, refused),
    };
    let verdict = verdict(tx, &credited.order, Verdict::nets(nets::APPROVED));
    if verdict.is_approved() {
        tx.put(credited);
    }
    said(verdict)
}

fn query(tx: &Tx<'_>, transaction: &Transaction) -> Done {
    if transaction.deleted && tx.settings.get("freepay.deleted_transactions") == "gone" {
        return Done::thrown(Stuck::Deleted.to_string());
    }
    let captured = transaction.captured.filter(|_| transaction.is_captured(local(tx.now)));
    let [account, merchant] = owner(tx, &transaction.merchant);
    Done::answered(vec![Value::Record(vec![
        number(transaction.id),
        account,
        merchant,
        transaction.authorized.into(),
        transaction.authorized.into(),
        captured.unwrap_or(UNSET).into(),
        Value::Int(transaction.currency.into()),
        transaction.order.as_str().into(),
        transaction.card.kind.as_str().into(),
        transaction.source_ip.as_str().into(),
        transaction.amount.into(),
        captured.is_some().into(),
        transaction.capture_amount.into(),
        Value::Int(transaction.capture_error.into()),
        transaction.earliest.into(),
        transaction.awaiting.into(),
        transaction.card.hash.as_str().into(),
        ACQUIRER.into(),
    ])])
}
