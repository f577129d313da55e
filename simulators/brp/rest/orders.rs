//! The REST API's orders: make one, read it, change it, delete it.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Extension, Path, RawQuery};
use axum::routing::{get, post};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::brp::model::{BusinessUnit, Order, Person};
use crate::brp::settlement::{by_value_card, cards_of};
use crate::kit::table::Tx;
use crate::kit::trail::Trail;
use crate::kit::workspace::Workspace;

use super::answer::{Answer, Refusal, success};
use super::auth::{Authorized, authorized};
use super::fields::{Query, id, number, object, text};
use super::items;
use super::shapes::{customer, money, time, unit, vat_sums};

/// What an order can be. The names are assumed: a Danish installation says "Oprettet" and "Betalet".
const STATUSES: [(u64, &str); 3] = [(1, "Skapad"), (2, "Betald"), (3, "Bekräftad")];

pub(super) fn routes() -> Router {
    Router::new()
        .route("/{root}/api/ver3/orders", post(create).get(list))
        .route("/{root}/api/ver3/orders/{order}", get(read).put(change).delete(delete))
        .route("/{root}/api/ver3/orderstatuses", get(statuses))
}

/// `POST …/orders`: an order without rows.
async fn create(
    Extension(workspace): Extension<Workspace>,
    Extension(trail): Extension<Trail>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let body = object(&body)?;
    let unit = id(&body, "businessUnit")?;
    let customer = number(&body, "customer")?;
    if customer.is_some() {
        // An order with a customer is the customer's business, or an integrator's.
        authorized(&workspace, &headers).await?;
    }
    let external_id = text(&body, "externalId")?;
    let shown = workspace
        .transact(|tx| {
            if tx.get::<BusinessUnit>(unit).is_none() {
                return Err(Refusal::field("businessUnit", "ID_NOT_FOUND"));
            }
            if customer.is_some_and(|id| tx.get::<Person>(id).is_none()) {
                return Err(Refusal::field("customer", "ID_NOT_FOUND"));
            }
            // The same request again is another order; its id depends on the requests alone.
            let id = tx.draw::<Order>(&format!("created {body}"));
            let order = Order {
                id,
                number: id,
                business_unit: Some(unit),
                customer,
                rows: Vec::new(),
                value_cards: Vec::new(),
                currency: "SEK".to_owned(),
                external_id: external_id.map(ToOwned::to_owned),
                created: tx.now,
                last_modified: tx.now,
                invalidate_time: None,
                debited: false,
                confirmed: false,
                deleted: false,
            };
            tx.put(order.clone());
            Ok(show(tx, &order))
        })
        .await?;
    trail.order(shown["id"].to_string());
    Ok(success(StatusCode::CREATED, &shown))
}

/// `GET …/orders?customer=` or `?orderNumber=`
async fn list(Authorized(workspace): Authorized, RawQuery(query): RawQuery) -> Answer {
    let query = Query::new(query);
    let (customer, order_number) = (query.number("customer")?, query.number("orderNumber")?);
    if customer.is_none() && order_number.is_none() {
        return Err(Refusal::field("customer", "FIELD_MANDATORY"));
    }
    let shown = workspace
        .read(|tx| {
            let orders = tx.all::<Order>().into_iter().filter(|order| {
                !order.deleted
                    && customer.is_none_or(|id| order.customer == Some(id))
                    && order_number.is_none_or(|number| order.number == number)
            });
            orders.map(|order| show(tx, &order)).collect::<Vec<_>>()
        })
        .await;
    Ok(success(StatusCode::OK, &json!(shown)))
}

/// `GET …/orders/{order}`
async fn read(
    Extension(workspace): Extension<Workspace>,
    Extension(trail): Extension<Trail>,
    Path((_, order)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    guard(&workspace, &trail, &headers, &order).await?;
    let shown = workspace.read(|tx| find(tx, &order).map(|order| show(tx, &order))).await?;
    Ok(success(StatusCode::OK, &shown))
}

/// `PUT …/orders/{order}`: the fields that we keep can be changed.
async fn change(
    Extension(workspace): Extension<Workspace>,
    Extension(trail): Extension<Trail>,
    Path((_, order)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    guard(&workspace, &trail, &headers, &order).await?;
    let body = object(&body)?;
    let customer = number(&body, "customer")?;
    if customer.is_some() {
        authorized(&workspace, &headers).await?;
    }
    let external_id = text(&body, "externalId")?;
    let shown = workspace
        .transact(|tx| {
            let mut order = editable(tx, &order)?;
            if let Some(id) = customer {
                if tx.get::<Person>(id).is_none() {
                    return Err(Refusal::field("customer", "ID_NOT_FOUND"));
                }
                order.customer = Some(id);
            }
            if let Some(external_id) = external_id {
                order.external_id = Some(external_id.to_owned());
            }
            Ok(keep(tx, order))
        })
        .await?;
    Ok(success(StatusCode::OK, &shown))
}

/// `DELETE …/orders/{order}`
async fn delete(
    Extension(workspace): Extension<Workspace>,
    Extension(trail): Extension<Trail>,
    Path((_, order)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    guard(&workspace, &trail, &headers, &order).await?;
    let shown = workspace
        .transact(|tx| {
            let mut order = editable(tx, &order).map_err(|refusal| match refusal {
                Refusal::Business("ORDER_FULLY_DEBITED" | "ORDER_NOT_PRELIMINARY") => {
                    Refusal::Business("ORDER_DELETE_NOT_ALLOWED")
                }
                other => other,
            })?;
            order.deleted = true;
            Ok::<_, Refusal>(keep(tx, order))
        })
        .await?;
    Ok(success(StatusCode::OK, &shown))
}

/// `GET …/orderstatuses`
async fn statuses(_: Authorized) -> Answer {
    let statuses = STATUSES.map(|(id, name)| json!({"id": id, "name": name}));
    Ok(success(StatusCode::OK, &json!(statuses)))
}

/// Lets in whom the order is open to: one without a customer is anybody's, one with a customer needs a
/// token.
pub(super) async fn guard(
    workspace: &Workspace,
    trail: &Trail,
    headers: &HeaderMap,
    order: &str,
) -> Result<(), Refusal> {
    trail.order(order);
    if workspace.read(|tx| find(tx, order).map(|order| order.customer)).await?.is_some() {
        authorized(workspace, headers).await?;
    }
    Ok(())
}

/// The order that a path names.
pub(super) fn find(tx: &Tx<'_>, id: &str) -> Result<Arc<Order>, Refusal> {
    let order = id.parse::<u64>().ok().and_then(|id| tx.get::<Order>(id));
    order.filter(|order| !order.deleted).ok_or(Refusal::Business("ID_NOT_FOUND"))
}

/// The order that a path names, to be changed. That a confirmed one cannot be is assumed, of the name
/// of its code.
pub(super) fn editable(tx: &Tx<'_>, id: &str) -> Result<Order, Refusal> {
    let order = find(tx, id)?;
    if order.is_debited() {
        return Err(Refusal::Business("ORDER_FULLY_DEBITED"));
    }
    if order.confirmed {
        return Err(Refusal::Business("ORDER_NOT_PRELIMINARY"));
    }
    Ok(Order::clone(&order))
}

/// Keeps a changed order, and prints it.
pub(super) fn keep(tx: &mut Tx<'_>, mut order: Order) -> Value {
    order.last_modified = tx.now;
    let shown = show(tx, &order);
    tx.put(order);
    shown
}

/// What is left to pay for an order, in öre: what its value cards do not pay.
pub(super) fn left_to_pay(tx: &Tx<'_>, order: &Order) -> i64 {
    if order.is_debited() {
        return 0;
    }
    let price = order.price();
    price.saturating_sub(by_value_card(price, &cards_of(tx, order)))
}

/// The order as API3 prints it.
fn show(tx: &Tx<'_>, order: &Order) -> Value {
    let money = |minor: i64| money(minor, &order.currency);
    let price = order.price();
    let (id, name) = match (order.is_debited(), order.confirmed) {
        (true, _) => STATUSES[1],
        (false, true) => STATUSES[2],
        (false, false) => STATUSES[0],
    };
    // What the debits of later periods cost is not known here.
    let total = order.rows.iter().any(|row| row.kind == "SUBSCRIPTION").then(|| money(price));
    let mut shown = json!({
        "id": order.id,
        "businessUnit": unit(tx, order.business_unit),
        "number": order.number,
        "created": time(order.created),
        "customer": customer(tx, order.customer),
        "customerType": null,
        "preliminary": !order.is_debited() && !order.confirmed,
        "price": money(price),
        "leftToPay": money(left_to_pay(tx, order)),
        "couponDiscount": money(0),
        "vatSums": vat_sums(price, &order.currency),
        "totalCost": total,
        "externalNote": null,
        "disclaimer": "NONE",
        "receiverTarget": null,
        "externalId": order.external_id,
        "orderStatus": {"id": id, "name": name},
        "lastModified": time(order.last_modified),
        "invalidateTime": order.invalidate_time.map(time),
    });
    for (list, rows) in items::lists(order) {
        shown[list] = rows;
    }
    shown
}
