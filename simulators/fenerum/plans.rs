//! Plans and their terms: what can be subscribed to, and what it costs.

use serde_json::{Value, json};

use crate::kit::table::Tx;

use super::body;
use super::doors::{Answer, Call, fine};
use super::fields::{Fields, uuid};
use super::lists;
use super::model::{Plan, Terms, decimal};
use super::refusals::{Refusal, told};
use super::store::by_uuid;

/// The most of one thing that an account subscribes to.
pub(super) const MOST: u32 = 1_000_000;

fn shown(tx: &Tx<'_>, plan: &Plan) -> Value {
    let terms: Vec<Value> =
        terms(tx).into_iter().filter(|terms| terms.plan == plan.uuid).map(|t| t.shown()).collect();
    json!({ "uuid": plan.uuid, "code": plan.code, "name": plan.name, "terms_set": terms })
}

fn terms(tx: &Tx<'_>) -> Vec<std::sync::Arc<Terms>> {
    let mut all = tx.all::<Terms>();
    all.sort_by_key(|terms| terms.number);
    all
}

/// `GET /api/v1/plans/`
pub(super) async fn list(call: &Call) -> Answer {
    let all = call
        .workspace
        .read(|tx| {
            let mut plans = tx.all::<Plan>();
            plans.sort_by_key(|plan| plan.number);
            plans.iter().map(|plan| shown(tx, plan)).collect::<Vec<_>>()
        })
        .await;
    lists::page(call, &all)
}

/// `GET /api/v1/plans/{uuid}/`
pub(super) async fn read(call: &Call, id: &str) -> Answer {
    fine(call.workspace.read(|tx| by_uuid::<Plan>(tx, id).map(|plan| shown(tx, &plan))).await?)
}

/// `GET /api/v1/planterms/`
pub(super) async fn list_terms(call: &Call) -> Answer {
    let all = call.workspace.read(|tx| terms(tx).iter().map(|terms| terms.shown()).collect::<Vec<_>>()).await;
    lists::page(call, &all)
}

/// `GET /api/v1/planterms/{uuid}/`
pub(super) async fn read_terms(call: &Call, id: &str) -> Answer {
    fine(call.workspace.read(|tx| by_uuid::<Terms>(tx, id)).await?.shown())
}

/// `POST /api/v1/plans/calculate/`
pub(super) async fn calculate(call: &Call) -> Answer {
    let data = call.data()?;
    let price = call
        .workspace
        .read(|tx| {
            let mut fields = Fields::of(body::object(&data)?);
            let terms = of_field(tx, &mut fields);
            let quantity = fields.number("quantity", 1, MOST).unwrap_or(1);
            fields.end()?;
            let terms = terms.ok_or(Refusal::ServerError)?;
            Ok::<_, Refusal>(json!({
                "terms": terms.uuid,
                "quantity": quantity,
                "total": decimal(terms.price.saturating_mul(i64::from(quantity))),
                "currency": terms.currency,
            }))
        })
        .await?;
    fine(price)
}

/// The terms that a body names by their UUID.
pub(super) fn of_field(tx: &Tx<'_>, fields: &mut Fields<'_>) -> Option<Terms> {
    let value = fields.needed("terms")?;
    let shown = body::str_of(value);
    let Some(uuid) = uuid(value) else {
        fields.fault("terms", told("invalid_uuid", &[("value", &shown)]));
        return None;
    };
    let found = tx.get::<Terms>(uuid);
    if found.is_none() {
        fields.fault("terms", told("does_not_exist", &[("value", &shown)]));
    }
    found.map(|terms| Terms::clone(&terms))
}
