//! What there is: the providers, their codes and settings, and this API itself.

use axum::Json;
use provkassa_simulators::PROVIDERS;
use provkassa_simulators::kit::problem::{Problem, nearest};
use provkassa_simulators::kit::provider::{Ground, Provenance, Provider};
use serde::Serialize;
use utoipa::ToSchema;

use super::extract::Named;
use super::refusals::Refused;

#[derive(Serialize, ToSchema)]
pub(super) struct Health {
    /// Always `ok`: who answers is up.
    status: &'static str,
}

/// Whether it is up.
#[utoipa::path(
    get, path = "/health", tag = "catalogue",
    responses((status = 200, description = "it is", body = Health), Refused)
)]
pub(super) async fn health() -> Json<Health> {
    Json(Health { status: "ok" })
}

#[derive(Serialize, ToSchema)]
pub(super) struct Version {
    /// Of provkassa.
    version: &'static str,
}

/// Which version this is.
#[utoipa::path(
    get, path = "/version", tag = "catalogue",
    responses((status = 200, description = "the version", body = Version), Refused)
)]
pub(super) async fn version() -> Json<Version> {
    Json(Version { version: crate::VERSION })
}

/// A provider, with what is imitated of it.
#[derive(Serialize, ToSchema)]
pub(super) struct ProviderShown {
    /// Names its paths: `brp`.
    id: &'static str,
    /// What people call it.
    name: &'static str,
    /// What is imitated, a line each.
    imitates: &'static [&'static str],
    /// What is not, a line each.
    leaves_out: &'static [&'static str],
    /// The kinds of its records.
    records: &'static [&'static str],
    /// Its open questions.
    settings: Vec<SettingShown>,
}

/// An open question of a provider's documents.
#[derive(Serialize, ToSchema)]
pub(super) struct SettingShown {
    /// As it is set: `brp.zero_order`.
    name: &'static str,
    /// What holds if nobody says otherwise.
    default: &'static str,
    /// What it decides.
    meaning: &'static str,
    /// Where the default comes from.
    provenance: Provenance,
}

/// The providers, what is imitated of each, and their settings.
#[utoipa::path(
    get, path = "/providers", tag = "catalogue",
    responses((status = 200, description = "the providers", body = Vec<ProviderShown>), Refused)
)]
pub(super) async fn providers() -> Json<Vec<ProviderShown>> {
    let all = PROVIDERS.iter().map(|provider| {
        let info = provider.info();
        let settings = info.settings.iter().map(|setting| SettingShown {
            name: setting.name,
            default: setting.default,
            meaning: setting.meaning,
            provenance: setting.provenance,
        });
        ProviderShown {
            id: info.id,
            name: info.name,
            imitates: info.imitates,
            leaves_out: info.leaves_out,
            records: provider.records(),
            settings: settings.collect(),
        }
    });
    Json(all.collect())
}

/// One error or status code of a provider.
#[derive(Serialize, ToSchema)]
pub(super) struct CodeShown {
    /// As it travels: `101`.
    code: &'static str,
    /// The provider's own text, byte for byte.
    text: &'static str,
    /// What it means, in our words.
    meaning: &'static str,
    /// What in the shop's or the provider's world causes it.
    cause: &'static str,
    /// `before` leaving the provider, at the payment `provider`, or `after` the return.
    stage: &'static str,
    /// Where it can occur: the endpoints or operations, as the provider names them.
    at: &'static [String],
    /// How to bring the simulator into the state that causes it.
    state: &'static str,
    /// How to reach it by a magic value, in words; none where only a state causes it.
    magic: Option<String>,
    /// Whether the transaction is annulled.
    annuls: bool,
    /// How we know the code and its text.
    provenance: Ground,
    /// How we know the cause.
    cause_provenance: Ground,
    /// Where code and text are written.
    source: &'static str,
    /// Where the cause is written.
    cause_source: &'static str,
}

/// A provider's codes, in the order of its own table.
#[utoipa::path(
    get, path = "/providers/{id}/codes", tag = "catalogue",
    params(("id" = String, Path, description = "the provider's id")),
    responses((status = 200, description = "the codes", body = Vec<CodeShown>), Refused)
)]
pub(super) async fn codes(Named(id): Named<String>) -> Result<Json<Vec<CodeShown>>, Problem> {
    let provider = provider(&id)?;
    let codes = provider.codes().iter().map(|code| CodeShown {
        code: &code.code,
        text: &code.text,
        meaning: &code.meaning,
        cause: &code.cause,
        stage: &code.stage,
        at: &code.at,
        state: &code.state,
        magic: provider.magic(&code.code),
        annuls: code.annuls,
        provenance: code.provenance,
        cause_provenance: code.cause_provenance,
        source: &code.source,
        cause_source: &code.cause_source,
    });
    Ok(Json(codes.collect()))
}

/// The provider with this id.
pub(super) fn provider(id: &str) -> Result<&'static dyn Provider, Problem> {
    provkassa_simulators::provider(id).ok_or_else(|| {
        let known: Vec<_> = PROVIDERS.iter().map(|provider| provider.info().id).collect();
        let near = nearest(id, known.iter().copied());
        Problem::not_found(
            "unknown_provider",
            format!("there is no provider `{id}`"),
            near.map_or_else(
                || format!("There are: {}.", known.join(", ")),
                |near| format!("Did you mean `{near}`?"),
            ),
        )
    })
}
