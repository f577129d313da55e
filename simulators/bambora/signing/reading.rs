//! Reading what was sent: whether it is what the shop meant to send, and whether its hash is that of what was
//! sent, in whatever order.

use std::borrow::Cow;

use serde_json::Value;

use super::request::{Request, answer, hash};
use super::request_mistakes::{KEY_SENT, MISTAKES};
use super::{HASH, md5_of};
use crate::kit::diagnosis::explained;
use crate::kit::operation::{Message, Operation as _, Parameter, Received, Reply, Unreadable};
use crate::kit::scheme::Mistake;

/// The mistake that explains the hash of these parameters, `hash` among them; `None` where it is right, or
/// nothing explains it.
pub(crate) fn diagnosis(parameters: &[(String, String)], key: &str) -> Option<String> {
    let own = |(name, value): &(String, String)| (Cow::Owned(name.clone()), value.clone());
    let came: Vec<Parameter> = parameters.iter().map(own).collect();
    let message = message(&came, vec![(Cow::Borrowed("md5key"), key.to_owned())]);
    // Whoever sends the key sends it beside what is hashed.
    let is_key = |(name, value): &Parameter| name == "md5key" && value == key;
    let mut without = message.clone();
    without.parameters.retain(|parameter| !is_key(parameter));
    let sent: Vec<Parameter> = came.iter().filter(|parameter| !is_key(parameter)).cloned().collect();
    let reply = answer(&sent);
    if without != message && Request.observe(&without, &reply) == right(&without) {
        return Some(KEY_SENT.title.to_owned());
    }
    explained(&Request, &message, &answer(&came)).map(|diagnosis| diagnosis.to_string())
}

fn right(message: &Message) -> String {
    Request.reply(message, &[]).map(|reply| Request.observe(message, &reply)).unwrap_or_default()
}

/// What came as a message: the shop is taken to have meant what it sent.
fn message(came: &[Parameter], given: Vec<Parameter>) -> Message {
    let parameters = came.iter().filter(|(name, _)| name != HASH).cloned().collect();
    Message { form: Cow::Borrowed(""), parameters, given }
}

/// Reads the address of the window with its query, or the body of a form.
pub(super) fn read_request(text: &str, given: &[Parameter]) -> Result<Received, Unreadable> {
    let text = text.trim();
    let form = text.split_once('?').map_or(text, |(_, query)| query);
    let form = form.split('#').next().unwrap_or_default();
    let pairs = form_urlencoded::parse(form.as_bytes());
    let came: Vec<Parameter> =
        pairs.map(|(name, value)| (Cow::Owned(name.into_owned()), value.into_owned())).collect();
    let message = message(&came, given.to_vec());
    Request.legal(&message)?;
    Ok(Received { operation: &Request, message, claimed: answer(&came), readings: Vec::new() })
}

/// What an answer comes to: what is not sent as it was given, and whose hash it is. An empty value adds
/// nothing, so that it makes no difference whether it is sent; nor does the order, as long as the hash is of
/// the same.
pub(super) fn observed(message: &Message, reply: &Reply) -> String {
    let Reply::Answer(answer) = reply else { return "rejected".to_owned() };
    let (hashes, sent): (Vec<Parameter>, Vec<Parameter>) =
        pairs(answer.get("parameters")).into_iter().partition(|(name, _)| name == HASH);
    let mut lines = differences(&message.parameters, &sent);
    if lines.is_empty() {
        lines.push("every parameter".to_owned());
    }
    lines.push(match hashes.as_slice() {
        [] => "no hash".to_owned(),
        [(_, claimed)] => whose(message, sent, claimed),
        _ => "several hashes".to_owned(),
    });
    lines.join("\n  ")
}

fn pairs(value: Option<&Value>) -> Vec<Parameter> {
    let pairs: Option<Vec<(String, String)>> =
        value.and_then(|value| serde_json::from_value(value.clone()).ok());
    pairs.unwrap_or_default().into_iter().map(|(name, value)| (Cow::Owned(name), value)).collect()
}

/// What is not sent, and what is sent besides, by name.
fn differences(given: &[Parameter], sent: &[Parameter]) -> Vec<String> {
    let without = |from: &[Parameter], others: &[Parameter], what: &str| {
        let mut others: Vec<&Parameter> = others.iter().collect();
        let mut rest: Vec<String> = Vec::new();
        for parameter in from.iter().filter(|(_, value)| !value.is_empty()) {
            match others.iter().position(|other| *other == parameter) {
                Some(place) => drop(others.swap_remove(place)),
                None => rest.push(format!("{what}: {} = {}", parameter.0, parameter.1)),
            }
        }
        rest.sort();
        rest
    };
    let mut lines = without(given, sent, "not sent");
    lines.extend(without(sent, given, "sent besides"));
    lines
}

/// Whose hash it is. A wrong one is told as it would be in the order of the call, so that a mistake looks the
/// same in whatever order somebody sends.
fn whose(message: &Message, sent: Vec<Parameter>, claimed: &str) -> String {
    let sum = md5_of(sent.iter().map(|(_, value)| value.as_str()), message.given("md5key"));
    if claimed == sum {
        return "hash: of what is sent".to_owned();
    }
    if claimed.eq_ignore_ascii_case(&sum) {
        return "hash: of what is sent, in upper case".to_owned();
    }
    if in_order_of(&message.parameters, &sent) {
        return format!("hash: {claimed}");
    }
    let as_called = |made: &[&'static Mistake]| hash(message, made);
    if explanations().any(|made| as_called(&made).as_deref() == Some(claimed)) {
        return format!("hash: {claimed}, of another order than it is sent in");
    }
    let other = Message { parameters: sent, ..message.clone() };
    let made = explanations().find(|made| hash(&other, made).as_deref() == Some(claimed));
    let called = made.and_then(|made| as_called(&made));
    format!("hash: {}", called.as_deref().unwrap_or(claimed))
}

/// Whether those of the names that both have stand in the same order.
fn in_order_of(given: &[Parameter], sent: &[Parameter]) -> bool {
    let places = sent.iter().filter_map(|(name, _)| given.iter().position(|(known, _)| known == name));
    places.is_sorted()
}

/// No mistake, each, and each pair.
fn explanations() -> impl Iterator<Item = Vec<&'static Mistake>> {
    let singles = MISTAKES.iter().map(|mistake| vec![*mistake]);
    let pairs = MISTAKES
        .iter()
        .enumerate()
        .flat_map(|(place, one)| MISTAKES[place + 1..].iter().map(move |other| vec![*one, *other]));
    std::iter::once(Vec::new()).chain(singles).chain(pairs)
}
