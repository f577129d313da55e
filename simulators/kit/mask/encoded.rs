//! Words that are something else in base64 or in hexadecimal digits.

use std::ops::Range;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// The shortest word that a secret can be behind: four bytes, in base64.
const SHORTEST: usize = 6;
/// A line of base64 is at least so long where it goes on in the next.
const FULL_LINE: usize = 60;

/// However it ends.
const TOLERANT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The words that could be something else, and what they then are.
pub(super) fn encoded(text: &str) -> impl Iterator<Item = (Range<usize>, String)> + '_ {
    words(text)
        .flat_map(|word| {
            let whole = &text[word.clone()];
            // A path is one word for base64, and so is what stands in it.
            let parts = if whole.contains('/') { parts(whole, word.start) } else { Vec::new() };
            parts.into_iter().chain([word])
        })
        .flat_map(|word| {
            let written = &text[word.clone()];
            let read =
                [of_hex(written), of_base64(written)].into_iter().flatten().filter(|bytes| is_text(bytes));
            read.map(move |bytes| (word.clone(), plain(&bytes)))
        })
}

/// Whether bytes can be a text. Most words are no base64, and then they cannot.
fn is_text(bytes: &[u8]) -> bool {
    let is_letter = |byte: &&u8| (b' '..=b'~').contains(*byte) || b"\0\t\r\n".contains(*byte);
    bytes.iter().filter(is_letter).count() * 4 >= bytes.len() * 3
}

/// As text; between the letters of UTF-16 stand zeros.
fn plain(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace('\0', "")
}

fn parts(word: &str, start: usize) -> Vec<Range<usize>> {
    let mut at = start;
    let parts = word.split('/').map(|part| {
        let range = at..at + part.len();
        at = range.end + 1;
        range
    });
    parts.filter(|part| part.len() >= SHORTEST).collect()
}

/// The words of the letters that base64 has, the padding with them.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let bytes = text.as_bytes();
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte);
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + bytes[at..].iter().position(|byte| is_letter(*byte))?;
            let mut end = start;
            let mut line = start;
            loop {
                end += bytes[end..].iter().take_while(|byte| is_letter(**byte)).count();
                let broken = match &bytes[end..] {
                    [b'\r', b'\n', next, ..] if is_letter(*next) => 2,
                    [b'\n', next, ..] if is_letter(*next) => 1,
                    _ => 0,
                };
                if broken == 0 || end - line < FULL_LINE || !(end - line).is_multiple_of(4) {
                    break;
                }
                end += broken;
                line = end;
            }
            at = end + bytes[end..].iter().take(2).take_while(|byte| **byte == b'=').count();
            if end - start >= SHORTEST {
                return Some(start..at);
            }
        }
    })
}

fn of_hex(word: &str) -> Option<Vec<u8>> {
    let is_hex = word.len().is_multiple_of(2) && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let pairs = || word.as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    is_hex.then(|| pairs().filter_map(byte).collect())
}

fn of_base64(word: &str) -> Option<Vec<u8>> {
    let letters = word.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n' | b'='));
    let mut letters: Vec<u8> = letters
        .map(|byte| match byte {
            b'-' => b'+',
            b'_' => b'/',
            other => other,
        })
        .collect();
    // One letter more than whole bytes need tells nothing.
    if letters.len() % 4 == 1 {
        letters.pop();
    }
    TOLERANT.decode(letters).ok()
}
