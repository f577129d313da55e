//! An integrator's code in this very process: no pipe, no JSON.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use provkassa_simulators::kit::operation::{Message, Operation};

use super::Said;
use super::wire::{Hello, Incoming};

/// Code that answers messages, called directly.
///
/// The same that an adapter does over a pipe. It is called from one task at a time.
pub trait Integrator: fmt::Debug + Send + Sync + 'static {
    /// What it says of itself: its name, and the operations that it knows.
    fn hello(&self) -> Hello;

    /// Its answer to one message. A panic is reported as a fault of its own on this message.
    fn answer(&self, operation: &dyn Operation, message: &Message) -> Said;
}

/// Asks it, and catches what it throws.
pub(super) fn ask(integrator: &dyn Integrator, operation: &dyn Operation, message: &Message) -> Incoming {
    // It gets nothing that it could leave half changed.
    match catch_unwind(AssertUnwindSafe(|| integrator.answer(operation, message))) {
        Ok(Said::Reply(reply)) => Incoming::Reply(reply),
        Ok(Said::Unsupported(why)) => Incoming::Unsupported(why),
        Err(thrown) => Incoming::Error(format!("it panicked: {}", words(thrown.as_ref()))),
    }
}

/// What a panic said.
pub(crate) fn words(thrown: &(dyn Any + Send)) -> &str {
    let text = thrown.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| thrown.downcast_ref::<&str>().copied()).unwrap_or("it did not say why")
}
