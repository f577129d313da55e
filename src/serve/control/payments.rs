//! What decides payments: outcomes, the hosted page's buttons, callbacks, the records themselves.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use bytes::Bytes;
use http::StatusCode;
use provkassa_simulators::kit::outbox::Policy;
use provkassa_simulators::kit::outcome::Outcome;
use provkassa_simulators::kit::problem::{Problem, nearest};
use provkassa_simulators::kit::provider::Provider;
use serde::Deserialize;
use serde_json::Value;

use super::{Answer, Shared, body, provider};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewOutcomes {
    provider: String,
    order: Option<String>,
    outcome: Option<Outcome>,
    #[serde(default)]
    chain: Vec<Outcome>,
}

pub(super) async fn queue_outcomes(State(house): Shared, Path(name): Path<String>, bytes: Bytes) -> Answer {
    let workspace = house.workspaces.find(&name)?;
    let wanted: NewOutcomes = body(&bytes)?;
    let provider = provider(&wanted.provider)?;
    let chain: Vec<Outcome> = wanted.outcome.into_iter().chain(wanted.chain).collect();
    if chain.is_empty() {
        return Err(Problem::bad_request(
            "no_outcome",
            "no outcome is given",
            "Send `outcome`, or a `chain` of them.",
        ));
    }
    if wanted.order.as_deref() == Some("") {
        return Err(Problem::bad_request(
            "no_order",
            "`order` is empty",
            "Name the order, or leave `order` out for whichever payment comes next.",
        ));
    }
    for outcome in &chain {
        if let Outcome::Code(code) = outcome
            && !provider.codes().iter().any(|known| known.code == *code && provider.queues(code))
            && !provider.scenarios().iter().any(|known| known.name == code)
        {
            return Err(Problem::bad_request(
                "unknown_outcome",
                format!("`{code}` is no outcome at {}", provider.info().name),
                format!(
                    "Use approve, decline, cancel, expire, or what `provkassa codes {}` lists.",
                    provider.info().id
                ),
            ));
        }
    }
    let id = provider.info().id;
    workspace
        .transact(|tx| {
            tx.queue_outcomes(id, wanted.order.as_deref(), chain.clone());
            Ok::<_, Problem>(())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Press {
    provider: String,
    outcome: Outcome,
}

pub(super) async fn press(
    State(house): Shared,
    Path((name, payment)): Path<(String, String)>,
    bytes: Bytes,
) -> Answer {
    let workspace = house.workspaces.find(&name)?;
    let wanted: Press = body(&bytes)?;
    let provider = provider(&wanted.provider)?;
    let ended = workspace.transact(|tx| provider.press(tx, &payment, &wanted.outcome)).await?;
    Ok(Json(ended).into_response())
}

pub(super) async fn callbacks(State(house): Shared, Path(name): Path<String>) -> Answer {
    Ok(Json(house.workspaces.find(&name)?.outbox().deliveries()).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPolicy {
    provider: Option<String>,
    order: Option<String>,
    #[serde(default)]
    policy: Policy,
}

pub(super) async fn set_policy(State(house): Shared, Path(name): Path<String>, bytes: Bytes) -> Answer {
    let workspace = house.workspaces.find(&name)?;
    let wanted: NewPolicy = body(&bytes)?;
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
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn act_on_callback(
    State(house): Shared,
    Path((name, id, action)): Path<(String, String, String)>,
) -> Answer {
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
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn read_records(
    State(house): Shared,
    Path((name, id, kind)): Path<(String, String, String)>,
) -> Answer {
    let workspace = house.workspaces.find(&name)?;
    let provider = provider(&id)?;
    let kind = kind_of(provider, &kind)?;
    Ok(Json(workspace.read(|tx| provider.read(tx, kind)).await).into_response())
}

pub(super) async fn seed_record(
    State(house): Shared,
    Path((name, id, kind)): Path<(String, String, String)>,
    bytes: Bytes,
) -> Answer {
    let workspace = house.workspaces.find(&name)?;
    let provider = provider(&id)?;
    let kind = kind_of(provider, &kind)?;
    let fields: Value = body(&bytes)?;
    let record = workspace.transact(|tx| provider.seed(tx, kind, &fields)).await?;
    Ok((StatusCode::CREATED, Json(record)).into_response())
}

fn kind_of(provider: &'static dyn Provider, kind: &str) -> Result<&'static str, Problem> {
    let kinds = provider.records();
    kinds.iter().copied().find(|known| *known == kind).ok_or_else(|| {
        let near = nearest(kind, kinds.iter().copied());
        Problem::not_found(
            "unknown_record",
            format!("{} has no records `{kind}`", provider.info().name),
            near.map_or_else(
                || format!("It has: {}.", kinds.join(", ")),
                |near| format!("Did you mean `{near}`?"),
            ),
        )
    })
}
