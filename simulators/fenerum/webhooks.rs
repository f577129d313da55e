//! Webhooks: who is told of which events, and with which name and password.

use http::Method;
use serde_json::Value;

use crate::kit::table::Tx;

use super::body;
use super::callbacks::{OPT_IN, ORDINARY};
use super::doors::{Answer, Call, Done, fine, made};
use super::fields::Fields;
use super::lists;
use super::model::Webhook;
use super::refusals::Refusal;
use super::store::{by_uuid, count, new_uuid};

/// `POST /api/v1/webhooks/`
pub(super) async fn create(call: &Call) -> Answer {
    let data = call.data()?;
    made(call.change(|tx| new(tx, &data)).await?.shown())
}

/// Makes a webhook.
pub(super) fn new(tx: &mut Tx<'_>, data: &Value) -> Result<Webhook, Refusal> {
    let mut fields = Fields::of(body::object(data)?);
    let mut webhook = Webhook {
        uuid: String::new(),
        number: 0,
        endpoint: String::new(),
        basic_auth_username: String::new(),
        basic_auth_password: String::new(),
        enabled: true,
        events: Vec::new(),
    };
    change(&mut fields, &mut webhook);
    fields.end()?;
    webhook.uuid = new_uuid::<Webhook>(tx, &webhook.endpoint);
    webhook.number = count::<Webhook>(tx);
    keep(tx, &webhook);
    Ok(webhook)
}

fn change(fields: &mut Fields<'_>, webhook: &mut Webhook) {
    if let Some(endpoint) = fields.url("endpoint") {
        webhook.endpoint = endpoint;
    }
    for (name, field) in [
        ("basic_auth_username", &mut webhook.basic_auth_username),
        ("basic_auth_password", &mut webhook.basic_auth_password),
    ] {
        if let Some(text) = fields.text(name) {
            *field = text;
        }
    }
    webhook.enabled = fields.truth("enabled").unwrap_or(webhook.enabled);
    let known: Vec<&str> = ORDINARY.iter().chain(OPT_IN).copied().collect();
    if let Some(events) = fields.words("events", &known) {
        webhook.events = events;
    }
}

fn keep(tx: &mut Tx<'_>, webhook: &Webhook) {
    tx.hide("FENERUM_WEBHOOK_PASSWORD", &webhook.basic_auth_password);
    tx.put(webhook.clone());
}

/// `GET /api/v1/webhooks/`
pub(super) async fn list(call: &Call) -> Answer {
    let all = call
        .workspace
        .read(|tx| {
            let mut webhooks = tx.all::<Webhook>();
            webhooks.sort_by_key(|webhook| webhook.number);
            webhooks.iter().map(|webhook| webhook.shown()).collect::<Vec<_>>()
        })
        .await;
    lists::page(call, &all)
}

/// `GET`, `PUT`, `PATCH`, `DELETE /api/v1/webhooks/{uuid}/`
pub(super) async fn one(call: &Call, id: &str, method: &Method) -> Answer {
    if matches!(*method, Method::GET | Method::HEAD) {
        return fine(call.workspace.read(|tx| by_uuid::<Webhook>(tx, id)).await?.shown());
    }
    if *method == Method::DELETE {
        call.change(|tx| by_uuid::<Webhook>(tx, id).map(|found| tx.remove::<Webhook>(found.uuid.as_str())))
            .await?;
        return Ok(Done::Nothing);
    }
    let data = call.data()?;
    let partial = *method == Method::PATCH;
    fine(call.change(|tx| update(tx, id, &data, partial)).await?.shown())
}

/// Changes a webhook by the fields that are named.
pub(super) fn update(tx: &mut Tx<'_>, id: &str, data: &Value, partial: bool) -> Result<Webhook, Refusal> {
    let mut webhook = Webhook::clone(&*by_uuid::<Webhook>(tx, id)?);
    let object = body::object(data)?;
    let mut fields = if partial { Fields::partial(object) } else { Fields::of(object) };
    change(&mut fields, &mut webhook);
    fields.end()?;
    keep(tx, &webhook);
    Ok(webhook)
}
