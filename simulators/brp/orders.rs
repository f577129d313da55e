//! The REST API's orders: make one, add rows, read it, change it, delete it.

use axum::extract::{Extension, Path, RawQuery};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::kit::table::Tx;
use crate::kit::trail::Trail;
use crate::kit::workspace::Workspace;

use super::auth::{Refusal, authorized, object, success};
use super::model::{BusinessUnit, Order, Person, Product, Row};
use super::settlement::{by_value_card, cards_of};

type Answer = Result<Response, Refusal>;

/// `POST …/orders`: an order without rows.
pub(super) async fn create(
    Extension(workspace): Extension<Workspace>,
    Extension(trail): Extension<Trail>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let body = object(&body)?;
    let unit =
        number(&body, "businessUnit")?.ok_or_else(|| Refusal::field("businessUnit", "FIELD_MANDATORY"))?;
    let customer = number(&body, "customer")?;
    if customer.is_some() {
        // An order with a customer is the customer's business, or an integrator's.
        authorized(&workspace, &headers).await?;
    }
    let external_id = body["externalId"].as_str().map(ToOwned::to_owned);
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
                external_id: external_id.clone(),
                created: tx.now,
                last_modified: tx.now,
                invalidate_time: None,
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
pub(super) async fn list(
    Extension(workspace): Extension<Workspace>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    authorized(&workspace, &headers).await?;
    let query = query.unwrap_or_default();
    let wanted = |name: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        let value = pairs.find(|(known, _)| known == name).map(|(_, value)| value.parse::<u64>());
        value.transpose().map_err(|_| Refusal::field(name, "FIELD_INVALID_TYPE"))
    };
    let (customer, order_number) = (wanted("customer")?, wanted("orderNumber")?);
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
pub(super) async fn read(
    Extension(workspace): Extension<Workspace>,
    Extension(trail): Extension<Trail>,
    Path((_, order)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    trail.order(&order);
    guard(&workspace, &headers, &order).await?;
    let shown = workspace.read(|tx| find(tx, &order).map(|order| show(tx, &order))).await?;
    Ok(success(StatusCode::OK, &shown))
}

/// `PUT …/orders/{order}`: the fields that we keep can be changed.
pub(super) async fn change(
    Extension(workspace): Extension<Workspace>,
    Extension(trail): Extension<Trail>,
    Path((_, order)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    trail.order(&order);
    guard(&workspace, &headers, &order).await?;
    let body = object(&body)?;
    let customer = number(&body, "customer")?;
    if customer.is_some() {
        authorized(&workspace, &headers).await?;
    }
    let shown = workspace
        .transact(|tx| {
            let mut order = editable(tx, &order)?;
            if let Some(id) = customer {
                if tx.get::<Person>(id).is_none() {
                    return Err(Refusal::field("customer", "ID_NOT_FOUND"));
                }
                order.customer = Some(id);
            }
            if let Some(external) = body["externalId"].as_str() {
                order.external_id = Some(external.to_owned());
            }
            Ok(keep(tx, order))
        })
        .await?;
    Ok(success(StatusCode::OK, &shown))
}

/// `DELETE …/orders/{order}`
pub(super) async fn delete(
    Extension(workspace): Extension<Workspace>,
    Extension(trail): Extension<Trail>,
    Path((_, order)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    trail.order(&order);
    guard(&workspace, &headers, &order).await?;
    workspace
        .transact(|tx| {
            let mut order = editable(tx, &order).map_err(|refusal| match refusal {
                Refusal::Business("ORDER_FULLY_DEBITED") => Refusal::Business("ORDER_DELETE_NOT_ALLOWED"),
                other => other,
            })?;
            order.deleted = true;
            keep(tx, order);
            Ok(())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `POST …/orders/{order}/items/articles`: answers with the whole order.
pub(super) async fn add_article(
    Extension(workspace): Extension<Workspace>,
    Extension(trail): Extension<Trail>,
    Path((_, order)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    trail.order(&order);
    guard(&workspace, &headers, &order).await?;
    let body = object(&body)?;
    let product = number(&body, "articleProduct")?
        .ok_or_else(|| Refusal::field("articleProduct", "FIELD_MANDATORY"))?;
    let quantity = match &body["quantity"] {
        Value::Null => 1,
        quantity => quantity
            .as_i64()
            .filter(|quantity| (1..=10_000).contains(quantity))
            .ok_or_else(|| Refusal::field("quantity", "FIELD_INVALID_TYPE"))?,
    };
    let own_price = match &body["priceIncVat"] {
        Value::Null => None,
        price => Some(price.as_i64().ok_or_else(|| Refusal::field("priceIncVat", "FIELD_INVALID_TYPE"))?),
    };
    if own_price.is_some() {
        // A price of one's own takes a special right, which the integrator has.
        authorized(&workspace, &headers)
            .await
            .map_err(|_| Refusal::field("priceIncVat", "FIELD_NOT_ALLOWED"))?;
    }
    let shown = workspace
        .transact(|tx| {
            let mut order = editable(tx, &order)?;
            let product =
                tx.get::<Product>(product).ok_or_else(|| Refusal::field("articleProduct", "ID_NOT_FOUND"))?;
            order.rows.push(Row {
                id: order.rows.iter().map(|row| row.id).max().unwrap_or(0).saturating_add(1),
                product: product.id,
                name: product.name.clone(),
                quantity,
                price: own_price.unwrap_or(product.price),
                debited: false,
                participants: Vec::new(),
            });
            Ok(keep(tx, order))
        })
        .await?;
    Ok(success(StatusCode::CREATED, &shown))
}

/// `DELETE …/orders/{order}/items/articles/{row}`: answers with the whole order.
pub(super) async fn remove_article(
    Extension(workspace): Extension<Workspace>,
    Extension(trail): Extension<Trail>,
    Path((_, order, row)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Answer {
    trail.order(&order);
    guard(&workspace, &headers, &order).await?;
    let shown = workspace
        .transact(|tx| {
            let mut order = editable(tx, &order)?;
            let before = order.rows.len();
            order.rows.retain(|kept| kept.id.to_string() != row);
            if order.rows.len() == before {
                return Err(Refusal::Business("ID_NOT_FOUND"));
            }
            Ok(keep(tx, order))
        })
        .await?;
    Ok(success(StatusCode::OK, &shown))
}

/// An anonymous order is anybody's; one with a customer needs a token.
async fn guard(workspace: &Workspace, headers: &HeaderMap, order: &str) -> Result<(), Refusal> {
    if workspace.read(|tx| find(tx, order).map(|order| order.customer)).await?.is_some() {
        authorized(workspace, headers).await?;
    }
    Ok(())
}

fn find(tx: &Tx<'_>, id: &str) -> Result<std::sync::Arc<Order>, Refusal> {
    let order = id.parse::<u64>().ok().and_then(|id| tx.get::<Order>(id));
    order.filter(|order| !order.deleted).ok_or(Refusal::Business("ID_NOT_FOUND"))
}

fn editable(tx: &Tx<'_>, id: &str) -> Result<Order, Refusal> {
    let order = find(tx, id)?;
    if order.is_debited() {
        return Err(Refusal::Business("ORDER_FULLY_DEBITED"));
    }
    Ok(Order::clone(&order))
}

fn keep(tx: &mut Tx<'_>, mut order: Order) -> Value {
    order.last_modified = tx.now;
    let shown = show(tx, &order);
    tx.put(order);
    shown
}

/// A whole number of the body; `None` if it is not there.
fn number(body: &Value, name: &str) -> Result<Option<u64>, Refusal> {
    match &body[name] {
        Value::Null => Ok(None),
        value => value.as_u64().map(Some).ok_or_else(|| Refusal::field(name, "FIELD_INVALID_TYPE")),
    }
}

/// The order as API3 prints it.
fn show(tx: &Tx<'_>, order: &Order) -> Value {
    let money = |minor: i64| json!({"amount": minor, "currency": order.currency});
    let price = order.price();
    let debited = order.is_debited();
    let reserved = by_value_card(price, &cards_of(tx, order));
    let unit = order.business_unit.and_then(|id| tx.get::<BusinessUnit>(id));
    let items = order.rows.iter().map(|row| {
        json!({
            "id": row.id,
            "price": money(row.price.saturating_mul(row.quantity)),
            "quantity": row.quantity,
            "product": {"id": row.product, "name": row.name},
        })
    });
    json!({
        "id": order.id,
        "businessUnit": unit.map(|unit| json!({"id": unit.id, "name": unit.name})),
        "number": order.number,
        "created": order.created,
        "customer": order.customer.map(|id| json!({ "id": id })),
        "preliminary": !debited,
        "articleItems": items.collect::<Vec<_>>(),
        "price": money(price),
        "leftToPay": money(if debited { 0 } else { price.saturating_sub(reserved) }),
        "externalId": order.external_id,
        "orderStatus": if debited { json!({"id": 2, "name": "Betald"}) } else { json!({"id": 1, "name": "Skapad"}) },
        "lastModified": order.last_modified,
        "invalidateTime": order.invalidate_time,
    })
}
