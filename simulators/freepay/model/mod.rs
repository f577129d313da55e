//! Freepay's records and how they move. Pure.

mod merchant;
mod order;
mod payment;
mod subscription;
mod transaction;

pub use merchant::Merchant;
pub use order::Order;
pub use payment::{Payment, Posted, State};
pub use subscription::Subscription;
pub use transaction::{Stuck, Transaction};
