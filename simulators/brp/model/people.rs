//! Who sells and who buys: facilities, persons, organisations, and what they agreed to.

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::brp::psp::Psp;
use crate::kit::address::is_email;

/// A facility. An order belongs to one.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a condition of a code of its own")]
pub struct BusinessUnit {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// The company that it belongs to.
    pub company: String,
    /// The company's id: a card mandate holds for a whole company.
    pub company_id: u64,
    /// Whether it has a register for internet sales; if not: 11.
    pub internet_register: bool,
    /// The payment provider that it has an agreement with.
    pub psp: Psp,
    /// Whether the payment provider is set up for it; if not: 9.
    pub psp_configured: bool,
    /// Whether Swish is set up for it; if not: 9 from Swish's endpoint.
    pub swish_configured: bool,
    /// The ways of invoice distribution that are set up: `email`, `centralprint21grams`; another: 9.
    pub distribution: Vec<String>,
    /// Whether its books are closed, so that nothing can be debited: 208.
    pub books_closed: bool,
}

/// A postal address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Address {
    /// Street and number.
    pub street: String,
    /// Postal code.
    pub postal_code: String,
    /// Town.
    pub city: String,
    /// ISO 3166-1 alpha-2: `SE`.
    pub country: String,
}

impl Address {
    /// Whether a letter would arrive.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        [&self.street, &self.postal_code, &self.city].iter().all(|part| !part.trim().is_empty())
    }
}

/// A customer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Their id.
    pub id: u64,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Where receipts go.
    pub email: Option<String>,
    /// Swedish personal number.
    pub personal_number: Option<String>,
    /// Where letters go.
    pub address: Option<Address>,
    /// For the least age of a customer account: 501.
    pub birth_date: Option<Date>,
    /// Mobile number, as it was given.
    pub mobile: Option<String>,
    /// The facility that they belong to.
    pub business_unit: Option<u64>,
    /// The organisation that they order for.
    pub organisation: Option<u64>,
    /// Whether they allow a customer account; if not: 505.
    pub account_allowed: bool,
    /// How much the customer account may owe, in öre; more: 500.
    pub account_limit: i64,
    /// How much it owes, in öre.
    pub account_debt: i64,
    /// Whether they agreed to automatic withdrawals from a bank account; neither that nor a card
    /// mandate: 502.
    pub withdrawal_consent: bool,
    /// Whether they have registered for AvtaleGiro.
    pub avtalegiro: bool,
}

impl Person {
    /// Their e-mail address, if it could be one.
    #[must_use]
    pub fn valid_email(&self) -> Option<&str> {
        self.email.as_deref().filter(|email| is_email(email))
    }

    /// Their postal address, if a letter would arrive.
    #[must_use]
    pub fn valid_address(&self) -> Option<&Address> {
        self.address.as_ref().filter(|address| address.is_valid())
    }

    /// How old they are on a day, in years; `None` where their birth date is not known.
    #[must_use]
    pub fn age(&self, today: Date) -> Option<i16> {
        let born = self.birth_date?;
        let had_birthday = (today.month(), today.day()) >= (born.month(), born.day());
        Some(today.year() - born.year() - i16::from(!had_birthday))
    }
}

/// An organisation that persons order for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// How much its customer account may owe, in öre; more: 500.
    pub account_limit: i64,
    /// How much it owes, in öre.
    pub account_debt: i64,
}

/// A recurring card mandate: one for each customer and company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mandate {
    /// Its id.
    pub id: u64,
    /// Whose card it is.
    pub person: u64,
    /// The company that may draw.
    pub company_id: u64,
    /// The facility where it was made.
    pub business_unit: u64,
    /// The card.
    pub card: Card,
    /// When it was made or last updated.
    pub updated: Timestamp,
}

/// A card as far as BRP keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// Its number without the middle: `411111.......111`.
    pub number: String,
    /// `VISA`, `MASTERCARD`, ...
    pub network: String,
    /// Its last day.
    pub expires: Date,
}

/// What a subscription is paid with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Debit {
    /// Withdrawals from a bank account.
    Autogiro,
    /// Invoices.
    Invoice,
    /// Withdrawals from a card.
    Rcp,
}

/// A running agreement that is debited period by period.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscription {
    /// Its id.
    pub id: u64,
    /// What it is called.
    pub name: String,
    /// Who pays it.
    pub person: u64,
    /// The organisation that pays it instead; an invoice for it needs a reference: 304.
    pub organisation: Option<u64>,
    /// The facility.
    pub business_unit: Option<u64>,
    /// A period's price with VAT, in öre.
    pub price: i64,
    /// How it is paid.
    pub debit: Debit,
    /// Whether it runs.
    pub active: bool,
    /// The last day that has been debited.
    pub debited_until: Date,
}

/// A login to the REST API.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    /// The access token.
    pub token: String,
    /// The token that gets another one.
    pub refresh_token: String,
    /// Who logged in.
    pub username: String,
    /// When the access token ends.
    pub expires: Timestamp,
}

/// The day of a moment. BRP's days are Swedish; UTC is near enough for a sandbox, and the same
/// everywhere.
#[must_use]
pub fn day(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}
