//! The REST API's link generation: the call that a shop would otherwise build and hash itself.

use std::sync::Arc;

use axum::Router;
use axum::extract::Extension;
use axum::routing::post;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::brp::ID;
use crate::brp::endpoints::UNHASHED;
use crate::brp::model::{BusinessUnit, Invoice, Method, Order, Person, Subject};
use crate::brp::signing;
use crate::kit::address::{is_email, is_web_address};
use crate::kit::locator::Origin;
use crate::kit::operation::{Message, Operation as _, Parameter};
use crate::kit::table::{Record, Tx};
use crate::kit::trail::Trail;
use crate::kit::workspace::Workspace;

use super::answer::{Answer, Refusal, success};
use super::auth::{Authorized, authorized};
use super::fields::{Phone, at, id, mandatory, number, object, text};
use super::orders::left_to_pay;

const PAYER: &str = "payerAlias";
const PAYMENT_METHOD: &str = "paymentMethod";
const RECEIPT_EMAIL: &str = "receiptEmail";
const RETURN_URL: &str = "returnUrl";

pub(super) fn routes() -> Router {
    Router::new()
        .route("/{root}/api/ver3/services/generatelink/payment", post(payment))
        .route("/{root}/api/ver3/services/generatelink/confirmorder", post(confirm_order))
        .route("/{root}/api/ver3/services/generatelink/registercardconsent", post(register_card_consent))
        .route("/{root}/api/ver3/services/generatelink/payforcustomeraccount", post(pay_for_account))
}

/// A call that a link is made of.
#[derive(Debug)]
struct Call {
    form: &'static str,
    parameters: Vec<Parameter>,
    subject: Subject,
    /// What came and has no place in the link.
    left_out: Vec<&'static str>,
}

impl Call {
    /// A call about something, with the parameter that names it.
    fn new(form: &'static str, name: &'static str, id: u64, subject: Subject) -> Self {
        Self { form, parameters: vec![(name.into(), id.to_string())], subject, left_out: Vec::new() }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.parameters.push((name.into(), value.into()));
        self
    }

    /// With each of several values of one name.
    fn with_all(self, name: &'static str, values: &[String]) -> Self {
        values.iter().fold(self, |call, value| call.with(name, value))
    }
}

/// `POST …/services/generatelink/payment`: for an order or an invoice.
async fn payment(
    Extension(workspace): Extension<Workspace>,
    Extension(trail): Extension<Trail>,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let body = object(&body)?;
    let wish = Wish::read(&body)?;
    let (call, protected) = workspace.read(|tx| wish.call(tx)).await?;
    if protected {
        // So it is where `enablePayWithCustomerAccount` is on, as it is here.
        authorized(&workspace, &headers).await?;
    }
    link(&workspace, &trail, &origin, &call)
}

/// `POST …/services/generatelink/confirmorder`: confirms an order without payment. A customer's order wants a
/// login, as on the order's own paths; only links to payments are said to be open to all.
async fn confirm_order(
    Extension(workspace): Extension<Workspace>,
    Extension(trail): Extension<Trail>,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let body = object(&body)?;
    mandatory(&body, ["order", RETURN_URL])?;
    let order = id(&body, "order")?;
    let back = return_url(&body)?;
    let order = workspace.read(|tx| order_of(tx, order)).await?;
    if order.customer.is_some() {
        authorized(&workspace, &headers).await?;
    }
    let call = Call::new("confirmorder", "orderid", order.id, Subject::Order(order.id));
    let call = call.with("returnurl", back);
    link(&workspace, &trail, &origin, &call)
}

/// `POST …/services/generatelink/registercardconsent`: makes or updates a card mandate.
async fn register_card_consent(
    Authorized(workspace): Authorized,
    Extension(trail): Extension<Trail>,
    Extension(origin): Extension<Origin>,
    body: Bytes,
) -> Answer {
    let body = object(&body)?;
    mandatory(&body, ["businessUnit", "customer", RETURN_URL])?;
    let (business_unit, person) = (id(&body, "businessUnit")?, id(&body, "customer")?);
    let back = return_url(&body)?;
    let call = workspace
        .read(|tx| {
            named::<BusinessUnit>(tx, "businessUnit", business_unit)?;
            named::<Person>(tx, "customer", person)?;
            let subject = Subject::Mandate { person, business_unit };
            let call = Call::new("creatercpmandate", "personid", person, subject);
            Ok::<_, Refusal>(call.with("businessunitid", business_unit.to_string()).with("returnurl", back))
        })
        .await?;
    link(&workspace, &trail, &origin, &call)
}

/// `POST …/services/generatelink/payforcustomeraccount`: pays what a customer's account owes, by card or
/// Swish. That nothing owed is nothing left to pay is assumed.
async fn pay_for_account(
    Authorized(workspace): Authorized,
    Extension(trail): Extension<Trail>,
    Extension(origin): Extension<Origin>,
    body: Bytes,
) -> Answer {
    let body = object(&body)?;
    mandatory(&body, ["customer", PAYMENT_METHOD, RETURN_URL])?;
    let (customer, method) = (id(&body, "customer")?, id(&body, PAYMENT_METHOD)?);
    let back = return_url(&body)?;
    let payer = Phone::read(&body, PAYER)?;
    let call = workspace
        .read(|tx| {
            let person = named::<Person>(tx, "customer", customer)?;
            let method = usable(tx, method)?;
            if !method.is_card() && method.kind != "SWISH" {
                return Err(Refusal::Business("NOT_SUPPORTED_AS_PAYMENT_METHOD"));
            }
            if person.account_debt <= 0 {
                return Err(Refusal::Business("NOTHING_LEFT_TO_PAY"));
            }
            let call = Call::new("payforcustomeraccount", "customerid", customer, Subject::Account(customer))
                .with("paymentmethodid", method.id.to_string())
                .with("returnurl", back);
            if method.kind == "SWISH" {
                return Ok(call.with(UNHASHED, alias(payer.as_ref())?));
            }
            Ok(call)
        })
        .await?;
    link(&workspace, &trail, &origin, &call)
}

/// What a shop wants to have paid, and how.
#[derive(Debug)]
struct Wish {
    order: Option<u64>,
    invoice: Option<u64>,
    method: Option<u64>,
    back: String,
    emails: Vec<String>,
    payer: Option<Phone>,
}

impl Wish {
    fn read(body: &Value) -> Result<Self, Refusal> {
        mandatory(body, [RETURN_URL])?;
        let (order, invoice) = (number(body, "order")?, number(body, "invoice")?);
        if order.is_none() && invoice.is_none() {
            return Err(Refusal::field("order", "FIELD_MANDATORY"));
        }
        if invoice.is_some() && !at(body, RECEIPT_EMAIL).is_null() {
            return Err(Refusal::field(RECEIPT_EMAIL, "FIELD_NOT_ALLOWED"));
        }
        Ok(Self {
            order,
            invoice,
            method: number(body, PAYMENT_METHOD)?,
            back: return_url(body)?.to_owned(),
            emails: emails(body)?,
            payer: Phone::read(body, PAYER)?,
        })
    }

    /// The call, and whether it takes a login. An invoice goes before an order where both are named.
    fn call(&self, tx: &Tx<'_>) -> Result<(Call, bool), Refusal> {
        let method = self.method.map(|id| usable(tx, id)).transpose()?;
        let mut left_out = Vec::new();
        if let Some(id) = self.invoice {
            let invoice = tx.get::<Invoice>(id).filter(|invoice| !invoice.deleted);
            let invoice = invoice.ok_or_else(|| Refusal::field("invoice", "ID_NOT_FOUND"))?;
            if invoice.business_unit.is_none() {
                return Err(Refusal::Business("INVOICE_MISSING_BUSINESS_UNIT"));
            }
            if invoice.rest <= 0 {
                return Err(Refusal::Business("INVOICE_ZERO_OR_LESS"));
            }
            left_out.extend(method.map(|_| PAYMENT_METHOD));
            left_out.extend(self.order.map(|_| "order"));
            let call = Call::new("payforinvoice", "invoiceid", id, Subject::Invoice(id));
            return Ok((Call { left_out, ..call.with("returnurl", &self.back) }, false));
        }
        let order = order_of(tx, self.order.unwrap_or_default())?;
        if left_to_pay(tx, &order) <= 0 {
            return Err(Refusal::Business("NOTHING_LEFT_TO_PAY"));
        }
        let kind = method.as_ref().map_or("", |method| method.kind.as_str());
        let form = match kind {
            "CUSTOMER_ACCOUNT" => "paywithcustomeraccount",
            "INVOICE" => "brpinvoice",
            "SWISH" => "swish/payfororder",
            _ => "payfororder",
        };
        let call = Call::new(form, "orderid", order.id, Subject::Order(order.id));
        let mut call = call.with("returnurl", &self.back);
        match (form, &method) {
            ("swish/payfororder", _) => call = call.with(UNHASHED, alias(self.payer.as_ref())?),
            ("payfororder", Some(method)) => call = call.with("paymentmethodid", method.id.to_string()),
            _ => {}
        }
        if form.ends_with("payfororder") {
            call = call.with_all("receiptemail", &self.emails);
        } else if !self.emails.is_empty() {
            left_out.push(RECEIPT_EMAIL);
        }
        Ok((Call { left_out, ..call }, kind == "CUSTOMER_ACCOUNT"))
    }
}

/// The addresses that get the receipt besides the customer's.
fn emails(body: &Value) -> Result<Vec<String>, Refusal> {
    let list = match at(body, RECEIPT_EMAIL) {
        Value::Null => return Ok(Vec::new()),
        Value::Array(list) => list,
        _ => return Err(Refusal::field(RECEIPT_EMAIL, "FIELD_INVALID_TYPE")),
    };
    let read = |(place, email): (usize, &Value)| match email.as_str() {
        Some(email) if is_email(email) => Ok(email.to_owned()),
        Some(_) => Err(Refusal::field(format!("{RECEIPT_EMAIL}.{place}"), "EMAIL_INVALID")),
        None => Err(Refusal::field(format!("{RECEIPT_EMAIL}.{place}"), "FIELD_INVALID_TYPE")),
    };
    list.iter().enumerate().map(read).collect()
}

fn return_url(body: &Value) -> Result<&str, Refusal> {
    let url = text(body, RETURN_URL)?.unwrap_or_default();
    if is_web_address(url) { Ok(url) } else { Err(Refusal::field(RETURN_URL, "URL_INVALID")) }
}

/// The record that a field names.
fn named<R: Record>(tx: &Tx<'_>, field: &str, id: u64) -> Result<Arc<R>, Refusal> {
    tx.get::<R>(id).ok_or_else(|| Refusal::field(field, "ID_NOT_FOUND"))
}

/// The order that `order` names, neither debited nor confirmed. The code for the second is assumed.
fn order_of(tx: &Tx<'_>, id: u64) -> Result<Arc<Order>, Refusal> {
    let order = named::<Order>(tx, "order", id)?;
    if order.deleted {
        return Err(Refusal::field("order", "ID_NOT_FOUND"));
    }
    if order.is_debited() {
        return Err(Refusal::Business("ORDER_FULLY_DEBITED"));
    }
    if order.confirmed {
        return Err(Refusal::Business("ORDER_NOT_PRELIMINARY"));
    }
    Ok(order)
}

/// The method that `paymentMethod` names, for the internet.
fn usable(tx: &Tx<'_>, id: u64) -> Result<Arc<Method>, Refusal> {
    let method = named::<Method>(tx, PAYMENT_METHOD, id)?;
    if method.internet { Ok(method) } else { Err(Refusal::Business("NOT_SUPPORTED_AS_PAYMENT_METHOD")) }
}

/// Swish's name for the payer, who must be known.
fn alias(payer: Option<&Phone>) -> Result<String, Refusal> {
    payer.map(Phone::digits).ok_or_else(|| Refusal::field(PAYER, "PHONENUMBER_NULL"))
}

/// Hashes the call and answers with its link.
fn link(workspace: &Workspace, trail: &Trail, origin: &Origin, call: &Call) -> Answer {
    trail.order(call.subject.key());
    for name in &call.left_out {
        trail.warn(format!("`{name}` has no place in a link to {}; it was left out", call.form));
    }
    let installation = workspace.credential(ID, "BRP_INSTALLATION");
    let message = Message {
        form: call.form.into(),
        parameters: call.parameters.clone(),
        given: vec![
            ("base".into(), format!("{}/{installation}/", origin.0)),
            ("secret".into(), workspace.credential(ID, "BRP_SECRET").to_owned()),
        ],
    };
    let link = signing::Link.reply(&message, &[]).ok_or(Refusal::Business("UNKNOWN"))?;
    Ok(success(StatusCode::CREATED, &json!({ "url": link.get("url") })))
}
