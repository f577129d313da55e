//! What a shop does with Fena's messages: makes the token of a payment, builds the link, reads the
//! notification and the return.
//!
//! The rule, from the document: a JSON Web Token with the payment's claims, signed with HS512 and the
//! terminal's secret, stands in the link; the notification is such a token too, in the field `token` of a
//! form. The return is not signed.

mod conditions;
mod drawn;
mod flaws;
mod link;
mod messages;
mod notice;
mod notification;
mod notification_mistakes;
mod reading;
mod returns;
mod spelt;
mod token;
mod token_mistakes;

use crate::kit::operation::Operation;
use crate::kit::provider::Provenance;

pub use link::Link;
pub use messages::CLAIMS;
pub(crate) use messages::{LEAST, LIMIT, LONGEST, VALIDITY, pounds};
pub use notification::Notification;
pub(crate) use reading::{diagnosis, token_anywhere};
pub use returns::Return;
pub(crate) use returns::address as return_address;
pub use token::Token;

/// Fena's operations.
pub static OPERATIONS: &[&dyn Operation] = &[&Token, &Link, &Notification, &Return];

/// The document that the rules come from.
pub(crate) const DOCUMENT: &str = "Fena online payment guide";

const DOCUMENTED: Provenance = Provenance::documented(DOCUMENT);
const SDKS: Provenance = Provenance::observed("Fena's public SDKs for PHP, Node and Java");
const LIBRARIES: Provenance = Provenance::observed("how php-jwt and jwt-simple behave");
const COMMON: Provenance = Provenance::assumed("our judgement: a common slip, and the document rules it out");
