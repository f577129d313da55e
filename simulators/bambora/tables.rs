//! Every kind of record that is kept, so that a snapshot can be read.

use crate::kit::table::Reader;

use super::model::{Deleted, Merchant, Subscription, Transaction};
use super::window::Window;

pub(super) const TABLES: &[Reader] = &[
    Reader::of::<Deleted>(),
    Reader::of::<Merchant>(),
    Reader::of::<Subscription>(),
    Reader::of::<Transaction>(),
    Reader::of::<Window>(),
];
