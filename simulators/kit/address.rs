//! What can be a web address, and what an e-mail address.

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
            && !host.is_empty()
            && !host.contains('@')
            && !text.chars().any(|c| c == ',' || c.is_whitespace() || c.is_control())
    })
}
