//! QuickPay: callbacks with a checksum over the body; the payer comes back with nothing in its hands.

use bytes::Bytes;
use provkassa_simulators::kit::digest::{hex, hmac, hmac_sha256, md5};
use provkassa_simulators::kit::outbox::Outgoing;
use serde_json::{Value, json};
use url::Url;

use super::written::{WAYS, Way};
use super::{Books, Claim, Kept, Known, Room, Signature, Twin};
use crate::scenario::any::Limits;

const ID: &str = "quickpay";
/// The header with the signature.
const CHECKSUM: &str = "quickpay-checksum-sha256";
/// The header that names the merchant.
const ACCOUNT: &str = "quickpay-account-id";
/// The id of a payment that nobody has begun.
const NOBODYS_ID: u64 = 999_999_999;
/// The same, as the newer ids are written.
const NOBODYS_ULID: &str = "01ZZZZZZZZZZZZZZZZZZZZZZZZ";
/// What 4 to 20 letters, digits, blanks, points, hyphens and underscores may begin with.
const IDS: &[&str] = &["", "0", "aA", "a b", "-", ".", "_", "a.b", "00-"];

#[derive(Debug)]
pub(super) struct QuickPay;

/// How much the operations of this type come to that went well; none where none did.
fn done(resource: &Value, r#type: &str) -> Option<i64> {
    let operations = resource["operations"].as_array()?.iter();
    let went_well = operations.filter(|operation| {
        operation["type"] == r#type && operation["qp_status_code"] == "20000" && operation["pending"] == false
    });
    went_well.map(|operation| operation["amount"].as_i64().unwrap_or_default()).reduce(|sum, more| sum + more)
}

/// The subscriptions of these orders, in the order of their names.
pub(super) fn subscriptions(kept: Kept<'_>, orders: &[String]) -> Vec<Value> {
    let all = kept(ID, "subscriptions");
    let is_of = |found: &&Value, order: &str| found["order_id"] == order;
    let of = |order| all.iter().filter(move |found| is_of(found, order)).cloned();
    orders.iter().map(String::as_str).flat_map(of).collect()
}

impl Room for QuickPay {
    fn currency(&self) -> &'static str {
        "DKK"
    }

    fn record(&self, signs_up: bool) -> (&'static str, fn(&Value, &str) -> bool) {
        let kind = if signs_up { "subscriptions" } else { "payments" };
        (kind, |record, order| record["order_id"] == order)
    }

    fn limits(&self) -> Limits {
        Limits { ids: IDS, ..Limits::USUAL }
    }

    fn amount(&self, record: &Value) -> Option<i64> {
        record.pointer("/link/amount")?.as_i64()
    }

    fn books(&self, kept: Kept<'_>, orders: &[String], signs_up: bool) -> Option<Books> {
        let payments = kept(ID, "payments");
        if signs_up {
            let mut signed_up = subscriptions(kept, orders);
            let whole = signed_up.len();
            // What nobody has given a card for can draw nothing.
            signed_up.retain(|found| found["state"] == "active" || found["state"] == "cancelled");
            let by = |found: &Value| {
                let drawn = |made: &&Value| {
                    made["subscription_id"] == found["id"] && done(made, "capture").is_some_and(|sum| sum > 0)
                };
                payments.iter().filter(drawn).count()
            };
            let is_over = |found: &Value| found["state"] == "cancelled";
            let Some((last, before)) = signed_up.split_last() else {
                let none = Books { charges: Some(0), ended: Some(false), ..Books::default() };
                return (whole > 0).then_some(none);
            };
            return Some(Books {
                charges: Some(by(last)),
                charges_before: before.iter().map(by).sum(),
                ended: Some(is_over(last) && before.iter().all(is_over)),
                replaced: Some(!is_over(last) && before.iter().all(is_over)),
                ..Books::default()
            });
        }
        let is_last = |found: &&Value| found["order_id"].as_str() == orders.last().map(String::as_str);
        let found = payments.iter().find(is_last)?;
        Some(Books {
            captured: Some(done(found, "capture").unwrap_or_default()),
            refunded: Some(done(found, "refund").unwrap_or_default()),
            let_go: Some(done(found, "cancel").is_some()),
            renewed: Some(done(found, "renew").is_some()),
            ..Books::default()
        })
    }

    fn callback_url(&self, known: &Known<'_>) -> Option<Url> {
        Url::parse(known.record.pointer("/link/callback_url")?.as_str()?).ok()
    }

    fn accept_url(&self, known: &Known<'_>) -> Option<Url> {
        Url::parse(known.record.pointer("/link/continue_url")?.as_str()?).ok()
    }

    fn cancel_url(&self, known: &Known<'_>) -> Option<Url> {
        Url::parse(known.record.pointer("/link/cancel_url")?.as_str()?).ok()
    }

    fn written_callbacks(&self, known: &Known<'_>, genuine: &Outgoing) -> Vec<Outgoing> {
        let Ok(resource) = serde_json::from_slice::<Value>(&genuine.body) else { return Vec::new() };
        let key = known.stage.workspace().credential(ID, "QUICKPAY_PRIVATE_KEY").as_bytes();
        let written = |way: Way| {
            let body = Bytes::from(way(&resource));
            let mut request = Outgoing { body, ..genuine.clone() };
            request.headers.retain(|(name, _)| !name.eq_ignore_ascii_case(CHECKSUM));
            request.headers.push((CHECKSUM.to_owned(), hex(&hmac_sha256(key, &request.body))));
            request
        };
        WAYS.map(written).into()
    }

    fn callback(&self, known: &Known<'_>, twin: &Twin, claim: &Claim) -> Option<Outgoing> {
        forged(known, twin, claim, false)
    }
}

/// What QuickPay says of the twin, said of the order. `borrows`: with the twin's id, as somebody does who has a
/// subscription of their own.
pub(super) fn forged(known: &Known<'_>, twin: &Twin, claim: &Claim, borrows: bool) -> Option<Outgoing> {
    let signature = claim.signature;
    let url = QuickPay.callback_url(known)?;
    let mut payment: Value = serde_json::from_slice(&twin.callback.body).ok()?;
    // Everything that tells the one from the other.
    for name in ["order_id", "link", "variables", "created_at"] {
        payment[name] = known.record[name].clone();
    }
    if claim.of_nobody {
        // The shop knows its payments by these as well as by the order's name.
        payment["id"] = NOBODYS_ID.into();
        payment["ulid"] = NOBODYS_ULID.into();
    } else if !borrows {
        for name in ["id", "ulid"] {
            payment[name] = known.record[name].clone();
        }
    }
    let merchant = match signature {
        Signature::AnotherMerchant | Signature::ForAnother => json!(999_999),
        _ => payment["merchant_id"].clone(),
    };
    payment["merchant_id"] = merchant.clone();
    payment["currency"] = claim.currency.as_str().into();
    for operation in payment["operations"].as_array_mut().into_iter().flatten() {
        operation["callback_url"] = url.as_str().into();
        if operation["amount"].is_number() {
            operation["amount"] = claim.amount.into();
        }
    }
    let body = Bytes::from(payment.to_string());
    let credential = |name: &str| known.stage.workspace().credential(ID, name).as_bytes();
    let key = credential("QUICKPAY_PRIVATE_KEY");
    let checksum = match signature {
        Signature::Right | Signature::ForAnother => Some(hex(&hmac_sha256(key, &body))),
        Signature::AnotherKey | Signature::AnotherMerchant => {
            Some(hex(&hmac_sha256(b"the private key of somebody else", &body)))
        }
        Signature::AnotherCredential => Some(hex(&hmac_sha256(credential("QUICKPAY_API_KEY"), &body))),
        Signature::AnotherAlgorithm => Some(hex(&hmac(md5, key, &body))),
        Signature::Empty => Some(String::new()),
        Signature::None => None,
        // Nothing in a callback says when it ends, and shops sign none.
        Signature::LongAgo | Signature::Own => return None,
    };
    // The headers stay as they came, but for the two that the forgery is about.
    let changes = |name: &str| {
        let name = name.to_ascii_lowercase();
        [CHECKSUM, ACCOUNT].into_iter().find(|known| *known == name)
    };
    let headers = twin.callback.headers.iter().filter(|(name, _)| changes(name).is_none()).cloned();
    let account = Some((ACCOUNT.to_owned(), merchant.to_string()));
    let sum = checksum.map(|sum| (CHECKSUM.to_owned(), sum));
    let headers = headers.chain(account).chain(sum).collect();
    Some(Outgoing { method: http::Method::POST, url: url.into(), headers, body })
}
