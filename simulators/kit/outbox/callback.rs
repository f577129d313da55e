//! A callback before it is sent: the request, who signs it and who carries it, and what counts as delivered.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::Method;
use jiff::Timestamp;
use serde_json::Value;

use super::Policy;
use crate::kit::fault::Kind;
use crate::kit::mask::Vault;

/// The waits between attempts, first to second and so on; when they are used up we give up.
#[derive(Clone, Debug)]
pub struct RetrySchedule(pub Cow<'static, [Duration]>);

impl RetrySchedule {
    /// These waits.
    #[must_use]
    pub const fn of(waits: &'static [Duration]) -> Self {
        Self(Cow::Borrowed(waits))
    }
}

/// Carries one request to the shop.
pub trait Courier: fmt::Debug + Send + Sync {
    /// What came back, or why nothing did. Redirects are not followed.
    fn deliver<'a>(&'a self, request: &'a Outgoing) -> BoxFuture<'a, Result<Answered, String>>;

    /// Where it brings what is meant for an address, if that is another one.
    fn instead_of(&self, _url: &str) -> Option<String> {
        None
    }

    /// Gives it what must not stand in what it tells.
    fn hides(&self, _secrets: &Vault) {}
}

/// What a shop answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The status.
    pub status: u16,
    /// Where it sends the request to instead.
    pub location: Option<String>,
}

/// Whether a status says that all is well: what most providers take for delivered.
#[must_use]
pub fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

/// A request to the shop, exactly as it is sent.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The method.
    pub method: Method,
    /// The receiver.
    pub url: String,
    /// Headers in the order they are sent.
    pub headers: Vec<(String, String)>,
    /// The body, byte for byte.
    pub body: Bytes,
}

/// Signs a request by its recipe, last, over the bytes that are sent, at the time at which they are; wrongly
/// in this way, if one is given.
pub type Sign = fn(&Value, &mut Outgoing, Option<Kind>, Timestamp);

/// What holds for all callbacks of a provider.
#[derive(Debug)]
pub struct Manners {
    /// Who signs them.
    pub sign: Sign,
    /// Which statuses count as delivered.
    pub delivered: fn(u16) -> bool,
    /// Which redirects are followed with the same request.
    pub follows: fn(u16) -> bool,
    /// What can be wrong about one.
    pub flaws: &'static [Kind],
}

/// A callback that a transaction causes.
#[derive(Clone, Debug)]
pub struct Callback {
    /// The provider's id.
    pub provider: &'static str,
    /// The order, as the provider names it.
    pub order: String,
    /// Callbacks of one lane go in sequence: the order, where nothing else tells orders apart.
    pub lane: String,
    /// What it tells of, among the callbacks of its lane; empty where that is not asked.
    pub subject: String,
    /// What is sent.
    pub request: Outgoing,
    /// What it is signed with, for who signs it; null where nobody does.
    pub recipe: Value,
    /// What holds for all of its provider's.
    pub manners: &'static Manners,
    /// When it is tried again.
    pub retries: RetrySchedule,
    /// What is out of the ordinary about this one; what holds for its order or for all comes on top.
    pub policy: Policy,
    /// The fault that strikes it, and what is said of it: [`super::super::table::Tx::send`] sees to it.
    pub fault: Option<(Kind, String)>,
}
