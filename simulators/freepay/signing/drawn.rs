//! Drawing returns: right ones, and those with one thing wrong or odd.

use rand::Rng;

use super::form_messages::{ORDERS, merchant, price};
use super::view::{MANAGEMENT, SPELLINGS, Spelling, written};
use super::visits::{Answer, Told, Visit};
use super::{CURRENCIES, DECLINE, PAYMENT, SUBSCRIPTION, number};
use crate::kit::awkward::{below, one_in, pick};

/// What can be wrong with a return, or odd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// More is authorised than the order costs.
    AmountAbove,
    AmountBelow,
    /// An øre or a few are missing.
    AmountOre,
    AmountHundredth,
    Captured,
    CaptureAmount,
    Currency,
    /// The decline page, with a reason of Nets'.
    Declined,
    /// With Freepay's own.
    DeclinedInternally,
    DeclinedWithoutReason,
    Id,
    /// The transact is spelt otherwise than the id.
    IdSpelling,
    MadeUp,
    Merchant,
    NoTransact,
    Nothing,
    NotAView,
    Order,
    OrderCase,
    /// An order that XML escapes.
    OrderEscaped,
    OrderZeros,
    /// The view is of another order, and the address calls it by the shop's.
    OrderOfAnother,
    /// Parameters of the shop's own look like Freepay's.
    OwnParameters,
    /// One of them is called `OrderID`, and has the order's number.
    OwnOrderId,
    Used,
    /// The id has paid, and the transact is spelt otherwise.
    UsedSpelling,
    Xml,
}

const FLAWS: &[Flaw] = &[
    Flaw::AmountAbove,
    Flaw::AmountBelow,
    Flaw::AmountOre,
    Flaw::AmountHundredth,
    Flaw::Captured,
    Flaw::CaptureAmount,
    Flaw::Currency,
    Flaw::Declined,
    Flaw::DeclinedInternally,
    Flaw::DeclinedWithoutReason,
    Flaw::Id,
    Flaw::IdSpelling,
    Flaw::MadeUp,
    Flaw::Merchant,
    Flaw::NoTransact,
    Flaw::Nothing,
    Flaw::Nothing,
    Flaw::Nothing,
    Flaw::NotAView,
    Flaw::Order,
    Flaw::OrderCase,
    Flaw::OrderZeros,
    Flaw::OrderOfAnother,
    Flaw::OwnParameters,
    Flaw::Used,
    Flaw::UsedSpelling,
    Flaw::Xml,
];

const ACCEPTS: &[&str] = &[
    "https://shop.example/accept",
    "https://shop.example/accept.asp",
    "http://127.0.0.1:3000/paid?lang=da",
    "https://shop.example/k%c3%b8b/tak/",
];
/// The order that one of the shop's own addresses names.
const OWN_ORDER: &str = "1001";
const OWN_ORDER_ACCEPT: &str = "https://shop.example/accept?OrderID=1001";
/// Addresses whose own parameters look like Freepay's.
const OWN_ACCEPTS: &[&str] = &[
    "https://shop.example/accept?transact=7",
    "https://shop.example/accept?lasttransact=8&reorder=1",
    OWN_ORDER_ACCEPT,
    "https://shop.example/accept?OrderNumber=1&transact=",
];
const DECLINES: &[&str] = &["https://shop.example/decline.asp", "http://127.0.0.1:3000/refused?lang=da"];
const OWN_DECLINES: &[&str] =
    &["https://shop.example/decline?reason=0", "https://shop.example/decline?showreason=2&transact=9"];

/// A return, right or with one thing wrong or odd.
pub(super) fn arbitrary(rng: &mut dyn Rng) -> Visit {
    let flaw = FLAWS[below(rng, u32::try_from(FLAWS.len()).unwrap_or(1)) as usize];
    let form = if one_in(rng, 3) { SUBSCRIPTION } else { PAYMENT };
    with(rng, form, flaw)
}

/// A return of this form with this flaw.
pub(super) fn with(rng: &mut dyn Rng, form: &'static str, flaw: Flaw) -> Visit {
    let is_declined = matches!(flaw, Flaw::Declined | Flaw::DeclinedInternally | Flaw::DeclinedWithoutReason)
        || flaw == Flaw::OwnParameters && one_in(rng, 3);
    let is_about_money = matches!(
        flaw,
        Flaw::AmountAbove
            | Flaw::AmountBelow
            | Flaw::AmountOre
            | Flaw::AmountHundredth
            | Flaw::Captured
            | Flaw::CaptureAmount
    );
    let form = match form {
        _ if is_declined => DECLINE,
        _ if is_about_money => PAYMENT,
        form => form,
    };
    let mut visit = right(rng, form);
    if is_declined {
        decline(rng, &mut visit, flaw);
    } else {
        spoil(rng, &mut visit, flaw);
    }
    visit
}

/// A return with nothing wrong.
fn right(rng: &mut dyn Rng, form: &'static str) -> Visit {
    let price = price(rng);
    let order = pick(rng, ORDERS).to_owned();
    let id = (1_000_000 + below(rng, 500_000_000)).to_string();
    let merchant = merchant(rng);
    let told = Told {
        id: id.clone(),
        merchant_id: (1000 + below(rng, 90_000)).to_string(),
        merchant: merchant.clone(),
        created: format!(
            "20{:02}-0{}-1{}T09:01:0{}",
            12 + below(rng, 12),
            1 + below(rng, 9),
            below(rng, 10),
            below(rng, 10)
        ),
        captured: None,
        currency: number(&price.currency).unwrap_or_default(),
        order: order.clone(),
        authorized: if form == PAYMENT { price.minor } else { 0 },
        capture: if form == PAYMENT { price.minor } else { 0 },
        spelling: if one_in(rng, 3) { Spelling::DefaultFirst } else { Spelling::Indented },
    };
    let mut used = Vec::new();
    for _ in 0..below(rng, 4).saturating_sub(1) {
        used.push((1_000_000 + below(rng, 500_000_000)).to_string());
    }
    used.retain(|used| *used != id);
    Visit {
        form,
        endpoint: pick(rng, ACCEPTS).to_owned(),
        transact: Some(id),
        url_order: Some(order.clone()),
        param: one_in(rng, 4).then(|| pick(rng, &["abc", "a b&c", "Søren"]).to_owned()),
        reason: None,
        merchant,
        order,
        price,
        status: 200,
        answer: Answer::Told(told),
        used,
    }
}

/// What was a right return comes to the decline page.
fn decline(rng: &mut dyn Rng, visit: &mut Visit, flaw: Flaw) {
    (visit.status, visit.answer) = (0, Answer::Other(String::new()));
    (visit.transact, visit.url_order) = (None, None);
    let codes = &["1", "100", "101", "116", "117", "200", "909", "984"];
    visit.reason = match flaw {
        Flaw::DeclinedInternally => Some(pick(rng, &["-1", "-2"]).to_owned()),
        Flaw::DeclinedWithoutReason => None,
        _ => Some(pick(rng, codes).to_owned()),
    };
    visit.param = visit.param.take().filter(|_| visit.reason.is_some());
    pick(rng, if flaw == Flaw::OwnParameters { OWN_DECLINES } else { DECLINES })
        .clone_into(&mut visit.endpoint);
}

/// What the web service says to an id that it does not know; nobody knows its words.
fn unknown(rng: &mut dyn Rng) -> (i64, String) {
    match below(rng, 4) {
        0 => (0, String::new()),
        1 => (404, String::new()),
        2 => (500, "System.Exception: Unknown transaction".to_owned()),
        _ => (500, "Server was unable to process request.".to_owned()),
    }
}

/// The payer comes to this address; where it names an order, that is the one.
fn come_to(visit: &mut Visit, endpoint: &str) {
    endpoint.clone_into(&mut visit.endpoint);
    if endpoint.contains(OWN_ORDER) {
        all_of(visit, OWN_ORDER);
    }
}

/// Shop, address and view are of this order.
fn all_of(visit: &mut Visit, order: &str) {
    order.clone_into(&mut visit.order);
    visit.url_order = Some(order.to_owned());
    visit.tell(|told| order.clone_into(&mut told.order));
}

fn spoil(rng: &mut dyn Rng, visit: &mut Visit, flaw: Flaw) {
    let (order, minor, own) = (visit.order.clone(), visit.price.minor, visit.merchant.clone());
    match flaw {
        Flaw::MadeUp => {
            let (status, text) = unknown(rng);
            (visit.status, visit.answer) = (status, Answer::Other(text));
            if one_in(rng, 3) {
                visit.transact = Some(pick(rng, &["1", "999999999", "123456"]).to_owned());
            }
        }
        Flaw::NoTransact => {
            (visit.transact, visit.url_order, visit.param) = (None, None, None);
            let missing = if visit.form == SUBSCRIPTION { "subscriptionID" } else { "transactionID" };
            (visit.status, visit.answer) = (500, Answer::Other(format!("Missing parameter: {missing}.")));
        }
        Flaw::NotAView => visit.answer = Answer::Other(no_view(rng)),
        Flaw::OwnParameters => come_to(visit, pick(rng, OWN_ACCEPTS)),
        Flaw::OwnOrderId => come_to(visit, OWN_ORDER_ACCEPT),
        Flaw::OrderEscaped => {
            all_of(visit, pick(rng, &["Køb & salg <7>", "7 & 8", "<b>7</b>", "<>", "&amp;"]));
        }
        Flaw::OrderZeros | Flaw::OrderCase => {
            let (ours, other) = match flaw {
                Flaw::OrderZeros if one_in(rng, 2) => ("42", "0042"),
                Flaw::OrderZeros => ("0042", "42"),
                _ if one_in(rng, 2) => ("Ordre 7a", "ordre 7A"),
                _ => ("ÆBLE-1", "æble-1"),
            };
            ours.clone_into(&mut visit.order);
            visit.url_order = Some(if one_in(rng, 2) { ours } else { other }.to_owned());
            visit.tell(|told| other.clone_into(&mut told.order));
        }
        Flaw::Order | Flaw::OrderOfAnother => {
            let other = match below(rng, 3) {
                0 => format!("{order}0"),
                1 => format!("a{order}"),
                _ => "9001".to_owned(),
            };
            if flaw == Flaw::Order {
                visit.url_order = Some(other.clone());
            }
            visit.tell(|told| told.order.clone_from(&other));
        }
        Flaw::Used => {
            let place = below(rng, u32::try_from(visit.used.len() + 1).unwrap_or(1)) as usize;
            visit.used.extend(visit.transact.clone());
            let last = visit.used.len() - 1;
            visit.used.swap(place, last);
        }
        Flaw::IdSpelling | Flaw::UsedSpelling => {
            if flaw == Flaw::UsedSpelling {
                visit.used.extend(visit.transact.clone());
            }
            let prefix = pick(rng, &["0", "000", " "]);
            visit.transact = visit.transact.as_ref().map(|transact| format!("{prefix}{transact}"));
        }
        _ => {
            let other_currency = CURRENCIES[1 + below(rng, 3) as usize];
            let letters = visit.price.currency.clone();
            let spelling = SPELLINGS[2 + below(rng, 4) as usize];
            let (few, part) = (1 + i64::from(below(rng, 5)), 1 + i64::from(below(rng, 99)));
            let same = one_in(rng, 2);
            if flaw == Flaw::AmountHundredth {
                visit.price.minor = minor.max(1) * 100;
            } else if flaw == Flaw::AmountOre {
                visit.price.minor = minor / 100 * 100 + 50;
            } else if flaw == Flaw::AmountBelow {
                visit.price.minor = minor + 100;
            }
            let price = visit.price.minor;
            let Some(told) = visit.told_mut() else { return };
            match flaw {
                Flaw::AmountAbove => told.authorized = if same { price * 100 } else { price + few },
                Flaw::AmountBelow => told.authorized = (price * part / 100).min(price - 100).max(1),
                Flaw::AmountOre => told.authorized = price - few,
                Flaw::AmountHundredth => told.authorized = price / 100,
                Flaw::Captured => told.captured = Some("2024-03-01T12:00:00".to_owned()),
                Flaw::CaptureAmount => told.capture = if same { 0 } else { price * part / 100 },
                Flaw::Currency => {
                    let other = if letters == CURRENCIES[0] { other_currency } else { CURRENCIES[0] };
                    told.currency = number(other).unwrap_or_default();
                }
                Flaw::Id => told.id = (7_000_000 + few * 1009 + part).to_string(),
                Flaw::Merchant => {
                    told.merchant = (1_000_000 + few * 100_003 + part).to_string();
                    if same {
                        told.merchant_id = own;
                    }
                }
                Flaw::Xml => told.spelling = spelling,
                _ => {}
            }
            if matches!(flaw, Flaw::AmountAbove | Flaw::AmountBelow | Flaw::AmountOre | Flaw::AmountHundredth)
            {
                told.capture = told.authorized;
            }
        }
    }
}

/// What comes with 200 all the same and is no view.
fn no_view(rng: &mut dyn Rng) -> String {
    match below(rng, 4) {
        0 => String::new(),
        1 => "<html><body><h1>Servicevindue</h1></body></html>".to_owned(),
        2 => {
            let elements = [("AcquirerStatusCode", "0".to_owned()), ("IsSuccess", "true".to_owned())];
            written("TransactionResult", MANAGEMENT, &elements, Spelling::Indented)
        }
        _ => "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<TransactionView><OrderID>".to_owned(),
    }
}
