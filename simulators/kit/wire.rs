//! Messages as JSON: in vectors, in counterexamples, in an adapter's requests.

use std::borrow::Cow;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use super::money::Amount;
use super::operation::{Kind, Message, Operation, Parameter, Unreadable};

/// A message as the fields of an adapter's request or of a vector.
#[must_use]
pub fn to_json(operation: &dyn Operation, message: &Message) -> Map<String, Value> {
    match serde_json::to_value(Fields { operation, message }) {
        Ok(Value::Object(fields)) => fields,
        // Fields have names, and every value is written: nothing else comes out.
        _ => Map::new(),
    }
}

/// A message that is written as the fields of an object, straight into wherever it goes.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    /// Whose message it is.
    pub operation: &'a dyn Operation,
    /// The message.
    pub message: &'a Message,
}

impl Fields<'_> {
    /// Writes the fields among others of an object.
    pub fn write<M: SerializeMap>(&self, object: &mut M) -> Result<(), M::Error> {
        let (operation, message) = (self.operation, self.message);
        if has_forms(operation) {
            object.serialize_entry(operation.form_key(), &message.form)?;
        }
        if !operation.parameters(&message.form).is_empty() {
            object.serialize_entry(operation.list_key(), &message.parameters)?;
        }
        for (name, value) in &message.given {
            object.serialize_entry(name, &Given { kind: operation.kind(name), value })?;
        }
        Ok(())
    }
}

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        self.write(&mut object)?;
        object.end()
    }
}

/// What goes with a message, in the shape of its kind.
struct Given<'a> {
    kind: Kind,
    value: &'a str,
}

impl Serialize for Given<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = || self.value.parse::<i64>().unwrap_or_default();
        match self.kind {
            Kind::Amount(currency) => Amount::new(number(), currency).serialize(serializer),
            Kind::Flag => serializer.serialize_bool(self.value == "true"),
            Kind::Money => money(self.value).unwrap_or_else(|| Amount::new(0, "XXX")).serialize(serializer),
            Kind::Seconds | Kind::Whole => serializer.serialize_i64(number()),
            Kind::Text => serializer.serialize_str(self.value),
        }
    }
}

/// An amount with its currency as it stands inside a message: `1250 SEK`.
#[must_use]
pub fn money(value: &str) -> Option<Amount> {
    let (minor, currency) = value.split_once(' ')?;
    let amount = Amount::new(minor.parse().ok()?, currency);
    // One amount has one spelling: 01250 and +1250 are not it.
    (is_currency(currency) && amount.minor.to_string() == minor).then_some(amount)
}

fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Reads the fields of a vector or of an adapter's request; unknown and missing ones are named.
pub fn from_json(operation: &dyn Operation, fields: &Map<String, Value>) -> Result<Message, Unreadable> {
    let wrong = |name: &str, what: &str| {
        Unreadable::new(
            format!("`{name}` is missing or not {what}"),
            format!("A message of {} has: {}.", operation.id(), field_names(operation).join(", ")),
        )
    };
    let form = if has_forms(operation) {
        let name = operation.form_key();
        let form = fields.get(name).and_then(Value::as_str);
        form.ok_or_else(|| wrong(name, "a string"))?.to_owned()
    } else {
        operation.forms()[0].to_owned()
    };
    let mut parameters = Vec::new();
    if !operation.parameters(&form).is_empty() {
        let key = operation.list_key();
        let list = fields.get(key).cloned().unwrap_or(Value::Null);
        parameters = serde_json::from_value(list).map_err(|_| {
            Unreadable::new(
                format!("`{key}` is missing or not a list of [name, value] pairs of strings"),
                "Write [[\"name\", \"value\"], …], in the order of the call.",
            )
        })?;
    }
    let mut given: Vec<Parameter> = Vec::new();
    for name in operation.given() {
        let kind = operation.kind(name);
        let value = fields.get(*name).and_then(|value| value_from_json(kind, value));
        given.push((Cow::Borrowed(*name), value.ok_or_else(|| wrong(name, &said(kind)))?));
    }
    let known = field_names(operation);
    if let Some(unknown) = fields.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(Unreadable::new(
            format!("`{unknown}` is not a field of {}", operation.id()),
            format!("A message has: {}.", known.join(", ")),
        ));
    }
    let message = Message { form: Cow::Owned(form), parameters, given };
    operation.legal(&message)?;
    Ok(message)
}

fn value_from_json(kind: Kind, value: &Value) -> Option<String> {
    match (kind, value) {
        (Kind::Amount(currency), Value::Object(fields)) if fields.len() == 2 => {
            let fits = fields.get("currency")?.as_str()? == currency;
            fits.then_some(fields.get("minor")?.as_i64()?.to_string())
        }
        (Kind::Flag, Value::Bool(flag)) => Some(flag.to_string()),
        (Kind::Money, Value::Object(fields)) if fields.len() == 2 => {
            let currency = fields.get("currency")?.as_str().filter(|currency| is_currency(currency))?;
            Some(format!("{} {currency}", fields.get("minor")?.as_i64()?))
        }
        (Kind::Seconds | Kind::Whole, Value::Number(number)) => Some(number.as_i64()?.to_string()),
        (Kind::Text, Value::String(text)) => Some(text.clone()),
        _ => None,
    }
}

fn said(kind: Kind) -> String {
    match kind {
        Kind::Amount(currency) => format!("an amount: {{\"minor\": 1250, \"currency\": \"{currency}\"}}"),
        Kind::Flag => "true or false".to_owned(),
        Kind::Money => "an amount: {\"minor\": 1250, \"currency\": \"SEK\"}".to_owned(),
        Kind::Seconds => "a whole number of seconds".to_owned(),
        Kind::Text => "a string".to_owned(),
        Kind::Whole => "a whole number".to_owned(),
    }
}

/// The minor units of an amount with two decimals.
fn typed(amount: &str) -> Option<i64> {
    let (major, minor) = amount.split_once('.')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (minor.len() == 2 && digits(minor) && digits(major))
        .then(|| format!("{major}{minor}").parse().ok())
        .flatten()
}

/// Reads a value as a person types it: an amount as `12.50`, or as `12.50 SEK`.
pub fn from_text(kind: Kind, name: &str, text: &str) -> Result<String, Unreadable> {
    let wrong = |help: String| Unreadable::new(format!("`{name}` cannot be `{text}`"), help);
    match kind {
        Kind::Amount(currency) => {
            let minor = typed(text);
            let minor =
                minor.ok_or_else(|| wrong(format!("Write it with two decimals, as 12.50 ({currency}).")))?;
            Ok(minor.to_string())
        }
        Kind::Flag if text == "true" || text == "false" => Ok(text.to_owned()),
        Kind::Flag => Err(wrong("Write true or false.".to_owned())),
        Kind::Money => {
            let amount = text.split_once(' ').filter(|(_, currency)| is_currency(currency));
            amount
                .and_then(|(amount, currency)| Some(format!("{} {currency}", typed(amount)?)))
                .ok_or_else(|| wrong("Write it with two decimals and the currency, as 12.50 SEK.".to_owned()))
        }
        Kind::Seconds => {
            let seconds = text.parse::<i64>();
            seconds
                .map(|seconds| seconds.to_string())
                .map_err(|_| wrong("Write whole seconds since the epoch, as 1613942693.".to_owned()))
        }
        Kind::Text => Ok(text.to_owned()),
        Kind::Whole => {
            let number = text.parse::<i64>();
            number
                .map(|number| number.to_string())
                .map_err(|_| wrong("Write a whole number, as 270000001.".to_owned()))
        }
    }
}

/// A value of a message's JSON as a person reads it.
#[must_use]
pub fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(amount) => {
            let minor = amount.get("minor").and_then(Value::as_i64).unwrap_or_default();
            let currency = amount.get("currency").and_then(Value::as_str).unwrap_or_default();
            format!("{}.{:02} {currency}", minor / 100, minor % 100)
        }
        other => other.to_string(),
    }
}

fn has_forms(operation: &dyn Operation) -> bool {
    operation.forms().len() > 1
}

fn field_names(operation: &dyn Operation) -> Vec<&'static str> {
    let parameters = operation.forms().iter().any(|form| !operation.parameters(form).is_empty());
    has_forms(operation)
        .then(|| operation.form_key())
        .into_iter()
        .chain(parameters.then(|| operation.list_key()))
        .chain(operation.given().iter().copied())
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn amounts_are_typed_with_two_decimals() {
        let read = |text| from_text(Kind::Amount("GBP"), "amount", text);
        for (text, minor) in [("12.50", "1250"), ("0.50", "50"), (".50", "50"), ("4999.99", "499999")] {
            assert_eq!(read(text).as_deref(), Ok(minor), "{text}");
        }
        for wrong in ["12", "12.5", "12,50", "£12.50", "1,000.00", "-1.00", "", "12.505"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
    #[test]
    fn money_is_typed_with_its_currency() {
        let read = |text| from_text(Kind::Money, "amount", text);
        assert_eq!(read("12.50 SEK").as_deref(), Ok("1250 SEK"));
        assert_eq!(read(".05 EUR").as_deref(), Ok("5 EUR"));
        for wrong in [
            "12.50",
            "12.50 sek",
            "12.50 KR",
            "SEK 12.50",
            "12 SEK",
            "12,50 SEK",
            "12.50  SEK",
            "-1.00 SEK",
            "",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn money_travels_with_its_currency() {
        for (inside, minor, currency) in
            [("1250 SEK", 1250, "SEK"), ("0 EUR", 0, "EUR"), ("-5 DKK", -5, "DKK")]
        {
            let outside = json!({ "minor": minor, "currency": currency });
            let given = serde_json::to_value(Given { kind: Kind::Money, value: inside });
            assert_eq!(given.ok(), Some(outside.clone()));
            assert_eq!(value_from_json(Kind::Money, &outside).as_deref(), Some(inside));
        }
        for wrong in [json!("12.50 SEK"), json!({ "minor": 1 }), json!({ "minor": 1.5, "currency": "SEK" })] {
            assert_eq!(value_from_json(Kind::Money, &wrong), None, "{wrong}");
        }
        assert_eq!(value_from_json(Kind::Money, &json!({ "minor": 1, "currency": "kr" })), None);
        assert_eq!(money("01250 SEK").or(money("1250SEK")).or(money("1250 kr")), None);
    }
}
