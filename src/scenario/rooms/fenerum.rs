//! Fenerum: it has no pages for payers of its own. The card is given to QuickPay's window, and what QuickPay makes of it
//! is registered at Fenerum.

use provkassa_simulators::kit::outbox::Outgoing;
use provkassa_simulators::kit::provider::Provider;
use serde_json::Value;
use url::Url;

use crate::scenario::any::Limits;

use super::quickpay::{QuickPay, forged};
use super::{Books, Claim, Kept, Known, Room, Twin};

#[derive(Debug)]
pub(super) struct Fenerum;

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

    fn books(&self, kept: Kept<'_>, order: &str, _: bool) -> Option<Books> {
        let subscriptions = kept("quickpay", "subscriptions");
        let subscription = subscriptions.into_iter().find(|found| found["order_id"] == order)?;
        // What QuickPay calls the subscription is the card's token here.
        let token = subscription["id"].to_string();
        let card = kept("fenerum", "payment_cards").into_iter().rev().find(|card| card["token"] == token)?;
        Some(Books { ended: Some(card["active"] == false), ..Books::default() })
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
