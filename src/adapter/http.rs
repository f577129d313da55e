//! An adapter that runs as a server: each request is one POST, the reply is the response's body.

use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use url::Url;

use super::patience::Patience;
use super::target::without_password;
use super::wire::{self, Incoming};
use super::{Fault, Limits};

/// How long a connection may rest. Most servers keep theirs for some seconds, and a request that
/// is sent at that moment is lost.
const REST: Duration = Duration::from_secs(1);

/// The conversation with a server.
#[derive(Debug)]
pub(super) struct Http {
    client: Client,
    url: Url,
    /// The most bytes of a body.
    longest: usize,
    patience: Patience,
}

impl Http {
    /// Gets ready; nothing is sent yet.
    pub(super) fn open(url: &Url, limits: Limits) -> Result<Self, Fault> {
        let client = Client::builder().redirect(Policy::none()).no_proxy().pool_idle_timeout(REST).build();
        let client = client
            .map_err(|error| Fault::Unreachable { url: without_password(url), why: innermost(&error) })?;
        Ok(Self { client, url: url.clone(), longest: limits.line, patience: Patience::new() })
    }

    /// Posts a line and awaits the reply with its id.
    pub(super) async fn ask(
        &self,
        id: u64,
        line: String,
        to: &str,
        limit: Duration,
    ) -> Result<Incoming, Fault> {
        let Some(response) = self.patience.wait(limit, self.post(line, to)).await else {
            return Err(Fault::NoResponse { to: to.to_owned(), limit });
        };
        let incoming = self.read(id, &response?, to)?;
        self.patience.hear();
        Ok(incoming)
    }

    /// The body of the response.
    async fn post(&self, line: String, to: &str) -> Result<Vec<u8>, Fault> {
        let request = self.client.post(self.url.clone()).header(CONTENT_TYPE, "application/json").body(line);
        let mut response = request.send().await.map_err(|error| self.lost(&error, to))?;
        let body = read_body(&mut response, self.longest).await;
        if response.status() == StatusCode::OK {
            return body.map_err(|error| self.lost(&error, to));
        }
        // Whatever came of the body: the status says enough.
        let body = body.unwrap_or_default();
        let shown = if body.is_empty() { "(no body)".into() } else { String::from_utf8_lossy(&body) };
        Err(Fault::Status {
            to: to.to_owned(),
            status: response.status().as_u16(),
            body: wire::shortened(&shown),
        })
    }

    /// The reply in a body. A response belongs to its request, so the id must be the same.
    fn read(&self, id: u64, body: &[u8], to: &str) -> Result<Incoming, Fault> {
        let no_reply = |why: String, body: String| Fault::NoReply { to: to.to_owned(), why, body };
        match wire::read(body, self.longest) {
            Ok((answered, incoming)) if answered == id => Ok(incoming),
            Ok((answered, _)) => {
                let why = format!("its id is {answered}, and that of the request is {id}");
                Err(no_reply(why, wire::shortened(&String::from_utf8_lossy(body))))
            }
            Err(Fault::Nonsense { why, line, .. }) => Err(no_reply(why, line)),
            Err(Fault::Halved { escape, line, .. }) => Err(Fault::Halved { to: to.to_owned(), escape, line }),
            Err(other) => Err(other),
        }
    }

    /// What it means that there is no response.
    fn lost(&self, error: &reqwest::Error, to: &str) -> Fault {
        let why = innermost(error);
        if error.is_connect() {
            Fault::Unreachable { url: without_password(&self.url), why }
        } else {
            Fault::CutOff { to: to.to_owned(), why }
        }
    }
}

/// The body. Of one that is longer than allowed no more is read than shows it.
async fn read_body(response: &mut Response, longest: usize) -> reqwest::Result<Vec<u8>> {
    let mut body = Vec::new();
    while body.len() <= longest
        && let Some(chunk) = response.chunk().await?
    {
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The innermost cause: the others say only that a request failed.
fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
