//! BRP's records, in BRP's own words.

mod attempts;
mod people;
mod sales;

pub use attempts::{Attempt, Ended, MANDATE_AMOUNT, Subject, Transaction};
pub use people::{
    Address, BusinessUnit, Card, Debit, Mandate, Organisation, Person, Session, Subscription, day,
};
pub use sales::{
    Agreement, AgreementKind, Channel, Invoice, InvoiceState, Mail, Method, Order, Product, REGRET_TIME,
    Receipt, Row, ValueCard,
};

use crate::kit::table::{Id, Reader, Record};

macro_rules! records {
    ($($type:ident: $table:literal by $key:ident;)+) => {
        $(impl Record for $type {
            const TABLE: &'static str = $table;

            fn id(&self) -> Id {
                self.$key.clone().into()
            }
        })+

        /// Every kind of record that is kept, so that a snapshot can be read.
        pub const TABLES: &[Reader] = &[$(Reader::of::<$type>()),+];
    };
}

records! {
    Agreement: "brp.agreements" by token;
    Attempt: "brp.attempts" by token;
    BusinessUnit: "brp.businessunits" by id;
    Invoice: "brp.invoices" by id;
    Mail: "brp.mails" by number;
    Mandate: "brp.mandates" by id;
    Method: "brp.paymentmethods" by id;
    Order: "brp.orders" by id;
    Organisation: "brp.organisations" by id;
    Person: "brp.persons" by id;
    Product: "brp.products" by id;
    Receipt: "brp.receipts" by id;
    Session: "brp.sessions" by token;
    Subscription: "brp.subscriptions" by id;
    ValueCard: "brp.valuecards" by number;
}
