//! Fenerum: it has no pages for payers of its own. The card is given to QuickPay's window, and what QuickPay makes of it
//! is registered at Fenerum.

use provkassa_simulators::kit::outbox::Outgoing;
use provkassa_simulators::kit::provider::Provider;
use serde_json::Value;
use url::Url;

use crate::scenario::any::Limits;

use super::quickpay::{QuickPay, forged, subscriptions};
use super::{Books, Claim, Kept, Known, Room, Twin, is_one_of};

#[derive(Debug)]
pub(super) struct Fenerum;

/// What QuickPay calls the subscriptions of these orders: the tokens of their cards here.
fn tokens(kept: Kept<'_>, orders: &[String]) -> Vec<String> {
    subscriptions(kept, orders).iter().map(|found| found["id"].to_string()).collect()
}

impl Room for Fenerum {
    fn gate(&self) -> Option<&'static dyn Provider> {
        provkassa_simulators::provider("quickpay")
    }

    fn currency(&self) -> &'static str {
        QuickPay.currency()
    }

    fn record(&self, _: bool) -> (&'static str, fn(&Value, &str) -> bool) {
        QuickPay.record(true)
    }

    fn limits(&self) -> Limits {
        QuickPay.limits()
    }

    fn amount(&self, record: &Value) -> Option<i64> {
        QuickPay.amount(record)
    }

    fn books(&self, kept: Kept<'_>, orders: &[String], _: bool) -> Option<Books> {
        let tokens = tokens(kept, orders);
        let cards = kept("fenerum", "payment_cards");
        let active =
            |token: &String| cards.iter().any(|card| card["token"] == *token && card["active"] == true);
        if !cards.iter().any(|card| is_one_of(&card["token"], &tokens)) {
            return None;
        }
        let (last, before) = tokens.split_last()?;
        Some(Books {
            ended: Some(!tokens.iter().any(active)),
            replaced: Some(active(last) && !before.iter().any(active)),
            ..Books::default()
        })
    }

    fn names(&self, kept: Kept<'_>, orders: &[String]) -> Vec<String> {
        let tokens = tokens(kept, orders);
        let cards = kept("fenerum", "payment_cards").into_iter();
        let cards = cards.filter(|card| is_one_of(&card["token"], &tokens));
        let cards: Vec<String> = cards.filter_map(|card| Some(card["uuid"].as_str()?.to_owned())).collect();
        tokens.into_iter().chain(cards).collect()
    }

    fn callback_url(&self, known: &Known<'_>) -> Option<Url> {
        QuickPay.callback_url(known)
    }

    fn accept_url(&self, known: &Known<'_>) -> Option<Url> {
        QuickPay.accept_url(known)
    }

    fn cancel_url(&self, known: &Known<'_>) -> Option<Url> {
        QuickPay.cancel_url(known)
    }

    fn written_callbacks(&self, known: &Known<'_>, genuine: &Outgoing) -> Vec<Outgoing> {
        QuickPay.written_callbacks(known, genuine)
    }

    fn callback(&self, known: &Known<'_>, twin: &Twin, claim: &Claim) -> Option<Outgoing> {
        // Fenerum takes the card of no subscription but one that QuickPay has: a forger brings their own.
        forged(known, twin, claim, true)
    }
}
