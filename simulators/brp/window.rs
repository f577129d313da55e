//! The payment provider's page, and the page that BRP shows where there is nowhere to return to.

use std::convert::Infallible;

use askama::Template;
use axum::extract::{Extension, Form, Path};
use axum::response::Response;
use http::StatusCode;
use jiff::{Timestamp, tz::TimeZone};
use serde::Deserialize;

use crate::kit::locator::Origin;
use crate::kit::mask::luhn;
use crate::kit::money::Amount;
use crate::kit::outcome::Outcome;
use crate::kit::page::{STYLE, Sent, html, redirect};
use crate::kit::trail::Trail;
use crate::kit::workspace::Workspace;

use super::ID;
use super::codes;
use super::model::{Attempt, BusinessUnit, Method, Order};
use super::settlement::{self, By};

/// The card that pays where none is typed.
pub(super) const TEST_CARD: &str = "4111111111111111";

#[derive(Template)]
#[template(path = "brp/templates/provider.html")]
struct ProviderPage {
    style: &'static str,
    seller: String,
    amount: String,
    order: u64,
    rows: Vec<(String, i64, String)>,
    method: String,
    action: String,
    typed: CardForm,
    problems: Vec<(&'static str, &'static str)>,
    test_card: String,
    magic: Vec<(String, String)>,
    sent: Sent,
}

impl ProviderPage {
    fn problem(&self, field: &str) -> &'static str {
        let problem = self.problems.iter().find(|(name, _)| *name == field);
        problem.map_or("", |(_, problem)| problem)
    }
}

#[derive(Template)]
#[template(path = "brp/templates/alert.html")]
struct AlertPage<'a> {
    style: &'static str,
    code: &'a str,
    text: String,
    meaning: String,
    sent: &'a Sent,
}

/// What the payer types. Nothing at all means the test card.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CardForm {
    outcome: String,
    cardnumber: String,
    expiry: String,
    cvc: String,
}

/// `GET /{installation}/provider/{token}`
pub(super) async fn show(
    Extension(workspace): Extension<Workspace>,
    Extension(origin): Extension<Origin>,
    Extension(trail): Extension<Trail>,
    Path((installation, token)): Path<(String, String)>,
) -> Response {
    // An outcome that was queued before or after the payer came decides without a page.
    let step = workspace
        .transact(|tx| {
            let Some(attempt) = tx.get::<Attempt>(token.as_str()) else { return Ok(Step::Unknown) };
            if attempt.ended.is_some() || attempt.answer.is_some() {
                let seal = settlement::decide(tx, &token, &Outcome::Approve, By::Payer).unwrap_or_default();
                return Ok(Step::Decided(attempt.order, seal));
            }
            let queued = attempt.decided.clone().or_else(|| tx.take_outcome(ID, &attempt.order.to_string()));
            let expired = settlement::is_too_old(&attempt, tx.now).then_some(Outcome::Expire);
            Ok::<_, Infallible>(match queued.or(expired) {
                Some(outcome) => {
                    let seal = settlement::decide(tx, &token, &outcome, By::Queue).unwrap_or_default();
                    Step::Decided(attempt.order, seal)
                }
                None => Step::Ask(attempt.order),
            })
        })
        .await
        .unwrap_or_else(|never| match never {});
    match step {
        Step::Unknown => alert(&workspace, "204", &Sent::default()),
        Step::Decided(order, seal) => {
            trail.order(order.to_string());
            to_brp(&origin, &installation, &token, &seal)
        }
        Step::Ask(order) => {
            trail.order(order.to_string());
            page(&workspace, &installation, &token, StatusCode::OK, CardForm::default(), Vec::new()).await
        }
    }
}

enum Step {
    Ask(u64),
    Decided(u64, String),
    Unknown,
}

/// `POST /{installation}/provider/{token}`
pub(super) async fn decide(
    Extension(workspace): Extension<Workspace>,
    Extension(origin): Extension<Origin>,
    Extension(trail): Extension<Trail>,
    Path((installation, token)): Path<(String, String)>,
    Form(typed): Form<CardForm>,
) -> Response {
    let outcome = match typed.outcome.as_str() {
        "cancel" => Outcome::Cancel,
        "decline" => Outcome::Decline,
        "" | "approve" => match pay(&typed, workspace.clock().now()) {
            Ok(outcome) => outcome,
            Err(problems) => {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                return page(&workspace, &installation, &token, status, typed, problems).await;
            }
        },
        _ => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            let problems = vec![("outcome", "The page has no such button.")];
            return page(&workspace, &installation, &token, status, typed, problems).await;
        }
    };
    let decided = workspace
        .transact(|tx| {
            let order = tx.get::<Attempt>(token.as_str()).map(|attempt| attempt.order);
            Ok::<_, Infallible>(settlement::decide(tx, &token, &outcome, By::Payer).zip(order))
        })
        .await
        .unwrap_or_else(|never| match never {});
    match decided {
        Some((seal, order)) => {
            trail.order(order.to_string());
            to_brp(&origin, &installation, &token, &seal)
        }
        None => alert(&workspace, "204", &Sent::default()),
    }
}

fn to_brp(origin: &Origin, installation: &str, token: &str, seal: &str) -> Response {
    let address = format!(
        "{}/{installation}/external/payment/providerreturn?transaction={token}&seal={seal}",
        origin.0
    );
    redirect(StatusCode::SEE_OTHER, &address)
}

type Problems = Vec<(&'static str, &'static str)>;

/// What paying with this card comes to, or what is wrong with the form.
fn pay(typed: &CardForm, now: Timestamp) -> Result<Outcome, Problems> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let (number, expiry, cvc) = (digits(&typed.cardnumber), digits(&typed.expiry), digits(&typed.cvc));
    let nothing = [&typed.cardnumber, &typed.expiry, &typed.cvc].iter().all(|text| text.trim().is_empty());
    if nothing {
        return Ok(Outcome::Approve);
    }
    let mut problems = Vec::new();
    if !(13..=19).contains(&number.len()) || !luhn(&number) {
        problems.push(("cardnumber", "This is not a card number. Check the digits."));
    }
    if !is_future(&expiry, now) {
        problems
            .push(("expiry", "Give the month and year in which the card ends, as MM/YY, not in the past."));
    }
    if !(3..=4).contains(&cvc.len()) {
        problems.push(("cvc", "Give the three or four digits from the card."));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(codes::of_card(&number).map_or(Outcome::Approve, |code| Outcome::Code(code.to_owned())))
}

/// Whether `MMYY` is this month or later.
fn is_future(expiry: &str, now: Timestamp) -> bool {
    let today = now.to_zoned(TimeZone::UTC).date();
    let (Some(Ok(month)), Some(Ok(year))) =
        (expiry.get(..2).map(str::parse::<i8>), expiry.get(2..).map(str::parse::<i16>))
    else {
        return false;
    };
    expiry.len() == 4 && (1..=12).contains(&month) && (2000 + year, month) >= (today.year(), today.month())
}

async fn page(
    workspace: &Workspace,
    installation: &str,
    token: &str,
    status: StatusCode,
    typed: CardForm,
    problems: Problems,
) -> Response {
    let found = workspace
        .read(|tx| {
            let attempt = tx.get::<Attempt>(token)?;
            let order = tx.get::<Order>(attempt.order);
            let method = attempt.method.and_then(|id| tx.get::<Method>(id));
            let unit = order.as_ref().and_then(|order| tx.get::<BusinessUnit>(order.business_unit?));
            Some((attempt, order, method, unit))
        })
        .await;
    let Some((attempt, order, method, unit)) = found else {
        return alert(workspace, "204", &Sent::default());
    };
    let money = |minor| Amount::new(minor, &attempt.currency).to_string();
    let rows = order.iter().flat_map(|order| &order.rows);
    let late = codes::codes().iter().filter(|code| code.stage != "before");
    let page = ProviderPage {
        style: STYLE,
        seller: unit.map_or_else(String::new, |unit| unit.name.clone()),
        amount: money(attempt.amount),
        order: attempt.order,
        rows: rows
            .map(|row| (row.name.clone(), row.quantity, money(row.price.saturating_mul(row.quantity))))
            .collect(),
        method: method.map_or_else(|| "Kortköp".to_owned(), |method| method.name.clone()),
        action: format!("/{installation}/provider/{token}"),
        typed,
        problems,
        test_card: codes::grouped(TEST_CARD),
        magic: late
            .filter_map(|code| {
                let card = crate::kit::mask::magic_card(&code.code)?;
                Some((codes::grouped(&card), format!("{}: {}", code.code, code.meaning)))
            })
            .collect(),
        sent: attempt.sent.clone(),
    };
    html(status, &page)
}

/// The page that BRP shows where it cannot send the payer back.
pub(super) fn alert(workspace: &Workspace, code: &str, sent: &Sent) -> Response {
    let entry = codes::code(code);
    let masker = workspace.masker();
    let page = AlertPage {
        style: STYLE,
        code,
        text: entry.map_or("Betalningen är genomförd.", |entry| &entry.text).to_owned(),
        meaning: masker.text(entry.map_or("The payment went through.", |entry| &entry.meaning)),
        sent,
    };
    html(StatusCode::OK, &page)
}
