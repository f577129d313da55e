//! A page for each provider: what is imitated and how we know it, what can be called, and how every code is reached.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use provkassa_simulators::kit::endpoint::Endpoint;
use provkassa_simulators::kit::problem::nearest;
use provkassa_simulators::kit::provider::{Ground, Provider};
use provkassa_simulators::{PROVIDERS, provider};

use super::Shared;
use super::controls::{action, done};
use super::frame::{Frame, page, trouble};
use super::links::{address, origin, provider_origin};
use super::prose::Prose;
use super::records::{self, Kind};
use super::settings::{self, Switch};
use super::timeline::Choice;
use super::view::View;
use crate::replay::{Flow, flows};
use crate::serve::house::House;

#[derive(Debug, Template)]
#[template(path = "live/provider.html", config = ".config/askama.toml")]
struct ProviderPage {
    frame: Frame,
    id: &'static str,
    name: &'static str,
    origin: String,
    stories: String,
    imitates: &'static [&'static str],
    leaves_out: &'static [&'static str],
    steps: Vec<(String, String)>,
    environment: Vec<(&'static str, String)>,
    endpoints: &'static [Endpoint],
    /// How many rules are known in which way.
    grounds: Vec<(&'static str, usize)>,
    operations: Vec<Rule>,
    /// The rules that the workspace goes by, and the provider's settings in it.
    rules: Vec<Choice>,
    settings: Vec<Switch>,
    records: Vec<Kind>,
    codes: Vec<ShownCode>,
    flows: Vec<ShownFlow>,
    workspace: String,
    outcome: String,
    setting: String,
    back: String,
    done: &'static str,
}

/// What an integrator does, and how we know how.
#[derive(Debug)]
struct Rule {
    name: &'static str,
    says: &'static str,
    ground: String,
    source: &'static str,
}

/// A code, or something else that a payment can end with.
#[derive(Debug)]
struct ShownCode {
    code: String,
    text: String,
    meaning: Prose,
    /// How to reach it, in ways of different kinds.
    ways: Vec<(&'static str, Prose)>,
    /// Whether the next payment can be told to end so.
    can_be_next: bool,
    ground: String,
    source: String,
}

#[derive(Debug)]
struct ShownFlow {
    id: String,
    title: String,
    ground: String,
    source: String,
    steps: Vec<String>,
}

/// `GET /_sim/live/providers/{id}`
pub(super) async fn show(
    State(house): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let Some(provider) = provider(&id) else {
        let near = nearest(&id, PROVIDERS.iter().map(|provider| provider.info().id));
        let help = near.map_or_else(
            || "The providers are linked at the top of the page.".to_owned(),
            |near| format!("Did you mean {near}?"),
        );
        return trouble(&house, StatusCode::NOT_FOUND, "There is no such provider.", &help);
    };
    let query = query.unwrap_or_default();
    let view = View::read(&query);
    let page_of = told(&house, provider, &headers, &view, done(&query)).await;
    page(StatusCode::OK, &page_of)
}

async fn told(
    house: &House,
    provider: &'static dyn Provider,
    headers: &HeaderMap,
    view: &View,
    done: &'static str,
) -> ProviderPage {
    let (info, name) = (provider.info(), view.subject());
    let reached = origin(house, headers);
    let at = provider_origin(house, &reached, name, info.id);
    let back = format!("{reached}/_sim/return?shop=demo");
    let (mut steps, mut environment) = (Vec::new(), Vec::new());
    let (mut rules, mut switches) = (Vec::new(), Vec::new());
    if let Some(workspace) = house.workspaces.get(name) {
        let settings = workspace.settings();
        (rules, switches) =
            (settings::rules(&settings), settings::switches(provider, &settings, &workspace.masker()));
        steps = workspace.read(|tx| provider.first_steps(tx, &workspace, &at, &back)).await;
        let credentials = workspace.credentials(info.id);
        environment = provider.urls(&at, credentials);
        environment.extend(credentials.iter().map(|known| (known.name, known.value.clone())));
    }
    let own: Vec<Flow> = flows().unwrap_or_default();
    let own: Vec<Flow> = own.into_iter().filter(|flow| flow.id.split('/').next() == Some(info.id)).collect();
    let operations = operations(provider);
    let grounds =
        operations.iter().map(|rule| &rule.ground).chain(switches.iter().map(|switch| &switch.ground));
    let grounds: Vec<String> = grounds.cloned().collect();
    let count = |ground: Ground| grounds.iter().filter(|known| **known == ground.to_string()).count();
    ProviderPage {
        frame: Frame::new(house, info.name, info.id),
        id: info.id,
        name: info.name,
        stories: address(house, "/", &[("provider", info.id)]),
        imitates: info.imitates,
        leaves_out: info.leaves_out,
        steps,
        environment,
        endpoints: provider.endpoints(),
        grounds: vec![
            ("documented", count(Ground::Documented)),
            ("observed", count(Ground::Observed)),
            ("assumed", count(Ground::Assumed)),
        ],
        codes: codes(provider),
        flows: own.into_iter().map(ShownFlow::of).collect(),
        operations,
        rules,
        settings: switches,
        records: records::kinds(house, info.id, view, ""),
        workspace: name.to_owned(),
        outcome: action(house, "outcome"),
        setting: action(house, "setting"),
        back: address(house, &format!("/_sim/live/providers/{}", info.id), &view.pairs()),
        origin: at,
        done,
    }
}

/// What is known of an integrator's part.
fn operations(provider: &dyn Provider) -> Vec<Rule> {
    let operations = provider.operations().iter().map(|operation| Rule {
        name: operation.id(),
        says: operation.does(),
        ground: operation.provenance().ground.to_string(),
        source: operation.provenance().source,
    });
    operations.collect()
}

fn codes(provider: &dyn Provider) -> Vec<ShownCode> {
    let codes = provider.codes().iter().map(|code| {
        let mut ways = vec![("by state", code.state.as_str().into())];
        ways.extend(provider.magic(&code.code).map(|magic| ("by magic value", magic.into())));
        ShownCode {
            code: code.code.clone(),
            text: code.text.clone(),
            meaning: code.meaning.as_str().into(),
            ways,
            can_be_next: provider.queues(&code.code),
            ground: code.provenance.to_string(),
            source: code.source.clone(),
        }
    });
    let scenarios = provider.scenarios().iter().map(|scenario| ShownCode {
        code: scenario.name.to_owned(),
        text: scenario.title.to_owned(),
        meaning: scenario.does.into(),
        ways: provider
            .magic(scenario.name)
            .map(|magic| ("by magic value", magic.into()))
            .into_iter()
            .collect(),
        can_be_next: true,
        ground: scenario.provenance.ground.to_string(),
        source: scenario.provenance.source.to_owned(),
    });
    codes.chain(scenarios).collect()
}

impl ShownFlow {
    fn of(flow: Flow) -> Self {
        Self {
            id: flow.id,
            title: flow.title,
            ground: flow.provenance.to_string(),
            source: flow.source,
            steps: flow.steps.into_iter().map(|step| step.does).collect(),
        }
    }
}
