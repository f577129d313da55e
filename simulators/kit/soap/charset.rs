//! The encodings in which a body comes: by its byte order mark, the header, or the XML declaration.

use std::borrow::Cow;

use super::xml::Malformed;

/// How bytes stand for characters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Charset {
    Latin1,
    Utf16 { big: bool },
    Utf8,
}

impl Charset {
    fn named(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        Some(match name.as_str() {
            "utf-8" | "utf8" | "us-ascii" | "ascii" => Self::Utf8,
            "iso-8859-1" | "iso8859-1" | "latin1" | "windows-1252" => Self::Latin1,
            "utf-16" | "utf-16le" | "unicode" => Self::Utf16 { big: false },
            "utf-16be" => Self::Utf16 { big: true },
            _ => return None,
        })
    }

    /// By the byte order mark; and how long that is.
    fn marked(body: &[u8]) -> Option<(Self, usize)> {
        match body {
            [0xef, 0xbb, 0xbf, ..] => Some((Self::Utf8, 3)),
            [0xff, 0xfe, ..] => Some((Self::Utf16 { big: false }, 2)),
            [0xfe, 0xff, ..] => Some((Self::Utf16 { big: true }, 2)),
            _ => None,
        }
    }

    /// The text; what is no character becomes U+FFFD.
    fn decode(self, body: &[u8]) -> Cow<'_, str> {
        match self {
            Self::Utf8 => String::from_utf8_lossy(body),
            Self::Latin1 => body.iter().map(|byte| char::from(*byte)).collect::<String>().into(),
            Self::Utf16 { big } => {
                let units = body.chunks(2).map(|unit| match *unit {
                    [first, second] if big => u16::from_be_bytes([first, second]),
                    [first, second] => u16::from_le_bytes([first, second]),
                    _ => 0xfffd,
                });
                char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{fffd}')).collect::<String>().into()
            }
        }
    }
}

/// A document's text. `charset` is what the header says, and goes before what the document says itself; bytes
/// that are no characters then are replaced, otherwise refused: ASP.NET's own behaviour.
pub(super) fn decode<'a>(body: &'a [u8], charset: Option<&str>) -> Result<Cow<'a, str>, Malformed> {
    if let Some((marked, length)) = Charset::marked(body) {
        return Ok(marked.decode(&body[length..]));
    }
    if let Some(known) = charset.and_then(Charset::named) {
        return Ok(known.decode(body));
    }
    let refused = |at: usize, message: String| {
        let before = String::from_utf8_lossy(&body[..at]);
        Err(Malformed::at(&before, before.len(), message))
    };
    let declared = declared(body);
    match declared.map_or(Some(Charset::Utf8), Charset::named) {
        None => refused(0, format!("System does not support '{}' encoding.", declared.unwrap_or_default())),
        Some(Charset::Utf8) => match std::str::from_utf8(body) {
            Ok(text) => Ok(Cow::Borrowed(text)),
            Err(error) => refused(error.valid_up_to(), "Invalid character in the given encoding.".to_owned()),
        },
        Some(Charset::Latin1) => Ok(Charset::Latin1.decode(body)),
        // The declaration could be read, so it is not written in this.
        Some(Charset::Utf16 { .. }) => {
            refused(0, "There is no Unicode byte order mark. Cannot switch to Unicode.".to_owned())
        }
    }
}

/// A body's text as well as it can be told, whatever is wrong with it.
pub(super) fn tolerant(body: &[u8]) -> Cow<'_, str> {
    match Charset::marked(body) {
        Some((marked, length)) => marked.decode(&body[length..]),
        // Markup whose letters have a zero beside them.
        None => match body {
            [b'<', 0, ..] => Charset::Utf16 { big: false }.decode(body),
            [0, b'<', ..] => Charset::Utf16 { big: true }.decode(body),
            _ => Charset::Utf8.decode(body),
        },
    }
}

/// The encoding that the XML declaration names.
fn declared(body: &[u8]) -> Option<&str> {
    let declaration = body.strip_prefix(b"<?xml")?;
    let end = declaration.windows(2).position(|pair| pair == b"?>")?;
    let declaration = std::str::from_utf8(&declaration[..end]).ok()?;
    let (_, rest) = declaration.split_once("encoding")?;
    let value = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    value[1..].split(quote).next()
}
