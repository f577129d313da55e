//! The REST API's card consents: the mandates for recurring withdrawals from a card.

use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::routing::get;
use http::StatusCode;
use serde_json::{Value, json};

use crate::brp::model::Mandate;
use crate::kit::table::Tx;

use super::answer::{Answer, Refusal, success};
use super::auth::Authorized;
use super::customers;
use super::fields::{Query, known};
use super::shapes::{company_of, customer, unit};

pub(super) fn routes() -> Router {
    Router::new()
        .route("/{root}/api/ver3/customers/{customer}/consents/cards", get(list))
        .route("/{root}/api/ver3/customers/{customer}/consents/cards/{consent}", get(read))
}

/// `GET …/customers/{customer}/consents/cards`, of all companies or of one.
async fn list(
    Authorized(workspace): Authorized,
    Path((_, customer)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let company = Query::new(query).number("company")?;
    let shown = workspace
        .read(|tx| {
            let person = customers::find(tx, &customer)?;
            let mandates = tx.all::<Mandate>();
            let mine = mandates.iter().filter(|mandate| {
                mandate.person == person.id && company.is_none_or(|company| mandate.company_id == company)
            });
            Ok::<_, Refusal>(mine.map(|mandate| show(tx, mandate)).collect::<Value>())
        })
        .await?;
    Ok(success(StatusCode::OK, &shown))
}

/// `GET …/customers/{customer}/consents/cards/{consent}`
async fn read(
    Authorized(workspace): Authorized,
    Path((_, customer, consent)): Path<(String, String, String)>,
) -> Answer {
    let consent = known(&consent)?;
    let shown = workspace
        .read(|tx| {
            let person = customers::find(tx, &customer)?;
            let mandate = tx.get::<Mandate>(consent).filter(|mandate| mandate.person == person.id);
            mandate.map(|mandate| show(tx, &mandate)).ok_or(Refusal::Business("ID_NOT_FOUND"))
        })
        .await?;
    Ok(success(StatusCode::OK, &shown))
}

/// The mandate as API3 prints it.
fn show(tx: &Tx<'_>, mandate: &Mandate) -> Value {
    json!({
        "id": mandate.id,
        "customer": customer(tx, Some(mandate.person)),
        "businessUnit": unit(tx, Some(mandate.business_unit)),
        "company": company_of(tx, Some(mandate.business_unit)),
        "expirationDay": mandate.card.expires,
        "cardNumber": mandate.card.number,
        "issuingNetwork": mandate.card.network,
    })
}
