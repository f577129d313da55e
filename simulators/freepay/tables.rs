//! Every kind of record that is kept, so that a snapshot can be read.

use crate::kit::table::Reader;

use super::model::{Merchant, Order, Payment, Posted, Subscription, Transaction};

pub(super) const TABLES: &[Reader] = &[
    Reader::of::<Merchant>(),
    Reader::of::<Order>(),
    Reader::of::<Payment>(),
    Reader::of::<Posted>(),
    Reader::of::<Subscription>(),
    Reader::of::<Transaction>(),
];
