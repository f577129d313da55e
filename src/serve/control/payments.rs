//! What decides payments: outcomes, and the hosted page's buttons.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use provkassa_simulators::kit::outcome::Outcome;
use provkassa_simulators::kit::problem::Problem;
use provkassa_simulators::kit::provider::Provider;
use provkassa_simulators::kit::workspace::Workspace;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::extract::{Named, Sent};
use super::refusals::RefusedBody;
use super::{Shared, provider};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewOutcomes {
    /// The provider's id.
    provider: String,
    /// The order, as the provider names it; whichever payment comes next, if nothing is said.
    order: Option<String>,
    /// How its next payment ends: `approve`, `cancel`, `decline`, `expire`, or what `providers/{id}/codes` lists.
    #[schema(value_type = Option<String>)]
    outcome: Option<Outcome>,
    /// How its next payments end, one after the other.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    chain: Vec<Outcome>,
}

/// Says how the next payment ends, or the next ones.
#[utoipa::path(
    post, path = "/workspaces/{name}/outcomes", tag = "payments",
    params(("name" = String, Path, description = "the workspace")),
    request_body = NewOutcomes,
    responses((status = 204, description = "queued"), RefusedBody)
)]
pub(super) async fn queue_outcomes(
    State(house): Shared,
    Named(name): Named<String>,
    Sent(wanted): Sent<NewOutcomes>,
) -> Result<StatusCode, Problem> {
    let workspace = house.workspaces.find(&name)?;
    let chain: Vec<Outcome> = wanted.outcome.into_iter().chain(wanted.chain).collect();
    queue(&workspace, &wanted.provider, wanted.order.as_deref(), chain).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Queues outcomes for an order, or for whichever payment comes next.
pub(in crate::serve) async fn queue(
    workspace: &Workspace,
    id: &str,
    order: Option<&str>,
    chain: Vec<Outcome>,
) -> Result<(), Problem> {
    let provider = provider(id)?;
    if chain.is_empty() {
        return Err(Problem::bad_request(
            "no_outcome",
            "no outcome is given",
            "Send `outcome`, or a `chain` of them.",
        ));
    }
    if order == Some("") {
        return Err(Problem::bad_request(
            "no_order",
            "`order` is empty",
            "Name the order, or leave `order` out for whichever payment comes next.",
        ));
    }
    chain.iter().try_for_each(|outcome| known(provider, outcome))?;
    let id = provider.info().id;
    workspace
        .transact(|tx| {
            tx.queue_outcomes(id, order, chain.clone());
            Ok::<_, Problem>(())
        })
        .await
}

fn known(provider: &dyn Provider, outcome: &Outcome) -> Result<(), Problem> {
    let Outcome::Code(code) = outcome else { return Ok(()) };
    let queued = provider.codes().iter().any(|known| known.code == *code) && provider.queues(code);
    if queued || provider.scenarios().iter().any(|known| known.name == code) {
        return Ok(());
    }
    Err(Problem::bad_request(
        "unknown_outcome",
        format!("`{code}` is no outcome at {}", provider.info().name),
        format!(
            "Use approve, decline, cancel, expire, or what `provkassa codes {}` lists.",
            provider.info().id
        ),
    ))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Press {
    /// The provider's id.
    provider: String,
    /// `approve`, `cancel`, `decline`, `expire`, or what `providers/{id}/codes` lists.
    #[schema(value_type = String)]
    outcome: Outcome,
}

/// Presses a hosted page's button: a payment that waits for its payer ends so.
#[utoipa::path(
    post, path = "/workspaces/{name}/payments/{payment}/outcome", tag = "payments",
    params(
        ("name" = String, Path, description = "the workspace"),
        ("payment" = String, Path, description = "the payment, as the provider's page or its queue names it"),
    ),
    request_body = Press,
    responses((status = 200, description = "what became of it, in the provider's words", body = Value), RefusedBody)
)]
pub(super) async fn press(
    State(house): Shared,
    Named((name, payment)): Named<(String, String)>,
    Sent(wanted): Sent<Press>,
) -> Result<Json<Value>, Problem> {
    let workspace = house.workspaces.find(&name)?;
    press_button(&workspace, &wanted.provider, &payment, &wanted.outcome).await.map(Json)
}

/// Ends a payment that waits for its payer; what became of it.
pub(in crate::serve) async fn press_button(
    workspace: &Workspace,
    id: &str,
    payment: &str,
    outcome: &Outcome,
) -> Result<Value, Problem> {
    let provider = provider(id)?;
    workspace.transact(|tx| provider.press(tx, payment, outcome)).await
}
