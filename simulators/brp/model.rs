//! BRP's records and what may happen to them: pure, in BRP's own words.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::kit::outcome::Outcome;
use crate::kit::page::Sent;
use crate::kit::settings::Settings;
use crate::kit::table::{Id, Record};

/// How long the payment page of the provider stays open. Assumed: no document says.
pub const PAGE_LIFETIME: SignedDuration = SignedDuration::from_mins(30);

macro_rules! records {
    ($($type:ident: $table:literal by $key:ident;)+) => {
        $(impl Record for $type {
            const TABLE: &'static str = $table;

            fn id(&self) -> Id {
                self.$key.clone().into()
            }
        })+
    };
}

records! {
    Attempt: "brp.attempts" by token;
    BusinessUnit: "brp.businessunits" by id;
    Mail: "brp.mails" by number;
    Method: "brp.paymentmethods" by id;
    Order: "brp.orders" by id;
    Person: "brp.persons" by id;
    Product: "brp.products" by id;
    Receipt: "brp.receipts" by id;
    Session: "brp.sessions" by token;
    ValueCard: "brp.valuecards" by number;
}

/// A facility. An order belongs to one.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BusinessUnit {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// The company that it belongs to.
    pub company: String,
    /// Whether it has a register for internet sales; if not: 11.
    pub internet_register: bool,
    /// Whether the payment provider is set up for it; if not: 9.
    pub psp_configured: bool,
    /// Whether its books are closed, so that nothing can be debited: 208.
    pub books_closed: bool,
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
    /// Postal address on one line.
    pub address: Option<String>,
}

/// Something to sell.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Price of one with VAT, in öre.
    pub price: i64,
    /// Whether it needs recurring card payment.
    pub recurring: bool,
    /// Whether the payment alternatives allow an order to be confirmed only, not paid: 108.
    pub confirm_only: bool,
    /// Whether each one needs the names of its participants: 111.
    pub participants_required: bool,
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
    /// Whether it was deleted.
    pub deleted: bool,
}

impl Order {
    /// What its rows cost together, in öre.
    #[must_use]
    pub fn price(&self) -> i64 {
        self.rows.iter().fold(0, |sum, row| sum.saturating_add(row.price.saturating_mul(row.quantity)))
    }

    /// Whether any row has been debited.
    #[must_use]
    pub fn is_debited(&self) -> bool {
        self.rows.iter().any(|row| row.debited)
    }

    /// Whether it lapsed.
    #[must_use]
    pub fn has_lapsed(&self, now: Timestamp) -> bool {
        self.invalidate_time.is_some_and(|end| end <= now) && !self.is_debited()
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

/// Where a transaction at the payment provider stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transaction {
    /// Undone: nothing is taken from the payer.
    Annulled,
    /// Money is taken.
    Captured,
    /// The provider or the payer said no.
    Refused,
    /// The payer has not decided.
    Started,
}

/// One visit to the payment provider.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Attempt {
    /// Names it in addresses; nobody else can guess it.
    pub token: String,
    /// The order.
    pub order: u64,
    /// What is to be paid, in öre.
    pub amount: i64,
    /// What the order's rows cost when it began, in öre.
    pub price: i64,
    /// ISO 4217.
    pub currency: String,
    /// The payment method, if the link names one.
    pub method: Option<u64>,
    /// Where the payer goes afterwards; none if the link has no usable one.
    pub returnurl: Option<String>,
    /// Further receivers of the receipt.
    pub receiptemails: Vec<String>,
    /// The reserved value cards as they were when it began.
    pub value_cards: Vec<ValueCard>,
    /// When it began.
    pub created: Timestamp,
    /// What was queued for it: the payer is not asked.
    pub decided: Option<Outcome>,
    /// What the provider answered, once it did.
    pub answer: Option<Outcome>,
    /// Where its transaction stands.
    pub transaction: Transaction,
    /// How it ended: the code (empty for success) and where the payer was sent.
    pub ended: Option<Ended>,
    /// What the shop sent.
    pub sent: Sent,
}

/// How an attempt ended. A reload of any of its pages repeats this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// The error code; empty for success.
    pub code: String,
    /// The receipt, if it succeeded.
    pub receipt: Option<u64>,
    /// The return address, if there is one.
    pub location: Option<String>,
}

/// A bookkeeping receipt.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Receipt {
    /// Its id: what `receiptid` names.
    pub id: u64,
    /// Its number.
    pub number: u64,
    /// The order that it is for.
    pub order: u64,
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

/// A receipt that would have been sent by e-mail. It is kept here, never sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mail {
    /// Counts up.
    pub number: u64,
    /// The receiver.
    pub to: String,
    /// The receipt.
    pub receipt: u64,
}

/// A login to the REST API.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    /// The access token.
    pub token: String,
    /// Who logged in.
    pub username: String,
    /// When the token ends.
    pub expires: Timestamp,
}

/// What a link asks for, beside its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The payer chooses at the provider.
    Open,
    /// A method that exists.
    Method(u64),
    /// Something that is no method.
    Unknown,
}

/// Everything that decides whether an order may be paid.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// The order's facility.
    pub unit: Option<&'a BusinessUnit>,
    /// The orderer.
    pub person: Option<&'a Person>,
    /// What the link asks for.
    pub choice: &'a Choice,
    /// The method that it names.
    pub method: Option<&'a Method>,
    /// Whether any row's product is recurring.
    pub recurring: bool,
    /// Whether any row's product may only be confirmed.
    pub confirm_only: bool,
    /// Whether any row lacks its participants.
    pub participants_missing: bool,
}

/// The first thing that keeps an order from being paid at the provider, in BRP's (assumed) order of
/// checks; `None` if the payer may go there.
#[must_use]
pub fn obstacle(order: &Order, around: &Surroundings<'_>, settings: &Settings) -> Option<&'static str> {
    let price = order.price();
    let kind = around.method.map_or("CARD_CREDIT", |method| method.kind.as_str());
    let invoiced = kind == "INVOICE";
    let no_zero = around.recurring || settings.get("brp.zero_order") == "error102";
    let email = around.person.and_then(|person| person.email.as_deref());
    let address = around.person.and_then(|person| person.address.as_deref());
    let unit = |has: fn(&BusinessUnit) -> bool| around.unit.is_some_and(has);
    let checks = [
        ("100", around.unit.is_none()),
        ("101", order.is_debited()),
        ("102", price < 0 || (price == 0 && no_zero)),
        ("103", around.person.is_none() && (around.recurring || invoiced)),
        ("111", around.participants_missing),
        ("108", around.confirm_only),
        ("11", !unit(|unit| unit.internet_register)),
        ("10", *around.choice == Choice::Unknown),
        ("10", *around.choice == Choice::Open && settings.on("brp.requires_method")),
        ("13", around.method.is_some_and(|method| !method.internet)),
        ("14", !HANDLED.contains(&kind)),
        ("15", around.recurring && !kind.starts_with("CARD_")),
        ("9", !unit(|unit| unit.psp_configured)),
        ("104", invoiced && around.person.is_some_and(|person| person.personal_number.is_none())),
        ("105", invoiced && email.is_none() && address.is_none()),
        ("106", settings.on("brp.receipt_mail") && around.person.is_some() && email.is_none()),
        ("107", around.method.is_some_and(|method| method.needs_address) && address.is_none()),
        ("200", price > settings.number("brp.provider_max_minor")),
    ];
    checks.into_iter().find(|(_, holds)| *holds).map(|(code, _)| code)
}

/// The kinds of method that `payfororder` leads to. Assumed: Swish has an endpoint of its own, and
/// a customer account is no method of the provider's.
const HANDLED: &[&str] = &["BANK", "CARD_CREDIT", "CARD_DEBIT", "INVOICE", "KLARNA"];

/// What keeps an approved payment from being booked when the payer comes back.
#[must_use]
pub fn late_obstacle(
    attempt: &Attempt,
    order: Option<&Order>,
    around: &Surroundings<'_>,
    value_cards: &[ValueCard],
    now: Timestamp,
) -> Option<&'static str> {
    let Some(order) = order.filter(|order| !order.deleted && !order.has_lapsed(now)) else {
        return Some("203");
    };
    let checks = [
        ("203", order.is_debited()),
        ("202", order.price() != attempt.price),
        ("207", value_cards != attempt.value_cards),
        ("206", around.recurring && around.method.is_some_and(|method| !method.issues_token)),
        ("208", around.unit.is_none_or(|unit| unit.books_closed)),
    ];
    checks.into_iter().find(|(_, holds)| *holds).map(|(code, _)| code)
}
