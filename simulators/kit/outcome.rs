//! What the payer and the acquirer do next: queued, by magic value, or pressed on the hosted page.
//!
//! The order is fixed: what is queued for the order (then for the workspace), then a magic value,
//! then the payer. If nobody decides, the payment waits. Of several queues for the same order the oldest goes first,
//! and each is taken from its beginning.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::table::{Id, Record, Tx};

/// How a payment ends. As text: `approve`, `decline`, `cancel`, `expire`, or a provider's code (`205`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Outcome {
    /// The payer pays.
    Approve,
    /// The payer gives up.
    Cancel,
    /// A result in the provider's own words.
    Code(String),
    /// The acquirer or the bank says no.
    Decline,
    /// Nobody answers in time.
    Expire,
}

impl From<String> for Outcome {
    fn from(text: String) -> Self {
        match text.as_str() {
            "approve" => Self::Approve,
            "cancel" => Self::Cancel,
            "decline" => Self::Decline,
            "expire" => Self::Expire,
            _ => Self::Code(text),
        }
    }
}

impl From<Outcome> for String {
    fn from(outcome: Outcome) -> Self {
        outcome.to_string()
    }
}

impl FromStr for Outcome {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(text.to_owned().into())
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Approve => "approve",
            Self::Cancel => "cancel",
            Self::Code(code) => code,
            Self::Decline => "decline",
            Self::Expire => "expire",
        })
    }
}

/// Outcomes that wait for their payment, the first first.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = QueuedOutcomes))]
pub struct Queued {
    /// Counts up; the oldest is taken first.
    pub number: u64,
    /// The provider's id.
    pub provider: String,
    /// The order as the provider names it; none for whichever comes next.
    pub order: Option<String>,
    /// What happens, one payment after the other.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub chain: Vec<Outcome>,
}

impl Record for Queued {
    const TABLE: &'static str = "outcomes";

    fn id(&self) -> Id {
        self.number.into()
    }
}

impl Tx<'_> {
    /// Queues a chain of outcomes; its number.
    pub fn queue_outcomes(&mut self, provider: &str, order: Option<&str>, chain: Vec<Outcome>) -> u64 {
        let number = self.next::<Queued>();
        self.put(Queued {
            number,
            provider: provider.to_owned(),
            order: order.map(ToOwned::to_owned),
            chain,
        });
        number
    }

    /// The outcome that is queued for this order, or for whichever comes next. It stays queued.
    #[must_use]
    pub fn queued_outcome(&self, provider: &str, order: &str) -> Option<Outcome> {
        self.queue_for(provider, order)?.chain.first().cloned()
    }

    /// Takes the outcome that is queued for this order, or for whichever comes next.
    pub fn take_outcome(&mut self, provider: &str, order: &str) -> Option<Outcome> {
        let queue = self.queue_for(provider, order)?;
        let mut rest = Queued::clone(&queue);
        let first = (!rest.chain.is_empty()).then(|| rest.chain.remove(0));
        if rest.chain.is_empty() {
            self.remove::<Queued>(rest.number);
        } else {
            self.put(rest);
        }
        first
    }

    /// Forgets the outcomes that are queued, those of a provider or for an order if one is named; how many were.
    pub fn withdraw_outcomes(&mut self, provider: Option<&str>, order: Option<&str>) -> usize {
        let mut queues = self.all::<Queued>();
        queues.retain(|queue| {
            provider.is_none_or(|provider| queue.provider == provider)
                && (order.is_none() || queue.order.as_deref() == order)
        });
        for queue in &queues {
            self.remove::<Queued>(queue.number);
        }
        queues.len()
    }

    fn queue_for(&self, provider: &str, order: &str) -> Option<Arc<Queued>> {
        let queues = self.all::<Queued>();
        let of = |wanted: Option<&str>| {
            let queue =
                queues.iter().find(|queue| queue.provider == provider && queue.order.as_deref() == wanted);
            queue.cloned()
        };
        of(Some(order)).or_else(|| of(None))
    }
}
