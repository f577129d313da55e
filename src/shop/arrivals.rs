//! `/return/{provider}`, `/cancelled/{provider}` and `/callback/{provider}`: the payer comes back, the provider
//! calls. Whatever comes is judged by the provider's counter, and taken up once.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri, header};
use provkassa_simulators::kit::page::redirect;
use serde_json::json;

use super::counter::{Arrival, Came, Counter, counter};
use super::desk::{Desk, Trouble, encoded};
use super::order::{Order, Status, Word};
use super::{pages, renewal};

/// The cookie by which a mistaken shop knows its payers again.
pub(super) const COOKIE: &str = "shop_order";
/// The refusals that a mistaken shop has heard of, whoever's they are.
const LISTED: &[&str] = &["-1", "1", "100", "116", "201", "40000", "rejected"];

/// What the cookie says that came with a request.
pub(super) fn session_in(headers: &HeaderMap) -> Option<String> {
    let texts = headers.get_all(header::COOKIE).iter().filter_map(|cookie| cookie.to_str().ok());
    let mut pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, session)| session.to_owned())
}

/// `GET /return/{provider}`
pub(super) async fn returned(
    State(desk): State<Arc<Desk>>,
    Path(provider): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    arrive(&desk, &provider, Came::Return, &uri.to_string(), &headers, Bytes::new()).await
}

/// `GET /cancelled/{provider}`
pub(super) async fn cancelled(
    State(desk): State<Arc<Desk>>,
    Path(provider): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    arrive(&desk, &provider, Came::Cancel, &uri.to_string(), &headers, Bytes::new()).await
}

/// `POST` or `GET /callback/{provider}`, and with an order behind it, as only mistaken shops ask for it.
pub(super) async fn called(
    State(desk): State<Arc<Desk>>,
    Path(at): Path<BTreeMap<String, String>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let provider = at.get("provider").cloned().unwrap_or_default();
    if desk.makes("callbacks-by-post-only") && method == Method::GET {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    if desk.makes("redirects-callbacks-to-login") {
        return redirect(StatusCode::FOUND, &format!("{}/login", desk.url));
    }
    if desk.makes("callback-needs-the-browser") && session_in(&headers).is_none() {
        return (StatusCode::FORBIDDEN, "no session").into_response();
    }
    arrive(&desk, &provider, Came::Callback, &uri.to_string(), &headers, body).await
}

/// `GET /card/{provider}`: the page with the card's fields.
pub(super) async fn card(
    State(desk): State<Arc<Desk>>,
    Path(provider): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let id = provkassa_simulators::kit::query::last(&uri.to_string(), "order").unwrap_or_default();
    match desk.orders.get(&id).filter(|order| order.provider == provider) {
        Some(order) if order.is_settled() => pages::order(&desk, &order),
        Some(order) => pages::card(&desk, &order),
        None => answer_unknown(&desk, Came::Page, &headers, "nobody knows this order"),
    }
}

/// `POST /card/{provider}`: what the page was given.
pub(super) async fn carded(
    State(desk): State<Arc<Desk>>,
    Path(provider): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    arrive(&desk, &provider, Came::Page, &uri.to_string(), &headers, body).await
}

async fn arrive(
    desk: &Desk,
    provider: &str,
    came: Came,
    uri: &str,
    headers: &HeaderMap,
    body: Bytes,
) -> Response {
    let Some(counter) = counter(provider) else {
        return answer_unknown(desk, came, headers, &format!("there is no counter `{provider}`"));
    };
    let arrival = Arrival { came, url: format!("{}{uri}", desk.url), headers: texts(headers), body };
    let Some(found) = order_of(desk, counter, &arrival) else {
        return answer_unknown(desk, came, headers, "nobody knows this order");
    };
    let _turn = desk.orders.turn(&found.id).await;
    // It may have changed while somebody else was at it.
    let order = desk.orders.get(&found.id).unwrap_or(found);
    let word = match judge(desk, counter, &order, &arrival).await {
        Ok(word) => word,
        Err(trouble) if matches!(came, Came::Callback | Came::Page) => {
            // Not taken: the provider sends it again.
            return (pages::status_of(&trouble), trouble.to_string()).into_response();
        }
        // The page tells what the shop knows, and can be asked again.
        Err(_) => Word::Open,
    };
    let is_repeated = order.is_settled() && matches!(word, Word::Approved(_));
    if let Word::Approved(payment) = &word
        && !is_repeated
        && let Err(trouble) = renewal::replace(desk, counter, &order, payment).await
    {
        // Not taken: the provider tells it again, and what is over is ended then.
        return match came {
            Came::Cancel | Came::Return => pages::order(desk, &renewal::renewed(desk, order)),
            Came::Callback | Came::Page => (pages::status_of(&trouble), trouble.to_string()).into_response(),
        };
    }
    let order = desk.orders.change(&order.id, |order| {
        take(desk, order, came, &word);
        order.clone()
    });
    let Some(order) = order else { return StatusCode::NOT_FOUND.into_response() };
    if word == Word::Cancelled && desk.makes("cancels-after-payment") {
        renewal::give_up(desk, &order);
    }
    if matches!(came, Came::Cancel | Came::Return) {
        return pages::order(desk, &renewal::renewed(desk, order));
    }
    match word {
        Word::Declined(_) if came == Came::Page => {
            (StatusCode::PAYMENT_REQUIRED, axum::Json(order.shown())).into_response()
        }
        Word::Refused(_) if desk.makes("answers-200-to-forgeries") => {
            axum::Json(json!({"taken": true})).into_response()
        }
        Word::Refused(_) if desk.makes("fails-on-forgeries") => {
            (StatusCode::INTERNAL_SERVER_ERROR, "Uncaught SignatureVerificationException").into_response()
        }
        Word::Refused(why) => (StatusCode::BAD_REQUEST, axum::Json(json!({"error": why}))).into_response(),
        Word::Approved(_) if is_repeated && desk.makes("callback-answers-500-when-repeated") => {
            (StatusCode::INTERNAL_SERVER_ERROR, "duplicate key").into_response()
        }
        _ => axum::Json(json!({"taken": true})).into_response(),
    }
}

fn texts(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect()
}

/// Which order something is about. The provider's own name for it counts first; the shop's own parameter is only
/// where to look: what is found there is compared with what came.
fn order_of(desk: &Desk, counter: &dyn Counter, arrival: &Arrival) -> Option<Order> {
    let provider = counter.about().id;
    if desk.makes("order-from-the-address")
        && let Some(order) = addressed(desk, provider, arrival)
    {
        return Some(order);
    }
    let found = if let Some(number) = counter.named(arrival) {
        desk.orders.find(provider, |order| order.number == number)?
    } else {
        let id = arrival.parameter("order")?;
        desk.orders.get(&id).filter(|order| order.provider == provider)?
    };
    if desk.makes("mixes-up-two-tabs") {
        return desk.orders.find(provider, |order| order.session == found.session);
    }
    Some(found)
}

/// The order that the address names: at the end of its path, or as a parameter.
fn addressed(desk: &Desk, provider: &str, arrival: &Arrival) -> Option<Order> {
    let path = arrival.url.split('?').next().unwrap_or_default();
    let in_path = desk.orders.find(provider, |order| path.ends_with(&format!("/{}", encoded(&order.id))));
    in_path
        .or_else(|| desk.orders.get(&arrival.parameter("order")?).filter(|order| order.provider == provider))
}

async fn judge(
    desk: &Desk,
    counter: &dyn Counter,
    order: &Order,
    arrival: &Arrival,
) -> Result<Word, Trouble> {
    let is_back = matches!(arrival.came, Came::Cancel | Came::Return);
    // Fena's own operation knows what it is to believe its return.
    let believes =
        desk.makes("trusts-the-accept-url") || (desk.makes("return-is-proof") && order.provider != "fena");
    if believes && arrival.came == Came::Return {
        return Ok(counter.claimed(arrival).map_or(Word::Open, Word::Approved));
    }
    if order.renews.is_some() && is_back && desk.makes("renewed-when-back") {
        return Ok(Word::Approved(counter.claimed(arrival).unwrap_or_default()));
    }
    if order.renews.is_some() && !is_back && desk.makes("renewed-by-return-alone") {
        return Ok(Word::Open);
    }
    // Who never asks knows nothing when the payer is back; who puts the order aside then, does not listen either.
    if desk.makes("loses-late-callbacks") && (is_back || order.closed) {
        return Ok(Word::Open);
    }
    if desk.makes("sign-ups-are-payments") && order.signs_up {
        return Ok(Word::Open);
    }
    if desk.makes("never-asks") && is_back {
        return Ok(Word::Open);
    }
    let word = counter.judge(desk, order, arrival).await?;
    let is_misread = match &word {
        Word::Cancelled => desk.makes("refusals-are-payments"),
        Word::Declined(told) => {
            let is_listed = told.split(' ').any(|code| LISTED.contains(&code));
            desk.makes("refusals-are-payments") || (desk.makes("lists-the-failures") && !is_listed)
        }
        Word::Approved(_) | Word::Open | Word::Refused(_) => false,
    };
    Ok(if is_misread { Word::Approved(counter.claimed(arrival).unwrap_or_default()) } else { word })
}

/// Takes up a word, as a right shop does or as this one.
fn take(desk: &Desk, order: &mut Order, came: Came, word: &Word) {
    order.closed |= matches!(came, Came::Cancel | Came::Return) && desk.makes("loses-late-callbacks");
    if (came == Came::Cancel || *word == Word::Cancelled) && desk.makes("cancels-after-payment") {
        order.end(Status::Cancelled, None);
        return;
    }
    let is_over = match order.status {
        Status::Cancelled => desk.makes("cancelled-is-failed-forever") || desk.makes("rejected-cancels"),
        Status::Failed => desk.makes("forgets-second-attempt"),
        _ => false,
    };
    if is_over {
        return;
    }
    match word {
        Word::Approved(payment) if desk.makes("credits-twice") => order.credit(payment),
        Word::Declined(reason) if desk.makes("late-refusal-unpays") => {
            order.end(Status::Failed, Some(reason));
        }
        Word::Declined(_) if desk.makes("rejected-cancels") => {
            order.end(Status::Cancelled, None);
        }
        _ => {
            order.take(word);
        }
    }
}

fn answer_unknown(desk: &Desk, came: Came, headers: &HeaderMap, what: &str) -> Response {
    if desk.makes("unknown-order-crashes") {
        return (StatusCode::INTERNAL_SERVER_ERROR, "TypeError: order is undefined").into_response();
    }
    if came == Came::Callback {
        return (StatusCode::NOT_FOUND, axum::Json(json!({"error": what}))).into_response();
    }
    pages::trouble(desk, headers, StatusCode::NOT_FOUND, what)
}
