//! The shop's pages: what there is to buy, an order and its state, the way to a provider, and trouble.

use askama::Template;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use provkassa_simulators::kit::money::Amount;
use provkassa_simulators::kit::page::{STYLE, html};
use serde_json::json;

use super::counter::{About, COUNTERS, Deed, Variant};
use super::deeds;
use super::desk::{Desk, Trouble, encoded};
use super::order::{Order, Status};

/// How many orders the first page lists.
const SHOWN: usize = 20;

/// What every page has at its top.
#[derive(Debug)]
struct Frame {
    styles: [&'static str; 2],
    title: String,
    /// The mistake that the shop makes, in words.
    mistake: Option<String>,
}

impl Frame {
    fn new(desk: &Desk, title: impl Into<String>) -> Self {
        let mistake = desk.mistake().map(|mistake| mistake.does.to_owned());
        Self { styles: [STYLE, include_str!("templates/shop.css")], title: title.into(), mistake }
    }
}

/// Something to buy.
#[derive(Debug)]
struct Goods {
    action: String,
    what: &'static str,
    price: String,
    how: &'static str,
}

#[derive(Debug)]
struct Shelf {
    id: &'static str,
    name: &'static str,
    goods: Vec<Goods>,
}

#[derive(Debug, Template)]
#[template(path = "front.html", config = ".config/askama.toml")]
struct Front {
    frame: Frame,
    shelves: Vec<Shelf>,
    orders: Vec<Line>,
}

/// An order as a line of a table.
#[derive(Debug)]
struct Line {
    id: String,
    link: String,
    what: String,
    price: String,
    status: &'static str,
    says: &'static str,
}

impl Line {
    fn of(order: &Order) -> Self {
        Self {
            id: order.id.clone(),
            link: path(order),
            what: order.description.clone(),
            price: price(order.amount, &order.currency),
            status: order.status.word(),
            says: says(order),
        }
    }
}

#[derive(Debug, Template)]
#[template(path = "order.html", config = ".config/askama.toml")]
struct Page {
    frame: Frame,
    line: Line,
    facts: Vec<(&'static str, String)>,
    deeds: Vec<Offer>,
    /// Where the payer can try again.
    again: Option<Again>,
    /// Whether there may be news.
    waits: bool,
}

/// Something that can be done with an order.
#[derive(Debug)]
struct Offer {
    word: &'static str,
    action: String,
    /// What is written on the button.
    does: String,
}

impl Offer {
    fn of(order: &Order, (deed, amount): (Deed, i64)) -> Self {
        let price = price(amount, &order.currency);
        let does = match deed {
            Deed::Cancel => "Let the reserved money go".to_owned(),
            Deed::Capture => format!("Capture {price}"),
            Deed::Charge => format!("Charge {price}"),
            Deed::Delete => "End the subscription".to_owned(),
            Deed::Refund => format!("Pay back {price}"),
            Deed::Renew if order.signs_up => "Ask for another card".to_owned(),
            Deed::Renew => "Reserve the money anew".to_owned(),
        };
        Self { word: deed.word(), action: format!("{}/{}", path(order), deed.word()), does }
    }
}

#[derive(Debug)]
struct Again {
    action: String,
    fields: Vec<(&'static str, String)>,
    /// What is written on the button.
    does: String,
}

#[derive(Debug, Template)]
#[template(path = "gate.html", config = ".config/askama.toml")]
struct Gate {
    frame: Frame,
    provider: &'static str,
    price: String,
    action: String,
    fields: Vec<(String, String)>,
}

#[derive(Debug, Template)]
#[template(path = "card.html", config = ".config/askama.toml")]
struct Card {
    frame: Frame,
    order: String,
    what: String,
    /// Where the page sends what Stripe.js gave it.
    action: String,
    /// Where the customer goes then.
    back: String,
    /// Where the customer goes who gives up.
    leave: String,
    script: String,
    key: String,
}

#[derive(Debug, Template)]
#[template(path = "trouble.html", config = ".config/askama.toml")]
struct Told {
    frame: Frame,
    what: String,
}

fn price(minor: i64, currency: &str) -> String {
    if minor == 0 {
        return "nothing to pay now".to_owned();
    }
    Amount::new(minor, currency).to_string()
}

fn path(order: &Order) -> String {
    format!("/orders/{}", encoded(&order.id))
}

fn checkout(about: &About, variant: &Variant) -> String {
    format!("/checkout/{}?variant={}", about.id, variant.id)
}

fn variant(order: &Order) -> Option<(&'static About, &'static Variant)> {
    let about = super::counter::counter(order.provider)?.about();
    Some((about, about.variant(Some(order.variant))?))
}

/// What a customer is told of an order.
fn says(order: &Order) -> &'static str {
    match order.status {
        Status::Active => "Signed up. Thank you!",
        Status::Cancelled => "Not paid: the payment was cancelled.",
        Status::Deleted => "The subscription has ended.",
        Status::Failed => "Not paid: the payment was refused.",
        Status::Paid => "Paid. Thank you!",
        Status::Pending => "Waiting for the payment.",
        Status::Refunded => "Paid back.",
    }
}

/// Whether a browser asks.
pub(super) fn wants_html(headers: &HeaderMap) -> bool {
    let accepted =
        headers.get(header::ACCEPT).and_then(|accepted| accepted.to_str().ok()).unwrap_or_default();
    accepted.contains("text/html")
}

/// The status for a counter's trouble.
pub(super) fn status_of(trouble: &Trouble) -> StatusCode {
    match trouble {
        Trouble::Refused { .. } | Trouble::Silent { .. } => StatusCode::BAD_GATEWAY,
        Trouble::Unsellable(_) => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// `GET /`
pub(super) fn front(desk: &Desk) -> Response {
    let shelf = |about: &'static About| Shelf {
        id: about.id,
        name: about.name,
        goods: about
            .variants
            .iter()
            .map(|variant| Goods {
                action: checkout(about, variant),
                what: variant.goods.0,
                price: price(variant.goods.1, about.currencies.first().copied().unwrap_or_default()),
                how: variant.title,
            })
            .collect(),
    };
    let page = Front {
        frame: Frame::new(desk, "The reference shop"),
        shelves: COUNTERS.iter().map(|counter| shelf(counter.about())).collect(),
        orders: desk.orders.newest(SHOWN).iter().map(Line::of).collect(),
    };
    html(StatusCode::OK, &page)
}

/// `GET /orders/{order}`, for people.
pub(super) fn order(desk: &Desk, order: &Order) -> Response {
    let card = order.payment.card.clone();
    let transaction = Some(order.payment.transaction.clone()).filter(|id| !id.is_empty());
    let sum = |minor: i64| (minor > 0).then(|| price(minor, &order.currency));
    let facts = [
        ("Order", Some(order.id.clone())),
        ("Number at the provider", (order.number != order.id).then(|| order.number.clone())),
        ("Payment", variant(order).map(|(about, variant)| format!("{}: {}", about.name, variant.title))),
        ("Card", card),
        ("Transaction", transaction),
        ("Subscription", order.payment.subscription.clone()),
        ("Captured", sum(order.captured)),
        ("Paid back", sum(order.refunded)),
        ("Charges", (!order.charges.is_empty()).then(|| order.charges.len().to_string())),
        ("Why", order.reason.clone()),
    ];
    let deeds = deeds::possible(order).into_iter();
    let again = variant(order).filter(|_| !order.is_settled()).map(|(about, variant)| Again {
        action: checkout(about, variant),
        does: match order.amount {
            0 => "Give a card".to_owned(),
            amount => format!("Pay {}", price(amount, &order.currency)),
        },
        fields: vec![
            ("order", order.id.clone()),
            ("amount", order.amount.to_string()),
            ("currency", order.currency.clone()),
            ("description", order.description.clone()),
        ],
    });
    let page = Page {
        frame: Frame::new(desk, format!("Order {}", order.id)),
        line: Line::of(order),
        facts: facts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
        deeds: deeds.map(|deed| Offer::of(order, deed)).collect(),
        again,
        waits: order.status == Status::Pending,
    };
    html(StatusCode::OK, &page)
}

/// The page that a form sends itself from.
pub(super) fn gate(
    desk: &Desk,
    about: &'static About,
    order: &Order,
    action: &str,
    fields: &[(String, String)],
) -> Response {
    let page = Gate {
        frame: Frame::new(desk, format!("To {}", about.name)),
        provider: about.name,
        price: price(order.amount, &order.currency),
        action: action.to_owned(),
        fields: fields.to_vec(),
    };
    html(StatusCode::OK, &page)
}

/// The page with Stripe's card element.
pub(super) fn card(desk: &Desk, order: &Order) -> Response {
    let script = desk.variable("STRIPE_JS_URL").to_owned();
    let origin = url::Url::parse(&script).map(|url| url.origin().ascii_serialization()).unwrap_or_default();
    let page = Card {
        frame: Frame::new(desk, "Your card"),
        order: order.id.clone(),
        what: order.description.clone(),
        action: desk.door("card", order),
        back: path(order),
        leave: desk.door("cancelled", order),
        script,
        key: desk.variable("STRIPE_PUBLISHABLE_KEY").to_owned(),
    };
    let mut response = html(StatusCode::OK, &page);
    // What Stripe.js needs, and nothing else from elsewhere.
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline' {origin}; frame-src {origin}; \
        connect-src 'self' {origin}; base-uri 'none'; frame-ancestors 'none'"
    );
    if let Ok(policy) = header::HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Says what is wrong, in JSON or to people.
pub(super) fn trouble(desk: &Desk, headers: &HeaderMap, status: StatusCode, what: &str) -> Response {
    if !wants_html(headers) {
        return (status, axum::Json(json!({"error": what}))).into_response();
    }
    let page = Told { frame: Frame::new(desk, "That did not work"), what: what.to_owned() };
    html(status, &page)
}
