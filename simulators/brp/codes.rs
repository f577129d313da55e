//! BRP's error codes, from `fixtures/brp/codes.toml`, and the magic values that reach them.

use std::sync::LazyLock;

use crate::kit::mask::{magic_card, magic_code};
use crate::kit::money::Amount;
use crate::kit::provider::{Code, codes_in};

use super::endpoints::{DEBIT_SUBSCRIPTION, Endpoint};

/// An order that costs this many öre plus a code ends with that code: 77 702,05 kr ends with 205.
pub const MAGIC_AMOUNT: i64 = 7_770_000;

/// The endpoints whose magic value is an order's price.
const ORDER_ENDPOINTS: &[&str] =
    &["payfororder", "paywithcustomeraccount", "brpinvoice", "swish/payfororder", "confirmorder"];

static CODES: LazyLock<Vec<Code>> = LazyLock::new(|| codes_in(include_str!("../../fixtures/brp/codes.toml")));

/// Every code, in the order of BRP's table.
#[must_use]
pub fn codes() -> &'static [Code] {
    &CODES
}

/// The code's entry.
#[must_use]
pub fn code(code: &str) -> Option<&'static Code> {
    CODES.iter().find(|known| known.code == code)
}

/// Whether the code can come from this endpoint.
#[must_use]
pub fn occurs(code: &str, endpoint: &Endpoint) -> bool {
    self::code(code).is_some_and(|code| code.at.iter().any(|path| path == endpoint.path))
}

/// Whether the code is given before the payer leaves BRP: there, everything is that a call without a
/// visit ends with.
#[must_use]
pub fn is_early(code: &str, endpoint: &Endpoint) -> bool {
    !endpoint.purpose.visits() || !is_late(code)
}

/// Whether the code can come from a payment provider's page, and not only before.
#[must_use]
pub fn is_late(code: &str) -> bool {
    self::code(code).is_some_and(|code| code.stage != "before")
}

/// The code that an order of this price ends with.
#[must_use]
pub fn of_amount(price: i64) -> Option<&'static str> {
    let wanted = price.checked_sub(MAGIC_AMOUNT)?.to_string();
    code(&wanted).map(|code| code.code.as_str())
}

/// The code that a payment with this card ends with.
#[must_use]
pub fn of_card(digits: &str) -> Option<&'static str> {
    let entry = code(&magic_code(digits)?)?;
    is_late(&entry.code).then_some(entry.code.as_str())
}

/// How to reach the code by a magic value.
#[must_use]
pub fn magic(code: &str) -> Option<String> {
    let number: i64 = self::code(code)?.code.parse().ok()?;
    let amount = Amount::new(MAGIC_AMOUNT + number, "SEK");
    let at = &self::code(code)?.at;
    let of = |names: &[&str]| at.iter().any(|path| names.contains(&path.as_str()));
    let priced = [
        (of(ORDER_ENDPOINTS), "an order"),
        (of(&["payforinvoice"]), "an invoice"),
        (of(&["payforcustomeraccount"]), "a customer account's debt"),
        (of(&[DEBIT_SUBSCRIPTION]), "a subscription"),
    ];
    let priced: Vec<_> = priced.into_iter().filter(|(holds, _)| *holds).map(|(_, what)| what).collect();
    let order = format!("{} of {amount} ({} öre)", priced.join(" or "), amount.minor);
    if !is_late(code) {
        return Some(order);
    }
    let card = magic_card(code)?;
    Some(format!("{order}, or the card {}", grouped(&card)))
}

/// What queued outcomes call a payment that can end with this code.
#[must_use]
pub fn example(code: &str) -> &'static str {
    let at = self::code(code).and_then(|code| code.at.first());
    match at.map_or("", String::as_str) {
        "payforinvoice" => "invoice-15",
        "creatercpmandate" => "mandate-67",
        "payforcustomeraccount" => "account-68",
        DEBIT_SUBSCRIPTION => "subscription-72",
        _ => "15",
    }
}

/// A card number in groups of four.
#[must_use]
pub fn grouped(card: &str) -> String {
    let digits: Vec<char> = card.chars().collect();
    let groups = digits.chunks(4).map(|group| group.iter().collect::<String>());
    groups.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::brp::endpoints::{ENDPOINTS, NEIGHBOURS};

    #[test]
    fn every_code_can_be_reached_by_magic() {
        assert_eq!(codes().len(), 43);
        let known: Vec<_> = ENDPOINTS.iter().chain(NEIGHBOURS).map(|endpoint| endpoint.path).collect();
        for entry in codes() {
            let number: i64 = entry.code.parse().expect("a number");
            assert_eq!(of_amount(MAGIC_AMOUNT + number), Some(entry.code.as_str()));
            assert!(magic(&entry.code).is_some());
            let card = magic_card(&entry.code).expect("three digits");
            assert_eq!(of_card(&card).is_some(), entry.stage != "before", "{}", entry.code);
            assert!(!entry.at.is_empty(), "{}", entry.code);
            assert!(entry.at.iter().all(|path| known.contains(&path.as_str())), "{}", entry.code);
        }
        assert_eq!(of_amount(15_000), None);
        assert_eq!(of_amount(i64::MIN), None);
    }
}
