//! Freepay's records and how they move. Pure.

mod merchant;
mod payment;
mod subscription;
mod transaction;

pub use merchant::Merchant;
pub use payment::{Payment, Posted, State};
pub use subscription::Subscription;
pub use transaction::{Stuck, Transaction};
