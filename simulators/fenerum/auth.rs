//! Who calls: the token of the API user, and the name of the calling system.

use http::{HeaderMap, HeaderValue, header};
use jiff::SignedDuration;

use crate::kit::digest::same;
use crate::kit::settings::Settings;
use crate::kit::table::Tx;
use crate::kit::trail::Trail;
use crate::kit::workspace::Workspace;

use super::ID;
use super::model::Calls;
use super::refusals::Refusal;

/// Over how long requests are counted.
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// The token that a request carries in Fenerum's way, or the code of why it carries none.
pub(super) fn presented(headers: &HeaderMap) -> Result<String, &'static str> {
    let value = headers.get(header::AUTHORIZATION).map_or(&b""[..], HeaderValue::as_bytes);
    let mut words = value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    if !words.next().is_some_and(|keyword| keyword.eq_ignore_ascii_case(b"token")) {
        return Err("not_authenticated");
    }
    match (words.next(), words.next()) {
        (None, _) => Err("header_empty"),
        (Some(_), Some(_)) => Err("header_spaces"),
        (Some(token), None) => {
            std::str::from_utf8(token).map(ToOwned::to_owned).map_err(|_| "header_characters")
        }
    }
}

/// A token that stands in the header in another way than Fenerum's: it tells whose the request is, and is
/// refused all the same.
pub(super) fn misplaced(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let last = value.split_whitespace().next_back()?;
    let scheme = value.split_whitespace().next()?;
    (scheme == last || scheme.eq_ignore_ascii_case("bearer")).then(|| last.to_owned())
}

/// Whether the API user of this workspace calls, and may.
pub(super) fn check(workspace: &Workspace, settings: &Settings, headers: &HeaderMap) -> Result<(), Refusal> {
    let token = presented(headers).map_err(Refusal::detail)?;
    if !same(&token, workspace.credential(ID, "FENERUM_TOKEN")) {
        return Err(Refusal::detail("authentication_failed"));
    }
    match settings.get("fenerum.api_user") {
        "inactive" => Err(Refusal::detail("user_inactive")),
        "no_permission" => Err(Refusal::detail("permission_denied")),
        _ => Ok(()),
    }
}

/// Whether the calling system says its name.
pub(super) fn client_system(settings: &Settings, headers: &HeaderMap, trail: &Trail) -> Result<(), Refusal> {
    let named = headers.get("x-client-system").is_some_and(|name| !name.as_bytes().trim_ascii().is_empty());
    if named {
        return Ok(());
    }
    if settings.on("fenerum.require_client_system") {
        return Err(Refusal::detail("client_system_missing"));
    }
    trail.warn("the header X-Client-System is missing: Fenerum's document has it in every call");
    Ok(())
}

/// Counts a request, and refuses it where there were too many within a minute. Refused ones do not count.
pub(super) fn throttle(tx: &mut Tx<'_>) -> Result<(), Refusal> {
    if !tx.settings.on("fenerum.rate_limit") {
        return Ok(());
    }
    let limit = usize::try_from(tx.settings.number("fenerum.requests_per_minute")).unwrap_or(usize::MAX);
    let mut calls = tx.get::<Calls>(0).map_or_else(Calls::default, |calls| Calls::clone(&calls));
    calls.at.retain(|at| tx.now.duration_since(*at) < MINUTE);
    if calls.at.len() >= limit {
        let oldest = calls.at.first().copied().unwrap_or(tx.now);
        let left = MINUTE - tx.now.duration_since(oldest);
        let seconds = left.as_secs() + i64::from(left.subsec_nanos() > 0);
        return Err(Refusal::Throttled(u64::try_from(seconds).unwrap_or_default()));
    }
    calls.at.push(tx.now);
    tx.put(calls);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: &[u8]) -> HeaderMap {
        let value = HeaderValue::from_bytes(value).expect("a value");
        HeaderMap::from_iter([(header::AUTHORIZATION, value)])
    }

    #[test]
    fn the_header_is_read_as_the_framework_reads_it() {
        for (value, found) in [
            (&b"Token abc"[..], Ok("abc".to_owned())),
            (b"token   abc", Ok("abc".to_owned())),
            (b"Token", Err("header_empty")),
            (b"Token a b", Err("header_spaces")),
            (b"Token \xff", Err("header_characters")),
            (b"Bearer abc", Err("not_authenticated")),
            (b"abc", Err("not_authenticated")),
            (b"", Err("not_authenticated")),
        ] {
            assert_eq!(presented(&with(value)), found, "{value:?}");
        }
        assert_eq!(presented(&HeaderMap::new()), Err("not_authenticated"));
        assert_eq!(misplaced(&with(b"Bearer abc")).as_deref(), Some("abc"));
        assert_eq!(misplaced(&with(b"abc")).as_deref(), Some("abc"));
        assert_eq!(misplaced(&with(b"Basic abc")), None);
    }
}
