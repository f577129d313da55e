//! Freepay: nothing is called back, and nobody signs what the payer comes back with.

use serde_json::{Value, json};
use url::Url;

use crate::scenario::any::{Limits, PLAIN_ID};

use super::bambora::number;
use super::{Books, Change, Kept, Known, Room, Tampered, is_one_of};

const ID: &str = "freepay";

#[derive(Debug)]
pub(super) struct Freepay;

impl Room for Freepay {
    fn currency(&self) -> &'static str {
        "DKK"
    }

    fn record(&self, _: bool) -> (&'static str, fn(&Value, &str) -> bool) {
        ("payments", |record, order| record["order"] == order)
    }

    fn limits(&self) -> Limits {
        // Both services have the amount as an int.
        Limits { most: i64::from(i32::MAX), ids: PLAIN_ID, ..Limits::USUAL }
    }

    fn books(&self, kept: Kept<'_>, orders: &[String], signs_up: bool) -> Option<Books> {
        let transactions = kept(ID, "transactions");
        if signs_up {
            // The payments on the page stand in the order in which they were begun; subscriptions by their ids.
            let mut signed_up = kept(ID, "payments");
            signed_up.retain(|page| is_one_of(&page["order"], orders) && page["subscription"] == true);
            signed_up.retain(|page| page["made"].is_u64());
            let by = |page: &Value| {
                let drawn = |made: &&Value| {
                    let is_charge =
                        made["subscription"] == page["made"] && !is_one_of(&made["order"], orders);
                    is_charge && made["captured"] == true
                };
                transactions.iter().filter(drawn).count()
            };
            let (last, before) = signed_up.split_last()?;
            return Some(Books {
                charges: Some(by(last)),
                charges_before: before.iter().map(by).sum(),
                ..Books::default()
            });
        }
        let found = transactions.into_iter().rev().find(|found| is_one_of(&found["order"], orders))?;
        let captured = if found["captured"] == true { found["capture_amount"].as_i64() } else { Some(0) };
        Some(Books {
            captured,
            refunded: found["credited"].as_i64(),
            let_go: found["deleted"].as_bool(),
            ..Books::default()
        })
    }

    fn accept_url(&self, known: &Known<'_>) -> Option<Url> {
        Url::parse(&known.sent("AcceptURL")?).ok()
    }

    fn made_up(&self, known: &Known<'_>) -> Vec<(String, String)> {
        let order = known.record["order"].as_str().unwrap_or_default();
        [("transact", "424242"), ("OrderNumber", order)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into()
    }

    fn tampered(&self, known: &Known<'_>, change: &Change) -> Option<Tampered> {
        let as_is = |field, value| Tampered { field, value, seed: None };
        Some(match change {
            Change::Amount(amount) => as_is("Amount", amount.to_string()),
            Change::Currency(letters) => as_is("Currency", number(letters).to_owned()),
            Change::Merchant => {
                let another = (known.sent("MerchantNumber")?.parse::<i32>().ok()? + 1).to_string();
                let password = known.stage.workspace().credential(ID, "FREEPAY_PASSWORD");
                let merchant = json!({"number": another, "password": password, "name": "Another shop"});
                Tampered { field: "MerchantNumber", value: another, seed: Some(("merchants", merchant)) }
            }
        })
    }

    fn cancel_url(&self, known: &Known<'_>) -> Option<Url> {
        let mut url = Url::parse(&known.sent("DeclineURL")?).ok()?;
        url.query_pairs_mut().append_pair("reason", "-1");
        Some(url)
    }
}
