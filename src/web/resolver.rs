//! Turns names into addresses, and lets through only those where we may go.

use std::future::ready;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use hyper_util::client::legacy::connect::dns::Name;
use provkassa_simulators::kit::address::is_near;
use tower::Service;
use url::{Host, Url};

/// Who looks a name up.
type LookUp = fn(String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>>;

/// Resolves names. The check is made on the addresses that are then connected to, so a name cannot change its mind in
/// between.
#[derive(Clone, Debug)]
pub(crate) struct Resolver {
    /// Hosts that may be anywhere; none where all may.
    allowed: Option<Arc<[String]>>,
    look_up: LookUp,
}

impl Resolver {
    /// Goes everywhere.
    pub(crate) fn everywhere() -> Self {
        Self { allowed: None, look_up }
    }

    /// Stays on this machine and in private networks, but for these hosts.
    pub(crate) fn near(allowed: &[String]) -> Self {
        let allowed = allowed.iter().map(|host| plain(host));
        Self { allowed: Some(allowed.collect()), look_up }
    }

    /// The same with another directory.
    #[cfg(test)]
    pub(crate) fn with(self, look_up: LookUp) -> Self {
        Self { look_up, ..self }
    }

    fn allows(&self, host: &str) -> bool {
        let host = plain(host);
        self.allowed.as_ref().is_none_or(|allowed| allowed.contains(&host))
    }

    /// Refuses an address that is no name, which is never looked up, where we may not go.
    pub(crate) fn check(&self, url: &Url) -> Result<(), String> {
        let is_far = match url.host() {
            Some(Host::Ipv4(address)) => !is_near(address.into()),
            Some(Host::Ipv6(address)) => !is_near(address.into()),
            Some(Host::Domain(_)) | None => false,
        };
        let host = url.host_str().unwrap_or_default();
        if is_far && !self.allows(host) { Err(too_far(host)) } else { Ok(()) }
    }
}

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = BoxFuture<'static, io::Result<Self::Response>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let everywhere = self.allows(name.as_str());
        let found = (self.look_up)(name.as_str().to_owned());
        let near = move |found: Vec<SocketAddr>| {
            let near: Vec<_> = found.into_iter().filter(|found| everywhere || is_near(found.ip())).collect();
            if near.is_empty() { Err(io::Error::other(too_far(name.as_str()))) } else { Ok(near.into_iter()) }
        };
        found.then(|found| ready(found.and_then(near))).boxed()
    }
}

fn look_up(name: String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> {
    async move {
        let found = tokio::net::lookup_host((name.as_str(), 0)).await.map(Iterator::collect);
        // Browsers know these names by themselves (RFC 6761), and many systems do not.
        let name = plain(&name);
        if found.is_err() && (name == "localhost" || name.ends_with(".localhost")) {
            let here = [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)];
            return Ok(here.map(|ip| SocketAddr::new(ip, 0)).into());
        }
        found
    }
    .boxed()
}

/// A host as it is compared: names have no case, and a dot at their end says nothing.
fn plain(host: &str) -> String {
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}

/// Why nothing is sent there.
fn too_far(host: &str) -> String {
    format!(
        "{host} is not on this machine or in a private network; allow it with --allow-callback-host {host}"
    )
}
