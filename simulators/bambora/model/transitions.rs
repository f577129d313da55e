//! What can be done with a transaction, and what it is then.

use jiff::{SignedDuration, Timestamp};

use crate::bambora::currency::shown;
use crate::kit::settings::Settings;

use super::transaction::{Event, Status, Transaction};

/// What somebody wants to do. Amounts are in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Take an amount of what is authorized.
    Capture(i64),
    /// Give an amount of what was captured back.
    Credit(i64),
    /// Release the authorization.
    Delete,
    /// Call it captured, without the acquirer.
    MoveAsCaptured,
    /// Put it into another payment group.
    MoveToGroup,
    /// Authorize it again.
    Renew,
}

/// Why something cannot be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// More than there is, or not yet.
    Amount,
    /// It was captured.
    Captured,
    /// It was deleted.
    Deleted,
    /// What came cannot be right: an amount of nothing, a name that is too long.
    Invalid,
    /// Too soon after another operation.
    TooSoon,
}

impl Refused {
    /// ePay's code for it. That each of these states has this code is assumed: the list of codes tells what the
    /// codes mean, and not when they come.
    #[must_use]
    pub fn code(self) -> i32 {
        match self {
            Self::Amount => -1007,
            Self::Captured => -1023,
            Self::Deleted => -1020,
            Self::Invalid => -1100,
            Self::TooSoon => -1021,
        }
    }
}

/// The rules under which something is done.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// When.
    pub now: Timestamp,
    /// How long a transaction rests between two operations.
    pub pause: SignedDuration,
    /// How long Euroline takes to settle.
    pub settlement: SignedDuration,
}

impl Terms {
    /// Those of a workspace.
    #[must_use]
    pub fn of(settings: &Settings, now: Timestamp) -> Self {
        // So that no span overflows.
        let bounded = |name| settings.number(name).clamp(0, 1_000_000);
        Self {
            now,
            pause: SignedDuration::from_mins(bounded("bambora.pause_minutes")),
            settlement: SignedDuration::from_hours(bounded("bambora.settlement_hours")),
        }
    }
}

/// Whose doing a line of history is, as `logonID` tells it in recorded traffic: the card holder's, or a call's.
const BY_CARD_HOLDER: i64 = 0;
const BY_CALL: i64 = -1;

/// The longest name of a payment group.
const LONGEST_GROUP: usize = 100;

impl Transaction {
    /// All that was authorized, with the fee.
    #[must_use]
    pub fn authorized(&self) -> i64 {
        self.amount.saturating_add(self.fee)
    }

    /// How it stands now: what Euroline had to settle may be settled.
    #[must_use]
    pub fn settled(mut self, terms: &Terms) -> Self {
        let since = match self.status {
            Status::PaymentEurolineWaitCapture => self.captured_at,
            Status::PaymentEurolineWaitCredit => self.credited_at,
            _ => None,
        };
        if since.is_some_and(|since| terms.now.duration_since(since) >= terms.settlement) {
            self.status = Status::PaymentCaptured;
        }
        self
    }

    /// What it is when a step was taken; or why that cannot be. A group that is named with any step is the
    /// transaction's from then on, which is assumed: the guide says no more than that there is the parameter.
    pub fn take(&self, step: Step, group: &str, terms: &Terms) -> Result<Self, Refused> {
        let mut next = self.clone().settled(terms);
        let now = terms.now;
        if group.chars().count() > LONGEST_GROUP {
            return Err(Refused::Invalid);
        }
        match step {
            Step::Capture(amount) => {
                next.allows_capture(terms)?;
                within(amount, next.authorized() - next.captured)?;
                next.capture(amount, BY_CALL, now);
            }
            Step::Credit(amount) => {
                next.allows_credit(terms)?;
                within(amount, next.captured - next.credited)?;
                next.credit(amount, now);
            }
            Step::Delete => {
                next.allows_end()?;
                next.status = Status::PaymentDeleted;
                next.deleted_at = Some(now);
                next.note("Payment deleted".to_owned(), BY_CALL, now);
            }
            Step::MoveAsCaptured => {
                next.allows_end()?;
                next.status = Status::PaymentCaptured;
                next.captured = next.authorized();
                next.captured_at = Some(now);
                next.note("Payment moved as captured".to_owned(), BY_CALL, now);
            }
            Step::MoveToGroup if group.is_empty() => next.group.clear(),
            Step::MoveToGroup => {}
            Step::Renew => {
                next.allows_end()?;
                // It can be captured as before. That this is the state then is assumed, from its name.
                next.status = Status::PaymentRenew;
                next.note("Payment renewed".to_owned(), BY_CALL, now);
            }
        }
        next.join(group, now);
        Ok(next)
    }

    /// It goes into another payment group, unless it is in it or none is named.
    fn join(&mut self, group: &str, now: Timestamp) {
        if !group.is_empty() && group != self.group {
            group.clone_into(&mut self.group);
            self.note(format!("Payment moved to group {group}"), BY_CALL, now);
        }
    }

    /// Its first lines of history. A group has a line where the card holder paid, and none where a subscription
    /// was charged; recorded traffic shows both.
    pub fn begin(&mut self) {
        let (at, amount) = (self.authorized_at, shown(self.authorized(), self.currency));
        let logon = self.logon();
        let text = format!("Payment authorized with amount {amount} and currency code {:03}", self.currency);
        self.note(text, logon, at);
        if logon == BY_CARD_HOLDER && !self.group.is_empty() {
            self.note(format!("Payment moved to group {}", self.group), logon, at);
        }
    }

    /// Who authorized it.
    fn logon(&self) -> i64 {
        if self.subscription.is_some() { BY_CALL } else { BY_CARD_HOLDER }
    }

    /// It was to be captured with the authorization, and the acquirer said yes or no.
    pub fn capture_at_once(&mut self, approved: bool, now: Timestamp) {
        let logon = self.logon();
        if approved {
            self.capture(self.authorized(), logon, now);
        } else {
            self.status = Status::PaymentInstantCaptureFailed;
            self.note("Payment could not be captured".to_owned(), logon, now);
        }
    }

    /// Whether nothing was captured, and nothing deleted.
    fn is_open(&self) -> bool {
        matches!(self.status, Status::PaymentNew | Status::PaymentInstantCaptureFailed | Status::PaymentRenew)
    }

    fn allows_end(&self) -> Result<(), Refused> {
        match self.status {
            Status::PaymentDeleted => Err(Refused::Deleted),
            _ if self.is_open() => Ok(()),
            _ => Err(Refused::Captured),
        }
    }

    /// A capture, whatever its amount: the first, or another part where there may be parts.
    fn allows_capture(&self, terms: &Terms) -> Result<(), Refused> {
        match self.allows_end() {
            Err(Refused::Captured) if self.split && self.captured < self.authorized() => self.rests(terms),
            other => other,
        }
    }

    /// A credit, whatever its amount.
    fn allows_credit(&self, terms: &Terms) -> Result<(), Refused> {
        match self.status {
            Status::PaymentDeleted => Err(Refused::Deleted),
            _ if self.card.is_of_net_bank() => Err(Refused::Amount),
            // Euroline takes credits from the next day only.
            Status::PaymentCaptured if self.credited == 0 || self.repeats_credits() => self.rests(terms),
            _ => Err(Refused::Amount),
        }
    }

    /// Whether the acquirer takes several credits of one payment, by ePay's integration guide.
    fn repeats_credits(&self) -> bool {
        match self.acquirer.as_str() {
            "CLEARHAUS" | "PBS" => true,
            "EVRY_ELAVON" | "HANDELSBANKEN" => self.split,
            _ => false,
        }
    }

    /// Whether it has rested since the last operation at the acquirer.
    fn rests(&self, terms: &Terms) -> Result<(), Refused> {
        let last = self.captured_at.max(self.credited_at);
        let rested = last.is_none_or(|last| terms.now.duration_since(last) >= terms.pause);
        if rested { Ok(()) } else { Err(Refused::TooSoon) }
    }

    fn capture(&mut self, amount: i64, logon: i64, now: Timestamp) {
        self.captured += amount;
        self.captured_at = Some(now);
        self.status = self.at_acquirer(Status::PaymentEurolineWaitCapture);
        self.note(format!("Payment captured with amount {}", shown(amount, self.currency)), logon, now);
    }

    fn credit(&mut self, amount: i64, now: Timestamp) {
        self.credited += amount;
        self.credited_at = Some(now);
        self.status = self.at_acquirer(Status::PaymentEurolineWaitCredit);
        self.note(format!("Payment credited with amount {}", shown(amount, self.currency)), BY_CALL, now);
    }

    fn at_acquirer(&self, waits: Status) -> Status {
        if self.acquirer == "EUROLINE" { waits } else { Status::PaymentCaptured }
    }

    fn note(&mut self, text: String, logon: i64, at: Timestamp) {
        // Nobody's history has a million lines.
        let id = self.id * 1_000_000 + self.history.len() as u64 + 1;
        self.history.push(Event { id, logon, text, at });
    }
}

/// Whether an amount is one, and within what there is.
fn within(amount: i64, most: i64) -> Result<(), Refused> {
    match amount {
        ..=0 => Err(Refused::Invalid),
        amount if amount > most => Err(Refused::Amount),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
