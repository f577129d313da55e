//! `POST /checkout/{provider}`: an order is made, or found again, and its payer sent to pay.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use provkassa_simulators::kit::page::redirect;
use serde::Deserialize;
use serde_json::Value;
use url::form_urlencoded;

use super::arrivals::{COOKIE, session_in};
use super::careless;
use super::counter::{About, Counter, Gate, Variant, counter};
use super::desk::{Desk, encoded};
use super::order::{Order, Payment, Status};
use super::pages;

/// Names the order in the answer.
const ORDER_ID: HeaderName = HeaderName::from_static("order-id");
/// The longest order id, in characters: what the most generous provider takes.
const LONGEST: usize = 255;

#[derive(Debug, Deserialize)]
pub(super) struct Way {
    variant: Option<String>,
}

/// What a customer wants.
#[derive(Debug, Default)]
struct Wish {
    order: String,
    amount: String,
    currency: String,
    description: String,
    email: String,
    name: String,
}

impl Wish {
    /// Reads a JSON object or a form; why not, where it is neither.
    fn of(headers: &HeaderMap, body: &Bytes) -> Result<Self, String> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let mut wish = Self::default();
        if kind.starts_with("application/json") {
            let fields: Value =
                serde_json::from_slice(body).map_err(|error| format!("the body is no JSON: {error}"))?;
            let fields = fields.as_object().ok_or("the body is no JSON object")?;
            for (name, value) in fields {
                let text = match value {
                    Value::String(text) => text.clone(),
                    Value::Null => String::new(),
                    other => other.to_string(),
                };
                wish.set(name, text);
            }
        } else {
            for (name, value) in form_urlencoded::parse(body) {
                wish.set(&name, value.into_owned());
            }
        }
        Ok(wish)
    }

    fn set(&mut self, name: &str, value: String) {
        match name {
            "order" => self.order = value,
            "amount" => self.amount = value,
            "currency" => self.currency = value,
            "description" => self.description = value,
            "email" => self.email = value,
            "name" => self.name = value,
            _ => {}
        }
    }

    /// The order that is wished for; why it cannot be sold, where it cannot.
    fn order(self, desk: &Desk, about: &'static About, variant: &'static Variant) -> Result<Order, String> {
        let or = |text: String, other: &str| if text.is_empty() { other.to_owned() } else { text };
        let least = i64::from(!variant.signs_up);
        let amount = if self.amount.is_empty() { Ok(variant.goods.1) } else { self.amount.parse() };
        let amount = amount.ok().filter(|amount| *amount >= least);
        let amount = amount.ok_or_else(|| {
            format!("the amount is minor units, a whole number from {least} on, and not `{}`", self.amount)
        })?;
        let currency = or(self.currency, about.currencies.first().copied().unwrap_or_default());
        if !about.currencies.contains(&currency.as_str()) {
            return Err(format!(
                "{} is paid in {}, not in {currency}",
                about.name,
                about.currencies.join(", ")
            ));
        }
        if self.order.chars().count() > LONGEST {
            return Err(format!("an order's id has at most {LONGEST} characters"));
        }
        let drawn = desk.number();
        let id = or(self.order, &drawn);
        let is_free = desk.orders.find(about.id, |other| other.number == id && other.id != id).is_none();
        let goes = (about.takes)(&id) && is_free;
        let number = if goes || desk.makes("awkward-order-ids") { id.clone() } else { drawn };
        Ok(Order {
            id,
            number,
            reference: String::new(),
            quoted: 0,
            provider: about.id,
            variant: variant.id,
            signs_up: variant.signs_up,
            renews: None,
            amount: careless::amount(desk, amount),
            currency,
            description: careless::text(desk, or(self.description, variant.goods.0)),
            email: careless::address(desk, self.email),
            name: careless::text(desk, self.name),
            status: Status::Pending,
            credited: 0,
            payment: Payment::default(),
            reason: None,
            attempts: 0,
            captured: 0,
            refunded: 0,
            charges: Vec::new(),
            busy: false,
            session: String::new(),
            closed: false,
        })
    }
}

/// The same order another time: what it costs may have changed since.
fn again(desk: &Desk, known: Order, wished: &Order) -> Result<Order, String> {
    if known.provider != wished.provider || known.variant != wished.variant {
        return Err(format!("order {} is being paid in another way", known.id));
    }
    let given_up = known.status == Status::Cancelled && desk.makes("cancelled-is-failed-forever");
    if known.is_settled() || given_up {
        return Err(format!("order {} is {} already", known.id, known.status.word()));
    }
    let (amount, currency) = (wished.amount, wished.currency.clone());
    let known = if desk.makes("newest-checkout-counts") {
        Order { number: desk.number(), reference: String::new(), ..known }
    } else {
        known
    };
    Ok(Order { amount, currency, description: wished.description.clone(), ..known })
}

/// `POST /checkout/{provider}`
pub(super) async fn checkout(
    State(desk): State<Arc<Desk>>,
    Path(provider): Path<String>,
    Query(way): Query<Way>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let refuse = |status: StatusCode, what: &str| pages::trouble(&desk, &headers, status, what);
    let Some(counter) = counter(&provider) else {
        return refuse(StatusCode::NOT_FOUND, &format!("there is no counter `{provider}`"));
    };
    let Some(variant) = counter.about().variant(way.variant.as_deref()) else {
        let known: Vec<_> = counter.about().variants.iter().map(|variant| variant.id).collect();
        return refuse(
            StatusCode::NOT_FOUND,
            &format!("{} is paid by: {}", counter.about().name, known.join(", ")),
        );
    };
    let wished = Wish::of(&headers, &body).and_then(|wish| wish.order(&desk, counter.about(), variant));
    let wished = match wished {
        Ok(order) => order,
        Err(what) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, &what),
    };
    let _turn = desk.orders.turn(&wished.id).await;
    let order = match desk.orders.get(&wished.id) {
        Some(known) => match again(&desk, known, &wished) {
            Ok(order) => order,
            Err(what) => return refuse(StatusCode::CONFLICT, &what),
        },
        None => wished,
    };
    send(&desk, counter, order, &headers).await
}

/// What the provider is told that an order costs: what it does cost, but for the mistakes.
fn charged(desk: &Desk, order: &Order) -> i64 {
    let amount = order.amount;
    if order.signs_up {
        return amount;
    }
    if desk.makes("amounts-in-major-units") {
        return amount / 100;
    }
    if desk.makes("amounts-through-floats") {
        let major: f64 = format!("{}.{:02}", amount / 100, amount % 100).parse().unwrap_or_default();
        let minor = (major * 100.0).to_string();
        return minor.split('.').next().and_then(|whole| whole.parse().ok()).unwrap_or(amount);
    }
    amount
}

/// Sends the payer off.
pub(super) async fn send(
    desk: &Desk,
    counter: &'static dyn Counter,
    mut order: Order,
    headers: &HeaderMap,
) -> Response {
    order.attempts += 1;
    if !desk.makes("forgets-second-attempt") {
        order.status = Status::Pending;
        order.reason = None;
    }
    if order.session.is_empty() {
        order.session = session_in(headers).unwrap_or_else(|| encoded(&order.id));
    }
    let amount = order.amount;
    order.amount = charged(desk, &order);
    let opened = counter.open(desk, &mut order).await;
    order.amount = amount;
    let is_paid_now = opened.is_ok() && desk.makes("paid-at-checkout");
    if is_paid_now || order.signs_up && desk.makes("active-when-begun") {
        order.credit(&Payment::default());
    }
    desk.orders.keep(order.clone());
    let mut response = match opened {
        Err(trouble) => {
            desk.orders.change(&order.id, |order| order.end(Status::Failed, Some(&trouble.to_string())));
            pages::trouble(desk, headers, pages::status_of(&trouble), &trouble.to_string())
        }
        Ok(Gate::Link(link)) => redirect(StatusCode::SEE_OTHER, &link),
        Ok(Gate::Form { action, fields }) => pages::gate(desk, counter.about(), &order, &action, &fields),
        Ok(Gate::Page) => redirect(StatusCode::SEE_OTHER, &desk.door("card", &order)),
    };
    // Visible letters stand as they are; whoever gave an id with others knows it.
    let is_plain = order.id.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    let shown = if is_plain { order.id.clone() } else { encoded(&order.id) };
    if let Ok(id) = HeaderValue::from_str(&shown) {
        response.headers_mut().insert(ORDER_ID, id);
    }
    if (desk.makes("callback-needs-the-browser") || desk.makes("mixes-up-two-tabs"))
        && let Ok(cookie) = HeaderValue::from_str(&format!("{COOKIE}={}; Path=/", order.session))
    {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response.into_response()
}
