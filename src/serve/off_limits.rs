//! Where callbacks must not go: the sandbox's own control port. Whoever says where a callback goes could drive the
//! sandbox by it.

use std::net::SocketAddr;

use provkassa_simulators::provider;
use url::Url;

use super::control;
use super::house::{path_of, within};
use crate::web::Shut;

/// What is told of a callback that is not sent.
const WHY: &str =
    "this is the sandbox's own control port, which no callback may drive; give an address of your shop";

/// The control port, as a callback could get to it.
#[derive(Clone, Debug)]
pub(super) struct OffLimits {
    control: SocketAddr,
    public: Option<Url>,
    /// The path of the public URL.
    below: String,
}

impl OffLimits {
    /// The control port that listens here, and is called so from outside.
    pub(super) fn new(control: SocketAddr, public_url: Option<&str>) -> Self {
        let public = public_url.and_then(|url| Url::parse(url).ok());
        Self { control, public, below: path_of(public_url) }
    }

    /// The address that is shut to what is sent to this one: none where it could only be a provider's, or the page
    /// that stands in for a shop's. Refused at once where it is the control port's public one.
    pub(super) fn check(&self, url: &Url) -> Result<Option<Shut>, String> {
        let inside = within(&self.below, url.path());
        let path = inside.unwrap_or(url.path());
        let first = path.split('/').nth(1).unwrap_or_default();
        if control::is_open(path) || first == "w" || provider(first).is_some() {
            return Ok(None);
        }
        let is_public = self.public.as_ref().is_some_and(|public| public.origin() == url.origin());
        if is_public && (self.below.is_empty() || inside.is_some()) {
            return Err(WHY.to_owned());
        }
        Ok(Some(Shut { address: self.control, why: WHY }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cannot_drive_the_sandbox_is_let_through() {
        let control = SocketAddr::from(([127, 0, 0, 1], 4700));
        let limits = OffLimits::new(control, Some("https://dev.test/quickpay"));
        let is_shut = |url: &str| limits.check(&Url::parse(url).expect(url)).map(|shut| shut.is_some());
        for url in [
            "http://a/_sim/return?x=1",
            "http://a/readyz",
            "http://a/quickpay/fena/pay",
            "http://a/brp/x",
            "http://a/w/default/brp",
        ] {
            assert_eq!(is_shut(url), Ok(false), "{url}");
        }
        for url in [
            "http://a/",
            "http://a/_sim/v1/workspaces/default/reset",
            "http://a//_sim/v1",
            "http://a/callback",
            "http://a/brp/../_sim/live/do/reset",
            // The public URL's own path is taken away before anything is looked at.
            "http://a/quickpay/_sim/v1/workspaces/default/reset",
            "http://a/quickpay",
            "https://dev.test/callback",
        ] {
            assert_eq!(is_shut(url), Ok(true), "{url}");
        }
        assert_eq!(is_shut("https://dev.test/quickpay/_sim/v1/x"), Err(WHY.to_owned()));
    }
}
