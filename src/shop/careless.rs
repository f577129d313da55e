//! What careless shops do to amounts and texts. Most orders do not show it.

use super::desk::Desk;

/// The width of a column, in bytes.
const WIDTH: usize = 64;

/// An amount in minor units as the shop has it in its records.
pub(super) fn amount(desk: &Desk, minor: i64) -> i64 {
    if !desk.makes("amounts-with-thousands") {
        return minor;
    }
    // "1,250.00" is read as far as the comma.
    let major = minor / 100;
    let thousands = |number: i64| number >= 1000;
    let read = std::iter::successors(Some(major), |number| thousands(*number).then_some(number / 1000));
    if thousands(major) { read.last().unwrap_or_default() * 100 } else { minor }
}

/// A text as the shop has it in its records.
pub(super) fn text(desk: &Desk, text: String) -> String {
    let text = address(desk, text);
    if desk.makes("cuts-texts-by-bytes") {
        return String::from_utf8_lossy(&text.as_bytes()[..text.len().min(WIDTH)]).into_owned();
    }
    text
}

/// An address as the shop has it in its records.
pub(super) fn address(desk: &Desk, text: String) -> String {
    if desk.makes("loses-letters") {
        return text.chars().map(|letter| if letter > 'ÿ' { '?' } else { letter }).collect();
    }
    text
}

/// A text as it is sent where the document allows so many characters.
pub(super) fn fitting(desk: &Desk, text: &str, most: usize) -> String {
    if desk.makes("too-long-texts") { text.to_owned() } else { text.chars().take(most).collect() }
}

/// JSON as the shop writes it.
pub(super) fn json(desk: &Desk, json: &serde_json::Value) -> String {
    let right = json.to_string();
    if !desk.makes("json-by-hand") {
        return right;
    }
    // What a library writes with a backslash stands there without.
    right.replace("\\\"", "\"").replace("\\n", "\n").replace("\\\\", "\\")
}
