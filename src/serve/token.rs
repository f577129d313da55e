//! When the control API asks for a token, and which.

use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;

use provkassa_simulators::kit::seed::Seed;
use url::{Host, Url};

/// The token that the control API asks for: the one that is given, or a fresh one where other machines can reach it.
/// An empty one is none: it would let everybody in.
pub(super) fn needed(given: Option<&str>, host: IpAddr, public_url: Option<&str>) -> Option<String> {
    let given = given.filter(|token| !token.trim().is_empty()).map(ToOwned::to_owned);
    // A proxy brings others even where nobody else can connect.
    let public = public_url.and_then(|url| Url::parse(url).ok());
    let is_exposed = !host.is_loopback() || public.is_some_and(|url| !is_of_this_machine(&url));
    given.or_else(|| is_exposed.then(fresh))
}

/// Whether an address is this machine's alone, wherever it is read.
fn is_of_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.to_canonical().is_loopback(),
        Some(Host::Domain(name)) => {
            let name = name.strip_suffix('.').unwrap_or(name);
            name == "localhost" || name.ends_with(".localhost")
        }
        None => false,
    }
}

/// A token that cannot be guessed: the standard library keys its hashers with the system's randomness.
fn fresh() -> String {
    let [one, other] = [RandomState::new(), RandomState::new()].map(|keys| keys.hash_one("control"));
    Seed::of_workspace(one, &other.to_string()).token("control", &format!("{one}/{other}"), other)
}

#[cfg(test)]
mod tests {
    #[test]
    fn whoever_is_reached_by_others_asks_for_a_token_and_an_empty_one_is_none() {
        let needed = |given: Option<&str>, host: &str, public_url: Option<&str>| {
            super::needed(given, host.parse().expect(host), public_url)
        };
        assert_eq!(needed(Some("given"), "127.0.0.1", None).as_deref(), Some("given"));
        for empty in [None, Some(""), Some(" ")] {
            assert_eq!(needed(empty, "127.0.0.1", None), None);
            for host in ["0.0.0.0", "::", "10.0.0.7"] {
                assert!(needed(empty, host, None).is_some_and(|token| token.len() > 15), "{host}");
            }
        }
        for ours in
            ["https://localhost:8443/pay", "http://pay.localhost", "http://127.0.0.1", "http://[::1]:1"]
        {
            assert_eq!(needed(None, "::1", Some(ours)), None, "{ours}");
        }
        for far in ["https://dev.example.test/pay", "http://10.0.0.7", "http://localhost.example.test"] {
            assert!(needed(None, "127.0.0.1", Some(far)).is_some(), "{far}");
        }
    }
}
