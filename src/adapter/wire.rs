//! The lines of the adapter protocol.

use provkassa_simulators::kit::operation::{Message, Operation, Reply};
use provkassa_simulators::kit::problem::nearest;
use provkassa_simulators::kit::wire::Fields;
use serde::Deserialize;
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::{Map, Value, json};

use super::{Fault, PROTOCOL};

/// What an adapter says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// Its name.
    pub name: String,
    /// The language that it is written in.
    pub language: String,
    /// The operations that it knows.
    pub ops: Vec<String>,
    /// How many requests it takes before it replies.
    pub window: usize,
    /// Whether its code can be told what time it is; if not, messages are stamped near the real time.
    pub controls_time: bool,
}

/// One reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// Its answer, or its refusal of the message.
    Reply(Reply),
    /// It does not do this.
    Unsupported(String),
    /// Its code broke.
    Error(String),
}

/// The most requests that we send ahead, whatever an adapter offers.
const WIDEST: u64 = 1024;

/// The kinds of reply; each has the one field.
const KINDS: [&str; 4] = ["answer", "rejected", "unsupported", "error"];

/// The first request.
#[must_use]
pub fn hello() -> String {
    json!({"id": 0, "op": "hello", "protocol": PROTOCOL}).to_string()
}

/// The request for one message.
#[must_use]
pub fn request(id: u64, operation: &dyn Operation, message: &Message) -> String {
    // Names and values of every kind can be written.
    serde_json::to_string(&Request { id, fields: Fields { operation, message } }).unwrap_or_default()
}

struct Request<'a> {
    id: u64,
    fields: Fields<'a>,
}

impl Serialize for Request<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("id", &self.id)?;
        object.serialize_entry("op", self.fields.operation.id())?;
        self.fields.write(&mut object)?;
        object.end()
    }
}

/// Reads a reply as it came over a pipe or a network.
pub(super) fn read(bytes: &[u8], longest: usize) -> Result<(u64, Incoming), Fault> {
    let fault = |why: String| nonsense(why, &String::from_utf8_lossy(bytes));
    if bytes.len() > longest {
        return Err(fault(format!("it is longer than {longest} bytes")));
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return Err(fault("it is not UTF-8".to_owned())) };
    match text.trim_end() {
        "" => Err(fault("it is empty".to_owned())),
        text => usual(text).map_or_else(|| parse(text), Ok),
    }
}

/// A reply of the usual kinds, read at one go. Of every other line [`parse`] says what it is, or what is wrong.
fn usual(line: &str) -> Option<(u64, Incoming)> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Usual {
        id: u64,
        answer: Option<Map<String, Value>>,
        rejected: Option<String>,
    }
    let reply = match serde_json::from_str(line).ok()? {
        Usual { id, answer: Some(answer), rejected: None } => (id, Reply::Answer(answer)),
        Usual { id, answer: None, rejected: Some(why) } => (id, Reply::Rejected(why)),
        Usual { .. } => return None,
    };
    Some((reply.0, Incoming::Reply(reply.1)))
}

/// Reads a line: its id, and exactly one of the four kinds of reply.
pub fn parse(line: &str) -> Result<(u64, Incoming), Fault> {
    let fault = |why: String| nonsense(why, line);
    let value: Value = serde_json::from_str(line).map_err(|error| match half_pair(line) {
        Some(escape) => Fault::Halved { to: String::new(), escape, line: shortened(line) },
        None => fault(format!("it is not JSON ({error})")),
    })?;
    let Value::Object(mut fields) = value else {
        return Err(fault("it is JSON, but no object".to_owned()));
    };
    let id = fields
        .remove("id")
        .and_then(|id| id.as_u64())
        .ok_or_else(|| fault("it has no `id` of a request".to_owned()))?;
    let trace = fields.contains_key("error").then(|| fields.remove("trace")).flatten();
    let other = fields.keys().find(|name| !KINDS.contains(&name.as_str()));
    if let Some(other) = other {
        let near = nearest(other, KINDS).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        return Err(fault(format!("it has a field `{other}`, which does not belong there{near}")));
    }
    let mut fields = fields.into_iter();
    let (Some((kind, value)), None) = (fields.next(), fields.next()) else {
        return Err(fault(format!("it needs exactly one of {}", KINDS.join(", "))));
    };
    let incoming = match (kind.as_str(), value) {
        ("answer", Value::Object(answer)) => Incoming::Reply(Reply::Answer(answer)),
        ("rejected", Value::String(why)) => Incoming::Reply(Reply::Rejected(why)),
        ("unsupported", Value::String(why)) => Incoming::Unsupported(why),
        ("error", Value::String(message)) => Incoming::Error(traced(message, trace.as_ref())),
        ("answer", _) => return Err(fault("`answer` must be an object".to_owned())),
        _ => return Err(fault(format!("`{kind}` must be a string"))),
    };
    Ok((id, incoming))
}

/// A message with the trace that came with it below, as far as it says more.
fn traced(message: String, trace: Option<&Value>) -> String {
    let Some(trace) = trace.and_then(Value::as_str) else { return message };
    // Traces of JavaScript and PHP begin with the message.
    let rest = match trace.split_once('\n') {
        Some((first, rest)) if first.contains(message.trim_end()) => rest,
        None if trace.contains(message.trim_end()) => "",
        _ => trace,
    };
    if rest.trim().is_empty() || message.contains(rest) { message } else { format!("{message}\n{rest}") }
}

/// A line that is no reply; whose reply was awaited is known to the one who waits.
fn nonsense(why: String, line: &str) -> Fault {
    Fault::Nonsense { to: String::new(), why, line: shortened(line) }
}

/// The first half of a surrogate pair that stands alone, of a line that is JSON but for such halves.
fn half_pair(line: &str) -> Option<String> {
    let escape = |at: usize| {
        let digits = line.get(at..)?.strip_prefix("\\u")?.get(..4)?;
        u16::from_str_radix(digits, 16).ok()
    };
    let (mut mended, mut first, mut at) = (line.to_owned(), None, 0);
    while let Some(place) = line.get(at..).and_then(|rest| rest.find('\\')).map(|place| at + place) {
        at = match (escape(place), escape(place + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => place + 12,
            (Some(0xd800..=0xdfff), _) => {
                first.get_or_insert_with(|| line[place..place + 6].to_owned());
                mended.replace_range(place..place + 6, "\\ufffd");
                place + 6
            }
            // Whatever is escaped here begins no escape of its own.
            _ => place + 2,
        };
    }
    first.filter(|_| serde_json::from_str::<Value>(&mended).is_ok())
}

/// Reads the answer to `hello`.
pub fn parse_hello(answer: &Reply) -> Result<Hello, Fault> {
    let answer = match answer {
        Reply::Answer(answer) => answer,
        Reply::Rejected(why) => return Err(Fault::Own { to: "hello".to_owned(), message: why.clone() }),
    };
    let fault = |what: &str| Fault::IllFormed {
        why: format!("the answer to hello is not right: {what}"),
        line: shortened(&Value::Object(answer.clone()).to_string()),
    };
    let protocol = answer.get("protocol").cloned().unwrap_or(Value::Null);
    if protocol != json!(PROTOCOL) {
        return Err(Fault::OtherProtocol { theirs: protocol.to_string() });
    }
    let text = |name: &str| answer.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
    let ops = answer.get("ops").and_then(Value::as_array).ok_or_else(|| fault("`ops` is missing"))?;
    let window = match answer.get("window") {
        None => 1,
        Some(window) => {
            let window = window.as_u64().filter(|window| *window > 0);
            window.ok_or_else(|| fault("`window` is no whole number above 0"))?.min(WIDEST)
        }
    };
    Ok(Hello {
        name: text("name").ok_or_else(|| fault("`name` is missing"))?,
        language: text("language").ok_or_else(|| fault("`language` is missing"))?,
        ops: ops.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect(),
        window: usize::try_from(window).unwrap_or(1),
        controls_time: answer.get("controls_time").is_some_and(|controls| controls == true),
    })
}

/// The start of a line, for a message to a person.
pub(super) fn shortened(line: &str) -> String {
    let start: String = line.chars().take(200).collect();
    let shown = provkassa_simulators::kit::mask::visible(&start);
    if line.chars().nth(200).is_some() { format!("{shown}…") } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_character_is_told_from_what_is_no_json() {
        for (line, half) in [
            (r#"{"id":1,"answer":{"hash":"\ud800"}}"#, Some(r"\ud800")),
            (r#"{"id":1,"answer":{"hash":"\ud83d\ude00 \uDE00"}}"#, Some(r"\uDE00")),
            (r#"{"id":1,"answer":{"hash":"\ud83d\ud83d\ude00"}}"#, Some(r"\ud83d")),
            (r#"{"id":1,"answer":{"hash":"\\ud800"}"#, None),
            (r#"{"id":1,"answer":{"hash":"\ud800"}"#, None),
            ("Server listening on 3000", None),
            ("ä\\", None),
        ] {
            let error = parse(line).expect_err(line);
            let told = match &error {
                Fault::Halved { escape, .. } => Some(escape.as_str()),
                _ => None,
            };
            assert_eq!(told, half, "{error}");
        }
        assert!(parse(r#"{"id":1,"answer":{"hash":"\ud83d\ude00\\ud800"}}"#).is_ok());
    }
}
