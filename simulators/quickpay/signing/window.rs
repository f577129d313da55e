//! `quickpay.window`: the checksum of a form that a shop posts to the payment window.

use std::borrow::Cow;

use rand::Rng;

use super::DOCUMENTED;
use super::forms::{self, CHECKSUM, FIELDS, bracketed, parts, signed};
use super::window_mistakes::{self as mistakes, MISTAKES, by_level, naturally};
use crate::kit::diagnosis::{Diagnosis, diagnose_received};
use crate::kit::digest;
use crate::kit::operation::{
    Focus, Judgement, Message, Observation, Operation, Parameter, Received, Reply, Shape, Unreadable,
    Verification, judge,
};
use crate::kit::provider::Provenance;
use crate::kit::scheme::{Edit, Field, Mistake, Recipe};

/// The operation `quickpay.window`.
#[derive(Debug)]
pub struct Window;

/// The checksum of a form, for the API key of the agreement that it names.
#[must_use]
pub(crate) fn window_checksum(window_key: &str, fields: &[(String, String)]) -> String {
    recipe().sign(&message(fields), window_key.as_bytes())
}

/// The string that is signed, for a person.
#[must_use]
pub(crate) fn window_canonical(fields: &[(String, String)]) -> String {
    String::from_utf8_lossy(&recipe().bare(&message(fields))).into_owned()
}

/// What somebody did wrong whose form has this checksum; `None` if it is right, or nothing explains it.
pub(crate) fn window_diagnosis(
    fields: &[(String, String)],
    claimed: &str,
    window_key: &str,
    api_key: &str,
    private_key: &str,
) -> Option<Diagnosis> {
    let mut message = message(fields);
    for (name, key) in [("window_key", window_key), ("api_key", api_key), ("private_key", private_key)] {
        message.given.push((Cow::Borrowed(name), key.to_owned()));
    }
    let claimed = Reply::text("checksum", claimed);
    if judge(&Window, &message, &claimed) == Judgement::Right {
        return None;
    }
    diagnose_received(&Received { operation: &Window, message, claimed, readings: Vec::new() })
}

fn message(fields: &[(String, String)]) -> Message {
    let parameters = fields.iter().map(|(name, value)| (Cow::Owned(name.clone()), value.clone()));
    Message { parameters: parameters.collect(), ..Message::default() }
}

/// QuickPay's rule.
fn recipe() -> Recipe {
    let mut recipe = Recipe::new(
        |message| signed(message).map(field).collect(),
        |_, fields| fields.sort_by(|one, other| one.name.cmp(&other.name)),
        |text| digest::hmac_sha256(text.key, text.bare),
        digest::hex,
    );
    recipe.separator = " ";
    recipe
}

/// A field under the name that it is sorted by.
pub(super) fn field((name, value): &Parameter) -> Field {
    Field { name: Cow::Owned(bracketed(name)), value: value.clone().into_bytes() }
}

/// The key that somebody takes who makes these mistakes; `None` where two take different ones.
fn key(message: &Message, made: &[&'static Mistake]) -> Option<Vec<u8>> {
    let mut keys = made.iter().flat_map(|mistake| mistake.edits).filter_map(|edit| match edit {
        Edit::TokenKey(_, key) => Some(key),
        _ => None,
    });
    let key = keys.next().map_or_else(|| message.given("window_key").as_bytes().to_vec(), |key| key(message));
    keys.next().is_none().then_some(key)
}

const FOCUSES: &[Focus] = &[
    Focus {
        name: "plain fields",
        holds: |message| is_usual(message) && !is_nested(message) && !has_empty(message),
    },
    Focus {
        name: "fields in another order than their names'",
        holds: |message| is_usual(message) && !signed(message).map(|(name, _)| bracketed(name)).is_sorted(),
    },
    Focus { name: "variables or a basket", holds: |message| is_usual(message) && is_nested(message) },
    Focus {
        name: "names that only the brackets put in order",
        holds: |message| is_usual(message) && is_sorted_otherwise(message, by_level),
    },
    Focus {
        name: "more than ten items",
        holds: |message| is_usual(message) && is_sorted_otherwise(message, naturally),
    },
    Focus { name: "an empty value", holds: |message| is_usual(message) && has_empty(message) },
    Focus {
        name: "values that need escaping",
        holds: |message| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
            is_usual(message) && signed(message).any(|(_, value)| !value.bytes().all(plain))
        },
    },
    Focus {
        name: "blanks at the ends of a value",
        holds: |message| is_documented(message) && is_ascii(message) && !is_trimmed(message),
    },
    Focus {
        name: "letters outside ASCII",
        holds: |message| is_documented(message) && !is_ascii(message) && is_trimmed(message),
    },
    Focus {
        name: "a field of the shop's own",
        holds: |message| {
            let is_plain = is_ascii(message) && is_trimmed(message);
            is_plain && !is_documented(message) && message.value(CHECKSUM).is_none()
        },
    },
    Focus {
        name: "a checksum already in it",
        holds: |message| {
            let mut others = message.clone();
            others.parameters.retain(|(name, _)| name != CHECKSUM);
            others.parameters.len() < message.parameters.len() && is_usual(&others)
        },
    },
];

fn is_ascii(message: &Message) -> bool {
    signed(message).all(|(_, value)| value.is_ascii())
}

fn is_trimmed(message: &Message) -> bool {
    signed(message).all(|(_, value)| value.trim() == value)
}

fn is_nested(message: &Message) -> bool {
    signed(message).any(|(name, _)| name.contains('['))
}

fn has_empty(message: &Message) -> bool {
    signed(message).any(|(_, value)| value.is_empty())
}

/// Whether it has nothing but what the document lists.
fn is_documented(message: &Message) -> bool {
    let first = |name: &str| parts(name).and_then(|parts| parts.first().map(|first| FIELDS.contains(first)));
    message.parameters.iter().all(|(name, _)| first(name) == Some(true))
}

/// Whether the documents say all that there is to know of it: they do not name the encoding of letters, and
/// nobody knows whether QuickPay trims.
fn is_usual(message: &Message) -> bool {
    is_documented(message) && is_ascii(message) && is_trimmed(message)
}

/// Whether somebody who sorts like this joins the values in another order.
fn is_sorted_otherwise(message: &Message, sort: fn(&Message, &mut Vec<Field>)) -> bool {
    let mut fields: Vec<Field> = signed(message).map(field).collect();
    sort(message, &mut fields);
    !fields.is_sorted_by(|one, other| one.name <= other.name)
}

/// Answers that the document leaves open.
const OPEN: &[(&Mistake, &str)] = &[(
    &mistakes::UPPER_CASE,
    "hexadecimal digits mean the same in either case, and no document refuses capitals",
)];

impl Operation for Window {
    fn id(&self) -> &'static str {
        "quickpay.window"
    }

    fn does(&self) -> &'static str {
        "signs the form of the payment window"
    }

    fn provenance(&self) -> Provenance {
        DOCUMENTED
    }

    fn forms(&self) -> &'static [&'static str] {
        &[""]
    }

    fn parameters(&self, _: &str) -> Vec<&'static str> {
        FIELDS.to_vec()
    }

    fn given(&self) -> &'static [&'static str] {
        &["window_key", "api_key", "private_key"]
    }

    fn answer(&self, _: &str) -> Vec<(&'static str, Shape)> {
        vec![("checksum", Shape::Text)]
    }

    fn mistakes(&self) -> Vec<&'static Mistake> {
        MISTAKES.to_vec()
    }

    fn focuses(&self) -> &'static [Focus] {
        FOCUSES
    }

    fn legal(&self, message: &Message) -> Result<(), Unreadable> {
        forms::legal(message)
    }

    fn generate(&self, rng: &mut dyn Rng) -> Message {
        forms::arbitrary(rng)
    }

    fn generate_near(&self, focus: &Focus, rng: &mut dyn Rng) -> Message {
        forms::near(rng, focus.name)
    }

    fn simplest(&self, name: &str) -> &'static str {
        if name.ends_with("_key") { "k" } else { "" }
    }

    fn reply(&self, message: &Message, made: &[&'static Mistake]) -> Option<Reply> {
        let key = key(message, made)?;
        Some(Reply::text("checksum", recipe().with(made)?.sign(message, &key)))
    }

    fn tolerated(&self, message: &Message) -> Vec<(Reply, &'static str)> {
        let open = OPEN.iter().filter_map(|(mistake, why)| Some((self.reply(message, &[mistake])?, *why)));
        open.collect()
    }

    fn observe(&self, _: &Message, reply: &Reply) -> Observation {
        match reply {
            Reply::Answer(_) => reply.get("checksum").to_owned(),
            Reply::Rejected(_) => "rejected".to_owned(),
        }
    }

    fn canonical(&self, message: &Message, made: &[&'static Mistake]) -> Option<Vec<u8>> {
        Some(recipe().with(made)?.bare(message))
    }

    /// Reads the body of the form, or an address with the same as its query.
    fn read(&self, text: &str, _: Option<&str>, given: &[Parameter]) -> Result<Verification, Unreadable> {
        let form = text.split_once('?').map_or(text, |(_, query)| query);
        let fields = form_urlencoded::parse(form.trim().as_bytes());
        let (claimed, parameters): (Vec<Parameter>, Vec<Parameter>) = fields
            .map(|(name, value)| (Cow::Owned(name.into_owned()), value.into_owned()))
            .partition(|(name, _)| name == CHECKSUM);
        let claimed = claimed.into_iter().next_back().map(|(_, value)| value).unwrap_or_default();
        let message = Message { form: Cow::Borrowed(""), parameters, given: given.to_vec() };
        forms::legal(&message)?;
        Ok(Verification::Received(Received {
            operation: &Window,
            message,
            claimed: Reply::text("checksum", claimed),
            readings: Vec::new(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names that only their brackets put in order. The checksum is computed with Python's hmac.
    #[test]
    fn a_form_is_signed_and_a_wrong_one_explained() {
        let fields = [
            ("version", "v10"),
            ("merchant_id", "1"),
            ("agreement_id", "1"),
            ("order_id", "test1"),
            ("amount", "100"),
            ("currency", "DKK"),
            ("continueurl", "http://s.test/a"),
            ("cancelurl", "http://s.test/b"),
            ("variables[a]", "A"),
            ("variables[a1]", "A1"),
            ("variables[a_b]", "AB"),
            ("variables[B]", "bb"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let right = "3ec2bce57a83b0ae872265c43c6d6b872bae447a451e5e1eeb4be6daf4101970";
        assert_eq!(window_checksum("k", &fields), right);
        assert!(window_diagnosis(&fields, right, "k", "api", "private").is_none());
        for (key, mistake) in [("api", "quickpay.window/api-key"), ("private", "quickpay.window/private-key")]
        {
            let claimed = window_checksum(key, &fields);
            let diagnosis = window_diagnosis(&fields, &claimed, "k", "api", "private").expect("a mistake");
            assert!(diagnosis.is_certain() && diagnosis.names(mistake), "{diagnosis}");
        }
        assert!(window_diagnosis(&fields, "0", "k", "api", "private").is_none());
    }
}
