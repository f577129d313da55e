//! Payments, subscriptions and cards: one record, for they differ in a few members alone.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::kit::table::{Id, Record};
use crate::kit::tree::Tree;

use super::{Link, Metadata};

/// What a resource is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// A saved card.
    Card,
    /// A payment.
    Payment,
    /// An agreement to charge a card again and again.
    Subscription,
}

impl Kind {
    /// As errors, callbacks and `type` name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Card => "Card",
            Self::Payment => "Payment",
            Self::Subscription => "Subscription",
        }
    }

    /// As it stands in paths.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Card => "cards",
            Self::Payment => "payments",
            Self::Subscription => "subscriptions",
        }
    }

    /// The kind of a path's first segment.
    #[must_use]
    pub fn at(path: &str) -> Option<Self> {
        [Self::Card, Self::Payment, Self::Subscription].into_iter().find(|kind| kind.path() == path)
    }
}

/// Where a resource stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// A subscription that can be charged.
    Active,
    /// A subscription that was ended.
    Cancelled,
    /// Nothing was tried.
    Initial,
    /// Authorized, nothing captured.
    New,
    /// An operation is under way.
    Pending,
    /// Captured, cancelled or refunded.
    Processed,
    /// The authorization was refused.
    Rejected,
}

impl State {
    /// As it travels.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Cancelled => "cancelled",
            Self::Initial => "initial",
            Self::New => "new",
            Self::Pending => "pending",
            Self::Processed => "processed",
            Self::Rejected => "rejected",
        }
    }
}

/// What QuickPay and the acquirer say to an operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// `20000`.
    pub qp_code: String,
    /// `Approved`.
    pub qp_text: String,
    /// The acquirer's own.
    pub aq_code: Option<String>,
    /// The acquirer's own.
    pub aq_text: Option<String>,
}

/// The code of what is approved.
pub(crate) const APPROVED: &str = "20000";
/// The code of what waits until somebody approves it elsewhere.
pub(crate) const WAITING: &str = "20200";

impl Verdict {
    /// Whether it went well.
    #[must_use]
    pub fn is_approved(&self) -> bool {
        self.qp_code == APPROVED
    }
}

/// One operation of a resource.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Operation {
    /// Counts from 1 in its resource.
    pub id: u64,
    /// `authorize`.
    pub r#type: String,
    /// In minor units; none where it has none.
    pub amount: Option<i64>,
    /// What came of it, or will come of it when it is due.
    pub verdict: Verdict,
    /// More about it.
    pub data: Tree,
    /// Where its callback goes.
    pub callback_url: Option<String>,
    /// Who carries it out.
    pub acquirer: Option<String>,
    /// What the 3-D Secure step said.
    pub three_d_secure_status: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it has its verdict; until then it is pending.
    pub due: Timestamp,
    /// Whether it was given up before it had its verdict.
    pub aborted: bool,
    /// When an authorization that waits for somebody is captured, once it is approved.
    pub captures_at: Option<Timestamp>,
}

impl Operation {
    /// Whether it has no verdict yet.
    #[must_use]
    pub fn is_pending(&self, now: Timestamp) -> bool {
        !self.aborted && (self.due > now || self.waits())
    }

    /// Whether it waits until somebody approves it elsewhere.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.verdict.qp_code == WAITING
    }

    /// Whether it went well.
    #[must_use]
    pub fn is_approved(&self, now: Timestamp) -> bool {
        !self.is_pending(now) && self.verdict.is_approved()
    }
}

/// A payment, a subscription or a card.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Resource {
    /// Its id, which payments, subscriptions and cards draw from one stream.
    pub id: u64,
    /// 26 characters.
    pub ulid: String,
    /// What it is.
    pub kind: Kind,
    /// Whose.
    pub merchant_id: u64,
    /// The merchant's; empty for a card.
    pub order_id: String,
    /// What a subscription is for.
    pub description: Option<String>,
    /// What stands on the payer's statement.
    pub text_on_statement: Option<String>,
    /// How the window looks.
    pub branding_id: Option<i64>,
    /// The merchant's own, as they came.
    pub variables: Tree,
    /// ISO 4217; empty for a card.
    pub currency: String,
    /// How it is paid.
    pub metadata: Metadata,
    /// Its link.
    pub link: Option<Link>,
    /// How many links it has had.
    pub links: u64,
    /// As it came.
    pub shipping_address: Tree,
    /// As it came.
    pub invoice_address: Tree,
    /// As it came.
    pub basket: Tree,
    /// As it came.
    pub shipping: Tree,
    /// Its operations, the first first.
    pub operations: Vec<Operation>,
    /// Whether a test card paid it.
    pub test_mode: bool,
    /// Who carries it out.
    pub acquirer: Option<String>,
    /// The test card that pays it.
    pub card: Option<String>,
    /// What the acquirer's fee added, in minor units.
    pub fee: Option<i64>,
    /// The subscription that a recurring payment belongs to.
    pub subscription_id: Option<u64>,
    /// The groups of a subscription.
    pub group_ids: Vec<u64>,
    /// Whether a subscription is charged at no fixed times.
    pub unscheduled: bool,
    /// What a subscription says about 3-D Secure, as it came.
    pub threeds_v2: Tree,
    /// Until when it can be authorized.
    pub deadline_at: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Record for Resource {
    const TABLE: &'static str = "quickpay.resources";

    fn id(&self) -> Id {
        self.id.into()
    }
}

/// A test card that can be authorized only once, and was.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct UsedOnce {
    /// The test card's number.
    pub(crate) number: String,
}

impl Record for UsedOnce {
    const TABLE: &'static str = "quickpay.used_once";

    fn id(&self) -> Id {
        self.number.as_str().into()
    }
}
