//! Faults: planted, looked at, pulled out.

use std::convert::Infallible;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use provkassa_simulators::PROVIDERS;
use provkassa_simulators::kit::fault::{Fault, Kind, Plan};
use provkassa_simulators::kit::problem::{Problem, nearest};
use provkassa_simulators::kit::provider::Provider;
use provkassa_simulators::kit::table::Tx;
use provkassa_simulators::kit::workspace::Workspace;

use super::extract::{Body, Named, Sent};
use super::refusals::{Refused, RefusedBody};
use super::{Shared, provider};

impl Body for Plan {
    const LIKE: &'static str = r#"{"fault": "latency", "milliseconds": 500}"#;
}

/// The longest wait that a fault makes, in milliseconds.
const LONGEST: u64 = 3_600_000;

/// The planted faults, and what they have done.
#[utoipa::path(
    get, path = "/workspaces/{name}/faults", tag = "faults",
    params(("name" = String, Path, description = "the workspace")),
    responses((status = 200, description = "in the order in which they were planted", body = Vec<Fault>), Refused)
)]
pub(super) async fn faults(
    State(house): Shared,
    Named(name): Named<String>,
) -> Result<Json<Vec<Fault>>, Problem> {
    let workspace = house.workspaces.find(&name)?;
    let all = |tx: &Tx<'_>| tx.all::<Fault>().iter().map(|fault| Fault::clone(fault)).collect();
    Ok(Json(workspace.read(all).await))
}

/// Plants a fault.
///
/// Faults of transport strike answers of the provider, once the work is done; the others strike
/// callbacks, and returns that the provider signs. Of several that could strike, the one planted first does.
#[utoipa::path(
    post, path = "/workspaces/{name}/faults", tag = "faults",
    params(("name" = String, Path, description = "the workspace")),
    request_body = Plan,
    responses((status = 201, description = "planted", body = Fault), RefusedBody)
)]
pub(super) async fn plant(
    State(house): Shared,
    Named(name): Named<String>,
    Sent(plan): Sent<Plan>,
) -> Result<(StatusCode, Json<Fault>), Problem> {
    let workspace = house.workspaces.find(&name)?;
    plant_fault(&workspace, &plan).await.map(|planted| (StatusCode::CREATED, Json(planted)))
}

/// Plants a fault that can be.
pub(in crate::serve) async fn plant_fault(workspace: &Workspace, plan: &Plan) -> Result<Fault, Problem> {
    check(plan)?;
    workspace.transact(|tx| Ok(tx.plant(plan.clone()))).await
}

/// Pulls all faults out.
#[utoipa::path(
    delete, path = "/workspaces/{name}/faults", tag = "faults",
    params(("name" = String, Path, description = "the workspace")),
    responses((status = 204, description = "gone"), Refused)
)]
pub(super) async fn pull_all(
    State(house): Shared,
    Named(name): Named<String>,
) -> Result<StatusCode, Problem> {
    pull_faults(&house.workspaces.find(&name)?).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Pulls all faults of a workspace out.
pub(in crate::serve) async fn pull_faults(workspace: &Workspace) {
    let pulled = workspace.transact(|tx| {
        for fault in tx.all::<Fault>() {
            tx.remove::<Fault>(fault.number);
        }
        Ok::<_, Infallible>(())
    });
    pulled.await.unwrap_or_else(|never| match never {});
}

/// Pulls one fault out.
#[utoipa::path(
    delete, path = "/workspaces/{name}/faults/{number}", tag = "faults",
    params(
        ("name" = String, Path, description = "the workspace"),
        ("number" = u64, Path, description = "the fault's"),
    ),
    responses((status = 204, description = "gone"), Refused)
)]
pub(super) async fn pull(
    State(house): Shared,
    Named((name, number)): Named<(String, u64)>,
) -> Result<StatusCode, Problem> {
    let workspace = house.workspaces.find(&name)?;
    workspace
        .transact(|tx| {
            if tx.get::<Fault>(number).is_none() {
                return Err(Problem::not_found(
                    "unknown_fault",
                    format!("there is no fault {number}"),
                    "GET …/faults lists them.",
                ));
            }
            tx.remove::<Fault>(number);
            Ok(())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn check(plan: &Plan) -> Result<(), Problem> {
    let refused = |why: &str, help: String| Err(Problem::bad_request("refused_fault", why, help));
    let timed = matches!(plan.fault, Kind::Latency | Kind::SlowBody);
    if timed && plan.milliseconds.is_none_or(|wait| wait > LONGEST) {
        let why =
            if plan.milliseconds.is_none() { "it is not said how long" } else { "the wait is too long" };
        return refused(why, format!("Give `milliseconds`, at most {LONGEST}."));
    }
    if !timed && plan.milliseconds.is_some() {
        return refused(
            "`milliseconds` has no meaning here",
            "It goes with latency and slow_body.".to_owned(),
        );
    }
    if plan.status.is_some() && plan.fault != Kind::Status {
        return refused("`status` has no meaning here", "It goes with the fault `status`.".to_owned());
    }
    if plan.status.is_some_and(|status| !(500..600).contains(&status)) {
        return refused("`status` is none of a server's failure", "Give 500 to 599.".to_owned());
    }
    if plan.percent > 100 {
        return refused("`percent` is more than 100", "Give 0 to 100.".to_owned());
    }
    let of = plan.provider.as_deref().map(provider).transpose()?;
    if plan.fault.is_of_transport() {
        return plan.endpoint.as_deref().map_or(Ok(()), |pattern| answered(of, pattern));
    }
    let can = |provider: &dyn Provider| {
        provider.manners().is_some_and(|manners| manners.flaws.contains(&plan.fault))
    };
    match of {
        Some(of) if !can(of) => {
            let flaws = of.manners().map_or(&[][..], |manners| manners.flaws);
            let flaws: Vec<_> = flaws.iter().map(|flaw| flaw.name()).collect();
            let help = match flaws.as_slice() {
                [] => "It sends no callbacks, and signs nothing else that it sends; faults of transport can strike its answers.".to_owned(),
                flaws => format!("{} It can have: {}.", lacks(plan.fault), flaws.join(", ")),
            };
            refused(&format!("`{}` cannot happen at {}", plan.fault, of.info().name), help)
        }
        None if !PROVIDERS.iter().any(|provider| can(*provider)) => {
            refused("no provider can have this fault", "Choose another one.".to_owned())
        }
        _ => Ok(()),
    }
}

/// Why something cannot happen to the callbacks of a provider that sends some.
fn lacks(flaw: Kind) -> &'static str {
    match flaw {
        Kind::EmptyBody => "Its callbacks have no body.",
        Kind::Expired => "Nothing in its callbacks ends by a time.",
        Kind::WrongAlgorithm => "Its callbacks are not signed by an algorithm.",
        _ => "Its callbacks have no such part.",
    }
}

/// Whether something answers there: only then is there an answer to strike. Where callbacks and payers are sent is for
/// the shop to say.
fn answered(of: Option<&dyn Provider>, pattern: &str) -> Result<(), Problem> {
    let all =
        || PROVIDERS.iter().copied().filter(|known| of.is_none_or(|of| of.info().id == known.info().id));
    let endpoints = || all().flat_map(Provider::endpoints);
    if endpoints().any(|endpoint| endpoint.fits(pattern)) {
        return Ok(());
    }
    let has_method = pattern.contains(' ');
    let names: Vec<String> = endpoints()
        .map(|endpoint| if has_method { endpoint.called() } else { endpoint.path.clone() })
        .collect();
    let near = nearest(pattern, names.iter().map(String::as_str));
    let whose = of.map_or("any provider", |of| of.info().name);
    Err(Problem::bad_request(
        "unknown_endpoint",
        format!("no endpoint of {whose} fits `{pattern}`"),
        near.map_or_else(
            || "It is a path below the provider's origin, `*` stands for anything in it, and a method may stand before it. GET /_sim/v1/providers lists what there is.".to_owned(),
            |near| format!("Did you mean `{near}`? `*` stands for anything."),
        ),
    ))
}
