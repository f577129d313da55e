//! A transaction: authorised → captured → credited, or deleted. Dates are Danish time, as they travel.

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::freepay::acquirer::{Card, Verdict};
use crate::kit::table::{Id, Record};

/// A transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    /// `TransactionID`.
    pub id: u64,
    /// The merchant's number.
    pub merchant: String,
    /// `OrderID`.
    pub order: String,
    /// What was authorised, in minor units.
    pub amount: i64,
    /// ISO 4217, numeric.
    pub currency: u16,
    /// The card that paid.
    pub card: Card,
    /// The payer's address.
    pub source_ip: String,
    /// The subscription that was charged.
    pub subscription: Option<u64>,
    /// When it was authorised.
    pub authorized: DateTime,
    /// What a capture draws, or has drawn.
    pub capture_amount: i64,
    /// When it was captured; a moment ahead for a capture that waits for its day.
    pub captured: Option<DateTime>,
    /// The code of the last capture that was refused; 0 if none was since.
    pub capture_error: i32,
    /// From when on it may be captured.
    pub earliest: DateTime,
    /// Whether the merchant withholds it.
    pub awaiting: bool,
    /// Whether the merchant deleted it.
    pub deleted: bool,
    /// What went back to the payer; no view shows it.
    pub credited: i64,
}

/// Why a transaction does not move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stuck {
    /// The merchant withholds it.
    #[error("the transaction awaits approval: ApproveTransaction comes first")]
    Awaiting,
    /// It has been captured, or will be.
    #[error("the transaction is captured already")]
    Captured,
    /// It has been deleted.
    #[error("the transaction is deleted")]
    Deleted,
    /// Nothing was drawn that could go back.
    #[error("the transaction is not captured")]
    NotCaptured,
    /// Nothing, or less than nothing.
    #[error("the amount is not above 0")]
    NotPositive,
    /// `DateEarliestCapture` has not come.
    #[error("DateEarliestCapture has not come")]
    TooEarly,
    /// More than there is.
    #[error("the amount is above {0}, which is all there is")]
    TooMuch(i64),
}

impl Transaction {
    /// What was authorised just now, for nobody in particular.
    #[must_use]
    pub fn fresh(id: u64, amount: i64, card: Card, now: DateTime) -> Self {
        Self {
            id,
            merchant: String::new(),
            order: String::new(),
            amount,
            currency: 0,
            card,
            source_ip: String::new(),
            subscription: None,
            authorized: now,
            capture_amount: amount,
            captured: None,
            capture_error: 0,
            earliest: now,
            awaiting: false,
            deleted: false,
            credited: 0,
        }
    }

    /// Whether it is captured by now.
    #[must_use]
    pub fn is_captured(&self, now: DateTime) -> bool {
        self.captured.is_some_and(|captured| captured <= now)
    }

    /// What is still only authorised.
    fn authorised(self) -> Result<Self, Stuck> {
        match self {
            Self { deleted: true, .. } => Err(Stuck::Deleted),
            Self { captured: Some(_), .. } => Err(Stuck::Captured),
            authorised => Ok(authorised),
        }
    }

    /// When a capture that is asked for now draws the money. `waits`: whether it waits for its day.
    pub fn capture_at(&self, now: DateTime, waits: bool) -> Result<DateTime, Stuck> {
        match self.clone().authorised()? {
            Self { awaiting: true, .. } => Err(Stuck::Awaiting),
            Self { earliest, .. } if earliest > now && !waits => Err(Stuck::TooEarly),
            Self { earliest, .. } => Ok(earliest.max(now)),
        }
    }

    /// Draws the capture amount. Where the acquirer refuses, the view tells its code.
    pub fn capture(self, now: DateTime, waits: bool, verdict: Verdict) -> Result<Self, Stuck> {
        let at = self.capture_at(now, waits)?;
        Ok(if verdict.is_approved() {
            Self { captured: Some(at), capture_error: 0, ..self }
        } else {
            Self { capture_error: verdict.code(), ..self }
        })
    }

    /// Changes what a capture draws.
    pub fn change_capture_amount(self, amount: i64) -> Result<Self, Stuck> {
        let authorised = self.authorised()?;
        match amount {
            ..=0 => Err(Stuck::NotPositive),
            amount if amount > authorised.amount => Err(Stuck::TooMuch(authorised.amount)),
            amount => Ok(Self { capture_amount: amount, ..authorised }),
        }
    }

    /// Gives the authorisation up.
    pub fn delete(self) -> Result<Self, Stuck> {
        Ok(Self { deleted: true, ..self.authorised()? })
    }

    /// Gives money back.
    pub fn credit(self, amount: i64, now: DateTime) -> Result<Self, Stuck> {
        let left = self.capture_amount - self.credited;
        match amount {
            _ if self.deleted => Err(Stuck::Deleted),
            _ if !self.is_captured(now) => Err(Stuck::NotCaptured),
            ..=0 => Err(Stuck::NotPositive),
            amount if amount > left => Err(Stuck::TooMuch(left)),
            amount => Ok(Self { credited: self.credited + amount, ..self }),
        }
    }

    /// Says from when on it may be captured.
    pub fn set_earliest_capture(self, earliest: DateTime) -> Result<Self, Stuck> {
        Ok(Self { earliest, ..self.authorised()? })
    }

    /// Withholds it until somebody approves it.
    pub fn withhold(self) -> Result<Self, Stuck> {
        Ok(Self { awaiting: true, ..self.authorised()? })
    }

    /// Approves what was withheld; of what was not nothing changes.
    pub fn approve(self) -> Result<Self, Stuck> {
        Ok(Self { awaiting: false, ..self.authorised()? })
    }
}

impl Record for Transaction {
    const TABLE: &'static str = "freepay.transactions";

    fn id(&self) -> Id {
        self.id.into()
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use proptest::prelude::*;

    use super::*;
    use crate::kit::nets;

    const START: DateTime = jiff::civil::datetime(2026, 3, 1, 13, 0, 0, 0);

    fn transaction(amount: i64) -> Transaction {
        Transaction::fresh(1_000_000, amount, Card::usual(START.date(), b""), START)
    }

    fn refused() -> Verdict {
        Verdict::nets(116)
    }

    proptest! {
        #![proptest_config(crate::kit::laws())]
        #[test]
        fn never_more_goes_out_than_was_authorised_nor_back_than_was_drawn(
            amount in 1_i64..5000,
            moves in proptest::collection::vec((0_u8..10, -10_i64..6000, 0_i64..4), 1..30),
            waits: bool,
        ) {
            let mut transaction = transaction(amount);
            let mut now = START;
            for (step, number, hours) in moves {
                now = now.saturating_add(hours.hours());
                let before = transaction.clone();
                let moved = match step {
                    0 | 1 => before.clone().capture(now, waits, Verdict::nets(nets::APPROVED)),
                    2 => before.clone().capture(now, waits, refused()),
                    3 => before.clone().change_capture_amount(number),
                    4 => before.clone().delete(),
                    5 | 6 => before.clone().credit(number, now),
                    7 => before.clone().set_earliest_capture(now.saturating_add(number.minutes())),
                    8 => before.clone().withhold(),
                    _ => before.clone().approve(),
                };
                if let Ok(moved) = moved {
                    transaction = moved;
                }
                prop_assert!((1..=transaction.amount).contains(&transaction.capture_amount));
                prop_assert!((0..=transaction.capture_amount).contains(&transaction.credited));
                prop_assert!(transaction.credited == 0 || transaction.is_captured(now));
                prop_assert!(!(transaction.deleted && transaction.captured.is_some()));
                // What was drawn stays as it was drawn, and what is deleted stays deleted.
                if before.captured.is_some() {
                    let as_before = Transaction { credited: before.credited, ..transaction.clone() };
                    prop_assert_eq!(&as_before, &before);
                    prop_assert!(transaction.credited >= before.credited);
                }
                if before.deleted {
                    prop_assert_eq!(&transaction, &before);
                }
                prop_assert!(!(before.awaiting && before.captured.is_none() && transaction.captured.is_some()));
            }
        }
    }

    #[test]
    fn each_refusal_has_its_reason() {
        let fresh = || transaction(500);
        let drawn = || fresh().capture(START, false, Verdict::nets(0)).expect("drawn");
        assert_eq!(drawn().capture(START, false, Verdict::nets(0)), Err(Stuck::Captured));
        assert_eq!(drawn().delete(), Err(Stuck::Captured));
        assert_eq!(drawn().credit(501, START), Err(Stuck::TooMuch(500)));
        assert_eq!(drawn().credit(0, START), Err(Stuck::NotPositive));
        assert_eq!(fresh().credit(1, START), Err(Stuck::NotCaptured));
        assert_eq!(fresh().change_capture_amount(501), Err(Stuck::TooMuch(500)));
        assert_eq!(fresh().change_capture_amount(0), Err(Stuck::NotPositive));
        let deleted = fresh().delete().expect("deleted");
        assert_eq!(deleted.capture(START, false, Verdict::nets(0)), Err(Stuck::Deleted));
        let withheld = fresh().withhold().expect("withheld");
        assert_eq!(withheld.capture(START, false, Verdict::nets(0)), Err(Stuck::Awaiting));
        let refused = fresh().capture(START, false, refused()).expect("answered");
        assert_eq!((refused.capture_error, refused.captured), (116, None));
    }

    #[test]
    fn a_capture_before_its_day_is_refused_or_waits() {
        let day = START.saturating_add(1.days());
        let early = transaction(500).set_earliest_capture(day).expect("set");
        assert_eq!(early.clone().capture(START, false, Verdict::nets(0)), Err(Stuck::TooEarly));
        let waiting = early.capture(START, true, Verdict::nets(0)).expect("waits");
        assert!(!waiting.is_captured(START) && waiting.is_captured(day));
        assert_eq!(waiting.clone().credit(1, START), Err(Stuck::NotCaptured));
        assert!(waiting.credit(1, day).is_ok());
    }
}
