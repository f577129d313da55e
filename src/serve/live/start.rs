//! What a newcomer does first: a payment to click through, and what a shop is given.

use http::HeaderMap;
use provkassa_simulators::PROVIDERS;

use super::links::{origin, provider_origin};
use crate::serve::house::House;

/// The first steps in a workspace.
#[derive(Debug)]
pub(super) struct Start {
    pub(super) workspace: String,
    pub(super) providers: Vec<Offer>,
    /// The demo shop, where it is open.
    pub(super) shop: Option<String>,
    /// URLs and credentials, by the names of their variables.
    pub(super) environment: Vec<(&'static str, String)>,
}

/// What can be tried at a provider: a title and a link for each.
#[derive(Debug)]
pub(super) struct Offer {
    pub(super) provider: &'static str,
    pub(super) steps: Vec<(String, String)>,
}

impl Start {
    pub(super) async fn new(house: &House, headers: &HeaderMap, name: &str) -> Self {
        let origin = origin(house, headers);
        let mut start = Self {
            workspace: name.to_owned(),
            providers: Vec::new(),
            shop: house.shop.get().map(|url| format!("{url}/")),
            environment: Vec::new(),
        };
        let Some(workspace) = house.workspaces.get(name) else { return start };
        let back = format!("{origin}/_sim/return?shop=demo");
        for provider in PROVIDERS {
            let info = provider.info();
            let at = provider_origin(house, &origin, name, info.id);
            let steps = workspace.read(|tx| provider.first_steps(tx, &workspace, &at, &back)).await;
            if !steps.is_empty() {
                start.providers.push(Offer { provider: info.name, steps });
            }
            let credentials = workspace.credentials(info.id);
            start.environment.extend(provider.urls(&at, credentials));
            let credentials = credentials.iter().map(|known| (known.name, known.value.clone()));
            start.environment.extend(credentials);
        }
        start.environment.sort();
        start
    }
}
