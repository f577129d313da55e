//! Another card for a subscription: its customer signs up anew by an order beside it. When the provider says that the
//! new card is there, the subscription has it, and what was there before is ended at the provider.

use axum::response::Response;
use http::HeaderMap;

use super::checkout;
use super::counter::{Counter, Deed};
use super::deeds::at_provider;
use super::desk::{Desk, Trouble};
use super::order::{Order, Payment, Status};

/// Sends a subscription's customer to the provider once more.
pub(super) async fn begin(
    desk: &Desk,
    counter: &'static dyn Counter,
    subscription: &Order,
    headers: &HeaderMap,
) -> Response {
    let number = desk.number();
    let beside = Order {
        id: number.clone(),
        number,
        renews: Some(subscription.id.clone()),
        reference: String::new(),
        quoted: 0,
        status: Status::Pending,
        credited: 0,
        payment: Payment::default(),
        reason: None,
        attempts: 0,
        charges: Vec::new(),
        busy: false,
        closed: false,
        ..subscription.clone()
    };
    checkout::send(desk, counter, beside, headers).await
}

/// Puts a card in the place of the one before, if the order is there for that. Whichever is not needed any more is
/// ended: the one before, or the new one where the subscription was ended meanwhile.
pub(super) async fn replace(
    desk: &Desk,
    counter: &'static dyn Counter,
    order: &Order,
    payment: &Payment,
) -> Result<(), Trouble> {
    let Some(id) = &order.renews else { return Ok(()) };
    let Some(subscription) = desk.orders.get(id) else { return Ok(()) };
    if desk.makes("renewals-are-ignored") {
        return Ok(());
    }
    let is_active = subscription.status == Status::Active;
    let over = if is_active { subscription } else { Order { payment: payment.clone(), ..order.clone() } };
    let ends =
        counter.about().variant(Some(order.variant)).is_some_and(|way| way.deeds.contains(&Deed::Delete));
    if ends && !desk.makes("old-subscription-left") {
        at_provider(desk, counter, &over, Deed::Delete, 0).await?;
    }
    if is_active {
        desk.orders.change(id, |subscription| subscription.payment = payment.clone());
    }
    Ok(())
}

/// Ends a subscription whose customer has given no other card, as only a mistaken shop does.
pub(super) fn give_up(desk: &Desk, order: &Order) {
    if let Some(id) = &order.renews {
        desk.orders.change(id, |subscription| subscription.end(Status::Cancelled, None));
    }
}

/// What the customer is shown who was there with an order: the subscription, where it is another card for one.
pub(super) fn renewed(desk: &Desk, order: Order) -> Order {
    order.renews.as_deref().and_then(|id| desk.orders.get(id)).unwrap_or(order)
}
