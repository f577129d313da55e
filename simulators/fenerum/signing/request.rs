//! The requests to Fenerum: the right ones, and what one that was made comes to, whatever its spelling.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use url::{Host, Url};

use crate::kit::operation::{Message, Observation, Reply};
use crate::kit::parts::Parts;
use crate::kit::request::{Encoding, Request};
use crate::kit::sent::{self, Secret, Seen, Sent, lines};

/// The path that registers a card, without its slash at the end.
pub(super) const CARDS: &str = "/api/v1/paymentcards";
/// The path that asks for a customer's way into the portal, without its slash at the end.
pub(super) const SELF_SERVICE: &str = "/api/self-service/initiate-organization";
/// Where Fenerum is in earnest.
pub(super) const ORIGIN: &str = "https://app.fenerum.com";

/// A right request with these fields.
pub(super) fn right(message: &Message, path: &str, fields: &[(&'static str, Value)]) -> Request {
    let headers = [
        ("Authorization", format!("Token {}", message.given("token"))),
        ("X-Client-System", message.given("client").to_owned()),
        ("Content-Type", "application/json".to_owned()),
    ];
    Request {
        method: "POST",
        base: message.given("base").trim_end_matches('/').to_owned(),
        path: path.to_owned(),
        end: "/",
        query: Vec::new(),
        headers: headers.into_iter().map(|(name, value)| (name.into(), value)).collect(),
        fields: fields.iter().map(|(name, value)| ((*name).into(), value.clone())).collect(),
        encoding: Encoding::Json,
        refusals: Vec::new(),
    }
}

/// What the fields of an operation's body are, and what their values may be in words.
pub(super) struct Terms<'a> {
    /// The fields that Fenerum reads.
    pub(super) fields: &'static [&'static str],
    /// What a value is, if it is something of the message.
    pub(super) meaning: &'a dyn Fn(&Value) -> Option<&'static str>,
}

/// The API token, which is not shown.
fn secret(message: &Message) -> Secret<'_> {
    Secret(message.given("token"), "‹token›")
}

/// What it comes to, part by part. Unknown headers, parameters and fields of the body do not matter, unless
/// they hold what belongs elsewhere.
pub(super) fn seen(sent: &Sent, message: &Message, terms: &Terms<'_>) -> Seen {
    let client = sent.header("x-client-system");
    let client = match client.as_deref() {
        None => "none".to_owned(),
        Some(name) if name == message.given("client") => "the app's name".to_owned(),
        Some(other) => secret(message).quoted(other),
    };
    let mut seen = vec![
        (
            "address",
            format!(
                "{} {}",
                sent.method.to_uppercase(),
                sent.address(message.given("base"), secret(message))
            ),
        ),
        ("credential", format!("Authorization: {}", credential(sent, message))),
        ("client_system", format!("X-Client-System: {client}")),
        ("content_type", format!("Content-Type: {}", sent.media_type())),
    ];
    seen.extend(query(sent, message, terms));
    seen.extend(strays(sent, message));
    seen.extend(body(sent, message, terms));
    seen
}

/// The scheme does not depend on its case, nor on how many blanks stand behind it.
fn credential(sent: &Sent, message: &Message) -> String {
    let token = message.given("token");
    let Some(value) = sent.header("authorization") else { return "none".to_owned() };
    let parts: Vec<&str> = value.split_whitespace().collect();
    let (scheme, rest) = match parts.as_slice() {
        [] => return "empty".to_owned(),
        [alone] if *alone == token => return "the API token without a scheme".to_owned(),
        [_] => return "something without a scheme".to_owned(),
        [scheme, rest @ ..] => (*scheme, rest.join(" ")),
    };
    let decoded = STANDARD.decode(&rest).unwrap_or_default();
    let decodes = String::from_utf8_lossy(&decoded).trim_matches(':') == token;
    let what = if rest == token || (decodes && scheme.eq_ignore_ascii_case("basic")) {
        "the API token"
    } else if decodes {
        "the API token in base64"
    } else if rest.contains(token) {
        "the API token with something around it"
    } else {
        "something that is not the API token"
    };
    let scheme: String = scheme.chars().filter(char::is_ascii_alphanumeric).take(20).collect();
    let scheme = if scheme.eq_ignore_ascii_case("token") { "Token".to_owned() } else { scheme };
    format!("{} and {what}", scheme.replace(token, "‹token›"))
}

/// What of the message stands in the query.
fn query(sent: &Sent, message: &Message, terms: &Terms<'_>) -> Seen {
    let Ok(url) = Url::parse(&sent.url) else { return Vec::new() };
    let told = url.query_pairs().filter_map(|(name, value)| {
        if value.contains(message.given("token")) {
            return Some("the query holds the API token".to_owned());
        }
        let meaning = (terms.meaning)(&Value::String(value.into_owned()))?;
        Some(format!("the query's {} is {meaning}", name.chars().take(40).collect::<String>()))
    });
    told.map(|said| ("query", said)).collect()
}

/// The API token where it does not belong.
fn strays(sent: &Sent, message: &Message) -> Seen {
    let token = message.given("token");
    let other = |name: &str| !name.eq_ignore_ascii_case("authorization");
    let header = sent.headers.iter().any(|(name, value)| other(name) && value.contains(token));
    let body = sent.body.contains(token);
    let said = [(header, "another header holds the API token"), (body, "the body holds the API token")];
    said.into_iter().filter(|(holds, _)| *holds).map(|(_, said)| ("stray", said.to_owned())).collect()
}

fn body(sent: &Sent, message: &Message, terms: &Terms<'_>) -> Seen {
    let (what, fields) = match sent.fields(terms.fields) {
        Ok(fields) => fields,
        Err(what) => return vec![("body", what.to_owned())],
    };
    let mut seen = vec![("body", what.to_owned())];
    for name in terms.fields {
        let said = match fields.get(*name) {
            None => "missing".to_owned(),
            Some(value) => {
                (terms.meaning)(value).map_or_else(|| secret(message).told(value), ToOwned::to_owned)
            }
        };
        seen.push((name, format!("  {name}: {said}")));
    }
    // What stands beside them tells where a missing one has gone.
    let unknown = fields.keys().filter(|name| !terms.fields.contains(&name.as_str()));
    let unknown: Vec<String> = unknown.map(|name| secret(message).quoted(name)).collect();
    if !unknown.is_empty() && terms.fields.iter().any(|name| !fields.contains_key(*name)) {
        seen.push(("unknown", format!("  and there is {}", unknown.join(", "))));
    }
    seen
}

/// What a request comes to, a line for each part; secrets do not stand in it.
pub(super) fn observe(message: &Message, reply: &Reply, terms: &Terms<'_>) -> Observation {
    let Some(sent) = Sent::of(reply) else { return "rejected".to_owned() };
    lines(seen(&sent, message, terms))
}

/// What a request comes to, part by part.
pub(super) fn parts(message: &Message, reply: &Reply, terms: &Terms<'_>) -> Parts {
    sent::parts(
        Sent::of(reply).map(|sent| (sent.address_parts(message.given("base")), seen(&sent, message, terms))),
    )
}

/// An e-mail address as those are compared here: its host as DNS knows it, and without regard to case.
pub(super) fn same_email(one: &str, other: &str) -> bool {
    let plain = |email: &str| {
        let (local, host) = email.rsplit_once('@')?;
        Some((local.to_lowercase(), Host::parse(host).ok()?.to_string().to_lowercase()))
    };
    one == other || plain(one).is_some_and(|one| Some(one) == plain(other))
}
