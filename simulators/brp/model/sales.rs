//! What is sold: products, orders, invoices, receipts, and the letters about them.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::brp::psp::Psp;

/// Something to sell.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a checkbox of its own in BRP")]
pub struct Product {
    /// Its id.
    pub id: u64,
    /// API3's word: `ARTICLE`, `EVENT`, `SERVICE`, `SUBSCRIPTION`, `VALUE_CARD`, ...
    #[serde(rename = "type")]
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Price of one with VAT, in öre.
    pub price: i64,
    /// Whether it needs recurring card payment.
    pub recurring: bool,
    /// Whether the payment alternatives allow an order to be confirmed only, not paid: 108.
    pub confirm_only: bool,
    /// Whether the payment alternatives allow an order to be paid only, not confirmed: 109.
    pub pay_only: bool,
    /// Whether each one needs the names of its participants: 111.
    pub participants_required: bool,
    /// Whether it is a subscription that is drawn from a bank account, and cannot be invoiced: 305.
    pub direct_debit: bool,
    /// Whether it comes with an agreement to be signed.
    pub needs_signature: bool,
    /// Whether it needs a registration for AvtaleGiro.
    pub needs_avtalegiro: bool,
}

/// A way to pay.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Method {
    /// Its id.
    pub id: u64,
    /// API3's word: `CARD_CREDIT`, `INVOICE`, `SWISH`, ...
    #[serde(rename = "type")]
    pub kind: String,
    /// What the payer reads.
    pub name: String,
    /// The payment provider that carries it out.
    pub psp: Psp,
    /// Whether it is for internet purchases; if not: 13.
    pub internet: bool,
    /// Whether the provider demands a postal address for it: 107.
    pub needs_address: bool,
    /// Whether the provider returns a token for later withdrawals; if not: 206.
    pub issues_token: bool,
}

impl Method {
    /// Whether it is a card purchase.
    #[must_use]
    pub fn is_card(&self) -> bool {
        self.kind.starts_with("CARD_")
    }
}

/// One row of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Its id within the order.
    pub id: u64,
    /// The product.
    pub product: u64,
    /// What kind of item it is: the product's type.
    #[serde(rename = "type", default = "article")]
    pub kind: String,
    /// The product's name when it was ordered.
    pub name: String,
    /// How many.
    pub quantity: i64,
    /// Price of one with VAT, in öre.
    pub price: i64,
    /// Whether it has been paid or invoiced.
    #[serde(default)]
    pub debited: bool,
    /// Names of the participants, where the product needs them.
    #[serde(default)]
    pub participants: Vec<String>,
}

fn article() -> String {
    "ARTICLE".to_owned()
}

/// An order.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Its id: what `orderid` names.
    pub id: u64,
    /// Its number, which is for people.
    pub number: u64,
    /// The facility; none: 100.
    pub business_unit: Option<u64>,
    /// The orderer; none for an anonymous order.
    pub customer: Option<u64>,
    /// What is bought.
    pub rows: Vec<Row>,
    /// Numbers of the value cards that are reserved for it.
    pub value_cards: Vec<String>,
    /// ISO 4217.
    pub currency: String,
    /// The shop's own id.
    pub external_id: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub last_modified: Timestamp,
    /// When it lapses, if it is not paid before.
    pub invalidate_time: Option<Timestamp>,
    /// Whether it was debited as a whole: an order without rows has none that could show it.
    pub debited: bool,
    /// Whether it was confirmed without being paid.
    pub confirmed: bool,
    /// Whether it was deleted.
    pub deleted: bool,
}

impl Order {
    /// What its rows cost together, in öre.
    #[must_use]
    pub fn price(&self) -> i64 {
        self.rows.iter().fold(0, |sum, row| sum.saturating_add(row.price.saturating_mul(row.quantity)))
    }

    /// Whether it, or any row, has been debited.
    #[must_use]
    pub fn is_debited(&self) -> bool {
        self.debited || self.rows.iter().any(|row| row.debited)
    }

    /// Whether it lapsed.
    #[must_use]
    pub fn has_lapsed(&self, now: Timestamp) -> bool {
        self.invalidate_time.is_some_and(|end| end <= now) && !self.is_debited()
    }

    /// The order with every row debited.
    #[must_use]
    pub fn debited(mut self, now: Timestamp) -> Self {
        self.rows.iter_mut().for_each(|row| row.debited = true);
        self.debited = true;
        self.last_modified = now;
        self
    }
}

/// A prepaid card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueCard {
    /// Its number, 12 to 20 characters.
    pub number: String,
    /// What is left on it, in öre.
    pub balance: i64,
}

/// How long an invoice waits for second thoughts before it is distributed: BRP's default.
pub const REGRET_TIME: SignedDuration = SignedDuration::from_mins(30);

/// Where an invoice stands, in API3's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum InvoiceState {
    /// At a debt collector.
    StateDebtCollection,
    /// Paid.
    StateDone,
    /// Status 1, "Ej Skickad".
    StateNotSent,
    /// It waits to be distributed.
    StatePendingSend,
    /// A reminder was sent.
    StateReminder,
    /// At a reminder service.
    StateReminderService,
    /// With the customer.
    StateSent,
}

/// An invoice made in BRP.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invoice {
    /// Its id: what `invoiceid` names.
    pub id: u64,
    /// Its number, which is for people.
    pub number: u64,
    /// The facility; none: 301.
    pub business_unit: Option<u64>,
    /// Who is to pay.
    pub customer: Option<u64>,
    /// The organisation that is to pay.
    pub organisation: Option<u64>,
    /// The person that it goes to at the organisation; none there: 304.
    pub reference: Option<u64>,
    /// The order that it is for.
    pub order: Option<u64>,
    /// The subscription that it is for.
    pub subscription: Option<u64>,
    /// What it was made over, in öre.
    pub total: i64,
    /// What is left to pay, with the reminder fee, in öre; 0 or less: 302.
    pub rest: i64,
    /// The reminder fee in it, in öre.
    pub reminder_fee: i64,
    /// ISO 4217.
    pub currency: String,
    /// Where it stands.
    pub state: InvoiceState,
    /// `email` or `centralprint21grams`; none if it is not distributed.
    pub distribution: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// When it is to be paid.
    pub due_date: Date,
    /// Whether it was deleted.
    pub deleted: bool,
}

impl Invoice {
    /// Where it stands at a moment: what waits to be distributed is sent when the time for second
    /// thoughts is over.
    #[must_use]
    pub fn state_at(&self, now: Timestamp) -> InvoiceState {
        let over = now.duration_since(self.created) >= REGRET_TIME;
        if self.state == InvoiceState::StatePendingSend && over {
            InvoiceState::StateSent
        } else {
            self.state
        }
    }

    /// Whether it has been handed to somebody else to collect.
    #[must_use]
    pub fn is_handed_over(&self) -> bool {
        matches!(self.state, InvoiceState::StateDebtCollection | InvoiceState::StateReminderService)
    }
}

/// A bookkeeping receipt.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Receipt {
    /// Its id: what `receiptid` names.
    pub id: u64,
    /// Its number.
    pub number: u64,
    /// The order that it is for.
    pub order: Option<u64>,
    /// The invoice that it is for.
    pub invoice: Option<u64>,
    /// The facility.
    pub business_unit: Option<u64>,
    /// The customer.
    pub customer: Option<u64>,
    /// When it was made.
    pub created: Timestamp,
    /// What was paid, in öre.
    pub amount: i64,
    /// Of which by value cards, in öre.
    pub by_value_card: i64,
    /// ISO 4217.
    pub currency: String,
    /// The payment method's name.
    pub method: String,
    /// What was bought.
    pub rows: Vec<Row>,
}

/// How a letter goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By e-mail.
    Email,
    /// Printed and posted.
    Post,
}

/// A letter that would have been sent. It is kept here, never sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mail {
    /// Counts up.
    pub number: u64,
    /// How it goes out.
    pub channel: Channel,
    /// The receiver.
    pub to: String,
    /// Its first line.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// The receipt that it is about.
    pub receipt: Option<u64>,
    /// The invoice that it is about.
    pub invoice: Option<u64>,
    /// The order that it is about.
    pub order: Option<u64>,
    /// When it goes out.
    pub at: Timestamp,
}

/// An agreement that the customer is asked to accept by a link in a receipt mail.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Agreement {
    /// Names it in its address.
    pub token: String,
    /// What it is: signing an agreement, or registering for AvtaleGiro.
    pub kind: AgreementKind,
    /// The order that it came with.
    pub order: u64,
    /// The customer.
    pub person: Option<u64>,
    /// When it was accepted.
    pub accepted: Option<Timestamp>,
}

/// What a customer is asked to accept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgreementKind {
    /// A registration for AvtaleGiro at Nets.
    Avtalegiro,
    /// An electronic signature under an agreement.
    Signature,
}
