//! Fenerum's records through the control API. What is written goes the way of the API itself, so that the
//! same events are sent; what the API cannot do is done here: issuing and charging invoices, new terms,
//! and letting what time has brought happen.

use http::StatusCode;
use serde_json::{Value, json};

use crate::kit::outcome::Outcome;
use crate::kit::problem::Problem;
use crate::kit::seed::mark;
use crate::kit::table::{Record, Tx};

use super::accounts;
use super::body;
use super::callbacks;
use super::fields::{Fields, uuid};
use super::invoices::{self, Claimed};
use super::model::{Access, Account, Email, Invoice, PaymentCard, Plan, Recipient, Terms, Webhook};
use super::refusals::{Refusal, told};
use super::store::{BY_INVOICE, account_by_code, by_card, by_uuid, count, new_uuid};
use super::{cards, subscriptions, webhooks};

/// The kinds of record. Payment cards are disabled, e-mails and links only read.
pub(super) const KINDS: &[&str] = &[
    "accounts",
    "invoices",
    "payment_cards",
    "plan_terms",
    "plans",
    "recipients",
    "subscriptions",
    "webhooks",
    "accesses",
    "emails",
];

pub(super) fn read(tx: &Tx<'_>, kind: &str) -> Vec<Value> {
    match kind {
        "accounts" => all::<Account>(tx, |account| account.number, Account::shown),
        "invoices" => all::<Invoice>(tx, |invoice| invoice.invoice_number, shown_invoice),
        "payment_cards" => all::<PaymentCard>(tx, |card| card.number, shown_card),
        "plan_terms" => all::<Terms>(tx, |terms| terms.number, Terms::shown),
        "plans" => all::<Plan>(tx, |plan| plan.number, |plan| json!(plan)),
        "recipients" => all::<Recipient>(tx, |recipient| recipient.number, Recipient::shown),
        "subscriptions" => subscriptions::of(tx, None).iter().map(|of| of.shown()).collect(),
        "webhooks" => all::<Webhook>(tx, |webhook| webhook.number, Webhook::shown),
        "accesses" => all::<Access>(tx, |_| 0, |access| json!(access)),
        "emails" => all::<Email>(tx, |email| email.number, |email| json!(email)),
        _ => Vec::new(),
    }
}

fn all<R: Record>(tx: &Tx<'_>, number: fn(&R) -> u64, shown: fn(&R) -> Value) -> Vec<Value> {
    let mut all = tx.all::<R>();
    all.sort_by_key(|record| number(record));
    all.iter().map(|record| shown(record)).collect()
}

/// An invoice with what only Fenerum knows of it.
fn shown_invoice(invoice: &Invoice) -> Value {
    let mut shown = invoice.shown();
    shown["attempts"] = json!(invoice.attempts);
    shown["failure"] = json!(invoice.failure);
    shown
}

/// A card with what it is called at its gateway.
fn shown_card(card: &PaymentCard) -> Value {
    let mut shown = card.shown();
    shown["token"] = json!(card.token);
    shown
}

/// Adds a record, or changes the one that the body names. Whatever it is, what the time has brought comes
/// first.
pub(super) fn seed(tx: &mut Tx<'_>, kind: &str, body: &Value) -> Result<Value, Problem> {
    invoices::catch_up(tx);
    let done = match kind {
        "accounts" => account(tx, body),
        "invoices" => invoice(tx, body),
        "payment_cards" => disable(tx, body),
        "plan_terms" => terms(tx, body),
        "plans" => plan(tx, body),
        "recipients" => accounts::new_recipient(tx, body).map(|recipient| recipient.shown()),
        "subscriptions" => subscriptions::new(tx, None, body).map(|subscription| subscription.shown()),
        "webhooks" => webhook(tx, body),
        _ => {
            return Err(Problem::bad_request(
                "read_only",
                format!("{kind} cannot be written"),
                "They are made by POST /api/self-service/initiate-organization/ and by the page /login/.",
            ));
        }
    };
    done.map_err(|refusal| refused(&refusal))
}

fn refused(refusal: &Refusal) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "refused_record",
        refusal.body().to_string(),
        "The fields are those of Fenerum's own API; GET the records to see them.",
    )
}

/// An account is made, or changed where there is one with this code. It can be given its UUID.
fn account(tx: &mut Tx<'_>, data: &Value) -> Result<Value, Refusal> {
    let code = data["code"].as_str().unwrap_or_default();
    if account_by_code(tx, code).is_some() {
        return accounts::update(tx, code, data, true).map(|account| account.shown());
    }
    let given = match data.get("uuid") {
        None => None,
        Some(value) => {
            let shown = body::str_of(value);
            let wrong = || Refusal::field("uuid", told("invalid_uuid", &[("value", &shown)]));
            Some(uuid(value).ok_or_else(wrong)?)
        }
    };
    if let Some(uuid) = &given
        && (tx.get::<Account>(uuid.as_str()).is_some() || !tx.claim::<Account>(mark(uuid)))
    {
        return Err(Refusal::field("uuid", told("unique", &[])));
    }
    let mut data = data.clone();
    if let Some(fields) = data.as_object_mut() {
        fields.entry("company_name").or_insert_with(|| json!("Another customer"));
    }
    accounts::new(tx, &data, given).map(|account| account.shown())
}

/// An invoice is issued, and charged where the account pays by card; or one that is there is charged again.
fn invoice(tx: &mut Tx<'_>, data: &Value) -> Result<Value, Refusal> {
    let mut fields = Fields::of(body::object(data)?);
    if data.get("uuid").is_some() {
        let id = fields.needed_text("uuid").unwrap_or_default();
        let charged = fields.truth("charge").unwrap_or(true);
        fields.end()?;
        let invoice = Invoice::clone(&*by_uuid::<Invoice>(tx, &id)?);
        let open = invoice.paid.is_none();
        let invoice = if open && charged { invoices::charge(tx, invoice) } else { invoice };
        return Ok(shown_invoice(&invoice));
    }
    let code = fields.needed_text("account").unwrap_or_default();
    let account = account_by_code(tx, &code);
    if account.is_none() && !code.is_empty() {
        fields.fault("account", told("no_such_code", &[("value", &code)]));
    }
    let amount = fields.number("amount", 1, u32::MAX).unwrap_or(10_000);
    let currency = fields.text("currency").unwrap_or_else(|| "DKK".to_owned());
    let method = fields.choice("collection_method", &[BY_INVOICE, by_card(tx)]);
    fields.end()?;
    let Some(account) = account else { return Err(Refusal::ServerError) };
    let claimed = Claimed {
        account: &code,
        subscription: None,
        amount: i64::from(amount),
        currency: &currency,
        collection_method: method.as_deref().unwrap_or(&account.collection_method),
        payment_terms: subscriptions::PAYMENT_TERMS,
    };
    Ok(shown_invoice(&invoices::issue(tx, &claimed)))
}

/// A card is disabled: it is registered through the API alone, where its gateway is asked for it.
fn disable(tx: &mut Tx<'_>, data: &Value) -> Result<Value, Refusal> {
    let mut fields = Fields::of(body::object(data)?);
    let id = fields.needed_text("uuid").unwrap_or_default();
    let active = fields.choice("active", &["False"]);
    fields.end()?;
    if active.is_none() {
        return by_uuid::<PaymentCard>(tx, &id).map(|card| shown_card(&card));
    }
    cards::off(tx, &id).map(|card| shown_card(&card))
}

fn plan(tx: &mut Tx<'_>, data: &Value) -> Result<Value, Refusal> {
    let mut fields = Fields::of(body::object(data)?);
    let code = fields.needed_text("code").unwrap_or_default();
    let name = fields.text("name").unwrap_or_else(|| code.clone());
    fields.end()?;
    let plan = Plan { uuid: new_uuid::<Plan>(tx, &code), number: count::<Plan>(tx), code, name };
    tx.put(plan.clone());
    Ok(json!(plan))
}

fn terms(tx: &mut Tx<'_>, data: &Value) -> Result<Value, Refusal> {
    let mut fields = Fields::of(body::object(data)?);
    let plan = fields.needed_text("plan").unwrap_or_default();
    let name = fields.text("name").unwrap_or_else(|| "Monthly".to_owned());
    let price = fields.number("price", 0, u32::MAX).unwrap_or(10_000);
    let currency = fields.text("currency").unwrap_or_else(|| "DKK".to_owned());
    let months = fields.number("interval_months", 1, 120).and_then(|months| u8::try_from(months).ok());
    fields.end()?;
    let plan = by_uuid::<Plan>(tx, &plan)?.uuid.clone();
    let terms = Terms {
        uuid: new_uuid::<Terms>(tx, &plan),
        number: count::<Terms>(tx),
        plan,
        name,
        price: i64::from(price),
        currency,
        months: months.unwrap_or(1),
    };
    tx.put(terms.clone());
    callbacks::emit(tx, "", "plan_terms.created", &terms.shown());
    Ok(terms.shown())
}

/// A webhook is made, or changed where the body names one by its UUID.
fn webhook(tx: &mut Tx<'_>, data: &Value) -> Result<Value, Refusal> {
    match data["uuid"].as_str() {
        Some(id) => webhooks::update(tx, id, data, true).map(|webhook| webhook.shown()),
        None => webhooks::new(tx, data).map(|webhook| webhook.shown()),
    }
}

/// An open invoice is paid, or its charge is refused, as if the customer or the bank had done it.
pub(super) fn press(tx: &mut Tx<'_>, id: &str, outcome: &Outcome) -> Result<Value, Problem> {
    let mut all = tx.all::<Invoice>();
    all.retain(|invoice| invoice.uuid == id || invoice.invoice_number.to_string() == id);
    let invoice = all.first().ok_or_else(|| {
        Problem::not_found(
            "unknown_payment",
            format!("there is no invoice `{id}`"),
            "At Fenerum it is an invoice that waits for its payment: name it by its number or UUID. What a \
             registration gets is queued for the account: POST …/outcomes.",
        )
    })?;
    let invoice = Invoice::clone(invoice);
    if invoice.paid.is_some() {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "payment_ended",
            format!("invoice {} is paid", invoice.invoice_number),
            "Issue another: POST …/fenerum/invoices {\"account\": …}.",
        ));
    }
    let ended = match outcome {
        Outcome::Approve => invoices::settle(tx, invoice),
        Outcome::Decline => {
            let why = "declined through the control API".to_owned();
            invoices::fail(tx, invoice, "payment.declined", why)
        }
        other => {
            return Err(Problem::bad_request(
                "refused_outcome",
                format!("an invoice cannot end with `{other}`"),
                "It can be told to approve or decline.",
            ));
        }
    };
    Ok(shown_invoice(&ended))
}
