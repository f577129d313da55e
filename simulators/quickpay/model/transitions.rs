//! What can be done with a resource, and what it is then. Its state, its balance and whether it is accepted
//! follow from its operations, so nothing is kept twice.

use jiff::Timestamp;

use super::resource::{Kind, Operation, Resource, State};

/// Why an operation cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The resource is not in a state for it.
    State,
    /// More than there is.
    TooMuch,
}

/// What somebody wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Reserve an amount, or sign up.
    Authorize,
    /// Give the reservation back, or end a subscription.
    Cancel,
    /// Take an amount of what is reserved.
    Capture(i64),
    /// Charge a subscription.
    Recurring,
    /// Give an amount back.
    Refund(i64),
    /// Reserve again what is about to expire.
    Renew,
    /// Begin a payment with another method than a card.
    Session,
}

impl Resource {
    /// The operations that have begun.
    #[must_use]
    pub fn begun(&self, now: Timestamp) -> impl DoubleEndedIterator<Item = &Operation> {
        self.operations.iter().filter(move |operation| operation.created_at <= now)
    }

    fn approved<'a>(&'a self, now: Timestamp, types: &'a [&str]) -> impl Iterator<Item = &'a Operation> {
        self.begun(now)
            .filter(move |operation| operation.is_approved(now) && types.contains(&operation.r#type.as_str()))
    }

    fn sum(&self, now: Timestamp, types: &[&str]) -> i64 {
        self.approved(now, types).filter_map(|operation| operation.amount).fold(0, i64::saturating_add)
    }

    /// Whether an authorization was approved. It stays so, whatever follows.
    #[must_use]
    pub fn accepted(&self, now: Timestamp) -> bool {
        self.approved(now, &["authorize", "recurring"]).next().is_some()
    }

    /// What was captured and not given back, in minor units.
    #[must_use]
    pub fn balance(&self, now: Timestamp) -> i64 {
        self.sum(now, &["capture"]) - self.sum(now, &["refund"])
    }

    /// What was authorized, in minor units.
    #[must_use]
    pub fn authorized(&self, now: Timestamp) -> i64 {
        self.sum(now, &["authorize", "recurring"])
    }

    /// Where it stands.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> State {
        let any = |types: &[&str]| self.approved(now, types).next().is_some();
        let tried = |operation: &Operation| matches!(operation.r#type.as_str(), "authorize" | "recurring");
        if self.begun(now).any(|operation| operation.is_pending(now)) {
            return State::Pending;
        }
        match self.kind {
            Kind::Payment if any(&["capture", "cancel", "refund"]) => State::Processed,
            Kind::Payment if self.accepted(now) => State::New,
            Kind::Card | Kind::Subscription if any(&["cancel"]) => State::Cancelled,
            Kind::Card | Kind::Subscription if self.accepted(now) => State::Active,
            _ if self.begun(now).any(tried) => State::Rejected,
            _ => State::Initial,
        }
    }

    /// Whether a step may be taken.
    pub fn allows(&self, step: Step, now: Timestamp) -> Result<(), Refused> {
        let state = self.state(now);
        let any = |types: &[&str]| self.approved(now, types).next().is_some();
        let open = state != State::Pending;
        let (fits, enough) = match step {
            Step::Authorize | Step::Session => (matches!(state, State::Initial | State::Rejected), true),
            Step::Recurring => (state == State::Active, true),
            Step::Renew => (open && self.accepted(now) && !any(&["capture", "cancel"]), true),
            Step::Cancel => {
                let captured = self.kind == Kind::Payment && any(&["capture"]);
                (open && self.accepted(now) && !captured && !any(&["cancel"]), true)
            }
            Step::Capture(amount) => {
                let left = self.authorized(now) - self.sum(now, &["capture"]);
                (open && self.accepted(now) && !any(&["cancel"]), amount <= left)
            }
            Step::Refund(amount) => (open && any(&["capture"]), amount <= self.balance(now)),
        };
        match (fits, enough) {
            (false, _) => Err(Refused::State),
            (true, false) => Err(Refused::TooMuch),
            (true, true) => Ok(()),
        }
    }

    /// With one more operation. A capture that was planned for later is taken out, for the new one comes
    /// first.
    #[must_use]
    pub fn with(mut self, operation: Operation, now: Timestamp) -> (Self, Option<Operation>) {
        let planned = self.operations.iter().position(|planned| planned.created_at > operation.created_at);
        let planned = planned.map(|place| self.operations.remove(place));
        self.operations.push(operation);
        self.updated_at = now;
        (self, planned)
    }

    /// The id of the next operation.
    #[must_use]
    pub fn next_operation(&self, now: Timestamp) -> u64 {
        self.begun(now).map(|operation| operation.id).max().unwrap_or_default() + 1
    }
}
