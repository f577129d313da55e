//! The records that every workspace starts with.

use crate::kit::table::Tx;

use super::model::{BusinessUnit, Method, Order, Person, Product, Row};

/// The facility that orders are made at.
pub(super) const UNIT: u64 = 15;
/// The customer of every second seeded order.
pub(super) const PERSON: u64 = 67;
/// How many orders wait to be paid.
const ORDERS: u64 = 10;
/// The number of the first one; in the default workspace its id too.
const FIRST_ORDER: u64 = 15;

pub(super) fn found(tx: &mut Tx<'_>, fixed: bool) {
    tx.put(BusinessUnit {
        id: UNIT,
        name: "Provhallen".to_owned(),
        company: "Provkassa Gym AB".to_owned(),
        internet_register: true,
        psp_configured: true,
        books_closed: false,
    });
    tx.put(Person {
        id: PERSON,
        first_name: "Anna".to_owned(),
        last_name: "Svensson".to_owned(),
        email: Some("anna.svensson@example.com".to_owned()),
        personal_number: Some("19811228-9874".to_owned()),
        address: Some("Storgatan 1, 111 11 Stockholm".to_owned()),
    });
    for (id, kind, name, internet) in [
        (100, "CARD_CREDIT", "Kortköp", true),
        (101, "CARD_DEBIT", "Kort i receptionen", false),
        (102, "SWISH", "Swish", true),
        (103, "INVOICE", "Faktura", true),
        (104, "KLARNA", "Klarna", true),
    ] {
        tx.put(Method {
            id,
            kind: kind.to_owned(),
            name: name.to_owned(),
            internet,
            needs_address: kind == "KLARNA",
            issues_token: true,
        });
    }
    for (id, name, price) in [
        (1, "Dagkort", 15_000),
        (2, "Årskort med kortdragning", 39_900),
        (3, "Provträning", 5_000),
        (4, "Gruppass", 12_000),
    ] {
        tx.put(Product {
            id,
            name: name.to_owned(),
            price,
            recurring: id == 2,
            confirm_only: id == 3,
            participants_required: id == 4,
        });
    }
    for number in FIRST_ORDER..FIRST_ORDER + ORDERS {
        let id = if fixed && tx.claim::<Order>(number) {
            number
        } else {
            tx.draw::<Order>(&format!("seeded {number}"))
        };
        tx.put(Order {
            id,
            number,
            business_unit: Some(UNIT),
            customer: (number % 2 == 1).then_some(PERSON),
            rows: vec![Row {
                id: 1,
                product: 1,
                name: "Dagkort".to_owned(),
                quantity: 1,
                price: 15_000,
                debited: false,
                participants: Vec::new(),
            }],
            value_cards: Vec::new(),
            currency: "SEK".to_owned(),
            external_id: None,
            created: tx.now,
            last_modified: tx.now,
            invalidate_time: None,
            deleted: false,
        });
    }
}
