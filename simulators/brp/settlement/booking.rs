//! What is booked when a payment succeeds: receipts, debited orders, paid invoices, mandates, debts.

use crate::brp::around::Around;
use crate::brp::model::{
    Attempt, Card, Invoice, InvoiceState, Mandate, Order, Organisation, Person, Receipt, Subject, day,
};
use crate::kit::table::Tx;

use super::{Call, Made, delivery, letters};

/// The payment method of a receipt that value cards paid alone.
const BY_VALUE_CARD: &str = "Värdekort";

/// Makes an order's receipt and marks it as debited. An order with a recurring product leaves a card
/// mandate behind.
pub(super) fn order(tx: &mut Tx<'_>, attempt: &Attempt, order: &Order, around: &Around) -> Made {
    let by_value_card = attempt.price - attempt.amount;
    let method = around.method.as_ref().map_or("Kortköp", |method| &method.name);
    let method = if attempt.amount == 0 && by_value_card > 0 { BY_VALUE_CARD } else { method };
    let receipt = receipt_of_order(tx, order, attempt.price, by_value_card, method);
    delivery::debit(tx, order, around, by_value_card);
    if around.recurring {
        keep_mandate(tx, attempt, around);
    }
    letters::receipt(tx, &receipt, around, &attempt.receiptemails, &attempt.base);
    let id = receipt.id;
    tx.put(receipt);
    Made::Receipt(id)
}

/// Puts an order on a customer account: the account owes what value cards do not pay, and the order is
/// debited.
pub(super) fn charge_account(
    tx: &mut Tx<'_>,
    call: &Call,
    order: &Order,
    around: &Around,
    organisation: bool,
) -> u64 {
    let price = order.price();
    let left = around.left_of(price);
    if organisation {
        if let Some(account) = &around.organisation {
            let debt = account.account_debt.saturating_add(left);
            tx.put(Organisation { account_debt: debt, ..Organisation::clone(account) });
        }
    } else if let Some(account) = &around.person {
        let debt = account.account_debt.saturating_add(left);
        tx.put(Person { account_debt: debt, ..Person::clone(account) });
    }
    let method = around.method.as_ref().map_or("Kundkonto", |method| &method.name);
    let method = if left == 0 && price > 0 { BY_VALUE_CARD } else { method };
    let receipt = receipt_of_order(tx, order, price, price - left, method);
    delivery::debit(tx, order, around, price - left);
    letters::receipt(tx, &receipt, around, &[], &call.base);
    let id = receipt.id;
    tx.put(receipt);
    id
}

/// Confirms an order without payment: no receipt, a mail to the orderer.
pub(super) fn confirm(tx: &mut Tx<'_>, order: &Order, around: &Around) {
    tx.put(Order { confirmed: true, last_modified: tx.now, ..order.clone() });
    letters::confirmation(tx, order, around);
}

/// Marks an invoice as paid and makes its receipt.
pub(super) fn invoice(tx: &mut Tx<'_>, attempt: &Attempt, invoice: &Invoice, around: &Around) -> Made {
    tx.put(Invoice { rest: 0, state: InvoiceState::StateDone, ..invoice.clone() });
    let receipt = Receipt {
        order: invoice.order,
        invoice: Some(invoice.id),
        business_unit: invoice.business_unit,
        customer: invoice.customer,
        ..receipt_of_attempt(tx, attempt, around)
    };
    letters::receipt(tx, &receipt, around, &[], &attempt.base);
    let id = receipt.id;
    tx.put(receipt);
    Made::Receipt(id)
}

/// Takes a payment off what a customer account owes.
pub(super) fn account(tx: &mut Tx<'_>, attempt: &Attempt, around: &Around) -> Made {
    if let Some(person) = &around.person {
        let debt = person.account_debt.saturating_sub(attempt.price);
        tx.put(Person { account_debt: debt, ..Person::clone(person) });
    }
    let receipt = Receipt {
        business_unit: around.unit.as_ref().map(|unit| unit.id),
        customer: around.person.as_ref().map(|person| person.id),
        ..receipt_of_attempt(tx, attempt, around)
    };
    letters::receipt(tx, &receipt, around, &[], &attempt.base);
    let id = receipt.id;
    tx.put(receipt);
    Made::Receipt(id)
}

/// Makes or updates the card mandate that the payer came for.
pub(super) fn mandate(tx: &mut Tx<'_>, attempt: &Attempt, around: &Around) -> Made {
    keep_mandate(tx, attempt, around);
    Made::Nothing
}

/// One mandate for each customer and company: a new card takes the old one's place.
fn keep_mandate(tx: &mut Tx<'_>, attempt: &Attempt, around: &Around) {
    let (Some(person), Some(unit)) = (&around.person, &around.unit) else { return };
    let mandates = tx.all::<Mandate>();
    let known = mandates
        .iter()
        .find(|mandate| mandate.person == person.id && mandate.company_id == unit.company_id)
        .map(|mandate| mandate.id);
    let key = format!("person {} company {}", person.id, unit.company_id);
    tx.put(Mandate {
        id: known.unwrap_or_else(|| tx.draw::<Mandate>(&key)),
        person: person.id,
        company_id: unit.company_id,
        business_unit: unit.id,
        card: attempt.card.clone().unwrap_or_else(|| usual_card(tx)),
        updated: tx.now,
    });
}

/// The card of a payer who typed none: the published test card, good for three years.
fn usual_card(tx: &Tx<'_>) -> Card {
    let today = day(tx.now);
    let expires = today.saturating_add(jiff::Span::new().years(3)).last_of_month();
    Card { number: "411111.......111".to_owned(), network: "VISA".to_owned(), expires }
}

fn receipt_of_order(tx: &Tx<'_>, order: &Order, amount: i64, by_value_card: i64, method: &str) -> Receipt {
    let id = tx.draw::<Receipt>(&format!("order {}", order.id));
    Receipt {
        id,
        number: id,
        order: Some(order.id),
        invoice: None,
        business_unit: order.business_unit,
        customer: order.customer,
        created: tx.now,
        amount,
        by_value_card,
        currency: order.currency.clone(),
        method: method.to_owned(),
        rows: order.rows.clone(),
    }
}

fn receipt_of_attempt(tx: &Tx<'_>, attempt: &Attempt, around: &Around) -> Receipt {
    let key = match attempt.subject {
        Subject::Order(id) => format!("order {id}"),
        other => other.key(),
    };
    let id = tx.draw::<Receipt>(&key);
    Receipt {
        id,
        number: id,
        order: None,
        invoice: None,
        business_unit: None,
        customer: None,
        created: tx.now,
        amount: attempt.price,
        by_value_card: 0,
        currency: attempt.currency.clone(),
        method: around.method.as_ref().map_or("Kortköp", |method| &method.name).to_owned(),
        rows: Vec::new(),
    }
}
