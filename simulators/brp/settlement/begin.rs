//! The beginning: what a call is about, whether it may go on, and where the payer goes.

use jiff::civil::Date;

use crate::brp::ID;
use crate::brp::around::{Around, choice};
use crate::brp::codes;
use crate::brp::endpoints::{Purpose, SUBSCRIPTION_ID};
use crate::brp::model::{
    Attempt, Invoice, MANDATE_AMOUNT, Order, Person, Subject, Subscription, Transaction,
};
use crate::brp::obstacles::{self, Reference, Wishes};
use crate::brp::psp::Psp;
use crate::kit::outcome::Outcome;
use crate::kit::table::Tx;

use super::finish::{By, Decision, decide, finish};
use super::{Begun, Call, Made, booking, ended, invoicing, offers};

/// What a call is about, as it is found.
struct Found {
    subject: Subject,
    customer: Option<u64>,
    price: i64,
    currency: String,
    around: Around,
    /// What keeps it from going on.
    hindrance: Option<&'static str>,
}

/// Begins a payment, or does at once what needs none, or says why neither. What was queued and does
/// not fit the endpoint is remarked on.
pub fn begin(tx: &mut Tx<'_>, call: &Call) -> (Begun, Option<String>) {
    let found = match find(tx, call) {
        Ok(found) => found,
        Err(code) => return (back(tx, call, None, code), None),
    };
    let endpoint = call.endpoint;
    let key = found.subject.key();
    let queued = tx.queued_outcome(ID, &key);
    let misplaced = match &queued {
        Some(outcome @ (Outcome::Cancel | Outcome::Decline | Outcome::Expire))
            if !endpoint.purpose.visits() =>
        {
            Some(format!("{outcome} is queued, and {} asks no payer; it stays queued", endpoint.path))
        }
        Some(Outcome::Code(code)) if !codes::occurs(code, endpoint) => Some(format!(
            "{code} is queued and cannot come from {}; it stays queued (`provkassa codes brp {code}` says where it occurs)",
            endpoint.path
        )),
        _ => None,
    };
    let early = match queued.filter(|_| misplaced.is_none()) {
        Some(Outcome::Code(code)) => codes::code(&code).map(|code| code.code.as_str()),
        Some(_) => None,
        None => codes::of_amount(found.price).filter(|code| codes::occurs(code, endpoint)),
    }
    .filter(|code| codes::is_early(code, endpoint));
    if let Some(code) = early.or(found.hindrance) {
        if early.is_some() && misplaced.is_none() {
            tx.take_outcome(ID, &key);
        }
        return (back(tx, call, Some(found.subject), code), misplaced);
    }
    let decided = if misplaced.is_none() { tx.take_outcome(ID, &key) } else { None };
    let begun =
        if endpoint.purpose.visits() { visit(tx, call, found, decided) } else { settle(tx, call, &found) };
    (begun, misplaced)
}

fn back(tx: &Tx<'_>, call: &Call, subject: Option<Subject>, code: &str) -> Begun {
    Begun::Back(ended(tx, call.endpoint, call.returnurl.as_deref(), subject, Err(code)))
}

fn find(tx: &Tx<'_>, call: &Call) -> Result<Found, &'static str> {
    let endpoint = call.endpoint;
    let choice = choice(tx, endpoint.purpose, call.message.value("paymentmethodid"));
    let given = |name: &str| call.message.value(name).filter(|value| !value.is_empty());
    let person = call.id("referenceId").and_then(|id| tx.get::<Person>(id));
    let reference = match (given("referenceId"), person) {
        (None, _) => Reference::Missing,
        (Some(_), Some(_)) => Reference::Person,
        (Some(_), None) => Reference::Unknown,
    };
    let wishes = Wishes {
        // Anything but `true` means the orderer's own account.
        organisation: call.message.value("useorgaccount") == Some("true"),
        distribution: given("distributionmethod"),
        alias_fits: call.payer_alias.is_some(),
        reference,
        due_unreadable: given("dueDate").is_some_and(|day| day.parse::<Date>().is_err()),
    };
    let swedish_kronor = || "SEK".to_owned();
    let found = match endpoint.purpose {
        Purpose::PayOrder
        | Purpose::PayOrderBySwish
        | Purpose::ChargeAccount
        | Purpose::InvoiceOrder
        | Purpose::ConfirmOrder => {
            let order = call.id("orderid").and_then(|id| tx.get::<Order>(id));
            let order = order.filter(|order| !order.deleted && !order.has_lapsed(tx.now)).ok_or("12")?;
            let around = Around::order(tx, &order, choice);
            let hindrance = obstacles::of_order(endpoint, &order, &around, &wishes, tx.settings);
            // A recurring product needs a card, and there is none to see when nothing is left to pay.
            let cardless =
                endpoint.purpose.visits() && around.recurring && around.left_of(order.price()) == 0;
            Found {
                subject: Subject::Order(order.id),
                customer: order.customer,
                price: order.price(),
                currency: order.currency.clone(),
                hindrance: hindrance.or(cardless.then_some("102")),
                around,
            }
        }
        Purpose::PayInvoice => {
            let invoice = call.id("invoiceid").and_then(|id| tx.get::<Invoice>(id));
            let invoice = invoice.filter(|invoice| !invoice.deleted).ok_or("300")?;
            let around = Around::invoice(tx, &invoice, choice);
            Found {
                subject: Subject::Invoice(invoice.id),
                customer: invoice.customer,
                price: invoice.rest,
                currency: invoice.currency.clone(),
                hindrance: obstacles::of_invoice(endpoint, &invoice, &around, tx.settings),
                around,
            }
        }
        Purpose::CreateMandate => {
            let person = call.id("personid").ok_or("103")?;
            let business_unit = call.id("businessunitid").ok_or("100")?;
            let around = Around::person(tx, Some(business_unit), Some(person), choice);
            Found {
                subject: Subject::Mandate { person, business_unit },
                customer: Some(person),
                price: MANDATE_AMOUNT,
                currency: swedish_kronor(),
                hindrance: obstacles::of_mandate(endpoint, &around, tx.settings),
                around,
            }
        }
        Purpose::PayAccount => {
            let person = call.id("customerid").and_then(|id| tx.get::<Person>(id)).ok_or("103")?;
            let around = Around::person(tx, person.business_unit, Some(person.id), choice);
            Found {
                subject: Subject::Account(person.id),
                customer: Some(person.id),
                price: person.account_debt,
                currency: swedish_kronor(),
                hindrance: obstacles::of_account(endpoint, &around, &wishes, tx.settings),
                around,
            }
        }
        Purpose::DebitSubscription => {
            let subscription = call.id(SUBSCRIPTION_ID).and_then(|id| tx.get::<Subscription>(id));
            let subscription = subscription.ok_or("305")?;
            let unit = subscription.business_unit;
            Found {
                subject: Subject::Subscription(subscription.id),
                customer: Some(subscription.person),
                price: subscription.price,
                currency: swedish_kronor(),
                hindrance: obstacles::of_subscription(endpoint, &subscription, &wishes),
                around: Around::person(tx, unit, Some(subscription.person), choice),
            }
        }
    };
    let swish = endpoint.purpose == Purpose::PayOrderBySwish || found.around.kind() == "SWISH";
    let busy = swish && tx.settings.get("brp.swish_open_request") == "refuse" && {
        let attempts = tx.all::<Attempt>();
        attempts.iter().any(|attempt| {
            attempt.psp == Psp::Swish && attempt.payer_alias == call.payer_alias && attempt.is_open(tx.now)
        })
    };
    Ok(Found { hindrance: found.hindrance.or(busy.then_some("201")), ..found })
}

/// Sends the payer to a provider. When nothing is left to pay there is none to visit, and it is
/// settled at once.
fn visit(tx: &mut Tx<'_>, call: &Call, found: Found, decided: Option<Outcome>) -> Begun {
    let Found { subject, customer, price, currency, around, .. } = found;
    let amount = around.left_of(price);
    let psp = match (&around.method, &around.unit) {
        (Some(method), _) if method.kind == "SWISH" => Psp::Swish,
        (Some(method), _) => method.psp,
        (None, Some(unit)) => unit.psp,
        (None, None) => Psp::Brp,
    };
    let token = tx.token::<Attempt>(&format!("order {}", subject.key()));
    let mut attempt = Attempt {
        token: token.clone(),
        endpoint: call.endpoint.path.to_owned(),
        subject,
        customer,
        amount,
        price,
        currency,
        method: around.method.as_ref().map(|method| method.id),
        offered: Vec::new(),
        psp,
        payer_alias: call.payer_alias.clone(),
        card: None,
        returnurl: call.returnurl.clone(),
        receiptemails: call.receiptemails.clone(),
        value_cards: around.value_cards,
        created: tx.now,
        decided: decided.clone(),
        answer: None,
        word: None,
        transaction: Transaction::Started,
        ended: None,
        base: call.base.clone(),
        sent: call.sent.clone(),
    };
    attempt.offered = offers::at_first(tx, &attempt);
    tx.put(attempt);
    if amount > 0 {
        let room = if psp == Psp::Swish { "swish" } else { "provider" };
        return Begun::Away(format!("{room}/{token}"));
    }
    let decision = Decision::outcome(decided.unwrap_or(Outcome::Approve));
    let settled = decide(tx, &token, &decision, By::Queue).and_then(|seal| finish(tx, &token, &seal));
    settled.map_or_else(|| back(tx, call, Some(subject), "203"), Begun::Back)
}

/// Does what needs no provider.
fn settle(tx: &mut Tx<'_>, call: &Call, found: &Found) -> Begun {
    let made = match (call.endpoint.purpose, found.subject) {
        (Purpose::ChargeAccount, Subject::Order(id)) => tx.get::<Order>(id).map(|order| {
            let organisation = call.message.value("useorgaccount") == Some("true");
            Made::Receipt(booking::charge_account(tx, call, &order, &found.around, organisation))
        }),
        (Purpose::InvoiceOrder, Subject::Order(id)) => tx.get::<Order>(id).map(|order| {
            let way = call.message.value("distributionmethod").filter(|way| !way.is_empty());
            Made::Invoice(invoicing::invoice_order(tx, &order, &found.around, way))
        }),
        (Purpose::ConfirmOrder, Subject::Order(id)) => tx.get::<Order>(id).map(|order| {
            booking::confirm(tx, &order, &found.around);
            Made::Nothing
        }),
        (_, Subject::Subscription(id)) => tx.get::<Subscription>(id).map(|subscription| {
            let reference = call.id("referenceId");
            let sent = call.message.value("setInvoiceAsSent") == Some("true");
            let due = call.message.value("dueDate").and_then(|day| day.parse().ok());
            Made::Invoice(invoicing::debit(tx, &subscription, reference, due, sent))
        }),
        _ => None,
    };
    let result = made.ok_or("204");
    Begun::Back(ended(tx, call.endpoint, call.returnurl.as_deref(), Some(found.subject), result))
}
