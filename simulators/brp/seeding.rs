//! Reading and changing BRP's records through the control API.

use jiff::ToSpan as _;
use serde_json::{Value, json};

use crate::kit::problem::{Problem, nearest};
use crate::kit::table::{Record, Tx};

use super::founding::{DEBTOR, PERSON, UNIT};
use super::model::{
    Agreement, Attempt, BusinessUnit, Invoice, Mail, Mandate, Method, Order, Organisation, Person, Product,
    Receipt, Subscription, ValueCard, day,
};

/// The kinds of record; the last four can only be read.
pub(super) const KINDS: &[&str] = &[
    "businessunits",
    "invoices",
    "mandates",
    "orders",
    "organisations",
    "paymentmethods",
    "persons",
    "products",
    "subscriptions",
    "valuecards",
    "agreements",
    "attempts",
    "mails",
    "receipts",
];

pub(super) fn read(tx: &Tx<'_>, kind: &str) -> Vec<Value> {
    match kind {
        "agreements" => all::<Agreement>(tx),
        "attempts" => all::<Attempt>(tx),
        "businessunits" => all::<BusinessUnit>(tx),
        "invoices" => all::<Invoice>(tx),
        "mails" => all::<Mail>(tx),
        "mandates" => all::<Mandate>(tx),
        "orders" => all::<Order>(tx),
        "organisations" => all::<Organisation>(tx),
        "paymentmethods" => all::<Method>(tx),
        "persons" => all::<Person>(tx),
        "products" => all::<Product>(tx),
        "receipts" => all::<Receipt>(tx),
        "subscriptions" => all::<Subscription>(tx),
        "valuecards" => all::<ValueCard>(tx),
        _ => Vec::new(),
    }
}

/// Changes the fields that the body names; what it does not name keeps its value, or gets a usual
/// one where the record is new.
pub(super) fn seed(tx: &mut Tx<'_>, kind: &str, body: &Value) -> Result<Value, Problem> {
    match kind {
        "businessunits" if body["psp"] == "swish" => Err(Problem::bad_request(
            "refused_record",
            "Swish cannot be a business unit's payment provider",
            "It runs beside them: set `swish_configured`, and a payment method of the type SWISH.",
        )),
        "businessunits" => put::<BusinessUnit>(tx, body, "id", |id| {
            json!({
                "id": id, "name": "Facility", "company": "Provkassa Gym AB", "company_id": 1,
                "internet_register": true, "psp": "brp", "psp_configured": true, "swish_configured": true,
                "distribution": ["email", "centralprint21grams"], "books_closed": false,
            })
        }),
        "invoices" => invoice(tx, body),
        "mandates" => {
            one_for_each_company(tx, body)?;
            let now = tx.now;
            let card = json!({"number": "411111.......111", "network": "VISA", "expires": "2030-12-31"});
            put::<Mandate>(tx, body, "id", |id| {
                json!({
                    "id": id, "person": PERSON, "company_id": 1, "business_unit": UNIT, "card": card,
                    "updated": now,
                })
            })
        }
        "orders" => order(tx, body),
        "organisations" => put::<Organisation>(
            tx,
            body,
            "id",
            |id| json!({"id": id, "name": "Organisation", "account_limit": 1_000_000, "account_debt": 0}),
        ),
        "paymentmethods" => put::<Method>(tx, body, "id", |id| {
            json!({
                "id": id, "type": "CARD_CREDIT", "name": "Method", "psp": "brp", "internet": true,
                "needs_address": false, "issues_token": true,
            })
        }),
        "persons" => put::<Person>(tx, body, "id", |id| {
            json!({
                "id": id, "first_name": "Bo", "last_name": "Ek", "email": null, "personal_number": null,
                "address": null, "birth_date": null, "mobile": null, "business_unit": UNIT,
                "organisation": null, "account_allowed": true, "account_limit": 500_000, "account_debt": 0,
                "withdrawal_consent": false, "avtalegiro": false,
            })
        }),
        "products" => put::<Product>(tx, body, "id", |id| {
            json!({
                "id": id, "type": "ARTICLE", "name": "Product", "price": 10_000, "recurring": false,
                "confirm_only": false, "pay_only": false, "participants_required": false,
                "direct_debit": false, "needs_signature": false, "needs_avtalegiro": false,
            })
        }),
        "subscriptions" => {
            let until = day(tx.now).last_of_month();
            put::<Subscription>(tx, body, "id", |id| {
                json!({
                    "id": id, "name": "Subscription", "person": PERSON, "organisation": null,
                    "business_unit": UNIT, "price": 29_900, "debit": "INVOICE", "active": true,
                    "debited_until": until,
                })
            })
        }
        "valuecards" => put::<ValueCard>(tx, body, "number", |id| json!({"number": id, "balance": 10_000})),
        _ => Err(Problem::bad_request(
            "read_only_record",
            format!("`{kind}` cannot be seeded"),
            "BRP makes these itself when something is paid.",
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
    let next = || Some(json!(next_id::<R>(tx))).filter(|_| key == "id");
    let Some(id) = body.get(key).cloned().or_else(next) else {
        return Err(Problem::bad_request(
            "missing_field",
            format!("`{key}` is missing"),
            format!("Name the record: {{\"{key}\": …}}."),
        ));
    };
    if !id.is_u64() && (key == "id" || !id.is_string()) {
        return Err(no_id(&id));
    }
    let known = match &id {
        Value::String(text) => tx.get::<R>(text.as_str()),
        other => tx.get::<R>(other.as_u64().unwrap_or(0)),
    };
    let base = match known {
        Some(record) => serde_json::to_value(record.as_ref()).unwrap_or(Value::Null),
        None => usual(&id),
    };
    store::<R>(tx, base, body)
}

/// The id behind the last one.
fn next_id<R: Record>(tx: &Tx<'_>) -> u64 {
    all::<R>(tx).iter().filter_map(|record| record["id"].as_u64()).max().unwrap_or(0) + 1
}

fn no_id(id: &Value) -> Problem {
    Problem::bad_request(
        "refused_record",
        format!("the record cannot have the id {id}: it is no whole number"),
        "Give a whole number from 1 up, or leave `id` out: a new one is then drawn.",
    )
}

/// An order can be seeded without an id, and by its price alone.
fn order(tx: &mut Tx<'_>, body: &Value) -> Result<Value, Problem> {
    let (id, mut body) = drawn::<Order>(tx, body, "an order")?;
    let now = tx.now;
    let base = known::<Order>(tx, id).unwrap_or_else(|| {
        json!({
            "id": id, "number": id, "business_unit": UNIT, "customer": null, "rows": [], "value_cards": [],
            "currency": "SEK", "external_id": null, "created": now, "last_modified": now,
            "invalidate_time": null, "debited": false, "confirmed": false, "deleted": false,
        })
    });
    if let Some(fields) = body.as_object_mut() {
        fields.insert("last_modified".to_owned(), json!(now));
        // New rows are what an order starts from.
        if fields.contains_key("price") || fields.contains_key("rows") {
            fields.entry("debited").or_insert(json!(false));
        }
        if let Some(price) = fields.remove("price") {
            let row = json!({"id": 1, "product": 1, "name": "Dagkort", "quantity": 1, "price": price});
            fields.insert("rows".to_owned(), json!([row]));
        }
    }
    store::<Order>(tx, base, &body)
}

/// An invoice can be seeded without an id, and by what is left to pay alone.
fn invoice(tx: &mut Tx<'_>, body: &Value) -> Result<Value, Problem> {
    let (id, body) = drawn::<Invoice>(tx, body, "an invoice")?;
    let now = tx.now;
    let base = known::<Invoice>(tx, id).unwrap_or_else(|| {
        let total = body.get("rest").or(body.get("total")).cloned().unwrap_or(json!(25_000));
        json!({
            "id": id, "number": id, "business_unit": UNIT, "customer": DEBTOR, "organisation": null,
            "reference": null, "order": null, "subscription": null, "total": total, "rest": total,
            "reminder_fee": 0, "currency": "SEK", "state": "STATE_SENT", "distribution": null,
            "created": now, "due_date": day(now).saturating_add(30.days()), "deleted": false,
        })
    });
    store::<Invoice>(tx, base, &body)
}

/// A customer has one card mandate for each company.
fn one_for_each_company(tx: &Tx<'_>, body: &Value) -> Result<(), Problem> {
    let known = body["id"].as_u64().and_then(|id| tx.get::<Mandate>(id));
    let (person, company) = known.map_or((PERSON, 1), |mandate| (mandate.person, mandate.company_id));
    let person = body["person"].as_u64().unwrap_or(person);
    let company = body["company_id"].as_u64().unwrap_or(company);
    let mandates = tx.all::<Mandate>();
    let other = mandates.iter().find(|mandate| {
        mandate.person == person && mandate.company_id == company && body["id"].as_u64() != Some(mandate.id)
    });
    other.map_or(Ok(()), |other| {
        Err(Problem::new(
            http::StatusCode::CONFLICT,
            "mandate_exists",
            format!("person {person} has a mandate for company {company} already"),
            format!("Change that one: {{\"id\": {}, …}}.", other.id),
        ))
    })
}

fn known<R: Record>(tx: &Tx<'_>, id: u64) -> Option<Value> {
    tx.get::<R>(id).map(|record| serde_json::to_value(record.as_ref()).unwrap_or(Value::Null))
}

/// The id that the body names, claimed for this workspace, or a new one; and the body with it.
fn drawn<R: Record>(tx: &Tx<'_>, body: &Value, what: &str) -> Result<(u64, Value), Problem> {
    let given = body.get("id").map(|id| id.as_u64().ok_or(id));
    let id = match given.transpose().map_err(no_id)? {
        Some(id) if i32::try_from(id).is_err() => {
            return Err(Problem::bad_request(
                "refused_id",
                format!("{what} cannot have the id {id}"),
                "BRP's ids fit 31 bits.",
            ));
        }
        Some(id) if !tx.claim::<R>(id) => {
            return Err(Problem::new(
                http::StatusCode::CONFLICT,
                "id_taken",
                format!("{what} of another workspace has the id {id}"),
                "Leave `id` out: a new one is then drawn.",
            ));
        }
        Some(id) => id,
        None => tx.draw::<R>(&format!("control {body}")),
    };
    let mut body = body.clone();
    if let Some(fields) = body.as_object_mut() {
        fields.insert("id".to_owned(), json!(id));
    }
    Ok((id, body))
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
