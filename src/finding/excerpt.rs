//! What is shown of a long string: the part around the first difference.

/// The most characters before that place, and after it.
const AROUND: usize = 500;

/// The part of a text around a place, counted in characters, and where the place is in it.
pub(super) fn around(text: &str, place: usize) -> (String, usize) {
    let skipped = place.saturating_sub(AROUND);
    let start = if skipped > 0 { format!("… {skipped} characters left out …") } else { String::new() };
    let shown: String = text.chars().skip(skipped).take(place - skipped + AROUND).collect();
    let left = text.chars().skip(place + AROUND).count();
    let end = if left > 0 { format!("… {left} characters left out …") } else { String::new() };
    (format!("{start}{shown}{end}"), start.chars().count() + place - skipped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_always_in_it() {
        assert_eq!(around("abc", 2), ("abc".to_owned(), 2));
        assert_eq!(around("", 0), (String::new(), 0));
        let long = format!("{}x{}", "å".repeat(10_000), "b".repeat(10_000));
        let (part, place) = around(&long, 10_000);
        assert_eq!(part.chars().nth(place), Some('x'));
        assert!(
            part.starts_with("… 9500 characters left out …å")
                && part.ends_with("b… 9501 characters left out …")
        );
    }
}
