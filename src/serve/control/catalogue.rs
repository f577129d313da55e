//! What there is: the providers, their codes and settings, and this API itself.

use std::collections::BTreeMap;

use axum::Json;
use provkassa_simulators::PROVIDERS;
use provkassa_simulators::kit::endpoint::Endpoint;
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
    /// What it answers to, with what each does.
    endpoints: &'static [Endpoint],
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
            endpoints: provider.endpoints(),
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

/// What is imitated of a provider, and how we know it.
#[derive(Serialize, ToSchema)]
pub(super) struct Fidelity {
    /// The provider's id.
    id: &'static str,
    /// What people call it.
    name: &'static str,
    /// What is imitated, a line each.
    imitates: &'static [&'static str],
    /// What is not, a line each.
    leaves_out: &'static [&'static str],
    /// How many of its rules we know how.
    grounds: BTreeMap<String, usize>,
    /// Its rules.
    rules: Vec<Rule>,
}

/// Something that is imitated.
#[derive(Serialize, ToSchema)]
pub(super) struct Rule {
    /// What it is.
    kind: RuleKind,
    /// Its name: `brp.hash`, `brp.zero_order`, `205`, `webhook_lost`.
    name: String,
    /// What it does, or means.
    says: String,
    /// How we know.
    ground: Ground,
    /// Where it is written or seen.
    source: String,
}

/// What a rule is.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum RuleKind {
    /// An error or status code.
    Code,
    /// What an integrator does with one message.
    Operation,
    /// Something that can be made to happen to a payment.
    Scenario,
    /// An open question, with its default.
    Setting,
}

/// What is imitated, what is not, and how we know: documented, observed or assumed.
#[utoipa::path(
    get, path = "/fidelity", tag = "catalogue",
    responses((status = 200, description = "provider by provider", body = Vec<Fidelity>), Refused)
)]
pub(super) async fn fidelity() -> Json<Vec<Fidelity>> {
    Json(PROVIDERS.iter().map(|provider| fidelity_of(*provider)).collect())
}

fn fidelity_of(provider: &'static dyn Provider) -> Fidelity {
    let info = provider.info();
    let rule = |kind, name: &str, says: &str, known: Provenance| Rule {
        kind,
        name: name.to_owned(),
        says: says.to_owned(),
        ground: known.ground,
        source: known.source.to_owned(),
    };
    let operations = provider.operations().iter();
    let operations = operations
        .map(|operation| rule(RuleKind::Operation, operation.id(), operation.does(), operation.provenance()));
    let settings = info.settings.iter();
    let settings =
        settings.map(|setting| rule(RuleKind::Setting, setting.name, setting.meaning, setting.provenance));
    let scenarios = provider.scenarios().iter();
    let scenarios = scenarios.map(|known| rule(RuleKind::Scenario, known.name, known.does, known.provenance));
    let codes = provider.codes().iter().map(|code| Rule {
        kind: RuleKind::Code,
        name: code.code.clone(),
        says: code.meaning.clone(),
        ground: code.provenance,
        source: code.source.clone(),
    });
    let rules: Vec<Rule> = operations.chain(settings).chain(scenarios).chain(codes).collect();
    let mut grounds = BTreeMap::new();
    for rule in &rules {
        *grounds.entry(rule.ground.to_string()).or_default() += 1;
    }
    Fidelity {
        id: info.id,
        name: info.name,
        imitates: info.imitates,
        leaves_out: info.leaves_out,
        grounds,
        rules,
    }
}

/// The provider with this id.
pub(in crate::serve) fn provider(id: &str) -> Result<&'static dyn Provider, Problem> {
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
