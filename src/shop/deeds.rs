//! `POST /orders/{order}/{deed}`: capture, refund and what else a shop does with an order that is paid.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use provkassa_simulators::kit::page::redirect;
use serde_json::Value;
use url::form_urlencoded;

use super::counter::{Counter, Deed, Done, Variant, counter};
use super::desk::{Desk, Trouble, encoded};
use super::order::{Order, Status};
use super::{pages, renewal};

/// What a subscription is charged that cost nothing to begin with, in minor units.
const MONTHLY: i64 = 4900;

/// What can be done with an order as it stands, and the amount that it is about.
pub(super) fn possible(order: &Order) -> Vec<(Deed, i64)> {
    let deeds = variant(order).map_or(&[][..], |variant| variant.deeds);
    deeds.iter().filter_map(|deed| Some((*deed, amount_of(order, *deed).ok()?))).collect()
}

fn variant(order: &Order) -> Option<&'static Variant> {
    counter(order.provider)?.about().variant(Some(order.variant))
}

/// The amount that a deed is about where none is named; why it cannot be done, where it cannot.
fn amount_of(order: &Order, deed: Deed) -> Result<i64, &'static str> {
    let is_paid = order.status == Status::Paid;
    match deed {
        Deed::Charge if order.status == Status::Active && order.amount == 0 => Ok(MONTHLY),
        Deed::Charge if order.status == Status::Active => Ok(order.amount),
        Deed::Delete if order.status == Status::Active => Ok(0),
        Deed::Renew if order.signs_up && order.status == Status::Active => Ok(0),
        Deed::Renew if order.signs_up => Err("the subscription is not active"),
        Deed::Charge | Deed::Delete => Err("the subscription is not active"),
        Deed::Refund if is_paid && order.captured > order.refunded => Ok(order.captured - order.refunded),
        Deed::Refund => Err("nothing is left to pay back"),
        Deed::Capture if is_paid && order.captured == 0 => Ok(order.amount),
        Deed::Cancel | Deed::Renew if is_paid && order.captured == 0 => Ok(0),
        Deed::Cancel | Deed::Capture | Deed::Renew => Err("nothing is reserved"),
    }
}

/// `POST /orders/{order}/{deed}`
pub(super) async fn act(
    State(desk): State<Arc<Desk>>,
    Path((id, deed)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let refuse = |status: StatusCode, what: &str| pages::trouble(&desk, &headers, status, what);
    let Some(deed) = Deed::ALL.into_iter().find(|known| known.word() == deed) else {
        return refuse(StatusCode::NOT_FOUND, &format!("nothing is called `{deed}`"));
    };
    let asked = amount_in(&headers, &body);
    let is_careless = careless(&desk, deed);
    let begun = desk.orders.change(&id, |order| begin(order, deed, asked, is_careless));
    let (order, amount) = match begun {
        None => return refuse(StatusCode::NOT_FOUND, "nobody knows this order"),
        Some(Err(why)) => return refuse(StatusCode::CONFLICT, why),
        Some(Ok(begun)) => begun,
    };
    let Some(counter) = counter(order.provider) else { return StatusCode::NOT_FOUND.into_response() };
    if deed == Deed::Renew && order.signs_up {
        desk.orders.change(&id, |order| order.busy = false);
        return renewal::begin(&desk, counter, &order, &headers).await;
    }
    let done = at_provider(&desk, counter, &order, deed, amount).await;
    if done.is_err() && desk.makes("tries-refusals-again") {
        // Whether it is done this time nobody is told.
        let _ = counter.act(&desk, &order, deed, amount).await;
    }
    let done = match done {
        Err(_) if deed == Deed::Refund && is_careless => Ok(Done::default()),
        done => done,
    };
    let order = desk.orders.change(&id, |order| {
        order.busy = false;
        if let Ok(done) = &done {
            finish(order, deed, amount, done);
        }
        order.clone()
    });
    match (done, order) {
        (Err(trouble), _) => refuse(pages::status_of(&trouble), &trouble.to_string()),
        (Ok(_), None) => StatusCode::NOT_FOUND.into_response(),
        (Ok(_), Some(order)) if pages::wants_html(&headers) => {
            redirect(StatusCode::SEE_OTHER, &format!("{}/orders/{}", desk.url, encoded(&order.id)))
        }
        (Ok(_), Some(order)) => axum::Json(order.shown()).into_response(),
    }
}

/// Does it at the provider, as a right shop does or as this one.
pub(super) async fn at_provider(
    desk: &Desk,
    counter: &'static dyn Counter,
    order: &Order,
    deed: Deed,
    amount: i64,
) -> Result<Done, Trouble> {
    let only_forgets = deed == Deed::Delete && desk.makes("deleted-subscription-charged");
    if only_forgets || desk.makes("only-in-own-books") {
        // The provider never hears of it, and everything goes on there.
        return Ok(Done::default());
    }
    counter.act(desk, order, deed, amount).await
}

/// Whether the shop goes on where it should not.
fn careless(desk: &Desk, deed: Deed) -> bool {
    match deed {
        Deed::Charge => desk.makes("deleted-subscription-charged"),
        Deed::Refund => desk.makes("refund-twice"),
        _ => false,
    }
}

/// The amount that a request names.
fn amount_in(headers: &HeaderMap, body: &Bytes) -> Option<i64> {
    let kind =
        headers.get(http::header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.starts_with("application/json") {
        let fields: Value = serde_json::from_slice(body).unwrap_or_default();
        return fields["amount"].as_i64();
    }
    let mut fields = form_urlencoded::parse(body);
    fields.find(|(name, _)| name == "amount").and_then(|(_, amount)| amount.parse().ok())
}

/// Reserves an order for a deed, so that it is not done twice at once.
fn begin(
    order: &mut Order,
    deed: Deed,
    asked: Option<i64>,
    is_careless: bool,
) -> Result<(Order, i64), &'static str> {
    if !variant(order).is_some_and(|variant| variant.deeds.contains(&deed)) {
        return Err("this cannot be done with such an order");
    }
    if order.busy {
        return Err("something else is being done with this order");
    }
    let most = match amount_of(order, deed) {
        Err(_) if is_careless && order.is_settled() => order.amount,
        most => most?,
    };
    let amount = asked.unwrap_or(most);
    let is_free = deed == Deed::Charge;
    if amount < 0 || (amount > most && !is_free && !is_careless) {
        return Err("that is more than there is");
    }
    order.busy = true;
    Ok((order.clone(), amount))
}

fn finish(order: &mut Order, deed: Deed, amount: i64, done: &Done) {
    match deed {
        Deed::Capture => order.captured += amount,
        Deed::Cancel => order.status = Status::Cancelled,
        Deed::Charge => {
            let number = done.number.clone().unwrap_or_default();
            order.charges.push((number, done.transaction.clone().unwrap_or_default()));
        }
        Deed::Delete => order.status = Status::Deleted,
        Deed::Refund => {
            order.refunded += amount;
            if order.refunded >= order.captured {
                order.status = Status::Refunded;
            }
        }
        Deed::Renew => {}
    }
}
