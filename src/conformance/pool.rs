//! The adapter, as many times as cases are tried at once.

use std::sync::Arc;

use futures_util::future::{try_join, try_join_all};

use crate::adapter::{AdapterError, Hello, Limits, Session, Target};

/// Conversations with one adapter. Each case is tried in one of them, and as many cases at once as there are.
#[derive(Clone, Debug)]
pub struct Pool {
    first: Arc<Session>,
    more: Vec<Arc<Session>>,
}

impl Pool {
    /// Starts the adapter `jobs` times, each a process of its own; a server is connected to once, and gets the
    /// messages of `jobs` cases at a time, within the one window that it announces. Fails where one of them does
    /// not come up.
    pub async fn open(target: Target, limits: Limits, jobs: usize) -> Result<Self, AdapterError> {
        match target {
            Target::Url(_) => Ok(Self::shared(Session::open(target, limits).await?, jobs)),
            Target::Command { .. } => {
                let more = (1..jobs).map(|_| Session::open(target.clone(), limits));
                let (first, more) =
                    try_join(Session::open(target.clone(), limits), try_join_all(more)).await?;
                Ok(Self { first: Arc::new(first), more: more.into_iter().map(Arc::new).collect() })
            }
        }
    }

    /// One conversation, in which `jobs` cases are tried at once: a server's, or that with code of this process.
    #[must_use]
    pub fn shared(session: Session, jobs: usize) -> Self {
        let first = Arc::new(session);
        let more = (1..jobs).map(|_| Arc::clone(&first)).collect();
        Self { first, more }
    }

    /// What the adapter said of itself.
    #[must_use]
    pub fn hello(&self) -> &Hello {
        self.first.hello()
    }

    /// What it has written to stderr; of several processes, the first.
    pub async fn stderr(&self) -> String {
        self.first.stderr().await
    }

    /// One conversation for each case that is tried at a time.
    pub(super) fn sessions(&self) -> Vec<Arc<Session>> {
        std::iter::once(&self.first).chain(&self.more).cloned().collect()
    }
}

impl From<Session> for Pool {
    /// One case at a time.
    fn from(session: Session) -> Self {
        Self::shared(session, 1)
    }
}
