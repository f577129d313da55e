//! The REST API's receipts.

use axum::Router;
use axum::extract::{Extension, Path, RawQuery};
use axum::routing::get;
use http::StatusCode;
use jiff::ToSpan as _;
use serde_json::{Value, json};

use crate::brp::model::{BusinessUnit, Receipt, Row, Subject, day};
use crate::kit::table::Tx;
use crate::kit::trail::Trail;
use crate::kit::workspace::Workspace;

use super::answer::{Answer, Refusal, success};
use super::auth::Authorized;
use super::customers;
use super::fields::{Query, known};
use super::shapes::{company, customer, money, order, time, unit, vat_sums};

/// How far back the list goes where the request does not say.
const DAYS_BACK: i64 = 365;

pub(super) fn routes() -> Router {
    Router::new()
        .route("/{root}/api/ver3/customers/{customer}/receipts", get(list))
        .route("/{root}/api/ver3/customers/{customer}/receipts/{receipt}", get(of_customer))
        .route("/{root}/api/ver3/receipts/{receipt}", get(read))
        .route("/{root}/ver3/receipts/{receipt}", get(read))
}

/// `GET …/customers/{customer}/receipts`
async fn list(
    Authorized(workspace): Authorized,
    Path((_, customer)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let mut period = Query::new(query).period()?;
    if period.start.is_none() && period.end.is_none() {
        let today = day(workspace.clock().now());
        period.start = Some(today.saturating_sub(DAYS_BACK.days()));
    }
    let shown = workspace
        .read(|tx| {
            let person = customers::find(tx, &customer)?;
            let receipts = tx.all::<Receipt>().into_iter();
            let mine = receipts
                .filter(|receipt| receipt.customer == Some(person.id) && period.holds(receipt.created));
            let shown = mine.map(|receipt| {
                json!({
                    "id": receipt.id,
                    "number": receipt.number,
                    "created": time(receipt.created),
                    "amount": money(receipt.amount, &receipt.currency),
                })
            });
            Ok::<_, Refusal>(shown.collect::<Value>())
        })
        .await?;
    Ok(success(StatusCode::OK, &shown))
}

/// `GET …/customers/{customer}/receipts/{receipt}`
async fn of_customer(
    Authorized(workspace): Authorized,
    Extension(trail): Extension<Trail>,
    Path((_, customer, receipt)): Path<(String, String, String)>,
) -> Answer {
    let customer = known(&customer)?;
    answer(&workspace, &trail, &receipt, Some(customer)).await
}

/// `GET …/receipts/{receipt}`: the older way, which needs no customer.
async fn read(
    Authorized(workspace): Authorized,
    Extension(trail): Extension<Trail>,
    Path((_, receipt)): Path<(String, String)>,
) -> Answer {
    answer(&workspace, &trail, &receipt, None).await
}

async fn answer(workspace: &Workspace, trail: &Trail, id: &str, customer: Option<u64>) -> Answer {
    let id = known(id)?;
    let found = workspace
        .read(|tx| {
            let receipt = tx.get::<Receipt>(id);
            let mine = receipt.filter(|receipt| customer.is_none() || receipt.customer == customer);
            mine.map(|receipt| (subject(&receipt), show(tx, &receipt)))
        })
        .await;
    let (subject, shown) = found.ok_or(Refusal::Business("ID_NOT_FOUND"))?;
    if let Some(subject) = subject {
        trail.order(subject.key());
    }
    Ok(success(StatusCode::OK, &shown))
}

/// What the receipt is for; not every one is for something that has an id.
fn subject(receipt: &Receipt) -> Option<Subject> {
    receipt.order.map(Subject::Order).or(receipt.invoice.map(Subject::Invoice))
}

/// The receipt as API3 prints it. That of a seller's details only the names are there, and that no
/// consent is needed afterwards, is assumed.
fn show(tx: &Tx<'_>, receipt: &Receipt) -> Value {
    let money = |minor: i64| money(minor, &receipt.currency);
    let order = order(tx, receipt.order);
    let seller = receipt.business_unit.and_then(|id| tx.get::<BusinessUnit>(id));
    let items = receipt.rows.iter().map(|row| item(receipt, row));
    // Which value cards paid is not kept.
    let card = json!({"id": null, "number": null});
    let by_method = receipt.amount.saturating_sub(receipt.by_value_card);
    let parts =
        [(by_method, receipt.method.as_str(), Value::Null), (receipt.by_value_card, "Värdekort", card)];
    let paid = parts.into_iter().filter(|(amount, ..)| *amount != 0);
    let payments: Vec<_> = (1..)
        .zip(paid)
        .map(|(id, (amount, method, card))| {
            json!({"id": id, "amount": money(amount), "paymentMethod": method, "valueCard": card})
        })
        .collect();
    json!({
        "id": receipt.id,
        "number": receipt.number,
        "customer": customer(tx, receipt.customer),
        "created": time(receipt.created),
        "orders": if order.is_null() { json!([]) } else { json!([order]) },
        "paymentMethod": receipt.method,
        "debitConsents": {"required": []},
        "sellerDetails": seller.map(|seller| json!({
            "company": company(&seller),
            "businessUnit": unit(tx, Some(seller.id)),
            "organizationNumber": null,
            "vatNumber": null,
            "address": null,
            "phoneNumber": null,
            "email": null,
            "url": null,
        })),
        "items": items.collect::<Vec<_>>(),
        "payments": payments,
        "amount": money(receipt.amount),
        "vatSums": vat_sums(receipt.amount, &receipt.currency),
        "qrData": null,
    })
}

fn item(receipt: &Receipt, row: &Row) -> Value {
    json!({
        "id": row.id,
        "product": {"id": row.product, "name": row.name},
        "description": row.name,
        "quantity": row.quantity.to_string(),
        "price": money(row.price.saturating_mul(row.quantity), &receipt.currency),
        "coupon": null,
        "createdTime": time(receipt.created),
    })
}
