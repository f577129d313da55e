//! What a shop does with QuickPay's messages: names itself to the API, believes a callback, signs the form of
//! the payment window, asks for the subscription that a card is saved under.
//!
//! Three keys, each for one thing: the API key for the API, the account's private key for callbacks, and the
//! API key of the payment window's agreement for the form.

mod authorization;
mod authorization_mistakes;
mod callback;
mod callback_mistakes;
mod conditions;
mod deliveries;
mod forms;
mod json;
mod reading;
mod smaller;
mod subscription;
mod subscription_mistakes;
mod subscription_request;
mod sums;
mod told;
mod window;
mod window_mistakes;

use crate::kit::operation::Operation;
use crate::kit::provider::Provenance;

pub use authorization::Authorization;
pub use callback::Callback;
pub use subscription::Subscription;
pub(crate) use sums::checksum;
pub use window::Window;
pub(crate) use window::{window_canonical, window_checksum, window_diagnosis};

/// QuickPay's operations.
pub static OPERATIONS: &[&dyn Operation] = &[&Authorization, &Callback, &Window, &Subscription];

const DOCUMENTED: Provenance = Provenance::documented("QuickPay's documentation, learn.quickpay.net");
const SDK: Provenance = Provenance::observed("Setono's public SDK for PHP and what it advises");
const CLIENTS: Provenance = Provenance::observed("QuickPay's public clients and what is reported there");
const PLUGINS: Provenance = Provenance::observed("QuickPay's public plugins for WooCommerce and PrestaShop");
const SAMPLE: Provenance = Provenance::observed("the sample of a callback's route in Fenerum's document");
const COMMON: Provenance = Provenance::assumed("our judgement: a common slip, and the document rules it out");
