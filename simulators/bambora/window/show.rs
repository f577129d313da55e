//! Which page a payer gets.

use axum::response::Response;
use http::StatusCode;

use crate::bambora::ID;
use crate::bambora::perform;
use crate::kit::page::{STYLE, Sent, html, html_in_frames, redirect};
use crate::kit::reader::{DANISH, Reader};

use super::methods::Offer;
use super::pages::{
    Again, CardPage, LeavePage, OtherPage, RefusedPage, ResultPage, Shown, TESTS, Told, money,
};
use super::parameters::Parameters;
use super::payer::{Problem, Seen, What};
use super::returning;
use super::session::{Paid, Window};
use super::terms::{self, Flaw, Storing, Terms};
use super::words::{Words, asked, missing};
use super::{Visit, masked};

/// `windowstate` of a whole page.
const FULL_SCREEN: u8 = 3;

/// A page; those of the other window states are shown in frames.
fn page(state: u8, status: StatusCode, page: &impl askama::Template) -> Response {
    if state == FULL_SCREEN { html(status, page) } else { html_in_frames(status, page) }
}

/// The page of a window that does not open.
pub(super) fn refused(parameters: &Parameters, flaw: &Flaw, sent: &Sent) -> Response {
    let language = parameters.get("language").parse().unwrap_or_default();
    let reader = Reader::of_answer(DANISH, asked(language));
    let words = Words::of(&reader);
    let text = words.code(flaw.code, language);
    let refused = RefusedPage { style: STYLE, words, reader, code: flaw.code, text, what: &flaw.what, sent };
    page(terms::state(parameters), StatusCode::BAD_REQUEST, &refused)
}

/// The page of a window that nobody has opened, or that a reset took away.
pub(super) fn nowhere() -> Response {
    let reader = Reader::of_answer(DANISH, None);
    let what = "there is no such payment window; /integration/ewindow/Default.aspx opens one";
    let (words, sent) = (Words::of(&reader), &Sent::default());
    html(StatusCode::NOT_FOUND, &RefusedPage { style: STYLE, words, reader, code: "", text: "", what, sent })
}

/// The page of what a payer sees.
pub(super) async fn seen(visit: &Visit, seen: &Seen) -> Response {
    let Seen { window, what } = seen;
    let terms = &window.terms;
    if !terms.order.is_empty() {
        visit.trail.order(terms.order.as_str());
    }
    let reader = Reader::now(DANISH, asked(terms.language));
    let words = Words::of(&reader);
    let fee = match what {
        What::Paid(paid, _) => paid.fee,
        _ => perform::fee_on(&visit.workspace.settings(), terms.amount),
    };
    let shown = Shown {
        style: STYLE,
        words,
        reader,
        missing: missing(terms.language),
        token: &window.token,
        order: &terms.order,
        amount: if terms.amount > 0 { money(terms.amount, terms.currency) } else { String::new() },
        fee: if fee > 0 { money(fee, terms.currency) } else { String::new() },
        text: &terms.text,
        stores: terms.storing != Storing::No,
        address: visit.address(&window.token),
        sent: &masked(&visit.workspace, window.sent.clone()),
    };
    match what {
        What::Open(problem) => open(visit, &shown, terms, problem.as_ref()),
        What::Left(code) => left(visit, &shown, terms, code),
        What::Over(code) => over(visit, &shown, terms, code),
        What::Paid(paid, just_now) => {
            if *just_now {
                told(visit, window, paid).await;
            }
            paid_page(visit, &shown, terms, paid, *just_now)
        }
    }
}

/// The card form, or the ways without a card.
fn open(visit: &Visit, shown: &Shown<'_>, terms: &Terms, problem: Option<&Problem>) -> Response {
    let told = problem.map(|problem| told_of(problem, terms, shown.words));
    if let Some(told) = &told {
        visit.trail.diagnose(format!("{}: {}", told.id, told.text));
    }
    let status = if told.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let offer = Offer::of(terms);
    let asked = crate::kit::query::last(&format!("?{}", visit.query), "method");
    let asked = asked.unwrap_or_else(|| visit.field("method"));
    let method = offer.method(&asked);
    let cards = offer.cards && (asked == "card" || (asked.is_empty() && offer.cards_first));
    if method.is_none() && cards {
        let again = Again { month: visit.field("expmonth"), year: visit.field("expyear") };
        let card = CardPage { shown, methods: &offer.methods, tests: TESTS, problem: told.as_ref(), again };
        return page(terms.state, status, &card);
    }
    // What was asked for comes first; behind a link all the others.
    let first = if asked.is_empty() { offer.of_collection(terms) } else { Vec::new() };
    let methods = if first.is_empty() { &offer.methods } else { &first };
    let more = offer.methods.len() > if method.is_some() { 1 } else { methods.len() };
    let other = OtherPage { shown, methods, method, more, cards: offer.cards, problem: told.as_ref() };
    page(terms.state, status, &other)
}

/// What is wrong, in words: `declinetext` where the shop has one.
fn told_of(problem: &Problem, terms: &Terms, words: &Words) -> Told {
    let (id, text) = match problem {
        Problem::Field(field) => {
            let text = match *field {
                "cardnumber" => words.bad_number,
                "expmonth" => words.bad_month,
                "expyear" => words.bad_year,
                _ => words.bad_cvc,
            };
            ((*field).to_owned(), text.to_owned())
        }
        Problem::Refused(code) if !terms.decline_text.is_empty() => {
            (code.clone(), terms.decline_text.clone())
        }
        Problem::Refused(code) => {
            let text = match words.code(code, terms.language) {
                "" => format!("{} {}", words.refused, words.try_again),
                known => known.to_owned(),
            };
            (code.clone(), text)
        }
    };
    Told { id, text }
}

/// The payer gave up.
fn left(visit: &Visit, shown: &Shown<'_>, terms: &Terms, code: &str) -> Response {
    let words = shown.words;
    let location = if terms.cancel.is_empty() {
        String::new()
    } else {
        returning::cancelled(&terms.cancel, &terms.order, code)
    };
    if visit.is_framed() {
        return page(terms.state, StatusCode::OK, &LeavePage { shown, event: "close", location: &location });
    }
    if !location.is_empty() {
        return redirect(StatusCode::FOUND, &location);
    }
    let text = format!("{} {}", words.nothing_paid, words.close);
    let ended =
        ResultPage { shown, result: "cancelled", title: words.cancelled, text: &text, go: None, bad: false };
    page(terms.state, StatusCode::OK, &ended)
}

/// Nothing can be paid here any more.
fn over(visit: &Visit, shown: &Shown<'_>, terms: &Terms, code: &str) -> Response {
    let words = shown.words;
    visit.trail.diagnose(format!("{code}: {}", words.code(code, terms.language)));
    let location = returning::cancelled(&terms.cancel, &terms.order, code);
    let go = (!terms.cancel.is_empty()).then_some((location.as_str(), words.to_shop));
    let text = format!("{} {}", words.code(code, terms.language), words.nothing_paid);
    let ended = ResultPage { shown, result: code, title: words.cannot, text: &text, go, bad: true };
    page(terms.state, StatusCode::OK, &ended)
}

/// The shop is told: at once if it wants that, and then before the payer goes on.
async fn told(visit: &Visit, window: &Window, paid: &Paid) {
    if window.terms.is_told_at_once(&visit.workspace.settings()) {
        let outbox = visit.workspace.outbox();
        outbox.first_attempts(ID, &paid.lane).await;
        if let Some(failure) = outbox.failure(ID, &paid.lane) {
            visit.trail.warn(format!("the callback was not taken: {failure}"));
        }
    }
}

/// It is paid. What was paid before is only told.
fn paid_page(visit: &Visit, shown: &Shown<'_>, terms: &Terms, paid: &Paid, just_now: bool) -> Response {
    let words = shown.words;
    if let Some(fault) = &paid.fault {
        visit.trail.struck(fault.as_str());
    }
    let location = paid.location.as_str();
    if just_now && terms.own_receipt && !location.is_empty() {
        if visit.is_framed() {
            return page(terms.state, StatusCode::OK, &LeavePage { shown, event: "completed", location });
        }
        return redirect(StatusCode::FOUND, location);
    }
    let done = if paid.transaction == 0 { words.stored } else { words.paid };
    let text = match (just_now, location.is_empty()) {
        (false, _) => words.paid_before.to_owned(),
        (true, true) => format!("{done} {}", words.close),
        (true, false) => done.to_owned(),
    };
    let go = (!location.is_empty()).then_some((location, words.go_on));
    let ended = ResultPage { shown, result: "paid", title: words.thanks, text: &text, go, bad: false };
    page(terms.state, StatusCode::OK, &ended)
}
