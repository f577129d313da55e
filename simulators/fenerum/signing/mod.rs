//! What a shop sends to Fenerum: the request that registers a card, and the one that asks for a customer's
//! way into the self-service portal.
//!
//! Nothing is signed. What can go wrong is the request itself: the credential's scheme, the headers, the
//! path and its slash, and what stands in which field.

mod arrived;
mod card;
mod card_mistakes;
mod link;
mod link_mistakes;
mod messages;
mod reading;
mod received;
mod request;
mod request_mistakes;
#[cfg(test)]
mod tests;

use crate::kit::operation::Operation;
use crate::kit::provider::Provenance;

pub(crate) use arrived::{Arrived, diagnose_arrived};
pub use card::Card;
pub use link::Link;

/// Fenerum's operations.
pub static OPERATIONS: &[&dyn Operation] = &[&Card, &Link];

/// The document that the rules come from.
const DOCUMENT: &str = "Fenerum: Godta betalinger (accepting payments)";

const DOCUMENTED: Provenance = Provenance::documented(DOCUMENT);
const COMMON: Provenance = Provenance::assumed("our judgement: a common slip, and the document rules it out");
const CLIENTS: Provenance = Provenance::observed("Fenerum's public client for Python, of 2018");
const GO: Provenance = Provenance::observed("how Go prints a number that its JSON reader has made a float64");
