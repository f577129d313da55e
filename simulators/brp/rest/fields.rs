//! Reading what a request to the REST API brings: fields of its body, parameters of its query.
//!
//! A field of a field is named with a dot: `payerAlias.number`. What is `null` counts as not sent.

use std::borrow::Cow;

use bytes::Bytes;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::brp::model::day;
use crate::kit::address::is_email;

use super::answer::Refusal;

/// The body as a JSON object.
pub(super) fn object(body: &Bytes) -> Result<Value, Refusal> {
    let body = if body.is_empty() { b"{}" } else { body.as_ref() };
    serde_json::from_slice::<Value>(body)
        .ok()
        .filter(Value::is_object)
        .ok_or(Refusal::Business("INVALID_INPUT"))
}

/// Whether every one of these fields is there; all that are not are named at once.
pub(super) fn mandatory<'a>(body: &Value, names: impl IntoIterator<Item = &'a str>) -> Result<(), Refusal> {
    let missing = names.into_iter().filter(|name| match at(body, name) {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        _ => false,
    });
    let missing: Vec<_> = missing.map(|name| (name.to_owned(), "FIELD_MANDATORY")).collect();
    if missing.is_empty() { Ok(()) } else { Err(Refusal::Fields(missing)) }
}

/// The field of this name; `null` if it is not there.
pub(super) fn at<'a>(body: &'a Value, name: &str) -> &'a Value {
    name.split('.').fold(body, |value, part| &value[part])
}

fn misfit(name: &str) -> Refusal {
    Refusal::field(name, "FIELD_INVALID_TYPE")
}

/// A whole number that is not negative: an id.
pub(super) fn number(body: &Value, name: &str) -> Result<Option<u64>, Refusal> {
    match at(body, name) {
        Value::Null => Ok(None),
        value => value.as_u64().map(Some).ok_or_else(|| misfit(name)),
    }
}

/// An id that must be there.
pub(super) fn id(body: &Value, name: &str) -> Result<u64, Refusal> {
    number(body, name)?.ok_or_else(|| Refusal::field(name, "FIELD_MANDATORY"))
}

/// A whole number of any sign: öre.
pub(super) fn integer(body: &Value, name: &str) -> Result<Option<i64>, Refusal> {
    match at(body, name) {
        Value::Null => Ok(None),
        value => value.as_i64().map(Some).ok_or_else(|| misfit(name)),
    }
}

/// A text.
pub(super) fn text<'a>(body: &'a Value, name: &str) -> Result<Option<&'a str>, Refusal> {
    match at(body, name) {
        Value::Null => Ok(None),
        value => value.as_str().map(Some).ok_or_else(|| misfit(name)),
    }
}

/// An e-mail address.
pub(super) fn email<'a>(body: &'a Value, name: &str) -> Result<Option<&'a str>, Refusal> {
    let email = text(body, name)?;
    if email.is_some_and(|email| !is_email(email)) {
        return Err(Refusal::field(name, "EMAIL_INVALID"));
    }
    Ok(email)
}

/// A day: `2022-09-19`.
pub(super) fn day_of(body: &Value, name: &str) -> Result<Option<Date>, Refusal> {
    match text(body, name)? {
        None => Ok(None),
        Some(text) => parse_day(text).map(Some).ok_or_else(|| Refusal::field(name, "DATE_INVALID")),
    }
}

/// A moment: `2022-09-19T10:27:42.000Z`.
pub(super) fn moment(body: &Value, name: &str) -> Result<Option<Timestamp>, Refusal> {
    match text(body, name)? {
        None => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| Refusal::field(name, "TIMEPOINT_INVALID")),
    }
}

fn parse_day(text: &str) -> Option<Date> {
    // Longer and shorter spellings that ISO 8601 allows are none of API3's.
    text.parse().ok().filter(|_| text.len() == "2022-09-19".len())
}

/// The country that a number without a code is taken to be of. Assumed.
const SWEDEN: &str = "46";

/// A phone number as API3 writes it: the number as it is dialled at home, and the country's code.
#[derive(Clone, Debug)]
pub(super) struct Phone {
    number: String,
    country: String,
}

impl Phone {
    /// The phone number of this name. Its country code is a number or a text, with or without a `+`.
    pub(super) fn read(body: &Value, name: &str) -> Result<Option<Self>, Refusal> {
        let value = at(body, name);
        if value.is_null() {
            return Ok(None);
        }
        if !value.is_object() {
            return Err(misfit(name));
        }
        let number = text(value, "number").map_err(|_| misfit(&format!("{name}.number")))?;
        let number = number.ok_or_else(|| Refusal::field(name, "PHONENUMBER_NULL"))?;
        let country = match &value["countryCode"] {
            Value::Null => SWEDEN.to_owned(),
            Value::Number(code) => code.to_string(),
            Value::String(code) => code.trim().trim_start_matches('+').to_owned(),
            _ => return Err(misfit(&format!("{name}.countryCode"))),
        };
        let phone = Self { number: number.replace([' ', '-', '(', ')', '.'], ""), country };
        if phone.is_plausible() {
            return Ok(Some(phone));
        }
        Err(Refusal::field(name, "PHONENUMBER_INVALID"))
    }

    /// Swish takes 8 to 15 digits with the country's code, which begins with no zero; the same is
    /// assumed of other phone numbers.
    fn is_plausible(&self) -> bool {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits(&self.number)
            && digits(&self.country)
            && self.country.len() <= 3
            && !self.country.starts_with('0')
            && (8..=15).contains(&self.digits().len())
    }

    /// The number as it is dialled from abroad, in digits alone: what Swish calls the payer's alias.
    ///
    /// The document's own sample, `070001234` in country 46, is a digit short of a Swedish mobile number.
    /// It is not refused: it becomes `4670001234`.
    pub(super) fn digits(&self) -> String {
        format!("{}{}", self.country, self.number.strip_prefix('0').unwrap_or(&self.number))
    }

    /// As a customer's record keeps it.
    pub(super) fn kept(&self) -> String {
        format!("+{} {}", self.country, self.number)
    }

    /// What a customer's record keeps, as API3 prints it: the country's code is a number here.
    pub(super) fn shown(kept: &str) -> Value {
        let abroad = kept.strip_prefix('+');
        let (country, number) = match abroad.and_then(|abroad| abroad.split_once(' ')) {
            Some((country, number)) => (country, Cow::Borrowed(number)),
            // Records that were not made here may have it in one piece.
            None => match abroad.and_then(|abroad| abroad.strip_prefix(SWEDEN)) {
                Some(number) => (SWEDEN, Cow::Owned(format!("0{number}"))),
                // Of another country, whose code has no fixed length: it is not taken apart.
                None if abroad.is_some() => ("", Cow::Borrowed(kept)),
                None => (SWEDEN, Cow::Borrowed(kept)),
            },
        };
        json!({"number": number, "countryCode": country.parse::<u64>().ok()})
    }
}

/// The parameters of a query.
#[derive(Clone, Debug)]
pub(super) struct Query(String);

impl Query {
    /// A query as it came; none is an empty one.
    pub(super) fn new(query: Option<String>) -> Self {
        Self(query.unwrap_or_default())
    }

    fn value(&self, name: &str) -> Option<Cow<'_, str>> {
        form_urlencoded::parse(self.0.as_bytes()).find(|(known, _)| known == name).map(|(_, value)| value)
    }

    fn read<T>(&self, name: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, Refusal> {
        match self.value(name) {
            None => Ok(None),
            Some(value) => read(&value).map(Some).ok_or_else(|| misfit(name)),
        }
    }

    /// An id.
    pub(super) fn number(&self, name: &str) -> Result<Option<u64>, Refusal> {
        self.read(name, |value| value.parse().ok())
    }

    /// `true` or `false`, which is meant where nothing is said.
    pub(super) fn flag(&self, name: &str) -> Result<bool, Refusal> {
        Ok(self.read(name, |value| value.parse().ok())?.unwrap_or(false))
    }

    /// `period.start` and `period.end`. Some lists take days and others moments; all take both here, and
    /// look at the day.
    pub(super) fn period(&self) -> Result<Period, Refusal> {
        let read = |name| {
            self.read(name, |value| parse_day(value).or_else(|| value.parse::<Timestamp>().ok().map(day)))
        };
        Ok(Period { start: read("period.start")?, end: read("period.end")? })
    }
}

/// From one day to another, both of them in it; open where there is none.
#[derive(Clone, Debug)]
pub(super) struct Period {
    pub(super) start: Option<Date>,
    pub(super) end: Option<Date>,
}

impl Period {
    /// Whether a moment's day is in it.
    pub(super) fn holds(&self, moment: Timestamp) -> bool {
        let day = day(moment);
        self.start.is_none_or(|start| start <= day) && self.end.is_none_or(|end| day <= end)
    }
}

/// An id in a path. What is no number is nobody's.
pub(super) fn known(segment: &str) -> Result<u64, Refusal> {
    segment.parse().map_err(|_| Refusal::Business("ID_NOT_FOUND"))
}
