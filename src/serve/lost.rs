//! How an exchange with somebody's server got lost: what to look at differs.

use std::error::Error;
use std::time::Duration;

/// What a shop's failure to answer a callback in time begins with.
const UNANSWERED: &str = "was not answered within ";
/// What one that it broke off begins with.
const CUT_OFF: &str = "was cut off in the middle of the answer: ";
/// What an answer begins with that is none.
const NO_HTTP: &str = "was answered with something that is no HTTP: ";

/// How an exchange got lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lost {
    /// Nobody takes the connection.
    Unconnected,
    /// No answer came in time.
    Silent,
    /// The connection was taken, and closed before the answer was whole.
    Closed,
    /// What came is no HTTP.
    NoHttp,
}

impl Lost {
    /// How this one did.
    pub(crate) fn of(error: &reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::Silent;
        }
        if error.is_connect() {
            return Self::Unconnected;
        }
        let mut cause = error.source();
        while let Some(inner) = cause {
            if inner.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse) {
                return Self::NoHttp;
            }
            cause = inner.source();
        }
        Self::Closed
    }
}

/// What became of a callback that brought no status back; why no connection came about is told by that alone.
pub(crate) fn told(lost: Lost, why: String, patience: Duration) -> String {
    match lost {
        Lost::Unconnected => why,
        Lost::Silent => format!("{UNANSWERED}{} s", patience.as_secs()),
        Lost::Closed => format!("{CUT_OFF}{why}"),
        Lost::NoHttp => format!("{NO_HTTP}{why}"),
    }
}

/// Whether a callback arrived that failed so: somebody listens there, and does not answer it.
#[cfg(feature = "cli")]
pub(crate) fn arrived(failure: &str) -> bool {
    [UNANSWERED, CUT_OFF, NO_HTTP].iter().any(|known| failure.starts_with(known))
}
