//! A payment from its link to its end, in transactions.

use serde_json::{Value, json};

use crate::kit::digest::{hex, sha256};
use crate::kit::operation::Fault;
use crate::kit::outcome::Outcome;
use crate::kit::page::Sent;
use crate::kit::problem::Problem;
use crate::kit::seed::dashed;
use crate::kit::settings::Rules;
use crate::kit::table::Tx;

use super::ID;
use super::banks;
use super::callbacks;
use super::codes;
use super::model::{Answer, Order, Payment, State, Stuck, Terminal};
use super::refusals::{Asked, fault};
use super::scenarios::{Course, Redirect};
use super::signing::return_address;

/// Where a payment stands when somebody looks.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// The payer chooses a bank.
    Choose(Payment),
    /// The bank asks the payer.
    Bank(Payment),
    /// It has ended; the browser goes where the payment says, if anywhere.
    Ended(Payment),
}

/// Opens a link whose token is right. Even so no payment may begin: the order is paid, or somebody asked for
/// an error.
pub(super) fn open(tx: &mut Tx<'_>, asked: &Asked, token: &str, sent: &Sent) -> Result<Step, Fault> {
    let order = tx.get::<Order>(Order::key(&asked.terminal, &asked.order));
    let paid = order.as_ref().is_some_and(|order| order.executed.is_some());
    let queued = tx.queued_outcome(ID, &asked.order);
    if let Some(error) = error_of(queued.as_ref()) {
        tx.take_outcome(ID, &asked.order);
        return Err(fault(error, &asked_for(error, "it was queued for this order"), false));
    }
    if paid && tx.settings.get("fena.second_payment") == "refuse" {
        return Err(fault("order_already_paid", &format!("the order `{}` is paid", asked.order), false));
    }
    // An error of the sandbox's own banks.
    let magic = banks::magic(&asked.bank);
    if let Some(error) = error_of(magic.clone().map(Outcome::Code).as_ref()) {
        return Err(fault(error, &asked_for(error, "the token names the bank that brings this"), false));
    }
    let mark = hex(&sha256(token.as_bytes())[..12]);
    let known =
        order.iter().flat_map(|order| &order.payments).filter_map(|id| tx.get::<Payment>(Payment::key(id)));
    let mut known = known.filter(|payment| payment.token == mark);
    let payment = known.find(|payment| payment.state.is_open() && !is_too_old(tx, payment));
    let payment = payment.map_or_else(|| begin(tx, asked, &mark, sent), |payment| Payment::clone(&payment));
    Ok(look(tx, payment))
}

fn error_of(outcome: Option<&Outcome>) -> Option<&'static str> {
    let Some(Outcome::Code(code)) = outcome else { return None };
    codes::code(code).filter(|code| codes::is_error(&code.code)).map(|code| code.code.as_str())
}

/// An error that somebody asked for: what it means, and why it comes.
fn asked_for(error: &str, why: &str) -> String {
    let meaning = codes::code(error).map_or("", |code| code.meaning.trim_end_matches('.'));
    format!("{meaning} ({why})")
}

fn begin(tx: &mut Tx<'_>, asked: &Asked, mark: &str, sent: &Sent) -> Payment {
    let key = Order::key(&asked.terminal, &asked.order);
    let mut order = tx.get::<Order>(key.as_str()).map_or_else(
        || Order { key: key.clone(), executed: None, payments: Vec::new() },
        |order| Order::clone(&order),
    );
    let payment = Payment {
        id: dashed(&tx.token::<Payment>(&key)),
        terminal: asked.terminal.clone(),
        order: asked.order.clone(),
        attempt: order.payments.len() + 1,
        amount: asked.amount,
        email: asked.email.clone(),
        name: format!("{} {}", asked.first_name, asked.last_name).trim().to_owned(),
        contact: asked.contact.clone(),
        reference: asked.reference.clone(),
        bank: asked.bank.clone(),
        bank_is_forced: !asked.bank.is_empty(),
        account: (!asked.account.is_empty()).then(|| (asked.sort_code.clone(), asked.account.clone())),
        state: State::Created,
        token: mark.to_owned(),
        since: tx.now,
        ended: None,
        location: None,
        sent: sent.clone(),
    };
    order.payments.push(payment.id.clone());
    tx.put(order);
    tx.put(payment.clone());
    payment
}

/// Looks at a payment by its id; `None` where there is none.
pub(super) fn find(tx: &mut Tx<'_>, id: &str) -> Option<Step> {
    let payment = Payment::clone(&*tx.get::<Payment>(Payment::key(id))?);
    Some(look(tx, payment))
}

/// What is queued decides, then the bank if it is one of the sandbox's own, then time; otherwise the payer.
fn look(tx: &mut Tx<'_>, payment: Payment) -> Step {
    if !payment.state.is_open() {
        return Step::Ended(payment);
    }
    if is_too_old(tx, &payment) {
        return Step::Ended(end(tx, payment, Course::plain(Answer::Expired)));
    }
    let queued = tx.queued_outcome(ID, &payment.order).and_then(|queued| Course::of(&queued));
    if let Some(course) = queued {
        tx.take_outcome(ID, &payment.order);
        return Step::Ended(end(tx, payment, course));
    }
    if let Some(course) = banks::magic(&payment.bank).and_then(|name| Course::named(&name)) {
        return Step::Ended(end(tx, payment, course));
    }
    match payment.state {
        State::Authorising => Step::Bank(payment),
        _ => Step::Choose(payment),
    }
}

pub(super) fn is_too_old(tx: &Tx<'_>, payment: &Payment) -> bool {
    let minutes = tx.settings.number("fena.page_minutes");
    minutes > 0 && tx.now.duration_since(payment.since).as_secs() >= minutes.saturating_mul(60)
}

/// The payer has chosen a bank.
pub(super) fn choose(tx: &mut Tx<'_>, id: &str, bank: &str) -> Option<Result<Step, Stuck>> {
    let payment = Payment::clone(&*tx.get::<Payment>(Payment::key(id))?);
    if is_too_old(tx, &payment) || !payment.state.is_open() {
        return Some(Ok(look(tx, payment)));
    }
    Some(payment.choose(bank).map(|payment| {
        tx.put(payment.clone());
        look(tx, payment)
    }))
}

/// The payer has answered at the bank, or the control API for them. What has ended stays.
pub(super) fn answer(tx: &mut Tx<'_>, id: &str, course: Course) -> Option<Step> {
    let payment = Payment::clone(&*tx.get::<Payment>(Payment::key(id))?);
    if !payment.state.is_open() {
        return Some(Step::Ended(payment));
    }
    let course = match Course::named(tx.settings.get("fena.scenario")) {
        _ if is_too_old(tx, &payment) => Course::plain(Answer::Expired),
        // Where the payer just pays, the workspace may have a scenario for all.
        Some(wanted) if course == Course::plain(Answer::Paid) => wanted,
        _ => course,
    };
    Some(Step::Ended(end(tx, payment, course)))
}

/// Ends an open payment: its state, its notification, and where the browser goes.
fn end(tx: &mut Tx<'_>, payment: Payment, course: Course) -> Payment {
    let key = Order::key(&payment.terminal, &payment.order);
    let order = tx.get::<Order>(key.as_str());
    let paid_before = order.as_ref().is_some_and(|order| order.executed.is_some());
    let silent = tx.settings.get("fena.second_payment") == "silent";
    let mut ended = match payment.clone().end(course.answer, paid_before && !silent, tx.now) {
        Ok(ended) => ended,
        Err(Stuck::BankForced | Stuck::Ended) => return payment,
    };
    let terminal = tx.get::<Terminal>(payment.terminal.as_str());
    if let (Some(terminal), Some(order)) = (&terminal, order)
        && ended.state == State::Executed
        && !paid_before
    {
        tx.put(Order { executed: Some(ended.id.clone()), ..Order::clone(&order) });
        if let Some(callback) = callbacks::notification(tx, terminal, &ended, course.webhook) {
            tx.send(callback);
        }
    }
    let status = match (ended.state, course.redirect) {
        (State::Abandoned, _) | (_, Redirect::Lost) => None,
        (_, Redirect::Forged) | (State::Executed, _) => Some("executed"),
        _ => Some("rejected"),
    };
    let endpoint = terminal.map(|terminal| terminal.redirect.clone()).filter(|own| !own.is_empty());
    let endpoint = endpoint.unwrap_or_else(|| tx.settings.get("fena.redirect").to_owned());
    ended.location =
        status.filter(|_| !endpoint.is_empty()).map(|status| return_address(&endpoint, &ended.order, status));
    tx.put(ended.clone());
    ended
}

/// The control API presses a button, wherever the payer is.
pub(super) fn press(tx: &mut Tx<'_>, id: &str, outcome: &Outcome) -> Result<Value, Problem> {
    let course = Course::of(outcome).ok_or_else(|| {
        Problem::bad_request(
            "refused_outcome",
            format!("a payment that has begun cannot end with `{outcome}`"),
            "Errors of a token come before it: queue them for the order. `provkassa codes fena` lists what there is.",
        )
    })?;
    let known = tx.get::<Payment>(Payment::key(id));
    if known.is_some_and(|payment| !payment.state.is_open()) {
        return Err(Problem::new(
            http::StatusCode::CONFLICT,
            "payment_ended",
            format!("the payment `{id}` has ended"),
            "Open the link again for another attempt.",
        ));
    }
    match answer(tx, id, course) {
        Some(Step::Ended(payment)) => Ok(json!({ "state": payment.state, "location": payment.location })),
        _ => Err(Problem::not_found(
            "unknown_payment",
            format!("there is no payment `{id}`"),
            "GET …/fena/payments lists them.",
        )),
    }
}

/// The faults that refuse a token under the rules that hold, and those that only warn.
pub(super) fn sorted(faults: Vec<Fault>, rules: Rules) -> (Vec<Fault>, Vec<Fault>) {
    faults.into_iter().partition(|fault| !(fault.passes && rules == Rules::Documented))
}
