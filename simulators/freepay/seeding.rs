//! Freepay's records through the control API.

use serde_json::{Value, json};

use crate::kit::problem::Problem;
use crate::kit::table::Tx;

use super::model::Merchant;

pub(super) const KINDS: &[&str] = &["merchants"];

pub(super) fn read(tx: &Tx<'_>, kind: &str) -> Vec<Value> {
    let known = if kind == "merchants" { tx.all::<Merchant>() } else { Vec::new() };
    known.iter().map(|merchant| json!(**merchant)).collect()
}

pub(super) fn seed(_: &mut Tx<'_>, kind: &str, _: &Value) -> Result<Value, Problem> {
    Err(Problem::bad_request("read_only", format!("{kind} cannot be written"), "Open the payment page."))
}
