//! What people are shown of texts that somebody else wrote: nothing invisible, nothing endless.

use provkassa_simulators::kit::mask::visible;

/// The most characters of a line.
const LONGEST: usize = 2_000;
/// The most lines of a text.
const MOST: usize = 200;
/// How many of the first ones are kept of more.
const FIRST: usize = 40;

/// A text as one line.
pub(super) fn line(text: &str) -> String {
    visible(&middle_left_out(text, LONGEST))
}

/// A text of several lines.
pub(super) fn lines(text: &str) -> Vec<String> {
    few(text.lines().map(line).collect(), MOST, FIRST)
}

/// What a program reports of itself, its first line and those that belong to it: these stand two blanks to the right of
/// it, and as far from each other as they were. At most so many lines are shown.
pub(super) fn trace(text: &str, most: usize) -> Vec<String> {
    let text = text.trim_end().replace('\t', "    ");
    let blanks = |text: &str| text.len() - text.trim_start_matches(' ').len();
    let rest = text.lines().skip(1).filter(|text| !text.trim().is_empty());
    let margin = rest.map(blanks).min().unwrap_or(0);
    let shown = text.lines().enumerate().map(|(place, text)| match place {
        0 => line(text),
        _ => format!("  {}", line(text.get(margin..).unwrap_or_default())).trim_end().to_owned(),
    });
    few(shown.collect(), most, most / 3 * 2)
}

/// What a program wrote by and by: at most so many lines, the first ones and the last ones.
pub(super) fn log(text: &str, most: usize) -> Vec<String> {
    let text = text.trim_end().replace('\t', "    ");
    few(text.lines().map(line).collect(), most, most / 3 * 2)
}

/// Lines that are made already: none longer than can be read, and not too many.
pub(super) fn bounded(lines: Vec<String>) -> Vec<String> {
    few(lines.into_iter().map(|text| middle_left_out(&text, LONGEST)).collect(), MOST, FIRST)
}

/// Of very many lines the first ones, which say what it is, and the last ones, which say how it ended.
fn few(mut lines: Vec<String>, most: usize, first: usize) -> Vec<String> {
    let left_out = lines.len().saturating_sub(most);
    if left_out > 0 {
        let said = format!("… {} …", counted(left_out, "line left out", "lines left out"));
        lines.splice(first..first + left_out, [said]);
    }
    lines
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
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
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
    fn a_trace_is_indented_and_bounded() {
        let shown = ["TypeError: no", "  at a", "    at b", "", "  at c"];
        for text in
            ["TypeError: no\n    at a\n      at b\n\n    at c\n", "TypeError: no\n\tat a\n\t  at b\n\n\tat c"]
        {
            assert_eq!(trace(text, 30), shown);
        }
        assert_eq!(trace("a\nb", 30), ["a", "  b"]);
        let long = trace(&"x\n".repeat(100), 30);
        assert_eq!((long.len(), long[20].as_str()), (31, "… 70 lines left out …"));
    }

    #[test]
    fn what_is_too_long_says_how_much_is_missing() {
        assert_eq!(middle_left_out("åäö", 3), "åäö");
        assert_eq!(middle_left_out("1234567890", 8), "123456… 2 characters left out …90");
        let long = lines(&"x\n".repeat(MOST + 1));
        assert_eq!((long.len(), long[FIRST].as_str()), (MOST + 1, "… 1 line left out …"));
        assert_eq!(line("a\u{1b}[31m\u{202e}b"), "a\\u{1b}[31m\\u{202e}b");
        assert!(line(&"\u{1b}".repeat(100_000)).len() < LONGEST * 8);
    }
}
