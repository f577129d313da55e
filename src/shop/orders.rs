//! The order store: in memory, and every change whole.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

use super::order::Order;

/// Every order of the shop.
#[derive(Debug, Default)]
pub(super) struct Orders(Mutex<Shelf>);

#[derive(Debug, Default)]
struct Shelf {
    /// By the shop's own id.
    orders: BTreeMap<String, Order>,
    /// The ids in the order in which they came.
    ids: Vec<String>,
    /// Who wants to do something with an order that takes a while waits here for the turn.
    turns: BTreeMap<String, Arc<Turn<()>>>,
    /// How many numbers were drawn.
    drawn: u64,
}

impl Orders {
    fn with<T>(&self, work: impl FnOnce(&mut Shelf) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until nobody else is at this order: what is judged then is still true when it is taken up.
    pub(super) async fn turn(&self, id: &str) -> OwnedMutexGuard<()> {
        let turn = self.with(|shelf| Arc::clone(shelf.turns.entry(id.to_owned()).or_default()));
        turn.lock_owned().await
    }

    /// A number that was never drawn before.
    pub(super) fn draw(&self) -> u64 {
        self.with(|shelf| {
            shelf.drawn += 1;
            shelf.drawn
        })
    }

    /// The order with this id.
    pub(super) fn get(&self, id: &str) -> Option<Order> {
        self.with(|shelf| shelf.orders.get(id).cloned())
    }

    /// The newest order of a provider that fits.
    pub(super) fn find(&self, provider: &str, fits: impl Fn(&Order) -> bool) -> Option<Order> {
        self.with(|shelf| {
            let newest = shelf.ids.iter().rev().filter_map(|id| shelf.orders.get(id));
            newest.into_iter().find(|order| order.provider == provider && fits(order)).cloned()
        })
    }

    /// Keeps an order: a new one, or the known one as it is now.
    pub(super) fn keep(&self, order: Order) {
        self.with(|shelf| {
            if !shelf.orders.contains_key(&order.id) {
                shelf.ids.push(order.id.clone());
            }
            shelf.orders.insert(order.id.clone(), order);
        });
    }

    /// Changes an order, alone with it; `None` where there is none.
    pub(super) fn change<T>(&self, id: &str, change: impl FnOnce(&mut Order) -> T) -> Option<T> {
        self.with(|shelf| shelf.orders.get_mut(id).map(change))
    }

    /// The transactions by which other orders of a provider were paid, or signed up.
    pub(super) fn used(&self, order: &Order) -> Vec<String> {
        self.with(|shelf| {
            let others = shelf.orders.values().filter(|other| other.id != order.id);
            let settled = others.filter(|other| other.provider == order.provider && other.is_settled());
            let ids = settled.flat_map(|other| {
                [Some(other.payment.transaction.clone()), other.payment.subscription.clone()]
            });
            ids.flatten().filter(|id| !id.is_empty()).collect()
        })
    }

    /// The newest orders first; another card for one is none.
    pub(super) fn newest(&self, count: usize) -> Vec<Order> {
        self.with(|shelf| {
            let newest = shelf.ids.iter().rev().filter_map(|id| shelf.orders.get(id));
            newest.filter(|order| order.renews.is_none()).take(count).cloned().collect()
        })
    }
}
