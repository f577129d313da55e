//! ePay's records through the control API: the merchant's admin is changed, transactions and subscriptions are made
//! without a window, and a subscription's stored card is exchanged.

use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::kit::address::is_web_address;
use crate::kit::problem::Problem;
use crate::kit::table::Tx;

use super::acquirer::Card;
use super::currency;
use super::model::{Merchant, Refused, Status, Step, Subscription, Terms, Transaction};
use super::perform::{Asked, opened, subscribe};
use super::window;

pub(super) const KINDS: &[&str] = &["merchants", "transactions", "subscriptions", "windows"];

pub(super) fn read(tx: &Tx<'_>, kind: &str) -> Vec<Value> {
    match kind {
        "merchants" => tx.all::<Merchant>().iter().map(|merchant| json!(**merchant)).collect(),
        "transactions" => {
            let terms = Terms::of(tx.settings, tx.now);
            let mut all = tx.all::<Transaction>();
            all.sort_by_key(|transaction| (transaction.authorized_at, transaction.id));
            all.iter().map(|transaction| json!(Transaction::clone(transaction).settled(&terms))).collect()
        }
        "windows" => window::list(tx),
        _ => {
            let mut all = tx.all::<Subscription>();
            all.sort_by_key(|subscription| (subscription.created, subscription.id));
            all.iter().map(|subscription| json!(**subscription)).collect()
        }
    }
}

pub(super) fn seed(tx: &mut Tx<'_>, kind: &str, body: &Value) -> Result<Value, Problem> {
    match kind {
        "merchants" => change_merchant(
            tx,
            read_as(
                body,
                "A merchant has number, md5_key, password, domains (a list) and callback_url; all can be left out, and number stays.",
            )?,
        ),
        "transactions" => add_transaction(
            tx,
            &read_as(
                body,
                "A transaction has order, amount (minor units), currency, card, month, year, status, group, description and split; all but amount can be left out.",
            )?,
        ),
        "windows" => Err(Problem::bad_request(
            "read_only",
            "windows cannot be written",
            "A shop opens them, at /integration/ewindow/Default.aspx.",
        )),
        _ => put_subscription(
            tx,
            &read_as(
                body,
                "A subscription has id (of one that is there), order, name, card, month and year; all can be left out.",
            )?,
        ),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewMerchant {
    number: Option<String>,
    md5_key: Option<String>,
    password: Option<String>,
    domains: Option<Vec<String>>,
    callback_url: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewTransaction {
    #[serde(default)]
    order: String,
    amount: i64,
    currency: Option<String>,
    #[serde(flatten)]
    card: NewCard,
    status: Option<Status>,
    #[serde(default)]
    group: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    split: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewSubscription {
    id: Option<u64>,
    order: Option<String>,
    name: Option<String>,
    #[serde(flatten)]
    card: NewCard,
}

#[derive(Deserialize)]
struct NewCard {
    card: Option<String>,
    month: Option<i8>,
    year: Option<i16>,
}

fn read_as<'a, T: Deserialize<'a>>(body: &'a Value, help: &str) -> Result<T, Problem> {
    T::deserialize(body).map_err(|error| {
        Problem::bad_request("refused_record", format!("this cannot be read: {error}"), help)
    })
}

fn change_merchant(tx: &mut Tx<'_>, wanted: NewMerchant) -> Result<Value, Problem> {
    let Some(before) = tx.all::<Merchant>().into_iter().next() else {
        return Err(Problem::not_found("unknown_merchant", "there is no merchant", "Reset the workspace."));
    };
    if let Some(other) = wanted.number.filter(|number| *number != before.number) {
        let help = format!("A workspace has one merchant, {}: make another workspace.", before.number);
        return Err(refused("number", &other, &help));
    }
    if let Some(url) = wanted.callback_url.as_deref().filter(|url| !url.is_empty() && !is_web_address(url)) {
        return Err(refused("callback_url", url, "It is an absolute http or https URL, or empty."));
    }
    let is_host = |domain: &String| !domain.is_empty() && !domain.contains(['/', ':', ' ', '@']);
    let strange = wanted.domains.iter().flatten().find(|domain| !is_host(domain));
    if let Some(domain) = strange {
        return Err(refused("domains", domain, "Each is a host name: shop.example."));
    }
    let merchant = Merchant {
        number: before.number.clone(),
        md5_key: wanted.md5_key.unwrap_or_else(|| before.md5_key.clone()),
        password: wanted.password.unwrap_or_else(|| before.password.clone()),
        domains: wanted.domains.unwrap_or_else(|| before.domains.clone()),
        callback_url: wanted.callback_url.unwrap_or_else(|| before.callback_url.clone()),
    };
    tx.hide("BAMBORA_MD5KEY", &merchant.md5_key);
    tx.hide("BAMBORA_PWD", &merchant.password);
    tx.put(merchant.clone());
    Ok(json!(merchant))
}

fn add_transaction(tx: &mut Tx<'_>, wanted: &NewTransaction) -> Result<Value, Problem> {
    if !(1..=i64::from(i32::MAX)).contains(&wanted.amount) {
        let help = "It is a number of minor units from 1 to 2147483647.";
        return Err(refused("amount", &wanted.amount.to_string(), help));
    }
    let named = wanted.currency.as_deref().unwrap_or("DKK");
    let Some(currency) = currency::number(named) else {
        return Err(refused("currency", named, "It is an ISO 4217 code: DKK or 208."));
    };
    let asked = Asked {
        order: wanted.order.clone(),
        amount: wanted.amount,
        fee: 0,
        currency,
        card: card(&wanted.card, None)?,
        instant: false,
        split: wanted.split,
        group: wanted.group.clone(),
        description: wanted.description.clone(),
        subscription: None,
    };
    let new = opened(tx, &asked, 0);
    let status = wanted.status.unwrap_or(Status::PaymentNew);
    let transaction = brought_to(&new, status, &Terms::of(tx.settings, tx.now));
    let Some(transaction) = transaction.ok().filter(|transaction| transaction.status == status) else {
        let help = "The states of Euroline need `bambora.acquirer` to be `euroline`.";
        return Err(refused("status", &json!(status).to_string(), help));
    };
    tx.put(transaction.clone());
    Ok(json!(transaction))
}

/// A new transaction as it is when it was brought to a state in the usual way.
fn brought_to(new: &Transaction, status: Status, terms: &Terms) -> Result<Transaction, Refused> {
    let all = new.authorized();
    // Nobody waits for a settlement that is asked for.
    let at_once = Terms { settlement: SignedDuration::ZERO, ..*terms };
    match status {
        Status::PaymentNew => Ok(new.clone()),
        Status::PaymentDeleted => new.take(Step::Delete, "", terms),
        Status::PaymentInstantCaptureFailed => {
            let mut failed = new.clone();
            failed.capture_at_once(false, terms.now);
            Ok(failed)
        }
        Status::PaymentRenew => new.take(Step::Renew, "", terms),
        Status::PaymentCaptured => Ok(new.take(Step::Capture(all), "", terms)?.settled(&at_once)),
        Status::PaymentEurolineWaitCapture => new.take(Step::Capture(all), "", terms),
        Status::PaymentEurolineWaitCredit => {
            let pause = SignedDuration::ZERO;
            new.take(Step::Capture(all), "", terms)?.take(Step::Credit(all), "", &Terms { pause, ..at_once })
        }
    }
}

fn put_subscription(tx: &mut Tx<'_>, wanted: &NewSubscription) -> Result<Value, Problem> {
    let Some(id) = wanted.id else {
        let card = card(&wanted.card, None)?;
        let (order, name) = (wanted.order.as_deref(), wanted.name.as_deref());
        return Ok(json!(subscribe(tx, order.unwrap_or_default(), name.unwrap_or_default(), &card)));
    };
    let Some(before) = tx.get::<Subscription>(id) else {
        return Err(Problem::not_found(
            "unknown_subscription",
            format!("there is no subscription {id}"),
            "GET …/bambora/subscriptions lists them; leave `id` out for a new one.",
        ));
    };
    let subscription = Subscription {
        id,
        order: wanted.order.clone().unwrap_or_else(|| before.order.clone()),
        name: wanted.name.clone().unwrap_or_else(|| before.name.clone()),
        created: before.created,
        card: card(&wanted.card, Some(&before.card))?,
        transactions: before.transactions.clone(),
    };
    tx.put(subscription.clone());
    Ok(json!(subscription))
}

/// The card that is named, or the one before with what is changed of it.
fn card(wanted: &NewCard, before: Option<&Card>) -> Result<Card, Problem> {
    let month = wanted.month.or(before.map(|card| card.month)).unwrap_or(12);
    let year = wanted.year.or(before.map(|card| card.year)).unwrap_or(2030);
    if !(1..=12).contains(&month) || !(2000..=2099).contains(&year) {
        let help = "month is 1 to 12, and year has four digits: 2030.";
        return Err(refused("month and year", &format!("{month} and {year}"), help));
    }
    match (wanted.card.as_deref(), before) {
        (None, Some(before)) => Ok(Card { month, year, ..before.clone() }),
        (number, _) => {
            let number = number.unwrap_or("3333333333333000");
            Card::of(number, month, year).ok_or_else(|| {
                refused(
                    "card",
                    number,
                    "It is a test card: 3333333333333 and the response of Nets in three digits, such as 000 or 116.",
                )
            })
        }
    }
}

fn refused(name: &str, value: &str, help: &str) -> Problem {
    Problem::bad_request("refused_record", format!("`{name}` cannot be `{value}`"), help)
}
