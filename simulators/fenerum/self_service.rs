//! Ways into the self-service portal: the link that a shop asks for, and the one that goes out by mail.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::kit::mask::visible;
use crate::kit::page::Sent;
use crate::kit::table::Tx;

use super::body;
use super::doors::{Answer, Call, fine};
use super::fields::Fields;
use super::model::{Access, Account, Email, Recipient};
use super::refusals::{Refusal, told};
use super::store::{account_by_code, count};

/// `POST /api/self-service/initiate-organization/`
pub(super) async fn initiate(call: &Call) -> Answer {
    let data = call.data()?;
    let sent = sent(call, &data);
    let token = call
        .change(|tx| {
            let mut fields = Fields::of(body::object(&data)?);
            let email = fields.email("email").unwrap_or_default();
            fields.end()?;
            if !tx.settings.on("fenerum.self_service") {
                return Err(Refusal::detail("self_service_off"));
            }
            if accounts_of(tx, &email).is_empty() {
                return Err(Refusal::field("email", told("email_unknown", &[])));
            }
            Ok(open(tx, &email, &sent))
        })
        .await?;
    if let Some(email) = data["email"].as_str() {
        call.trail.order(email);
    }
    fine(json!({ "url": address(&call.origin.0, &token) }))
}

/// The accounts whose mail goes to an address, the oldest first. Case does not matter.
pub(super) fn accounts_of(tx: &Tx<'_>, email: &str) -> Vec<Account> {
    let mut recipients = tx.all::<Recipient>();
    recipients.retain(|recipient| recipient.email.eq_ignore_ascii_case(email));
    let mut accounts: Vec<Account> = Vec::new();
    for recipient in recipients {
        if let Some(account) = account_by_code(tx, &recipient.account)
            && accounts.iter().all(|known| known.uuid != account.uuid)
        {
            accounts.push(Account::clone(&account));
        }
    }
    accounts.sort_by_key(|account| account.number);
    accounts
}

/// What the shop asked with, for the folded panel.
fn sent(call: &Call, data: &Value) -> Sent {
    let masker = call.workspace.masker();
    let shown = |value: &Value| {
        masker.text(&visible(&value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)))
    };
    let fields = data.as_object().into_iter().flatten();
    Sent {
        request: format!("POST {}", call.path),
        parameters: fields.map(|(name, value)| (masker.text(&visible(name)), shown(value))).collect(),
        verdict: "The API token is right.".to_owned(),
        right: true,
        warnings: call.trail.remarks().warnings.iter().map(|warning| masker.text(warning)).collect(),
        ..Sent::default()
    }
}

/// Makes a way in for an address; its token.
fn open(tx: &mut Tx<'_>, email: &str, sent: &Sent) -> String {
    let token = tx.token::<Access>(email);
    tx.hide("FENERUM_LOGIN", &token);
    let access =
        Access { token: token.clone(), email: email.to_owned(), expires: expiry(tx), sent: sent.clone() };
    tx.put(access);
    token
}

fn expiry(tx: &Tx<'_>) -> Option<Timestamp> {
    let minutes = tx.settings.number("fenerum.link_minutes");
    let held = SignedDuration::from_secs(minutes.saturating_mul(60));
    (minutes > 0).then(|| tx.now.saturating_add(held).unwrap_or(Timestamp::MAX))
}

/// The address that a token opens.
pub(super) fn address(origin: &str, token: &str) -> String {
    format!("{origin}/access/{token}")
}

/// Sends an address its login link, if an account's mail goes there; the link.
pub(super) fn send_login(tx: &mut Tx<'_>, origin: &str, email: &str) -> Option<String> {
    if accounts_of(tx, email).is_empty() {
        return None;
    }
    let token = open(tx, email, &Sent::default());
    let link = address(origin, &token);
    let mail = Email {
        number: count::<Email>(tx),
        to: email.to_owned(),
        subject: "Your login link".to_owned(),
        text: format!("Follow this link to see your subscriptions, invoices and payment cards:\n\n{link}\n"),
        link: link.clone(),
        at: tx.now,
    };
    tx.put(mail);
    Some(link)
}

/// Whose a token is while it holds.
pub(super) fn enter(tx: &Tx<'_>, token: &str) -> Option<Access> {
    let access = tx.get::<Access>(token)?;
    let holds = access.expires.is_none_or(|expires| expires > tx.now);
    holds.then(|| Access::clone(&access))
}
