//! A window that a shop opened, until it is paid or over.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::kit::page::Sent;
use crate::kit::table::{Id, Record};

use super::terms::Terms;

/// How long nobody may do anything in a window that has no time of its own, in minutes: ePay's -5509 says so.
const IDLE_MINUTES: i64 = 20;
/// ePay's code for a window in which nobody did anything.
pub(super) const IDLE: &str = "-5509";
/// And for one whose time is over.
pub(super) const TIMED_OUT: &str = "-5514";

/// How a window ended, or that it has not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum End {
    /// It waits for the payer.
    Open,
    /// Nothing can be paid in it any more: ePay's code says why.
    Over(String),
    /// It is paid, or the card is stored.
    Paid(Paid),
}

/// What became of a window that went well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Paid {
    /// `txnid`; 0 where nothing was authorized.
    pub(super) transaction: u64,
    /// What the payer pays on top.
    pub(super) fee: i64,
    /// Where the payer goes, with all parameters; empty for nowhere.
    pub(super) location: String,
    /// The planted fault that struck where the payer goes.
    #[serde(default)]
    pub(super) fault: Option<String>,
    /// Where the shop is told; empty for nowhere.
    pub(super) callback: String,
    /// Which callbacks go one after the other.
    pub(super) lane: String,
}

/// A payment window.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::bambora) struct Window {
    pub(super) token: String,
    /// What was sent, in short: who sends it again comes to this window.
    pub(super) mark: String,
    pub(super) terms: Terms,
    /// For the folded panel.
    pub(super) sent: Sent,
    pub(super) since: Timestamp,
    /// When somebody last did something in it.
    pub(super) active: Timestamp,
    pub(super) end: End,
}

impl Record for Window {
    const TABLE: &'static str = "bambora.windows";

    fn id(&self) -> Id {
        self.token.as_str().into()
    }
}

impl Window {
    /// Why its time is over; `None` as long as it is not.
    pub(super) fn too_late(&self, now: Timestamp) -> Option<&'static str> {
        let over = |since: Timestamp, minutes: i64| {
            now.duration_since(since).as_secs() >= minutes.saturating_mul(60)
        };
        match self.terms.timeout.filter(|minutes| *minutes > 0) {
            Some(minutes) => over(self.since, minutes).then_some(TIMED_OUT),
            None => over(self.active, IDLE_MINUTES).then_some(IDLE),
        }
    }

    /// Whether it can still be paid.
    pub(super) fn is_open(&self, now: Timestamp) -> bool {
        self.end == End::Open && self.too_late(now).is_none()
    }
}
