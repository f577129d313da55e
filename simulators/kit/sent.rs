//! An HTTP request as somebody sends it, and what it comes to in words.

use serde_json::{Map, Value, json};
use url::Url;

use super::diagnosis::explained;
use super::operation::{Examination, Fault, Judgement, Message, Observation, Operation, Reply, judge};
use super::parts::Parts;
use super::tree::Tree;

/// A request as it was made or as it came.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    /// `POST`.
    pub method: String,
    /// The whole address.
    pub url: String,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body's text.
    pub body: String,
}

/// A part of a request and what it comes to: `credential`, "Authorization: Token and the API token".
pub type Seen = Vec<(&'static str, String)>;

/// A word that must not be shown, and what is shown in its place: `‹token›`.
#[derive(Clone, Copy, Debug)]
pub struct Secret<'a>(pub &'a str, pub &'static str);

impl Secret<'_> {
    /// A text without it.
    #[must_use]
    pub fn hide(self, text: &str) -> String {
        if self.0.is_empty() { text.to_owned() } else { text.replace(self.0, self.1) }
    }

    /// The beginning of a text, in quotes, without it.
    #[must_use]
    pub fn quoted(self, text: &str) -> String {
        let hidden = self.hide(text);
        let start: String = hidden.chars().take(60).collect();
        if start.len() < hidden.len() { format!("\"{start}…\"") } else { format!("\"{start}\"") }
    }

    /// A value that means nothing in particular.
    #[must_use]
    pub fn told(self, value: &Value) -> String {
        match value {
            Value::Array(_) => "a list".to_owned(),
            Value::Object(_) => "an object".to_owned(),
            Value::String(text) => self.quoted(text),
            other => format!("{other}, which is not a string"),
        }
    }
}

impl Sent {
    /// An adapter's answer; `None` for a refusal.
    #[must_use]
    pub fn of(reply: &Reply) -> Option<Self> {
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
    #[must_use]
    pub fn reply(&self) -> Reply {
        let fields = [
            ("method", json!(self.method)),
            ("url", json!(self.url)),
            ("headers", json!(self.headers)),
            ("body", json!(self.body)),
        ];
        Reply::Answer(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// A header's value; of a repeated one all of them, as a server reads them.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        let named = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        let values: Vec<&str> = named.map(|(_, value)| value.trim()).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// The path below the base; what leads elsewhere is told whole.
    #[must_use]
    pub fn address(&self, base: &str, secret: Secret<'_>) -> String {
        let (Ok(url), Ok(base)) = (Url::parse(&self.url), Url::parse(base)) else {
            return format!("to {}, which is no address", secret.quoted(&self.url));
        };
        let (path, prefix) = (url.path(), base.path().trim_end_matches('/'));
        let hidden = secret.hide(path);
        if url.origin() != base.origin() {
            return format!("{}{hidden}, which is not the base", url.origin().ascii_serialization());
        }
        match path.strip_prefix(prefix).filter(|rest| rest.starts_with('/')) {
            Some(rest) => secret.hide(rest),
            None => format!("{hidden} without the path of the base"),
        }
    }

    /// What an address comes to in parts that can be wrong apart: the method, whose address it is, whether the
    /// base's own path and single slashes are kept, and where below it leads.
    #[must_use]
    pub fn address_parts(&self, base: &str) -> Parts {
        let method = ("method", self.method.to_uppercase());
        let (Ok(url), Ok(base)) = (Url::parse(&self.url), Url::parse(base)) else {
            return vec![method, ("origin", "no address".to_owned()), ("path", self.url.clone())];
        };
        let (path, prefix) = (url.path(), base.path().trim_end_matches('/'));
        let (origin, is_base) = (url.origin(), url.origin() == base.origin());
        let below = path.strip_prefix(prefix).filter(|rest| rest.starts_with('/'));
        let kept = below.is_some() || !is_base;
        let below = below.unwrap_or(path);
        let mut plain = below.to_owned();
        while plain.contains("//") {
            plain = plain.replace("//", "/");
        }
        vec![
            method,
            ("origin", if is_base { "the base".to_owned() } else { origin.ascii_serialization() }),
            ("base path", if kept { "kept" } else { "lost" }.to_owned()),
            ("slashes", if plain == below { "single" } else { "doubled" }.to_owned()),
            ("path", plain),
        ]
    }

    /// The media type without its parameters.
    #[must_use]
    pub fn media_type(&self) -> String {
        let value = self.header("content-type").unwrap_or_default();
        let media = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if media.is_empty() { "none".to_owned() } else { media.chars().take(60).collect() }
    }

    /// The fields of the body, and what holds them; in words what it is if nothing does.
    pub fn fields(&self, known: &[&str]) -> Result<(&'static str, Map<String, Value>), &'static str> {
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
}

/// The fields of a form; names with brackets nest.
fn form(body: &str) -> Map<String, Value> {
    match Tree::of_form(body.as_bytes()).map(serde_json::to_value) {
        Some(Ok(Value::Object(fields))) => fields,
        _ => Map::new(),
    }
}

/// The parts of a request, or that there is none. `address` stands for the parts of the address, which
/// [`Sent::address_parts`] tells.
#[must_use]
pub fn parts(sent: Option<(Parts, Seen)>) -> Parts {
    let Some((address, seen)) = sent else { return vec![("request", "none".to_owned())] };
    let made = ("request", "made".to_owned());
    std::iter::once(made)
        .chain(address)
        .chain(seen.into_iter().filter(|(name, _)| *name != "address"))
        .collect()
}

/// The parts as one observation, a line for each.
#[must_use]
pub fn lines(seen: Seen) -> Observation {
    let lines: Vec<String> = seen.into_iter().map(|(_, said)| said).collect();
    lines.join("\n")
}

/// What is told of a request's parts, and where their rules are written.
pub struct Reading<'a> {
    /// What a request comes to, part by part.
    pub seen: &'a dyn Fn(&Sent) -> Seen,
    /// Where the rule of a part is written.
    pub rule: fn(&str) -> &'static str,
    /// What was not given, and is therefore taken as it stands in the request.
    pub missing: &'a [&'a str],
}

/// Everything that can be said of a request that was made.
#[must_use]
pub fn examine(
    operation: &'static dyn Operation,
    message: &Message,
    sent: &Sent,
    reading: &Reading<'_>,
) -> Examination {
    let seen = (reading.seen)(sent);
    let lines = seen.iter().map(|(_, said)| said.clone()).collect();
    let mut notes = Vec::new();
    if !reading.missing.is_empty() {
        notes.push(format!("not compared, for it was not given: {}", reading.missing.join(", ")));
    }
    let reply = sent.reply();
    let fault = |id, what| Fault { id, what, rule: (reading.rule)(id).to_owned(), passes: false };
    let faults = match judge(operation, message, &reply) {
        Judgement::Right => Vec::new(),
        Judgement::Tolerated(why) => {
            notes.push(format!("passed over: {why}"));
            Vec::new()
        }
        Judgement::Wrong => match operation.reply(message, &[]) {
            Some(Reply::Rejected(why)) => vec![fault("request", format!("nothing is to be sent: {why}"))],
            Some(right) => {
                let right = (reading.seen)(&Sent::of(&right).unwrap_or_default());
                differing(&seen, &right).into_iter().map(|(id, what)| fault(id, what)).collect()
            }
            None => Vec::new(),
        },
    };
    let diagnosis = if faults.is_empty() { None } else { explained(operation, message, &reply) };
    Examination { parts: vec![("request", lines)], signed: None, faults, diagnosis, notes }
}

/// The parts of a request that are not as in the right one.
fn differing(seen: &Seen, right: &Seen) -> Seen {
    let of = |id: &str| right.iter().find(|(known, _)| *known == id).map(|(_, said)| said.trim());
    let differing = seen.iter().filter(|(id, said)| of(id) != Some(said.trim()));
    differing
        .map(|(id, said)| {
            let said = said.trim();
            (*id, of(id).map_or_else(|| said.to_owned(), |right| format!("{said}; right is: {right}")))
        })
        .collect()
}
