//! The merchant's account, its keys and agreements, and what else only tells something.

#![expect(clippy::unnecessary_wraps, reason = "every endpoint has the same signature")]

use serde_json::{Value, json};

use crate::kit::digest::{hex, sha256};
use crate::kit::table::Tx;
use crate::kit::tree::Tree;
use crate::quickpay::model::{Account, Agreement, Group, Kind, Resource};
use crate::quickpay::perform::account;
use crate::quickpay::saved::CardToken;
use crate::quickpay::shape::stamp;

use super::call::{Answer, Call};
use super::create;
use super::fields::Fields;
use super::links::ACQUIRERS;
use super::operations::{Recurring, charge, fee_of};
use super::refusal::Refusal;
use super::routes::ROUTES;

fn own(tx: &Tx<'_>) -> Result<Account, Refusal> {
    let account = account(tx).ok_or(Refusal::Unauthorized)?;
    Ok(Account::clone(&account))
}

/// `GET /ping`, which answers without a key too, and `POST /ping`
pub(super) fn ping(_: &mut Tx<'_>, call: &Call) -> Result<Answer, Refusal> {
    let scope = if call.agreement.is_some() { "merchant" } else { "anonymous" };
    let (status, params) = if call.line.starts_with("POST ") {
        (201, json!(call.body))
    } else {
        let pairs = call.query.iter().map(|(name, value)| (name.clone(), json!(value)));
        (200, Value::Object(pairs.collect()))
    };
    let msg = format!("Pong from QuickPay API V10, scope is {scope}");
    Ok(Answer::Json(status, json!({ "msg": msg, "scope": scope, "version": "v10", "params": params })))
}

fn shown(account: &Account) -> Value {
    json!({
        "id": account.id,
        "type": "Merchant",
        "shop_name": account.shop_name,
        "shop_urls": account.shop_urls,
        "contact_email": account.contact_email,
        "timezone": "Europe/Copenhagen",
        "locale": "en-GB",
        "callback_url": account.callback_url,
        "autofee": account.autofee,
        "allow_test_transactions": account.allow_test_transactions,
        "default_branding_id": null,
        "default_branding_config": {},
        "default_payment_language": account.default_payment_language,
        "default_payment_methods": account.default_payment_methods,
        "default_text_on_statement": account.default_text_on_statement,
        "acquirer_settings": { "clearhaus": { "active": true } },
        "customer_address": null,
        "billing_address": null,
        "integration_settings": {},
        "pci": false,
        "reseller": null,
        "suspended_at": null,
        "created_at": account.created_at,
    })
}

/// `GET /account`
pub(super) fn read_account(tx: &mut Tx<'_>, _: &Call) -> Result<Answer, Refusal> {
    Ok(Answer::Json(200, shown(&own(tx)?)))
}

/// `PATCH /account`
pub(super) fn change_account(tx: &mut Tx<'_>, call: &Call) -> Result<Answer, Refusal> {
    let mut account = own(tx)?;
    let mut fields = Fields::of(&call.body);
    if !matches!(fields.raw("callback_url"), Tree::Null) {
        account.callback_url = fields.url("callback_url");
    }
    if let Some(autofee) = fields.flag("autofee") {
        account.autofee = autofee;
    }
    if let Some(allow) = fields.flag("allow_test_transactions") {
        account.allow_test_transactions = allow;
    }
    if let Some(name) = fields.filled("shop_name") {
        account.shop_name = name;
    }
    if let Some(methods) = fields.text("default_payment_methods") {
        account.default_payment_methods = Some(methods).filter(|methods| !methods.is_empty());
    }
    if let Some(language) = fields.filled("default_payment_language") {
        account.default_payment_language = language;
    }
    if let Some(text) = fields.text("default_text_on_statement") {
        account.default_text_on_statement = Some(text).filter(|text| !text.is_empty());
    }
    fields.done()?;
    tx.put(account.clone());
    Ok(Answer::Json(200, shown(&account)))
}

/// `GET /account/private-key`
pub(super) fn private_key(tx: &mut Tx<'_>, _: &Call) -> Result<Answer, Refusal> {
    Ok(Answer::Json(200, json!({ "private_key": own(tx)?.private_key })))
}

/// `PATCH /account/private-key`: callbacks are signed with a new one from now on.
pub(super) fn renew_private_key(tx: &mut Tx<'_>, _: &Call) -> Result<Answer, Refusal> {
    let mut account = own(tx)?;
    account.private_key = another(tx, "quickpay private key", &account.private_key);
    tx.hide("QUICKPAY_PRIVATE_KEY", &account.private_key);
    tx.put(account.clone());
    Ok(Answer::Json(200, json!({ "private_key": account.private_key })))
}

/// The key that follows another.
fn another(tx: &Tx<'_>, purpose: &str, before: &str) -> String {
    hex(&sha256(tx.seed.token(purpose, before, 1).as_bytes()))
}

fn agreement_shown(tx: &Tx<'_>, agreement: &Agreement) -> Value {
    let account = account(tx);
    json!({
        "id": agreement.id,
        "type": "Agreement",
        "account": account.as_ref().map(|account| json!({ "id": account.id, "type": "Merchant", "name": account.shop_name })),
        "user": { "name": agreement.service, "service": agreement.service, "system": true },
        "locked": false,
        "owner": false,
        "acl_permissions": agreement.acl,
        "support": false,
        "accepted": true,
    })
}

/// `GET /agreements`
pub(super) fn agreements(tx: &mut Tx<'_>, _: &Call) -> Result<Answer, Refusal> {
    let all = tx.all::<Agreement>();
    Ok(Answer::Json(200, all.iter().map(|agreement| agreement_shown(tx, agreement)).collect()))
}

fn agreement_of(tx: &Tx<'_>, call: &Call) -> Result<Agreement, Refusal> {
    let id = call.ids.first().cloned().unwrap_or_default();
    let found = id.parse::<u64>().ok().and_then(|id| tx.get::<Agreement>(id));
    let found = found.ok_or(Refusal::NotFound { what: "Agreement", id })?;
    Ok(Agreement::clone(&found))
}

/// `GET /agreements/:id`
pub(super) fn agreement(tx: &mut Tx<'_>, call: &Call) -> Result<Answer, Refusal> {
    let agreement = agreement_of(tx, call)?;
    Ok(Answer::Json(200, agreement_shown(tx, &agreement)))
}

/// `GET /agreements/:id/api-key`
pub(super) fn api_key(tx: &mut Tx<'_>, call: &Call) -> Result<Answer, Refusal> {
    Ok(Answer::Json(200, json!({ "api_key": agreement_of(tx, call)?.api_key })))
}

/// `PATCH /agreements/:id/api-key`: the old one is worth nothing from now on.
pub(super) fn renew_api_key(tx: &mut Tx<'_>, call: &Call) -> Result<Answer, Refusal> {
    let mut agreement = agreement_of(tx, call)?;
    agreement.api_key = another(tx, "quickpay api key", &agreement.api_key);
    // Drawn from the workspace's own stream, so nobody else has it.
    let _ = tx.claim::<Agreement>(Agreement::mark(&agreement.api_key));
    let name =
        if agreement.service == super::links::WINDOW { "QUICKPAY_WINDOW_KEY" } else { "QUICKPAY_API_KEY" };
    tx.hide(name, &agreement.api_key);
    tx.put(agreement.clone());
    Ok(Answer::Json(200, json!({ "api_key": agreement.api_key })))
}

/// `GET /acquirers`
pub(super) fn acquirers(_: &mut Tx<'_>, _: &Call) -> Result<Answer, Refusal> {
    let active = |name: &&str| json!({ "acquirer": name, "active": *name == "clearhaus" });
    Ok(Answer::Json(200, ACQUIRERS.iter().map(active).collect()))
}

/// `GET /operational-status/acquirers`
pub(super) fn acquirers_status(_: &mut Tx<'_>, _: &Call) -> Result<Answer, Refusal> {
    let fine = |name: &&str| json!({ "acquirer": name, "status": "ok", "health": 1.0 });
    Ok(Answer::Json(200, ACQUIRERS.iter().map(fine).collect()))
}

/// Lists that are empty in a new account: brandings, fraud rules, what changed in the API.
pub(super) fn nothing(_: &mut Tx<'_>, _: &Call) -> Result<Answer, Refusal> {
    Ok(Answer::Json(200, json!([])))
}

/// `GET /acl-resources`: what rights can be given for.
pub(super) fn acl_resources(_: &mut Tx<'_>, _: &Call) -> Result<Answer, Refusal> {
    let mut templates: Vec<&str> = ROUTES.iter().map(|route| route.template).collect();
    templates.dedup();
    Ok(Answer::Json(200, json!(templates)))
}

/// `GET /payment-method-priority`
pub(super) fn priority(_: &mut Tx<'_>, _: &Call) -> Result<Answer, Refusal> {
    Ok(Answer::Json(200, json!(["dankort", "visa", "mastercard", "mobilepay"])))
}

/// `GET /activity`: the operations of all payments, the last first.
pub(super) fn activity(tx: &mut Tx<'_>, _: &Call) -> Result<Answer, Refusal> {
    let resources = tx.all::<Resource>();
    let mut entries: Vec<_> = resources
        .iter()
        .flat_map(|resource| {
            resource.begun(tx.now).map(move |operation| (operation.created_at, resource, operation))
        })
        .collect();
    entries.sort_by_key(|(at, resource, operation)| std::cmp::Reverse((*at, resource.id, operation.id)));
    let entry = |(at, resource, operation): &(
        jiff::Timestamp,
        &std::sync::Arc<Resource>,
        &crate::quickpay::model::Operation,
    )| {
        json!({ "resource": resource.kind.name(), "resource_id": resource.id, "action": operation.r#type, "created_at": stamp(*at) })
    };
    Ok(Answer::Json(200, entries.iter().take(100).map(entry).collect()))
}

/// `POST /cards/:id/tokens`
pub(super) fn card_token(tx: &mut Tx<'_>, call: &Call) -> Result<Answer, Refusal> {
    let card = call.resource(tx)?;
    if !card.accepted(tx.now) || card.state(tx.now) == crate::quickpay::model::State::Cancelled {
        return Err(Refusal::State { kind: Kind::Card, operation: "tokens" });
    }
    let token = CardToken::of(tx, card.id);
    let shown = json!({ "token": token.token, "is_used": token.is_used, "created_at": stamp(tx.now) });
    Ok(Answer::Json(201, shown))
}

/// `POST /fees`, `POST /fees/:acquirer/:payment_method`: what the acquirer would add to an amount.
pub(super) fn fees(tx: &mut Tx<'_>, call: &Call) -> Result<Answer, Refusal> {
    let mut fields = Fields::of(&call.body);
    let amount = fields.amount();
    fields.done()?;
    let fee = fee_of(tx, amount);
    let (acquirer, method) = match call.ids.as_slice() {
        [acquirer, method] => (acquirer.as_str(), method.as_str()),
        _ => ("clearhaus", "creditcard"),
    };
    let formula = format!("{} basis points", tx.settings.number("quickpay.fee_basis_points"));
    let status = if call.ids.is_empty() { 201 } else { 200 };
    Ok(Answer::Json(
        status,
        json!({
            "acquirer": acquirer,
            "payment_method": method,
            "formula": formula,
            "amount": amount,
            "fee": fee,
            "total": amount.saturating_add(fee),
        }),
    ))
}

fn group_shown(group: &Group) -> Value {
    json!({ "id": group.id, "name": group.name, "amount": group.amount, "currency": group.currency, "description": group.description })
}

fn group_of(tx: &Tx<'_>, call: &Call) -> Result<Group, Refusal> {
    let id = call.ids.first().cloned().unwrap_or_default();
    let found = id.parse::<u64>().ok().and_then(|id| tx.get::<Group>(id));
    let found = found.ok_or(Refusal::NotFound { what: "Subscription group", id })?;
    Ok(Group::clone(&found))
}

/// `GET /subscription-groups`
pub(super) fn groups(tx: &mut Tx<'_>, _: &Call) -> Result<Answer, Refusal> {
    Ok(Answer::Json(200, tx.all::<Group>().iter().map(|group| group_shown(group)).collect()))
}

/// `GET /subscription-groups/:id`
pub(super) fn group(tx: &mut Tx<'_>, call: &Call) -> Result<Answer, Refusal> {
    Ok(Answer::Json(200, group_shown(&group_of(tx, call)?)))
}

/// `POST /subscription-groups`
pub(super) fn make_group(tx: &mut Tx<'_>, call: &Call) -> Result<Answer, Refusal> {
    let mut fields = Fields::of(&call.body);
    let name = fields.required_text("name");
    let amount = fields.amount();
    let currency = create::currency(tx, &mut fields);
    let description = fields.text("description");
    fields.done()?;
    let group = Group { id: tx.draw::<Group>(&name), name, amount, currency, description };
    tx.put(group.clone());
    Ok(Answer::Json(201, group_shown(&group)))
}

/// `PATCH /subscription-groups/:id`
pub(super) fn change_group(tx: &mut Tx<'_>, call: &Call) -> Result<Answer, Refusal> {
    let mut group = group_of(tx, call)?;
    let mut fields = Fields::of(&call.body);
    if let Some(name) = fields.filled("name") {
        group.name = name;
    }
    if fields.has("amount") {
        group.amount = fields.amount();
    }
    if let Some(description) = fields.text("description") {
        group.description = Some(description);
    }
    fields.done()?;
    tx.put(group.clone());
    Ok(Answer::Json(200, group_shown(&group)))
}

/// `DELETE /subscription-groups/:id`
pub(super) fn delete_group(tx: &mut Tx<'_>, call: &Call) -> Result<Answer, Refusal> {
    let group = group_of(tx, call)?;
    tx.remove::<Group>(group.id);
    Ok(Answer::Empty)
}

/// `POST /subscription-groups/:id/capture`: charges every subscription of the group.
pub(super) fn capture_group(tx: &mut Tx<'_>, call: &Call) -> Result<Answer, Refusal> {
    let group = group_of(tx, call)?;
    let mut fields = Fields::of(&call.body);
    let prefix = fields.required_text("order_id_prefix");
    fields.done()?;
    let of_group = |resource: &std::sync::Arc<Resource>| {
        resource.kind == Kind::Subscription && resource.group_ids.contains(&group.id)
    };
    let subscriptions: Vec<_> = tx.all::<Resource>().into_iter().filter(of_group).collect();
    let mut results = Vec::new();
    for subscription in subscriptions {
        let order_id = format!("{prefix}{}", subscription.id);
        let wanted = Recurring {
            amount: group.amount,
            order_id: &order_id,
            at: Some(tx.now),
            fee: false,
            callback_url: call.callback_url.clone(),
        };
        let (status, message) = match charge(tx, &subscription, &wanted) {
            Ok(_) => (202, Value::Null),
            Err(refusal) => (400, json!(refusal.message())),
        };
        results.push(json!({ "message": message, "status": status, "subscription_id": subscription.id }));
    }
    Ok(Answer::Json(202, Value::Array(results)))
}
