//! A token taken apart, whoever made it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::{Map, Value};

/// Which part of a token is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The first segment.
    Header,
    /// The second segment: the claims.
    Payload,
    /// The third segment.
    Signature,
}

impl fmt::Display for Which {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Header => "header",
            Self::Payload => "payload",
            Self::Signature => "signature",
        })
    }
}

/// Why a text is no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// A segment is not base64url without padding.
    #[error("the {0} is not base64url without padding")]
    Base64(Which),
    /// A name stands twice, and readers disagree on which one counts (RFC 7519, section 4).
    #[error("the {0} has `{1}` twice")]
    Duplicate(Which, String),
    /// A part is not JSON.
    #[error("the {0} is not JSON: {1}")]
    Json(Which, String),
    /// A part is JSON, but no object.
    #[error("the {0} is JSON, but no object")]
    NoObject(Which),
    /// It has another number of segments than three.
    #[error("a token has three segments, and this has {0}")]
    Segments(usize),
    /// A part is not UTF-8.
    #[error("the {0} is not UTF-8")]
    Utf8(Which),
}

/// A token's parts.
#[derive(Clone, Debug)]
pub struct Parts {
    /// What the header says.
    pub header: Map<String, Value>,
    /// The claims.
    pub claims: Map<String, Value>,
    /// The payload's text as it came.
    pub payload: String,
    /// Header and payload as they came: what the signature is over.
    pub signed: String,
    /// The signature's segment as it came.
    pub signature: String,
}

impl Parts {
    /// Takes a token apart. An empty signature is let through: `none` has one.
    pub fn of(token: &str) -> Result<Self, Malformed> {
        let segments: Vec<&str> = token.split('.').collect();
        let [header, payload, signature] = segments.as_slice() else {
            return Err(Malformed::Segments(segments.iter().filter(|segment| !segment.is_empty()).count()));
        };
        let filled = [header, payload].iter().filter(|segment| !segment.is_empty()).count();
        if filled < 2 {
            return Err(Malformed::Segments(filled + usize::from(!signature.is_empty())));
        }
        let (header, _) = object(header, Which::Header)?;
        let (claims, payload) = object(payload, Which::Payload)?;
        if URL_SAFE_NO_PAD.decode(signature).is_err() {
            return Err(Malformed::Base64(Which::Signature));
        }
        Ok(Self {
            header,
            claims,
            payload,
            signed: token[..token.len() - signature.len() - 1].to_owned(),
            signature: (*signature).to_owned(),
        })
    }

    /// What the header says of the algorithm; empty if it says nothing.
    #[must_use]
    pub fn algorithm(&self) -> &str {
        self.header.get("alg").and_then(Value::as_str).unwrap_or("")
    }

    /// A claim's text; none if it is missing or no string.
    #[must_use]
    pub fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim).and_then(Value::as_str)
    }

    /// A claim's number, fractions cut off; none if it is missing or no number. Times are in seconds.
    #[must_use]
    pub fn seconds(&self, claim: &str) -> Option<i64> {
        let number = self.claims.get(claim)?;
        // Beyond 2^53 a fraction has lost its end long before this does.
        #[expect(
            clippy::cast_possible_truncation,
            reason = "`as` holds at the ends, which is what is wanted"
        )]
        let cut = |number: f64| number as i64;
        number.as_i64().or_else(|| number.as_f64().map(cut))
    }

    /// A time claim in seconds, with its fraction; none if it is missing or no number.
    #[must_use]
    pub fn time(&self, claim: &str) -> Option<f64> {
        self.claims.get(claim).and_then(Value::as_f64)
    }

    /// The claims in the order in which they stand.
    #[must_use]
    pub fn in_order(&self) -> Vec<(String, Value)> {
        entries(&self.payload).unwrap_or_default()
    }

    /// How long the signature is, in bytes.
    #[must_use]
    pub fn signature_length(&self) -> usize {
        URL_SAFE_NO_PAD.decode(&self.signature).map_or(0, |bytes| bytes.len())
    }
}

/// A segment's text; bytes that are not UTF-8 are read as Latin-1. `None` if it is not base64url.
#[must_use]
pub fn text_of_segment(segment: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(segment).ok()?;
    Some(
        String::from_utf8(bytes)
            .unwrap_or_else(|error| error.as_bytes().iter().map(|byte| char::from(*byte)).collect()),
    )
}

/// A token's header and claims a line each, as they came, and what its times come to. `now` is in seconds
/// since the epoch.
#[must_use]
pub fn show(token: &str, now: i64) -> Vec<(&'static str, Vec<String>)> {
    let mut shown = Vec::new();
    for (place, which) in [(0, "header"), (1, "claims")] {
        let Some(text) = token.split('.').nth(place).and_then(text_of_segment) else { continue };
        let lines = match entries(&text) {
            Some(entries) => entries.into_iter().map(|(name, value)| line(&name, &value, now)).collect(),
            None if serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok() => vec![text],
            None => continue,
        };
        shown.push((which, lines));
    }
    shown
}

/// A token's header and claims as JSON, as far as they can be read: `{"header": {…}, "claims": {…}}`.
#[must_use]
pub fn show_json(token: &str) -> Map<String, Value> {
    let parts = token.split('.').zip(["header", "claims"]);
    let read = parts.filter_map(|(segment, name)| {
        Some((name.to_owned(), serde_json::from_str(&text_of_segment(segment)?).ok()?))
    });
    read.collect()
}

fn line(name: &str, value: &Value, now: i64) -> String {
    let seconds = value.as_i64().filter(|_| matches!(name, "exp" | "iat" | "nbf"));
    let Some(seconds) = seconds else { return format!("{name}: {value}") };
    let said = match seconds.saturating_sub(now) {
        0 => "now".to_owned(),
        ahead @ 1.. => format!("in {ahead} s"),
        behind => format!("{} s ago", behind.unsigned_abs()),
    };
    let date = jiff::Timestamp::from_second(seconds)
        .map_or_else(|_| "beyond all dates".to_owned(), |date| date.to_string());
    format!("{name}: {value} ({date}, {said})")
}

/// A segment's object, and its text.
fn object(segment: &str, which: Which) -> Result<(Map<String, Value>, String), Malformed> {
    let bytes = URL_SAFE_NO_PAD.decode(segment).map_err(|_| Malformed::Base64(which))?;
    let text = String::from_utf8(bytes).map_err(|_| Malformed::Utf8(which))?;
    let value: Value =
        serde_json::from_str(&text).map_err(|error| Malformed::Json(which, error.to_string()))?;
    let Value::Object(object) = value else { return Err(Malformed::NoObject(which)) };
    match twice(&text) {
        Some(name) => Err(Malformed::Duplicate(which, name)),
        None => Ok((object, text)),
    }
}

/// The first name of an object's own that stands twice.
fn twice(text: &str) -> Option<String> {
    let mut seen = std::collections::BTreeSet::new();
    entries(text)?.into_iter().map(|(name, _)| name).find(|name| !seen.insert(name.clone()))
}

/// An object's names and values in the order in which they stand; `None` if it is no object.
pub(crate) fn entries(text: &str) -> Option<Vec<(String, Value)>> {
    struct Entries;

    impl<'de> Visitor<'de> for Entries {
        type Value = Vec<(String, Value)>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut entries = Vec::new();
            while let Some(entry) = map.next_entry()? {
                entries.push(entry);
            }
            Ok(entries)
        }
    }

    serde_json::Deserializer::from_str(text).deserialize_map(Entries).ok()
}
