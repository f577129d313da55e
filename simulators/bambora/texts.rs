//! What `getEpayError` and `getPbsError` say of a code, from `fixtures/bambora/texts.toml`.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// A text of the file, in every language for which texts are known.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    codes: Vec<String>,
    da: String,
    en: String,
    de: String,
    fr: String,
    it: String,
    nl: String,
}

impl Text {
    /// The text in a language, by ePay's number for it. That 0, which is automatic in the window, is Danish
    /// here, and that a language without texts gets English, is assumed.
    fn in_language(&self, language: i64) -> &str {
        match language {
            0 | 1 => &self.da,
            7 => &self.de,
            10 => &self.fr,
            12 => &self.it,
            13 => &self.nl,
            _ => &self.en,
        }
    }
}

/// The texts of the file. It is part of the program, and a test reads it: one that does not parse has none.
static TEXTS: LazyLock<Vec<Text>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct File {
        text: Vec<Text>,
    }
    let file = toml::from_str::<File>(include_str!("../../fixtures/bambora/texts.toml"));
    file.map_or_else(|_| Vec::new(), |file| file.text)
});

static BY_CODE: LazyLock<HashMap<&'static str, &'static Text>> = LazyLock::new(|| {
    TEXTS.iter().flat_map(|text| text.codes.iter().map(move |code| (code.as_str(), text))).collect()
});

/// What is said of a code in a language, by the window's numbers: 1 Danish, 2 English, 7 German, 10 French,
/// 12 Italian, 13 Dutch. `None` where nobody knows the code.
#[must_use]
pub fn text(code: &str, language: i64) -> Option<&'static str> {
    BY_CODE.get(code).map(|text| text.in_language(language))
}

#[cfg(test)]
mod tests {
    use super::super::codes::codes;
    use super::*;

    #[test]
    fn every_code_has_a_text_of_its_own_in_every_language() {
        for code in codes() {
            let texts: Vec<_> = [1, 2, 7, 10, 12, 13]
                .into_iter()
                .map(|language| text(&code.code, language).unwrap_or_default())
                .collect();
            for (place, one) in texts.iter().enumerate() {
                assert!(one.ends_with('.'), "{} in {place}: {one}", code.code);
                assert!(!texts[..place].contains(one), "{} in {place} is another language's", code.code);
            }
            assert_eq!(texts[1], code.text, "{} in English", code.code);
        }
    }

    #[test]
    fn no_text_is_for_a_code_that_does_not_exist_or_for_one_twice() {
        let named: Vec<_> = TEXTS.iter().flat_map(|text| &text.codes).collect();
        assert_eq!(named.len(), codes().len());
        assert_eq!(BY_CODE.len(), codes().len());
    }

    #[test]
    fn a_language_without_texts_gets_english_and_the_automatic_one_danish() {
        assert_eq!(text("-1009", 2), Some("Subscription was not found."));
        assert_eq!(text("-1009", 3), text("-1009", 2));
        assert_eq!(text("-1009", -7), text("-1009", 2));
        assert_eq!(text("118", 0), text("118", 1));
        assert_ne!(text("118", 1), text("118", 2));
        assert_eq!(text("7", 1), None);
    }
}
