//! What happens in an open window, in transactions: the queue decides, then the card, then the payer.

use crate::bambora::ID;
use crate::bambora::acquirer::{Card, Verdict};
use crate::bambora::model::{Merchant, Subscription, Transaction};
use crate::bambora::perform::{self, Asked};
use crate::kit::clock::danish;
use crate::kit::fault::{Place, path_of};
use crate::kit::nets;
use crate::kit::outcome::Outcome;
use crate::kit::table::Tx;

use super::methods::{Offer, takes};
use super::returning::{self, Told};
use super::session::{End, Paid, TIMED_OUT, Window};
use super::terms::Storing;

/// ePay's code for a window that the payer closed.
pub(super) const CLOSED: &str = "-5516";
/// For a card that the shop does not want.
const NOT_ALLOWED: &str = "-1010";
/// For a card that is no test card.
const NO_TEST_CARD: &str = "-1018";
/// The response to a payer who lets the bank refuse.
const REFUSED: u16 = 100;

/// Codes that mean that the payer broke off: they lead to `cancelurl`. That they all do is assumed.
const LEAVING: &[&str] = &[CLOSED, "-10006", "4000", "4121", "4122", "10004", "10005"];
/// Codes beside -55xx that end a window. Which do is assumed.
const CLOSING: &[&str] = &["-1001", "-1002", "-1011", "-1015", "-1200"];

/// What is wrong, so that the payer may try again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// With a field of the form: its name.
    Field(&'static str),
    /// The payment was refused: the code.
    Refused(String),
}

/// What a payer sees of a window.
#[derive(Clone, Debug)]
pub(super) enum What {
    /// The payer gave up: ePay's code.
    Left(String),
    /// It can be paid.
    Open(Option<Problem>),
    /// Nothing can be paid: ePay's code.
    Over(String),
    /// It is paid, just now or before.
    Paid(Paid, bool),
}

/// A window and what a payer sees of it.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) window: Window,
    pub(super) what: What,
}

/// What a payer sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Attempt {
    /// `approve`, `decline`, `cancel`.
    pub(super) outcome: String,
    /// The number of a way without a card; empty for a card.
    pub(super) method: String,
    /// The number of a test card that a button fills in.
    pub(super) test: String,
    pub(super) number: String,
    pub(super) month: String,
    pub(super) year: String,
    pub(super) cvc: String,
}

/// What a code does to a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Course {
    Closes,
    Leaves,
    Refuses,
}

impl Course {
    fn of(code: &str) -> Self {
        if LEAVING.contains(&code) {
            Self::Leaves
        } else if CLOSING.contains(&code) || (code.len() == 5 && code.starts_with("-55")) {
            Self::Closes
        } else {
            Self::Refuses
        }
    }
}

/// The code with which an outcome ends a window that is not even tried to be paid.
fn ends_with(outcome: &Outcome) -> Option<&str> {
    match outcome {
        Outcome::Cancel => Some(CLOSED),
        Outcome::Expire => Some(TIMED_OUT),
        Outcome::Code(code) if Course::of(code) != Course::Refuses => Some(code),
        _ => None,
    }
}

/// Looks at a window, by its token. What is queued for the order decides at once.
pub(super) fn look(tx: &mut Tx<'_>, token: &str) -> Option<Seen> {
    let seen = peek(tx, token)?;
    let What::Open(_) = seen.what else { return Some(seen) };
    let Some(outcome) = tx.queued_outcome(ID, &seen.window.terms.order) else { return Some(seen) };
    if let Some(code) = ends_with(&outcome) {
        tx.take_outcome(ID, &seen.window.terms.order);
        return Some(end(tx, seen.window, code));
    }
    let card = usual_card(&seen.window);
    Some(pay(tx, seen.window, card))
}

/// As it stands; that somebody looked counts as doing something.
fn peek(tx: &mut Tx<'_>, token: &str) -> Option<Seen> {
    let mut window = Window::clone(&*tx.get::<Window>(token)?);
    let what = match &window.end {
        End::Paid(paid) => What::Paid(paid.clone(), false),
        End::Over(code) => What::Over(code.clone()),
        End::Open => match window.too_late(tx.now) {
            Some(code) => What::Over(code.to_owned()),
            None => What::Open(None),
        },
    };
    if matches!(what, What::Open(_)) {
        window.active = tx.now;
        tx.put(window.clone());
    }
    Some(Seen { window, what })
}

/// A window ends unpaid. A payer who broke off may come back to it.
fn end(tx: &mut Tx<'_>, mut window: Window, code: &str) -> Seen {
    match Course::of(code) {
        Course::Leaves => Seen { window, what: What::Left(code.to_owned()) },
        Course::Closes => {
            window.end = End::Over(code.to_owned());
            tx.put(window.clone());
            Seen { window, what: What::Over(code.to_owned()) }
        }
        Course::Refuses => Seen { window, what: What::Open(Some(Problem::Refused(code.to_owned()))) },
    }
}

/// The test card that pays where none is typed: the first kind that the shop wants.
fn usual_card(window: &Window) -> Option<Card> {
    const USUAL: &[&str] = &["3333333333333000", "4444444444444000", "5555555555555000"];
    let mut cards = USUAL.iter().filter_map(|number| Card::of(number, 12, 2099));
    cards.find(|card| takes(&window.terms, card.payment_type))
}

/// The payer has sent a form.
pub(super) fn submit(tx: &mut Tx<'_>, token: &str, attempt: &Attempt) -> Option<Seen> {
    let Seen { window, what } = peek(tx, token)?;
    let What::Open(_) = what else { return Some(Seen { window, what }) };
    if attempt.outcome == "cancel" {
        return Some(end(tx, window, CLOSED));
    }
    let refused = attempt.outcome == "decline";
    let offer = Offer::of(&window.terms);
    let card = match offer.method(&attempt.method) {
        Some(method) => Ok(Some(method.card(Verdict::Approved(nets::APPROVED)))),
        None if !attempt.method.is_empty() || !offer.cards => Err(Problem::Refused(NOT_ALLOWED.to_owned())),
        None if refused => Ok(usual_card(&window)),
        None => typed(&window, attempt),
    };
    Some(match card {
        Err(problem) => Seen { window, what: What::Open(Some(problem)) },
        Ok(card) if refused => {
            let verdict = Verdict::Nets(REFUSED);
            pay(tx, window, card.map(|card| Card { verdict, ..card }))
        }
        Ok(card) => pay(tx, window, card),
    })
}

/// The card that was typed, or the usual one where nothing was.
fn typed(window: &Window, attempt: &Attempt) -> Result<Option<Card>, Problem> {
    if !attempt.test.is_empty() {
        return Ok(Card::of(&attempt.test, 12, 2099));
    }
    let fields = [&attempt.number, &attempt.month, &attempt.year, &attempt.cvc];
    if fields.iter().all(|field| field.trim().is_empty()) {
        return Ok(usual_card(window));
    }
    let digits: String = attempt.number.chars().filter(|digit| !" -".contains(*digit)).collect();
    if !(12..=19).contains(&digits.len()) || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(Problem::Field("cardnumber"));
    }
    let month: Option<i8> = attempt.month.trim().parse().ok().filter(|month| (1..=12).contains(month));
    let month = month.ok_or(Problem::Field("expmonth"))?;
    let year = attempt.year.trim();
    let year: Option<i16> = year.parse().ok().filter(|_| matches!(year.len(), 2 | 4));
    let year = year.filter(|year| *year >= 0).ok_or(Problem::Field("expyear"))?;
    let year = if year < 100 { 2000 + year } else { year };
    let cvc = attempt.cvc.trim();
    if !(3..=4).contains(&cvc.len()) || !cvc.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(Problem::Field("cvc"));
    }
    match Card::of(&digits, month, year) {
        None => Err(Problem::Refused(NO_TEST_CARD.to_owned())),
        card => Ok(card),
    }
}

/// The control API presses a button.
pub(super) fn press(tx: &mut Tx<'_>, token: &str, outcome: &Outcome) -> Option<Seen> {
    let Seen { window, what } = peek(tx, token)?;
    let What::Open(_) = what else { return Some(Seen { window, what }) };
    if let Some(code) = ends_with(outcome) {
        return Some(end(tx, window, code));
    }
    let verdict = perform::verdict_of(outcome);
    let card = usual_card(&window).map(|card| Card { verdict, ..card });
    Some(pay(tx, window, card))
}

/// Pays, or stores the card, or both.
fn pay(tx: &mut Tx<'_>, window: Window, card: Option<Card>) -> Seen {
    let refused =
        |code: String| Seen { window: window.clone(), what: What::Open(Some(Problem::Refused(code))) };
    let Some(card) = card.filter(|card| takes(&window.terms, card.payment_type)) else {
        return refused(NOT_ALLOWED.to_owned());
    };
    match charge(tx, &window, &card) {
        Ok((transaction, subscription)) => finish(tx, window, &card, transaction.as_ref(), subscription),
        Err(Verdict::Approved(response) | Verdict::Nets(response)) => refused(response.to_string()),
        Err(Verdict::Epay(code)) => end(tx, window, &code.to_string()),
    }
}

type Charged = (Option<Transaction>, Option<u64>);

fn charge(tx: &mut Tx<'_>, window: &Window, card: &Card) -> Result<Charged, Verdict> {
    let terms = &window.terms;
    let mut asked = Asked {
        order: terms.order.clone(),
        amount: terms.amount,
        fee: perform::fee_on(tx.settings, terms.amount),
        currency: terms.currency,
        card: card.clone(),
        instant: terms.instant_capture,
        split: terms.split,
        group: terms.group.clone(),
        description: terms.description.clone(),
        subscription: None,
    };
    match terms.storing {
        Storing::No => Ok((Some(perform::authorize(tx, &asked)?), None)),
        Storing::New => {
            let (subscription, transaction) = perform::sign_up(tx, &asked, &terms.subscription_name)?;
            Ok((transaction, Some(subscription.id)))
        }
        Storing::InPlaceOf(id) => {
            tx.get::<Subscription>(id).ok_or(Verdict::Epay(-1009))?;
            asked.subscription = Some(id);
            let transaction = if terms.amount > 0 {
                Some(perform::authorize(tx, &asked)?)
            } else {
                let says = card.says(danish(tx.now).date());
                let verdict = perform::decide(tx, &terms.order, says);
                if !verdict.approves() {
                    return Err(verdict);
                }
                None
            };
            put_card(tx, id, card);
            Ok((transaction, Some(id)))
        }
    }
}

/// Another card in the place of a subscription's own.
fn put_card(tx: &mut Tx<'_>, subscription: u64, card: &Card) {
    if let Some(known) = tx.get::<Subscription>(subscription) {
        tx.put(Subscription { card: card.clone(), ..Subscription::clone(&known) });
    }
}

/// It went well: where the payer goes, and what the shop is told.
fn finish(
    tx: &mut Tx<'_>,
    mut window: Window,
    card: &Card,
    transaction: Option<&Transaction>,
    subscription: Option<u64>,
) -> Seen {
    let merchant = tx.all::<Merchant>().into_iter().next();
    let own = |own: fn(&Merchant) -> &String| merchant.as_ref().map(|merchant| own(merchant).clone());
    let signs = tx.settings.get("bambora.md5_mode") != "off";
    let key = own(|merchant| &merchant.md5_key).filter(|key| signs && !key.is_empty());
    let terms = &window.terms;
    let told = Told {
        transaction: transaction.map_or(0, |transaction| transaction.id),
        order: &terms.order,
        amount: terms.amount,
        currency: terms.currency,
        at: tx.now,
        fee: transaction.map_or(0, |transaction| transaction.fee),
        subscription,
        payment_type: card.payment_type,
        card: &card.masked,
        fraud: tx.settings.on("bambora.fraud_fighter"),
    };
    let callback = Some(terms.callback.clone()).filter(|url| !url.is_empty());
    let callback = callback.or_else(|| own(|merchant| &merchant.callback_url)).unwrap_or_default();
    let id = transaction.map(|transaction| transaction.id).or(subscription).unwrap_or_default();
    // One that waits for its minute holds up no other.
    let lane = if terms.order.is_empty() { id.to_string() } else { format!("{}/{id}", terms.order) };
    let location = Some(&terms.accept).filter(|url| !url.is_empty());
    let struck = location.filter(|_| key.is_some()).and_then(|url| {
        let order = Some(told.order);
        tx.strike(&Place { provider: ID, can: returning::FLAWS, method: "GET", path: &path_of(url), order })
    });
    let flaw = struck.as_ref().map(|fault| fault.plan.fault);
    let paid = Paid {
        transaction: told.transaction,
        fee: told.fee,
        location: location.map(|url| told.address(url, key.as_deref(), flaw)).unwrap_or_default(),
        fault: struck.map(|fault| fault.note()),
        callback,
        lane,
    };
    let any_port = tx.settings.get("bambora.callback_ports") == "any";
    if !paid.callback.is_empty() && (any_port || returning::is_web_port(&paid.callback)) {
        let instant = terms.is_told_at_once(tx.settings);
        let callback = returning::callback(&paid.callback, &told, key.as_deref(), &paid.lane, instant);
        tx.send(callback);
    }
    window.end = End::Paid(paid.clone());
    tx.put(window.clone());
    Seen { window, what: What::Paid(paid, true) }
}
