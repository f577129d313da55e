//! What an answer is of a string, where the string is right: another digest, another key, another spelling.

use std::borrow::Cow;

use provkassa_simulators::kit::digest::{base64, hex, hmac, md5, sha1, sha256, sha512};
use provkassa_simulators::kit::operation::{Message, Reply};
use serde_json::Value;

use super::KEYS;

type Hash = fn(&[u8]) -> Vec<u8>;

const HASHES: [(&str, Hash); 4] = [("SHA-256", sha256), ("SHA-1", sha1), ("MD5", md5), ("SHA-512", sha512)];

/// In words, what the answer is of this string: "its SHA-1 in hex"; `None` where it is nothing usual.
pub(super) fn of(message: &Message, reply: &Reply, text: &str) -> Option<String> {
    let Reply::Answer(answer) = reply else { return None };
    let answers: Vec<&str> = answer
        .iter()
        .filter(|(name, _)| *name != "explain")
        .filter_map(|(_, value)| value.as_str())
        .collect();
    let pairs = answer.values().filter_map(Value::as_array).flatten();
    let listed = pairs.filter_map(|pair| pair.get(1).and_then(Value::as_str));
    let answers: Vec<&str> = answers.into_iter().chain(listed).collect();
    let spelt = |digest: &[u8]| {
        let hex = hex(digest);
        let upper = hex.to_ascii_uppercase();
        let encoded = base64(digest);
        let bare = encoded.trim_end_matches('=').to_owned();
        let spellings = [
            (hex, "in hex"),
            (upper, "in upper-case hex"),
            (encoded, "in base64"),
            (bare, "in base64 without ="),
        ];
        spellings.into_iter().find(|(text, _)| answers.contains(&text.as_str())).map(|(_, how)| how)
    };
    let keys: Vec<(&Cow<'static, str>, &String)> = message
        .given
        .iter()
        .filter(|(name, key)| KEYS.contains(&name.as_ref()) && !key.is_empty())
        .map(|(name, key)| (name, key))
        .collect();
    for (what, bytes) in variants(text, &keys) {
        for (name, hash) in HASHES {
            if let Some(how) = spelt(&hash(&bytes)) {
                return Some(format!("{name} of {what}, {how}"));
            }
            if let Some(how) = spelt(&hash(hex(&hash(&bytes)).as_bytes())) {
                return Some(format!("{name} of the {name} of {what}, {how}"));
            }
            for (key_name, key) in &keys {
                if let Some(how) = spelt(&hmac(hash, key.as_bytes(), &bytes)) {
                    return Some(format!("HMAC-{name} of {what} with `{key_name}`, {how}"));
                }
            }
        }
    }
    None
}

/// The string, and what people make of it at the last moment.
fn variants(text: &str, keys: &[(&Cow<'static, str>, &String)]) -> Vec<(String, Vec<u8>)> {
    let mut variants = vec![
        ("it".to_owned(), text.as_bytes().to_vec()),
        ("it with a line feed behind it".to_owned(), format!("{text}\n").into_bytes()),
        ("it in UTF-16".to_owned(), text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
    ];
    let latin_1: Option<Vec<u8>> = text.chars().map(|letter| u8::try_from(letter).ok()).collect();
    variants.extend(latin_1.map(|bytes| ("it in Latin-1".to_owned(), bytes)));
    for (name, key) in keys {
        for rest in [text.strip_suffix(key.as_str()), text.strip_prefix(key.as_str())].into_iter().flatten() {
            variants.push((format!("it without `{name}`"), rest.as_bytes().to_vec()));
        }
        variants.push((format!("it with `{name}` behind it"), format!("{text}{key}").into_bytes()));
    }
    variants
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_with_the_right_string_is_found_out() {
        let given = vec![("secret".into(), "sä".to_owned())];
        let message = Message { given, ..Message::default() };
        let told = |answer: String| of(&message, &Reply::text("hash", answer), "1http://asä");
        let text = "1http://asä".as_bytes();
        for (answer, said) in [
            (hex(&sha1(text)), "SHA-1 of it, in hex"),
            (base64(&sha256(text)), "SHA-256 of it, in base64"),
            (hex(&sha256(text)).to_uppercase(), "SHA-256 of it, in upper-case hex"),
            (hex(&md5(hex(&md5(text)).as_bytes())), "MD5 of the MD5 of it, in hex"),
            (hex(&sha256(b"1http://as\xe4")), "SHA-256 of it in Latin-1, in hex"),
            (hex(&sha256("1http://asä\n".as_bytes())), "SHA-256 of it with a line feed behind it, in hex"),
            (hex(&sha256(b"1http://a")), "SHA-256 of it without `secret`, in hex"),
            (hex(&hmac(sha512, "sä".as_bytes(), text)), "HMAC-SHA-512 of it with `secret`, in hex"),
        ] {
            assert_eq!(told(answer).as_deref(), Some(said));
        }
        assert_eq!(told("of something else".to_owned()), None);
    }
}
