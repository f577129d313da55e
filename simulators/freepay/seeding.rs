//! Freepay's records through the control API: merchants can be added and changed, subscriptions changed,
//! payments and transactions are read.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::kit::problem::Problem;
use crate::kit::seed::mark;
use crate::kit::table::Tx;

use super::acquirer::Typed;
use super::currency;
use super::dates::{local, salt};
use super::model::{Merchant, Payment, Subscription, Transaction};

pub(super) const KINDS: &[&str] = &["merchants", "payments", "subscriptions", "transactions"];

pub(super) fn read(tx: &Tx<'_>, kind: &str) -> Vec<Value> {
    match kind {
        "merchants" => tx.all::<Merchant>().iter().map(|merchant| json!(**merchant)).collect(),
        "payments" => {
            let mut payments = tx.all::<Payment>();
            payments.sort_by_key(|payment| payment.since);
            payments.iter().map(|payment| payment_shown(payment)).collect()
        }
        "subscriptions" => tx.all::<Subscription>().iter().map(|known| subscription_shown(known)).collect(),
        _ => {
            let mut transactions = tx.all::<Transaction>();
            transactions.sort_by_key(|transaction| transaction.authorized);
            transactions.iter().map(|transaction| transaction_shown(tx, transaction)).collect()
        }
    }
}

/// An amount as the control API shows it; a currency without known letters stands as its number.
fn money(minor: i64, number: u16) -> Value {
    let currency = currency::letters(number).map_or_else(|| number.to_string(), ToOwned::to_owned);
    json!({ "minor": minor, "currency": currency })
}

fn payment_shown(payment: &Payment) -> Value {
    json!({
        "id": payment.token,
        "merchant": payment.merchant,
        "order": payment.order,
        "amount": money(payment.amount, payment.currency),
        "subscription": payment.subscription,
        "state": payment.state,
        "made": payment.made,
        "reason": payment.reason,
        "since": payment.since,
        "location": payment.location,
    })
}

fn transaction_shown(tx: &Tx<'_>, transaction: &Transaction) -> Value {
    json!({
        "id": transaction.id,
        "merchant": transaction.merchant,
        "order": transaction.order,
        "subscription": transaction.subscription,
        "amount": money(transaction.amount, transaction.currency),
        "capture_amount": transaction.capture_amount,
        "captured": transaction.is_captured(local(tx.now)),
        "credited": transaction.credited,
        "capture_error": transaction.capture_error,
        "earliest": transaction.earliest,
        "awaiting": transaction.awaiting,
        "deleted": transaction.deleted,
        "authorized": transaction.authorized,
    })
}

fn subscription_shown(subscription: &Subscription) -> Value {
    let card = &subscription.card;
    json!({
        "id": subscription.id,
        "merchant": subscription.merchant,
        "order": subscription.order,
        "currency": money(0, subscription.currency)["currency"],
        "card_hash": card.hash,
        "expires": format!("{}-{:02}", card.year, card.month),
        "code": card.verdict,
        "created": subscription.created,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewMerchant {
    number: String,
    password: Option<String>,
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangedSubscription {
    id: u64,
    card: Option<String>,
    expires: Option<String>,
}

pub(super) fn seed(tx: &mut Tx<'_>, kind: &str, body: &Value) -> Result<Value, Problem> {
    match kind {
        "merchants" => merchant(tx, body),
        "subscriptions" => subscription(tx, body),
        _ => Err(Problem::bad_request(
            "read_only",
            format!("{kind} cannot be written"),
            "Post a form to the payment page, or call the web services.",
        )),
    }
}

fn merchant(tx: &mut Tx<'_>, body: &Value) -> Result<Value, Problem> {
    let wanted = NewMerchant::deserialize(body).map_err(|error| {
        refused(format!("this is no merchant: {error}"), "A merchant has number, password and name.")
    })?;
    let number = wanted.number;
    // Views have it as an `int`.
    let is_number = number.parse::<i32>().is_ok_and(|parsed| parsed > 0 && parsed.to_string() == number);
    if !is_number {
        return Err(refused(format!("`number` cannot be `{number}`"), "It is a number of up to ten digits."));
    }
    if wanted.password.as_deref() == Some("") {
        return Err(refused("`password` cannot be empty".to_owned(), "It is any text."));
    }
    let before = tx.get::<Merchant>(number.as_str());
    if before.is_none() && !tx.claim::<Merchant>(mark(&number)) {
        return Err(refused(
            format!("`number` cannot be `{number}`"),
            "Another workspace has this merchant: take another number.",
        ));
    }
    let before = before.map_or_else(
        || Merchant {
            password: tx.seed.token("freepay password", &number, 0),
            account: 10_000 + tx.seed.number("freepay account", &number, 0, 90_000),
            name: "Another shop".to_owned(),
            number: number.clone(),
        },
        |before| Merchant::clone(&before),
    );
    let merchant = Merchant {
        password: wanted.password.unwrap_or(before.password),
        name: wanted.name.unwrap_or(before.name),
        ..before
    };
    tx.hide("FREEPAY_PASSWORD", &merchant.password);
    tx.put(merchant.clone());
    Ok(json!(merchant))
}

fn subscription(tx: &mut Tx<'_>, body: &Value) -> Result<Value, Problem> {
    let wanted = ChangedSubscription::deserialize(body).map_err(|error| {
        refused(format!("this is no subscription: {error}"), "A subscription has id, card and expires.")
    })?;
    let known = tx.get::<Subscription>(wanted.id).ok_or_else(|| {
        Problem::not_found(
            "unknown_subscription",
            format!("there is no subscription `{}`", wanted.id),
            "A form with the field Subscription makes one.",
        )
    })?;
    let mut changed = Subscription::clone(&known);
    let expires =
        wanted.expires.unwrap_or_else(|| format!("{}-{:02}", changed.card.year, changed.card.month));
    let (year, month) = expires.split_once('-').unwrap_or((&expires, ""));
    let typed = Typed {
        number: wanted.card.clone().unwrap_or_default(),
        month: month.to_owned(),
        year: year.to_owned(),
        cvc: "000".to_owned(),
    };
    let (month, year) = typed
        .expiry()
        .ok_or_else(|| refused(format!("`expires` cannot be `{expires}`"), "It is a month: 2027-05."))?;
    (changed.card.month, changed.card.year) = (month, year);
    if let Some(number) = &wanted.card {
        changed.card = typed.card(&salt(tx)).map_err(|_| {
            refused(format!("`card` cannot be `{number}`"), "`provkassa codes freepay` lists test cards.")
        })?;
    }
    tx.put(changed.clone());
    Ok(subscription_shown(&changed))
}

fn refused(what: String, help: &str) -> Problem {
    Problem::bad_request("refused_record", what, help)
}
