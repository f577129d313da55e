//! Events, and what is sent of them to whoever has a webhook.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::kit::digest::base64;
use crate::kit::outbox::{Callback, Outgoing, Policy, RetrySchedule, is_success};
use crate::kit::table::Tx;

use super::ID;
use super::model::{Account, PaymentCard, Webhook};
use super::ordered::Ordered;

/// The events that every webhook can have.
pub(super) const ORDINARY: &[&str] = &[
    "account.created",
    "account.updated",
    "plan_terms.created",
    "plan_terms.updated",
    "new_invoice",
    "paid_invoice",
    "new_activity",
    "cancel_subscription",
    "renew_subscription_soon",
];
/// The events that only those get who list them.
pub(super) const OPT_IN: &[&str] = &[
    "payment.authentication_required",
    "payment.declined",
    "card_expires_this_month",
    "payment_card.activated",
    "payment_card.deactivated",
];

/// When it tries again. Assumed.
pub(super) const RETRIES: RetrySchedule =
    RetrySchedule(&[Duration::from_secs(60), Duration::from_secs(300), Duration::from_secs(1800)]);
const NO_RETRIES: RetrySchedule = RetrySchedule(&[]);

/// Tells everybody who wants to know. `account` is the code of the account that it is about.
pub(super) fn emit(tx: &mut Tx<'_>, account: &str, event: &'static str, data: &Value) {
    let mut webhooks = tx.all::<Webhook>();
    webhooks.sort_by_key(|webhook| webhook.number);
    let ordinary_always = tx.settings.get("fenerum.webhook_events") == "ordinary_always";
    let retries = if tx.settings.on("fenerum.webhook_retries") { RETRIES } else { NO_RETRIES };
    for webhook in webhooks.iter().filter(|webhook| wants(webhook, event, ordinary_always)) {
        let callback = callback(webhook, account, event, data, retries);
        tx.send(callback);
    }
}

/// An event of a card.
pub(super) fn of_card(tx: &mut Tx<'_>, event: &'static str, card: &PaymentCard) {
    let account = tx.get::<Account>(card.account.as_str());
    let code = account.map_or_else(|| card.account.clone(), |account| account.code.clone());
    let data = if tx.settings.get("fenerum.card_event") == "uuid" {
        json!({ "uuid": card.uuid })
    } else {
        card.shown()
    };
    emit(tx, &code, event, &data);
}

fn wants(webhook: &Webhook, event: &str, ordinary_always: bool) -> bool {
    let listed = webhook.events.iter().any(|listed| listed == event);
    let ordinary = ORDINARY.contains(&event) && (ordinary_always || webhook.events.is_empty());
    webhook.enabled && (listed || ordinary)
}

fn callback(webhook: &Webhook, account: &str, event: &str, data: &Value, retries: RetrySchedule) -> Callback {
    let (user, password) = (webhook.basic_auth_username.clone(), webhook.basic_auth_password.clone());
    Callback {
        provider: ID,
        order: account.to_owned(),
        // One receiver that is dead holds up no other.
        lane: format!("{account}/{}", webhook.uuid),
        subject: String::new(),
        request: Outgoing {
            method: http::Method::POST,
            url: webhook.endpoint.clone(),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: serde_json::to_vec(&Ordered(&json!({ "event": event, "data": data })))
                .unwrap_or_default()
                .into(),
        },
        seal: Some(Arc::new(move |request, forge, _| {
            let password = if forge { "another password" } else { password.as_str() };
            let basic = format!("Basic {}", base64(format!("{user}:{password}").as_bytes()));
            request.headers.push(("authorization".to_owned(), basic));
        })),
        retries,
        delivered: is_success,
        follows: |_| false,
        policy: Policy::default(),
    }
}
