//! Subscriptions: made, read, cancelled.

use jiff::ToSpan as _;
use serde_json::Value;

use crate::kit::table::Tx;

use super::body;
use super::callbacks;
use super::doors::{Answer, Call, fine, made};
use super::fields::Fields;
use super::invoices;
use super::lists;
use super::model::{Account, Calendar, Subscription};
use super::plans;
use super::refusals::{Refusal, told};
use super::store::{BY_INVOICE, account_by_code, by_card, by_uuid, count, new_uuid, today};

/// Days to pay where nobody says it. Assumed.
pub(super) const PAYMENT_TERMS: u32 = 14;

/// `POST /api/v1/subscriptions/`
pub(super) async fn create(call: &Call) -> Answer {
    let data = call.data()?;
    made(call.change(|tx| new(tx, None, &data)).await?.shown())
}

/// `POST /api/v1/accounts/{code}/subscribe/`
pub(super) async fn subscribe(call: &Call, code: &str) -> Answer {
    let data = call.data()?;
    let made_one = call
        .change(|tx| {
            let account = account_by_code(tx, code).ok_or_else(|| Refusal::detail("not_found"))?;
            new(tx, Some(&account), &data)
        })
        .await;
    made(made_one?.shown())
}

/// Makes a subscription, and the invoices for the periods that have begun.
pub(super) fn new(tx: &mut Tx<'_>, account: Option<&Account>, data: &Value) -> Result<Subscription, Refusal> {
    let mut fields = Fields::of(body::object(data)?);
    let account = match account {
        Some(account) => Some(account.clone()),
        None => account_of(tx, &mut fields),
    };
    let terms = plans::of_field(tx, &mut fields);
    let quantity = fields.number("quantity", 1, plans::MOST).unwrap_or(1);
    let method = fields.choice("collection_method", &[BY_INVOICE, by_card(tx)]);
    let payment_terms = fields.number("payment_terms", 0, 365).unwrap_or(PAYMENT_TERMS);
    let start = fields.day("start_date").unwrap_or_else(|| today(tx));
    if start < today(tx).saturating_sub(10.years()) {
        fields.fault("start_date", told("invalid_value", &[]));
    }
    fields.end()?;
    let (Some(account), Some(terms)) = (account, terms) else { return Err(Refusal::ServerError) };
    let subscription = Subscription {
        uuid: new_uuid::<Subscription>(tx, &account.code),
        number: count::<Subscription>(tx),
        account: account.code,
        terms: terms.uuid,
        quantity,
        collection_method: method.unwrap_or(account.collection_method),
        payment_terms,
        start_date: start,
        renews_on: start,
        active: true,
        cancellation_type: None,
    };
    let uuid = subscription.uuid.clone();
    put(tx, subscription);
    invoices::catch_up(tx);
    let kept = tx.get::<Subscription>(uuid).ok_or(Refusal::ServerError)?;
    Ok(Subscription::clone(&kept))
}

fn account_of(tx: &Tx<'_>, fields: &mut Fields<'_>) -> Option<Account> {
    let code = fields.needed_text("account")?;
    let found = account_by_code(tx, &code);
    if found.is_none() {
        fields.fault("account", told("no_such_code", &[("value", &code)]));
    }
    found.map(|account| Account::clone(&account))
}

/// Keeps a subscription, and the day on which the next one renews.
pub(super) fn put(tx: &mut Tx<'_>, subscription: Subscription) {
    tx.put(subscription);
    let all = tx.all::<Subscription>();
    let next = all.iter().filter(|subscription| subscription.active).map(|active| active.renews_on).min();
    tx.put(Calendar { next });
}

/// The subscriptions of an account or of all, the oldest first.
pub(super) fn of(tx: &Tx<'_>, account: Option<&str>) -> Vec<std::sync::Arc<Subscription>> {
    let mut all = tx.all::<Subscription>();
    all.retain(|subscription| account.is_none_or(|code| code == subscription.account));
    all.sort_by_key(|subscription| subscription.number);
    all
}

/// `GET /api/v1/subscriptions/`
pub(super) async fn list(call: &Call) -> Answer {
    let account = call.parameter("account").map(ToOwned::to_owned);
    let all = call
        .workspace
        .read(|tx| {
            of(tx, account.as_deref()).iter().map(|subscription| subscription.shown()).collect::<Vec<_>>()
        })
        .await;
    lists::page(call, &all)
}

/// `GET /api/v1/subscriptions/{uuid}/`
pub(super) async fn read(call: &Call, id: &str) -> Answer {
    fine(call.workspace.read(|tx| by_uuid::<Subscription>(tx, id)).await?.shown())
}

/// `POST /api/v1/subscriptions/{uuid}/cancel/`: at once. One that is cancelled stays so.
pub(super) async fn cancel(call: &Call, id: &str) -> Answer {
    let data = call.data()?;
    let cancelled = call
        .change(|tx| {
            let mut subscription = Subscription::clone(&*by_uuid::<Subscription>(tx, id)?);
            let mut fields = Fields::of(body::object(&data)?);
            let kind = fields.text("cancellation_type");
            fields.end()?;
            if subscription.active {
                subscription.active = false;
                subscription.cancellation_type = kind;
                put(tx, subscription.clone());
                callbacks::emit(tx, &subscription.account, "cancel_subscription", &subscription.shown());
            }
            Ok::<_, Refusal>(subscription)
        })
        .await?;
    fine(cancelled.shown())
}
