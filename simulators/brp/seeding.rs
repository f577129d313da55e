//! Reading and changing BRP's records through the control API.

use serde_json::{Value, json};

use crate::kit::problem::{Problem, nearest};
use crate::kit::table::{Record, Tx};

use super::founding::UNIT;
use super::model::{BusinessUnit, Mail, Method, Order, Person, Product, Receipt, ValueCard};

/// The kinds of record; the last two can only be read.
pub(super) const KINDS: &[&str] =
    &["businessunits", "orders", "paymentmethods", "persons", "products", "valuecards", "mails", "receipts"];

pub(super) fn read(tx: &Tx<'_>, kind: &str) -> Vec<Value> {
    match kind {
        "businessunits" => all::<BusinessUnit>(tx),
        "mails" => all::<Mail>(tx),
        "orders" => all::<Order>(tx),
        "paymentmethods" => all::<Method>(tx),
        "persons" => all::<Person>(tx),
        "products" => all::<Product>(tx),
        "receipts" => all::<Receipt>(tx),
        "valuecards" => all::<ValueCard>(tx),
        _ => Vec::new(),
    }
}

/// Changes the fields that the body names; what it does not name keeps its value, or gets a usual
/// one where the record is new.
pub(super) fn seed(tx: &mut Tx<'_>, kind: &str, body: &Value) -> Result<Value, Problem> {
    match kind {
        "businessunits" => put::<BusinessUnit>(
            tx,
            body,
            "id",
            |id| json!({"id": id, "name": "Facility", "company": "Provkassa Gym AB", "internet_register": true, "psp_configured": true, "books_closed": false}),
        ),
        "orders" => order(tx, body),
        "paymentmethods" => put::<Method>(
            tx,
            body,
            "id",
            |id| json!({"id": id, "type": "CARD_CREDIT", "name": "Method", "internet": true, "needs_address": false, "issues_token": true}),
        ),
        "persons" => put::<Person>(
            tx,
            body,
            "id",
            |id| json!({"id": id, "first_name": "Bo", "last_name": "Ek", "email": null, "personal_number": null, "address": null}),
        ),
        "products" => put::<Product>(
            tx,
            body,
            "id",
            |id| json!({"id": id, "name": "Product", "price": 10_000, "recurring": false, "confirm_only": false, "participants_required": false}),
        ),
        "valuecards" => put::<ValueCard>(tx, body, "number", |id| json!({"number": id, "balance": 10_000})),
        _ => Err(Problem::bad_request(
            "read_only_record",
            format!("`{kind}` cannot be seeded"),
            "BRP makes these itself when an order is paid.",
        )),
    }
}

fn all<R: Record>(tx: &Tx<'_>) -> Vec<Value> {
    tx.all::<R>().iter().filter_map(|record| serde_json::to_value(record.as_ref()).ok()).collect()
}

fn put<R: Record>(
    tx: &mut Tx<'_>,
    body: &Value,
    key: &str,
    usual: impl FnOnce(&Value) -> Value,
) -> Result<Value, Problem> {
    let id = body.get(key).filter(|id| id.is_u64() || id.is_string()).ok_or_else(|| {
        Problem::bad_request(
            "missing_field",
            format!("`{key}` is missing"),
            format!("Name the record: {{\"{key}\": …}}."),
        )
    })?;
    let known = match id {
        Value::String(text) => tx.get::<R>(text.as_str()),
        other => tx.get::<R>(other.as_u64().unwrap_or(0)),
    };
    let base = match known {
        Some(record) => serde_json::to_value(record.as_ref()).unwrap_or(Value::Null),
        None => usual(id),
    };
    store::<R>(tx, base, body)
}

/// An order can be seeded without an id, and by its price alone.
fn order(tx: &mut Tx<'_>, body: &Value) -> Result<Value, Problem> {
    let mut body = body.clone();
    let id = match body.get("id").and_then(Value::as_u64) {
        Some(id) if i32::try_from(id).is_err() => {
            return Err(Problem::bad_request(
                "refused_id",
                format!("an order cannot have the id {id}"),
                "BRP's ids fit 31 bits.",
            ));
        }
        Some(id) if !tx.claim::<Order>(id) => {
            return Err(Problem::new(
                http::StatusCode::CONFLICT,
                "id_taken",
                format!("order {id} belongs to another workspace"),
                "Leave `id` out: the order then draws one of its own.",
            ));
        }
        Some(id) => id,
        None => tx.draw::<Order>(&format!("control {body}")),
    };
    let now = tx.now;
    let base = match tx.get::<Order>(id) {
        Some(order) => serde_json::to_value(order.as_ref()).unwrap_or(Value::Null),
        None => json!({
            "id": id, "number": id, "business_unit": UNIT, "customer": null, "rows": [], "value_cards": [],
            "currency": "SEK", "external_id": null, "created": now, "last_modified": now,
            "invalidate_time": null, "deleted": false,
        }),
    };
    if let Some(fields) = body.as_object_mut() {
        fields.insert("id".to_owned(), json!(id));
        fields.insert("last_modified".to_owned(), json!(now));
        if let Some(price) = fields.remove("price") {
            let row = json!({"id": 1, "product": 1, "name": "Dagkort", "quantity": 1, "price": price});
            fields.insert("rows".to_owned(), json!([row]));
        }
    }
    store::<Order>(tx, base, &body)
}

fn store<R: Record>(tx: &mut Tx<'_>, mut base: Value, body: &Value) -> Result<Value, Problem> {
    let (Some(fields), Some(changes)) = (base.as_object_mut(), body.as_object()) else {
        return Err(Problem::bad_request(
            "not_an_object",
            "the body is no JSON object",
            "Send {\"field\": value}.",
        ));
    };
    for (name, value) in changes {
        if !fields.contains_key(name) {
            let near = nearest(name, fields.keys().map(String::as_str));
            let help = near.map_or_else(
                || format!("The fields are: {}.", fields.keys().cloned().collect::<Vec<_>>().join(", ")),
                |near| format!("Did you mean `{near}`?"),
            );
            return Err(Problem::bad_request("unknown_field", format!("there is no field `{name}`"), help));
        }
        fields.insert(name.clone(), value.clone());
    }
    let record: R = serde_json::from_value(base.clone()).map_err(|error| {
        Problem::bad_request(
            "refused_record",
            format!("the record does not fit: {error}"),
            "GET it to see its shape.",
        )
    })?;
    tx.put(record);
    Ok(base)
}
