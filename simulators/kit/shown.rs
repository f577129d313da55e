//! Entries of the journal as they are shown: without secrets and card numbers.

use jiff::Timestamp;
use serde::Serialize;

use super::journal::{Captured, Entry, Event};
use super::mask::Masker;
use super::soap;

/// An entry of the journal. Its cursor is left out, so that two runs with the same seed and requests show the same.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Entry))]
pub struct Shown {
    /// Whose it is; none for a request whose credential nobody has.
    pub workspace: Option<String>,
    /// The provider's id.
    pub provider: &'static str,
    /// The order, as the provider names it.
    pub order: Option<String>,
    /// By the workspace's clock.
    pub at: Timestamp,
    /// What happened.
    pub event: ShownEvent,
}

/// What happened.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Event))]
#[serde(untagged)]
pub enum ShownEvent {
    /// We tried to deliver a callback.
    Callback {
        /// The callback's id.
        callback: String,
        /// Counts from 1.
        attempt: u32,
        /// What we sent.
        request: ShownMessage,
        /// Where it went, if that is not where the shop wanted it.
        #[serde(skip_serializing_if = "Option::is_none")]
        instead: Option<String>,
        /// The status that came back.
        status: Option<u16>,
        /// Why none did.
        failure: Option<String>,
        /// The planted fault that struck it.
        #[serde(skip_serializing_if = "Option::is_none")]
        fault: Option<String>,
    },
    /// Somebody asked, and we answered.
    Exchange {
        /// What came.
        request: ShownMessage,
        /// What went.
        reply: ShownMessage,
        /// What passed here and might not elsewhere.
        warnings: Vec<String>,
        /// Why a signature or a message was refused, for the person who made it.
        diagnosis: Option<String>,
        /// Nobody's credential: what the request carried, and what was near.
        unclaimed: Option<String>,
        /// The planted fault that struck it.
        #[serde(skip_serializing_if = "Option::is_none")]
        fault: Option<String>,
    },
}

/// A message as it travelled.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Message))]
pub struct ShownMessage {
    /// `GET /path?query`, or `302 Found`.
    pub line: String,
    /// Names and values, in the order in which they came.
    pub headers: Vec<[String; 2]>,
    /// As text; of a long one only the start.
    pub body: String,
    /// How many bytes it had.
    pub body_length: usize,
}

impl Shown {
    /// An entry with secrets and card numbers hidden.
    #[must_use]
    pub fn of(entry: &Entry, masker: &Masker) -> Self {
        let masked = |text: &Option<String>| text.as_ref().map(|text| masker.text(text));
        let event = match &entry.event {
            Event::Callback { id, attempt, request, instead, result, fault } => ShownEvent::Callback {
                callback: id.clone(),
                attempt: *attempt,
                request: ShownMessage::of(request, masker),
                instead: masked(instead),
                status: result.as_ref().ok().copied(),
                failure: result.as_ref().err().map(|why| masker.text(why)),
                fault: fault.clone(),
            },
            Event::Exchange { request, reply, remarks } => ShownEvent::Exchange {
                request: ShownMessage::of(request, masker),
                reply: ShownMessage::of(reply, masker),
                warnings: remarks.warnings.iter().map(|text| masker.text(text)).collect(),
                diagnosis: masked(&remarks.diagnosis),
                unclaimed: masked(&remarks.unclaimed),
                fault: remarks.fault.clone(),
            },
        };
        Self {
            workspace: entry.workspace.clone(),
            provider: entry.provider,
            order: masked(&entry.order),
            at: entry.at,
            event,
        }
    }
}

impl ShownMessage {
    /// A message with secrets and card numbers hidden.
    #[must_use]
    pub fn of(message: &Captured, masker: &Masker) -> Self {
        let headers = message.headers.iter();
        Self {
            line: masker.text(&message.line),
            headers: headers.map(|(name, value)| [masker.text(name), masker.header(name, value)]).collect(),
            body: masker.text(&soap::text_of(&message.body)),
            body_length: message.body_length,
        }
    }
}
