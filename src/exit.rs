//! Exit codes, for pipelines to decide by.

use std::process::ExitCode;

/// How the command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Everything that was asked for holds.
    Conforms = 0,
    /// Something does not.
    Findings = 1,
    /// The command line or the configuration is wrong.
    Usage = 2,
    /// The adapter or the server cannot be reached, or broke.
    Unreachable = 3,
    /// Our own fault.
    Internal = 4,
    /// There was nothing to check.
    NothingRan = 5,
    /// The time that it may take was up before everything was tried, and nothing had failed until then. The
    /// number is that of timeout(1).
    OutOfTime = 124,
    /// It was interrupted before everything was tried, and nothing had failed until then.
    Interrupted = 130,
    /// For `provkassa adapter`: the operation is not supported.
    Unsupported = 89,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
