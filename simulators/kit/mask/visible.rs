//! What cannot be seen, made visible.

/// Control characters and odd blanks made visible: a trailing newline is a common mistake.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            other if is_invisible(other) => {
                shown.push_str(&format!("\\u{{{:x}}}", u32::from(other)));
            }
            other => shown.push(other),
        }
    }
    if shown.ends_with(' ') {
        shown.pop();
        shown.push('␠');
    }
    shown
}

/// JSON in which what is invisible is escaped: the same value, and it can be copied from any page or terminal.
#[must_use]
pub fn escaped_json(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if is_invisible(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            escaped.push(character);
        }
    }
    escaped
}

/// Whether a character shows nothing of itself, or changes how others are shown: controls, odd blanks, joiners, what
/// turns the direction of the text, and what no text may hold.
fn is_invisible(character: char) -> bool {
    let nobody = u32::from(character) & 0xfffe == 0xfffe;
    let listed = matches!(character,
        '\u{a0}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}');
    let blank = character.is_whitespace() && character != ' ';
    character.is_control() || nobody || blank || listed
}

/// Bytes as text; those that are no UTF-8 as `\xNN`.
#[must_use]
pub fn readable(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("\\x{byte:02x}")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_shown() {
        assert_eq!(visible("a\nb\u{feff}c "), "a\\nb\\u{feff}c␠");
        let odd = serde_json::json!({"a": "\u{9b}\u{202e}\u{1fffe}\n\u{fffe}å"});
        let escaped = escaped_json(&odd.to_string());
        assert_eq!(escaped, "{\"a\":\"\\u009b\\u202e\\ud83f\\udffe\\n\\ufffeå\"}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&escaped).expect("JSON"), odd);
        assert_eq!(visible("\u{202e}\u{2066}\u{fffe}\u{9b}å"), "\\u{202e}\\u{2066}\\u{fffe}\\u{9b}å");
    }
}
