//! ePay's records through the control API.

use serde_json::{Value, json};

use crate::kit::problem::Problem;
use crate::kit::table::Tx;

use super::model::{Merchant, Subscription, Transaction};

pub(super) const KINDS: &[&str] = &["merchants", "transactions", "subscriptions"];

pub(super) fn read(tx: &Tx<'_>, kind: &str) -> Vec<Value> {
    match kind {
        "merchants" => tx.all::<Merchant>().iter().map(|merchant| json!(**merchant)).collect(),
        "transactions" => tx.all::<Transaction>().iter().map(|transaction| json!(**transaction)).collect(),
        _ => tx.all::<Subscription>().iter().map(|subscription| json!(**subscription)).collect(),
    }
}

pub(super) fn seed(_: &mut Tx<'_>, kind: &str, _: &Value) -> Result<Value, Problem> {
    Err(Problem::bad_request("read_only", format!("{kind} cannot be written"), "Open the payment window."))
}
