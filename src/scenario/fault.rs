//! What can be wrong with the shop under test, so that nothing can be found out about it.

use std::time::Duration;

/// Why a scenario could not be judged, with what the shop has written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct ShopFault {
    /// What happened.
    pub kind: FaultKind,
    /// The last that the shop wrote to its stdout and stderr, where we started it.
    pub output: String,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultKind {
    /// The command does not start.
    #[error("`{command}` does not start: {why}")]
    Start {
        /// The command.
        command: String,
        /// What the system says.
        why: String,
    },
    /// The process is gone.
    #[error("the shop ended{}", status.map_or_else(String::new, |status| format!(" with status {status}")))]
    Ended {
        /// Its exit status, where it has one.
        status: Option<i32>,
    },
    /// It did not become ready.
    #[error("the shop was not ready at {url} after {} s: {last}", after.as_secs_f64())]
    NotReady {
        /// Where it was asked.
        url: String,
        /// How long.
        after: Duration,
        /// What came of the last question.
        last: String,
    },
    /// Nobody answers there.
    #[error("{what} cannot be reached at {url}: {why}")]
    Unreachable {
        /// What was asked: the shop, QuickPay.
        what: String,
        /// The address.
        url: String,
        /// What the connection says.
        why: String,
        /// Whether we have started the shop.
        started: bool,
        /// Whether the configuration names the address: else the shop led there.
        named: bool,
    },
    /// It takes the connection, and closes it before it has answered.
    #[error("{what} closed the connection in the middle of its answer to {url}: {why}")]
    Closed {
        /// What was asked.
        what: String,
        /// The address.
        url: String,
        /// What the connection says.
        why: String,
    },
    /// What comes back is no HTTP.
    #[error("what {what} answers to {url} is no HTTP: {why}")]
    NoHttp {
        /// What was asked.
        what: String,
        /// The address.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// Somebody is there, and no secure connection comes about.
    #[error("{what} cannot be asked at {url}: {why}")]
    Untrusted {
        /// What was asked.
        what: String,
        /// The address.
        url: String,
        /// Why not, and what to do.
        why: String,
        /// Whether the configuration names the address.
        named: bool,
    },
    /// A callback arrives, and is not answered.
    #[error("the callback to {url} {how}")]
    Callback {
        /// The address, without what stands behind the question mark.
        url: String,
        /// What became of it: `was not answered within 10 s`.
        how: String,
    },
    /// It takes too long.
    #[error("{what} did not answer {url} within {} s", after.as_secs_f64())]
    Silent {
        /// What was asked.
        what: String,
        /// The address.
        url: String,
        /// How long.
        after: Duration,
    },
    /// It answers something that cannot be used.
    #[error("{url}: {what}; got {got}")]
    Garbage {
        /// Where it was asked.
        url: String,
        /// What was expected.
        what: String,
        /// What came, shortened.
        got: String,
    },
    /// A scenario takes too long as a whole.
    #[error("the scenario was not over after {} s", after.as_secs_f64())]
    Endless {
        /// How long.
        after: Duration,
    },
    /// A payer is sent to another machine.
    #[error("the payer is sent to {url}, which is not on this machine: nothing was fetched there")]
    Away {
        /// Where to.
        url: String,
        /// Whether the payer is on the way back to the shop.
        back: bool,
    },
    /// A feature asks for something that there is not.
    #[error("the scenario is written wrongly: {0}")]
    Feature(String),
    /// The sandbox does not work.
    #[error("{0}; this is a fault of provkassa's own")]
    Own(String),
}

impl FaultKind {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Start { .. } => {
                "Write into `shop.start` what you type to start the shop, and its folder into `shop.cwd`."
            }
            Self::Ended { .. } => "Its last words are below; it must run until the check is over.",
            Self::NotReady { .. } => {
                "Look at its output, at the address (`shop.ready`, else the checkout's), and at `shop.start_timeout`."
            }
            Self::Unreachable { started: true, .. } => {
                "`shop.start` runs, and nobody listens there: look at the address, and at the port that the shop takes."
            }
            Self::Unreachable { started: false, .. } => {
                "Start the shop first, or let `shop.start` do it, and look at the address."
            }
            Self::Closed { .. } => {
                "Somebody listens there: a handler that throws looks like this from here. See what the shop wrote."
            }
            Self::NoHttp { .. } => {
                "Somebody listens there and speaks something else: look at the address and the port, and whether it \
                 wants https."
            }
            Self::Untrusted { .. } => {
                "The shop is there. Let provkassa trust its certificate (--callback-ca FILE), or give its http address."
            }
            Self::Callback { .. } => {
                "The provider's callback arrives there: look at what that route of the shop waits for, or fails by."
            }
            Self::Silent { .. } => {
                "Somebody listens there and does not answer: look at what that route of the shop waits for."
            }
            Self::Garbage { .. } => "Look at that route of the shop, and at how [shop] describes it.",
            Self::Endless { .. } => "The trail shows where it stood; look there in the shop.",
            Self::Away { back: true, .. } => {
                "Let the shop give the provider its own address as payers reach it here: they come back to it."
            }
            Self::Away { .. } => "Give the shop the sandbox's addresses, as `provkassa env` prints them.",
            Self::Feature(_) => {
                "Correct the feature; `provkassa steps` prints the steps, with an example of each."
            }
            Self::Own(_) => "Please report it with the trail.",
        }
    }
}

impl ShopFault {
    /// Whether nothing more can be found out about the shop, whatever is tried: it is gone, or nobody is there.
    #[must_use]
    pub fn is_final(&self) -> bool {
        match self.kind {
            FaultKind::Start { .. }
            | FaultKind::Ended { .. }
            | FaultKind::NotReady { .. }
            | FaultKind::Own(_) => true,
            // Who led elsewhere still runs.
            FaultKind::Unreachable { named, .. } | FaultKind::Untrusted { named, .. } => named,
            FaultKind::Closed { .. }
            | FaultKind::NoHttp { .. }
            | FaultKind::Callback { .. }
            | FaultKind::Silent { .. }
            | FaultKind::Garbage { .. }
            | FaultKind::Endless { .. }
            | FaultKind::Away { .. }
            | FaultKind::Feature(_) => false,
        }
    }

    /// Whether it is about a callback that was not answered, and about nothing else.
    pub(super) fn is_of_a_callback(&self) -> bool {
        matches!(self.kind, FaultKind::Callback { .. })
    }

    /// Whether the shop answered, and what it answered leads no payer to a provider.
    pub(super) fn leads_nowhere(&self) -> bool {
        matches!(self.kind, FaultKind::Garbage { .. } | FaultKind::Away { .. })
    }
}

impl From<FaultKind> for ShopFault {
    fn from(kind: FaultKind) -> Self {
        Self { kind, output: String::new() }
    }
}
