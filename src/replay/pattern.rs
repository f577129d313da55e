//! Texts with `{names}` in them: filled in with what is known, or matched to learn what is not.

use std::collections::BTreeMap;

use serde_json::Value;

/// What is known so far.
pub(super) type Known = BTreeMap<String, String>;

/// A piece of a pattern.
enum Piece<'a> {
    Name(&'a str),
    Text(&'a str),
}

fn pieces(pattern: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let name = after.split_once('}').filter(|(name, _)| is_name(name));
        let Some((name, behind)) = name else {
            // JSON inside a text has braces too.
            let length = before.len() + 1;
            pieces.push(Piece::Text(&rest[..length]));
            rest = &rest[length..];
            continue;
        };
        pieces.push(Piece::Text(before));
        pieces.push(Piece::Name(name));
        rest = behind;
    }
    pieces.push(Piece::Text(rest));
    pieces
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The text with every name filled in; the first unknown name where there is one.
pub(super) fn fill(pattern: &str, known: &Known) -> Result<String, String> {
    let mut filled = String::new();
    for piece in pieces(pattern) {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Name(name) => filled.push_str(known.get(name).ok_or_else(|| name.to_owned())?),
        }
    }
    Ok(filled)
}

/// JSON with every text in it filled in. A text that is nothing but the name of a number becomes that
/// number.
pub(super) fn fill_json(value: &Value, known: &Known) -> Result<Value, String> {
    Ok(match value {
        Value::String(text) => {
            let filled = fill(text, known)?;
            let alone = text.starts_with('{') && text.ends_with('}') && is_name(&text[1..text.len() - 1]);
            match filled.parse::<u64>() {
                Ok(number) if alone => number.into(),
                _ => filled.into(),
            }
        }
        Value::Array(items) => {
            items.iter().map(|item| fill_json(item, known)).collect::<Result<Vec<_>, _>>()?.into()
        }
        Value::Object(fields) => {
            let mut filled = serde_json::Map::new();
            for (name, value) in fields {
                filled.insert(name.clone(), fill_json(value, known)?);
            }
            filled.into()
        }
        other => other.clone(),
    })
}

/// Whether the text is the pattern; what it teaches is kept.
pub(super) fn matches(pattern: &str, text: &str, known: &mut Known) -> bool {
    let mut learnt = Known::new();
    if begins(&pieces(pattern), text, known, &mut learnt) != Some("") {
        return false;
    }
    known.append(&mut learnt);
    true
}

/// Whether the pattern stands somewhere in the text; the words that it teaches are kept.
pub(super) fn stands_in(pattern: &str, text: &str, known: &mut Known) -> bool {
    let pieces = pieces(pattern);
    for (place, _) in text.char_indices() {
        let mut learnt = Known::new();
        let fits = begins(&pieces, &text[place..], known, &mut learnt).is_some();
        if fits && learnt.values().all(|value| is_word(value)) {
            known.append(&mut learnt);
            return true;
        }
    }
    false
}

fn is_word(value: &str) -> bool {
    !value.contains(|letter: char| letter.is_whitespace() || "\"'<>".contains(letter))
}

/// What follows the pattern in a text that begins with it.
fn begins<'t>(pieces: &[Piece<'_>], text: &'t str, known: &Known, learnt: &mut Known) -> Option<&'t str> {
    let mut rest = text;
    for (place, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Text(literal) => rest = rest.strip_prefix(literal)?,
            Piece::Name(name) => {
                if let Some(value) = learnt.get(*name).or_else(|| known.get(*name)) {
                    rest = rest.strip_prefix(value.as_str())?;
                    continue;
                }
                let end = match pieces.get(place + 1) {
                    Some(Piece::Text("")) | None => Some(rest.len()),
                    Some(Piece::Text(literal)) => rest.find(literal),
                    Some(Piece::Name(_)) => None,
                };
                let end = end.filter(|end| *end > 0)?;
                learnt.insert((*name).to_owned(), rest[..end].to_owned());
                rest = &rest[end..];
            }
        }
    }
    Some(rest)
}

/// Where JSON departs from what is expected; `None` if everything expected is there.
pub(super) fn departs(expected: &Value, got: &Value, place: &str, known: &mut Known) -> Option<String> {
    let differs = || Some(format!("{place}: expected {expected}, got {got}"));
    match (expected, got) {
        (Value::Object(fields), Value::Object(_)) => {
            fields.iter().find_map(|(name, value)| match got.get(name) {
                Some(got) => departs(value, got, &format!("{place}.{name}"), known),
                // What is expected to be null may be missing, too.
                None if value.is_null() => None,
                None => Some(format!("{place}: expected a field {name}, got none")),
            })
        }
        (Value::Array(items), Value::Array(others)) => {
            if items.len() != others.len() {
                return differs();
            }
            items
                .iter()
                .zip(others)
                .enumerate()
                .find_map(|(index, (item, other))| departs(item, other, &format!("{place}[{index}]"), known))
        }
        (Value::String(pattern), got) => {
            let text = match got {
                Value::String(text) => text.clone(),
                // Ids are numbers in JSON and texts in addresses.
                Value::Number(number) if pattern.contains('{') => number.to_string(),
                _ => return differs(),
            };
            if matches(pattern, &text, known) { None } else { differs() }
        }
        _ if expected == got => None,
        _ => differs(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pattern_teaches_what_is_not_known_and_holds_to_what_is() {
        let mut known = Known::from([("back".to_owned(), "http://a/paid".to_owned())]);
        assert!(matches("{back}?receiptid={receipt}&error=", "http://a/paid?receiptid=7&error=", &mut known));
        assert_eq!(known["receipt"], "7");
        assert!(!matches("{back}?receiptid={receipt}", "http://a/paid?receiptid=8", &mut known));
        assert!(!matches("x{empty}y", "xy", &mut known));
        assert!(!matches("a{b}", "a", &mut known));
        assert_eq!(fill("{\"order\": {receipt}}", &known).as_deref(), Ok("{\"order\": 7}"));
        assert_eq!(fill("{nobody}", &known), Err("nobody".to_owned()));
        assert_eq!(
            fill_json(&json!({"a": ["{receipt}", "x{receipt}"]}), &known),
            Ok(json!({"a": [7, "x7"]}))
        );
    }

    #[test]
    fn a_page_teaches_words() {
        let page = "<p>Pay</p><input name=\"session\" value=\"ab12\"><a href=\"/ab12/undo\">Back</a>";
        let mut known = Known::new();
        assert!(stands_in("name=\"session\" value=\"{session}\"", page, &mut known));
        assert_eq!(known["session"], "ab12");
        assert!(stands_in("/{session}/undo", page, &mut known));
        assert!(!stands_in("/{session}/pay", page, &mut known));
        assert!(!stands_in("<p>{more}</a>", page, &mut known));
        assert!(!stands_in("Pay{rest}", page, &mut known));
        assert_eq!(known.len(), 1);
    }

    #[test]
    fn json_may_hold_more_than_is_expected_but_nothing_else() {
        let mut known = Known::new();
        let got = json!({"id": 7, "rows": [{"a": 1}], "more": true});
        assert_eq!(departs(&json!({"id": "{id}", "rows": [{}], "none": null}), &got, "", &mut known), None);
        assert_eq!(known["id"], "7");
        for wrong in [
            json!({"id": "7"}),
            json!({"id": 8}),
            json!({"rows": []}),
            json!({"none": 1}),
            json!({"more": "true"}),
        ] {
            assert!(departs(&wrong, &got, "", &mut known).is_some(), "{wrong}");
        }
    }
}
