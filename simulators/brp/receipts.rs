//! The REST API's receipts.

use axum::extract::{Extension, Path};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::kit::table::Tx;
use crate::kit::trail::Trail;
use crate::kit::workspace::Workspace;

use super::auth::{Refusal, authorized, success};
use super::model::{BusinessUnit, Order, Receipt};

/// `GET …/customers/{customer}/receipts`
pub(super) async fn list(
    Extension(workspace): Extension<Workspace>,
    Path((_, customer)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    authorized(&workspace, &headers).await?;
    let customer = known(&customer)?;
    let shown = workspace
        .read(|tx| {
            let receipts = tx.all::<Receipt>().into_iter();
            let mine = receipts.filter(|receipt| receipt.customer == Some(customer));
            mine.map(|receipt| {
                json!({
                    "id": receipt.id,
                    "number": receipt.number,
                    "created": receipt.created,
                    "amount": {"amount": receipt.amount, "currency": receipt.currency},
                })
            })
            .collect::<Vec<_>>()
        })
        .await;
    Ok(success(StatusCode::OK, &json!(shown)))
}

/// `GET …/customers/{customer}/receipts/{receipt}`
pub(super) async fn of_customer(
    Extension(workspace): Extension<Workspace>,
    Extension(trail): Extension<Trail>,
    Path((_, customer, receipt)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    authorized(&workspace, &headers).await?;
    let customer = known(&customer)?;
    answer(&workspace, &trail, &headers, &receipt, Some(customer)).await
}

/// `GET …/receipts/{receipt}`: the older way, which needs no customer.
pub(super) async fn read(
    Extension(workspace): Extension<Workspace>,
    Extension(trail): Extension<Trail>,
    Path((_, receipt)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    answer(&workspace, &trail, &headers, &receipt, None).await
}

fn known(customer: &str) -> Result<u64, Refusal> {
    customer.parse().map_err(|_| Refusal::Business("ID_NOT_FOUND"))
}

async fn answer(
    workspace: &Workspace,
    trail: &Trail,
    headers: &HeaderMap,
    id: &str,
    customer: Option<u64>,
) -> Result<Response, Refusal> {
    authorized(workspace, headers).await?;
    let found = workspace
        .read(|tx| {
            let receipt = id.parse::<u64>().ok().and_then(|id| tx.get::<Receipt>(id));
            let mine = receipt.filter(|receipt| customer.is_none() || receipt.customer == customer);
            mine.map(|receipt| (receipt.order, show(tx, &receipt)))
        })
        .await;
    let (order, shown) = found.ok_or(Refusal::Business("ID_NOT_FOUND"))?;
    trail.order(order.to_string());
    Ok(success(StatusCode::OK, &shown))
}

/// The receipt as API3 prints it.
fn show(tx: &Tx<'_>, receipt: &Receipt) -> Value {
    let money = |minor: i64| json!({"amount": minor, "currency": receipt.currency});
    let order = tx.get::<Order>(receipt.order);
    let unit = receipt.business_unit.and_then(|id| tx.get::<BusinessUnit>(id));
    let items = receipt.rows.iter().map(|row| {
        json!({
            "id": row.id,
            "product": {"id": row.product, "name": row.name},
            "description": row.name,
            "quantity": row.quantity.to_string(),
            "price": money(row.price.saturating_mul(row.quantity)),
        })
    });
    let by_method = receipt.amount - receipt.by_value_card;
    let parts = [(by_method, receipt.method.as_str(), false), (receipt.by_value_card, "Värdekort", true)];
    let paid = parts.into_iter().filter(|(amount, ..)| *amount != 0);
    let payments: Vec<_> = (1..)
        .zip(paid)
        .map(|(id, (amount, method, card))| json!({"id": id, "amount": money(amount), "paymentMethod": method, "valueCard": card}))
        .collect();
    json!({
        "id": receipt.id,
        "number": receipt.number,
        "customer": receipt.customer.map(|id| json!({ "id": id })),
        "created": receipt.created,
        "orders": order.map(|order| json!({
            "id": order.id,
            "number": order.number,
            "externalId": order.external_id,
            "lastModified": order.last_modified,
        })).into_iter().collect::<Vec<_>>(),
        "paymentMethod": receipt.method,
        "sellerDetails": unit.map(|unit| json!({"company": unit.company, "businessUnit": unit.name})),
        "items": items.collect::<Vec<_>>(),
        "payments": payments,
        "amount": money(receipt.amount),
    })
}
