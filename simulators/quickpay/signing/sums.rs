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
    Some(digest::hex(&hmac(digest::sha1, key(message).as_bytes(), &body_of(message).bytes)))
}

pub(super) fn md5(message: &Message) -> Option<String> {
    Some(digest::hex(&hmac(digest::md5, key(message).as_bytes(), &body_of(message).bytes)))
}

/// HMAC (RFC 2104) with a hash of 64-byte blocks.
pub(super) fn hmac(hash: fn(&[u8]) -> Vec<u8>, key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut block = if key.len() > 64 { hash(key) } else { key.to_vec() };
    block.resize(64, 0);
    let padded = |pad: u8| block.iter().map(|byte| byte ^ pad).collect::<Vec<u8>>();
    let inner = hash(&[&padded(0x36), text].concat());
    hash(&[padded(0x5c), inner].concat())
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
    use super::*;

    const A: &str = r#"{"id":7,"order_id":"1234","accepted":true,"type":"Payment","variables":{"note":"Ærø/Ålborg"},"link":{"callback_url":"https://shop.test/cb?a=1&b=2"},"test_mode":true}"#;
    const B: &str = r#"{"id":42,"variables":{"10":"a","2":"b","path":"x/y","navn":"Søren"},"basket":[{"vat_rate":0.0}],"operations":[{"id":1,"data":{}}]}"#;

    /// Computed with Python's hmac and hashlib.
    #[test]
    fn the_checksum_is_over_the_very_bytes() {
        for (body, expected) in [
            ("{}", "366fdd53939ccf0eb968a7bd49fa837a1c40e40ffb52793626f356e30a15a3a1"),
            (r#"{"id":1}"#, "15cffa2c479568f9b1d474315633e2774b5b244abdeb00683fe619eec43bdb78"),
            (r#"{ "id": 1 }"#, "897fbcd24581273cd1f1230dd06cfc08d11f40f74c982fbc4e6f1fb5bf230b48"),
            ("{\"id\":1}\n", "e9754433fb926e2dd7598ac625d9621a972dfc1042ae861ffc5d6ce1610d45a5"),
            ("", "6f2f7600f707cdc0b8632de8ca99f83050894a97f3aacc13e8b7f662ef65ebb0"),
            (A, "f79abe6f251a7c9ea401aaa15fcdddcb1b90abac0d150096995751b020731e9a"),
            (B, "eff1f5c4939a3880e838ba2a4a31205d8ed6a529d4c71f91a1b94ba70f4b8c03"),
        ] {
            assert_eq!(checksum("private-key-1", body.as_bytes()), expected, "{body}");
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
        for (body, sum, expected) in [
            (A, php_arrays as Sum, "083dc5b7a4eba447840215c3f4ef956a69b2408e2830e810aedb380179d83518"),
            (A, python, "0305c90703eff841d264819ab30612f0a1c90a500bbac81bbd196e74d0502e3d"),
            (B, javascript, "386f3eaa3d877d3505499b74c62ad0bc5d80844d2563f3f2abf61de811643f43"),
            (B, php_arrays, "69ac330eb89d6d9ecb73e226bd270c49701364311ba311fc9ef6656792b39e78"),
        ] {
            assert_eq!(sum(&message(body)).as_deref(), Some(expected), "{body}");
        }
    }

    /// RFC 2202, the second test case of each.
    #[test]
    fn hmac_agrees_with_the_standards_test_values() {
        let (key, text) = (b"Jefe", b"what do ya want for nothing?");
        let of = |hash| digest::hex(&hmac(hash, key, text));
        assert_eq!(of(digest::md5), "750c783e6ab0b503eaa86e310a5db738");
        assert_eq!(of(digest::sha1), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    }
}
