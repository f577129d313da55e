//! A text with the escapes undone in which a secret could hide, and where everything in it came from.

use std::ops::Range;

use super::{Hidden, splice};

/// The longest comment of markup that is looked over.
const LONGEST_COMMENT: usize = 4096;

/// A text, and for each of its bytes where it stood in the text that it was made of.
#[derive(Debug)]
pub(super) struct Layer {
    text: String,
    from: Vec<(usize, usize)>,
    hidden: Vec<Hidden>,
}

impl Layer {
    /// The text with its escapes undone so many times; none if the last time changes nothing.
    pub(super) fn undone(text: &str, depth: usize) -> Option<Self> {
        let mut layer = Self::once(text)?;
        for _ in 1..depth {
            let mut next = Self::once(&layer.text)?;
            for (start, end) in &mut next.from {
                (*start, *end) = (layer.from[*start].0, layer.from[*end - 1].1);
            }
            layer = next;
        }
        Some(layer)
    }

    fn once(text: &str) -> Option<Self> {
        if !text.bytes().any(|byte| matches!(byte, b'%' | b'\\' | b'&' | b'<' | 0)) {
            return None;
        }
        let (mut bytes, mut from) = (Vec::with_capacity(text.len()), Vec::with_capacity(text.len()));
        let mut at = 0;
        while at < text.len() {
            let (undone, length) =
                undo(&text.as_bytes()[at..]).unwrap_or(([Some(text.as_bytes()[at]), None, None, None], 1));
            for byte in undone.into_iter().flatten() {
                bytes.push(byte);
                from.push((at, at + length));
            }
            at += length;
        }
        (bytes.len() != text.len()).then(|| Self::of(&bytes, &from))
    }

    /// Bytes that are no UTF-8 are left as question marks.
    fn of(bytes: &[u8], from: &[(usize, usize)]) -> Self {
        let mut layer = Self {
            text: String::with_capacity(bytes.len()),
            from: Vec::with_capacity(bytes.len()),
            hidden: Vec::new(),
        };
        let mut at = 0;
        for chunk in bytes.utf8_chunks() {
            layer.text.push_str(chunk.valid());
            layer.from.extend(&from[at..at + chunk.valid().len()]);
            at += chunk.valid().len();
            for _ in chunk.invalid() {
                layer.text.push('?');
                layer.from.push(from[at]);
                at += 1;
            }
        }
        layer
    }

    /// The text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Hides what was found in the text, which is then without it.
    pub(super) fn hide(&mut self, found: &[Hidden]) {
        if found.is_empty() {
            return;
        }
        let mut from = Vec::with_capacity(self.from.len());
        let mut kept = 0;
        for (range, shown) in found {
            from.extend(&self.from[kept..range.start]);
            let place = (self.from[range.start].0, self.from[range.end - 1].1);
            from.extend(std::iter::repeat_n(place, shown.len()));
            self.hidden.push((place.0..place.1, shown.clone()));
            kept = range.end;
        }
        from.extend(&self.from[kept..]);
        self.text = splice(&self.text, found);
        self.from = from;
    }

    /// What was hidden, as places in the text that this was made of.
    pub(super) fn hidden(self) -> Vec<Hidden> {
        let mut hidden = self.hidden;
        hidden.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
        let mut apart: Vec<Hidden> = Vec::new();
        for (range, shown) in hidden {
            match apart.last_mut() {
                // What was hidden in pieces is hidden from its beginning to its end.
                Some((last, _)) if range.start < last.end => last.end = last.end.max(range.end),
                _ => apart.push((range, shown)),
            }
        }
        apart
    }
}

/// What an escape stands for, up to four bytes, and how long it is; none if none begins here.
fn undo(bytes: &[u8]) -> Option<([Option<u8>; 4], usize)> {
    match bytes {
        [0, ..] => Some(([None; 4], 1)),
        [b'%' | b'\\', rest @ ..] if bytes[0] == b'%' || rest.first() == Some(&b'x') => {
            let digits = usize::from(bytes[0] == b'\\') + 1;
            let byte = number(bytes, digits..digits + 2, 16)?;
            Some(([u8::try_from(byte).ok(), None, None, None], digits + 2))
        }
        [b'\\', b'u', b'{', rest @ ..] => {
            let length = rest.iter().take(7).position(|byte| *byte == b'}')?;
            Some((utf8(number(rest, 0..length, 16)?), length + 4))
        }
        [b'\\', b'u', ..] => Some((utf8(number(bytes, 2..6, 16)?), 6)),
        [b'\\', escaped, ..] => {
            let byte = match escaped {
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'"' | b'\'' | b'/' | b'\\' => *escaped,
                _ => return None,
            };
            Some(([Some(byte), None, None, None], 2))
        }
        [b'&', rest @ ..] => {
            let length = rest.iter().take(10).position(|byte| *byte == b';')?;
            let named = match &rest[..length] {
                b"amp" => u32::from(b'&'),
                b"lt" => u32::from(b'<'),
                b"gt" => u32::from(b'>'),
                b"quot" => u32::from(b'"'),
                b"apos" => u32::from(b'\''),
                [b'#', b'x' | b'X', ..] => number(rest, 2..length, 16)?,
                [b'#', ..] => number(rest, 1..length, 10)?,
                _ => return None,
            };
            Some((utf8(named), length + 2))
        }
        [b'<', b'!', b'-', b'-', rest @ ..] => {
            let end = rest.windows(3).take(LONGEST_COMMENT).position(|three| three == b"-->")?;
            Some(([None; 4], end + 7))
        }
        _ if bytes.starts_with(b"<![CDATA[") => Some(([None; 4], 9)),
        _ => None,
    }
}

fn number(bytes: &[u8], digits: Range<usize>, radix: u32) -> Option<u32> {
    let digits = std::str::from_utf8(bytes.get(digits)?).ok()?;
    // A sign is none of an escape's.
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    u32::from_str_radix(digits, radix).ok()
}

fn utf8(code: u32) -> [Option<u8>; 4] {
    let mut written = [0; 4];
    // Half of a pair stands for nothing that a secret or a card could be made of.
    let text = char::from_u32(code).unwrap_or('?').encode_utf8(&mut written).len();
    let mut bytes = [None; 4];
    for (place, byte) in bytes.iter_mut().zip(&written[..text]) {
        *place = Some(*byte);
    }
    bytes
}
