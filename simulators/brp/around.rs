//! The records around what a call is about: everything that decides whether it may be paid.

use std::sync::Arc;

use jiff::civil::Date;

use crate::kit::table::Tx;

use super::endpoints::Purpose;
use super::model::{
    Attempt, BusinessUnit, Debit, Invoice, Mandate, Method, Order, Organisation, Person, Product, Subject,
    Subscription, ValueCard, day,
};
use super::settlement::{by_value_card, cards_of};

/// The kinds of method that a payment provider's page can carry out. Assumed: Swish has an endpoint of
/// its own, and a customer account is no method of a provider's.
pub(super) const AT_PROVIDERS: &[&str] = &["BANK", "CARD_CREDIT", "CARD_DEBIT", "INVOICE", "KLARNA"];

/// What a link asks for, beside its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// The payer chooses at the provider.
    Open,
    /// A method that exists.
    Method(u64),
    /// Something that is no method.
    Unknown,
}

/// The records around a subject.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a condition of a code of its own")]
pub(super) struct Around {
    pub(super) unit: Option<Arc<BusinessUnit>>,
    pub(super) person: Option<Arc<Person>>,
    pub(super) organisation: Option<Arc<Organisation>>,
    pub(super) choice: Choice,
    /// The method that the link or the payer chose.
    pub(super) method: Option<Arc<Method>>,
    /// Whether any row's product is recurring.
    pub(super) recurring: bool,
    /// Whether any row's product may only be confirmed.
    pub(super) confirm_only: bool,
    /// Whether every row's product may be confirmed instead of being paid.
    pub(super) confirmable: bool,
    /// Whether any row lacks its participants.
    pub(super) participants_missing: bool,
    /// Whether any row is a subscription that cannot be invoiced.
    pub(super) direct_debit: bool,
    /// Whether the person has a card mandate of the unit's company that has not expired.
    pub(super) has_mandate: bool,
    /// Whether the person has a running subscription by Autogiro.
    pub(super) has_autogiro: bool,
    /// Whether the person has an invoice that is not paid.
    pub(super) person_owes: bool,
    /// Whether the person's organisation has one.
    pub(super) organisation_owes: bool,
    /// Whether the unit has any card method for the internet at its payment provider.
    pub(super) cards_taken: bool,
    /// What is reserved on value cards.
    pub(super) value_cards: Vec<ValueCard>,
    /// The day.
    pub(super) today: Date,
}

impl Around {
    /// Of an order.
    pub(super) fn order(tx: &Tx<'_>, order: &Order, choice: Choice) -> Self {
        let products: Vec<_> = order.rows.iter().map(|row| (row, tx.get::<Product>(row.product))).collect();
        let any = |has: fn(&Product) -> bool| {
            products.iter().any(|(_, product)| product.as_deref().is_some_and(has))
        };
        let confirmable = |product: &Product| {
            // API3 lets these two kinds alone be confirmed.
            ["EVENT", "SERVICE"].contains(&product.kind.as_str()) && !product.pay_only
        };
        Self {
            recurring: any(|product| product.recurring),
            confirm_only: any(|product| product.confirm_only),
            confirmable: products.iter().all(|(_, product)| product.as_deref().is_some_and(confirmable)),
            direct_debit: any(|product| product.direct_debit),
            participants_missing: products.iter().any(|(row, product)| {
                let named = i64::try_from(row.participants.len()).unwrap_or(i64::MAX);
                product.as_deref().is_some_and(|product| product.participants_required)
                    && named < row.quantity
            }),
            value_cards: cards_of(tx, order),
            ..Self::person(tx, order.business_unit, order.customer, choice)
        }
    }

    /// Of an invoice.
    pub(super) fn invoice(tx: &Tx<'_>, invoice: &Invoice, choice: Choice) -> Self {
        Self::person(tx, invoice.business_unit, invoice.customer, choice)
    }

    /// Of a person at a facility.
    pub(super) fn person(tx: &Tx<'_>, unit: Option<u64>, person: Option<u64>, choice: Choice) -> Self {
        let unit = unit.and_then(|id| tx.get::<BusinessUnit>(id));
        let person = person.and_then(|id| tx.get::<Person>(id));
        let organisation = person.as_ref().and_then(|person| tx.get::<Organisation>(person.organisation?));
        let id = person.as_ref().map(|person| person.id);
        let invoices = tx.all::<Invoice>();
        let owes = |whose: &dyn Fn(&Invoice) -> bool| {
            invoices.iter().any(|invoice| !invoice.deleted && invoice.rest > 0 && whose(invoice))
        };
        let methods = tx.all::<Method>();
        Self {
            choice,
            method: match choice {
                Choice::Method(id) => tx.get(id),
                Choice::Open | Choice::Unknown => None,
            },
            recurring: false,
            confirm_only: false,
            confirmable: false,
            participants_missing: false,
            direct_debit: false,
            has_mandate: tx.all::<Mandate>().iter().any(|mandate| {
                Some(mandate.person) == id
                    && unit.as_ref().is_some_and(|unit| unit.company_id == mandate.company_id)
                    && mandate.card.expires >= day(tx.now)
            }),
            has_autogiro: tx.all::<Subscription>().iter().any(|subscription| {
                Some(subscription.person) == id
                    && subscription.active
                    && subscription.debit == Debit::Autogiro
            }),
            person_owes: id.is_some()
                && owes(&|invoice| invoice.organisation.is_none() && invoice.customer == id),
            organisation_owes: organisation
                .as_ref()
                .is_some_and(|organisation| owes(&|invoice| invoice.organisation == Some(organisation.id))),
            cards_taken: unit.as_ref().is_some_and(|unit| {
                methods.iter().any(|method| method.internet && method.is_card() && method.psp == unit.psp)
            }),
            value_cards: Vec::new(),
            today: day(tx.now),
            unit,
            person,
            organisation,
        }
    }

    /// Of what an attempt pays; `None` if it is gone.
    pub(super) fn attempt(tx: &Tx<'_>, attempt: &Attempt) -> Option<Self> {
        let choice = attempt.method.map_or(Choice::Open, Choice::Method);
        Some(match attempt.subject {
            Subject::Order(id) => Self::order(tx, tx.get::<Order>(id).as_deref()?, choice),
            Subject::Invoice(id) => Self::invoice(tx, tx.get::<Invoice>(id).as_deref()?, choice),
            Subject::Mandate { person, business_unit } => {
                Self::person(tx, Some(business_unit), Some(person), choice)
            }
            Subject::Account(id) => {
                let unit = tx.get::<Person>(id)?.business_unit;
                Self::person(tx, unit, Some(id), choice)
            }
            Subject::Subscription(_) => return None,
        })
    }

    /// What is left of a price when the value cards have paid.
    pub(super) fn left_of(&self, price: i64) -> i64 {
        price.saturating_sub(by_value_card(price, &self.value_cards))
    }

    /// The method's kind; a card's where the payer is still to choose.
    pub(super) fn kind(&self) -> &str {
        self.method.as_ref().map_or("CARD_CREDIT", |method| method.kind.as_str())
    }
}

/// What a call to this endpoint asks for. Two endpoints stand for a method themselves.
pub(super) fn choice(tx: &Tx<'_>, purpose: Purpose, named: Option<&str>) -> Choice {
    let own = match purpose {
        Purpose::ChargeAccount => Some("CUSTOMER_ACCOUNT"),
        Purpose::PayOrderBySwish => Some("SWISH"),
        _ => None,
    };
    match (named, own) {
        (Some(named), _) => match named.parse::<u64>().ok().and_then(|id| tx.get::<Method>(id)) {
            Some(method) => Choice::Method(method.id),
            None => Choice::Unknown,
        },
        (None, Some(kind)) => {
            let methods = tx.all::<Method>();
            // Of several, one that is for the internet.
            let of_kind = || methods.iter().filter(|method| method.kind == kind);
            let method = of_kind().find(|method| method.internet).or_else(|| of_kind().next());
            method.map_or(Choice::Unknown, |method| Choice::Method(method.id))
        }
        (None, None) => Choice::Open,
    }
}
