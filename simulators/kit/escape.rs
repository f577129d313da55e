//! The ways in which languages escape text for URLs, right and wrong ones: generators of mistakes
//! and links draw on them.

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_encode};

/// What JavaScript's `encodeURIComponent` leaves alone.
pub const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');
/// What RFC 3986 calls unreserved: PHP's `rawurlencode`, Python's `quote(safe="")`.
pub const STRICT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// Python's `quote`, which spares slashes.
pub const PATH: &AsciiSet = &STRICT.remove(b'/');

/// Percent-encodes what is in the set, with upper-case digits.
#[must_use]
pub fn percent(value: &[u8], set: &'static AsciiSet) -> Vec<u8> {
    percent_encode(value, set).collect::<String>().into_bytes()
}

/// As HTML forms are sent: blanks as +.
#[must_use]
pub fn form(value: &[u8]) -> Vec<u8> {
    form_urlencoded::byte_serialize(value).collect::<String>().into_bytes()
}

/// .NET's `HttpUtility.UrlEncode`: blanks as +, digits in lower case.
#[must_use]
pub fn lower(value: &[u8]) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(value.len() * 2);
    for byte in value {
        match byte {
            b' ' => encoded.push(b'+'),
            _ if byte.is_ascii_alphanumeric() || b"-_.!*()".contains(byte) => encoded.push(*byte),
            _ => encoded.extend_from_slice(format!("%{byte:02x}").as_bytes()),
        }
    }
    encoded
}

/// What JavaScript's `encodeURI` escapes: it takes the text for a whole URL.
pub const WHOLE_URL: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b'[')
    .add(b']');

/// A value percent-encoded once, as `encodeURIComponent` does.
#[must_use]
pub fn component(value: &str) -> String {
    String::from_utf8_lossy(&percent(value.as_bytes(), COMPONENT)).into_owned()
}

/// Bytes that Latin-1 has; a question mark for each character that it has not.
#[must_use]
pub fn latin_1(value: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(value);
    text.chars().map(|character| u8::try_from(u32::from(character)).unwrap_or(b'?')).collect()
}

/// As PHP's `htmlspecialchars` escapes.
#[must_use]
pub fn html(value: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(value);
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    escaped.replace('\'', "&#039;").into_bytes()
}
