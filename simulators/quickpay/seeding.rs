//! QuickPay's records through the control API: what was made through the API is read, and the account's
//! terms and agreements' rights are changed.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::kit::address::is_web_address;
use crate::kit::problem::Problem;
use crate::kit::table::Tx;

use super::model::{Account, Agreement, Kind, Resource, Right};
use super::perform::account;
use super::shape::{Shape, View};

pub(super) const KINDS: &[&str] = &["payments", "subscriptions", "cards", "account", "agreements"];

pub(super) fn read(tx: &Tx<'_>, kind: &str) -> Vec<Value> {
    match kind {
        "account" => tx.all::<Account>().iter().map(|account| json!(**account)).collect(),
        "agreements" => tx.all::<Agreement>().iter().map(|agreement| json!(**agreement)).collect(),
        kind => {
            let mut wanted = tx.all::<Resource>();
            wanted.retain(|resource| Kind::at(kind) == Some(resource.kind));
            wanted.sort_by_key(|resource| (resource.created_at, resource.id));
            let shown = |resource: &Resource| {
                serde_json::to_value(Shape::of(resource, &View::at(tx.now), &[])).unwrap_or_default()
            };
            wanted.iter().map(|resource| shown(resource)).collect()
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewTerms {
    shop_name: Option<String>,
    callback_url: Option<String>,
    autofee: Option<bool>,
    allow_test_transactions: Option<bool>,
    default_payment_methods: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewRights {
    id: u64,
    acl: Vec<Right>,
}

pub(super) fn seed(tx: &mut Tx<'_>, kind: &str, body: &Value) -> Result<Value, Problem> {
    match kind {
        "account" => {
            let terms: NewTerms = read_as(
                body,
                "An account has shop_name, callback_url, autofee, allow_test_transactions and default_payment_methods; all can be left out.",
            )?;
            change(tx, terms)
        }
        "agreements" => {
            let rights: NewRights = read_as(
                body,
                "Give the agreement's id and its acl: [{\"resource\": \"/ping\", \"get\": false, \"post\": false, \"put\": false, \"patch\": false, \"delete\": false}]. What it does not name is allowed.",
            )?;
            let Some(agreement) = tx.get::<Agreement>(rights.id) else {
                return Err(refused("id", &rights.id.to_string(), "GET …/quickpay/agreements lists them."));
            };
            let agreement = Agreement { acl: rights.acl, ..Agreement::clone(&agreement) };
            tx.put(agreement.clone());
            Ok(json!(agreement))
        }
        _ => Err(Problem::bad_request(
            "read_only",
            format!("{kind} cannot be written"),
            format!("Make them through QuickPay's own API: POST /{kind}."),
        )),
    }
}

fn read_as<'a, T: Deserialize<'a>>(body: &'a Value, help: &str) -> Result<T, Problem> {
    T::deserialize(body).map_err(|error| {
        Problem::bad_request("refused_record", format!("this cannot be read: {error}"), help)
    })
}

fn change(tx: &mut Tx<'_>, terms: NewTerms) -> Result<Value, Problem> {
    let Some(before) = account(tx) else {
        return Err(Problem::not_found("unknown_account", "there is no account", "Reset the workspace."));
    };
    if let Some(url) = terms.callback_url.as_deref().filter(|url| !url.is_empty() && !is_web_address(url)) {
        return Err(refused("callback_url", url, "It is an absolute http or https URL, or empty."));
    }
    let mut account = Account::clone(&before);
    account.shop_name = terms.shop_name.unwrap_or(account.shop_name);
    if let Some(url) = terms.callback_url {
        account.callback_url = Some(url).filter(|url| !url.is_empty());
    }
    account.autofee = terms.autofee.unwrap_or(account.autofee);
    account.allow_test_transactions =
        terms.allow_test_transactions.unwrap_or(account.allow_test_transactions);
    if let Some(methods) = terms.default_payment_methods {
        account.default_payment_methods = Some(methods).filter(|methods| !methods.is_empty());
    }
    tx.put(account.clone());
    Ok(json!(account))
}

fn refused(name: &str, value: &str, help: &str) -> Problem {
    Problem::bad_request("refused_record", format!("`{name}` cannot be `{value}`"), help)
}
