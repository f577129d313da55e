//! Texts of the configuration with `{placeholders}` for what is bought.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use provkassa_simulators::kit::problem::nearest;
use serde_json::{Map, Value, json};

/// Everything that a placeholder may stand for.
pub(super) const PLACEHOLDERS: &[&str] = &[
    "amount",
    "amount.major",
    "amount.minor",
    "currency",
    "description",
    "email",
    "name",
    "order",
    "provider",
];

/// What stays as it is in a path or a query.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What is bought, and by whom.
#[derive(Clone, Debug)]
pub(super) struct Purchase {
    /// What the shop calls the order; what we propose until the shop has said it.
    pub(super) order: String,
    /// In minor units: 12500 for 125.00.
    pub(super) amount: i64,
    /// `DKK`
    pub(super) currency: String,
    /// The provider's id.
    pub(super) provider: &'static str,
    /// Who buys.
    pub(super) name: String,
    /// The buyer's address.
    pub(super) email: String,
    /// What is bought.
    pub(super) description: String,
}

impl Purchase {
    fn value(&self, placeholder: &str) -> Option<Value> {
        Some(match placeholder {
            "amount" => json!({"minor": self.amount, "currency": self.currency}),
            "amount.major" => major(self.amount).into(),
            "amount.minor" => self.amount.into(),
            "currency" => self.currency.clone().into(),
            "description" => self.description.clone().into(),
            "email" => self.email.clone().into(),
            "name" => self.name.clone().into(),
            "order" => self.order.clone().into(),
            "provider" => self.provider.into(),
            _ => return None,
        })
    }

    /// A text with everything filled in.
    pub(super) fn text(&self, template: &str) -> String {
        self.filled(template, &|value| value)
    }

    /// An address with everything filled in, percent-encoded.
    pub(super) fn url(&self, template: &str) -> String {
        self.filled(template, &|value| utf8_percent_encode(&value, PLAIN).to_string())
    }

    /// JSON with everything filled in; a text that is nothing but a placeholder becomes a value of its kind.
    pub(super) fn json(&self, template: &Value) -> Value {
        match template {
            Value::String(text) => {
                let alone = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
                alone.and_then(|name| self.value(name)).unwrap_or_else(|| self.text(text).into())
            }
            Value::Array(items) => items.iter().map(|item| self.json(item)).collect(),
            Value::Object(fields) => {
                let fields = fields.iter().map(|(name, value)| (name.clone(), self.json(value)));
                Value::Object(fields.collect::<Map<_, _>>())
            }
            other => other.clone(),
        }
    }

    fn filled(&self, template: &str, encode: &dyn Fn(String) -> String) -> String {
        let mut filled = String::new();
        let mut rest = template;
        while let Some((before, name, after)) = next(rest) {
            filled.push_str(before);
            match self.value(name) {
                Some(Value::String(text)) => filled.push_str(&encode(text)),
                Some(value) => filled.push_str(&encode(value.to_string())),
                None => {
                    filled.push('{');
                    filled.push_str(name);
                    filled.push('}');
                }
            }
            rest = after;
        }
        filled.push_str(rest);
        filled
    }
}

/// Minor units as people write them: `125.00`.
pub(super) fn major(minor: i64) -> String {
    format!("{}{}.{:02}", if minor < 0 { "-" } else { "" }, minor.abs() / 100, minor.abs() % 100)
}

/// What stands before the first placeholder, its name, and what stands behind it.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let mut start = 0;
    while let Some(open) = text[start..].find('{').map(|at| start + at) {
        if let Some((name, after)) = text[open + 1..].split_once('}')
            && !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'.')
        {
            return Some((&text[..open], name, after));
        }
        start = open + 1;
    }
    None
}

/// The placeholders of a text, or which one there is not and what was probably meant.
pub(super) fn names(template: &str) -> Result<Vec<&str>, String> {
    let mut names = Vec::new();
    let mut rest = template;
    while let Some((_, name, after)) = next(rest) {
        if !PLACEHOLDERS.contains(&name) {
            let near = nearest(name, PLACEHOLDERS.iter().copied());
            return Err(near.map_or_else(
                || format!("There is no `{{{name}}}`; there are {{{}}}.", PLACEHOLDERS.join("}, {")),
                |near| format!("There is no `{{{name}}}`; did you mean `{{{near}}}`?"),
            ));
        }
        names.push(name);
        rest = after;
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn purchase() -> Purchase {
        Purchase {
            order: "å 1/2".to_owned(),
            amount: 12_505,
            currency: "DKK".to_owned(),
            provider: "quickpay",
            name: "Åse".to_owned(),
            email: "a@example.com".to_owned(),
            description: "Tea".to_owned(),
        }
    }

    #[test]
    fn placeholders_are_filled_in_as_their_place_asks() {
        let purchase = purchase();
        assert_eq!(purchase.url("http://a/{order}?x={amount.minor}"), "http://a/%C3%A5%201%2F2?x=12505");
        assert_eq!(purchase.text("{amount.major} {currency} {nobody}"), "125.05 DKK {nobody}");
        let json =
            purchase.json(&json!({"n": "{amount.minor}", "t": "no. {amount.minor}", "a": ["{amount}"]}));
        assert_eq!(json, json!({"n": 12_505, "t": "no. 12505", "a": [{"minor": 12_505, "currency": "DKK"}]}));
    }

    #[test]
    fn an_unknown_placeholder_is_named_with_what_is_near() {
        assert_eq!(names("{order}/{amount.minor} {\"a\": 1}"), Ok(vec!["order", "amount.minor"]));
        assert_eq!(names("{ordr}"), Err("There is no `{ordr}`; did you mean `{order}`?".to_owned()));
    }
}
