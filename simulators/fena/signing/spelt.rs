//! What a token comes to, however it is spelt: its parts in words.

use serde_json::{Value, json};

use super::messages::{self, CLAIMS, LONGEST, PAYER, number};
use super::token_mistakes::MISTAKES;
use crate::kit::jwt::{Algorithm, Malformed, Parts, Which, text_of_segment, verify};
use crate::kit::operation::{Message, Observation};
use crate::kit::scheme::Edit;
use crate::kit::sent::{Seen, lines};

/// A token as text, whatever its base64: in standard base64, or with its + turned into blanks by a link.
pub(super) struct Spelt {
    /// As it was signed.
    signed: String,
    /// In base64url.
    mended: String,
}

impl Spelt {
    pub(super) fn new(token: &str) -> Self {
        let signed = token.replace(' ', "+");
        let mended = signed.replace('+', "-").replace('/', "_").replace('=', "");
        Self { signed, mended }
    }

    pub(super) fn is_standard(&self) -> bool {
        self.signed != self.mended
    }

    /// The payload as text, whatever its bytes are.
    pub(super) fn payload(&self) -> Option<String> {
        text_of_segment(self.mended.split('.').nth(1)?)
    }

    pub(super) fn parts(&self) -> Result<Parts, Malformed> {
        let mut parts = Parts::of(&self.mended)?;
        let signed = self.signed.rsplit_once('.').map_or("", |(signed, _)| signed);
        signed.clone_into(&mut parts.signed);
        Ok(parts)
    }
}

/// What Fena reads in a token: how it is spelt and signed, and each claim with its type. Times are told by
/// what they come to, for a shop chooses them itself.
pub(super) fn observed(message: &Message, token: &str) -> Observation {
    seen(message, token).map_or_else(
        |unreadable| unreadable,
        // One sentence tells of the signature.
        |seen| lines(seen).replacen("\nand ", " and ", 1),
    )
}

/// The same part by part.
pub(super) fn parts(message: &Message, token: &str) -> Seen {
    match seen(message, token) {
        Ok(seen) => std::iter::once(("token", "readable".to_owned())).chain(seen).collect(),
        Err(unreadable) => vec![("token", unreadable)],
    }
}

/// The parts of a token, or why it has none.
fn seen(message: &Message, token: &str) -> Result<Seen, String> {
    if token.contains('%') {
        return Err("a token that is percent-encoded".to_owned());
    }
    let spelt = Spelt::new(token);
    let parts = spelt.parts().map_err(|malformed| unreadable(&spelt, &malformed))?;
    let mut seen = Vec::new();
    if spelt.is_standard() {
        seen.push(("spelling", "spelt in standard base64".to_owned()));
    }
    let (signed, key) = signed_with(&parts, message);
    seen.push(("algorithm", format!("{} in the header, {signed}", parts.algorithm())));
    if let Some(key) = key {
        seen.push(("key", format!("and {key}")));
    }
    let now = number(message, "now");
    for name in ["iat", "exp"] {
        let said =
            parts.claims.get(name).map_or_else(|| "missing".to_owned(), |time| moment(name, time, now));
        seen.push((name, format!("{name}: {said}")));
    }
    for name in ["terminalID", "amount"].iter().chain(CLAIMS) {
        let said = match parts.claims.get(*name) {
            None => misspelt(&parts, name),
            Some(Value::String(text)) if is_left_to_the_shop(text, name, message) => {
                match messages::fitting(name, message.value(name).unwrap_or("")) {
                    nothing if nothing.is_empty() => "\"\"".to_owned(),
                    known => format!("{} or empty", json!(known)),
                }
            }
            // 100 and 100.0 are one number.
            Some(Value::Number(number)) => format!("the number {}", number.as_f64().unwrap_or_default()),
            Some(value) => value.to_string(),
        };
        seen.push((*name, format!("{name}: {said}")));
    }
    Ok(seen)
}

/// That a claim is missing, and what stands there for it.
fn misspelt(parts: &Parts, name: &str) -> String {
    let found = parts.claims.keys().find(|known| known.replace('_', "").eq_ignore_ascii_case(name));
    found.map_or_else(|| "missing".to_owned(), |found| format!("missing, and there is {}", json!(found)))
}

/// What can be said of a token that cannot be read.
fn unreadable(spelt: &Spelt, malformed: &Malformed) -> String {
    let payload = spelt.payload().unwrap_or_default();
    let json = serde_json::from_str::<Value>(&payload);
    match (malformed, json) {
        (Malformed::NoObject(Which::Payload), Ok(Value::String(_))) => "the payload is a string".to_owned(),
        _ if has_half_a_character(&payload) => "the payload holds half a character".to_owned(),
        (Malformed::Utf8(Which::Payload), Ok(Value::Object(_))) => "the payload is in Latin-1".to_owned(),
        _ if text_of_segment(&spelt.mended).is_some_and(|inner| Parts::of(&inner).is_ok()) => {
            "a token that is encoded as base64 once more".to_owned()
        }
        _ => format!("no token: {malformed}"),
    }
}

/// Whether the first half of a character is escaped without the second.
fn has_half_a_character(json: &str) -> bool {
    let is_half = |text: &str, range: std::ops::RangeInclusive<u32>| {
        let digits = text.strip_prefix("\\u").and_then(|text| text.get(..4));
        digits
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .is_some_and(|code| range.contains(&code))
    };
    let halves = json.match_indices("\\u").filter(|(place, _)| is_half(&json[*place..], 0xd800..=0xdbff));
    halves
        .into_iter()
        .any(|(place, _)| !json.get(place + 6..).is_some_and(|rest| is_half(rest, 0xdc00..=0xdfff)))
}

/// Whether a claim is about the payer and says what a shop may say: what it knows, the beginning of it where
/// it is too long, or nothing, for the document lets it be empty. How much fits depends on what one takes for
/// a character.
fn is_left_to_the_shop(text: &str, name: &str, message: &Message) -> bool {
    let whole = message.value(name).unwrap_or("");
    let length = text.chars().count();
    // An address that is cut is none.
    let cut = name != "email" && whole.len() > LONGEST && whole.starts_with(text) && length >= LONGEST / 4;
    PAYER.contains(&name) && (text.is_empty() || text == whole || cut) && length <= LONGEST
}

/// How a token was signed and with which key, in words.
fn signed_with(parts: &Parts, message: &Message) -> (String, Option<&'static str>) {
    let algorithm = match Algorithm::of_length(parts.signature_length()) {
        None => return ("signed with nothing that we know".to_owned(), None),
        Some(Algorithm::None) => return ("not signed".to_owned(), None),
        Some(algorithm) => algorithm,
    };
    let others = MISTAKES.iter().flat_map(|mistake| mistake.edits).filter_map(|edit| match edit {
        Edit::TokenKey(words, key) => Some((*words, *key)),
        _ => None,
    });
    let right: (&'static str, fn(&Message) -> Vec<u8>) = ("the secret", messages::secret);
    let mut keys = std::iter::once(right).chain(others);
    let found = keys.find(|(_, key)| verify(parts, algorithm, &key(message)));
    let words = found.map_or("a key that we do not know", |(words, _)| words);
    (format!("signed with {}", algorithm.name()), Some(words))
}

/// A time claim: its type, its unit, and what it comes to.
fn moment(name: &str, time: &Value, now: i64) -> String {
    let (kind, text) = match time {
        Value::Number(number) => ("", number.to_string()),
        Value::String(text) => ("a string of ", text.clone()),
        other => return other.to_string(),
    };
    let Ok(number) = text.parse::<f64>() else { return "a string that is no number".to_owned() };
    let milliseconds = number > 1e11;
    let seconds = if milliseconds { number / 1000.0 } else { number };
    #[expect(clippy::cast_precision_loss, reason = "seconds since the epoch are far below 2^53")]
    let ahead = seconds - now as f64;
    let said = match ahead {
        // However short it is: a token that expires later than now expires later.
        _ if name == "exp" && ahead > 0.0 && ahead <= 300.0 => "later",
        _ if ahead < -300.0 => "long past",
        _ if ahead <= 300.0 => "now",
        // A day is generous for a payment; the sample takes two hours.
        _ if ahead <= 86_400.0 => "later",
        _ => "days ahead",
    };
    format!("{kind}{}, {said}", if milliseconds { "milliseconds" } else { "seconds" })
}
