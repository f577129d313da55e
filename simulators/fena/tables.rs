//! Every kind of record that is kept, so that a snapshot can be read.

use crate::kit::table::Reader;

use super::model::{Order, Payment, Terminal};

pub(super) const TABLES: &[Reader] =
    &[Reader::of::<Order>(), Reader::of::<Payment>(), Reader::of::<Terminal>()];
