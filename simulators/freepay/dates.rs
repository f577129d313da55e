//! Dates as Freepay writes them, and what a workspace mixes into card hashes.

use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::kit::clock::danish;
use crate::kit::table::Tx;

/// Danish time without a zone, in whole seconds.
pub(super) fn local(now: Timestamp) -> DateTime {
    let moment = danish(now);
    moment.with().subsec_nanosecond(0).build().unwrap_or(moment)
}

/// What tells a workspace's card hashes from others'.
pub(super) fn salt(tx: &Tx<'_>) -> [u8; 32] {
    tx.seed.bytes("freepay cards", "", 0)
}
