//! The publishable key in a request: whose it is, and whether it may be.

use axum::body::Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, header};

use crate::fenerum::ID;
use crate::kit::locator::{Claim, Received};
use crate::kit::trail::Trail;
use crate::kit::workspace::Workspace;

use super::errors::ApiError;
use super::frame;

/// The claim in a request, and the credential of a workspace.
const KIND: &str = "publishable key";
/// The variable that hands a workspace's key to a shop.
const VARIABLE: &str = "STRIPE_PUBLISHABLE_KEY";
/// The default workspace's own key.
const DEFAULT_KEY: &str = "pk_test_provkassa";

/// The publishable key in a request; none where there is none, or one that is refused. A key that nobody has
/// is taken in the default workspace: the documents show keys that nobody can have.
pub(super) fn claims(request: &Received) -> Vec<Claim> {
    let key = match request.path.as_str() {
        frame::PATH => parameter(request.query.as_bytes(), "key"),
        path if path.starts_with("/v1/") => sent(&request.headers, &request.body),
        _ => None,
    };
    let claim = |value| Claim::Credential { kind: KIND, value };
    let key = key.filter(|key| is_test(key));
    key.into_iter().flat_map(|key| [claim(key), claim(DEFAULT_KEY.to_owned())]).collect()
}

/// Whether a request carries a key that is taken; if not, what Stripe says.
pub(super) fn check(
    workspace: &Workspace,
    headers: &HeaderMap,
    body: &Bytes,
    trail: &Trail,
) -> Result<(), ApiError> {
    let Some(key) = sent(headers, body) else {
        return Err(ApiError::key(
            "You did not provide an API key. You need to provide your API key in the Authorization header, \
             using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See \
             https://stripe.com/docs/api#authentication for details, or we can help at \
             https://support.stripe.com/.",
        ));
    };
    if !is_test(&key) {
        let shown = hidden(&key);
        trail.unclaimed(if is_secret(&key) {
            format!("`{shown}` is a secret key: here only publishable keys `pk_test_…` are taken")
        } else {
            format!("`{shown}` is no publishable test key: `pk_test_…` is taken")
        });
        return Err(ApiError::key(format!("Invalid API Key provided: {shown}")));
    }
    if key != workspace.credential(ID, VARIABLE) {
        trail.warn(format!(
            "no workspace has the publishable key `{key}`: it passes in the workspace `{}`, and Stripe refuses \
             keys that it has not made",
            workspace.name()
        ));
    }
    Ok(())
}

/// The key as Stripe.js sends it, in the form, or as servers do, in the header.
fn sent(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    let header = || {
        let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (scheme, value) = value.split_once(' ')?;
        if scheme.eq_ignore_ascii_case("bearer") {
            return Some(value.trim().to_owned());
        }
        let decoded = STANDARD.decode(value.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
        let text = String::from_utf8(decoded).ok()?;
        Some(text.split(':').next().unwrap_or_default().to_owned())
    };
    parameter(body, "key").or_else(header).filter(|key| !key.is_empty())
}

fn parameter(query: &[u8], name: &str) -> Option<String> {
    form_urlencoded::parse(query).find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// Whether it looks like a publishable key for tests.
fn is_test(key: &str) -> bool {
    let rest = key.strip_prefix("pk_test_").unwrap_or_default();
    !rest.is_empty()
        && rest.len() <= 200
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn is_secret(key: &str) -> bool {
    key.starts_with("sk_") || key.starts_with("rk_")
}

/// A key as Stripe's errors show it: its beginning and its last four characters.
fn hidden(key: &str) -> String {
    let characters: Vec<char> = key.chars().take(200).collect();
    let start = if ["pk_", "sk_", "rk_"].iter().any(|start| key.starts_with(start)) { 8 } else { 0 };
    let (start, end) =
        if characters.len() > start + 4 { (start, characters.len() - 4) } else { (0, characters.len()) };
    let stars = "*".repeat(end - start);
    let text = |part: &[char]| part.iter().collect::<String>();
    format!("{}{stars}{}", text(&characters[..start]), text(&characters[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_in_the_form_and_in_the_header() {
        let with = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().expect("a value"));
            headers
        };
        assert_eq!(sent(&HeaderMap::new(), b"type=card&key=pk_test_a").as_deref(), Some("pk_test_a"));
        assert_eq!(sent(&with("Bearer pk_test_b"), b"").as_deref(), Some("pk_test_b"));
        assert_eq!(sent(&with("Basic cGtfdGVzdF9jOg=="), b"").as_deref(), Some("pk_test_c"));
        assert_eq!(sent(&with("Token pk_test_d"), b"key="), None);
    }

    #[test]
    fn a_key_for_tests_is_told_from_the_others() {
        assert!(is_test("pk_test_YOUR_PUBLISHABLE_KEY"));
        for other in ["pk_test_", "pk_live_a", "sk_test_a", "pk_test_a b", "", "pk_test_<YOUR_KEY>"] {
            assert!(!is_test(other), "{other}");
        }
    }

    #[test]
    fn the_middle_of_a_key_is_not_shown() {
        assert_eq!(hidden("sk_test_51Habcdefgh"), "sk_test_*******efgh");
        assert_eq!(hidden("whatever else"), "*********else");
        assert_eq!(hidden("æøå"), "***");
    }

    #[test]
    fn the_default_key_is_the_one_that_a_newcomer_is_given() {
        let credentials = crate::fenerum::founding::credentials(None);
        let key = credentials.iter().find(|credential| credential.name == VARIABLE).expect("a key");
        assert_eq!((key.value.as_str(), key.claim), (DEFAULT_KEY, Some(KIND)));
    }
}
