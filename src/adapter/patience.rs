//! How long a reply may take.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use super::lock;

/// How long a reply may still take to be read when its time is up: it may lie in the pipe while we were busy with
/// something else ourselves.
const GRACE: Duration = Duration::from_millis(250);

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
                Err(_) => match tokio::time::timeout(GRACE, reply.as_mut()).await {
                    Ok(outcome) => return Some(outcome),
                    Err(_) if self.heard() > since => {}
                    Err(_) => return None,
                },
            }
        }
    }

    fn heard(&self) -> Instant {
        *lock(&self.heard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_millis(20);

    #[tokio::test]
    async fn a_reply_that_lay_there_while_we_were_busy_is_no_silence() {
        let patience = Patience::new();
        let (answer, coming) = tokio::sync::oneshot::channel();
        tokio::spawn(async move {
            // The runtime looks at its clock before it comes to the end of this.
            for _ in 0..200 {
                tokio::task::yield_now().await;
            }
            answer.send("here")
        });
        let busy = async { std::thread::sleep(3 * LIMIT) };
        let (reply, ()) = tokio::join!(patience.wait(LIMIT, coming), busy);
        assert_eq!(reply, Some(Ok("here")));
    }

    #[tokio::test]
    async fn silence_ends_it_and_other_replies_put_that_off() {
        let patience = Patience::new();
        assert_eq!(patience.wait(LIMIT, std::future::pending::<()>()).await, None);
        let slow = async {
            for _ in 0..5 {
                tokio::time::sleep(GRACE / 2).await;
                patience.hear();
            }
        };
        assert_eq!(patience.wait(LIMIT, slow).await, Some(()));
    }
}
