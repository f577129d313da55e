//! What all listeners share: the workspaces, the routers, how the house is reached.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use axum::Router;
use provkassa_simulators::PROVIDERS;
use provkassa_simulators::kit::workspace::Workspaces;
use url::Url;

use super::listen::Limits;

/// What all doors share.
#[derive(Debug)]
pub(super) struct House {
    pub(super) workspaces: Arc<Workspaces>,
    pub(super) addresses: BTreeMap<&'static str, SocketAddr>,
    pub(super) public_url: Option<String>,
    /// The path of the public URL, which stands before every path of ours there; nothing where it has none.
    pub(super) below: String,
    pub(super) token: Option<String>,
    pub(super) log: bool,
    pub(super) limits: Limits,
    /// The certificate of the authority, where the ports speak https.
    pub(super) authority: Option<PathBuf>,
    pub(super) routers: BTreeMap<&'static str, Router>,
    /// The control port's own paths.
    pub(super) control: OnceLock<Router<Arc<House>>>,
    /// The demo shop's address, where it is open.
    pub(super) shop: OnceLock<String>,
}

impl House {
    pub(super) fn new(
        workspaces: Arc<Workspaces>,
        addresses: BTreeMap<&'static str, SocketAddr>,
        public_url: Option<String>,
        token: Option<String>,
        log: bool,
        limits: Limits,
        authority: Option<PathBuf>,
    ) -> Self {
        let below = path_of(public_url.as_deref());
        let routers = PROVIDERS.iter().map(|provider| (provider.info().id, provider.router()));
        Self {
            workspaces,
            addresses,
            public_url,
            below,
            token,
            log,
            limits,
            authority,
            routers: routers.collect(),
            control: OnceLock::new(),
            shop: OnceLock::new(),
        }
    }

    /// How links that are handed out begin: `http` or `https`.
    pub(super) fn scheme(&self) -> &'static str {
        if self.authority.is_some() { "https" } else { "http" }
    }
}

/// The path of a public URL; nothing where it has none.
pub(super) fn path_of(public_url: Option<&str>) -> String {
    let public = public_url.and_then(|url| Url::parse(url).ok());
    public.map(|url| url.path().trim_end_matches('/').to_owned()).unwrap_or_default()
}

/// What is left of a path, with its query or without, where it is below this one.
pub(super) fn within<'p>(below: &str, path: &'p str) -> Option<&'p str> {
    let rest = path.strip_prefix(below).filter(|_| !below.is_empty())?;
    (rest.is_empty() || rest.starts_with(['/', '?'])).then_some(rest)
}

/// Whether it can stand in a link: anything else would let a header write the link.
pub(super) fn is_host(host: &str) -> bool {
    !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]_".contains(&byte))
}
