//! The requests to Fenerum: the right ones, and what one that was made comes to, whatever its spelling.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use url::{Host, Url};

use crate::kit::operation::{Message, Observation, Reply};
use crate::kit::request::{Encoding, Request};

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

/// A request as it was made or as it came.
#[derive(Clone, Debug, Default)]
pub(super) struct Sent {
    /// `POST`.
    pub(super) method: String,
    /// The whole address.
    pub(super) url: String,
    /// The headers.
    pub(super) headers: Vec<(String, String)>,
    /// The body's text.
    pub(super) body: String,
}

/// A part of a request and what it comes to: `credential`, "Authorization: Token and the API token".
pub(super) type Seen = Vec<(&'static str, String)>;

/// What the fields of an operation's body are, and what their values may be in words.
pub(super) struct Terms<'a> {
    /// The fields that Fenerum reads.
    pub(super) fields: &'static [&'static str],
    /// What a value is, if it is something of the message.
    pub(super) meaning: &'a dyn Fn(&Value) -> Option<&'static str>,
}

impl Sent {
    /// An adapter's answer; `None` for a refusal.
    pub(super) fn of(reply: &Reply) -> Option<Self> {
        let Reply::Answer(answer) = reply else { return None };
        let headers = answer.get("headers").cloned().unwrap_or_default();
        Some(Self {
            method: reply.get("method").to_owned(),
            url: reply.get("url").to_owned(),
            headers: serde_json::from_value(headers).unwrap_or_default(),
            body: reply.get("body").to_owned(),
        })
    }

    /// As an adapter answers it.
    pub(super) fn reply(&self) -> Reply {
        let fields = [
            ("method", json!(self.method)),
            ("url", json!(self.url)),
            ("headers", json!(self.headers)),
            ("body", json!(self.body)),
        ];
        Reply::Answer(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// A header's value; of a repeated one all of them, as a server reads them.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        let named = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        let values: Vec<&str> = named.map(|(_, value)| value.trim()).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// What it comes to, part by part. Unknown headers, parameters and fields of the body do not matter, unless
    /// they hold what belongs elsewhere.
    pub(super) fn seen(&self, message: &Message, terms: &Terms<'_>) -> Seen {
        let shown = |text: &str| quoted(text, message);
        let client = self.header("x-client-system");
        let client = match client.as_deref() {
            None => "none".to_owned(),
            Some(name) if name == message.given("client") => "the app's name".to_owned(),
            Some(other) => shown(other),
        };
        let mut seen = vec![
            ("address", format!("{} {}", self.method.to_uppercase(), self.address(message))),
            ("credential", format!("Authorization: {}", self.credential(message))),
            ("client_system", format!("X-Client-System: {client}")),
            ("content_type", format!("Content-Type: {}", self.media_type())),
        ];
        seen.extend(self.query(message, terms));
        seen.extend(self.strays(message));
        seen.extend(self.body(message, terms));
        seen
    }

    /// The path below the base; what leads elsewhere is told whole.
    fn address(&self, message: &Message) -> String {
        let (Ok(url), Ok(base)) = (Url::parse(&self.url), Url::parse(message.given("base"))) else {
            return format!("to {}, which is no address", quoted(&self.url, message));
        };
        let (path, prefix) = (url.path(), base.path().trim_end_matches('/'));
        let hidden = path.replace(message.given("token"), "‹token›");
        if url.origin() != base.origin() {
            return format!("{}{hidden}, which is not the base", url.origin().ascii_serialization());
        }
        match path.strip_prefix(prefix).filter(|rest| rest.starts_with('/')) {
            Some(rest) => rest.replace(message.given("token"), "‹token›"),
            None => format!("{hidden} without the path of the base"),
        }
    }

    /// The scheme does not depend on its case, nor on how many blanks stand behind it.
    fn credential(&self, message: &Message) -> String {
        let token = message.given("token");
        let Some(value) = self.header("authorization") else { return "none".to_owned() };
        let parts: Vec<&str> = value.split_whitespace().collect();
        let (scheme, rest) = match parts.as_slice() {
            [] => return "empty".to_owned(),
            [alone] if *alone == token => return "the API token without a scheme".to_owned(),
            [_] => return "something without a scheme".to_owned(),
            [scheme, rest @ ..] => (*scheme, rest.join(" ")),
        };
        let decoded = STANDARD.decode(&rest).unwrap_or_default();
        let what = if rest == token || String::from_utf8_lossy(&decoded).trim_matches(':') == token {
            "the API token"
        } else if rest.contains(token) {
            "the API token with something around it"
        } else {
            "something that is not the API token"
        };
        let scheme: String = scheme.chars().filter(char::is_ascii_alphanumeric).take(20).collect();
        let scheme = if scheme.eq_ignore_ascii_case("token") { "Token".to_owned() } else { scheme };
        format!("{} and {what}", scheme.replace(token, "‹token›"))
    }

    /// The media type without its parameters.
    fn media_type(&self) -> String {
        let value = self.header("content-type").unwrap_or_default();
        let media = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if media.is_empty() { "none".to_owned() } else { media.chars().take(60).collect() }
    }

    /// What of the message stands in the query.
    fn query(&self, message: &Message, terms: &Terms<'_>) -> Seen {
        let Ok(url) = Url::parse(&self.url) else { return Vec::new() };
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
    fn strays(&self, message: &Message) -> Seen {
        let token = message.given("token");
        let other = |name: &str| !name.eq_ignore_ascii_case("authorization");
        let header = self.headers.iter().any(|(name, value)| other(name) && value.contains(token));
        let body = self.body.contains(token);
        let said = [(header, "another header holds the API token"), (body, "the body holds the API token")];
        said.into_iter().filter(|(holds, _)| *holds).map(|(_, said)| ("stray", said.to_owned())).collect()
    }

    /// The fields of the body, and what holds them; in words what it is if nothing does.
    pub(super) fn fields(&self, known: &[&str]) -> Result<(&'static str, Map<String, Value>), &'static str> {
        match serde_json::from_str::<Value>(&self.body) {
            _ if self.body.trim().is_empty() => Err("no body"),
            Ok(Value::Object(fields)) => Ok(("a JSON object", fields)),
            Ok(Value::String(text)) => match serde_json::from_str(&text) {
                Ok(Value::Object(fields)) => Ok(("a JSON string that holds a JSON object", fields)),
                _ => Err("a JSON string"),
            },
            Ok(_) => Err("JSON that is no object"),
            Err(_) => match form(&self.body) {
                fields if known.iter().any(|name| fields.contains_key(*name)) => Ok(("a form", fields)),
                _ => Err("a body that is not JSON"),
            },
        }
    }

    fn body(&self, message: &Message, terms: &Terms<'_>) -> Seen {
        let (what, fields) = match self.fields(terms.fields) {
            Ok(fields) => fields,
            Err(what) => return vec![("body", what.to_owned())],
        };
        let mut seen = vec![("body", what.to_owned())];
        for name in terms.fields {
            let said = match fields.get(*name) {
                None => "missing".to_owned(),
                Some(value) => (terms.meaning)(value).map_or_else(|| told(value, message), ToOwned::to_owned),
            };
            seen.push((name, format!("  {name}: {said}")));
        }
        // What stands beside them tells where a missing one has gone.
        let unknown = fields.keys().filter(|name| !terms.fields.contains(&name.as_str()));
        let unknown: Vec<String> = unknown.map(|name| quoted(name, message)).collect();
        if !unknown.is_empty() && terms.fields.iter().any(|name| !fields.contains_key(*name)) {
            seen.push(("unknown", format!("  and there is {}", unknown.join(", "))));
        }
        seen
    }
}

/// What a request comes to, a line for each part; secrets do not stand in it.
pub(super) fn observe(message: &Message, reply: &Reply, terms: &Terms<'_>) -> Observation {
    let Some(sent) = Sent::of(reply) else { return "rejected".to_owned() };
    let lines: Vec<String> = sent.seen(message, terms).into_iter().map(|(_, said)| said).collect();
    lines.join("\n")
}

/// The fields of a form.
fn form(body: &str) -> Map<String, Value> {
    let pairs = form_urlencoded::parse(body.as_bytes());
    pairs.map(|(name, value)| (name.into_owned(), Value::String(value.into_owned()))).collect()
}

/// A value that means nothing in particular.
fn told(value: &Value, message: &Message) -> String {
    match value {
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::String(text) => quoted(text, message),
        other => format!("{other}, which is not a string"),
    }
}

/// The beginning of a text, in quotes, without the API token.
fn quoted(text: &str, message: &Message) -> String {
    let token = message.given("token");
    let hidden = if token.is_empty() { text.to_owned() } else { text.replace(token, "‹token›") };
    let start: String = hidden.chars().take(60).collect();
    if start.len() < hidden.len() { format!("\"{start}…\"") } else { format!("\"{start}\"") }
}

/// An e-mail address as those are compared here: its host as DNS knows it, and without regard to case.
pub(super) fn same_email(one: &str, other: &str) -> bool {
    let plain = |email: &str| {
        let (local, host) = email.rsplit_once('@')?;
        Some((local.to_lowercase(), Host::parse(host).ok()?.to_string().to_lowercase()))
    };
    one == other || plain(one).is_some_and(|one| Some(one) == plain(other))
}
