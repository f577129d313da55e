//! Whether a text arrived at the provider as it was given to the shop.

use provkassa_simulators::kit::escape::component;

use super::template::Purchase;

/// A text that did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Garbled {
    /// As the shop got it.
    pub(super) given: String,
    /// As the provider has it.
    pub(super) arrived: String,
    /// What happened to it.
    pub(super) how: &'static str,
}

/// What is made of a text on the way between two programs.
type Way = fn(&str) -> String;

/// Ways in which texts go wrong, and what each makes of one.
const WAYS: &[(&str, Way)] = &[
    ("its UTF-8 was read as ISO-8859-1", |text| text.bytes().map(char::from).collect()),
    ("what ISO-8859-1 does not have was lost", |text| without(text, 'ÿ')),
    ("what ASCII does not have was lost", |text| without(text, '\u{7f}')),
    ("HTML's escapes were left in", |text| html(text, "&quot;", "&#39;")),
    ("HTML's escapes were left in", |text| html(text, "&#34;", "&#x27;")),
    ("HTML's escapes were left in", |text| html(text, "&quot;", "&#039;")),
    ("HTML's escapes were left in", |text| html(text, "\"", "'")),
    ("percent-encoding was left in", component),
    ("backslashes were left in", |text| text.replace('\\', "\\\\").replace('"', "\\\"")),
    ("its + became a blank", |text| text.replace('+', " ")),
];

fn without(text: &str, last: char) -> String {
    text.chars().map(|one| if one > last { '?' } else { one }).collect()
}

fn html(text: &str, double: &str, single: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', double).replace('\'', single)
}

/// The first of an order's texts that is garbled among those that arrived at the provider. A text that is not there at
/// all is none of them, nor one that is cut or that the shop has put something into.
pub(super) fn garbled(purchase: &Purchase, arrived: &[String]) -> Option<Garbled> {
    let given = [&purchase.name, &purchase.email, &purchase.description];
    // In an address everything is escaped.
    let arrived = arrived.iter().filter(|text| !text.starts_with("http"));
    arrived.into_iter().find_map(|arrived| compared(&given, arrived))
}

/// What became of one of the texts, if this is it.
fn compared(given: &[&String], arrived: &str) -> Option<Garbled> {
    let found = |given: &str, how| Garbled { given: given.to_owned(), arrived: arrived.to_owned(), how };
    // It begins like one, and then something is no character.
    if let Some((start, _)) = arrived.split_once('\u{fffd}') {
        let of = given.iter().find(|text| !start.is_empty() && text.starts_with(start));
        let of = of.or_else(|| given.iter().find(|text| !text.is_ascii()))?;
        let how = "a character is cut in two, or was read in another encoding";
        return (!of.contains('\u{fffd}')).then(|| found(of, how));
    }
    let is_given =
        |text: &str| given.iter().any(|known| *known == text || words(known).any(|word| word == text));
    for text in given {
        for (how, way) in WAYS {
            let whole = way(text.trim());
            if whole != text.trim() && whole == arrived.trim() && !is_given(&whole) {
                return Some(found(text, how));
            }
            let word = words(text).find(|word| {
                let other = way(word);
                // A blank, or `?` alone, is anybody's.
                let is_telling = other.chars().any(char::is_alphanumeric);
                is_telling && other != **word && !is_given(&other) && words(arrived).any(|word| word == other)
            });
            if let Some(word) = word {
                return Some(found(word, how));
            }
        }
    }
    None
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn how(given: &str, arrived: &str) -> Option<&'static str> {
        compared(&[&given.to_owned(), &"anna@example.com".to_owned()], arrived).map(|found| found.how)
    }

    #[test]
    fn what_happened_to_a_text_is_named() {
        for (given, arrived, says) in [
            ("Łukasz Żak", "?ukasz ?ak", "ISO-8859-1 does not have"),
            ("Łukasz Żak", "?ak", "ISO-8859-1 does not have"),
            ("Åsa Ek", "Ã\u{85}sa Ek", "read as ISO-8859-1"),
            ("Bo & Co", "Bo &amp; Co", "HTML"),
            ("Åsa", "%C3%85sa", "percent-encoding"),
            ("Anna+Bo", "Anna Bo", "became a blank"),
            ("ååå", "åå\u{fffd}", "cut in two"),
            ("😀", "?", "ISO-8859-1 does not have"),
        ] {
            assert!(
                how(given, arrived).is_some_and(|how| how.contains(says)),
                "{given}: {:?}",
                how(given, arrived)
            );
        }
    }

    #[test]
    fn what_is_as_it_was_or_another_text_is_let_alone() {
        for (given, arrived) in [
            ("Åsa Ek", "Åsa"),
            ("Åsa Ek", "Order 7, Åsa Ek"),
            ("Åsa Ek", "DKK"),
            ("a?b", "a?b"),
            ("Bo &amp; Co", "Bo &amp; Co"),
            ("Bo & Co", "Bo"),
            (" Max ", "Max"),
        ] {
            assert_eq!(how(given, arrived), None, "{given}: {arrived}");
        }
    }
}
