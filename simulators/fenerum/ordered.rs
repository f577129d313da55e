//! JSON with its members in the order in which the documents show them.

use serde::ser::{SerializeMap as _, SerializeSeq as _};
use serde::{Serialize, Serializer};
use serde_json::Value;

/// What comes first, in this order: the document's sample card, Fenerum's sample event and account, the
/// framework's lists. What is not here follows by its name.
const FIRST: &[&str] = &[
    "event",
    "data",
    "count",
    "next",
    "previous",
    "results",
    "uuid",
    "active",
    "brand",
    "card_number",
    "month",
    "year",
    "payment_gateway",
    "account",
    "token",
    "gateway",
    "code",
    "company_name",
    "legal_address",
    "legal_zipcode",
    "legal_city",
    "legal_country",
    "legal_vat_number",
    "billing_same_as_legal",
    "billing_address",
    "billing_zipcode",
    "billing_city",
    "billing_country",
    "created_date",
];

/// A value that is written so.
pub(super) struct Ordered<'a>(pub(super) &'a Value);

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Array(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(&Ordered(item))?;
                }
                list.end()
            }
            Value::Object(fields) => {
                let mut members: Vec<_> = fields.iter().collect();
                let place = |name: &str| FIRST.iter().position(|first| *first == name);
                members.sort_by_key(|(name, _)| place(name).unwrap_or(FIRST.len()));
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, &Ordered(value))?;
                }
                map.end()
            }
            plain => plain.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_written_as_the_document_shows_it() {
        let card = serde_json::json!({
            "account": "a", "brand": "Visa", "other": [{"b": 1, "uuid": 2}], "uuid": "u", "active": true,
        });
        let written = serde_json::to_string(&Ordered(&card)).expect("JSON");
        let wanted = r#"{"uuid":"u","active":true,"brand":"Visa","account":"a","other":[{"uuid":2,"b":1}]}"#;
        assert_eq!(written, wanted);
    }
}
