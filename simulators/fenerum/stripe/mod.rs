//! The slice of Stripe that a shop needs beside Fenerum: Stripe.js with its card element, and the endpoint
//! that makes payment methods.

use axum::Router;
use serde::{Deserialize, Serialize};

use crate::kit::locator::{Claim, Received};
use crate::kit::table::{Id, Record, Tx};

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
    /// `card_declined`, `expired_card`, `resource_missing`, `authentication_required`.
    pub(crate) code: String,
    /// `insufficient_funds`, where there is one.
    pub(crate) decline_code: Option<String>,
    /// Stripe's own text.
    pub(crate) message: String,
}

/// The script, its frame, and the endpoint.
pub(super) fn routes() -> Router {
    Router::new()
}

/// The publishable key in a request; none where there is none.
pub(super) fn claims(_request: &Received) -> Vec<Claim> {
    Vec::new()
}

/// Gives a payment method to a customer, as the owner of the secret key does: once.
pub(crate) fn attach(_tx: &mut Tx<'_>, _id: &str, _customer: &str) -> Result<PaymentMethod, Declined> {
    Err(Declined { code: String::new(), decline_code: None, message: String::new() })
}

/// Charges an attached payment method while the customer is away. `amount` in minor units.
pub(crate) fn charge(_tx: &mut Tx<'_>, _id: &str, _amount: i64) -> Result<(), Declined> {
    Ok(())
}
