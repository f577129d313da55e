//! Callbacks: what is sent to the shop when an operation has its verdict.

use std::sync::Arc;
use std::time::Duration;

use crate::kit::outbox::{Callback, Outgoing, Policy, RetrySchedule, is_success};
use crate::kit::table::Tx;

use super::ID;
use super::model::Resource;
use super::perform::account;
use super::shape::{Shape, View};
use super::signing::checksum;

const HOUR: u64 = 3600;
/// How often a callback is tried at most.
const MOST_TRIES: usize = 24;

/// The second try after an hour, as documented; that each gap is an hour longer than the one before is assumed.
const GROWING: [Duration; MOST_TRIES - 1] = {
    let mut waits = [Duration::from_secs(HOUR); MOST_TRIES - 1];
    let (mut place, mut hours) = (0, 1);
    while place < waits.len() {
        waits[place] = Duration::from_secs(hours * HOUR);
        place += 1;
        hours += 1;
    }
    waits
};
/// Each try an hour after the one before.
const HOURLY: [Duration; MOST_TRIES - 1] = [Duration::from_secs(HOUR); MOST_TRIES - 1];

/// When a callback that failed is tried again, unless the workspace says otherwise.
pub(super) const RETRIES: RetrySchedule = RetrySchedule(&GROWING);

/// What puts callbacks of one resource in sequence.
pub(super) fn lane(resource: u64) -> String {
    resource.to_string()
}

/// The lane of an operation's callback. One that waits for its operation's end holds up no other.
fn lane_of(resource: u64, operation: u64, waits: bool) -> String {
    if waits { later(resource, operation) } else { lane(resource) }
}

/// The lane of a callback that waits for its operation's end.
pub(super) fn later(resource: u64, operation: u64) -> String {
    format!("{resource}/{operation}")
}

/// Documented: QuickPay's learn, section Callbacks, takes 302 and 303 for delivered, too.
pub(super) fn is_delivered(status: u16) -> bool {
    is_success(status) || matches!(status, 302 | 303)
}

/// The callback of an operation; `None` where nobody is to be told.
pub(super) fn of_operation(tx: &Tx<'_>, resource: &Resource, operation: u64) -> Option<Callback> {
    let made = resource.operations.iter().find(|made| made.id == operation)?;
    let url = made.callback_url.clone()?;
    let key = account(tx)?.private_key.clone();
    let view = View { up_to: operation, ..View::at(made.due.max(made.created_at)) };
    let body = Shape::of(resource, &view, &[]).bytes();
    let wait = made.due.duration_since(tx.now).as_millis();
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("quickpay-resource-type", resource.kind.name().to_owned()),
        ("quickpay-account-id", resource.merchant_id.to_string()),
        ("quickpay-api-version", "v10".to_owned()),
    ];
    let hourly = tx.settings.get("quickpay.retries") == "hourly";
    Some(Callback {
        provider: ID,
        order: if resource.order_id.is_empty() { lane(resource.id) } else { resource.order_id.clone() },
        lane: lane_of(resource.id, operation, wait > 0),
        subject: operation.to_string(),
        request: Outgoing {
            method: http::Method::POST,
            url,
            headers: headers.map(|(name, value)| (name.to_owned(), value)).into(),
            body: body.into(),
        },
        seal: Some(Arc::new(move |request, forge, _| {
            let key = if forge { "a key that nobody has" } else { &key };
            let checksum = checksum(key, &request.body);
            request.headers.push(("quickpay-checksum-sha256".to_owned(), checksum));
        })),
        retries: if hourly { RetrySchedule(&HOURLY) } else { RETRIES },
        delivered: is_delivered,
        follows: |status| matches!(status, 301 | 307),
        policy: Policy { delay_ms: u64::try_from(wait).unwrap_or_default(), ..Policy::default() },
    })
}
