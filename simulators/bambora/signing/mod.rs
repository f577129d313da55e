//! What a shop does with ePay's messages: makes the window's parameters with their hash, and reads the return
//! and the callback.
//!
//! The rule is one for both: the MD5 of the values of all parameters but `hash`, in the order in which they
//! travel, decoded and in UTF-8, with nothing between them and the key behind the last.

mod came;
mod conditions;
mod deliveries;
mod drawn;
mod examination;
mod parameters;
mod reading;
mod request;
mod request_mistakes;
mod return_mistakes;
mod returns;
mod smaller;
mod sums;

use crate::kit::operation::Operation;
use crate::kit::provider::Provenance;

pub(crate) use reading::{Hashed, diagnosis};
pub use request::Request;
pub use returns::Return;
pub(crate) use sums::{md5_of, md5_of_address, md5_of_bytes, sha256_of_address};

/// ePay's operations.
pub static OPERATIONS: &[&dyn Operation] = &[&Request, &Return];

/// The parameter that holds the hash and is not part of it.
pub(crate) const HASH: &str = "hash";

const DOCUMENTED: Provenance =
    Provenance::documented("ePay's integration guide, payment window and hash check");
const PLUGINS: Provenance = Provenance::observed(
    "ePay's public plugins for WooCommerce and PrestaShop, and what their changelogs mend",
);
const CLIENTS: Provenance = Provenance::observed(
    "public integrations and what is reported there: offsite_payments, getpaid, redSHOP, Tea Commerce, Vendr",
);
const COMMON: Provenance = Provenance::assumed("our judgement: a common slip, and the document rules it out");
