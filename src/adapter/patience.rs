//! How long a reply may take.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use super::lock;

/// When the last reply came: the limit counts from there, for an adapter may answer one by one.
#[derive(Debug)]
pub(super) struct Patience {
    heard: Mutex<Instant>,
}

impl Patience {
    pub(super) fn new() -> Self {
        Self { heard: Mutex::new(Instant::now()) }
    }

    /// Takes note of a reply.
    pub(super) fn hear(&self) {
        *lock(&self.heard) = Instant::now();
    }

    /// Awaits one reply; `None` if there was none for so long, to this request or to any other.
    pub(super) async fn wait<T>(&self, limit: Duration, reply: impl Future<Output = T>) -> Option<T> {
        let mut reply = std::pin::pin!(reply);
        let asked = Instant::now();
        loop {
            let since = asked.max(self.heard());
            match tokio::time::timeout_at(since + limit, reply.as_mut()).await {
                Ok(outcome) => return Some(outcome),
                // It is still answering others.
                Err(_) if self.heard() > since => {}
                Err(_) => return None,
            }
        }
    }

    fn heard(&self) -> Instant {
        *lock(&self.heard)
    }
}
