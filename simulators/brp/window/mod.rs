//! The hosted pages: the payment providers', Swish's waiting page, agreements to accept, and the page
//! that BRP shows where there is nowhere to return to.

mod agreement;
mod card;
mod provider;
mod waiting;

use std::convert::Infallible;

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use bytes::Bytes;
use http::StatusCode;

use crate::kit::locator::Origin;
use crate::kit::outcome::Outcome;
use crate::kit::page::{STYLE, Sent, html, no_head, redirect};
use crate::kit::reader::{Reader, SWEDISH};
use crate::kit::trail::Trail;
use crate::kit::workspace::Workspace;

use super::ID;
use super::codes;
use super::endpoints::Endpoint;
use super::model::{Attempt, Subject};
use super::psp::{Answer, Psp};
use super::settlement::{self, By, Decision, endpoint_of};

pub(super) fn routes() -> Router {
    Router::new()
        .route("/{installation}/provider/{token}", get(provider::show).head(no_head).post(provider::decide))
        .route("/{installation}/swish/{token}", get(waiting::show).head(no_head).post(waiting::decide))
        .route("/{installation}/swish/{token}/status", get(waiting::status).head(no_head))
        .route(
            "/{installation}/agreement/{token}",
            get(agreement::show).head(no_head).post(agreement::accept),
        )
}

#[derive(Template)]
#[template(path = "brp/templates/alert.html")]
struct AlertPage<'a> {
    style: &'static str,
    reader: Reader,
    code: &'a str,
    text: String,
    meaning: String,
    dialog: bool,
    sent: &'a Sent,
}

/// Where a payment at a provider stands when somebody looks.
enum Step {
    /// The payer is asked.
    Ask(Subject),
    /// It is decided: the query that takes the payer back to BRP.
    Decided(Subject, String),
    /// There is no such payment.
    Unknown,
}

/// Looks at a payment. An outcome that was queued before or after the payer came decides without a
/// page, and so does a page that was open for too long.
async fn step(workspace: &Workspace, token: &str) -> Step {
    workspace
        .transact(|tx| {
            let Some(attempt) = tx.get::<Attempt>(token) else { return Ok(Step::Unknown) };
            if attempt.is_open(tx.now) && attempt.decided.is_none() {
                let key = attempt.subject.key();
                let endpoint = endpoint_of(&attempt);
                let fits = match tx.queued_outcome(ID, &key) {
                    Some(Outcome::Code(code)) => codes::occurs(&code, endpoint),
                    queued => queued.is_some(),
                };
                if !fits {
                    return Ok(Step::Ask(attempt.subject));
                }
                let queued = tx.take_outcome(ID, &key);
                return Ok(queued.map_or(Step::Ask(attempt.subject), |queued| {
                    decided(tx, &attempt, &Decision::outcome(queued), By::Queue)
                }));
            }
            let outcome = attempt.decided.clone().unwrap_or(Outcome::Expire);
            Ok::<_, Infallible>(decided(tx, &attempt, &Decision::outcome(outcome), By::Queue))
        })
        .await
        .unwrap_or_else(|never| match never {})
}

/// Decides a payment; what was decided before stays.
async fn decide(workspace: &Workspace, token: &str, decision: &Decision) -> Step {
    workspace
        .transact(|tx| {
            let attempt = tx.get::<Attempt>(token);
            Ok::<_, Infallible>(
                attempt.map_or(Step::Unknown, |attempt| decided(tx, &attempt, decision, By::Payer)),
            )
        })
        .await
        .unwrap_or_else(|never| match never {})
}

fn decided(tx: &mut crate::kit::table::Tx<'_>, attempt: &Attempt, decision: &Decision, by: By) -> Step {
    let token = attempt.token.as_str();
    let seal = settlement::decide(tx, token, decision, by);
    match seal.zip(tx.get::<Attempt>(token)) {
        Some((seal, attempt)) => Step::Decided(attempt.subject, attempt.psp.way_back(&attempt, &seal)),
        None => Step::Unknown,
    }
}

/// The address with which a provider sends the payer back to BRP.
fn way_back(origin: &Origin, installation: &str, query: &str) -> String {
    format!("{}/{installation}/external/payment/providerreturn?{query}", origin.0)
}

/// Sends the payer on, or says that there is no such payment; `None` where the payer is to be asked.
fn onward(
    step: &Step,
    workspace: &Workspace,
    trail: &Trail,
    origin: &Origin,
    installation: &str,
) -> Option<Response> {
    match step {
        Step::Ask(subject) => {
            trail.order(subject.key());
            None
        }
        Step::Decided(subject, query) => {
            trail.order(subject.key());
            Some(redirect(StatusCode::SEE_OTHER, &way_back(origin, installation, query)))
        }
        Step::Unknown => Some(alert(workspace, "204", &Sent::default())),
    }
}

/// The fields of a form. Of a field that came twice the first one counts, as at BRP's endpoints.
fn field(body: &Bytes, name: &str) -> String {
    let mut pairs = form_urlencoded::parse(body);
    pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// What a form decided.
enum Pressed {
    /// How it ends, and the provider's own word where the payer chose one.
    Outcome(Outcome, Option<String>),
    /// There is no such button.
    Unknown,
}

/// Reads the buttons that all pages have: `outcome`, and for trying things out one for each `word` that
/// the provider knows.
fn pressed(body: &Bytes, psp: Psp, endpoint: &Endpoint) -> Pressed {
    let word = field(body, "word");
    if !word.is_empty() {
        let answer = psp.answer(&word).filter(|answer| is_fitting(answer, endpoint));
        let Some(answer) = answer else { return Pressed::Unknown };
        let outcome = match answer.code.as_str() {
            "" => Outcome::Approve,
            "205" => Outcome::Cancel,
            code => Outcome::Code(code.to_owned()),
        };
        return Pressed::Outcome(outcome, Some(word));
    }
    match field(body, "outcome").as_str() {
        "" | "approve" => Pressed::Outcome(Outcome::Approve, None),
        "cancel" => Pressed::Outcome(Outcome::Cancel, None),
        "decline" => Pressed::Outcome(Outcome::Decline, None),
        _ => Pressed::Unknown,
    }
}

/// Whether BRP can make something of an answer at an endpoint.
fn is_fitting(answer: &Answer, endpoint: &Endpoint) -> bool {
    answer.code.is_empty() || codes::occurs(&answer.code, endpoint)
}

/// What a provider can answer that BRP can make something of at this attempt's endpoint: the word, and
/// what it comes to.
fn words(psp: Psp, attempt: &Attempt) -> Vec<(&'static str, String)> {
    let endpoint = endpoint_of(attempt);
    let fitting = psp.answers().filter(|answer| is_fitting(answer, endpoint));
    fitting
        .map(|answer| {
            let result =
                if answer.code.is_empty() { "paid".to_owned() } else { format!("error={}", answer.code) };
            (answer.word.as_str(), format!("{} → {result}", answer.meaning))
        })
        .collect()
}

/// The page that BRP shows where it cannot send the payer back.
pub(super) fn alert(workspace: &Workspace, code: &str, sent: &Sent) -> Response {
    alert_page(workspace, code, sent, false)
}

/// The same with a dialog box, which the document promises where two endpoints have no return URL.
pub(super) fn alert_page(workspace: &Workspace, code: &str, sent: &Sent, dialog: bool) -> Response {
    let entry = codes::code(code);
    let masker = workspace.masker();
    let page = AlertPage {
        style: STYLE,
        reader: Reader::of_answer(SWEDISH, None),
        code,
        text: entry.map_or("Betalningen är genomförd.", |entry| &entry.text).to_owned(),
        meaning: masker.text(entry.map_or("It went through.", |entry| &entry.meaning)),
        dialog,
        sent,
    };
    html(StatusCode::OK, &page)
}
