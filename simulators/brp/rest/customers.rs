//! The REST API's customers, and what their accounts owe.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use crate::brp::model::{Address, BusinessUnit, Invoice, Person, Subscription};
use crate::kit::table::Tx;

use super::answer::{Answer, Refusal, success};
use super::auth::Authorized;
use super::fields::{Phone, at, day_of, email, id, known, mandatory, object, text};
use super::shapes::{COUNTRY, money, organisation, time, unit};

pub(super) fn routes() -> Router {
    Router::new()
        .route("/{root}/api/ver3/customers", post(create))
        .route("/{root}/api/ver3/customers/{customer}", get(read).put(change))
        .route("/{root}/api/ver3/customers/{customer}/customeraccounts", get(account))
}

/// `POST …/customers`. The customer's type must be named and is not kept: prices do not depend on it here.
async fn create(Authorized(workspace): Authorized, body: Bytes) -> Answer {
    let body = object(&body)?;
    mandatory(&body, ["customerType", "businessUnit", "firstName", "lastName"])?;
    id(&body, "customerType")?;
    let unit = id(&body, "businessUnit")?;
    let details = Details::read(&body)?;
    let shown = workspace
        .transact(|tx| {
            if tx.get::<BusinessUnit>(unit).is_none() {
                return Err(Refusal::field("businessUnit", "ID_NOT_FOUND"));
            }
            let person = Person {
                id: tx.draw::<Person>(&format!("created {body}")),
                first_name: String::new(),
                last_name: String::new(),
                email: None,
                personal_number: None,
                address: None,
                birth_date: None,
                mobile: None,
                business_unit: Some(unit),
                organisation: None,
                account_allowed: false,
                account_limit: 0,
                account_debt: 0,
                withdrawal_consent: false,
                avtalegiro: false,
            };
            Ok(keep(tx, details.put_on(person)))
        })
        .await?;
    Ok(success(StatusCode::CREATED, &shown))
}

/// `GET …/customers/{customer}`
async fn read(Authorized(workspace): Authorized, Path((_, customer)): Path<(String, String)>) -> Answer {
    let shown = workspace.read(|tx| find(tx, &customer).map(|person| show(tx, &person))).await?;
    Ok(success(StatusCode::OK, &shown))
}

/// `PUT …/customers/{customer}`: changes what the body names.
async fn change(
    Authorized(workspace): Authorized,
    Path((_, customer)): Path<(String, String)>,
    body: Bytes,
) -> Answer {
    let body = object(&body)?;
    let details = Details::read(&body)?;
    let shown = workspace
        .transact(|tx| {
            let person = find(tx, &customer)?;
            Ok::<_, Refusal>(keep(tx, details.put_on(Person::clone(&person))))
        })
        .await?;
    Ok(success(StatusCode::OK, &shown))
}

/// `GET …/customers/{customer}/customeraccounts`: what the account owes, and the invoices that are not
/// paid. The names of the limit and of what is left of it are assumed.
async fn account(Authorized(workspace): Authorized, Path((_, customer)): Path<(String, String)>) -> Answer {
    let shown = workspace
        .read(|tx| {
            let person = find(tx, &customer)?;
            let invoices = tx.all::<Invoice>();
            let unpaid = invoices.iter().filter(|invoice| {
                !invoice.deleted && invoice.rest > 0 && invoice.customer == Some(person.id)
            });
            let items = unpaid.map(|invoice| {
                json!({
                    "id": invoice.id,
                    "product": null,
                    "quantity": "1",
                    "price": money(invoice.rest, &invoice.currency),
                    "coupon": null,
                    "createdTime": time(invoice.created),
                })
            });
            let left = person.account_limit.saturating_sub(person.account_debt);
            Ok::<_, Refusal>(json!({
                "debt": money(person.account_debt, "SEK"),
                "creditLimit": money(person.account_limit, "SEK"),
                "availableBalance": money(left, "SEK"),
                "unpaidItems": items.collect::<Vec<_>>(),
            }))
        })
        .await?;
    Ok(success(StatusCode::OK, &shown))
}

/// The customer that a path names.
pub(super) fn find(tx: &Tx<'_>, customer: &str) -> Result<Arc<Person>, Refusal> {
    tx.get::<Person>(known(customer)?).ok_or(Refusal::Business("ID_NOT_FOUND"))
}

fn keep(tx: &mut Tx<'_>, person: Person) -> Value {
    let shown = show(tx, &person);
    tx.put(person);
    shown
}

/// What a body says of a customer.
#[derive(Debug)]
struct Details {
    first_name: Option<String>,
    last_name: Option<String>,
    email: Option<String>,
    personal_number: Option<String>,
    birth_date: Option<jiff::civil::Date>,
    address: Option<Address>,
    mobile: Option<String>,
}

impl Details {
    fn read(body: &Value) -> Result<Self, Refusal> {
        let owned = |text: Option<&str>| text.map(ToOwned::to_owned);
        if text(body, "sex")?.is_some_and(|sex| !["male", "female", "other"].contains(&sex)) {
            return Err(Refusal::field("sex", "SEX_INVALID"));
        }
        Ok(Self {
            first_name: owned(text(body, "firstName")?),
            last_name: owned(text(body, "lastName")?),
            email: owned(email(body, "email")?),
            personal_number: owned(text(body, "ssn")?),
            birth_date: day_of(body, "birthDate")?,
            address: address(body, "shippingAddress")?,
            mobile: Phone::read(body, "mobilePhone")?.map(|phone| phone.kept()),
        })
    }

    /// The person with what is named here in the place of what was there.
    fn put_on(&self, person: Person) -> Person {
        Person {
            first_name: self.first_name.clone().unwrap_or(person.first_name),
            last_name: self.last_name.clone().unwrap_or(person.last_name),
            email: self.email.clone().or(person.email),
            personal_number: self.personal_number.clone().or(person.personal_number),
            birth_date: self.birth_date.or(person.birth_date),
            address: self.address.clone().or(person.address),
            mobile: self.mobile.clone().or(person.mobile),
            ..person
        }
    }
}

/// A postal address. Its postal code may be a number, as API3 prints it; without a country it is taken
/// to be Swedish.
fn address(body: &Value, name: &str) -> Result<Option<Address>, Refusal> {
    let value = at(body, name);
    if value.is_null() {
        return Ok(None);
    }
    if !value.is_object() {
        return Err(Refusal::field(name, "FIELD_INVALID_TYPE"));
    }
    let part = |part: &str| {
        let part = text(body, &format!("{name}.{part}"))?;
        Ok::<_, Refusal>(part.map(ToOwned::to_owned))
    };
    let postal_code = match &value["postalCode"] {
        Value::Number(code) => Some(code.to_string()),
        _ => part("postalCode")?,
    };
    Ok(Some(Address {
        street: part("street")?.unwrap_or_default(),
        postal_code: postal_code.unwrap_or_default(),
        city: part("city")?.unwrap_or_default(),
        country: part("country.alpha2")?.unwrap_or_else(|| COUNTRY.to_owned()),
    }))
}

/// The customer as API3 prints it; `null` for what is not kept here.
fn show(tx: &Tx<'_>, person: &Person) -> Value {
    let subscriptions = tx.all::<Subscription>();
    let member =
        subscriptions.iter().any(|subscription| subscription.active && subscription.person == person.id);
    json!({
        "id": person.id,
        "firstName": person.first_name,
        "lastName": person.last_name,
        "sex": null,
        "ssn": person.personal_number,
        "birthDate": person.birth_date,
        "shippingAddress": person.address.as_ref().map(show_address),
        "billingAddress": null,
        "email": person.email,
        "mobilePhone": person.mobile.as_deref().map(Phone::shown),
        "businessUnit": unit(tx, person.business_unit),
        "customerType": null,
        "customerNumber": person.id.to_string(),
        "cardNumber": null,
        "organization": organisation(tx, person.organisation),
        "suspended": false,
        "hasMembership": member,
    })
}

/// An address as API3 prints it: its postal code is a number, where it can be one.
fn show_address(address: &Address) -> Value {
    let digits = address.postal_code.replace(' ', "");
    // One that begins with 0 would lose it.
    let number = digits.parse::<u64>().ok().filter(|number| number.to_string() == digits);
    let code = number.map_or_else(|| json!(address.postal_code), |number| json!(number));
    json!({
        "street": address.street,
        "city": address.city,
        "postalCode": code,
        "country": {"id": null, "alpha2": address.country, "name": null},
    })
}
