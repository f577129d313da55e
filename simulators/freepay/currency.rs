//! The currencies that a public .NET client of Freepay knows, by their numbers in ISO 4217.

const KNOWN: &[(u16, &str)] = &[(208, "DKK"), (578, "NOK"), (752, "SEK"), (978, "EUR")];

/// Danish kroner.
pub(super) const DKK: u16 = 208;

/// The letters of a currency; `None` where it is none of them.
pub(super) fn letters(number: u16) -> Option<&'static str> {
    KNOWN.iter().find(|(known, _)| *known == number).map(|(_, letters)| *letters)
}

/// The number of a currency; `None` where it is none of them.
pub(super) fn number(letters: &str) -> Option<u16> {
    KNOWN.iter().find(|(_, known)| known.eq_ignore_ascii_case(letters)).map(|(number, _)| *number)
}
