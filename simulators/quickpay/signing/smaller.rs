//! Callbacks that are simpler: with less in the body, and signed anew in the same way.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::callback_mistakes::WAYS;
use super::json::{COMPACT, Json, Members, PRETTY, SPACED, Style};
use super::sums::{self, HEADER, agrees, body_of, claimed};
use crate::kit::operation::Message;
use crate::kit::simpler::simpler_values;

/// What a shop decides by or reads. It is never left out: QuickPay always sends it, and a shop may rely on that.
const DECISIVE: &[&str] = &[
    "id",
    "merchant_id",
    "order_id",
    "accepted",
    "type",
    "variables",
    "currency",
    "state",
    "metadata",
    "operations",
    "test_mode",
    "created_at",
    "fee",
];
/// The same of the card.
const OF_CARD: &[&str] = &["type", "brand", "last4", "exp_month", "exp_year"];
/// The same of an operation.
const OF_OPERATION: &[&str] = &["id", "type", "amount", "pending", "qp_status_code", "qp_status_msg"];

/// Messages that are simpler, the simplest first.
pub(super) fn shrink(message: &Message) -> Vec<Message> {
    let body = body_of(message);
    let Some(json) = Json::of(&body.bytes) else { return Vec::new() };
    let signed = signed_anew(message);
    let layout = Layout::of(&json, &body.bytes);
    let mut simpler: Vec<Message> = Vec::new();
    for other in bodies(&json).into_iter().chain(texts(&json)) {
        // The layout goes last: it may be what the failure is about.
        simpler.extend(layout.as_ref().map(|layout| signed(&layout.write(&other), message)));
        simpler.push(signed(COMPACT.write(&other).as_bytes(), message));
    }
    simpler.push(signed(COMPACT.write(&json).as_bytes(), message));
    simpler.push(signed(&body.bytes, &with_keys(message)));
    simpler.extend(with_order(message, &json).map(|(message, text)| signed(text.as_bytes(), &message)));
    simpler.extend(with_amount(message, &json).map(|(message, text)| signed(text.as_bytes(), &message)));
    simpler.retain(|other| other != message);
    simpler
}

/// How a body is laid out that is not compact.
struct Layout<'a> {
    style: Style,
    before: &'a [u8],
    behind: &'a [u8],
}

impl<'a> Layout<'a> {
    fn of(json: &Json, bytes: &'a [u8]) -> Option<Self> {
        [COMPACT, PRETTY, SPACED].into_iter().find_map(|style| {
            let own = style.write(json);
            let start = bytes.windows(own.len()).position(|window| window == own.as_bytes())?;
            let (before, behind) = (&bytes[..start], &bytes[start + own.len()..]);
            (bytes != COMPACT.write(json).as_bytes()).then_some(Self { style, before, behind })
        })
    }

    fn write(&self, json: &Json) -> Vec<u8> {
        [self.before, self.style.write(json).as_bytes(), self.behind].concat()
    }
}

/// Puts another body into a message, with a checksum that is made as its own is. One that nobody can make is
/// left as it is, and is as wrong for the other body.
fn signed_anew(message: &Message) -> impl Fn(&[u8], &Message) -> Message + use<> {
    let is_right = claimed(message) == sums::right(message);
    let way = WAYS.iter().find(|(_, sum)| agrees(message, *sum)).map(|(_, sum)| *sum);
    move |body, message| {
        let mut other = message.clone();
        set(&mut other.given, "body", STANDARD.encode(body));
        let sum = if is_right { Some(sums::right(&other)) } else { way.and_then(|way| way(&other)) };
        if let Some(sum) = sum {
            set(&mut other.parameters, HEADER, sum);
        }
        other
    }
}

fn set(parameters: &mut [(Cow<'static, str>, String)], name: &str, value: String) {
    if let Some(place) = parameters.iter_mut().find(|(known, _)| known == name) {
        place.1 = value;
    }
}

/// Bodies with less in them: what decides alone, then everything but one part.
fn bodies(json: &Json) -> Vec<Json> {
    let Json::Object(members) = json else { return without_a_part(json) };
    let kept = |names: &[&str], members: &Members| -> Members {
        members.iter().filter(|(name, _)| names.contains(&name.as_ref())).cloned().collect()
    };
    let fewer = kept(DECISIVE, members);
    let mut bare = Json::Object(fewer.clone());
    if let Some(Json::Object(card)) = bare.get_mut("metadata") {
        *card = kept(OF_CARD, card);
    }
    if let Some(Json::List(operations)) = bare.get_mut("operations") {
        for operation in operations {
            if let Json::Object(members) = operation {
                *members = kept(OF_OPERATION, members);
            }
        }
    }
    let mut bodies = vec![bare, Json::Object(fewer)];
    bodies.extend(without_a_part(json));
    bodies.retain(|other| other != json);
    bodies
}

/// The value without one of its parts, at any depth.
fn without_a_part(json: &Json) -> Vec<Json> {
    let mut less = Vec::new();
    match json {
        Json::List(items) => {
            for (place, item) in items.iter().enumerate() {
                // A list of operations keeps its last one.
                if place + 1 < items.len() || item.get("qp_status_code").is_none() {
                    let mut fewer = items.clone();
                    fewer.remove(place);
                    less.push(Json::List(fewer));
                }
                less.extend(without_a_part(item).into_iter().map(|item| {
                    let mut other = items.clone();
                    other[place] = item;
                    Json::List(other)
                }));
            }
        }
        Json::Object(members) => {
            let kept = match json {
                json if json.get("qp_status_code").is_some() => OF_OPERATION,
                json if json.get("last4").is_some() => OF_CARD,
                _ => DECISIVE,
            };
            for (place, (name, value)) in members.iter().enumerate() {
                if !kept.contains(&name.as_ref()) {
                    let mut fewer = members.clone();
                    fewer.remove(place);
                    less.push(Json::Object(fewer));
                }
                less.extend(without_a_part(value).into_iter().map(|value| {
                    let mut other = members.clone();
                    other[place].1 = value;
                    Json::Object(other)
                }));
            }
        }
        _ => {}
    }
    less
}

/// The same with simpler texts among the shop's own variables.
fn texts(json: &Json) -> Vec<Json> {
    let Some(Json::Object(variables)) = json.get("variables") else { return Vec::new() };
    let mut simpler = Vec::new();
    for (place, (_, value)) in variables.iter().enumerate() {
        let Json::Text(text) = value else { continue };
        for text in simpler_values(text, "a") {
            let mut other = json.clone();
            if let Some(Json::Object(variables)) = other.get_mut("variables") {
                variables[place].1 = Json::text(text);
            }
            simpler.push(other);
        }
    }
    simpler
}

/// The same with keys that say which they are.
fn with_keys(message: &Message) -> Message {
    let mut other = message.clone();
    for (name, key) in [("private_key", "private-key"), ("api_key", "api-key"), ("window_key", "window-key")]
    {
        set(&mut other.given, name, key.to_owned());
    }
    other
}

/// The same for a simpler order, where the body names the shop's.
fn with_order(message: &Message, json: &Json) -> Option<(Message, String)> {
    const SIMPLE: &str = "1234";
    let is_own = json.get("order_id") == Some(&Json::text(message.given("order").to_owned()));
    let mut other = json.clone();
    *other.get_mut("order_id").filter(|_| is_own)? = Json::text(SIMPLE);
    let mut message = message.clone();
    set(&mut message.given, "order", SIMPLE.to_owned());
    Some((message, COMPACT.write(&other)))
}

/// The same for a simpler amount, in the shop and in every operation that has it.
fn with_amount(message: &Message, json: &Json) -> Option<(Message, String)> {
    const SIMPLE: &str = "100";
    let own = Json::Number(message.given("amount").to_owned().into());
    if [Json::whole(0), Json::Number(SIMPLE.into())].contains(&own) {
        return None;
    }
    let mut other = json.clone();
    let Json::List(operations) = other.get_mut("operations")? else { return None };
    let amounts: Vec<&mut Json> = operations.iter_mut().filter_map(|step| step.get_mut("amount")).collect();
    if !amounts.iter().all(|amount| **amount == own || **amount == Json::Null) {
        return None;
    }
    for amount in amounts {
        if *amount == own {
            *amount = Json::Number(SIMPLE.into());
        }
    }
    let mut message = message.clone();
    set(&mut message.given, "amount", SIMPLE.to_owned());
    Some((message, COMPACT.write(&other)))
}
