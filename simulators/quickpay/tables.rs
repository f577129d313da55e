//! Every kind of record that is kept, so that a snapshot can be read.

use crate::kit::table::Reader;

use super::api::create::Taken;
use super::model::{Account, Agreement, Group, LinkRecord, Resource, UsedOnce};
use super::saved::CardToken;

pub(super) const TABLES: &[Reader] = &[
    Reader::of::<Account>(),
    Reader::of::<Agreement>(),
    Reader::of::<CardToken>(),
    Reader::of::<Group>(),
    Reader::of::<LinkRecord>(),
    Reader::of::<Resource>(),
    Reader::of::<Taken>(),
    Reader::of::<UsedOnce>(),
];
