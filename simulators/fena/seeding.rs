//! Fena's records through the control API: terminals can be added and changed, payments are read.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::kit::address::is_web_address;
use crate::kit::problem::Problem;
use crate::kit::seed::{dashed, mark};
use crate::kit::table::{Record as _, Tx};

use super::model::{Payment, State, Terminal};
use super::payments::is_too_old;

pub(super) const KINDS: &[&str] = &["terminals", "payments"];

pub(super) fn read(tx: &Tx<'_>, kind: &str) -> Vec<Value> {
    if kind == "terminals" {
        return tx.all::<Terminal>().iter().map(|terminal| json!(**terminal)).collect();
    }
    let mut payments = tx.all::<Payment>();
    payments.sort_by_key(|payment| (payment.since, payment.attempt));
    payments.iter().map(|payment| shown(tx, payment)).collect()
}

/// A payment as the control API shows it. One that nobody finished in time is abandoned, looked at or not.
fn shown(tx: &Tx<'_>, payment: &Payment) -> Value {
    let late = payment.state.is_open() && is_too_old(tx, payment);
    let state = if late { State::Abandoned } else { payment.state };
    json!({
        "id": payment.id,
        "terminal": payment.terminal,
        "order": payment.order,
        "attempt": payment.attempt,
        "amount": { "minor": payment.amount, "currency": "GBP" },
        "bank": payment.bank,
        "state": state,
        "since": payment.since,
        "ended": payment.ended,
        "location": payment.location,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewTerminal {
    id: Option<String>,
    secret: Option<String>,
    name: Option<String>,
    sort_code: Option<String>,
    account: Option<String>,
    webhook: Option<String>,
    redirect: Option<String>,
}

pub(super) fn seed(tx: &mut Tx<'_>, kind: &str, body: &Value) -> Result<Value, Problem> {
    if kind != "terminals" {
        return Err(Problem::bad_request(
            "read_only",
            format!("{kind} cannot be written"),
            "Open a payment link: `provkassa sign fena.link orderID=1 amount=12.50` prints one.",
        ));
    }
    let wanted: NewTerminal = NewTerminal::deserialize(body).map_err(|error| {
        Problem::bad_request(
            "refused_record",
            format!("this is no terminal: {error}"),
            "A terminal has id, secret, name, sort_code, account, webhook, redirect; all can be left out.",
        )
    })?;
    let drawn = |n| dashed(&tx.seed.token(Terminal::TABLE, "terminal", n));
    let free = || (0..10_000).map(drawn).find(|id| tx.get::<Terminal>(id.as_str()).is_none());
    let id = wanted.id.clone().or_else(free).unwrap_or_default();
    let plain = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    if id.is_empty() || id.len() > 64 || !id.chars().all(plain) {
        return Err(refused("id", &id, "It is a UUID, or 1 to 64 letters, digits, `-`, `_` or `.`."));
    }
    for (name, url) in [("webhook", &wanted.webhook), ("redirect", &wanted.redirect)] {
        if let Some(url) = url.as_deref().filter(|url| !url.is_empty() && !is_web_address(url)) {
            return Err(refused(name, url, "It is an absolute http or https URL, or empty."));
        }
    }
    if wanted.secret.as_deref() == Some("") {
        return Err(refused("secret", "", "It is a UUID in earnest, and here any text."));
    }
    let before = tx.get::<Terminal>(id.as_str());
    if before.is_none() && !tx.claim::<Terminal>(mark(&id)) {
        return Err(refused("id", &id, "Another workspace has this terminal: take another id."));
    }
    let before = before.map_or_else(
        || Terminal {
            id: id.clone(),
            secret: dashed(&tx.seed.token("fena terminal secret", &id, 0)),
            name: "Another shop".to_owned(),
            sort_code: "040004".to_owned(),
            account: "00000023".to_owned(),
            webhook: String::new(),
            redirect: String::new(),
        },
        |before| Terminal::clone(&before),
    );
    let terminal = Terminal {
        id: before.id,
        secret: wanted.secret.unwrap_or(before.secret),
        name: wanted.name.unwrap_or(before.name),
        sort_code: wanted.sort_code.unwrap_or(before.sort_code),
        account: wanted.account.unwrap_or(before.account),
        webhook: wanted.webhook.unwrap_or(before.webhook),
        redirect: wanted.redirect.unwrap_or(before.redirect),
    };
    tx.hide("FENA_SECRET", &terminal.secret);
    tx.put(terminal.clone());
    Ok(json!(terminal))
}

fn refused(name: &str, value: &str, help: &str) -> Problem {
    Problem::bad_request("refused_record", format!("`{name}` cannot be `{value}`"), help)
}
