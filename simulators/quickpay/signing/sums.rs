//! Checksums of a callback: the right one, and those of people who compute another.

#![expect(clippy::unnecessary_wraps, reason = "every way has the same signature; some find nothing to sum")]

use std::cell::RefCell;
use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::json::{
    GO, JAVASCRIPT, Json, PHP_ARRAYS, PHP_OBJECTS, PHP_UNESCAPED, PYTHON, PYTHON_COMPACT, RUBY, Style,
};
use crate::kit::digest;
use crate::kit::operation::Message;

/// The header that the checksum stands in, in lower case.
pub(crate) const HEADER: &str = "quickpay-checksum-sha256";

/// What QuickPay sends as `QuickPay-Checksum-Sha256` with a callback.
#[must_use]
pub(crate) fn checksum(private_key: &str, body: &[u8]) -> String {
    digest::hex(&digest::hmac_sha256(private_key.as_bytes(), body))
}

/// Computes a checksum of a message's body in some way; `None` where that way fails.
pub(super) type Sum = fn(&Message) -> Option<String>;

/// A body that came, as bytes and as JSON.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) bytes: Vec<u8>,
    /// `Null` where it is no JSON.
    pub(super) value: Value,
}

thread_local! {
    /// The body that was read last: all conditions ask about one message in a row.
    static LAST: RefCell<(String, Rc<Body>)> = RefCell::default();
}

/// The body of a message.
pub(super) fn body_of(message: &Message) -> Rc<Body> {
    let text = message.given("body");
    LAST.with_borrow_mut(|(last, body)| {
        if last != text {
            text.clone_into(last);
            let bytes = STANDARD.decode(text).unwrap_or_default();
            let value = serde_json::from_slice(&bytes).unwrap_or_default();
            *body = Rc::new(Body { bytes, value });
        }
        Rc::clone(body)
    })
}

fn key(message: &Message) -> &str {
    message.given("private_key")
}

/// The right one.
pub(super) fn right(message: &Message) -> String {
    checksum(key(message), &body_of(message).bytes)
}

/// What the message claims; empty where it has no checksum.
pub(super) fn claimed(message: &Message) -> &str {
    message.value(HEADER).unwrap_or_default()
}

/// Whether the message claims what this way computes.
pub(super) fn agrees(message: &Message, sum: Sum) -> bool {
    sum(message).is_some_and(|sum| digest::same(&sum, claimed(message)))
}

fn anew(message: &Message, style: &Style) -> Option<String> {
    let json = Json::of(&body_of(message).bytes)?;
    Some(checksum(key(message), style.write(&json).as_bytes()))
}

pub(super) fn php_arrays(message: &Message) -> Option<String> {
    anew(message, &PHP_ARRAYS)
}

pub(super) fn php_unescaped(message: &Message) -> Option<String> {
    anew(message, &PHP_UNESCAPED)
}

pub(super) fn php_objects(message: &Message) -> Option<String> {
    anew(message, &PHP_OBJECTS)
}

pub(super) fn python(message: &Message) -> Option<String> {
    anew(message, &PYTHON)
}

pub(super) fn python_compact(message: &Message) -> Option<String> {
    anew(message, &PYTHON_COMPACT)
}

pub(super) fn javascript(message: &Message) -> Option<String> {
    anew(message, &JAVASCRIPT)
}

pub(super) fn go(message: &Message) -> Option<String> {
    anew(message, &GO)
}

pub(super) fn ruby(message: &Message) -> Option<String> {
    anew(message, &RUBY)
}

fn with_key(message: &Message, key: &str) -> Option<String> {
    Some(checksum(key, &body_of(message).bytes))
}

pub(super) fn api_key(message: &Message) -> Option<String> {
    with_key(message, message.given("api_key"))
}

pub(super) fn window_key(message: &Message) -> Option<String> {
    with_key(message, message.given("window_key"))
}

pub(super) fn key_newline(message: &Message) -> Option<String> {
    with_key(message, &format!("{}\n", key(message)))
}

pub(super) fn swapped(message: &Message) -> Option<String> {
    Some(digest::hex(&digest::hmac_sha256(&body_of(message).bytes, key(message).as_bytes())))
}

pub(super) fn without_key(message: &Message) -> Option<String> {
    Some(digest::hex(&digest::sha256(&body_of(message).bytes)))
}

pub(super) fn key_appended(message: &Message) -> Option<String> {
    let text = [&body_of(message).bytes, key(message).as_bytes()].concat();
    Some(digest::hex(&digest::sha256(&text)))
}

pub(super) fn sha_1(message: &Message) -> Option<String> {
    Some(digest::hex(&digest::hmac(digest::sha1, key(message).as_bytes(), &body_of(message).bytes)))
}

pub(super) fn md5(message: &Message) -> Option<String> {
    Some(digest::hex(&digest::hmac(digest::md5, key(message).as_bytes(), &body_of(message).bytes)))
}

pub(super) fn base64(message: &Message) -> Option<String> {
    let digest = digest::hmac_sha256(key(message).as_bytes(), &body_of(message).bytes);
    Some(digest::base64(&digest))
}

pub(super) fn upper_case(message: &Message) -> Option<String> {
    Some(right(message).to_uppercase())
}

pub(super) fn trimmed(message: &Message) -> Option<String> {
    Some(checksum(key(message), body_of(message).bytes.trim_ascii()))
}

pub(super) fn newline_added(message: &Message) -> Option<String> {
    Some(checksum(key(message), &[&body_of(message).bytes, &b"\n"[..]].concat()))
}

pub(super) fn latin_1(message: &Message) -> Option<String> {
    let text: String = body_of(message).bytes.iter().copied().map(char::from).collect();
    Some(checksum(key(message), text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn file() -> Value {
        serde_json::from_str(include_str!("../../../fixtures/quickpay/checksums.json")).expect("JSON")
    }

    fn text<'a>(entry: &'a Value, name: &str) -> &'a str {
        entry[name].as_str().expect("text")
    }

    fn body_of_right<'a>(file: &'a Value, id: &str) -> &'a str {
        let mut right = file["right"].as_array().expect("a list").iter();
        text(right.find(|entry| entry["id"] == id).expect("known"), "body")
    }

    #[test]
    fn the_checksum_is_over_the_very_bytes() {
        let file = file();
        let right = file["right"].as_array().expect("a list");
        assert_eq!(right.len(), 8);
        for entry in right {
            let (key, body) = (text(entry, "key"), text(entry, "body"));
            assert_eq!(checksum(key, body.as_bytes()), text(entry, "checksum"), "{}", entry["id"]);
        }
        for entry in file["wrong"].as_array().expect("a list") {
            let mut right = right.iter();
            let of = right.find(|right| right["id"] == entry["of"]).expect("known");
            let ours = checksum(text(of, "key"), text(of, "body").as_bytes());
            assert_ne!(ours, text(entry, "checksum"), "{}", entry["id"]);
        }
    }

    /// What PHP 8.2, Python and Node make of two bodies when they write them anew.
    #[test]
    fn what_is_written_anew_has_another_checksum() {
        let message = |body: &str| Message {
            given: vec![
                ("private_key".into(), "private-key-1".to_owned()),
                ("body".into(), STANDARD.encode(body)),
            ],
            ..Message::default()
        };
        let file = file();
        let (a, b) = (body_of_right(&file, "C6"), body_of_right(&file, "C7"));
        for (body, sum, expected) in [
            (a, php_arrays as Sum, "083dc5b7a4eba447840215c3f4ef956a69b2408e2830e810aedb380179d83518"),
            (a, python, "0305c90703eff841d264819ab30612f0a1c90a500bbac81bbd196e74d0502e3d"),
            (b, javascript, "386f3eaa3d877d3505499b74c62ad0bc5d80844d2563f3f2abf61de811643f43"),
            (b, php_arrays, "69ac330eb89d6d9ecb73e226bd270c49701364311ba311fc9ef6656792b39e78"),
        ] {
            assert_eq!(sum(&message(body)).as_deref(), Some(expected), "{body}");
        }
    }
}
