//! Card numbers in texts: which may be read, which are hidden, and which are ours.

use super::Hidden;

/// Card numbers that are published for tests, and may be read.
const TEST_CARDS: &[&str] = &[
    "2223003122003222",
    "3056930009020004",
    "30569309025904",
    "3530111333300000",
    "3566002020360505",
    "36227206271667",
    "371449635398431",
    "378282246310005",
    "38520000023237",
    "4000000000000002",
    "4000000000000069",
    "4000000000000119",
    "4000000000000127",
    "4000000000000341",
    "4000000000003063",
    "4000000000003220",
    "4000000000009979",
    "4000000000009987",
    "4000000000009995",
    "4000002080000001",
    "4000002460000001",
    "4000002500000003",
    "4000002500003155",
    "4000002760000016",
    "4000002760003184",
    "4000005280000002",
    "4000005780000007",
    "4000007520000008",
    "4000008260000000",
    "4000008260003178",
    "4000008400001629",
    "4000056655665556",
    "4111111111111111",
    "4242424242424242",
    "5105105105105100",
    "5200828282828210",
    "5555555555554444",
    "6011000990139424",
    "6011111111111117",
    "6200000000000005",
];
/// Our own magic cards begin so. That nobody has been issued such a card is assumed.
pub const MAGIC_CARD_PREFIX: &str = "457199000000";

/// The fewest digits of a card.
pub(super) const SHORTEST_CARD: usize = 13;

/// Where everything stands that looks like a real card number, and what is shown in its place: without its middle.
pub(super) fn cards(text: &str) -> Vec<Hidden> {
    let bytes = text.as_bytes();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        while at < bytes.len() && !bytes[at].is_ascii_digit() {
            at += 1;
        }
        let (digits, end) = run_of_digits(bytes, at);
        // A number before the card may have been taken for its beginning.
        let alone: String = digits_alone(bytes, at);
        let (digits, end) = if is_card(&digits) { (digits, end) } else { (alone.clone(), at + alone.len()) };
        if is_card(&digits) {
            let middle = "•".repeat(digits.len() - 10);
            let shown = format!("{}{middle}{}", &digits[..6], &digits[digits.len() - 4..]);
            found.push((at..end, shown));
        }
        at = end;
    }
    found
}

/// The digits from `at`, up to whatever is none.
fn digits_alone(bytes: &[u8], at: usize) -> String {
    bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).map(|byte| char::from(*byte)).collect()
}

/// The digits from `at`, over what parts their groups.
fn run_of_digits(bytes: &[u8], mut at: usize) -> (String, usize) {
    let mut digits = String::new();
    while let Some(byte) = bytes.get(at) {
        if byte.is_ascii_digit() {
            digits.push(char::from(*byte));
            at += 1;
            continue;
        }
        let gap = gap(&bytes[at..], digits.len());
        if digits.is_empty() || gap == 0 || !bytes.get(at + gap).is_some_and(u8::is_ascii_digit) {
            break;
        }
        at += gap;
    }
    (digits, at)
}

/// How long a gap between groups is that begins here, after so many digits: single blanks, dashes, pluses and `%20`
/// as forms print them, and two blanks.
fn gap(bytes: &[u8], digits: usize) -> usize {
    match bytes {
        // The second of these is a blank that does not break.
        [b' ', b' ' | b'-', ..] | [0xc2, 0xa0, ..] => 2,
        [b' ' | b'-' | b'+' | b'\t', ..] => 1,
        // Dots group cards too; between other numbers, as in addresses, they part them.
        [b'.', ..] if digits.is_multiple_of(4) || digits == 10 => 1,
        // Beside the blank of forms, the dashes of typesetters.
        [b'%', b'2', b'0', ..] | [0xe2, 0x80, 0x90..=0x95 | 0xaf, ..] => 3,
        _ => 0,
    }
}

fn is_card(digits: &str) -> bool {
    (SHORTEST_CARD..=19).contains(&digits.len()) && luhn(digits) && !is_test_card(digits)
}

/// Whether a card is one that is published for tests, or one of ours.
pub(super) fn is_test_card(digits: &str) -> bool {
    TEST_CARDS.contains(&digits)
        || digits.starts_with(MAGIC_CARD_PREFIX)
        || is_quickpay_test_card(digits)
        || is_epay_test_card(digits)
}

/// ePay's test cards: one digit thirteen times, three digits for what happens.
fn is_epay_test_card(digits: &str) -> bool {
    let starts = ["3333333333333", "4444444444444", "5555555555555"];
    digits.len() == 16 && starts.iter().any(|start| digits.starts_with(start))
}

/// QuickPay's test cards: `1000`, four digits for the brand, six zeros, two digits for what happens.
fn is_quickpay_test_card(digits: &str) -> bool {
    digits.len() == 16 && digits.starts_with("1000") && &digits[8..14] == "000000"
}

/// Whether the last digit is the check digit of the others (ISO/IEC 7812-1).
#[must_use]
pub fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit.wrapping_sub(b'0'));
            let doubled = digit * 2;
            match (place % 2, doubled) {
                (0, _) => digit,
                (_, 10..) => doubled - 9,
                _ => doubled,
            }
        })
        .sum();
    !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit()) && sum.is_multiple_of(10)
}

/// Our magic card for a code: [`MAGIC_CARD_PREFIX`], the code in three digits, the check digit.
#[must_use]
pub fn magic_card(code: &str) -> Option<String> {
    let code: u16 = code.parse().ok().filter(|code| *code < 1000)?;
    (0..10).map(|check| format!("{MAGIC_CARD_PREFIX}{code:03}{check}")).find(|number| luhn(number))
}

/// The code that a magic card stands for.
#[must_use]
pub fn magic_code(card: &str) -> Option<String> {
    let rest = card.strip_prefix(MAGIC_CARD_PREFIX)?;
    (luhn(card) && rest.len() == 4).then(|| rest[..3].trim_start_matches('0').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(crate::kit::laws())]
        #[test]
        fn every_magic_card_says_its_code(code in 1_u16..1000) {
            let card = magic_card(&code.to_string()).expect("three digits");
            prop_assert!(luhn(&card));
            prop_assert_eq!(magic_code(&card), Some(code.to_string()));
        }
    }
}
