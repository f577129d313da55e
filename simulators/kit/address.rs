//! What can be a web address, a base of one, an e-mail address, a UUID.

use std::net::IpAddr;

use url::Url;

/// Whether a payer can be sent there: absolute, http or https, with nothing in it that a header or a
/// browser would read otherwise.
#[must_use]
pub fn is_web_address(text: &str) -> bool {
    let bytes = text.as_bytes();
    let scheme = |scheme: &str| {
        bytes.len() > scheme.len() && bytes[..scheme.len()].eq_ignore_ascii_case(scheme.as_bytes())
    };
    (scheme("http://") || scheme("https://"))
        && !text.chars().any(char::is_control)
        && Url::parse(text).is_ok_and(|url| url.has_host())
}

/// Whether a text could be one e-mail address.
#[must_use]
pub fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty()
            && host.split('.').all(|label| !label.is_empty())
            && !host.contains('@')
            && !text.chars().any(|c| c == ',' || c.is_whitespace() || c.is_control())
    })
}

/// Whether a text could be where a provider is: an origin, or a path below one, with a slash at its end or not.
#[must_use]
pub fn is_base(text: &str) -> bool {
    let is_origin = |base: Url| base.has_host() && base.query().is_none() && base.fragment().is_none();
    let behind = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    // A parser would take a host from the path where there is none.
    let is_web = behind.is_some_and(|behind| !behind.starts_with('/'));
    is_web && !text.ends_with("//") && Url::parse(text).is_ok_and(is_origin)
}

/// Loopback and private addresses, and link-local ones of IPv6 (RFC 1918, RFC 4193). Those of IPv4 are not: that is
/// where clouds hand out a machine's credentials.
#[must_use]
pub fn is_near(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => address.is_loopback() || address.is_private(),
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
    }
}

/// Whether a base is below a path.
#[must_use]
pub fn has_path(base: &str) -> bool {
    Url::parse(base).is_ok_and(|base| base.path() != "/")
}

/// Whether a text is a UUID in lower case.
#[must_use]
pub fn is_uuid(text: &str) -> bool {
    let places = [8, 13, 18, 23];
    text.len() == 36
        && text.bytes().enumerate().all(|(place, byte)| match byte {
            b'-' => places.contains(&place),
            b'0'..=b'9' | b'a'..=b'f' => !places.contains(&place),
            _ => false,
        })
}
