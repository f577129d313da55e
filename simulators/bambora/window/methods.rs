//! What can be paid with: cards, and the ways without one that ePay has numbers for.

use crate::bambora::acquirer::{Card, EWIRE, Verdict};

use super::terms::{Storing, Terms};

/// The numbers of `paymenttype` that are cards.
const CARDS: &[u8] = &[1, 3, 4, 6, 7, 8, 9, 11];
/// `CardType` OTHERS.
const OTHERS: u8 = 20;
/// `paymentcollection` of cards; 0 is all.
const CARD_COLLECTION: u8 = 1;

/// A way to pay without a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Method {
    /// Its number in `paymenttype`.
    pub(super) number: u8,
    pub(super) name: &'static str,
    /// The `paymentcollection` that it is in. The guide has both lists, and not which belongs where: assumed.
    collection: u8,
    /// Its place in the web services' `CardType`.
    card_type: u8,
}

const fn method(number: u8, name: &'static str, collection: u8, card_type: u8) -> Method {
    Method { number, name, collection, card_type }
}

const METHODS: &[Method] = &[
    method(2, "eDankort", 2, 12),
    method(12, "Nordea e-betaling", 2, 21),
    method(13, "Danske Netbetalinger", 2, 22),
    method(19, "SEB", 2, 30),
    method(20, "Nordea (Sverige)", 2, 31),
    method(21, "Handelsbanken", 2, 32),
    method(22, "Swedbank", 2, 33),
    method(25, "iDEAL", 2, 36),
    method(17, "Klarna", 3, 28),
    method(18, "Svea", 3, 29),
    method(30, "Resurs Bank", 3, OTHERS),
    method(31, "Ekspres Bank", 3, OTHERS),
    method(16, "MobilPenge", 4, 27),
    method(27, "Paii", 4, OTHERS),
    method(29, "MobilePay Online", 4, OTHERS),
    method(32, "Swipp", 4, OTHERS),
    method(10, "ewire", 5, EWIRE),
    method(14, "PayPal", 5, 26),
    method(24, "NemPay", 5, 35),
    method(26, "Gavekort", 6, OTHERS),
    method(28, "Brandts gavekort", 6, OTHERS),
    method(23, "ViaBill", 7, OTHERS),
];

impl Method {
    /// What is kept of a payment with it, in place of a card.
    pub(super) fn card(self, verdict: Verdict) -> Card {
        Card {
            masked: String::new(),
            payment_type: self.number,
            card_type: self.card_type,
            // It never expires.
            month: 12,
            year: 2099,
            verdict,
        }
    }
}

/// What a window offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) cards: bool,
    pub(super) methods: Vec<Method>,
    /// Whether the card form comes first.
    pub(super) cards_first: bool,
}

impl Offer {
    /// What the terms leave over. Only a card can be stored.
    pub(super) fn of(terms: &Terms) -> Self {
        let free = terms.collection == 0 || !terms.locked;
        let takes = |number: u8| terms.types.is_empty() || terms.types.contains(&number);
        let stores = terms.storing != Storing::No;
        let cards =
            CARDS.iter().any(|number| takes(*number)) && (free || terms.collection == CARD_COLLECTION);
        let offered = |method: &&Method| {
            !stores && takes(method.number) && (free || method.collection == terms.collection)
        };
        let methods: Vec<_> = METHODS.iter().filter(offered).copied().collect();
        let asked = methods.iter().any(|method| method.collection == terms.collection);
        Self { cards, cards_first: cards && !asked, methods }
    }

    /// Whether there is nothing.
    pub(super) fn is_empty(&self) -> bool {
        !self.cards && self.methods.is_empty()
    }

    /// The methods of the collection that was asked for.
    pub(super) fn of_collection(&self, terms: &Terms) -> Vec<Method> {
        self.methods.iter().filter(|method| method.collection == terms.collection).copied().collect()
    }

    /// The method of a number, where it is offered.
    pub(super) fn method(&self, number: &str) -> Option<Method> {
        self.methods.iter().find(|method| method.number.to_string() == number).copied()
    }
}

/// Whether a card of this `paymenttype` may pay.
pub(super) fn takes(terms: &Terms, payment_type: u8) -> bool {
    terms.types.is_empty() || terms.types.contains(&payment_type)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bambora::window::parameters::{Encoding, Parameters};
    use crate::bambora::window::terms::read;

    fn offer(query: &str) -> Offer {
        let query = format!("amount=100&currency=DKK&{query}");
        Offer::of(&read(&Parameters::read(&query, b"", Encoding::Utf8)).expect("terms"))
    }

    #[test]
    fn the_collection_comes_first_and_the_lock_leaves_it_alone() {
        let all = offer("");
        assert!(all.cards && all.cards_first && all.methods.len() == METHODS.len());
        let mobile = offer("paymentcollection=4");
        assert!(mobile.cards && !mobile.cards_first && mobile.methods.len() == METHODS.len());
        let query = "amount=100&currency=DKK&paymentcollection=4";
        let terms = read(&Parameters::read(query, b"", Encoding::Utf8)).expect("terms");
        let first: Vec<_> = mobile.of_collection(&terms).iter().map(|method| method.number).collect();
        assert_eq!(first, [16, 27, 29, 32]);
        let locked = offer("paymentcollection=4&lockpaymentcollection=1");
        assert!(!locked.cards && locked.methods.iter().all(|method| method.collection == 4));
        assert_eq!(locked.method("29").map(|method| method.name), Some("MobilePay Online"));
        assert_eq!(locked.method("14"), None);
        let cards = offer("paymentcollection=1&lockpaymentcollection=1");
        assert!(cards.cards_first && cards.methods.is_empty());
    }

    #[test]
    fn net_banks_are_the_collection_of_home_banking() {
        for method in METHODS {
            let card = method.card(Verdict::Approved(0));
            assert_eq!(card.is_of_net_bank(), method.collection == 2, "{}", method.name);
        }
    }

    #[test]
    fn types_and_subscriptions_leave_little_over() {
        let two = offer("paymenttype=3,29");
        assert!(two.cards && two.methods.len() == 1);
        assert!(offer("paymenttype=99").is_empty());
        assert!(offer("paymenttype=29&subscription=1").is_empty());
        let stored = offer("subscription=1&paymentcollection=4");
        assert!(stored.cards_first && stored.methods.is_empty());
        assert!(offer("subscription=1&paymentcollection=4&lockpaymentcollection=1").is_empty());
    }
}
