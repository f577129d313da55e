//! `fena.token`: the token of a payment.

use rand::Rng;
use serde_json::{Map, Value, json};

use super::messages::{self, CLAIMS, GIVEN, LONGEST, PAYER, number, refusal, set};
use super::token_mistakes::MISTAKES;
use super::{DOCUMENTED, reading};
use crate::kit::jwt::{Algorithm, Malformed, Parts, TokenRecipe, Which, text_of_segment, verify};
use crate::kit::operation::{
    Focus, Kind, Message, Observation, Operation, Parameter, Reply, Shape, Unreadable, Verification,
};
use crate::kit::provider::Provenance;
use crate::kit::scheme::{Edit, Mistake};

/// The operation `fena.token`.
#[derive(Debug)]
pub struct Token;

/// The token of a shop that makes these mistakes; why there is none where it refuses the payment.
pub(super) fn token(message: &Message, made: &[&'static Mistake]) -> Option<Result<String, &'static str>> {
    let recipe = TokenRecipe::with(messages::secret, made)?;
    let drops = |name| {
        made.iter()
            .flat_map(|mistake| mistake.edits)
            .any(|edit| matches!(edit, Edit::Drop(other) if *other == name))
    };
    if let Some(why) = refusal(message)
        && !drops(why)
    {
        return Some(Err(why));
    }
    Some(Ok(recipe.token(message, messages::claims(message))))
}

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
    if token.contains('%') {
        return "a token that is percent-encoded".to_owned();
    }
    let spelt = Spelt::new(token);
    let parts = match spelt.parts() {
        Ok(parts) => parts,
        Err(malformed) => return unreadable(&spelt, &malformed),
    };
    let mut lines = Vec::new();
    if spelt.is_standard() {
        lines.push("spelt in standard base64".to_owned());
    }
    lines.push(format!("{} in the header, {}", parts.algorithm(), signed_with(&parts, message)));
    let now = number(message, "now");
    for name in ["iat", "exp"] {
        let said =
            parts.claims.get(name).map_or_else(|| "missing".to_owned(), |time| moment(name, time, now));
        lines.push(format!("{name}: {said}"));
    }
    for name in ["terminalID", "amount"].iter().chain(CLAIMS) {
        let said = match parts.claims.get(*name) {
            None => match misnamed(&parts.claims, name) {
                Some(other) => format!("missing, but there is {other}"),
                None => "missing".to_owned(),
            },
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
        lines.push(format!("{name}: {said}"));
    }
    lines.join("\n")
}

/// The claim that is there under another spelling of this name.
fn misnamed<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    let alike = |other: &&String| other.replace('_', "").eq_ignore_ascii_case(name);
    claims.keys().find(alike).map(String::as_str)
}

/// What can be said of a token that cannot be read.
fn unreadable(spelt: &Spelt, malformed: &Malformed) -> String {
    let payload = spelt.payload().unwrap_or_default();
    let json = serde_json::from_str::<Value>(&payload);
    match (malformed, json) {
        (Malformed::NoObject(Which::Payload), Ok(Value::String(_))) => "the payload is a string".to_owned(),
        (Malformed::Utf8(Which::Payload), Ok(Value::Object(_))) => "the payload is in Latin-1".to_owned(),
        _ if text_of_segment(&spelt.mended).is_some_and(|inner| Parts::of(&inner).is_ok()) => {
            "a token that is encoded as base64 once more".to_owned()
        }
        _ => format!("no token: {malformed}"),
    }
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

/// Which key a token was signed with, in words.
fn signed_with(parts: &Parts, message: &Message) -> String {
    let algorithm = match Algorithm::of_length(parts.signature_length()) {
        None => return "signed with nothing that we know".to_owned(),
        Some(Algorithm::None) => return "not signed".to_owned(),
        Some(algorithm) => algorithm,
    };
    let others = MISTAKES.iter().flat_map(|mistake| mistake.edits).filter_map(|edit| match edit {
        Edit::TokenKey(words, key) => Some((*words, *key)),
        _ => None,
    });
    let right: (&str, fn(&Message) -> Vec<u8>) = ("the secret", messages::secret);
    let mut keys = std::iter::once(right).chain(others);
    let found = keys.find(|(_, key)| verify(parts, algorithm, &key(message)));
    let words = found.map_or("a key that we do not know", |(words, _)| words);
    format!("signed with {} and {words}", algorithm.name())
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

/// Answers beside the right one that the document leaves open.
pub(super) fn open(message: &Message) -> Vec<(Result<String, ()>, &'static str)> {
    let mut open = Vec::new();
    if refusal(message).is_some() {
        return open;
    }
    let with = |name: &str, value: Value| {
        let mut claims = messages::claims(message);
        set(&mut claims, name, value);
        TokenRecipe::with(messages::secret, &[]).map(|recipe| recipe.token(message, claims))
    };
    if number(message, "amount") == messages::LEAST {
        open.push((Err(()), "the document says greater than 0.50, and its sample pays 0.50"));
    }
    if message.parameters.iter().any(|(_, value)| value.len() > LONGEST) {
        open.push((
            Err(()),
            "the document does not say what a character is, nor what to do with a longer text",
        ));
    }
    let far = with("exp", json!(number(message, "now") + 30 * 86_400));
    open.extend(far.map(|token| (Ok(token), "the document does not say how long a token may hold")));
    if message.value("sortCode").is_none() {
        let null = with("sortCode", Value::Null);
        open.extend(null.map(|token| {
            (Ok(token), "the document says of every claim but sortCode that it cannot be null")
        }));
    }
    open
}

/// Parts of the payments. What Fena refuses, whoever makes its token, and what many shops have no use for, is
/// in parts of its own: a shop that does not look out for it would fail everywhere.
pub(super) const FOCUSES: &[Focus] = &[
    Focus { name: "nothing out of the ordinary", holds: is_ordinary },
    Focus {
        name: "an amount that ends in a zero",
        holds: |message| is_ordinary(message) && number(message, "amount") % 10 == 0,
    },
    Focus {
        name: "an amount of a thousand pounds or more",
        holds: |message| is_ordinary(message) && number(message, "amount") >= 100_000,
    },
    Focus {
        name: "an amount below one pound",
        holds: |message| is_ordinary(message) && number(message, "amount") < 100,
    },
    Focus {
        name: "an amount that cannot be paid",
        holds: |message| {
            message.value("bankID").is_none()
                && !has_payable_amount(message)
                && !has_long_order(message)
                && !has_long_text(message)
        },
    },
    Focus {
        name: "an order id of more than 255 characters",
        holds: |message| {
            message.value("bankID").is_none()
                && has_payable_amount(message)
                && has_long_order(message)
                && !has_long_text(message)
        },
    },
    Focus {
        name: "an order id of digits",
        holds: |message| {
            let digits = |order: &str| order.bytes().all(|byte| byte.is_ascii_digit());
            is_ordinary(message) && message.value("orderID").is_some_and(digits)
        },
    },
    Focus {
        name: "a text of more than 255 characters",
        holds: |message| {
            message.value("bankID").is_none()
                && has_payable_amount(message)
                && !has_long_order(message)
                && has_long_text(message)
        },
    },
    Focus {
        name: "little known of the payer",
        holds: |message| is_ordinary(message) && message.parameters.len() < CLAIMS.len(),
    },
    Focus {
        name: "a forced bank",
        holds: |message| {
            is_payable(message)
                && message.value("bankID").is_some()
                && message.value("accountNumber").is_none()
        },
    },
    Focus {
        name: "a forced account",
        holds: |message| is_payable(message) && message.value("accountNumber").is_some(),
    },
    Focus {
        name: "letters outside ASCII",
        holds: |message| {
            is_ordinary(message) && message.parameters.iter().any(|(_, value)| !value.is_ascii())
        },
    },
];

fn is_ordinary(message: &Message) -> bool {
    is_payable(message) && message.value("bankID").is_none()
}

fn is_payable(message: &Message) -> bool {
    has_payable_amount(message) && !has_long_order(message) && !has_long_text(message)
}

fn has_payable_amount(message: &Message) -> bool {
    (messages::LEAST..messages::LIMIT).contains(&number(message, "amount"))
}

fn has_long_order(message: &Message) -> bool {
    message.value("orderID").is_some_and(|order| order.chars().count() > LONGEST)
}

fn has_long_text(message: &Message) -> bool {
    // In bytes: whoever counts otherwise than in characters may find one too long that is not.
    message.parameters.iter().any(|(name, value)| name != "orderID" && value.len() > LONGEST)
}

impl Operation for Token {
    fn id(&self) -> &'static str {
        "fena.token"
    }

    fn does(&self) -> &'static str {
        "makes the token of a payment"
    }

    fn provenance(&self) -> Provenance {
        DOCUMENTED
    }

    fn forms(&self) -> &'static [&'static str] {
        &[""]
    }

    fn parameters(&self, _: &str) -> Vec<&'static str> {
        CLAIMS.to_vec()
    }

    fn given(&self) -> &'static [&'static str] {
        GIVEN
    }

    fn kind(&self, name: &str) -> Kind {
        messages::kind(name)
    }

    fn answer(&self, _: &str) -> Vec<(&'static str, Shape)> {
        vec![("token", Shape::Text)]
    }

    fn mistakes(&self) -> Vec<&'static Mistake> {
        MISTAKES.to_vec()
    }

    fn focuses(&self) -> &'static [Focus] {
        FOCUSES
    }

    fn legal(&self, message: &Message) -> Result<(), Unreadable> {
        messages::legal(message)
    }

    fn generate(&self, rng: &mut dyn Rng) -> Message {
        messages::arbitrary(rng)
    }

    fn simplest(&self, name: &str) -> &'static str {
        messages::simplest(name)
    }

    fn shrink(&self, message: &Message) -> Option<Vec<Message>> {
        Some(messages::shrink(message))
    }

    fn at(&self, message: Message, now: i64) -> Message {
        messages::at(message, now)
    }

    fn reply(&self, message: &Message, made: &[&'static Mistake]) -> Option<Reply> {
        Some(match token(message, made)? {
            Ok(token) => Reply::text("token", token),
            Err(why) => Reply::Rejected(why.to_owned()),
        })
    }

    fn tolerated(&self, message: &Message) -> Vec<(Reply, &'static str)> {
        let reply = |answer: Result<String, ()>| match answer {
            Ok(token) => Reply::text("token", token),
            Err(()) => Reply::Rejected(String::new()),
        };
        open(message).into_iter().map(|(answer, why)| (reply(answer), why)).collect()
    }

    fn observe(&self, message: &Message, reply: &Reply) -> Observation {
        match reply {
            Reply::Answer(_) => observed(message, reply.get("token")),
            Reply::Rejected(_) => "rejected".to_owned(),
        }
    }

    /// Each library writes the claims in its own way, so there is no one string to compare.
    fn canonical(&self, _: &Message, _: &[&'static Mistake]) -> Option<Vec<u8>> {
        None
    }

    fn read(&self, text: &str, _: Option<&str>, given: &[Parameter]) -> Result<Verification, Unreadable> {
        Ok(Verification::Examined(reading::examine(text, given)))
    }
}
