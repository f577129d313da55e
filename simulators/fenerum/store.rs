//! Finding records, and making new ones.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::kit::seed::dashed;
use crate::kit::table::{Record, Tx};

use super::fields::uuid;
use super::model::{Account, Counter, PaymentCard};
use super::refusals::Refusal;

/// The account with this code.
pub(super) fn account_by_code(tx: &Tx<'_>, code: &str) -> Option<Arc<Account>> {
    tx.all::<Account>().into_iter().find(|account| account.code == code)
}

/// The record that an address names by its UUID.
pub(super) fn by_uuid<R: Record>(tx: &Tx<'_>, id: &str) -> Result<Arc<R>, Refusal> {
    let found = uuid(&json!(id)).and_then(|uuid| tx.get::<R>(uuid));
    found.ok_or_else(|| Refusal::detail("not_found"))
}

/// The cards of an account, the oldest first.
pub(super) fn cards_of(tx: &Tx<'_>, account: &str) -> Vec<Arc<PaymentCard>> {
    let mut cards = tx.all::<PaymentCard>();
    cards.retain(|card| card.account == account);
    cards.sort_by_key(|card| card.number);
    cards
}

/// A UUID that nobody has; which one depends on `key` and on how many were made with it before. It begins
/// as all of the workspace's tokens do, so no other workspace has it.
pub(super) fn new_uuid<R: Record>(tx: &mut Tx<'_>, key: &str) -> String {
    loop {
        let before = counted(tx, format!("{}/{key}", R::TABLE)) - 1;
        let uuid = dashed(&tx.seed.token(R::TABLE, key, before));
        if tx.get::<R>(uuid.as_str()).is_none() {
            return uuid;
        }
    }
}

/// The next number of a kind, from 1.
pub(super) fn count<R: Record>(tx: &mut Tx<'_>) -> u64 {
    counted(tx, R::TABLE.to_owned())
}

fn counted(tx: &mut Tx<'_>, of: String) -> u64 {
    let count = tx.get::<Counter>(of.as_str()).map_or(0, |counter| counter.count) + 1;
    tx.put(Counter { of, count });
    count
}

/// The day by the workspace's clock.
pub(super) fn today(tx: &Tx<'_>) -> Date {
    tx.now.to_zoned(TimeZone::UTC).date()
}

/// The value of the collection method with which cards are charged.
pub(super) fn by_card<'a>(tx: &Tx<'a>) -> &'a str {
    tx.settings.get("fenerum.card_collection_method")
}

/// Whether a collection method charges a card.
pub(super) fn charges(collection_method: &str) -> bool {
    collection_method != BY_INVOICE
}

/// The collection method that sends an invoice and waits.
pub(super) const BY_INVOICE: &str = "invoice";
