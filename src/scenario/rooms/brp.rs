//! BRP: nothing is called back, and nobody signs what the payer comes back with.

use serde_json::{Value, json};
use url::Url;

use crate::scenario::any::Limits;

use super::{Known, Room};

/// A customer of the sandbox's who may have invoices.
const INVOICED: u64 = 67;

#[derive(Debug)]
pub(super) struct Brp;

impl Room for Brp {
    fn currency(&self) -> &'static str {
        "SEK"
    }

    fn record(&self, _: bool) -> (&'static str, fn(&Value, &str) -> bool) {
        ("orders", |record, order| record["id"].as_u64().is_some_and(|id| id.to_string() == order))
    }

    fn limits(&self) -> Limits {
        // What a payment provider takes is not documented; the sandbox's takes no more.
        Limits { most: 10_000_000, ..Limits::USUAL }
    }

    fn amount(&self, record: &Value) -> Option<i64> {
        let price = |row: &Value| Some(row["price"].as_i64()? * row["quantity"].as_i64()?);
        record["rows"].as_array()?.iter().map(price).sum()
    }

    fn accept_url(&self, known: &Known<'_>) -> Option<Url> {
        Url::parse(&known.sent("returnurl")?).ok()
    }

    fn invoice(&self, known: &Known<'_>) -> Option<(Value, Url)> {
        let url = known.came.url.replace("payfororder", "brpinvoice");
        let order = json!({"id": known.record["id"], "customer": INVOICED});
        Some((order, Url::parse(&url).ok()?))
    }

    fn cheaper(&self, known: &Known<'_>, by: i64) -> Option<(&'static str, Value)> {
        let price = self.amount(&known.record)?.checked_sub(by)?;
        Some(("orders", json!({"id": known.record["id"], "price": price})))
    }

    fn cancel_url(&self, known: &Known<'_>) -> Option<Url> {
        let mut url = self.accept_url(known)?;
        url.query_pairs_mut().extend_pairs([("receiptid", ""), ("error", "205")]);
        Some(url)
    }

    fn made_up(&self, _: &Known<'_>) -> Vec<(String, String)> {
        [("receiptid", "424242"), ("error", "")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into()
    }
}
