//! What is shown never contains a secret or a real card number.

mod cards;

pub use cards::{MAGIC_CARD_PREFIX, luhn, magic_card, magic_code};
use cards::{SHORTEST_CARD, cards, is_test_card};

use std::borrow::Cow;

use percent_encoding::percent_decode;

use super::provider::Credential;

/// Shorter secrets are words that occur by chance; hiding them would garble what is shown.
const SHORTEST_SECRET: usize = 4;

/// Hides secrets behind their names: `‹BRP_SECRET›`.
#[derive(Clone, Debug, Default)]
pub struct Masker {
    secrets: Vec<(Cow<'static, str>, String)>,
}

impl Masker {
    /// Hides the secret ones of these.
    pub fn new<'a>(credentials: impl IntoIterator<Item = &'a Credential>) -> Self {
        let mut secrets: Vec<_> = credentials
            .into_iter()
            .filter(|credential| credential.secret && credential.value.len() >= SHORTEST_SECRET)
            .map(|credential| (credential.name.into(), credential.value.clone()))
            .collect();
        // A secret may hold another one; the longer goes first.
        secrets.sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
        Self { secrets }
    }

    /// Hides these too.
    #[must_use]
    pub fn and(mut self, more: impl IntoIterator<Item = (Cow<'static, str>, String)>) -> Self {
        self.secrets.extend(more.into_iter().filter(|(_, value)| value.len() >= SHORTEST_SECRET));
        self.secrets.sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
        self
    }

    /// Text without secrets, card numbers and invisible characters.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let mut shown = cards(text);
        for (name, secret) in &self.secrets {
            if shown.contains(secret.as_str()) {
                shown = shown.replace(secret.as_str(), &format!("‹{name}›"));
            }
        }
        fields(&shown)
    }

    /// A header's value; credentials of the HTTP kind are hidden whole.
    #[must_use]
    pub fn header(&self, name: &str, value: &str) -> String {
        match name.to_ascii_lowercase().as_str() {
            "authorization" | "proxy-authorization" => value
                .split_once(' ')
                .map_or_else(|| "‹credential›".to_owned(), |(scheme, _)| format!("{scheme} ‹credential›")),
            "cookie" | "set-cookie" => "‹cookie›".to_owned(),
            _ => self.text(value),
        }
    }
}

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

/// The JSON fields whose texts are never shown: what a login hands out and takes back, and passwords.
const HIDDEN_FIELDS: &[&str] = &["access_token", "cvc", "cvd", "password", "refreshToken", "refresh_token"];
/// The elements of XML whose texts are never shown, in any case: passwords of web services.
const HIDDEN_ELEMENTS: &[&str] = &["cvc", "password", "pwd"];
/// How long the tag of such an element can be.
const LONGEST_TAG: usize = 200;
/// The elements and form fields with a card's number, in any case: so much is left as [`cards`] leaves.
const NUMBERS: &[&str] = &["card[number]", "cardno", "cardnumber"];
/// The form fields whose values are never shown, in any case. A key has no business there.
const HIDDEN_INPUTS: &[&str] = &["card[cvc]", "card[cvd]", "cvc", "cvd", "md5key", "password", "pwd"];
/// How long the name of such a field can be, percent-encoded.
const LONGEST_NAME: usize = 40;
/// What secret keys of payment providers begin with: whoever sends one by mistake is not to find it in a log.
const SECRET_KEYS: &[&str] = &["rk_live_", "rk_test_", "sk_live_", "sk_test_"];

/// Hides the texts of fields that are never shown, in JSON of any spacing, in XML and in forms. One way through
/// the text, however many there are.
fn fields(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut shown = String::with_capacity(text.len());
    let (mut kept, mut at) = (0, 0);
    while at < bytes.len() {
        let hidden = match bytes[at] {
            b'"' => json_value(text, at),
            b'<' => xml_value(text, at),
            _ => None,
        };
        match hidden.or_else(|| form_value(text, at)).or_else(|| secret_key(text, at)) {
            Some((start, end)) => {
                shown.push_str(&text[kept..start]);
                shown.push_str("‹hidden›");
                (kept, at) = (end, end);
            }
            None => at += 1,
        }
    }
    shown.push_str(&text[kept..]);
    shown
}

/// Where the text of a hidden JSON field begins and ends, if its name's quote stands here.
fn json_value(text: &str, at: usize) -> Option<(usize, usize)> {
    let behind = &text[at + 1..];
    let rest = HIDDEN_FIELDS.iter().find_map(|name| behind.strip_prefix(name)?.strip_prefix('"'))?;
    let value = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    let start = text.len() - value.len();
    let mut escaped = false;
    let end = value.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    let end = start + end.unwrap_or(value.len());
    (!is_named(&text[start..end])).then_some((start, end))
}

/// Where the text of a hidden element of XML begins and ends, if its tag stands here. What stands in it may be
/// split by comments.
fn xml_value(text: &str, at: usize) -> Option<(usize, usize)> {
    // No such tag is longer, and a text of nothing but `<` must not be searched over and over.
    let close = text.as_bytes()[at + 1..].iter().take(LONGEST_TAG).position(|byte| *byte == b'>')?;
    let (tag, value) = (&text[at + 1..at + 1 + close], &text[at + 2 + close..]);
    let whole = tag.split(|character: char| character.is_ascii_whitespace() || character == '/').next()?;
    let name = whole.rsplit(':').next()?;
    let among = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    let is_number = among(NUMBERS);
    if tag.ends_with('/') || !(is_number || among(HIDDEN_ELEMENTS)) {
        return None;
    }
    let start = text.len() - value.len();
    let end = start + value.find(&format!("</{whole}")).unwrap_or(value.len());
    let shown = &text[start..end];
    let readable = is_number && !shown.contains(['<', '&']) && is_readable_number(shown);
    (end > start && !readable && !is_named(shown)).then_some((start, end))
}

/// Where the value of a hidden form field begins and ends, if its name stands here. The name may be
/// percent-encoded.
fn form_value(text: &str, at: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let first = at == 0 || b"&;? \n\"".contains(&bytes[at - 1]);
    if !first || !text.is_char_boundary(at) {
        return None;
    }
    let length = bytes[at..].iter().take(LONGEST_NAME).position(|byte| *byte == b'=')?;
    let name = percent_decode(&bytes[at..at + length]).collect::<Vec<_>>();
    let among = |names: &[&str]| names.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()));
    let is_number = among(NUMBERS);
    if !(is_number || among(HIDDEN_INPUTS)) {
        return None;
    }
    let start = at + length + 1;
    let end = start + text[start..].find(['&', '"', '\n', ' ']).unwrap_or(text.len() - start);
    let shown = &text[start..end];
    let readable = is_number && is_readable_number(&shown.replace("%20", ""));
    (end > start && !readable && !is_named(shown)).then_some((start, end))
}

/// Whether what stands for a card's number may be read: it is masked already, too short, or a test card's.
fn is_readable_number(shown: &str) -> bool {
    let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
    shown.contains('•') || digits.len() < SHORTEST_CARD || is_test_card(&digits)
}

/// Where a secret key goes on behind what tells it, if it begins here.
fn secret_key(text: &str, at: usize) -> Option<(usize, usize)> {
    let bytes = &text.as_bytes()[at..];
    let start = SECRET_KEYS.iter().find(|start| bytes.starts_with(start.as_bytes()))?.len();
    let length = bytes[start..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    (length > 0).then_some((at + start, at + start + length))
}

/// Whether a value is nothing but a secret's name.
fn is_named(value: &str) -> bool {
    value.strip_prefix('‹').and_then(|rest| rest.strip_suffix('›')).is_some_and(|name| !name.contains('›'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn masker() -> Masker {
        Masker::new(&[
            Credential { name: "BRP_SECRET", value: "SecretWord".to_owned(), secret: true, claim: None },
            Credential { name: "BRP_API_USER", value: "api-user".to_owned(), secret: false, claim: None },
        ])
    }

    proptest! {
        #![proptest_config(crate::kit::laws())]
        #[test]
        fn no_text_shows_a_secret_or_a_card(before in ".{0,20}", after in ".{0,20}") {
            let shown = masker().text(&format!("{before}SecretWord{after}"));
            prop_assert!(!shown.contains("SecretWord"));
            let shown = masker().text(&format!("card={before}x4539 1488 0343 6467y{after}"));
            prop_assert!(!shown.contains("4539 1488 0343 6467"));
        }

    }

    #[test]
    fn a_card_is_hidden_and_a_test_card_is_not() {
        let shown = masker().text("cardnumber=4539+1488+0343+6467&cvc=1");
        assert_eq!(shown, "cardnumber=453914••••••6467&cvc=‹hidden›");
        assert_eq!(masker().text("4539.1488.0343.6467"), "453914••••••6467");
        assert_eq!(masker().text("at 127.0.0.1:4702, v1.2.3"), "at 127.0.0.1:4702, v1.2.3");
        for readable in ["4242 4242 4242 4242", "order 1234567890123 ok", "4571990000002015"] {
            assert_eq!(masker().text(readable), readable);
        }
        let login = "{\"access_token\":\"abc\",\"x\":1,\"refreshToken\" : \"d\", \"password\":\n\"e";
        let hidden = "{\"access_token\":\"‹hidden›\",\"x\":1,\"refreshToken\" : \"‹hidden›\", \"password\":\n\"‹hidden›";
        assert_eq!(masker().text(login), hidden);
        for (text, shown) in [
            ("{\"password\":\"ab\\\"tail\"}", "{\"password\":\"‹hidden›\"}"),
            ("{\"password\":\"SecretWord\"}", "{\"password\":\"‹BRP_SECRET›\"}"),
            ("{\"password\":\"SecretWordtail\"}", "{\"password\":\"‹hidden›\"}"),
            ("cardnumber=4539/1488/0343/6467&a=b", "cardnumber=‹hidden›&a=b"),
            ("cardnumber=4111+1111+1111+1111&cvc=", "cardnumber=4111+1111+1111+1111&cvc="),
            ("amount=100 4539148803436467", "amount=100 453914••••••6467"),
            ("3400.000000.00009", "340000•••••0009"),
            (
                "card%5Bnumber%5D=4539+1488+0343+6468&card%5Bcvc%5D=123",
                "card%5Bnumber%5D=‹hidden›&card%5Bcvc%5D=‹hidden›",
            ),
            ("card[number]=4539148803436467&card[cvc]=1", "card[number]=453914••••••6467&card[cvc]=‹hidden›"),
            (
                "card[number]=378282246310005&key=sk_live_51Habc",
                "card[number]=378282246310005&key=sk_live_‹hidden›",
            ),
            ("é\"password\" é", "é\"password\" é"),
            ("<ns1:pwd>ab</ns1:pwd><Password a='b'>c", "<ns1:pwd>‹hidden›</ns1:pwd><Password a='b'>‹hidden›"),
            ("<pwd/><pwd>SecretWord</pwd>", "<pwd/><pwd>‹BRP_SECRET›</pwd>"),
            (
                "GET /a?transactionID=1&PASSWORD=x&CVC=1",
                "GET /a?transactionID=1&PASSWORD=‹hidden›&CVC=‹hidden›",
            ),
            ("CardNumber=3333333333333102", "CardNumber=3333333333333102"),
            ("?transactionID=1&pass%77ord=AB", "?transactionID=1&pass%77ord=‹hidden›"),
            ("?transactionID=1;password=AB&x=1", "?transactionID=1;password=‹hidden›&x=1"),
            ("<pwd>HEM<!--x-->LIG</pwd><a/>", "<pwd>‹hidden›</pwd><a/>"),
            (
                "<n:cardnumber>4571<!-- -->736000000125</n:cardnumber>",
                "<n:cardnumber>‹hidden›</n:cardnumber>",
            ),
            ("<cardnumber>&#52;571736000000125</cardnumber>", "<cardnumber>‹hidden›</cardnumber>"),
            ("<cardnumber>4571123456781234</cardnumber>", "<cardnumber>‹hidden›</cardnumber>"),
            ("<cardnumber>5555555555555118</cardnumber>", "<cardnumber>5555555555555118</cardnumber>"),
            ("merchantnumber=1&md5key=AB", "merchantnumber=1&md5key=‹hidden›"),
        ] {
            assert_eq!(masker().text(text), shown);
        }
        assert_eq!(masker().header("Authorization", "Bearer abc"), "Bearer ‹credential›");
    }

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
