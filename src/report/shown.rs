//! What people are shown of texts that somebody else wrote: nothing invisible, nothing endless.

use provkassa_simulators::kit::mask::visible;

/// The most characters of a line.
const LONGEST: usize = 2_000;
/// The most lines of a text.
const MOST: usize = 200;

/// A text as one line.
pub(super) fn line(text: &str) -> String {
    visible(&middle_left_out(text, LONGEST))
}

/// A text of several lines. Of very many the last ones are kept: they say how it ended.
pub(super) fn lines(text: &str) -> Vec<String> {
    let all: Vec<&str> = text.lines().collect();
    let left_out = all.len().saturating_sub(MOST);
    let first =
        (left_out > 0).then(|| format!("… {} …", counted(left_out, "line left out", "lines left out")));
    first.into_iter().chain(all[left_out..].iter().map(|text| line(text))).collect()
}

/// Lines that are made already, each no longer than can be read.
pub(super) fn bounded(lines: Vec<String>) -> Vec<String> {
    lines.into_iter().map(|text| middle_left_out(&text, LONGEST)).collect()
}

/// A text of at most so many characters; what is left out is counted.
pub(super) fn middle_left_out(text: &str, longest: usize) -> String {
    let length = if text.len() > longest { text.chars().count() } else { 0 };
    if length <= longest {
        return text.to_owned();
    }
    let (start, end) = (longest / 4 * 3, longest / 4);
    let head: String = text.chars().take(start).collect();
    let tail: String = text.chars().skip(length - end).collect();
    format!("{head}… {} …{tail}", counted(length - start - end, "character left out", "characters left out"))
}

/// `1 case`, `2 cases`, `12,000 cases`.
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

/// A number as it is read: `12,000`.
pub(super) fn number(count: usize) -> String {
    let digits = count.to_string();
    let mut shown = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        let read = [(0, "0"), (999, "999"), (1000, "1,000"), (123_456, "123,456"), (1_234_567, "1,234,567")];
        for (count, shown) in read {
            assert_eq!(number(count), shown);
        }
    }

    #[test]
    fn what_is_too_long_says_how_much_is_missing() {
        assert_eq!(middle_left_out("åäö", 3), "åäö");
        assert_eq!(middle_left_out("1234567890", 8), "123456… 2 characters left out …90");
        let long = lines(&"x\n".repeat(MOST + 1));
        assert_eq!((long.len(), long[0].as_str()), (MOST + 1, "… 1 line left out …"));
        assert_eq!(line("a\u{1b}[31m\u{202e}b"), "a\\u{1b}[31m\\u{202e}b");
        assert!(line(&"\u{1b}".repeat(100_000)).len() < LONGEST * 8);
    }
}
