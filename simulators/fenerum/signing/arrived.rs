//! What was done wrong by whoever sent a request that has arrived at Fenerum.

use std::borrow::Cow;

use serde_json::Value;

use super::card::Card;
use super::link::Link;
use super::reading::{card_message, link_message};
use super::request::{Terms, right};
use super::request_mistakes::CARD;
use crate::kit::address::is_uuid;
use crate::kit::diagnosis::{Diagnosis, explained};
use crate::kit::operation::{Message, Operation as _, Parameter};
use crate::kit::sent::Sent;

/// A request as it arrived.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrived<'a> {
    /// `POST`.
    pub(crate) method: &'a str,
    /// The path below Fenerum's origin, and the query.
    pub(crate) path: &'a str,
    /// The headers.
    pub(crate) headers: &'a [(String, String)],
    /// The body.
    pub(crate) body: &'a [u8],
}

/// The mistake that explains the request, in words, and how to put it right; `None` where the request is
/// right or nothing explains it. `token` is the workspace's API token, and `accounts` are the uuids and codes
/// of its accounts.
pub(crate) fn diagnose_arrived(
    arrived: &Arrived<'_>,
    token: &str,
    accounts: &[(String, String)],
) -> Option<String> {
    // The base ends in a slash where two begin the path, so that the mistake which doubles it is found.
    let base = if arrived.path.starts_with("//") { "http://127.0.0.1/" } else { "http://127.0.0.1" };
    let body = String::from_utf8_lossy(arrived.body).into_owned();
    let sent = Sent {
        method: arrived.method.to_owned(),
        url: format!("http://127.0.0.1{}", arrived.path),
        headers: arrived.headers.to_vec(),
        body,
    };
    let mut given: Vec<Parameter> = vec![(Cow::Borrowed("base"), base.to_owned())];
    // Whose request it is may not be known: what it carries is taken for its token then.
    let carried = |text: &str| text.contains(token);
    if !token.is_empty()
        && (sent.headers.iter().any(|(_, value)| carried(value)) || carried(&sent.url) || carried(&sent.body))
    {
        given.push((Cow::Borrowed("token"), token.to_owned()));
    }
    let path = arrived.path.split('?').next().unwrap_or_default().trim_end_matches('/');
    if path.ends_with("/initiate-organization") {
        let message = link_message(&sent, &given);
        return Link
            .legal(&message)
            .ok()
            .and_then(|()| Some(told(&explained(&Link, &message, &sent.reply())?)));
    }
    if path.ends_with("/paymentcards") && !arrived.method.eq_ignore_ascii_case("GET") {
        let named = accounts.iter().find(|(uuid, code)| {
            let names = |text: &str| sent.body.contains(&Value::from(text).to_string());
            names(uuid) || names(code)
        });
        if let Some((uuid, code)) = named {
            given.push((Cow::Borrowed("account"), uuid.clone()));
            given.push((Cow::Borrowed("account_code"), code.clone()));
        }
        let message = card_message(&sent, None, &given);
        return Card
            .legal(&message)
            .ok()
            .and_then(|()| Some(told(&explained(&Card, &message, &sent.reply())?)));
    }
    around(&sent, path, &link_message(&sent, &given)).or_else(|| filter(&sent, accounts))
}

/// A diagnosis in a few sentences.
fn told(diagnosis: &Diagnosis) -> String {
    format!("{diagnosis}. {} {}", diagnosis.why(), diagnosis.remedy())
}

/// What is wrong with a request to any other address, apart from its method and body.
fn around(sent: &Sent, path: &str, message: &Message) -> Option<String> {
    let terms = Terms { fields: &[], meaning: &|_| None };
    let parts = ["address", "credential", "client_system", "query", "stray"];
    let seen = |sent: &Sent| {
        let mut seen = super::request::seen(sent, message, &terms);
        seen.retain(|(part, _)| parts.contains(part));
        seen
    };
    let path = path.trim_start_matches('/');
    let predicted = |made: &[&'static _]| {
        let request = right(message, &format!("/{path}"), &[]).with(Card.id(), message, made)?;
        let reply = crate::kit::operation::Reply::Answer(request.answer());
        Sent::of(&reply).map(|sent| seen(&sent))
    };
    let arrived = seen(&Sent { method: "POST".to_owned(), ..sent.clone() });
    if predicted(&[]).as_ref() == Some(&arrived) {
        return None;
    }
    let mistake = CARD.mistakes.iter().find(|mistake| predicted(&[**mistake]).as_ref() == Some(&arrived))?;
    Some(format!("{}. {} {}", mistake.title, mistake.why, mistake.remedy))
}

/// The list of cards is asked for by the account's code.
fn filter(sent: &Sent, accounts: &[(String, String)]) -> Option<String> {
    let url = url::Url::parse(&sent.url).ok()?;
    let (_, asked) = url.query_pairs().find(|(name, _)| name == "account")?;
    let known = accounts.iter().find(|(uuid, _)| uuid.eq_ignore_ascii_case(&asked));
    (known.is_some() || is_uuid(&asked)).then(|| {
        let code = known.map_or("CUST001", |(_, code)| code);
        format!(
            "you asked for the cards of an account by its uuid. The list is found by the account's code, and a card is registered by the uuid. Ask with ?account={code}."
        )
    })
}
