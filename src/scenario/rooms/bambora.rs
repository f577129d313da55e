//! Bambora ePay: the return and the callback have the same parameters, with a hash of their values and a key.

use std::collections::BTreeMap;

use bytes::Bytes;
use provkassa_simulators::kit::digest::{hex, md5, sha256};
use provkassa_simulators::kit::outbox::Outgoing;
use serde_json::Value;
use url::Url;

use crate::scenario::any::{Limits, PLAIN_ID};
use crate::scenario::config::Offer;

use super::{Books, Claim, Kept, Known, Room, Signature, Twin, is_one_of};

const ID: &str = "bambora";
/// A hash that is none.
const MADE_UP: &str = "00000000000000000000000000000000";

#[derive(Debug)]
pub(super) struct Bambora;

/// What ePay adds to an address for a payment that went well, but for the hash.
fn made_up(known: &Known<'_>) -> Vec<(String, String)> {
    let order = known.sent("orderid").unwrap_or_default();
    let amount = known.sent("amount").unwrap_or_default();
    [
        ("txnid", "424242"),
        ("orderid", order.as_str()),
        ("amount", amount.as_str()),
        ("currency", "208"),
        ("date", "20260301"),
        ("time", "1200"),
        ("txnfee", "0"),
        ("paymenttype", "3"),
        ("cardno", "333333XXXXXX3000"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

/// The number of a currency.
pub(super) fn number(letters: &str) -> &'static str {
    match letters {
        "EUR" => "978",
        "NOK" => "578",
        "SEK" => "752",
        _ => "208",
    }
}

impl Room for Bambora {
    fn currency(&self) -> &'static str {
        "DKK"
    }

    fn record(&self, _: bool) -> (&'static str, fn(&Value, &str) -> bool) {
        ("windows", |record, order| record["order"] == order)
    }

    fn limits(&self) -> Limits {
        // The amount is an int, the order's id letters and digits.
        Limits { most: i64::from(i32::MAX), description: 1024, ids: PLAIN_ID, ..Limits::USUAL }
    }

    fn settings(&self, _: &Offer) -> BTreeMap<String, String> {
        // A shop that asks for no instant callbacks is right: it is told a minute later, and no scenario waits so long.
        BTreeMap::from([("bambora.callback_queue".to_owned(), "at-once".to_owned())])
    }

    fn books(&self, kept: Kept<'_>, orders: &[String], signs_up: bool) -> Option<Books> {
        let transactions = kept(ID, "transactions");
        if signs_up {
            // A subscription that was ended is not kept: only its sign-up is.
            let mut alive = kept(ID, "subscriptions");
            alive.retain(|found| is_one_of(&found["order"], orders));
            let drawn = |made: &&Value| made["captured"].as_i64().is_some_and(|captured| captured > 0);
            let by = |found: &Value| {
                let is_charge =
                    |made: &&Value| made["subscription"] == found["id"] && !is_one_of(&made["order"], orders);
                transactions.iter().filter(is_charge).filter(drawn).count()
            };
            let (last, before) =
                alive.split_last().map_or((None, &[][..]), |(last, rest)| (Some(last), rest));
            return Some(Books {
                charges: Some(last.map_or(0, by)),
                charges_before: before.iter().map(by).sum(),
                ended: Some(last.is_none()),
                // Another card in a subscription leaves that its first order.
                replaced: Some(last.is_some() && before.is_empty()),
                ..Books::default()
            });
        }
        let found = transactions.into_iter().rev().find(|found| is_one_of(&found["order"], orders))?;
        Some(Books {
            captured: found["captured"].as_i64(),
            refunded: found["credited"].as_i64(),
            let_go: Some(found["status"] == "PAYMENT_DELETED"),
            ..Books::default()
        })
    }

    fn accept_url(&self, known: &Known<'_>) -> Option<Url> {
        Url::parse(&known.sent("accepturl")?).ok()
    }

    fn made_up(&self, known: &Known<'_>) -> Vec<(String, String)> {
        let mut told = made_up(known);
        if known.sent("subscription").is_some() {
            told.push(("subscriptionid".to_owned(), "424242".to_owned()));
        }
        told.push(("hash".to_owned(), MADE_UP.to_owned()));
        told
    }

    fn cancel_url(&self, known: &Known<'_>) -> Option<Url> {
        let mut url = Url::parse(&known.sent("cancelurl")?).ok()?;
        let order = known.sent("orderid").unwrap_or_default();
        url.query_pairs_mut().extend_pairs([("orderid", order.as_str()), ("error", "-5516")]);
        Some(url)
    }

    fn callback_url(&self, known: &Known<'_>) -> Option<Url> {
        Url::parse(&known.sent("callbackurl")?).ok()
    }

    fn callback(&self, known: &Known<'_>, twin: &Twin, claim: &Claim) -> Option<Outgoing> {
        let mut url = self.callback_url(known)?;
        // A record that stands for another order's has its name.
        let order = known.record["order"].as_str().map(ToOwned::to_owned);
        let order = order.or_else(|| known.sent("orderid"))?;
        let amount = claim.amount.to_string();
        let told = twin.added().into_iter().filter(|(name, _)| name != "hash").map(|(name, value)| {
            let value = match name.as_str() {
                "orderid" => order.clone(),
                "amount" => amount.clone(),
                "currency" => number(&claim.currency).to_owned(),
                _ => value,
            };
            (name, value)
        });
        url.query_pairs_mut().extend_pairs(told);
        let key = known.stage.workspace().credential(ID, "BAMBORA_MD5KEY");
        let values: String = url.query_pairs().map(|(_, value)| value.into_owned()).collect();
        let with = |key: &str| format!("{values}{key}");
        let hash = match claim.signature {
            Signature::Right => Some(hex(&md5(with(key).as_bytes()))),
            Signature::AnotherKey => Some(hex(&md5(with("a key that nobody has").as_bytes()))),
            Signature::AnotherAlgorithm => Some(hex(&sha256(with(key).as_bytes()))),
            Signature::Empty => Some(String::new()),
            Signature::None => None,
            // No thing of ePay's: nothing in a callback says whose it is, or when it ends.
            Signature::AnotherCredential
            | Signature::AnotherMerchant
            | Signature::ForAnother
            | Signature::LongAgo
            | Signature::Own => return None,
        };
        url.query_pairs_mut().extend_pairs(hash.map(|hash| ("hash", hash)));
        Some(Outgoing { method: http::Method::GET, url: url.into(), headers: Vec::new(), body: Bytes::new() })
    }
}
