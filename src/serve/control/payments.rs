//! What decides payments: outcomes, and the hosted page's buttons.
#![expect(unused_qualifications, reason = "utoipa's macro writes out what it makes of the parameters")]

use axum::Json;
use axum::extract::State;
use http::{HeaderName, StatusCode, header};
use provkassa_simulators::kit::outcome::{Outcome, Queued};
use provkassa_simulators::kit::problem::{Problem, nearest};
use provkassa_simulators::kit::provider::Provider;
use provkassa_simulators::kit::table::Tx;
use provkassa_simulators::kit::workspace::Workspace;
use serde::Deserialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::extract::{Asked, Body, Named, Sent};
use super::refusals::{Refused, RefusedBody};
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

impl Body for NewOutcomes {
    const LIKE: &'static str = r#"{"provider": "brp", "order": "16", "outcome": "approve"}"#;
}

/// Says how the next payment ends, or the next ones.
///
/// What is queued for a payment's order goes before what is queued for whichever comes next, and both before magic
/// values and buttons. Of several queues for the same the oldest goes first; a chain is taken in its order.
#[utoipa::path(
    post, path = "/workspaces/{name}/outcomes", tag = "payments",
    params(("name" = String, Path, description = "the workspace")),
    request_body = NewOutcomes,
    responses(
        (status = 204, description = "queued", headers(("Location" = String, description = "DELETE it to withdraw them"))),
        RefusedBody,
    )
)]
pub(super) async fn queue_outcomes(
    State(house): Shared,
    Named(name): Named<String>,
    Sent(wanted): Sent<NewOutcomes>,
) -> Result<(StatusCode, [(HeaderName, String); 1]), Problem> {
    let workspace = house.workspaces.find(&name)?;
    if wanted.outcome.is_some() && !wanted.chain.is_empty() {
        return Err(Problem::bad_request(
            "outcome_and_chain",
            "`outcome` and `chain` are both given",
            "Send one of them: a `chain` can begin with the outcome.",
        ));
    }
    let chain: Vec<Outcome> = wanted.outcome.into_iter().chain(wanted.chain).collect();
    let number = queue(&workspace, &wanted.provider, wanted.order.as_deref(), chain).await?;
    let place = format!("/_sim/v1/workspaces/{name}/outcomes/{number}");
    Ok((StatusCode::NO_CONTENT, [(header::LOCATION, place)]))
}

/// The outcomes that are queued, the oldest first.
#[utoipa::path(
    get, path = "/workspaces/{name}/outcomes", tag = "payments",
    params(("name" = String, Path, description = "the workspace")),
    responses((status = 200, description = "in the order in which they were queued", body = Vec<Queued>), Refused)
)]
pub(super) async fn outcomes(
    State(house): Shared,
    Named(name): Named<String>,
) -> Result<Json<Vec<Queued>>, Problem> {
    Ok(Json(queued(&house.workspaces.find(&name)?).await))
}

/// The outcomes that wait for their payment, in the order in which they were queued.
pub(in crate::serve) async fn queued(workspace: &Workspace) -> Vec<Queued> {
    let all = |tx: &Tx<'_>| tx.all::<Queued>().iter().map(|queued| Queued::clone(queued)).collect();
    workspace.read(all).await
}

/// Which outcomes are forgotten.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Forgotten {
    /// Those of this provider only.
    provider: Option<String>,
    /// Those for this order only, as the provider names it.
    order: Option<String>,
    /// Admits who cannot send a header.
    #[serde(rename = "token")]
    _token: Option<String>,
}

/// Forgets the outcomes that are queued: all of them, or those of a provider or for an order.
#[utoipa::path(
    delete, path = "/workspaces/{name}/outcomes", tag = "payments",
    params(("name" = String, Path, description = "the workspace"), Forgotten),
    responses((status = 204, description = "gone, if there were any"), Refused)
)]
pub(super) async fn withdraw_outcomes(
    State(house): Shared,
    Named(name): Named<String>,
    Asked(which): Asked<Forgotten>,
) -> Result<StatusCode, Problem> {
    let workspace = house.workspaces.find(&name)?;
    let of = which.provider.as_deref().map(provider).transpose()?.map(|provider| provider.info().id);
    workspace
        .transact(|tx| {
            tx.withdraw_outcomes(of, which.order.as_deref());
            Ok::<_, Problem>(())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Forgets one queue of outcomes.
#[utoipa::path(
    delete, path = "/workspaces/{name}/outcomes/{number}", tag = "payments",
    params(
        ("name" = String, Path, description = "the workspace"),
        ("number" = u64, Path, description = "the queue's"),
    ),
    responses((status = 204, description = "gone"), Refused)
)]
pub(super) async fn withdraw_queue(
    State(house): Shared,
    Named((name, number)): Named<(String, u64)>,
) -> Result<StatusCode, Problem> {
    let workspace = house.workspaces.find(&name)?;
    workspace
        .transact(|tx| {
            if tx.get::<Queued>(number).is_none() {
                return Err(Problem::not_found(
                    "unknown_outcomes",
                    format!("no outcomes are queued as number {number}"),
                    "GET …/outcomes lists those that are; they may have been taken meanwhile.",
                ));
            }
            tx.remove::<Queued>(number);
            Ok(())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Queues outcomes for an order, or for whichever payment comes next; the number by which they can be withdrawn.
pub(in crate::serve) async fn queue(
    workspace: &Workspace,
    id: &str,
    order: Option<&str>,
    chain: Vec<Outcome>,
) -> Result<u64, Problem> {
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
    workspace.transact(|tx| Ok::<_, Problem>(tx.queue_outcomes(id, order, chain.clone()))).await
}

fn known(provider: &dyn Provider, outcome: &Outcome) -> Result<(), Problem> {
    let Outcome::Code(code) = outcome else { return Ok(()) };
    let codes = provider.codes().iter().map(|known| known.code.as_str()).filter(|code| provider.queues(code));
    let scenarios = provider.scenarios().iter().map(|known| known.name);
    let all: Vec<&str> =
        ["approve", "decline", "cancel", "expire"].into_iter().chain(scenarios).chain(codes).collect();
    if all.contains(&code.as_str()) {
        return Ok(());
    }
    let listed = format!("what `provkassa codes {}` lists", provider.info().id);
    // Of numbers each is near every other.
    let is_word = code.chars().any(char::is_alphabetic);
    let near = nearest(&code.to_lowercase(), all).filter(|_| is_word);
    Err(Problem::bad_request(
        "unknown_outcome",
        format!("`{code}` is no outcome at {}", provider.info().name),
        near.map_or_else(
            || format!("Use approve, decline, cancel, expire, or {listed}."),
            |near| format!("Did you mean `{near}`? It can also be {listed}."),
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

impl Body for Press {
    const LIKE: &'static str = r#"{"provider": "brp", "outcome": "approve"}"#;
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
