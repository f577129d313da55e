//! JSON with its members in the order in which they came, from JSON or from a form with brackets.

use std::fmt;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Number;

/// How deep a form's brackets may go.
const DEEPEST: usize = 16;
/// How many fields a form may have.
const MOST_FIELDS: usize = 2000;

/// A JSON value. Of members with the same name the last one counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Tree {
    /// `null`.
    #[default]
    Null,
    /// `true` or `false`.
    Flag(bool),
    /// A number.
    Number(Number),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Tree>),
    /// An object.
    Map(Vec<(String, Tree)>),
}

impl Tree {
    /// An object without members.
    #[must_use]
    pub const fn empty() -> Self {
        Self::Map(Vec::new())
    }

    /// A member of an object; null where there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &Self {
        let Self::Map(members) = self else { return &Self::Null };
        members.iter().rev().find(|(known, _)| known == name).map_or(&Self::Null, |(_, value)| value)
    }

    /// Whether it is null.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The text of a string.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Reads a form whose names nest with brackets: `a[b]=1`, `a[]=1`, and `a[][b]=1`, where a member
    /// that is there already begins the next element. `None` where names contradict each other, go too
    /// deep, or are too many.
    #[must_use]
    pub fn of_form(body: &[u8]) -> Option<Self> {
        let mut root = Self::empty();
        for (count, (name, value)) in form_urlencoded::parse(body).enumerate() {
            let steps = steps(&name)?;
            if count >= MOST_FIELDS || steps.len() > DEEPEST {
                return None;
            }
            root.plant(&steps, value.into_owned())?;
        }
        Some(root)
    }

    fn plant(&mut self, steps: &[&str], value: String) -> Option<()> {
        let Some((step, rest)) = steps.split_first() else {
            *self = Self::Text(value);
            return Some(());
        };
        if step.is_empty() {
            if self.is_null() {
                *self = Self::List(Vec::new());
            }
            let Self::List(elements) = self else { return None };
            let goes_on =
                |last: &Self| rest.first().is_some_and(|next| !next.is_empty() && last.get(next).is_null());
            if !elements.last().is_some_and(goes_on) {
                elements.push(Self::Null);
            }
            return elements.last_mut()?.plant(rest, value);
        }
        if self.is_null() {
            *self = Self::empty();
        }
        let Self::Map(members) = self else { return None };
        let place = members.iter().position(|(known, _)| known == step);
        let place = place.unwrap_or_else(|| {
            members.push(((*step).to_owned(), Self::Null));
            members.len() - 1
        });
        members[place].1.plant(rest, value)
    }

    /// The elements of an array. An object whose names are all numbers is one too: forms write `a[0]`.
    #[must_use]
    pub fn elements(&self) -> Option<Vec<&Self>> {
        match self {
            Self::List(elements) => Some(elements.iter().collect()),
            Self::Map(members)
                if !members.is_empty()
                    && members.iter().all(|(name, _)| name.bytes().all(|byte| byte.is_ascii_digit())) =>
            {
                Some(members.iter().map(|(_, value)| value).collect())
            }
            _ => None,
        }
    }
}

/// The parts of a name: `a[b][]` is `a`, `b` and nothing.
fn steps(name: &str) -> Option<Vec<&str>> {
    let Some((first, rest)) = name.split_once('[') else { return Some(vec![name]) };
    if first.is_empty() {
        return Some(vec![name]);
    }
    let rest = rest.strip_suffix(']')?;
    Some(std::iter::once(first).chain(rest.split("][")).collect())
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Number(number) => number.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(elements) => elements.serialize(serializer),
            Self::Map(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Tree;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_none<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tree, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Tree, E> {
        Ok(Tree::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Tree, E> {
        Ok(Tree::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Tree, E> {
        Ok(Tree::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Tree, E> {
        Ok(Number::from_f64(number).map_or(Tree::Null, Tree::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Tree, E> {
        Ok(Tree::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Tree, E> {
        Ok(Tree::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Tree, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = sequence.next_element()? {
            elements.push(element);
        }
        Ok(Tree::List(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Tree::Map(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> String {
        Tree::of_form(text.as_bytes())
            .map_or_else(String::new, |tree| serde_json::to_string(&tree).expect("JSON"))
    }

    #[test]
    fn json_keeps_its_order_and_its_numbers() {
        for text in
            [r#"{"10":"a","2":"b","x":0.0,"y":[1,-1,1e300],"z":{"b":null,"a":true}}"#, "[]", "{}", "null"]
        {
            let tree: Tree = serde_json::from_str(text).expect("JSON");
            assert_eq!(serde_json::to_string(&tree).expect("JSON"), text.replace("1e300", "1e+300"));
        }
    }

    #[test]
    fn forms_nest_with_brackets() {
        for (text, json) in [
            ("a=1&b=2", r#"{"a":"1","b":"2"}"#),
            ("card[number]=1&card[cvd]=2", r#"{"card":{"number":"1","cvd":"2"}}"#),
            ("a[]=1&a[]=2", r#"{"a":["1","2"]}"#),
            ("b[][q]=1&b[][n]=2&b[][q]=3&b[][n]=4", r#"{"b":[{"q":"1","n":"2"},{"q":"3","n":"4"}]}"#),
            ("b[0][q]=1&b[1][q]=3", r#"{"b":{"0":{"q":"1"},"1":{"q":"3"}}}"#),
            ("a=1&a[b]=2", ""),
            ("a[b=2", ""),
        ] {
            assert_eq!(form(text), json, "{text}");
        }
        assert_eq!(form(&format!("a{}=1", "[a]".repeat(40))), "");
        assert_eq!(form(&"a=1&".repeat(3000)), "");
    }
}
