//! What a newcomer does first: a payment to click through, and what a shop is given.

use std::net::{IpAddr, Ipv4Addr};

use http::HeaderMap;
use provkassa_simulators::PROVIDERS;
use provkassa_simulators::kit::workspace::DEFAULT;

use super::links::{origin, provider_origin};
use crate::serve::USUAL_PORT;
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
    /// What prints the same in a terminal; nothing where no command does.
    pub(super) command: Option<String>,
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
            command: (name == DEFAULT).then(|| command(house, &origin)).flatten(),
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

/// The command that prints what the default workspace's shop is given. Where every port is a free one, none does.
fn command(house: &House, origin: &str) -> Option<String> {
    let mut command = "provkassa env".to_owned();
    let mut at = PROVIDERS.iter().filter_map(|provider| {
        let info = provider.info();
        let address = house.addresses.get(info.id)?;
        Some((address.ip(), address.port().checked_sub(info.port_offset)))
    });
    let (ip, port) = at.next()?;
    if house.public_url.is_some() || ip.is_unspecified() {
        command.push_str(&format!(" --public-url {origin}"));
        return Some(command);
    }
    let port = port.filter(|port| at.all(|(_, other)| other == Some(*port)))?;
    if ip != IpAddr::V4(Ipv4Addr::LOCALHOST) {
        command.push_str(&format!(" --host {ip}"));
    }
    if port != USUAL_PORT {
        command.push_str(&format!(" --port {port}"));
    }
    if house.authority.is_some() {
        command.push_str(" --tls");
    }
    Some(command)
}
