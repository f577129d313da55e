//! The rows of an order: articles, subscriptions, value cards and the other kinds, from one table.

use axum::Router;
use axum::extract::{Extension, Path};
use axum::routing::{delete, post};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::brp::model::{Order, Product, Row, day};
use crate::kit::table::Tx;
use crate::kit::trail::Trail;
use crate::kit::workspace::Workspace;

use super::answer::{Answer, Refusal, success};
use super::auth::authorized;
use super::fields::{at, day_of, id, integer, mandatory, moment, object};
use super::orders::{editable, guard, keep};
use super::shapes::money;

/// One kind of row.
#[derive(Debug)]
struct Kind {
    /// Its path below `items/`.
    path: &'static str,
    /// The list of the order that it stands in.
    list: &'static str,
    /// The type that its product has.
    product_type: &'static str,
    /// The field that names the product.
    product: &'static str,
    /// What else can be said of it. Fields that are not here are passed over.
    fields: &'static [Field],
}

/// A field of a new row.
#[derive(Debug)]
struct Field {
    name: &'static str,
    holds: Holds,
    required: bool,
}

/// What a field of a new row holds. Days and times are checked and not kept: nothing depends on them.
#[derive(Clone, Copy, Debug)]
enum Holds {
    /// What a value card is filled with, in öre: the row's price.
    Amount,
    /// A day.
    Day,
    /// A day that is not past.
    DayToCome,
    /// Persons who take part.
    Participants,
    /// A price of the caller's own, in öre.
    Price,
    /// How many.
    Quantity,
    /// A moment.
    Time,
}

const fn required(name: &'static str, holds: Holds) -> Field {
    Field { name, holds, required: true }
}

const fn optional(name: &'static str, holds: Holds) -> Field {
    Field { name, holds, required: false }
}

/// Every kind; a row whose type is none of theirs is shown as the first.
static KINDS: [Kind; 8] = [
    Kind {
        path: "articles",
        list: "articleItems",
        product_type: "ARTICLE",
        product: "articleProduct",
        fields: &[optional("quantity", Holds::Quantity), optional("priceIncVat", Holds::Price)],
    },
    Kind {
        path: "subscriptions",
        list: "subscriptionItems",
        product_type: "SUBSCRIPTION",
        product: "subscriptionProduct",
        fields: &[required("birthDate", Holds::Day), optional("startDate", Holds::DayToCome)],
    },
    Kind {
        path: "valuecards",
        list: "valueCardItems",
        product_type: "VALUE_CARD",
        product: "valueCardProduct",
        fields: &[optional("amount", Holds::Amount)],
    },
    Kind {
        path: "events",
        list: "eventItems",
        product_type: "EVENT",
        // An event is its product here: there is no calendar.
        product: "event",
        fields: &[required("participants", Holds::Participants)],
    },
    Kind {
        path: "services",
        list: "serviceItems",
        product_type: "SERVICE",
        product: "serviceProduct",
        fields: &[required("start", Holds::Time), optional("quantity", Holds::Quantity)],
    },
    Kind {
        path: "entries",
        list: "entryItems",
        product_type: "ENTRY",
        product: "entryProduct",
        fields: &[optional("quantity", Holds::Quantity)],
    },
    Kind {
        path: "packages",
        list: "packageItems",
        product_type: "PACKAGE",
        product: "packageProduct",
        fields: &[optional("quantity", Holds::Quantity)],
    },
    Kind {
        path: "groupactivities",
        list: "groupActivityItems",
        product_type: "GROUP_ACTIVITY",
        product: "groupActivityItem",
        fields: &[],
    },
];

impl Kind {
    /// The kind at a path; a path that does not exist is answered with 401 all over API3.
    fn at(path: &str) -> Result<&'static Self, Refusal> {
        KINDS.iter().find(|kind| kind.path == path).ok_or(Refusal::Unauthorized)
    }

    /// The kind of a row.
    fn of(row: &Row) -> &'static Self {
        KINDS.iter().find(|kind| kind.product_type == row.kind).unwrap_or(&KINDS[0])
    }
}

pub(super) fn routes() -> Router {
    Router::new()
        .route("/{root}/api/ver3/orders/{order}/items/{kind}", post(add))
        .route("/{root}/api/ver3/orders/{order}/items/{kind}/{row}", delete(remove))
}

/// `POST …/orders/{order}/items/{kind}`: answers with the whole order.
async fn add(
    Extension(workspace): Extension<Workspace>,
    Extension(trail): Extension<Trail>,
    Path((_, order, kind)): Path<(String, String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let kind = Kind::at(&kind)?;
    guard(&workspace, &trail, &headers, &order).await?;
    let body = object(&body)?;
    let names = kind.fields.iter().filter(|field| field.required).map(|field| field.name);
    mandatory(&body, [kind.product].into_iter().chain(names))?;
    let product = id(&body, kind.product)?;
    let ordered = Ordered::read(kind, &body, &workspace)?;
    if ordered.has_own_price {
        // A price of one's own takes a special right, which the integrator has.
        authorized(&workspace, &headers)
            .await
            .map_err(|_| Refusal::field("priceIncVat", "FIELD_NOT_ALLOWED"))?;
    }
    let (shown, reserved) = workspace
        .transact(|tx| {
            let mut order = editable(tx, &order)?;
            let product =
                tx.get::<Product>(product).ok_or_else(|| Refusal::field(kind.product, "ID_NOT_FOUND"))?;
            if product.kind != kind.product_type {
                return Err(Refusal::Business("INCORRECT_PRODUCT_TYPE"));
            }
            let row = ordered.row(&order, &product);
            order.rows.push(row);
            Ok(changed(tx, order))
        })
        .await?;
    remark(&trail, reserved);
    Ok(success(StatusCode::CREATED, &shown))
}

/// `DELETE …/orders/{order}/items/{kind}/{row}`: answers with the whole order.
async fn remove(
    Extension(workspace): Extension<Workspace>,
    Extension(trail): Extension<Trail>,
    Path((_, order, kind, row)): Path<(String, String, String, String)>,
    headers: HeaderMap,
) -> Answer {
    let kind = Kind::at(&kind)?;
    guard(&workspace, &trail, &headers, &order).await?;
    let (shown, reserved) = workspace
        .transact(|tx| {
            let mut order = editable(tx, &order)?;
            let before = order.rows.len();
            order.rows.retain(|kept| kept.id.to_string() != row || Kind::of(kept).path != kind.path);
            if order.rows.len() == before {
                return Err(Refusal::Business("ID_NOT_FOUND"));
            }
            Ok(changed(tx, order))
        })
        .await?;
    remark(&trail, reserved);
    Ok(success(StatusCode::OK, &shown))
}

/// Keeps an order with other rows; also says whether value cards were reserved for it before.
fn changed(tx: &mut Tx<'_>, order: Order) -> (Value, bool) {
    let reserved = !order.value_cards.is_empty();
    (keep(tx, order), reserved)
}

/// API3 wants value cards to be reserved when the rows are complete. What it answers otherwise is not
/// documented, so it passes here.
fn remark(trail: &Trail, reserved: bool) {
    if reserved {
        trail.warn("value cards are reserved for this order; API3 wants reservations to be removed before its rows are changed");
    }
}

/// What a new row is to be, apart from its product.
#[derive(Debug)]
struct Ordered {
    quantity: i64,
    /// Price of one, where it is not the product's.
    price: Option<i64>,
    /// Whether the caller sets a price that takes a right.
    has_own_price: bool,
    participants: Vec<String>,
}

impl Ordered {
    fn read(kind: &Kind, body: &Value, workspace: &Workspace) -> Result<Self, Refusal> {
        let mut ordered = Self { quantity: 1, price: None, has_own_price: false, participants: Vec::new() };
        for field in kind.fields.iter().filter(|field| !at(body, field.name).is_null()) {
            let misfit = || Refusal::field(field.name, "FIELD_INVALID_TYPE");
            match field.holds {
                Holds::Amount => {
                    let amount = integer(body, field.name)?.filter(|amount| *amount > 0);
                    ordered.price = Some(amount.ok_or_else(misfit)?);
                }
                Holds::Day => {
                    day_of(body, field.name)?;
                }
                Holds::DayToCome => {
                    let today = day(workspace.clock().now());
                    if day_of(body, field.name)?.is_some_and(|day| day < today) {
                        let arguments = vec![("minDate", json!(today))];
                        let code = "DATE_MUST_BE_LATER_THAN";
                        return Err(Refusal::Argued { field: field.name, code, arguments });
                    }
                }
                Holds::Participants => {
                    let (quantity, names) = participants(body, field.name)?;
                    (ordered.quantity, ordered.participants) = (quantity, names);
                }
                Holds::Price => {
                    ordered.price = integer(body, field.name)?;
                    ordered.has_own_price = true;
                }
                Holds::Quantity => {
                    let quantity =
                        integer(body, field.name)?.filter(|quantity| QUANTITIES.contains(quantity));
                    ordered.quantity = quantity.ok_or_else(misfit)?;
                }
                Holds::Time => {
                    moment(body, field.name)?;
                }
            }
        }
        Ok(ordered)
    }

    fn row(&self, order: &Order, product: &Product) -> Row {
        Row {
            id: order.rows.iter().map(|row| row.id).max().unwrap_or(0).saturating_add(1),
            product: product.id,
            kind: product.kind.clone(),
            name: product.name.clone(),
            quantity: self.quantity,
            price: self.price.unwrap_or(product.price),
            debited: false,
            participants: self.participants.clone(),
        }
    }
}

/// How many of one thing can be ordered. That there is a most is assumed.
const QUANTITIES: std::ops::RangeInclusive<i64> = 1..=10_000;

/// How many take part, and the names of those who have one. A list may be empty, and a person may be
/// without a name: an order can be made like that, and the payment then asks for what is missing.
fn participants(body: &Value, name: &str) -> Result<(i64, Vec<String>), Refusal> {
    let misfit = |name: String| Refusal::field(name, "FIELD_INVALID_TYPE");
    let list = at(body, name).as_array().ok_or_else(|| misfit(name.to_owned()))?;
    let quantity = i64::try_from(list.len()).ok().filter(|quantity| *quantity <= *QUANTITIES.end());
    let quantity = quantity.ok_or_else(|| misfit(name.to_owned()))?.max(1);
    let mut names = Vec::new();
    for (place, person) in list.iter().enumerate() {
        let part = |part: &str| person[part].as_str().unwrap_or_default().trim().to_owned();
        let full = match person {
            Value::String(full) => full.trim().to_owned(),
            Value::Object(_) => format!("{} {}", part("firstName"), part("lastName")).trim().to_owned(),
            _ => return Err(misfit(format!("{name}.{place}"))),
        };
        if !full.is_empty() {
            names.push(full);
        }
    }
    Ok((quantity, names))
}

/// The order's rows in the lists of their kinds; every list is there, empty or not.
pub(super) fn lists(order: &Order) -> impl Iterator<Item = (&'static str, Value)> {
    KINDS.iter().map(move |kind| {
        let rows = order.rows.iter().filter(|row| Kind::of(row).path == kind.path);
        (kind.list, rows.map(|row| show(row, &order.currency)).collect::<Value>())
    })
}

/// A row as API3 prints it. What only other kinds of row have is left out.
fn show(row: &Row, currency: &str) -> Value {
    let product = json!({"id": row.product, "name": row.name});
    let mut shown = json!({
        "id": row.id,
        "price": money(row.price.saturating_mul(row.quantity), currency),
        "quantity": row.quantity,
        "coupon": null,
        "product": product,
        "externalMessage": null,
        "addition": null,
    });
    if row.kind == "EVENT" {
        let names = row.participants.iter().map(|name| {
            let (first, last) = name.split_once(' ').unwrap_or((name.as_str(), ""));
            json!({"firstName": first, "lastName": last})
        });
        shown["participants"] = names.collect::<Value>();
        shown["event"] = product;
        shown["isDebited"] = json!(row.debited);
    }
    shown
}
