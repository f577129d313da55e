//! The window's parameters as they came: decoded by their own encoding, in their order.

use crate::bambora::signing::{HASH, Hashed, md5_of_bytes};
use crate::kit::digest::same;

/// How the bytes of values are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Latin1,
    Utf8,
}

impl Encoding {
    /// The encoding of this name, in any case; `None` for one that the window does not know.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name.trim().to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Some(Self::Utf8),
            "iso-8859-1" | "iso8859-1" | "latin1" | "latin-1" => Some(Self::Latin1),
            _ => None,
        }
    }

    fn text(self, bytes: &[u8]) -> String {
        match self {
            Self::Latin1 => bytes.iter().copied().map(char::from).collect(),
            Self::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
        }
    }
}

/// What came with a request to the window, without the hash.
#[derive(Clone, Debug)]
pub(super) struct Parameters {
    pairs: Vec<(String, String)>,
    /// The values' bytes, one after the other.
    hashed: Vec<u8>,
    hash: Option<String>,
    encoding: Encoding,
    /// What the values' bytes stand for, however they are read here: who hashes them means this.
    meant: Vec<(String, String)>,
    meant_in: Encoding,
}

impl Parameters {
    /// Reads the query, and behind it the form. Values are read as `encoding` among them says, else as `usual`.
    /// What is repeated is joined by commas at its first place, as ASP.NET does.
    pub(super) fn read(query: &str, body: &[u8], usual: Encoding) -> Self {
        let mut raw: Vec<(String, Vec<u8>)> = Vec::new();
        for (name, value) in pairs(query.as_bytes()).chain(pairs(body)) {
            let name = String::from_utf8_lossy(&name).into_owned();
            match raw.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(&name)) {
                Some((_, values)) => {
                    values.push(b',');
                    values.extend_from_slice(&value);
                }
                None => raw.push((name, value)),
            }
        }
        let own = raw.iter().find(|(name, _)| name.eq_ignore_ascii_case("encoding"));
        let encoding = own.and_then(|(_, name)| Encoding::named(&String::from_utf8_lossy(name)));
        let encoding = encoding.unwrap_or(usual);
        let hash = raw.iter().position(|(name, _)| name.eq_ignore_ascii_case(HASH));
        let hash = hash.map(|place| encoding.text(&raw.remove(place).1));
        let is_utf8 = raw.iter().all(|(_, value)| std::str::from_utf8(value).is_ok());
        let meant = raw.clone();
        let pairs: Vec<_> = raw.iter().map(|(name, value)| (name.clone(), encoding.text(value))).collect();
        let hashed = match encoding {
            Encoding::Latin1 => raw.into_iter().flat_map(|(_, value)| value).collect(),
            Encoding::Utf8 => pairs.iter().flat_map(|(_, value)| value.bytes()).collect(),
        };
        let meant_in = if is_utf8 { Encoding::Utf8 } else { Encoding::Latin1 };
        let meant = meant.into_iter().map(|(name, value)| (name, meant_in.text(&value))).collect();
        Self { pairs, hashed, hash, encoding, meant, meant_in }
    }

    /// What the shop has hashed, in its own letters and with the hash: for finding out how it did.
    pub(super) fn hashed(&self) -> Hashed {
        let mut parameters = self.meant.clone();
        parameters.extend(self.hash.as_ref().map(|hash| (HASH.to_owned(), hash.clone())));
        Hashed { parameters, latin_1: self.meant_in == Encoding::Latin1 }
    }

    /// What is to be known of the encoding, where the values are read in another one than they are written in.
    pub(super) fn misread(&self) -> Option<&'static str> {
        let is_ascii = self.meant.iter().all(|(_, value)| value.is_ascii());
        match (self.meant_in, self.encoding) {
            _ if is_ascii => None,
            (Encoding::Utf8, Encoding::Latin1) => Some(
                "the values are in UTF-8, and encoding=UTF-8 is not sent: ePay is taken to read ISO-8859-1 then (setting bambora.encoding), which makes Ã¸ of ø; the hash is of the bytes, and the same either way",
            ),
            (Encoding::Latin1, Encoding::Utf8) => Some(
                "encoding says UTF-8, and the values are not in it: send UTF-8, or say encoding=ISO-8859-1",
            ),
            _ => None,
        }
    }

    /// Names and values in their order, without the hash.
    pub(super) fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// A value; empty where there is none. ASP.NET does not mind the case of names.
    pub(super) fn get(&self, name: &str) -> &str {
        let found = self.pairs.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }

    /// The hash that came; empty where none did.
    pub(super) fn hash(&self) -> &str {
        self.hash.as_deref().unwrap_or_default()
    }

    /// Whether the hash that came is right, in whatever case its digits are.
    pub(super) fn is_signed(&self, key: &str) -> bool {
        same(&md5_of_bytes(&self.hashed, key), &self.hash().to_ascii_lowercase())
    }
}

/// The names and values of a query or form, percent-decoded.
fn pairs(text: &[u8]) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    let decoded = |text: &[u8]| {
        let blanks: Vec<u8> = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
        percent_encoding::percent_decode(&blanks).collect::<Vec<u8>>()
    };
    let pairs = text.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
    pairs.map(move |pair| {
        let equals = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        (decoded(&pair[..equals]), decoded(pair.get(equals + 1..).unwrap_or_default()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "secretmd5";

    #[test]
    fn the_hash_covers_the_values_as_they_are_encoded() {
        let utf8 = "encoding=UTF-8&merchantnumber=1234567&amount=9995&currency=208&orderid=R1&ordertext=R%c3%b8dgr%c3%b8d+%c3%a6%c3%b8%c3%a5&hash=865ADECFBC694C5B0A4563A6D973F0F6";
        let read = Parameters::read(utf8, b"", Encoding::Latin1);
        assert_eq!(read.get("OrderText"), "Rødgrød æøå");
        assert!(read.is_signed(KEY) && !read.is_signed("another"));
        // The same letters in the other encoding: their bytes are others, and so is the hash.
        let latin = "encoding=ISO-8859-1&ordertext=R%f8d";
        let read = Parameters::read(latin, b"", Encoding::Utf8);
        assert_eq!(read.get("ordertext"), "Rød");
        let hash = md5_of_bytes(b"ISO-8859-1R\xf8d", KEY);
        let signed = Parameters::read(&format!("{latin}&hash={hash}"), b"", Encoding::Utf8);
        assert!(signed.is_signed(KEY));
        // Without a name the setting decides.
        assert_eq!(Parameters::read("", b"a=%f8", Encoding::Latin1).get("a"), "ø");
        assert_eq!(Parameters::read("", b"a=%f8", Encoding::Utf8).get("a"), "\u{fffd}");
    }

    #[test]
    fn what_the_bytes_stand_for_is_told_whatever_they_are_read_as() {
        let meant = |query: &str, usual| {
            let read = Parameters::read(query, b"", usual);
            let Hashed { parameters, latin_1 } = read.hashed();
            (parameters[0].1.clone(), latin_1, read.misread().map(|said| said.contains("is not sent")))
        };
        for (query, usual, latin_1, misread) in [
            ("a=R%c3%b8d", Encoding::Latin1, false, Some(true)),
            ("a=R%c3%b8d", Encoding::Utf8, false, None),
            ("a=R%c3%b8d&encoding=UTF-8", Encoding::Latin1, false, None),
            ("a=R%f8d", Encoding::Latin1, true, None),
            ("a=R%f8d&encoding=UTF-8", Encoding::Latin1, true, Some(false)),
        ] {
            assert_eq!(meant(query, usual), ("Rød".to_owned(), latin_1, misread), "{query}");
        }
        assert_eq!(meant("a=Rod", Encoding::Latin1), ("Rod".to_owned(), false, None));
    }

    #[test]
    fn what_is_empty_unknown_or_repeated_is_hashed_at_its_place() {
        let read = Parameters::read("a=1&b=&hash=x", b"c=3&A=4&d", Encoding::Utf8);
        let names: Vec<_> = read.pairs().iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(names, ["a=1,4", "b=", "c=3", "d="]);
        let hash = md5_of_bytes(b"1,43", KEY);
        assert!(
            Parameters::read(&format!("a=1&b=&hash={hash}"), b"c=3&a=4&d", Encoding::Utf8).is_signed(KEY)
        );
    }
}
