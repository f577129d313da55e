//! The REST API's subscriptions: agreements that are debited period by period.

use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::routing::get;
use http::StatusCode;
use serde_json::{Value, json};

use crate::brp::model::Subscription;
use crate::kit::table::Tx;

use super::answer::{Answer, Refusal, success};
use super::auth::Authorized;
use super::customers;
use super::fields::Query;
use super::shapes::{customer, money, unit};

pub(super) fn routes() -> Router {
    Router::new().route("/{root}/api/ver3/customers/{customer}/subscriptions", get(list))
}

/// `GET …/customers/{customer}/subscriptions`: those that run; with `includeInactive=true` all.
async fn list(
    Authorized(workspace): Authorized,
    Path((_, customer)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let all = Query::new(query).flag("includeInactive")?;
    let shown = workspace
        .read(|tx| {
            let person = customers::find(tx, &customer)?;
            let subscriptions = tx.all::<Subscription>();
            let mine = subscriptions
                .iter()
                .filter(|subscription| subscription.person == person.id && (all || subscription.active));
            Ok::<_, Refusal>(mine.map(|subscription| show(tx, subscription)).collect::<Value>())
        })
        .await?;
    Ok(success(StatusCode::OK, &shown))
}

/// The subscription as API3 prints it. Its product has a name here and no id.
fn show(tx: &Tx<'_>, subscription: &Subscription) -> Value {
    let payer = customer(tx, Some(subscription.person));
    let ended = json!([{"code": "TERMINATED", "level": "INFO"}]);
    json!({
        "id": subscription.id,
        "debitedUntil": subscription.debited_until,
        "businessUnit": unit(tx, subscription.business_unit),
        "subscriptionProduct": {"id": null, "name": subscription.name},
        "users": [payer],
        "payer": payer,
        "statuses": if subscription.active { json!([]) } else { ended },
        "actions": [],
        "price": money(subscription.price, "SEK"),
    })
}
