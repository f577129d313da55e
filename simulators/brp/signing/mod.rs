//! What a shop does with BRP's messages: hashes a call, builds the link, reads the return, and decides
//! whether its order is paid.
//!
//! The rule, from the document: take the values of the parameters that are sent, sorted by the
//! parameters' names and not percent-encoded, append the secret word, and print the SHA-256 in hex.
//! `hash` itself and Swish's `payeralias` are left out.

mod calls;
mod hash;
mod hash_mistakes;
mod link;
mod link_mistakes;
mod return_messages;
mod returns;
mod settled;
mod settled_messages;
#[cfg(test)]
mod tests;

use crate::kit::operation::Operation;
use crate::kit::provider::Provenance;

pub use calls::received;
pub use hash::{Hash, recipe};
pub use link::Link;
pub use returns::Return;
pub(crate) use returns::{address as return_address, parameters as return_parameters};
pub use settled::Settled;

/// BRP's operations.
pub static OPERATIONS: &[&dyn Operation] = &[&Hash, &Link, &Return, &Settled];

/// The document that the rules come from.
pub(crate) const DOCUMENT: &str = "BRP wiki: Förenklad betalning via webservice i BRP Online";

const DOCUMENTED: Provenance = Provenance::documented(DOCUMENT);
const COMMON: Provenance = Provenance::assumed("our judgement: a common slip, and the document rules it out");
