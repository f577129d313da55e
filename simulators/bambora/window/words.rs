//! What the window's pages say, in English and Danish. Texts of ePay's other languages are nowhere to be seen:
//! they get English.

use crate::bambora::texts;
use crate::kit::reader::{self, Reader};

/// The window's languages, by their numbers; 0 is the browser's.
const LANGUAGES: &[&str] = &[
    "",
    "Danish",
    "English",
    "Swedish",
    "Norwegian",
    "Greenlandic",
    "Icelandic",
    "German",
    "Finnish",
    "Spanish",
    "French",
    "Polish",
    "Italian",
    "Dutch",
];
const DANISH: u8 = 1;
const ENGLISH: u8 = 2;

/// The words of a language.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Words {
    /// ePay's number for it.
    number: u8,
    pub(super) error: &'static str,
    pub(super) pay: &'static str,
    pub(super) pay_by_card: &'static str,
    pub(super) pay_otherwise: &'static str,
    pub(super) sign_up: &'static str,
    pub(super) store: &'static str,
    pub(super) order: &'static str,
    pub(super) fee: &'static str,
    pub(super) card_number: &'static str,
    pub(super) month: &'static str,
    pub(super) year: &'static str,
    pub(super) cvc: &'static str,
    pub(super) cancel: &'static str,
    pub(super) approve: &'static str,
    pub(super) decline: &'static str,
    pub(super) let_refuse: &'static str,
    pub(super) you_pay_with: &'static str,
    pub(super) bad_number: &'static str,
    pub(super) bad_month: &'static str,
    pub(super) bad_year: &'static str,
    pub(super) bad_cvc: &'static str,
    pub(super) refused: &'static str,
    pub(super) try_again: &'static str,
    pub(super) thanks: &'static str,
    pub(super) paid: &'static str,
    pub(super) stored: &'static str,
    pub(super) paid_before: &'static str,
    pub(super) cancelled: &'static str,
    pub(super) nothing_paid: &'static str,
    pub(super) cannot: &'static str,
    pub(super) go_back: &'static str,
    pub(super) go_on: &'static str,
    pub(super) to_shop: &'static str,
    pub(super) close: &'static str,
}

const IN_ENGLISH: Words = Words {
    number: ENGLISH,
    error: "Error",
    pay: "Pay",
    pay_by_card: "Pay by card",
    pay_otherwise: "Other ways to pay",
    sign_up: "Sign up with a card",
    store: "Store the card",
    order: "Order",
    fee: "Card fee",
    card_number: "Card number",
    month: "Month",
    year: "Year",
    cvc: "Security code",
    cancel: "Cancel",
    approve: "Approve",
    decline: "Refuse",
    let_refuse: "Let the bank refuse",
    you_pay_with: "You pay with",
    bad_number: "The card number is not right. Check the digits.",
    bad_month: "The month is not right: 1 to 12.",
    bad_year: "The year is not right: as 30 or 2030.",
    bad_cvc: "The security code has three or four digits.",
    refused: "The payment was refused.",
    try_again: "Try again, or use another card.",
    thanks: "Thank you",
    paid: "The payment went well.",
    stored: "The card is stored.",
    paid_before: "This has been paid already, and is not paid again.",
    cancelled: "Cancelled",
    nothing_paid: "Nothing was paid.",
    cannot: "This payment cannot be made",
    go_back: "Go back to the shop and try again. Nothing was paid.",
    go_on: "Continue to the shop",
    to_shop: "Back to the shop",
    close: "You can close this page.",
};

const IN_DANISH: Words = Words {
    number: DANISH,
    error: "Fejl",
    pay: "Betal",
    pay_by_card: "Betal med kort",
    pay_otherwise: "Andre måder at betale på",
    sign_up: "Tilmeld med kort",
    store: "Gem kortet",
    order: "Ordre",
    fee: "Kortgebyr",
    card_number: "Kortnummer",
    month: "Måned",
    year: "År",
    cvc: "Kontrolcifre",
    cancel: "Annuller",
    approve: "Godkend",
    decline: "Afvis",
    let_refuse: "Lad banken afvise",
    you_pay_with: "Du betaler med",
    bad_number: "Kortnummeret er ikke rigtigt. Se cifrene efter.",
    bad_month: "Måneden er ikke rigtig: 1 til 12.",
    bad_year: "Året er ikke rigtigt: som 30 eller 2030.",
    bad_cvc: "Kontrolcifrene er tre eller fire.",
    refused: "Betalingen blev afvist.",
    try_again: "Prøv igen, eller brug et andet kort.",
    thanks: "Tak",
    paid: "Betalingen er gennemført.",
    stored: "Kortet er gemt.",
    paid_before: "Dette er allerede betalt og betales ikke igen.",
    cancelled: "Annulleret",
    nothing_paid: "Der er ikke betalt noget.",
    cannot: "Betalingen kan ikke gennemføres",
    go_back: "Gå tilbage til butikken, og prøv igen. Der er ikke betalt noget.",
    go_on: "Videre til butikken",
    to_shop: "Tilbage til butikken",
    close: "Du kan lukke denne side.",
};

impl Words {
    /// The words that somebody reads.
    pub(super) fn of(reader: &Reader) -> &'static Self {
        if reader.language == reader::DANISH { &IN_DANISH } else { &IN_ENGLISH }
    }

    /// What ePay says of a code, in the language that was asked for: the web services' texts have more languages
    /// than the pages. Empty where nobody knows the code.
    pub(super) fn code(&self, code: &str, language: u8) -> &'static str {
        let number = if language > ENGLISH { language } else { self.number };
        texts::text(code, i64::from(number)).unwrap_or_default()
    }
}

/// What a language of ePay's number asks for; 0 leaves it to the browser.
pub(super) fn asked(language: u8) -> Option<reader::Language> {
    match language {
        0 => None,
        DANISH => Some(reader::DANISH),
        _ => Some(reader::ENGLISH),
    }
}

/// The name of a language that was asked for and has no words here.
pub(super) fn missing(language: u8) -> Option<&'static str> {
    LANGUAGES.get(usize::from(language)).copied().filter(|_| language > ENGLISH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_asked_for_or_the_browsers_own() {
        let code = |language| asked(language).map(|asked| asked.code);
        assert_eq!((code(0), code(1), code(2), code(7)), (None, Some("da"), Some("en"), Some("en")));
        assert_eq!((missing(0), missing(1), missing(2), missing(7)), (None, None, None, Some("German")));
        assert_eq!(LANGUAGES.len(), 14);
    }

    #[test]
    fn codes_speak_the_pages_language() {
        assert!(IN_DANISH.code("-1018", 0) != IN_ENGLISH.code("-1018", 0));
        assert!(!IN_DANISH.code("116", 1).is_empty());
        assert_eq!(IN_ENGLISH.code("7", 2), "");
        let of = |language| Words::of(&Reader::now(reader::DANISH, asked(language))).code("116", language);
        for language in [7, 10, 12, 13] {
            assert_ne!(of(language), of(2), "{language}");
        }
        assert_eq!(of(3), of(2), "no Swedish");
    }
}
