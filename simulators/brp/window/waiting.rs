//! The page that the payer looks at until Swish has answered.

use askama::Template;
use axum::Json;
use axum::extract::{Extension, Path};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::{HeaderName, StatusCode, header};
use serde_json::json;

use crate::brp::model::{Attempt, BusinessUnit};
use crate::brp::psp::Psp;
use crate::brp::settlement::{Decision, endpoint_of};
use crate::kit::locator::Origin;
use crate::kit::money::Amount;
use crate::kit::page::{STYLE, Sent, html, redirect};
use crate::kit::reader::{Reader, SWEDISH};
use crate::kit::trail::Trail;
use crate::kit::workspace::Workspace;

use super::provider::About;
use super::{Pressed, Step, alert, onward, pressed, step, way_back, words};

#[derive(Template)]
#[template(path = "brp/templates/swish.html")]
struct SwishPage {
    style: &'static str,
    reader: Reader,
    seller: String,
    title: String,
    order: String,
    amount: String,
    /// The payer's number, all but its end hidden.
    payer: String,
    unknown_button: bool,
    words: Vec<(&'static str, String)>,
    sent: Sent,
}

/// `GET /{installation}/swish/{token}`
pub(super) async fn show(
    Extension(workspace): Extension<Workspace>,
    Extension(origin): Extension<Origin>,
    Extension(trail): Extension<Trail>,
    Path((installation, token)): Path<(String, String)>,
) -> Response {
    let step = step(&workspace, &token).await;
    match onward(&step, &workspace, &trail, &origin, &installation) {
        Some(away) => away,
        None => page(&workspace, &origin, &installation, &token, StatusCode::OK).await,
    }
}

/// `GET /{installation}/swish/{token}/status`: what the page asks every second.
pub(super) async fn status(
    Extension(workspace): Extension<Workspace>,
    Extension(origin): Extension<Origin>,
    Extension(trail): Extension<Trail>,
    Path((installation, token)): Path<(String, String)>,
) -> Response {
    let fresh: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];
    match step(&workspace, &token).await {
        Step::Ask(subject) => {
            trail.order(subject.key());
            (fresh, Json(json!({"done": false}))).into_response()
        }
        Step::Decided(subject, query) => {
            trail.order(subject.key());
            let location = way_back(&origin, &installation, &query);
            (fresh, Json(json!({"done": true, "location": location}))).into_response()
        }
        Step::Unknown => (StatusCode::NOT_FOUND, fresh, Json(json!({"done": false}))).into_response(),
    }
}

/// `POST /{installation}/swish/{token}`: what the payer does in the Swish app, or gives up here.
pub(super) async fn decide(
    Extension(workspace): Extension<Workspace>,
    Extension(origin): Extension<Origin>,
    Extension(trail): Extension<Trail>,
    Path((installation, token)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let step = step(&workspace, &token).await;
    if let Some(away) = onward(&step, &workspace, &trail, &origin, &installation) {
        return away;
    }
    let attempt = workspace.read(|tx| tx.get::<Attempt>(token.as_str())).await;
    let Some(attempt) = attempt.filter(|attempt| attempt.psp == Psp::Swish) else {
        return elsewhere(&origin, &installation, &token);
    };
    let Pressed::Outcome(outcome, word) = pressed(&body, Psp::Swish, endpoint_of(&attempt)) else {
        return page(&workspace, &origin, &installation, &token, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let decision = Decision { word, ..Decision::outcome(outcome) };
    let step = super::decide(&workspace, &token, &decision).await;
    onward(&step, &workspace, &trail, &origin, &installation)
        .unwrap_or_else(|| alert(&workspace, "204", &Sent::default()))
}

/// Where a payment is that is not Swish's.
fn elsewhere(origin: &Origin, installation: &str, token: &str) -> Response {
    redirect(StatusCode::SEE_OTHER, &format!("{}/{installation}/provider/{token}", origin.0))
}

async fn page(
    workspace: &Workspace,
    origin: &Origin,
    installation: &str,
    token: &str,
    status: StatusCode,
) -> Response {
    let reader = Reader::now(SWEDISH, None);
    let page = workspace
        .read(|tx| {
            let attempt = tx.get::<Attempt>(token)?;
            if attempt.psp != Psp::Swish {
                return Some(None);
            }
            let about = About::of(tx, attempt.subject, &reader);
            let unit = about.unit.and_then(|id| tx.get::<BusinessUnit>(id));
            Some(Some(SwishPage {
                style: STYLE,
                reader: reader.clone(),
                seller: unit.map_or_else(String::new, |unit| unit.name.clone()),
                title: about.title,
                order: attempt.subject.key(),
                amount: Amount::new(attempt.amount, &attempt.currency).to_string(),
                payer: attempt.payer_alias.as_deref().map_or_else(String::new, hidden),
                unknown_button: status != StatusCode::OK,
                words: words(Psp::Swish, &attempt),
                sent: attempt.sent.clone(),
            }))
        })
        .await;
    match page {
        Some(Some(page)) => html(status, &page),
        Some(None) => elsewhere(origin, installation, token),
        None => alert(workspace, "204", &Sent::default()),
    }
}

/// A number of which only the last digits can be read: the page may be looked at by others.
fn hidden(alias: &str) -> String {
    let shown = alias.len().saturating_sub(3);
    format!("{}{}", "•".repeat(shown), &alias[shown..])
}
