//! What Nets (earlier PBS) answers to a card payment: numbers up to 984, which gateways hand on.
//!
//! The numbers are those of public lists: a host's help page and shops' messages. What those lists lack follows
//! ISO 8583:1993, which is assumed, and of 255 and 256 no more is known than that a client tries again.

/// What a response means for the payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The payment is approved.
    Approved,
    /// It is declined.
    Declined,
    /// It is declined, and the card is to be kept.
    PickUp,
    /// Somebody's system fails, or the number is reserved.
    System,
}

/// The response to an approved payment.
pub const APPROVED: u16 = 0;
/// The response to a card that is too old.
pub const EXPIRED: u16 = 101;
/// The response to an amount that cannot be drawn.
pub const INVALID_AMOUNT: u16 = 110;
/// The response to a card number that nobody has.
pub const INVALID_CARD: u16 = 111;

/// The responses that are approvals; the first is the usual one.
const APPROVALS: &[u16] = &[APPROVED, 60, 61, 63, 900, 901];

/// Every response whose meaning is known, in order.
const KNOWN: &[(u16, u16, Kind)] = &[
    (0, 0, Kind::Approved),
    (1, 2, Kind::Declined),
    (21, 22, Kind::Declined),
    (60, 61, Kind::Approved),
    (63, 63, Kind::Approved),
    (100, 129, Kind::Declined),
    (160, 162, Kind::Declined),
    (164, 165, Kind::Declined),
    (167, 167, Kind::Declined),
    (200, 210, Kind::PickUp),
    (255, 256, Kind::System),
    (900, 901, Kind::Approved),
    (902, 923, Kind::System),
    (940, 940, Kind::System),
    (945, 946, Kind::System),
    (950, 950, Kind::System),
    (984, 984, Kind::System),
];

/// What a response means; `None` where that is not known.
#[must_use]
pub fn kind(response: u16) -> Option<Kind> {
    let known = KNOWN.iter().find(|(first, last, _)| (*first..=*last).contains(&response));
    known.map(|(_, _, kind)| *kind)
}

/// Whether a response approves the payment.
#[must_use]
pub fn approves(response: u16) -> bool {
    APPROVALS.contains(&response)
}

/// Every response whose meaning is known, in order.
pub fn responses() -> impl Iterator<Item = u16> {
    KNOWN.iter().flat_map(|(first, last, _)| *first..=*last)
}

/// The response that a test card brings: its last three digits.
#[must_use]
pub fn of_card(number: &str) -> Option<u16> {
    let tail = number.len().checked_sub(3)?;
    number.get(tail..)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn approvals_are_known_as_such() {
        let approved: Vec<_> =
            responses().filter(|response| kind(*response) == Some(Kind::Approved)).collect();
        assert_eq!(approved, APPROVALS);
        assert_eq!(responses().last(), Some(984));
        assert_eq!((kind(3), kind(118)), (None, Some(Kind::Declined)));
    }

    #[test]
    fn a_card_brings_its_last_three_digits() {
        assert_eq!(of_card("3333333333333000"), Some(0));
        assert_eq!(of_card("5555555555555118"), Some(118));
        assert_eq!((of_card("12"), of_card("12345abc")), (None, None));
    }
}
