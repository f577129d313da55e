//! The records that every workspace starts with.

use jiff::ToSpan as _;
use jiff::civil::date;

use crate::kit::table::{Record, Tx};

use super::model::{
    Address, BusinessUnit, Debit, Invoice, InvoiceState, Method, Order, Organisation, Person, Product, Row,
    Subscription, ValueCard, day,
};
use super::psp::Psp;

/// The facility that orders are made at.
pub(super) const UNIT: u64 = 15;
/// The customer of every second seeded order.
pub(super) const PERSON: u64 = 67;
/// Who the seeded invoices are for.
pub(super) const DEBTOR: u64 = 68;
/// The organisation of [`PERSON`].
const ORGANISATION: u64 = 5;
/// How many orders wait to be paid, and how many invoices.
const WAITING: u64 = 10;
/// The number of the first one; in the default workspace its id too.
const FIRST: u64 = 15;

pub(super) fn found(tx: &mut Tx<'_>, fixed: bool) {
    tx.put(BusinessUnit {
        id: UNIT,
        name: "Provhallen".to_owned(),
        company: "Provkassa Gym AB".to_owned(),
        company_id: 1,
        internet_register: true,
        psp: Psp::Brp,
        psp_configured: true,
        swish_configured: true,
        distribution: vec!["email".to_owned(), "centralprint21grams".to_owned()],
        books_closed: false,
    });
    tx.put(Organisation {
        id: ORGANISATION,
        name: "Provbolaget AB".to_owned(),
        account_limit: 2_000_000,
        account_debt: 0,
    });
    persons(tx);
    methods(tx);
    products(tx);
    subscriptions(tx);
    tx.put(ValueCard { number: "123456789012".to_owned(), balance: 10_000 });
    for number in FIRST..FIRST + WAITING {
        let id = known::<Order>(tx, fixed, number);
        tx.put(order(tx, id, number));
        let id = known::<Invoice>(tx, fixed, number);
        tx.put(invoice(tx, id, number));
    }
}

fn known<R: Record>(tx: &Tx<'_>, fixed: bool, number: u64) -> u64 {
    if fixed && tx.claim::<R>(number) { number } else { tx.draw::<R>(&format!("seeded {number}")) }
}

fn persons(tx: &mut Tx<'_>) {
    let anna = Person {
        id: PERSON,
        first_name: "Anna".to_owned(),
        last_name: "Svensson".to_owned(),
        email: Some("anna.svensson@example.com".to_owned()),
        personal_number: Some("19811228-9874".to_owned()),
        address: Some(Address {
            street: "Storgatan 1".to_owned(),
            postal_code: "111 11".to_owned(),
            city: "Stockholm".to_owned(),
            country: "SE".to_owned(),
        }),
        birth_date: Some(date(1981, 12, 28)),
        mobile: Some("0701234567".to_owned()),
        business_unit: Some(UNIT),
        organisation: Some(ORGANISATION),
        account_allowed: true,
        account_limit: 500_000,
        account_debt: 0,
        withdrawal_consent: true,
        avtalegiro: false,
    };
    tx.put(Person {
        id: DEBTOR,
        first_name: "Erik".to_owned(),
        last_name: "Lund".to_owned(),
        email: Some("erik.lund@example.com".to_owned()),
        personal_number: Some("19750314-9880".to_owned()),
        birth_date: Some(date(1975, 3, 14)),
        mobile: Some("0707654321".to_owned()),
        organisation: None,
        account_debt: 35_000,
        ..anna.clone()
    });
    tx.put(anna);
}

fn methods(tx: &mut Tx<'_>) {
    for (id, kind, name, psp) in [
        (100, "CARD_CREDIT", "Kortköp", Psp::Brp),
        (101, "CARD_DEBIT", "Kort i receptionen", Psp::Brp),
        (102, "SWISH", "Swish", Psp::Swish),
        (103, "INVOICE", "Faktura", Psp::Svea),
        (104, "KLARNA", "Klarna", Psp::Easy),
        (105, "CUSTOMER_ACCOUNT", "Kundkonto", Psp::Brp),
        (106, "CARD_CREDIT", "Kort via Svea", Psp::Svea),
        (107, "CARD_CREDIT", "Kort via Netaxept", Psp::Netaxept),
        (108, "CARD_CREDIT", "Kort via Nets Easy", Psp::Easy),
        (109, "CARD_CREDIT", "Kort via PayU", Psp::Payu),
        (110, "BANK", "Banköverföring", Psp::Payu),
    ] {
        tx.put(Method {
            id,
            kind: kind.to_owned(),
            name: name.to_owned(),
            psp,
            internet: id != 101,
            needs_address: kind == "KLARNA",
            issues_token: kind.starts_with("CARD_"),
        });
    }
}

fn products(tx: &mut Tx<'_>) {
    for (id, kind, name, price) in [
        (1, "ARTICLE", "Dagkort", 15_000),
        (2, "SUBSCRIPTION", "Årskort med kortdragning", 39_900),
        (3, "EVENT", "Provträning", 5_000),
        (4, "EVENT", "Gruppass", 12_000),
        (5, "SERVICE", "Massage", 20_000),
        (6, "VALUE_CARD", "Värdekort", 10_000),
        (7, "SUBSCRIPTION", "Årskort med autogiro", 29_900),
        (8, "SUBSCRIPTION", "Årskort med avtal", 34_900),
        (9, "ENTRY", "Inträde", 8_000),
        (10, "PACKAGE", "Sommarpaket", 99_000),
        (11, "GROUP_ACTIVITY", "Spinning", 9_000),
    ] {
        tx.put(Product {
            id,
            kind: kind.to_owned(),
            name: name.to_owned(),
            price,
            recurring: id == 2,
            confirm_only: id == 3,
            pay_only: false,
            participants_required: id == 4,
            direct_debit: id == 7,
            needs_signature: id == 8,
            needs_avtalegiro: id == 8,
        });
    }
}

fn subscriptions(tx: &mut Tx<'_>) {
    let today = day(tx.now);
    for (id, name, debit) in
        [(71, "Årskort med autogiro", Debit::Autogiro), (72, "Årskort mot faktura", Debit::Invoice)]
    {
        tx.put(Subscription {
            id,
            name: name.to_owned(),
            person: PERSON,
            organisation: None,
            business_unit: Some(UNIT),
            price: 29_900,
            debit,
            active: true,
            debited_until: today.last_of_month(),
        });
    }
}

fn order(tx: &Tx<'_>, id: u64, number: u64) -> Order {
    Order {
        id,
        number,
        business_unit: Some(UNIT),
        customer: (number % 2 == 1).then_some(PERSON),
        rows: vec![Row {
            id: 1,
            product: 1,
            kind: "ARTICLE".to_owned(),
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
        debited: false,
        confirmed: false,
        deleted: false,
    }
}

fn invoice(tx: &Tx<'_>, id: u64, number: u64) -> Invoice {
    Invoice {
        id,
        number,
        business_unit: Some(UNIT),
        customer: Some(DEBTOR),
        organisation: None,
        reference: None,
        order: None,
        subscription: None,
        total: 25_000,
        rest: 25_000,
        reminder_fee: 0,
        currency: "SEK".to_owned(),
        state: InvoiceState::StateSent,
        distribution: Some("email".to_owned()),
        created: tx.now,
        due_date: day(tx.now).saturating_add(30.days()),
        deleted: false,
    }
}
