//! Every kind of record that is kept, so that a snapshot can be read.

use crate::kit::table::Reader;

use super::model::{
    Access, Account, Calendar, Calls, Counter, Email, Invoice, PaymentCard, Plan, Recipient, SignUp,
    Subscription, Terms, Webhook,
};
use super::stripe::PaymentMethod;

pub(super) const TABLES: &[Reader] = &[
    Reader::of::<Access>(),
    Reader::of::<Account>(),
    Reader::of::<Calendar>(),
    Reader::of::<Calls>(),
    Reader::of::<Counter>(),
    Reader::of::<Email>(),
    Reader::of::<Invoice>(),
    Reader::of::<PaymentCard>(),
    Reader::of::<PaymentMethod>(),
    Reader::of::<Plan>(),
    Reader::of::<Recipient>(),
    Reader::of::<SignUp>(),
    Reader::of::<Subscription>(),
    Reader::of::<Terms>(),
    Reader::of::<Webhook>(),
];
