//! The pages behind the links in receipt mails: an agreement to sign, and an AvtaleGiro to register. In
//! reality the first is BRP's and the second Nets'; both pages are ours.

use askama::Template;
use axum::extract::{Extension, Path};
use axum::response::Response;
use http::StatusCode;

use crate::brp::model::{Agreement, AgreementKind, Person};
use crate::kit::page::{STYLE, html};
use crate::kit::reader::{Reader, SWEDISH};
use crate::kit::trail::Trail;
use crate::kit::workspace::Workspace;

#[derive(Template)]
#[template(path = "brp/templates/agreement.html")]
struct AgreementPage {
    style: &'static str,
    reader: Reader,
    order: u64,
    registers: bool,
    accepted: bool,
    known: bool,
}

/// `GET /{installation}/agreement/{token}`
pub(super) async fn show(
    Extension(workspace): Extension<Workspace>,
    Extension(trail): Extension<Trail>,
    Path((_, token)): Path<(String, String)>,
) -> Response {
    let agreement = workspace.read(|tx| tx.get::<Agreement>(token.as_str())).await;
    page(agreement.as_deref(), &trail)
}

/// `POST /{installation}/agreement/{token}`: accepts it; once is enough.
pub(super) async fn accept(
    Extension(workspace): Extension<Workspace>,
    Extension(trail): Extension<Trail>,
    Path((_, token)): Path<(String, String)>,
) -> Response {
    let agreement = workspace
        .transact(|tx| {
            let Some(agreement) = tx.get::<Agreement>(token.as_str()) else { return Ok(None) };
            let mut agreement = Agreement::clone(&agreement);
            agreement.accepted.get_or_insert(tx.now);
            let person = agreement.person.and_then(|id| tx.get::<Person>(id));
            if let Some(person) = person.filter(|_| agreement.kind == AgreementKind::Avtalegiro) {
                tx.put(Person { avtalegiro: true, ..Person::clone(&person) });
            }
            tx.put(agreement.clone());
            Ok::<_, std::convert::Infallible>(Some(agreement))
        })
        .await
        .unwrap_or_else(|never| match never {});
    page(agreement.as_ref(), &trail)
}

fn page(agreement: Option<&Agreement>, trail: &Trail) -> Response {
    if let Some(agreement) = agreement {
        trail.order(agreement.order.to_string());
    }
    let page = AgreementPage {
        style: STYLE,
        reader: Reader::now(SWEDISH, None),
        order: agreement.map_or(0, |agreement| agreement.order),
        registers: agreement.is_some_and(|agreement| agreement.kind == AgreementKind::Avtalegiro),
        accepted: agreement.is_some_and(|agreement| agreement.accepted.is_some()),
        known: agreement.is_some(),
    };
    html(if page.known { StatusCode::OK } else { StatusCode::NOT_FOUND }, &page)
}
