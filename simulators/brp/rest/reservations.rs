//! Value cards that are reserved to pay for an order, wholly or in part.

use axum::Router;
use axum::extract::{Extension, Path};
use axum::response::IntoResponse as _;
use axum::routing::{delete, get};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::brp::model::{Order, ValueCard};
use crate::brp::settlement::cards_of;
use crate::kit::table::Tx;
use crate::kit::trail::Trail;
use crate::kit::workspace::Workspace;

use super::answer::{Answer, Refusal, success};
use super::fields::{mandatory, object, text};
use super::orders::{editable, find, guard, keep};

/// The field that names the card.
const FIELD: &str = "valueCardNumber";
/// How long a card's number is.
const LENGTHS: (usize, usize) = (12, 20);

pub(super) fn routes() -> Router {
    Router::new()
        .route("/{root}/api/ver3/orders/{order}/valuecardreservations", get(list).post(reserve))
        .route("/{root}/api/ver3/orders/{order}/valuecardreservations/{reservation}", delete(release))
}

/// `GET …/orders/{order}/valuecardreservations`
async fn list(
    Extension(workspace): Extension<Workspace>,
    Extension(trail): Extension<Trail>,
    Path((_, order)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    guard(&workspace, &trail, &headers, &order).await?;
    let shown = workspace.read(|tx| find(tx, &order).map(|order| json!(reserved(tx, &order)))).await?;
    Ok(success(StatusCode::OK, &shown))
}

/// `POST …/orders/{order}/valuecardreservations`. That two orders may reserve the same card is assumed:
/// who pays first takes it, and the other payment ends with 207. That a card that does not exist is
/// `VALUE_CARD_NOT_FOUND` is assumed, after the codes that begin like it.
async fn reserve(
    Extension(workspace): Extension<Workspace>,
    Extension(trail): Extension<Trail>,
    Path((_, order)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    guard(&workspace, &trail, &headers, &order).await?;
    let body = object(&body)?;
    mandatory(&body, [FIELD])?;
    let number = text(&body, FIELD)?.unwrap_or_default();
    check_length(number)?;
    let shown = workspace
        .transact(|tx| {
            let mut order = editable(tx, &order)?;
            let card = tx.get::<ValueCard>(number);
            let card = card.ok_or(Refusal::Business("VALUE_CARD_NOT_FOUND"))?;
            if order.value_cards.iter().any(|reserved| reserved == number) {
                return Err(Refusal::Business("VALUE_CARD_ALREADY_RESERVED"));
            }
            if card.balance <= 0 {
                return Err(Refusal::Business("VALUE_CARD_EMPTY"));
            }
            order.value_cards.push(number.to_owned());
            let id = id(tx, &order, number);
            let shown = reserved(tx, &order).into_iter().find(|shown| shown["id"] == id);
            keep(tx, order);
            Ok(shown.unwrap_or(Value::Null))
        })
        .await?;
    Ok(success(StatusCode::CREATED, &shown))
}

/// `DELETE …/orders/{order}/valuecardreservations/{reservation}`
async fn release(
    Extension(workspace): Extension<Workspace>,
    Extension(trail): Extension<Trail>,
    Path((_, order, reservation)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Answer {
    guard(&workspace, &trail, &headers, &order).await?;
    workspace
        .transact(|tx| {
            let mut order = editable(tx, &order)?;
            let released = order
                .value_cards
                .iter()
                .find(|number| id(tx, &order, number).to_string() == reservation)
                .cloned()
                .ok_or(Refusal::Business("ID_NOT_FOUND"))?;
            order.value_cards.retain(|number| *number != released);
            keep(tx, order);
            Ok::<_, Refusal>(())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn check_length(number: &str) -> Result<(), Refusal> {
    let (least, most) = (json!(LENGTHS.0), json!(LENGTHS.1));
    let (code, arguments) = match number.chars().count() {
        length if length < LENGTHS.0 => ("STRING_TOO_SHORT", vec![("minValue", least), ("maxValue", most)]),
        // API3 spells it so.
        length if length > LENGTHS.1 => ("STRING_TOO_LONG", vec![("mixValue", least), ("maxValue", most)]),
        _ => return Ok(()),
    };
    Err(Refusal::Argued { field: FIELD, code, arguments })
}

/// A reservation's id: it depends on the order and the card alone, so it stays when another goes.
fn id(tx: &Tx<'_>, order: &Order, number: &str) -> u64 {
    tx.seed.number("brp.reservations", &format!("{} {number}", order.id), 0, 1 << 31)
}

/// The reservations as API3 prints them: the cards pay one after the other, the last one in part.
/// Nothing is reserved any more for an order that is debited. Cards hold money here, never units.
fn reserved(tx: &Tx<'_>, order: &Order) -> Vec<Value> {
    if order.is_debited() {
        return Vec::new();
    }
    let mut rest = order.price().max(0);
    let cards = cards_of(tx, order).into_iter().map(|card| {
        let used = card.balance.clamp(0, rest);
        rest -= used;
        json!({
            "id": id(tx, order, &card.number),
            "valueCard": {
                "id": null,
                "number": card.number,
                "type": "AMOUNT",
                "amountLeft": card.balance,
                "isValid": card.balance > 0,
            },
            "amountUsed": used,
            "amountLeft": card.balance.saturating_sub(used),
            "unitsUsed": null,
            "unitsLeft": null,
        })
    });
    cards.collect()
}
