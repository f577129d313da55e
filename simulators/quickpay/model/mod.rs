//! QuickPay's records: payments, subscriptions and cards, their operations and links. Pure.

mod account;
mod link;
mod metadata;
mod resource;
mod transitions;

pub use account::{Account, Agreement, Group, Right};
pub use link::{Link, LinkRecord, Waiting};
pub use metadata::Metadata;
pub(crate) use resource::UsedOnce;
pub use resource::{Kind, Operation, Resource, State, Verdict};
pub use transitions::{Refused, Step};
