//! Invoices that BRP makes itself.

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::brp::around::Around;
use crate::brp::model::{Invoice, InvoiceState, Order, Subscription, day};
use crate::kit::table::Tx;

use super::{delivery, letters};

/// How long a customer has to pay an invoice. Assumed.
const DAYS_TO_PAY: i64 = 30;

/// Makes the invoice for an order, over what value cards do not pay; the order counts as debited from
/// then on. With a way of distribution it is queued for it; without, it is in status 1, "Ej Skickad".
pub(super) fn invoice_order(tx: &mut Tx<'_>, order: &Order, around: &Around, way: Option<&str>) -> u64 {
    let id = tx.draw::<Invoice>(&format!("order {}", order.id));
    let price = order.price();
    let left = around.left_of(price);
    let invoice = Invoice {
        business_unit: order.business_unit,
        customer: order.customer,
        order: Some(order.id),
        total: left,
        rest: left,
        currency: order.currency.clone(),
        state: if way.is_some() { InvoiceState::StatePendingSend } else { InvoiceState::StateNotSent },
        distribution: way.map(ToOwned::to_owned),
        ..blank(tx, id)
    };
    delivery::debit(tx, order, around, price - left);
    letters::invoice(tx, &invoice, around);
    tx.put(invoice);
    id
}

/// Makes the invoice for a subscription's next period: a month from the last debited day.
pub(super) fn debit(
    tx: &mut Tx<'_>,
    subscription: &Subscription,
    reference: Option<u64>,
    due: Option<Date>,
    sent: bool,
) -> u64 {
    let id = tx.draw::<Invoice>(&format!("subscription {}", subscription.id));
    let blank = blank(tx, id);
    let invoice = Invoice {
        business_unit: subscription.business_unit,
        customer: Some(subscription.person),
        organisation: subscription.organisation,
        reference,
        subscription: Some(subscription.id),
        total: subscription.price,
        rest: subscription.price,
        state: if sent { InvoiceState::StateSent } else { InvoiceState::StateNotSent },
        due_date: due.unwrap_or(blank.due_date),
        ..blank
    };
    tx.put(invoice);
    let last = subscription.debited_until;
    let next = last.saturating_add(1.month());
    // From the end of a month to the end of the next, however long that is.
    let debited_until = if last == last.last_of_month() { next.last_of_month() } else { next };
    tx.put(Subscription { debited_until, ..subscription.clone() });
    id
}

fn blank(tx: &Tx<'_>, id: u64) -> Invoice {
    Invoice {
        id,
        number: id,
        business_unit: None,
        customer: None,
        organisation: None,
        reference: None,
        order: None,
        subscription: None,
        total: 0,
        rest: 0,
        reminder_fee: 0,
        currency: "SEK".to_owned(),
        state: InvoiceState::StateNotSent,
        distribution: None,
        created: tx.now,
        due_date: day(tx.now).saturating_add(DAYS_TO_PAY.days()),
        deleted: false,
    }
}
