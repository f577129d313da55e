//! ePay's records: the merchant, transactions with their history, and subscriptions. Pure.

mod merchant;
mod subscription;
mod transaction;
mod transitions;

pub use merchant::Merchant;
pub use subscription::{Deleted, Subscription};
pub use transaction::{Event, Status, Transaction};
pub use transitions::{Refused, Step, Terms};
