//! Buttons that the control API presses.

use serde_json::{Value, json};

use crate::kit::outcome::Outcome;
use crate::kit::problem::Problem as ApiProblem;
use crate::kit::table::Tx;
use crate::quickpay::codes;
use crate::quickpay::model::{LinkRecord, Resource, Step};
use crate::quickpay::perform::{Doing, authorize, put_card, settle, verdict_of};

use super::steps::{Seen, cancel, doing, pay, usual_card};

/// The control API presses a button, wherever the payer is. A payment is named by its id or its order id.
pub(in crate::quickpay) fn press(
    tx: &mut Tx<'_>,
    payment: &str,
    outcome: &Outcome,
) -> Result<Value, ApiProblem> {
    if let Outcome::Code(code) = outcome
        && !codes::is_operations(code)
    {
        return Err(ApiProblem::bad_request(
            "unknown_outcome",
            format!("`{code}` is no verdict of an operation"),
            "Use approve, decline, cancel, expire, or a number that `provkassa codes quickpay` lists.",
        ));
    }
    let by_id = payment.parse::<u64>().ok().and_then(|id| tx.get::<Resource>(id));
    let found = by_id.or_else(|| {
        let mut all = tx.all::<Resource>().into_iter();
        all.find(|resource| resource.order_id == payment)
    });
    let found = found.ok_or_else(|| {
        ApiProblem::not_found(
            "unknown_payment",
            format!("there is no payment `{payment}`"),
            "GET …/quickpay/payments lists them; a payment is named by its id or its order_id.",
        )
    })?;
    let resource = Resource::clone(&found);
    if resource.operations.iter().any(|operation| operation.waits() && operation.is_pending(tx.now)) {
        let settled = settle(tx, resource, verdict_of(outcome));
        return Ok(json!({ "state": settled.state(tx.now).name(), "location": null }));
    }
    let token = resource.link.as_ref().and_then(|link| link.url.rsplit('/').next().map(ToOwned::to_owned));
    let link = token.and_then(|token| tx.get::<LinkRecord>(token));
    let link = link.ok_or_else(|| {
        ApiProblem::bad_request(
            "no_link",
            format!("the payment `{payment}` has no link, so nobody looks at a page"),
            "Make one: PUT /payments/{id}/link.",
        )
    })?;
    if resource.allows(Step::Authorize, tx.now).is_err() {
        return Err(ApiProblem::new(
            http::StatusCode::CONFLICT,
            "payment_ended",
            format!("the payment `{payment}` cannot be authorized again"),
            "Make another payment.",
        ));
    }
    let link = LinkRecord::clone(&link);
    let seen = match outcome {
        Outcome::Cancel => cancel(tx, &link.token),
        Outcome::Expire => Seen::Expired(resource, link),
        Outcome::Approve => pay(tx, resource, link, &usual_card(), "").0,
        outcome => {
            let mut resource = resource;
            put_card(tx, &mut resource, &usual_card());
            let doing = Doing { verdict: Some(verdict_of(outcome)), ..doing(tx, &resource) };
            Seen::Open(authorize(tx, resource, doing, None).0, link)
        }
    };
    let Some((resource, _)) = seen.about() else { return Ok(Value::Null) };
    let terms = resource.link.as_ref();
    let location = match &seen {
        Seen::Done(..) => terms.and_then(|link| link.continue_url.clone()),
        Seen::Cancelled(..) => terms.and_then(|link| link.cancel_url.clone()),
        _ => None,
    };
    Ok(json!({ "state": resource.state(tx.now).name(), "location": location }))
}
