//! The REST API's invoices. Its document reads them with POST, which no other reading does; both ways
//! are taken here.

use axum::Router;
use axum::extract::{Extension, Path, RawQuery};
use axum::routing::get;
use http::StatusCode;
use serde_json::{Value, json};

use crate::brp::model::{Debit, Invoice, InvoiceState, Subject, Subscription};
use crate::kit::table::Tx;
use crate::kit::trail::Trail;

use super::answer::{Answer, Refusal, success};
use super::auth::Authorized;
use super::customers;
use super::fields::{Query, known};
use super::shapes::{company_of, customer, money, order, organisation, time, unit, vat_sums};

pub(super) fn routes() -> Router {
    Router::new()
        .route("/{root}/api/ver3/customers/{customer}/invoices", get(list).post(list))
        .route("/{root}/api/ver3/customers/{customer}/invoices/{invoice}", get(read).post(read))
}

/// `GET` or `POST …/customers/{customer}/invoices`
async fn list(
    Authorized(workspace): Authorized,
    Path((_, customer)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = Query::new(query);
    let period = query.period()?;
    let without_paid = query.flag("excludePaid")?;
    // No invoice is ever exported here, so this leaves none out.
    query.flag("excludeExported")?;
    let shown = workspace
        .read(|tx| {
            let person = customers::find(tx, &customer)?;
            let invoices = tx.all::<Invoice>();
            let mine = invoices.iter().filter(|invoice| {
                let paid = invoice.state == InvoiceState::StateDone;
                !invoice.deleted
                    && invoice.customer == Some(person.id)
                    && period.holds(invoice.created)
                    && !(paid && without_paid)
            });
            Ok::<_, Refusal>(mine.map(|invoice| show(tx, invoice)).collect::<Value>())
        })
        .await?;
    Ok(success(StatusCode::OK, &shown))
}

/// `GET` or `POST …/customers/{customer}/invoices/{invoice}`
async fn read(
    Authorized(workspace): Authorized,
    Extension(trail): Extension<Trail>,
    Path((_, customer, invoice)): Path<(String, String, String)>,
) -> Answer {
    let id = known(&invoice)?;
    let shown = workspace
        .read(|tx| {
            let person = customers::find(tx, &customer)?;
            let invoice = tx.get::<Invoice>(id);
            let mine = invoice.filter(|invoice| !invoice.deleted && invoice.customer == Some(person.id));
            mine.map(|invoice| show(tx, &invoice)).ok_or(Refusal::Business("ID_NOT_FOUND"))
        })
        .await?;
    trail.order(Subject::Invoice(id).key());
    Ok(success(StatusCode::OK, &shown))
}

/// The invoice as API3 prints it; `null` for what is not kept here.
fn show(tx: &Tx<'_>, invoice: &Invoice) -> Value {
    let money = |minor: i64| money(minor, &invoice.currency);
    json!({
        "id": invoice.id,
        "number": invoice.number,
        "type": kind(tx, invoice),
        "company": company_of(tx, invoice.business_unit),
        "businessUnit": unit(tx, invoice.business_unit),
        "prefix": null,
        "ocr": null,
        "order": order(tx, invoice.order),
        "customer": customer(tx, invoice.customer),
        "organization": organisation(tx, invoice.organisation),
        "reference": customer(tx, invoice.reference),
        "message": null,
        "created": time(invoice.created),
        "dueDate": invoice.due_date,
        "totalAmount": money(invoice.total),
        "rest": money(invoice.rest),
        "reminderFeeAmount": money(invoice.reminder_fee),
        "state": invoice.state_at(tx.now),
        "vat": vat_sums(invoice.total, &invoice.currency),
        "numberOfDebitAttempts": 0,
    })
}

/// API3's word for how an invoice is paid. Which subscription gives which is assumed.
fn kind(tx: &Tx<'_>, invoice: &Invoice) -> &'static str {
    let subscription = invoice.subscription.and_then(|id| tx.get::<Subscription>(id));
    match subscription.map(|subscription| subscription.debit) {
        Some(Debit::Autogiro) => "DIRECT_DEBIT",
        Some(Debit::Rcp) => "RCP",
        Some(Debit::Invoice) | None => "REGULAR",
    }
}
