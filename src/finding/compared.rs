//! Two strings with their difference marked. Brackets stand where a column would lie: characters are wide, or none at
//! all, as the terminal pleases.

use provkassa_simulators::kit::mask::visible;

/// Before what differs.
pub(super) const OPEN: char = '⟦';
/// Behind it.
pub(super) const CLOSE: char = '⟧';

/// So many characters are shown of what both have in common, on either side.
const AROUND: usize = 60;
/// So many of what differs.
const DIFFERENT: usize = 120;
/// So many of a value or a line that is shown whole.
const LINE: usize = 200;
/// So many at the end of a longer one.
const ENDING: usize = 20;
/// So many of a string that is compared with nothing.
const WHOLE: usize = 600;

/// Both strings with what differs in brackets; what they share is left out where it is long.
pub(super) fn marked(one: &str, other: &str) -> (String, String) {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let shorter = one.len().min(other.len());
    let before = one.iter().zip(&other).take_while(|(one, other)| one == other).count();
    let behind = one.iter().rev().zip(other.iter().rev()).take_while(|(one, other)| one == other).count();
    let behind = behind.min(shorter - before);
    let show = |all: &[char]| {
        let end = all.len() - behind;
        format!(
            "{}{OPEN}{}{CLOSE}{}",
            tail(&all[..before]),
            inner(&all[before..end]),
            head(&all[end..], AROUND)
        )
    };
    (show(&one), show(&other))
}

/// The string, cut where it is very long.
pub(super) fn shortened(text: &str) -> String {
    head(&text.chars().collect::<Vec<_>>(), WHOLE)
}

/// A value or a line; of a long one its two ends and its length, since nobody counts 256 letters.
pub(super) fn brief(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    if characters.len() <= LINE {
        return shown(&characters);
    }
    let (start, end) = characters.split_at(characters.len() - ENDING);
    format!("{}{} ({} characters)", head(start, AROUND), shown(end), length(text))
}

/// How long a value is: of `firstName: "…"` what stands between the quotes.
fn length(text: &str) -> usize {
    let quoted = text.find(": \"").map(|at| &text[at + 2..]);
    let value = quoted.and_then(|quoted| serde_json::from_str::<String>(quoted).ok());
    value.as_deref().unwrap_or(text).chars().count()
}

fn shown(characters: &[char]) -> String {
    visible(&characters.iter().collect::<String>())
}

/// Blanks are what may differ.
fn inner(characters: &[char]) -> String {
    let open: String = characters.iter().take(DIFFERENT).collect();
    let more = characters.len().saturating_sub(DIFFERENT);
    let more = if more > 0 { left_out(more) } else { String::new() };
    visible(&open).replace(' ', "␠") + &more
}

fn head(characters: &[char], most: usize) -> String {
    // To leave out less than it takes to say so helps nobody.
    if characters.len() <= most + 20 {
        return shown(characters);
    }
    shown(&characters[..most]) + &left_out(characters.len() - most)
}

/// Its last blank is no blank at an end.
fn tail(characters: &[char]) -> String {
    let start = if characters.len() <= AROUND + 20 { 0 } else { characters.len() - AROUND };
    let text: String = characters[start..].iter().collect();
    let blank = text.ends_with(' ');
    let text = visible(text.strip_suffix(' ').unwrap_or(&text)) + if blank { " " } else { "" };
    if start > 0 { left_out(start) + &text } else { text }
}

fn left_out(count: usize) -> String {
    format!("‹{count} more›")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_stands_in_brackets() {
        for (one, other, shown, other_shown) in [
            ("1http://as", "1http%3A%2F%2Fas", "1http⟦://⟧as", "1http⟦%3A%2F%2F⟧as"),
            ("a+b", "a b", "a⟦+⟧b", "a⟦␠⟧b"),
            ("ab", "abx", "ab⟦⟧", "ab⟦x⟧"),
            ("aa", "aaa", "aa⟦⟧", "aa⟦a⟧"),
            ("", "s", "⟦⟧", "⟦s⟧"),
            ("a b", "a c", "a ⟦b⟧", "a ⟦c⟧"),
            ("山田😀", "山田?", "山田⟦😀⟧", "山田⟦?⟧"),
            ("s", "s\n", "s⟦⟧", "s⟦\\n⟧"),
            ("a\u{a0}b", "a b", "a⟦\\u{a0}⟧b", "a⟦␠⟧b"),
        ] {
            assert_eq!(marked(one, other), (shown.to_owned(), other_shown.to_owned()));
        }
    }

    #[test]
    fn a_long_value_is_counted_without_its_name_and_its_quotes() {
        let letters = "å".repeat(256);
        for text in [letters.clone(), format!("firstName: \"{letters}\"")] {
            assert!(brief(&text).ends_with(" (256 characters)"), "{}", brief(&text));
        }
        let escaped = format!("firstName: \"{letters}\\n\"");
        assert!(brief(&escaped).ends_with(" (257 characters)"), "{}", brief(&escaped));
    }

    #[test]
    fn of_long_strings_the_place_of_the_difference_is_shown() {
        let (before, behind) = ("x".repeat(500), "y".repeat(300));
        let (one, _) = marked(&format!("{before}1{behind}"), &format!("{before}2{behind}"));
        assert_eq!(one, format!("‹440 more›{}⟦1⟧{}‹240 more›", "x".repeat(60), "y".repeat(60)));
    }
}
