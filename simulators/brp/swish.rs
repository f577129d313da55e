//! Swish's name for a payer.

/// A phone number as Swish takes it: digits alone, the country code first. `swedish` takes Swedish
/// mobile numbers alone.
///
/// Swish takes 8 to 15 digits. That blanks and signs are passed over, and that a leading 0 stands for
/// Sweden, is assumed; the document's own sample, `07354254242`, has a digit too many for a Swedish
/// number and is taken.
#[must_use]
pub(super) fn normalised(alias: &str, swedish: bool) -> Option<String> {
    let bare: String = alias.trim().chars().filter(|character| !" -().\u{a0}".contains(*character)).collect();
    let international = bare.strip_prefix('+').or_else(|| bare.strip_prefix("00"));
    let digits = match (international, bare.strip_prefix('0')) {
        (Some(rest), _) => rest.to_owned(),
        (None, Some(rest)) => format!("46{rest}"),
        (None, None) => bare,
    };
    let fits = (8..=15).contains(&digits.len())
        && digits.bytes().all(|digit| digit.is_ascii_digit())
        && !digits.starts_with('0');
    let is_swedish = || {
        let rest = digits.strip_prefix("467").unwrap_or("");
        rest.len() == 8 && rest.starts_with(['0', '2', '3', '6', '9'])
    };
    (fits && (!swedish || is_swedish())).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::normalised;

    #[test]
    fn a_number_is_taken_in_every_usual_spelling() {
        for (alias, expected) in [
            ("07354254242", Some("467354254242")),
            ("0701234567", Some("46701234567")),
            ("+46 70-123 45 67", Some("46701234567")),
            ("0046701234567", Some("46701234567")),
            ("46701234567", Some("46701234567")),
            ("(070) 123.45.67", Some("46701234567")),
            ("+4791234567", Some("4791234567")),
            ("", None),
            ("0", None),
            ("070123x567", None),
            ("1234567", None),
            ("1234567890123456", None),
            ("++46701234567", None),
            ("00046701234567", None),
            ("٠٧٠١٢٣٤٥٦٧", None),
        ] {
            assert_eq!(normalised(alias, false).as_deref(), expected, "{alias}");
        }
        assert_eq!(normalised("07354254242", true), None);
        assert_eq!(normalised("0735425424", true).as_deref(), Some("46735425424"));
        assert_eq!(normalised("+4791234567", true), None);
    }
}
