//! A posted form as ASP.NET reads it: names in any case, repeated ones joined by commas.

use percent_encoding::percent_decode;

use crate::kit::escape;

/// How text travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::freepay) enum Charset {
    Latin1,
    Utf8,
}

impl Charset {
    /// The charset that a setting names.
    pub(in crate::freepay) fn named(name: &str) -> Self {
        if name == "latin1" { Self::Latin1 } else { Self::Utf8 }
    }

    fn decode(self, bytes: &[u8]) -> String {
        match self {
            Self::Latin1 => bytes.iter().copied().map(char::from).collect(),
            Self::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
        }
    }

    /// A value in a query, as .NET writes it there: blanks as `+`, digits in lower case.
    pub(in crate::freepay) fn encode(self, value: &str) -> String {
        let encoded = match self {
            Self::Latin1 => escape::lower(&escape::latin_1(value.as_bytes())),
            Self::Utf8 => escape::lower(value.as_bytes()),
        };
        encoded.into_iter().map(char::from).collect()
    }
}

/// The fields of a form or a query, in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::freepay) struct Fields(pub(in crate::freepay) Vec<(String, String)>);

impl Fields {
    /// Reads a body or a query.
    pub(in crate::freepay) fn of(encoded: &[u8], charset: Charset) -> Self {
        let text = |piece: &[u8]| {
            let blanks: Vec<u8> = piece.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
            charset.decode(&percent_decode(&blanks).collect::<Vec<u8>>())
        };
        let pairs = encoded.split(|byte| *byte == b'&').filter(|piece| !piece.is_empty()).map(|piece| {
            let equals = piece.iter().position(|byte| *byte == b'=');
            match equals {
                Some(at) => (text(&piece[..at]), text(&piece[at + 1..])),
                None => (text(piece), String::new()),
            }
        });
        Self(pairs.collect())
    }

    /// Everything that was posted under this name; `None` where nothing was.
    pub(in crate::freepay) fn posted(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self.all(name).collect();
        (!values.is_empty()).then(|| values.join(","))
    }

    /// What was posted under this name; empty where nothing was.
    pub(in crate::freepay) fn get(&self, name: &str) -> String {
        self.posted(name).unwrap_or_default()
    }

    /// Every value under this name.
    pub(in crate::freepay) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = self.0.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_any_case_and_repeated_ones_are_joined() {
        let fields = Fields::of(b"MERCHANTNUMBER=1&x=a+b%26c&X=2&Subscription&=&", Charset::Utf8);
        assert_eq!(fields.get("MerchantNumber"), "1");
        assert_eq!(fields.get("x"), "a b&c,2");
        assert_eq!(fields.posted("subscription").as_deref(), Some(""));
        assert_eq!(fields.posted("Param"), None);
    }

    #[test]
    fn text_is_read_and_written_in_its_charset() {
        let param = |body: &[u8], charset| Fields::of(body, charset).get("p");
        assert_eq!(param(b"p=%C3%A6", Charset::Utf8), "æ");
        assert_eq!(param(b"p=%E6", Charset::Latin1), "æ");
        assert_eq!(param(b"p=%E6", Charset::Utf8), "\u{fffd}");
        assert_eq!(Charset::Utf8.encode("a b&c æ"), "a+b%26c+%c3%a6");
        assert_eq!(Charset::Latin1.encode("a b&c æ€"), "a+b%26c+%e6%3f");
    }
}
