//! What of a message can be put on the wire: what a right shop sends to the sandbox, or what comes to the shop.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use provkassa_simulators::kit::operation::{Message, Operation, Reply};
use provkassa_simulators::operation;
use serde_json::Value;
use url::form_urlencoded::Serializer;

use super::EmitError;
use crate::serve::{USUAL_PORT, environment};

/// One request.
pub(super) struct Wire {
    pub(super) method: &'static str,
    /// Where it goes.
    pub(super) to: To,
    /// What follows the address in the variable: a path, a query.
    pub(super) rest: String,
    /// The headers in their order.
    pub(super) headers: Vec<(String, String)>,
    /// The body; none for a GET.
    pub(super) body: Vec<u8>,
}

/// Where a request goes.
pub(super) enum To {
    /// To the sandbox: the variable that `provkassa env` prints, and what it is usually.
    Sandbox(&'static str, String),
    /// To the shop.
    Shop,
}

/// What of a message stands for what in the sandbox: its name, and the variable that `provkassa env` prints.
type Credentials = &'static [(&'static str, &'static str)];

/// How the message of an operation is sent: the variable with the sandbox's address, and the credentials.
fn sandbox(id: &str) -> Option<(&'static str, Credentials)> {
    Some(match id {
        "bambora.request" => {
            ("BAMBORA_URL", &[("merchantnumber", "BAMBORA_MERCHANT"), ("md5key", "BAMBORA_MD5KEY")])
        }
        "brp.hash" | "brp.link" => ("BRP_BASE_URL", &[("base", "BRP_BASE_URL"), ("secret", "BRP_SECRET")]),
        "fena.link" | "fena.token" => {
            ("FENA_URL", &[("base", "FENA_URL"), ("terminal", "FENA_TERMINAL"), ("secret", "FENA_SECRET")])
        }
        "fenerum.card" | "fenerum.link" => (
            "FENERUM_URL",
            &[("base", "FENERUM_URL"), ("token", "FENERUM_TOKEN"), ("account", "FENERUM_ACCOUNT")],
        ),
        "freepay.form" => {
            ("FREEPAY_URL", &[("merchant", "FREEPAY_MERCHANT"), ("password", "FREEPAY_PASSWORD")])
        }
        "quickpay.authorization" | "quickpay.subscription" => {
            ("QUICKPAY_URL", &[("base", "QUICKPAY_URL"), ("api_key", "QUICKPAY_API_KEY")])
        }
        "quickpay.window" => (
            "QUICKPAY_URL",
            &[
                ("merchant_id", "QUICKPAY_MERCHANT"),
                ("agreement_id", "QUICKPAY_AGREEMENT"),
                ("window_key", "QUICKPAY_WINDOW_KEY"),
            ],
        ),
        _ => return None,
    })
}

/// The request of a message. What depends on the time is stamped with this one.
pub(super) fn of(operation: &dyn Operation, message: &Message, now: Timestamp) -> Result<Wire, EmitError> {
    let message = operation.at(message.clone(), now.as_second());
    match sandbox(operation.id()) {
        Some((variable, credentials)) => sent(operation, message, variable, credentials),
        None => Ok(came(&message)),
    }
}

/// What a right shop sends that has the sandbox's credentials.
fn sent(
    asked: &dyn Operation,
    mut message: Message,
    variable: &'static str,
    credentials: Credentials,
) -> Result<Wire, EmitError> {
    let known = environment(|id| {
        let offset = provkassa_simulators::provider(id).map_or(0, |provider| provider.info().port_offset);
        format!("http://127.0.0.1:{}", USUAL_PORT + offset)
    });
    let usual = known.get(variable).map_or("", |url| url.trim_end_matches('/')).to_owned();
    for (name, variable) in credentials {
        let value = known.get(variable).cloned().unwrap_or_default();
        let side = if asked.given().contains(name) { &mut message.given } else { &mut message.parameters };
        match side.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value,
            None if *name == "base" => message.given.push((Cow::Borrowed("base"), value)),
            None => message.parameters.push((Cow::Borrowed(*name), value)),
        }
    }
    if asked.id() == "freepay.form" {
        for (_, page) in message.given.iter_mut().filter(|(name, _)| name == "page") {
            *page = format!("{usual}/paymentpage");
        }
    }
    // A hash or a token is nothing that could be sent alone: the link with it is.
    let sender = match asked.id() {
        "brp.hash" => "brp.link",
        "fena.token" => "fena.link",
        id => id,
    };
    let reply = operation(sender).and_then(|sender| sender.reply(&message, &[]));
    let answer = match reply {
        Some(reply @ Reply::Answer(_)) => reply,
        Some(Reply::Rejected(why)) => return Err(EmitError::NothingToSend { why }),
        None => return Err(EmitError::NothingToSend { why: "it has no right answer".to_owned() }),
    };
    let below = |url: &str| url.strip_prefix(&usual).unwrap_or(url).to_owned();
    let get = |rest: String| ("GET", rest, Vec::new(), Vec::new());
    let post = |rest: &str, fields: Vec<(String, String)>| {
        let form = ("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned());
        ("POST", rest.to_owned(), vec![form], encoded(&fields).into_bytes())
    };
    let (method, rest, headers, body) = match asked.id() {
        "bambora.request" => {
            get(format!("/integration/ewindow/Default.aspx?{}", encoded(&pairs(&answer, "parameters"))))
        }
        "freepay.form" => post(&below(answer.get("action")), pairs(&answer, "fields")),
        "quickpay.authorization" => {
            let headers = [("Authorization", "authorization"), ("Accept-Version", "accept_version")];
            let headers = headers.map(|(name, field)| (name.to_owned(), answer.get(field).to_owned()));
            ("GET", "/ping".to_owned(), headers.to_vec(), Vec::new())
        }
        "quickpay.window" => {
            let fields = message.parameters.iter().filter(|(name, _)| name != "checksum");
            let fields = fields.map(|(name, value)| (name.to_string(), value.clone()));
            let checksum = ("checksum".to_owned(), answer.get("checksum").to_owned());
            post("/", fields.chain([checksum]).collect())
        }
        "brp.hash" | "brp.link" | "fena.link" | "fena.token" => get(below(answer.get("url"))),
        _ => {
            let body = answer.get("body").as_bytes().to_vec();
            ("POST", below(answer.get("url")), pairs(&answer, "headers"), body)
        }
    };
    Ok(Wire { method, to: To::Sandbox(variable, usual), rest, headers, body })
}

/// What comes to the shop: a call to its webhook, or the payer who comes back.
fn came(message: &Message) -> Wire {
    let url = message.given("url");
    if url.is_empty() {
        let headers = message.parameters.iter().map(|(name, value)| (name.to_string(), value.clone()));
        let body = STANDARD.decode(message.given("body")).unwrap_or_default();
        let (rest, headers) = (String::new(), headers.collect());
        return Wire { method: "POST", to: To::Shop, rest, headers, body };
    }
    let url = url.split('#').next().unwrap_or_default();
    let query = url.split_once('?').map_or(String::new(), |(_, query)| format!("?{}", sendable(query)));
    Wire { method: "GET", to: To::Shop, rest: query, headers: Vec::new(), body: Vec::new() }
}

/// A query as a browser sends it: what cannot stand in a request is percent-encoded.
fn sendable(query: &str) -> String {
    let mut sent = String::new();
    for byte in query.bytes() {
        if byte.is_ascii_graphic() {
            sent.push(char::from(byte));
        } else {
            sent.push_str(&format!("%{byte:02X}"));
        }
    }
    sent
}

fn encoded(pairs: &[(String, String)]) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn pairs(answer: &Reply, name: &str) -> Vec<(String, String)> {
    let Reply::Answer(fields) = answer else { return Vec::new() };
    let pairs = fields.get(name).cloned().unwrap_or(Value::Null);
    serde_json::from_value(pairs).unwrap_or_default()
}
