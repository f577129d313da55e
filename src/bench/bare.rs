//! The least that an operation comes to: its digest over the same strings, or the reading or writing of the
//! same texts by the library that does it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use provkassa::simulators::kit::digest::{base64, hex, hmac_sha256, md5, sha256};
use provkassa::simulators::kit::jwt::{Algorithm, Parts, sign, verify};
use provkassa::simulators::kit::operation::{Message, Operation, Reply};
use provkassa::simulators::kit::query;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;
use std::hint::black_box;
use url::form_urlencoded;

/// Bare work, and what it is called.
pub(super) struct Bare {
    pub(super) name: &'static str,
    /// Does it for the message at this place.
    pub(super) work: Box<dyn FnMut(usize)>,
}

/// A key, and what it is used on.
type Keyed = (Vec<u8>, Vec<u8>);

/// The bare work of these messages.
pub(super) fn of(operation: &'static dyn Operation, messages: &[Message]) -> Bare {
    let canonical = || {
        let string = |message| operation.canonical(message, &[]).unwrap_or_default();
        messages.iter().map(string).collect::<Vec<_>>()
    };
    let given = |name: &'static str| -> Vec<Vec<u8>> {
        messages.iter().map(|message| message.given(name).as_bytes().to_vec()).collect()
    };
    let keyed = |key: &str, texts: Vec<Vec<u8>>| -> Vec<Keyed> {
        messages.iter().map(|message| message.given(key).as_bytes().to_vec()).zip(texts).collect()
    };
    let bodies = || given("body").iter().map(|body| STANDARD.decode(body).unwrap_or_default()).collect();
    match operation.id() {
        "brp.hash" | "brp.link" => each("SHA-256", canonical(), |text| drop(black_box(hex(&sha256(text))))),
        "bambora.request" => each("MD5", canonical(), |text| drop(black_box(hex(&md5(text))))),
        "bambora.return" => each("MD5", given("url"), |text| drop(black_box(hex(&md5(text))))),
        "quickpay.window" => each("HMAC-SHA256", keyed("window_key", canonical()), hmac),
        "quickpay.callback" => each("HMAC-SHA256", keyed("private_key", bodies()), hmac),
        "quickpay.authorization" => {
            each("base64", given("api_key"), |key| drop(black_box(base64(&[b":", key.as_slice()].concat()))))
        }
        "fena.token" | "fena.link" => each("sign HS512", tokens(operation, messages), |(claims, key)| {
            black_box(sign(claims, key));
        }),
        "fena.notification" => each("verify HS512", notifications(messages), |(parts, key)| {
            black_box(verify(parts, Algorithm::Hs512, key));
        }),
        "brp.return" | "fena.return" => each("decode query", given("url"), |url| {
            let url = std::str::from_utf8(url).unwrap_or_default();
            let pairs = form_urlencoded::parse(query::of(url).unwrap_or_default().as_bytes());
            black_box(pairs.into_owned().collect::<Vec<(String, String)>>());
        }),
        "brp.settled" => {
            let records = given("order").into_iter().zip(given("receipt")).collect();
            each("read JSON", records, |(order, receipt): &Keyed| {
                drop(black_box((
                    serde_json::from_slice::<Value>(order),
                    serde_json::from_slice::<Value>(receipt),
                )));
            })
        }
        "freepay.return" => each("read XML", given("answer"), |answer| {
            let mut reader = Reader::from_reader(answer.as_slice());
            while !matches!(black_box(reader.read_event()), Ok(Event::Eof) | Err(_)) {}
        }),
        _ => {
            let replies = messages.iter().filter_map(|message| match operation.reply(message, &[]) {
                Some(Reply::Answer(answer)) => Some(Value::Object(answer)),
                _ => None,
            });
            each("write JSON", replies.collect(), |answer| drop(black_box(answer.to_string())))
        }
    }
}

fn each<T: 'static>(name: &'static str, things: Vec<T>, work: fn(&T)) -> Bare {
    let work = move |place: usize| {
        if let Some(thing) = things.get(place % things.len().max(1)) {
            work(thing);
        }
    };
    Bare { name, work: Box::new(work) }
}

fn hmac((key, text): &Keyed) {
    black_box(hex(&hmac_sha256(key, text)));
}

/// The claims of the right tokens, and their keys.
fn tokens(operation: &dyn Operation, messages: &[Message]) -> Vec<(Value, Vec<u8>)> {
    let claims = messages.iter().filter_map(|message| {
        let reply = operation.reply(message, &[])?;
        let token = reply.get("token");
        let token = if token.is_empty() { reply.get("url").split_once("?token=")?.1 } else { token };
        Some((Value::Object(Parts::of(token).ok()?.claims), message.given("secret").as_bytes().to_vec()))
    });
    claims.collect()
}

/// The tokens that came, taken apart, and their keys.
fn notifications(messages: &[Message]) -> Vec<(Parts, Vec<u8>)> {
    let parts = messages.iter().filter_map(|message| {
        let body = STANDARD.decode(message.given("body")).ok()?;
        let (_, token) = form_urlencoded::parse(&body).find(|(name, _)| name == "token")?;
        Some((Parts::of(&token).ok()?, message.given("secret").as_bytes().to_vec()))
    });
    parts.collect()
}
