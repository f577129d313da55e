//! Texts that came from outside, fit to be looked at: without secrets, bounded, with nothing invisible in them.
//! The templates see to it that they are no markup.

use provkassa_simulators::kit::mask::{Masker, readable, visible};
use provkassa_simulators::kit::soap;

/// As much as fits a line.
pub(super) const LINE: usize = 160;
/// As much as is shown of a remark.
pub(super) const REMARK: usize = 1200;

/// A text of one line.
pub(super) fn line(masker: &Masker, text: &str, longest: usize) -> String {
    let shown = masker.text(&visible(text));
    if shown.chars().count() <= longest {
        return shown;
    }
    let start: String = shown.chars().take(longest).collect();
    format!("{start}…")
}

/// A body as text, with its lines.
pub(super) fn body(masker: &Masker, bytes: &[u8]) -> String {
    lines(&masker.text(&soap::text_of(bytes)))
}

/// A body whose bytes are no UTF-8, with those as `\xNN`; none where there are none.
pub(super) fn bytes(masker: &Masker, bytes: &[u8]) -> Option<String> {
    std::str::from_utf8(bytes).is_err().then(|| lines(&masker.text(&readable(bytes))))
}

fn lines(text: &str) -> String {
    text.split('\n').map(visible).collect::<Vec<_>>().join("\n")
}
