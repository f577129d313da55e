//! A call from its beginning to its end: each step reads and changes the workspace's records.

mod begin;
mod booking;
mod delivery;
mod finish;
mod invoicing;
mod letters;
mod offers;

use std::collections::BTreeSet;

use crate::kit::operation::Message;
use crate::kit::page::Sent;
use crate::kit::table::Tx;

pub use begin::begin;
pub use finish::{By, Decision, decide, finish, press};
pub(super) use offers::offers;

use super::endpoints::{Endpoint, endpoint};
use super::model::{Attempt, Ended, Order, Subject, ValueCard};
use super::signing;

/// A call to an endpoint whose hash was right.
#[derive(Clone, Debug)]
pub struct Call {
    /// The endpoint.
    pub endpoint: &'static Endpoint,
    /// Its parameters.
    pub message: Message,
    /// Where the payer goes afterwards; none if there is no usable address.
    pub returnurl: Option<String>,
    /// Further receivers of the receipt.
    pub receiptemails: Vec<String>,
    /// Swish's name for the payer, if `payeralias` fits.
    pub payer_alias: Option<String>,
    /// Where the installation is reached: `http://127.0.0.1:4702/brponline`.
    pub base: String,
    /// What the shop sent, for the page.
    pub sent: Sent,
}

impl Call {
    /// A parameter that is an id. What is no number, or does not fit 64 bits, is no id.
    fn id(&self, name: &str) -> Option<u64> {
        self.message.value(name)?.parse().ok()
    }
}

/// Where the payer goes after a call.
#[derive(Clone, Debug)]
pub enum Begun {
    /// To this page of the installation.
    Away(String),
    /// Back to the shop.
    Back(Ended),
}

/// What a call brought about.
#[derive(Clone, Copy, Debug)]
enum Made {
    Invoice(u64),
    Nothing,
    Receipt(u64),
}

/// The result with the address that tells the shop about it.
fn ended(
    tx: &Tx<'_>,
    endpoint: &Endpoint,
    returnurl: Option<&str>,
    subject: Option<Subject>,
    result: Result<Made, &str>,
) -> Ended {
    let (receipt, invoice) = match result {
        Ok(Made::Receipt(id)) => (Some(id), None),
        Ok(Made::Invoice(id)) => (None, Some(id)),
        Ok(Made::Nothing) | Err(_) => (None, None),
    };
    let error = result.err().unwrap_or("");
    let id = receipt.or(invoice).map_or_else(String::new, |id| id.to_string());
    let order = subject.and_then(Subject::order).filter(|_| tx.settings.on("brp.return_orderid"));
    let order = order.map(|order| order.to_string());
    let mut parameters = signing::return_parameters(endpoint, &id, error);
    if let Some(order) = &order {
        parameters.push(("orderid", order));
    }
    Ended {
        code: error.to_owned(),
        receipt,
        invoice,
        location: returnurl.map(|returnurl| signing::return_address(returnurl, &parameters)),
    }
}

/// The end of a call that was refused before anything was looked at.
#[must_use]
pub fn refused(tx: &Tx<'_>, endpoint: &Endpoint, returnurl: Option<&str>, code: &str) -> Ended {
    ended(tx, endpoint, returnurl, None, Err(code))
}

/// The endpoint that began an attempt.
pub(super) fn endpoint_of(attempt: &Attempt) -> &'static Endpoint {
    // Attempts are made by endpoints alone.
    endpoint(&attempt.endpoint).unwrap_or(&super::endpoints::ENDPOINTS[0])
}

pub(super) fn cards_of(tx: &Tx<'_>, order: &Order) -> Vec<ValueCard> {
    // A card that is named twice is still one card.
    let numbers: BTreeSet<&String> = order.value_cards.iter().collect();
    let cards = numbers.into_iter().filter_map(|number| tx.get::<ValueCard>(number.as_str()));
    cards.map(|card| ValueCard::clone(&card)).collect()
}

pub(super) fn by_value_card(price: i64, cards: &[ValueCard]) -> i64 {
    cards.iter().map(|card| card.balance.max(0)).fold(0_i64, i64::saturating_add).min(price.max(0))
}
