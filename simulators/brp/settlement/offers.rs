//! The ways to pay that a payment provider's page offers.

use std::sync::Arc;

use crate::brp::around::{AT_PROVIDERS, Around, Choice};
use crate::brp::model::{Attempt, Method, Order, Subject};
use crate::brp::obstacles::{self, Wishes};
use crate::kit::table::Tx;

use super::endpoint_of;

/// The methods that a payer may choose at the provider, the usual one first.
pub(in crate::brp) fn offers(tx: &Tx<'_>, attempt: &Attempt) -> Vec<Arc<Method>> {
    attempt.offered.iter().filter_map(|id| tx.get::<Method>(*id)).collect()
}

/// What an attempt offers when it begins: the method that the link names, or all that fit, the
/// facility's own provider's first.
pub(super) fn at_first(tx: &Tx<'_>, attempt: &Attempt) -> Vec<u64> {
    if let Some(method) = attempt.method {
        return vec![method];
    }
    let endpoint = endpoint_of(attempt);
    let own = Around::attempt(tx, attempt).and_then(|around| around.unit).map(|unit| unit.psp);
    let fits = |method: &Arc<Method>| {
        let choice = Choice::Method(method.id);
        let wishes = Wishes { alias_fits: true, ..Wishes::default() };
        let kind = method.kind.as_str();
        method.internet
            && match attempt.subject {
                Subject::Order(id) => tx.get::<Order>(id).is_some_and(|order| {
                    let around = Around::order(tx, &order, choice);
                    obstacles::of_order(endpoint, &order, &around, &wishes, tx.settings).is_none()
                }),
                // Nobody pays an invoice with another.
                Subject::Invoice(_) => AT_PROVIDERS.contains(&kind) && !["INVOICE", "KLARNA"].contains(&kind),
                _ => method.is_card(),
            }
    };
    let mut offers: Vec<_> = tx.all::<Method>().into_iter().filter(fits).collect();
    offers.sort_by_key(|method| (Some(method.psp) != own, !method.is_card(), method.id));
    offers.iter().map(|method| method.id).collect()
}
