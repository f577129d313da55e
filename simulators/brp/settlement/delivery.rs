//! What a debited order takes and gives: reserved value cards are spent, bought ones are made, and
//! subscriptions begin. That they do so at this moment is assumed.

use crate::brp::around::Around;
use crate::brp::model::{Debit, Order, Product, Subscription, ValueCard, day};
use crate::kit::table::Tx;

use super::cards_of;

/// Marks an order as debited, with all that follows. `by_value_card` is what its cards pay, in öre.
pub(super) fn debit(tx: &mut Tx<'_>, order: &Order, around: &Around, by_value_card: i64) {
    tx.put(order.clone().debited(tx.now));
    spend(tx, order, by_value_card);
    for row in &order.rows {
        let product = tx.get::<Product>(row.product);
        let kind = product.as_ref().map_or(&row.kind, |product| &product.kind);
        match (kind.as_str(), &around.person) {
            ("VALUE_CARD", _) => {
                // API3 takes no more of one row.
                let key = format!("order {} row {}", order.id, row.id);
                let mut next = 0;
                for _ in 0..row.quantity.clamp(0, 10_000) {
                    let number = card_number(tx, &key, &mut next);
                    tx.put(ValueCard { number, balance: row.price.max(0) });
                }
            }
            ("SUBSCRIPTION", Some(person)) => {
                let needs = |has: fn(&Product) -> bool| product.as_deref().is_some_and(has);
                let debit = match (needs(|product| product.direct_debit), needs(|product| product.recurring))
                {
                    (true, _) => Debit::Autogiro,
                    (false, true) => Debit::Rcp,
                    (false, false) => Debit::Invoice,
                };
                let subscription = Subscription {
                    id: tx.draw::<Subscription>(&format!("order {}", order.id)),
                    name: row.name.clone(),
                    person: person.id,
                    organisation: None,
                    business_unit: order.business_unit,
                    price: row.price,
                    debit,
                    active: true,
                    debited_until: day(tx.now).last_of_month(),
                };
                tx.put(subscription);
            }
            _ => {}
        }
    }
}

fn spend(tx: &mut Tx<'_>, order: &Order, by_value_card: i64) {
    let mut rest = by_value_card;
    for mut card in cards_of(tx, order) {
        let used = card.balance.clamp(0, rest);
        rest -= used;
        card.balance -= used;
        tx.put(card);
    }
}

/// Twelve digits that no card has yet; `next` counts on, so that many cards are not tried from the
/// beginning each.
fn card_number(tx: &Tx<'_>, key: &str, next: &mut u64) -> String {
    loop {
        let number = format!("{:012}", tx.seed.number("brp.valuecards", key, *next, 1_000_000_000_000));
        *next += 1;
        if tx.get::<ValueCard>(number.as_str()).is_none() {
            return number;
        }
    }
}
