//! The slice of Stripe that a shop needs beside Fenerum: Stripe.js with its card element, and the endpoint
//! that makes payment methods.
//!
//! Imitated: the script with one card element, its events and errors; the frame that the payer types into;
//! `POST /v1/payment_methods` for cards; what becomes of the published test cards when a payment method is
//! given to a customer and charged. Not imitated: every other element and payment method, tokens that the
//! script makes, intents, and the API that servers call with a secret key.

mod cards;
mod errors;
mod frame;
mod keys;
mod payment_methods;
mod script;

use axum::Router;
use serde::{Deserialize, Serialize};

use crate::kit::locator::{Claim, Received};
use crate::kit::table::{Id, Record, Tx};

/// The published cards, the refusals and the texts, each with how we know it.
const FACTS: &str = include_str!("../../../fixtures/fenerum/stripe.toml");

/// A card that the payer typed into the card element. Its number and CVC are not kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PaymentMethod {
    /// `pm_` and 24 letters and digits.
    pub(crate) id: String,
    /// As Stripe names it: `visa`.
    pub(crate) brand: String,
    /// The last four digits.
    pub(crate) last4: String,
    /// 1 to 12.
    pub(crate) exp_month: u8,
    /// Four digits.
    pub(crate) exp_year: u16,
    /// Whom it belongs to since it was attached.
    pub(crate) customer: Option<String>,
    /// With which refusal it is not attached.
    #[serde(default)]
    attach: Option<String>,
    /// With which refusal it is not charged.
    #[serde(default)]
    charge: Option<String>,
}

impl Record for PaymentMethod {
    const TABLE: &'static str = "fenerum.payment_methods";

    fn id(&self) -> Id {
        self.id.as_str().into()
    }
}

/// Why Stripe does not attach or charge a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Declined {
    /// `card_declined`, `expired_card`, `resource_missing`, `authentication_required`. Empty where Stripe's
    /// error has none: a payment method that is attached already.
    pub(crate) code: String,
    /// `insufficient_funds`, where there is one.
    pub(crate) decline_code: Option<String>,
    /// Stripe's own text.
    pub(crate) message: String,
}

impl Declined {
    fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), decline_code: None, message: message.into() }
    }
}

/// The script, its frame, and the endpoint.
pub(super) fn routes() -> Router {
    Router::new().merge(script::routes()).merge(frame::routes()).merge(payment_methods::routes())
}

/// The publishable key in a request; none where there is none.
pub(super) fn claims(request: &Received) -> Vec<Claim> {
    keys::claims(request)
}

/// Gives a payment method to a customer, as the owner of the secret key does: once. One that stands for a
/// published card, like `pm_card_visa`, is made anew each time, with an id of its own.
pub(crate) fn attach(tx: &mut Tx<'_>, id: &str, customer: &str) -> Result<PaymentMethod, Declined> {
    let found = match cards::card_of(id) {
        Some(card) => payment_methods::standing_for(tx, card),
        None => match tx.get::<PaymentMethod>(id) {
            Some(found) => PaymentMethod::clone(&found),
            None => return Err(unknown(id)),
        },
    };
    if found.customer.is_some() {
        let message = "The payment method you provided has already been attached to a customer.";
        return Err(Declined::new("", message));
    }
    if let Some(refusal) = &found.attach {
        return Err(errors::declined(refusal));
    }
    let attached = PaymentMethod { customer: Some(customer.to_owned()), ..found };
    tx.put(attached.clone());
    Ok(attached)
}

/// Charges an attached payment method while the customer is away. `amount` in minor units.
pub(crate) fn charge(tx: &mut Tx<'_>, id: &str, amount: i64) -> Result<(), Declined> {
    let found = tx.get::<PaymentMethod>(id).ok_or_else(|| unknown(id))?;
    if found.customer.is_none() {
        let message = format!(
            "The customer does not have a payment method with the ID {id}. The payment method must be \
             attached to the customer."
        );
        return Err(Declined::new("resource_missing", message));
    }
    if amount < 1 {
        let message = "This value must be greater than or equal to 1.";
        return Err(Declined::new("parameter_invalid_integer", message));
    }
    if (found.exp_year, found.exp_month) < payment_methods::month(tx.now) {
        return Err(errors::declined("expired_card"));
    }
    found.charge.as_ref().map_or(Ok(()), |refusal| Err(errors::declined(refusal)))
}

fn unknown(id: &str) -> Declined {
    Declined::new("resource_missing", format!("No such PaymentMethod: '{id}'"))
}

#[cfg(test)]
mod tests;
