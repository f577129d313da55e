//! A callback before it is sent: the request, who signs it and who carries it, and what counts as delivered.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::Method;
use jiff::Timestamp;

use super::Policy;

/// The waits between attempts, first to second and so on; when they are used up we give up.
#[derive(Clone, Copy, Debug)]
pub struct RetrySchedule(pub &'static [Duration]);

/// Carries one request to the shop.
pub trait Courier: fmt::Debug + Send + Sync {
    /// What came back, or why nothing did. Redirects are not followed.
    fn deliver<'a>(&'a self, request: &'a Outgoing) -> BoxFuture<'a, Result<Answered, String>>;
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

/// Signs a request, last, over the bytes that are sent, at the time at which they are; where the second
/// argument says so it signs wrongly.
pub type Seal = Arc<dyn Fn(&mut Outgoing, bool, Timestamp) + Send + Sync>;

/// A callback that a transaction causes.
#[derive(Clone)]
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
    /// Who signs it.
    pub seal: Option<Seal>,
    /// When it is tried again.
    pub retries: RetrySchedule,
    /// Which statuses count as delivered.
    pub delivered: fn(u16) -> bool,
    /// Which redirects are followed with the same request.
    pub follows: fn(u16) -> bool,
    /// What is out of the ordinary about this one; what holds for its order or for all comes on top.
    pub policy: Policy,
}

impl fmt::Debug for Callback {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Callback")
            .field("provider", &self.provider)
            .field("order", &self.order)
            .field("url", &self.request.url)
            .finish_non_exhaustive()
    }
}
