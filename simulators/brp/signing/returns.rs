//! `brp.return`: what it means that the payer came back with this URL.

use std::borrow::Cow;

use rand::Rng;
use serde_json::{Map, Value, json};

use super::calls;
use super::return_messages::{FOCUSES, Traits, arbitrary, has_error, succeeded};
use super::{COMMON, DOCUMENTED};
use crate::brp::endpoints::{Endpoint, PATHS, endpoint};
use crate::kit::address::is_web_address;
use crate::kit::operation::{
    Focus, Message, Observation, Operation, Parameter, Received, Reply, Shape, Unreadable, Verification,
};
use crate::kit::parts::{Parts, sentence};
use crate::kit::provider::Provenance;
use crate::kit::query;
use crate::kit::scheme::{Edit, Mistake, mistakes, read_as};

/// The operation `brp.return`.
#[derive(Debug)]
pub struct Return;

/// The address that the payer is sent back to: the return URL with BRP's parameters behind its own
/// query, before its fragment.
#[must_use]
pub(crate) fn address(returnurl: &str, parameters: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query::append(returnurl, &query.extend_pairs(parameters).finish())
}

/// BRP's parameters of a return in the document's order.
#[must_use]
pub(crate) fn parameters<'a>(
    endpoint: &Endpoint,
    id: &'a str,
    error: &'a str,
) -> Vec<(&'static str, &'a str)> {
    let mut parameters: Vec<_> = endpoint.returns.map(|name| (name, id)).into_iter().collect();
    parameters.push(("error", error));
    if endpoint.error_first {
        parameters.reverse();
    }
    parameters
}

const EMPTY_IS_SUCCESS: &str = "Take an empty error for success, and anything else in it for failure.";
const BY_NAME: &str = "Parse the query and read the parameters by their exact names.";
const ORDER_OPEN: Provenance =
    Provenance::assumed("our judgement: the document prints an order and does not promise it");

mistakes! {
    "brp.return", Edit::Read;
    ERROR_PRESENT_IS_FAILURE = "error-present-is-failure",
        "you took the presence of error for a failure",
        "error is there, and empty, when the payment succeeded.", EMPTY_IS_SUCCESS, DOCUMENTED,
        |message| read(message, query::last, |_, error| error.is_none());
    ERROR_IGNORED = "error-ignored",
        "you took every return for a payment",
        "A failed payment comes back to the same URL.", EMPTY_IS_SUCCESS, DOCUMENTED,
        |message| read(message, query::last, |_, _| true);
    ID_PRESENT_IS_SUCCESS = "id-present-is-success",
        "you took the presence of receiptid or invoiceid for success",
        "The id is there, and empty, when the payment failed.", EMPTY_IS_SUCCESS, DOCUMENTED,
        |message| read(message, query::last, |id, error| id.is_some() || (id.is_none() && error == Some("")));
    ERROR_READ_AS_HTTP_STATUS = "error-read-as-http-status",
        "you read error like an HTTP status: 2xx for success",
        "200 to 208 are failures at the payment provider.", EMPTY_IS_SUCCESS, DOCUMENTED,
        |message| read(message, query::last, |_, error| {
            error.is_some_and(|error| error.is_empty() || error.starts_with('2'))
        });
    HIGH_CODES_MISSED = "high-codes-missed",
        "you took only the codes up to 399 for failures",
        "400, 500 to 506 and 902 are failures too.", EMPTY_IS_SUCCESS, DOCUMENTED,
        |message| read(message, query::last, |_, error| {
            error.is_some_and(|error| error.parse::<u32>().map_or(true, |code| code >= 400))
        });
    NAMES_MATCHED_LOOSELY = "names-matched-loosely",
        "you looked for error= anywhere in the URL",
        "Your own parameters may end in the same letters.", BY_NAME, COMMON,
        |message| read(message, find_loosely, |_, error| error == Some(""));
    READ_BY_POSITION = "read-by-position",
        "you read the return's parameters by their position",
        "BRP's parameters come behind your own, and their order is not promised.", BY_NAME, ORDER_OPEN,
        |message| read(message, find_by_position, |_, error| error == Some(""));
    FIRST_DUPLICATE_READ = "first-duplicate-read",
        "you read the first of two parameters of the same name",
        "If your return URL has a parameter of BRP's name, BRP's own comes behind it.",
        "Take the last one, or give your own parameters other names.", ORDER_OPEN,
        |message| read(message, query::first, |_, error| error == Some(""));
    ERROR_MISSING_IS_SUCCESS = "error-missing-is-success",
        "you took a return without error for a payment",
        "BRP always sends error; where it is missing, somebody typed the address.",
        "Take only an error that is there and empty for success.", ORDER_OPEN,
        |message| read(message, query::last, |_, error| error.is_none_or(str::is_empty));
    EMPTY_DROPPED = "empty-dropped",
        "your parser dropped the parameters without a value, and you took what is left for the return",
        "The empty error of a payment is then no longer there: Python's parse_qs drops it unless it is told not to.",
        "Keep empty values, parse_qs(query, keep_blank_values=True), and take only an error that is there and empty for success.",
        COMMON,
        |message| read(message, find_full, |_, error| error.is_none());
    EMPTY_ID_IS_ZERO = "empty-id-is-zero",
        "you turned the empty id of a failed payment into 0",
        "There is no receipt 0.", "Take an empty id for none.", COMMON,
        |message| {
            let Reply::Answer(mut answer) = right(message) else { return right(message) };
            for name in ["receiptid", "invoiceid"] {
                if answer.get(name).is_some_and(Value::is_null) {
                    answer.insert(name.to_owned(), json!("0"));
                }
            }
            Reply::Answer(answer)
        };
}

type Find = fn(&str, &str) -> Option<String>;

fn find_loosely(url: &str, name: &str) -> Option<String> {
    query::loosely(url, name).map(ToOwned::to_owned)
}

/// The last that has a value.
fn find_full(url: &str, name: &str) -> Option<String> {
    let pairs = form_urlencoded::parse(query::of(url)?.as_bytes());
    let full = pairs.filter(|(known, value)| known == name && !value.is_empty());
    full.last().map(|(_, value)| value.into_owned())
}

fn find_by_position(url: &str, name: &str) -> Option<String> {
    query::at(url, usize::from(name == "error"))
}

/// The answer of somebody who finds parameters like this and calls this a payment.
fn read(message: &Message, find: Find, paid: fn(Option<&str>, Option<&str>) -> bool) -> Reply {
    let url = message.given("url");
    let name = endpoint(&message.form).and_then(|endpoint| endpoint.returns);
    let id = name.and_then(|name| find(url, name));
    let error = find(url, "error");
    let full = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let mut answer = Map::new();
    let outcome = if paid(id.as_deref(), error.as_deref()) { "paid" } else { "failed" };
    answer.insert("outcome".to_owned(), json!(outcome));
    answer.insert("error".to_owned(), json!(full(&error)));
    if let Some(name) = name {
        answer.insert(name.to_owned(), json!(full(&id)));
    }
    Reply::Answer(answer)
}

fn right(message: &Message) -> Reply {
    read(message, query::last, |_, error| error == Some(""))
}

/// A legal return. A shop's own parameters may make one look like none that BRP ever sends; such are not taken.
fn drawn(rng: &mut dyn Rng, traits: Traits) -> Message {
    loop {
        let (message, complete) = arbitrary(rng, traits);
        if has_error(&message) == complete && Return.legal(&message).is_ok() {
            return message;
        }
    }
}

impl Operation for Return {
    fn id(&self) -> &'static str {
        "brp.return"
    }

    fn does(&self) -> &'static str {
        "reads the URL that the payer comes back with"
    }

    fn reads(&self) -> bool {
        true
    }

    fn provenance(&self) -> Provenance {
        DOCUMENTED
    }

    fn forms(&self) -> &'static [&'static str] {
        PATHS
    }

    fn parameters(&self, _: &str) -> Vec<&'static str> {
        Vec::new()
    }

    fn given(&self) -> &'static [&'static str] {
        &["url"]
    }

    fn answer(&self, form: &str) -> Vec<(&'static str, Shape)> {
        let id = endpoint(form).and_then(|endpoint| endpoint.returns);
        let fields = [("outcome", Shape::OneOf(&["paid", "failed"])), ("error", Shape::TextOrNull)];
        fields.into_iter().chain(id.map(|id| (id, Shape::TextOrNull))).collect()
    }

    fn mistakes(&self) -> Vec<&'static Mistake> {
        MISTAKES.to_vec()
    }

    fn focuses(&self) -> &'static [Focus] {
        FOCUSES
    }

    fn legal(&self, message: &Message) -> Result<(), Unreadable> {
        if endpoint(&message.form).is_none() {
            return calls::legal(message);
        }
        let url = message.given("url");
        if !is_web_address(url) {
            return Err(Unreadable::new(
                format!("`{url}` is no return URL of BRP"),
                "It is absolute, http or https, and has the parameter error, which may be empty.",
            ));
        }
        let id = endpoint(&message.form).and_then(|endpoint| endpoint.returns);
        if succeeded(message) && id.is_some_and(|id| query::last(url, id).is_none_or(|id| id.is_empty())) {
            return Err(Unreadable::new(
                format!("`{url}` is a success without its id"),
                "BRP sends an empty id with an error, and an empty error with an id.",
            ));
        }
        Ok(())
    }

    fn generate(&self, rng: &mut dyn Rng) -> Message {
        drawn(rng, Traits::default())
    }

    fn generate_near(&self, focus: &Focus, rng: &mut dyn Rng) -> Message {
        drawn(rng, Traits::of(focus.name))
    }

    fn simplest(&self, name: &str) -> &'static str {
        calls::simplest(name)
    }

    fn reply(&self, message: &Message, made: &[&'static Mistake]) -> Option<Reply> {
        read_as(message, made, MISTAKES, right)
    }

    fn tolerated(&self, message: &Message) -> Vec<(Reply, &'static str)> {
        if query::last(message.given("url"), "error").is_some() {
            return Vec::new();
        }
        vec![(Reply::Rejected(String::new()), "a return without error is none of BRP's")]
    }

    fn observe(&self, message: &Message, reply: &Reply) -> Observation {
        sentence(&self.parts(message, reply))
    }

    fn parts(&self, message: &Message, reply: &Reply) -> Parts {
        let Reply::Answer(answer) = reply else { return vec![("outcome", "rejected".to_owned())] };
        let said = |name: &'static str| match answer.get(name) {
            Some(Value::String(text)) if !text.is_empty() => (name, text.clone()),
            _ => (name, "none".to_owned()),
        };
        let id = endpoint(&message.form).and_then(|endpoint| endpoint.returns);
        ["outcome", "error"].into_iter().chain(id).map(said).collect()
    }

    fn canonical(&self, _: &Message, _: &[&'static Mistake]) -> Option<Vec<u8>> {
        None
    }

    fn read(&self, text: &str, form: Option<&str>, _: &[Parameter]) -> Result<Verification, Unreadable> {
        let message = Message {
            form: Cow::Owned(form.unwrap_or(PATHS[0]).to_owned()),
            parameters: Vec::new(),
            given: vec![(Cow::Borrowed("url"), text.to_owned())],
        };
        self.legal(&message)?;
        if query::last(text, "error").is_none() {
            return Err(Unreadable::new(
                format!("`{text}` is no return of BRP"),
                "BRP always sends the parameter error; it is empty when the payment succeeded.",
            ));
        }
        // A return says nothing about itself that could be wrong: it is read, not verified.
        let claimed = right(&message);
        Ok(Verification::Received(Received { operation: &Return, message, claimed, readings: Vec::new() }))
    }
}
