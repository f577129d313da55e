//! The pages that a payer sees: the choice of a bank, the bank's own page, and how it ended.

use std::convert::Infallible;

use askama::Template;
use axum::extract::{Extension, Path, RawQuery};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde_json::json;

use crate::kit::locator::Origin;
use crate::kit::mask::{Masker, visible};
use crate::kit::operation::Fault;
use crate::kit::outcome::Outcome;
use crate::kit::page::{STYLE, Sent, html, no_head, redirect};
use crate::kit::trail::Trail;
use crate::kit::workspace::Workspace;

use super::ID;
use super::banks::{self, Bank, SANDBOX, banks};
use super::codes;
use super::doors::token_in;
use super::evidence::{self, Keys};
use super::model::{Answer, Order, Payment, State, Stuck, Terminal};
use super::payments::{self, Step};
use super::refusals::{self, Terms, fault};
use super::scenarios::Course;
use super::signing::pounds;

pub(super) fn routes() -> Router {
    Router::new()
        .route("/pay", get(open).head(no_head))
        .route("/pay/", get(open).head(no_head))
        .route("/pay/{payment}", get(look).head(no_head).post(press))
}

#[derive(Template)]
#[template(path = "fena/templates/choose.html")]
struct ChoosePage<'a> {
    style: &'static str,
    summary: Summary<'a>,
    action: String,
    banks: Vec<&'a Bank>,
    simulated: Vec<&'a Bank>,
    forced: Option<&'a Bank>,
    problem: &'a str,
    sent: &'a Sent,
}

#[derive(Template)]
#[template(path = "fena/templates/bank.html")]
struct BankPage<'a> {
    style: &'static str,
    summary: Summary<'a>,
    action: String,
    bank: &'a str,
    account: String,
    problem: &'a str,
    sent: &'a Sent,
}

#[derive(Template)]
#[template(path = "fena/templates/result.html")]
struct ResultPage<'a> {
    style: &'static str,
    summary: Summary<'a>,
    state: &'static str,
    sent: &'a Sent,
}

#[derive(Template)]
#[template(path = "fena/templates/error.html")]
struct ErrorPage<'a> {
    style: &'static str,
    id: &'a str,
    text: &'a str,
    what: &'a str,
    sent: &'a Sent,
}

/// What all pages of a payment show.
struct Summary<'a> {
    payment: &'a Payment,
    amount: String,
    seller: String,
    sort_code: String,
    account: String,
    reference: &'a str,
}

impl<'a> Summary<'a> {
    fn new(payment: &'a Payment, terminal: Option<&Terminal>) -> Self {
        Self {
            payment,
            amount: format!("£{}", pounds(payment.amount)),
            seller: terminal.map(|terminal| terminal.name.clone()).unwrap_or_default(),
            sort_code: terminal.map(|terminal| grouped(&terminal.sort_code)).unwrap_or_default(),
            account: terminal.map(|terminal| terminal.account.clone()).unwrap_or_default(),
            reference: if payment.reference.is_empty() { &payment.order } else { &payment.reference },
        }
    }
}

/// A sort code as banks print it: `12-34-56`.
fn grouped(sort_code: &str) -> String {
    let digits: Vec<char> = sort_code.chars().collect();
    digits.chunks(2).map(|pair| pair.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// An account's last four digits.
fn masked(account: &str) -> String {
    let shown: String = account.chars().skip(account.chars().count().saturating_sub(4)).collect();
    format!("•••• {shown}")
}

/// `GET /pay/?token=`
async fn open(
    Extension(workspace): Extension<Workspace>,
    Extension(origin): Extension<Origin>,
    Extension(trail): Extension<Trail>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    let token = token_in(&query);
    let (faults, asked) = workspace
        .read(|tx| {
            let secret = |id: &str| tx.get::<Terminal>(id).map(|terminal| terminal.secret.clone());
            let min_exclusive = tx.settings.on("fena.min_exclusive");
            refusals::examine(&token, &Terms { secret: &secret, now: tx.now.as_second(), min_exclusive })
        })
        .await;
    if let Some(asked) = &asked {
        trail.order(asked.order.as_str());
    }
    let (refused, passed) = payments::sorted(faults, workspace.settings().rules);
    for fault in &passed {
        trail.warn(format!("{} passes here and is refused under `rules = live`: {}", fault.id, fault.what));
    }
    let keys = workspace.read(|tx| Keys::of(tx, &token)).await;
    let sent = evidence::sent(&workspace, &format!("/pay/?{query}"), refused.first(), keys.as_ref(), &trail);
    let (Some(asked), None) = (asked, refused.first()) else {
        let nothing = fault("token_missing", "the address has no token", false);
        return error(&workspace.masker(), &headers, refused.first().unwrap_or(&nothing), &sent);
    };
    let opened =
        workspace.transact(|tx| Ok::<_, Infallible>(payments::open(tx, &asked, &token, &sent))).await;
    match opened.unwrap_or_else(|never| match never {}) {
        Ok(step) => show_step(&workspace, &origin, &trail, step, "").await,
        Err(fault) => {
            trail.diagnose(format!("{}: {}", fault.id, fault.what));
            error(&workspace.masker(), &headers, &fault, &sent)
        }
    }
}

/// `GET /pay/{payment}`
async fn look(
    Extension(workspace): Extension<Workspace>,
    Extension(origin): Extension<Origin>,
    Extension(trail): Extension<Trail>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let found = workspace.transact(|tx| Ok::<_, Infallible>(payments::find(tx, &id))).await;
    match found.unwrap_or_else(|never| match never {}) {
        Some(step) => show_step(&workspace, &origin, &trail, step, "").await,
        None => nowhere(&workspace, &headers, &id, &trail).await,
    }
}

/// A payment that nobody has begun; perhaps somebody put the token into the path.
async fn nowhere(workspace: &Workspace, headers: &HeaderMap, id: &str, trail: &Trail) -> Response {
    if !id.contains('.') {
        let fault = Fault {
            id: "payment_unknown",
            what: "there is no such payment".to_owned(),
            rule: String::new(),
            passes: false,
        };
        return error(&workspace.masker(), headers, &fault, &Sent::default());
    }
    let fault = fault("token_missing", "the address has no parameter `token`", false);
    let keys = workspace.read(|tx| Keys::of(tx, id)).await;
    let sent = evidence::sent(workspace, &format!("/pay/{id}"), Some(&fault), keys.as_ref(), trail);
    error(&workspace.masker(), headers, &fault, &sent)
}

/// `POST /pay/{payment}`: a bank is chosen, or the bank has answered.
async fn press(
    Extension(workspace): Extension<Workspace>,
    Extension(origin): Extension<Origin>,
    Extension(trail): Extension<Trail>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let field = |name: &str| {
        let mut pairs = form_urlencoded::parse(&body);
        pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let (bank, outcome) = (field("bank"), field("outcome"));
    let mut problem = "";
    let moved = workspace
        .transact(|tx| {
            let moved = match Outcome::from(outcome.clone()) {
                Outcome::Code(_) if outcome.is_empty() && banks::bank(&bank).is_some() => {
                    payments::choose(tx, &id, &bank)
                }
                Outcome::Code(_) => payments::find(tx, &id).map(Ok),
                Outcome::Cancel => payments::answer(tx, &id, Course::plain(Answer::Refused)).map(Ok),
                outcome => match payments::find(tx, &id) {
                    // Only the bank's page has these buttons.
                    Some(Step::Bank(_)) => {
                        Course::of(&outcome).and_then(|course| payments::answer(tx, &id, course)).map(Ok)
                    }
                    elsewhere => elsewhere.map(Ok),
                },
            };
            Ok::<_, Infallible>(moved)
        })
        .await
        .unwrap_or_else(|never| match never {});
    let step = match moved {
        None => return nowhere(&workspace, &headers, &id, &trail).await,
        Some(Ok(step)) => step,
        Some(Err(stuck @ (Stuck::BankForced | Stuck::Ended))) => {
            trail.diagnose(stuck.to_string());
            problem = "The shop has chosen the bank.";
            let found = workspace.transact(|tx| Ok::<_, Infallible>(payments::find(tx, &id))).await;
            match found.unwrap_or_else(|never| match never {}) {
                Some(step) => step,
                None => return nowhere(&workspace, &headers, &id, &trail).await,
            }
        }
    };
    let asked = banks::bank(&bank).is_some()
        || matches!(outcome.as_str(), "approve" | "cancel" | "decline" | "expire");
    if !asked {
        problem =
            if outcome.is_empty() { "Choose a bank from the list." } else { "There is no such button." };
    } else if problem.is_empty() && matches!(step, Step::Choose(_)) {
        problem = "Choose a bank from the list first.";
    }
    if problem.is_empty()
        && let Step::Bank(payment) = &step
    {
        // The bank's page has an address of its own, so that it can be reloaded.
        return redirect(StatusCode::SEE_OTHER, &address(&origin, payment));
    }
    show_step(&workspace, &origin, &trail, step, problem).await
}

fn address(origin: &Origin, payment: &Payment) -> String {
    format!("{}/pay/{}", origin.0, payment.id)
}

/// The page of a step. A payment that has ended first sees its notification tried.
async fn show_step(
    workspace: &Workspace,
    origin: &Origin,
    trail: &Trail,
    step: Step,
    problem: &str,
) -> Response {
    let (payment, is_bank) = match &step {
        Step::Bank(payment) => (payment, true),
        Step::Choose(payment) | Step::Ended(payment) => (payment, false),
    };
    trail.order(payment.order.as_str());
    if let Step::Ended(payment) = &step {
        return ended(workspace, trail, payment).await;
    }
    let terminal = workspace.read(|tx| tx.get::<Terminal>(payment.terminal.as_str())).await;
    let summary = Summary::new(payment, terminal.as_deref());
    let (action, sent) = (address(origin, payment), &payment.sent);
    let status = if problem.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let bank = banks::bank(&payment.bank);
    if is_bank {
        let bank = bank.map_or("Your bank", |bank| bank.name.as_str());
        let account = payment.account.as_ref();
        let account = account.map(|(sort, account)| format!("{} {}", grouped(sort), masked(account)));
        let account = account.unwrap_or_else(|| format!("Current account {}", masked("12345678")));
        return html(status, &BankPage { style: STYLE, summary, action, bank, account, problem, sent });
    }
    let (simulated, real) =
        banks().iter().filter(|bank| bank.listed).partition(|bank| bank.id.starts_with(SANDBOX));
    let forced = bank.filter(|_| payment.bank_is_forced);
    html(status, &ChoosePage { style: STYLE, summary, action, banks: real, simulated, forced, problem, sent })
}

async fn ended(workspace: &Workspace, trail: &Trail, payment: &Payment) -> Response {
    // The shop is told before the browser goes on, unless the notification is lost, held or late.
    let lane = Order::key(&payment.terminal, &payment.order);
    workspace.outbox().first_attempts(ID, &lane).await;
    let terminal = workspace.read(|tx| tx.get::<Terminal>(payment.terminal.as_str())).await;
    let settings = workspace.settings();
    let own =
        |own: fn(&Terminal) -> &str| terminal.as_ref().is_some_and(|terminal| !own(terminal).is_empty());
    if payment.state == State::Executed {
        if !own(|terminal| &terminal.webhook) && settings.get("fena.webhook").is_empty() {
            trail.warn("the terminal has no webhook endpoint, so nobody is notified: set `fena.webhook`");
        }
        if let Some(failure) = workspace.outbox().failure(ID, &lane) {
            trail.warn(format!("the notification was not taken: {failure}"));
        }
    }
    if let Some(location) = &payment.location {
        return redirect(StatusCode::SEE_OTHER, location);
    }
    if !own(|terminal| &terminal.redirect) && settings.get("fena.redirect").is_empty() {
        trail.warn("the terminal has no redirect endpoint, so the payer stays here: set `fena.redirect`");
    }
    let state = match payment.state {
        State::Executed => "executed",
        State::Rejected => "rejected",
        _ => "abandoned",
    };
    let summary = Summary::new(payment, terminal.as_deref());
    html(StatusCode::OK, &ResultPage { style: STYLE, summary, state, sent: &payment.sent })
}

/// The page of an error, or JSON for who asks for it.
pub(super) fn error(masker: &Masker, headers: &HeaderMap, fault: &Fault, sent: &Sent) -> Response {
    let text = codes::code(fault.id).map_or("There is no such payment.", |entry| entry.text.as_str());
    let what = masker.text(&visible(&fault.what));
    let status = codes::status(fault.id);
    let accepts = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or("");
    if accepts.contains("application/json") && !accepts.contains("text/html") {
        return (
            status,
            Json(
                json!({ "error": fault.id, "message": format!("{}: {}", text.trim_end_matches('.'), what) }),
            ),
        )
            .into_response();
    }
    html(status, &ErrorPage { style: STYLE, id: fault.id, text, what: &what, sent })
}
