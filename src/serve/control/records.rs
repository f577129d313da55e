//! The records of the providers: orders, merchants, terminals and the like.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use provkassa_simulators::kit::problem::{Problem, nearest};
use provkassa_simulators::kit::provider::Provider;
use provkassa_simulators::kit::workspace::Workspace;
use serde_json::{Map, Value};

use super::extract::{Body, Named, Sent};
use super::refusals::{Refused, RefusedBody};
use super::{Shared, provider};

impl Body for Map<String, Value> {
    const LIKE: &'static str = r#"{"id": 15, "name": "…"}, with the fields that GET of this path shows"#;
}

/// Every record of a kind, in order.
#[utoipa::path(
    get, path = "/workspaces/{name}/{provider}/{record}", tag = "records",
    params(
        ("name" = String, Path, description = "the workspace"),
        ("provider" = String, Path, description = "the provider's id"),
        ("record" = String, Path, description = "the kind of record: `providers` lists them"),
    ),
    responses((status = 200, description = "the records, in the provider's words", body = Vec<Value>), Refused)
)]
pub(super) async fn read_records(
    State(house): Shared,
    Named((name, id, kind)): Named<(String, String, String)>,
) -> Result<Json<Vec<Value>>, Problem> {
    let workspace = house.workspaces.find(&name)?;
    records_of(&workspace, &id, &kind).await.map(Json)
}

/// The records of a kind, in order.
pub(in crate::serve) async fn records_of(
    workspace: &Workspace,
    id: &str,
    kind: &str,
) -> Result<Vec<Value>, Problem> {
    let provider = provider(id)?;
    let kind = kind_of(provider, kind)?;
    Ok(workspace.read(|tx| provider.read(tx, kind)).await)
}

/// Adds a record, or changes the fields of the one with its id.
#[utoipa::path(
    post, path = "/workspaces/{name}/{provider}/{record}", tag = "records",
    params(
        ("name" = String, Path, description = "the workspace"),
        ("provider" = String, Path, description = "the provider's id"),
        ("record" = String, Path, description = "the kind of record: `providers` lists them"),
    ),
    request_body(content = Object, description = "the fields to set; reading the records shows them"),
    responses((status = 201, description = "the record as it is now", body = Value), RefusedBody)
)]
pub(super) async fn seed_record(
    State(house): Shared,
    Named((name, id, kind)): Named<(String, String, String)>,
    Sent(fields): Sent<Map<String, Value>>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let workspace = house.workspaces.find(&name)?;
    let record = seed(&workspace, &id, &kind, &Value::Object(fields)).await?;
    Ok((StatusCode::CREATED, Json(record)))
}

/// Adds a record or changes one; the record as it is then.
pub(in crate::serve) async fn seed(
    workspace: &Workspace,
    id: &str,
    kind: &str,
    fields: &Value,
) -> Result<Value, Problem> {
    let provider = provider(id)?;
    let kind = kind_of(provider, kind)?;
    workspace.transact(|tx| provider.seed(tx, kind, fields)).await
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
