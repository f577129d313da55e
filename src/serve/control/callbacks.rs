//! Callbacks: what was sent, what came of it, and what is to happen otherwise.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use provkassa_simulators::kit::outbox::{Delivery, Policy};
use provkassa_simulators::kit::problem::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

use super::extract::{Body, Named, Sent, object};
use super::refusals::{Refused, RefusedBody};
use super::{Shared, provider};

/// Every callback with its history, in the order in which they came.
///
/// Secrets and card numbers are hidden.
#[utoipa::path(
    get, path = "/workspaces/{name}/callbacks", tag = "callbacks",
    params(("name" = String, Path, description = "the workspace")),
    responses((status = 200, description = "the callbacks", body = Vec<Delivery>), Refused)
)]
pub(super) async fn callbacks(
    State(house): Shared,
    Named(name): Named<String>,
) -> Result<Json<Vec<Delivery>>, Problem> {
    let workspace = house.workspaces.find(&name)?;
    let masker = workspace.masker();
    let shown = workspace.outbox().deliveries().into_iter().map(|delivery| delivery.masked(&masker));
    Ok(Json(shown.collect()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPolicy {
    /// With `order`: for the callbacks of this order only.
    provider: Option<String>,
    /// The order, as the provider names it.
    order: Option<String>,
    /// What is to happen; nothing out of the ordinary, if nothing is said.
    #[serde(default, deserialize_with = "object")]
    policy: Policy,
}

impl Body for NewPolicy {
    const LIKE: &'static str = r#"{"policy": {"hold": true}}"#;
}

/// Says what is to happen to the callbacks that come: of an order, or of the whole workspace.
#[utoipa::path(
    post, path = "/workspaces/{name}/callbacks/policy", tag = "callbacks",
    params(("name" = String, Path, description = "the workspace")),
    request_body = NewPolicy,
    responses((status = 204, description = "done"), RefusedBody)
)]
pub(super) async fn set_policy(
    State(house): Shared,
    Named(name): Named<String>,
    Sent(wanted): Sent<NewPolicy>,
) -> Result<StatusCode, Problem> {
    let workspace = house.workspaces.find(&name)?;
    let of = match (&wanted.provider, &wanted.order) {
        (Some(id), Some(order)) => Some((provider(id)?.info().id, order.as_str())),
        (None, None) => None,
        _ => {
            return Err(Problem::bad_request(
                "half_an_order",
                "`provider` and `order` go together",
                "Name both, or neither for the whole workspace.",
            ));
        }
    };
    workspace.outbox().set_policy(of, wanted.policy);
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a callback that is held, sends one once more with the same bytes, or gives one up.
#[utoipa::path(
    post, path = "/workspaces/{name}/callbacks/{id}/{action}", tag = "callbacks",
    params(
        ("name" = String, Path, description = "the workspace"),
        ("id" = String, Path, description = "the callback"),
        ("action" = String, Path, description = "`drop`, `release` or `resend`"),
    ),
    responses((status = 204, description = "done"), RefusedBody)
)]
pub(super) async fn act_on_callback(
    State(house): Shared,
    Named((name, id, action)): Named<(String, String, String)>,
) -> Result<StatusCode, Problem> {
    let workspace = house.workspaces.find(&name)?;
    match action.as_str() {
        "drop" => workspace.outbox().drop_callback(&id)?,
        "release" => workspace.outbox().release(&id)?,
        "resend" => workspace.outbox().resend(&id)?,
        other => {
            return Err(Problem::not_found(
                "unknown_action",
                format!("a callback cannot be told to `{other}`"),
                "It can be told to drop, release or resend.",
            ));
        }
    }
    Ok(StatusCode::NO_CONTENT)
}
