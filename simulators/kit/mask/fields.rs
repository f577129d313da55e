//! What stands in fields that are never shown, whatever it is: in JSON of any spacing, in XML, in forms of either
//! kind, in addresses.

use std::ops::Range;

use percent_encoding::percent_decode;

use super::Hidden;
use super::cards::{SHORTEST_CARD, is_test_card};

/// The JSON fields whose values are never shown, in any case: what a login hands out and takes back, keys, passwords.
const HIDDEN_FIELDS: &[&str] = &[
    "access_token",
    "api_key",
    "apikey",
    "client_secret",
    "cvc",
    "cvd",
    "cvv",
    "md5key",
    "password",
    "private_key",
    "pwd",
    "refresh_token",
    "refreshtoken",
];
/// The elements of XML whose texts are never shown, in any case: passwords of web services.
const HIDDEN_ELEMENTS: &[&str] = &["cvc", "cvd", "cvv", "password", "pwd"];
/// How long the tag of such an element can be.
const LONGEST_TAG: usize = 200;
/// The fields and elements with a card's number, in any case: so much is left as test cards and masked ones are.
const NUMBERS: &[&str] = &["card[number]", "card_number", "cardno", "cardnumber"];
/// The form fields whose values are never shown, in any case. A key has no business there.
const HIDDEN_INPUTS: &[&str] = &[
    "access_token",
    "api_key",
    "apikey",
    "card[cvc]",
    "card[cvd]",
    "client_secret",
    "cvc",
    "cvd",
    "cvv",
    "md5key",
    "password",
    "private_key",
    "pwd",
    "refresh_token",
];
/// How long the name of such a field can be, percent-encoded.
const LONGEST_NAME: usize = 40;
/// How long the head of a part of a form can be, and the name of a host with a user and a password before it.
const LONGEST_HEAD: usize = 400;
/// What secret keys of payment providers begin with: whoever sends one by mistake is not to find it in a log.
const SECRET_KEYS: &[&str] = &["rk_live_", "rk_test_", "sk_live_", "sk_test_"];

/// Where values stand that are never shown. One way through the text, however many there are.
pub(super) fn fields(text: &str) -> Vec<Hidden> {
    let bytes = text.as_bytes();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let hidden = match bytes[at] {
            b'"' => json_value(text, at).or_else(|| part_value(text, at)),
            b'<' => xml_value(text, at),
            b':' => password_of_address(text, at),
            _ => None,
        };
        match hidden.or_else(|| form_value(text, at)).or_else(|| secret_key(text, at)) {
            Some(range) => {
                at = range.end;
                found.push((range, "‹hidden›".to_owned()));
            }
            None => at += 1,
        }
    }
    found
}

/// Whether a value of this name must not be shown.
fn is_hidden(name: &str, names: &[&str], shown: &str) -> bool {
    let among = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    let is_number = among(NUMBERS);
    let readable = is_number && is_readable_number(&shown.replace("%20", ""));
    (is_number || among(names)) && !shown.is_empty() && !readable && !is_named(shown)
}

/// Where the value of a hidden JSON field stands, if its name's quote stands here.
fn json_value(text: &str, at: usize) -> Option<Range<usize>> {
    let behind = &text[at + 1..];
    let end = behind.bytes().take(LONGEST_NAME).position(|byte| byte == b'"')?;
    let (name, rest) = (&behind[..end], &behind[end + 1..]);
    let value = rest.trim_start().strip_prefix(':')?.trim_start();
    let Some(value) = value.strip_prefix('"') else {
        let start = text.len() - value.len();
        let end = start + value.find([',', '}', ']', ' ', '\r', '\n']).unwrap_or(value.len());
        let shown = &text[start..end];
        let is_none = shown.starts_with(['{', '[', '\\']) || matches!(shown, "null" | "true" | "false");
        return (!is_none && is_hidden(name, HIDDEN_FIELDS, shown)).then_some(start..end);
    };
    let start = text.len() - value.len();
    let mut escaped = false;
    let end = value.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    let end = start + end.unwrap_or(value.len());
    is_hidden(name, HIDDEN_FIELDS, &text[start..end]).then_some(start..end)
}

/// Where the value of a hidden part of a multipart form stands, if the quote of its name stands here.
fn part_value(text: &str, at: usize) -> Option<Range<usize>> {
    if !text[..at].ends_with("name=") {
        return None;
    }
    let behind = &text[at + 1..];
    let end = behind.bytes().take(LONGEST_NAME).position(|byte| byte == b'"')?;
    let head = behind.char_indices().take(LONGEST_HEAD).last().map_or("", |(last, _)| &behind[..last]);
    let blank = ["\r\n\r\n", "\n\n"].iter().find_map(|blank| Some(head.find(blank)? + blank.len()))?;
    let start = at + 1 + blank;
    let value = &text[start..];
    let ends = ["\r\n--", "\n--"].iter().filter_map(|end| value.find(end)).min();
    let range = start..start + ends.unwrap_or(value.len());
    is_hidden(&behind[..end], HIDDEN_INPUTS, &text[range.clone()]).then_some(range)
}

/// Where the text of a hidden element of XML stands, if its tag stands here. What stands in it may be split by
/// comments.
fn xml_value(text: &str, at: usize) -> Option<Range<usize>> {
    // No such tag is longer, and a text of nothing but `<` must not be searched over and over.
    let close = text.as_bytes()[at + 1..].iter().take(LONGEST_TAG).position(|byte| *byte == b'>')?;
    let (tag, value) = (&text[at + 1..at + 1 + close], &text[at + 2 + close..]);
    let whole = tag.split(|character: char| character.is_ascii_whitespace() || character == '/').next()?;
    let name = whole.rsplit(':').next()?;
    let among = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    let is_number = among(NUMBERS);
    if tag.ends_with('/') || !(is_number || among(HIDDEN_ELEMENTS)) {
        return None;
    }
    let start = text.len() - value.len();
    let end = start + value.find(&format!("</{whole}")).unwrap_or(value.len());
    let shown = &text[start..end];
    let readable = is_number && !shown.contains(['<', '&']) && is_readable_number(shown);
    (end > start && !readable && !is_named(shown)).then_some(start..end)
}

/// Where the value of a hidden form field stands, if its name stands here. The name may be percent-encoded.
fn form_value(text: &str, at: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let first = at == 0 || b"&;?# \n\"".contains(&bytes[at - 1]);
    if !first || !text.is_char_boundary(at) {
        return None;
    }
    let length = bytes[at..].iter().take(LONGEST_NAME).position(|byte| *byte == b'=')?;
    let name = percent_decode(&bytes[at..at + length]).decode_utf8().ok()?;
    let start = at + length + 1;
    let end = start + text[start..].find(['&', '"', '\r', '\n', ' ']).unwrap_or(text.len() - start);
    is_hidden(&name, HIDDEN_INPUTS, &text[start..end]).then_some(start..end)
}

/// Where the password of an address stands, if the colon behind its scheme stands here.
fn password_of_address(text: &str, at: usize) -> Option<Range<usize>> {
    let authority = text[at..].strip_prefix("://")?;
    let end = authority.bytes().take(LONGEST_HEAD).position(|byte| b"/?#\"'<> \\\r\n".contains(&byte));
    let authority = match end {
        Some(end) => &authority[..end],
        None => authority,
    };
    let (user, _) = authority.rsplit_once('@')?;
    let (name, password) = user.split_once(':')?;
    let start = at + 3 + name.len() + 1;
    (!password.is_empty() && !is_named(password)).then(|| start..start + password.len())
}

/// Whether what stands for a card's number may be read: it is masked already, too short, or a test card's.
fn is_readable_number(shown: &str) -> bool {
    let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
    shown.contains('•') || digits.len() < SHORTEST_CARD || is_test_card(&digits)
}

/// Where a secret key goes on behind what tells it, if it begins here.
fn secret_key(text: &str, at: usize) -> Option<Range<usize>> {
    let bytes = &text.as_bytes()[at..];
    let start = SECRET_KEYS.iter().find(|start| bytes.starts_with(start.as_bytes()))?.len();
    let length = bytes[start..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    (length > 0).then_some(at + start..at + start + length)
}

/// Whether a value is nothing but a secret's name.
fn is_named(value: &str) -> bool {
    value.strip_prefix('‹').and_then(|rest| rest.strip_suffix('›')).is_some_and(|name| !name.contains('›'))
}
