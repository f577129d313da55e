//! One exchange over the wire: where it may go, what is sent, and what comes back.

use std::sync::Arc;
use std::time::Duration;

use provkassa_simulators::kit::journal::{Entry, Event, Filter};
use provkassa_simulators::kit::outbox::Outgoing;
use provkassa_simulators::kit::workspace::DEFAULT;
use url::Url;

use super::Stage;
use crate::scenario::fault::{FaultKind, ShopFault};
use crate::scenario::payer::{Cookies, is_here};
use crate::scenario::trail::{MARK, Trail, mark_of, notes_of};
use crate::scenario::wire::Reply;
use crate::web::{Asked, Came, Failed, Lost};

/// How long one exchange may take.
pub(super) const EXCHANGE: Duration = Duration::from_secs(10);
/// How much longer the sandbox may take, which waits for the shop itself.
const MORE: Duration = Duration::from_secs(5);
/// How much of an answer is read.
const LONGEST: usize = 4 << 20;

impl Stage {
    /// Whether an address is another machine's, so that nothing is sent there.
    pub(in super::super) fn is_away(&self, url: &Url, is_browser: bool) -> bool {
        !is_here(url)
            && self.provider_at(url).is_none()
            && !self.known.has(url, is_browser)
            && (is_browser || !self.server.is_instead(url))
    }

    /// One exchange. `who` asks, with cookies where it is a browser; the trail gets a line of it.
    pub(in super::super) async fn exchange(
        &self,
        who: &str,
        request: &Outgoing,
        cookies: Option<&mut Cookies>,
        trail: &mut Trail,
    ) -> Result<Reply, ShopFault> {
        let url = Url::parse(&request.url).map_err(|error| {
            self.fault(FaultKind::Garbage {
                url: request.url.clone(),
                what: "it is no address".to_owned(),
                got: error.to_string(),
            })
        })?;
        let whom = self.provider_at(&url);
        let at_sandbox = whom.is_some();
        let whom = whom.unwrap_or("the shop");
        let cursor = self.cursor();
        let heading = format!("{who} → {whom}: {} {url}", request.method);
        if self.is_away(&url, cookies.is_some()) {
            trail.add(cursor, heading, vec!["not on this machine: nothing was sent".to_owned()]);
            return Err(self.fault(FaultKind::Away { url: url.into(), back: false }));
        }
        // The sandbox's page comes when the shop has answered the callback, or not.
        let patience = if at_sandbox { EXCHANGE + MORE } else { EXCHANGE };
        let mut headers = request.headers.clone();
        if let Some(header) = cookies.as_ref().and_then(|cookies| cookies.header(&url)) {
            headers.push((http::header::COOKIE.to_string(), header));
        }
        let mark = self.count().to_string();
        if at_sandbox {
            headers.push((MARK.to_owned(), mark.clone()));
        }
        let asked = Asked {
            method: request.method.clone(),
            url: url.as_str(),
            headers: &headers,
            body: request.body.clone(),
            patience,
            longest: LONGEST,
        };
        let Came { status, headers, body } = match self.web.ask(asked).await {
            Ok(came) => came,
            Err(Failed { lost, why }) => {
                let said = match lost {
                    Lost::Silent => "no answer",
                    Lost::Unconnected => "no connection",
                    Lost::Closed => "closed in the middle of the answer",
                    Lost::NoHttp => "an answer that is no HTTP",
                    Lost::Untrusted => "no https",
                };
                trail.add(cursor, format!("{heading} → {said}"), Vec::new());
                let (what, named) = (whom.to_owned(), self.known.has(&url, false) || at_sandbox);
                let url = url.to_string();
                return Err(match lost {
                    Lost::Silent => self.fault(FaultKind::Silent { what, url, after: patience }),
                    Lost::Closed => self.broken_off(FaultKind::Closed { what, url, why }).await,
                    Lost::NoHttp => self.fault(FaultKind::NoHttp { what, url, why }),
                    Lost::Unconnected => {
                        let started = self.process.is_some();
                        self.broken_off(FaultKind::Unreachable { what, url, why, started, named }).await
                    }
                    Lost::Untrusted => self.fault(FaultKind::Untrusted { what, url, why, named }),
                });
            }
        };
        let (status, body) = (status.as_u16(), String::from_utf8_lossy(&body).into_owned());
        if let Some(cookies) = cookies {
            cookies.take(&url, &headers);
        }
        let entry = at_sandbox.then(|| self.marked(cursor, &mark)).flatten();
        let location = headers.get(http::header::LOCATION).and_then(|location| location.to_str().ok());
        let onward = location.map_or_else(String::new, |location| format!(" {location}"));
        let notes = entry.as_deref().map(notes_of).unwrap_or_default();
        trail.add(cursor, format!("{heading} → {status}{onward}"), notes);
        Ok(Reply { url, status, headers, body, entry })
    }

    /// What the sandbox wrote down of a request with this mark.
    fn marked(&self, after: u64, mark: &str) -> Option<Arc<Entry>> {
        let is_it = |entry: &&Arc<Entry>| match &entry.event {
            Event::Exchange { request, .. } => mark_of(request) == Some(mark),
            Event::Callback { .. } => false,
        };
        let of = |workspace: Option<String>| {
            let filter = Filter { workspace, ..Filter::default() };
            let entries = self.server.workspaces.journal().read(after, &filter).entries;
            entries.iter().find(is_it).cloned()
        };
        of(Some(DEFAULT.to_owned())).or_else(|| of(None))
    }
}
