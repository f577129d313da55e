//! Where a request at the control port comes from, as far as a browser tells: from this machine, and from a page of
//! ours.

use std::net::IpAddr;

use http::{HeaderMap, HeaderName, header};
use url::Url;

use super::house::House;

/// Who asks though they must not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stranger<'h> {
    /// Somebody who calls us by a name that is none of ours.
    Host(&'h str),
    /// A page of this origin.
    Page(&'h str),
}

/// Who asks though they must not: the host or the origin shows it. A name of somebody's own that points here shows
/// in the Host header, and a page of another server's in the Origin header, also where that server is on this machine:
/// it may well run what others have written.
pub(super) fn stranger<'h>(house: &House, headers: &'h HeaderMap) -> Option<Stranger<'h>> {
    let host = text(headers, header::HOST).filter(|host| !is_ours(house, host));
    let page = || text(headers, header::ORIGIN).filter(|origin| !is_own_page(house, headers, origin));
    host.map(Stranger::Host).or_else(|| page().map(Stranger::Page))
}

/// Whether a page of our own sends a form. A browser says where it comes from; what is no browser cannot be made to
/// send it.
pub(super) fn is_from_here(house: &House, headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(|site| site.as_bytes() == b"same-origin");
    let origin = text(headers, header::ORIGIN).map(|origin| is_own_page(house, headers, origin));
    // A proxy may change the scheme, and the browser's own word then counts for less than the address.
    match (origin, site) {
        (Some(is_own), Some(site)) => is_own && site,
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => true,
    }
}

/// Whether an origin is that of the page which is asked, or of the public URL. `null` is what a hidden origin looks
/// like, a sandboxed frame's among them: no page of ours.
fn is_own_page(house: &House, headers: &HeaderMap, origin: &str) -> bool {
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    let public = house.public_url.as_ref().and_then(|url| Url::parse(url).ok());
    let public = public.is_some_and(|url| url.origin().ascii_serialization() == origin);
    public || (authority.is_some() && authority == text(headers, header::HOST))
}

/// Whether a Host header names this machine, or the public URL.
fn is_ours(house: &House, host: &str) -> bool {
    let public = house.public_url.as_ref().and_then(|url| url.split("://").nth(1)?.split('/').next());
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(rest),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    let local = name == "localhost" || name.ends_with(".localhost");
    local || name.parse::<IpAddr>().is_ok() || public == Some(host)
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
