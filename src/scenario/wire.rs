//! What goes over the wire: a browser's requests, and what comes back.

use std::sync::Arc;

use bytes::Bytes;
use provkassa_simulators::kit::journal::Entry;
use provkassa_simulators::kit::outbox::Outgoing;
use url::Url;

use super::trail::shortened;

/// What came back.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) url: Url,
    pub(super) status: u16,
    pub(super) headers: http::HeaderMap,
    pub(super) body: String,
    /// What the sandbox wrote down of it, where it was the one who answered.
    pub(super) entry: Option<Arc<Entry>>,
}

impl Reply {
    /// Where it sends the browser.
    pub(super) fn location(&self) -> Option<Url> {
        let location =
            self.headers.get(http::header::LOCATION).filter(|_| (300..400).contains(&self.status))?;
        self.url.join(location.to_str().ok()?).ok()
    }

    /// What a browser sends next that is redirected by this answer to what it sent: 307 and 308 keep method and body.
    pub(super) fn redirected(&self, sent: &Outgoing) -> Option<Outgoing> {
        let onward = get(self.location()?);
        if !matches!(self.status, 307 | 308) {
            return Some(onward);
        }
        // What the configuration adds, a key of the shop's perhaps, is for the address there alone.
        let is_of_the_body = |name: &str| name.eq_ignore_ascii_case("content-type");
        let kept = sent.headers.iter().filter(|(name, _)| is_of_the_body(name)).cloned();
        let headers = onward.headers.into_iter().chain(kept).collect();
        Some(Outgoing { method: sent.method.clone(), body: sent.body.clone(), headers, url: onward.url })
    }

    /// Its beginning, as a line.
    pub(super) fn shortened(&self) -> String {
        let line: String = self.body.split_whitespace().collect::<Vec<_>>().join(" ");
        format!("{} {}", self.status, shortened(&line))
    }
}

/// A request as a browser makes it.
pub(super) fn get(url: impl Into<String>) -> Outgoing {
    let headers = vec![("accept".to_owned(), "text/html,application/xhtml+xml,*/*;q=0.8".to_owned())];
    Outgoing { method: http::Method::GET, url: url.into(), headers, body: Bytes::new() }
}

/// A form as a browser sends it.
pub(super) fn post(url: impl Into<String>, fields: &[(String, String)]) -> Outgoing {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let mut request = Outgoing { method: http::Method::POST, body: body.into(), ..get(url) };
    request.headers.push(("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
    request
}
