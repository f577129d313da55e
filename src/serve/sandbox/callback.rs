//! A callback as the shop got it.

use bytes::Bytes;
use jiff::Timestamp;
use provkassa_simulators::kit::journal::{Entry, Event};
use serde_json::Value;

/// One attempt to tell the shop something: what was sent, byte for byte, and what came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback {
    /// Its id, which further attempts share.
    pub id: String,
    /// Counts from 1.
    pub attempt: u32,
    /// When it was sent, by the merchant's clock.
    pub at: Timestamp,
    /// `POST`.
    pub method: String,
    /// Where the shop wants it.
    pub url: String,
    /// Where it went, if that is somewhere else: [`Builder::callback_rewrite`](super::Builder::callback_rewrite).
    pub instead: Option<String>,
    /// Names and values, in the order in which they were sent.
    pub headers: Vec<(String, String)>,
    /// The body; of one that is longer than 64 KiB, the start.
    pub body: Bytes,
    /// The status that the shop answered with, or why none came.
    pub answer: Result<u16, String>,
    /// The planted fault that struck it, in words.
    pub fault: Option<String>,
}

impl Callback {
    /// The callback that an entry of the journal tells of; none where it tells of something else.
    #[must_use]
    pub fn of(entry: &Entry) -> Option<Self> {
        let Event::Callback { id, attempt, request, instead, result, fault } = &entry.event else {
            return None;
        };
        let (method, url) = request.line.split_once(' ').unwrap_or_default();
        Some(Self {
            id: id.clone(),
            attempt: *attempt,
            at: entry.at,
            method: method.to_owned(),
            url: url.to_owned(),
            instead: instead.clone(),
            headers: request.headers.clone(),
            body: request.body.clone(),
            answer: result.clone(),
            fault: fault.clone(),
        })
    }

    /// A header's value, whatever the case of its name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The body as JSON; null where it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}
