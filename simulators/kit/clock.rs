//! The workspace's clock: real, frozen, or moved by hand. The only place that reads the system's time.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, civil};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::seed::lock;

/// Danish local time, which Danish gateways write without a zone. The rule is written out, so that no database
/// of zones is needed.
#[must_use]
pub fn danish(moment: Timestamp) -> civil::DateTime {
    let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap_or(TimeZone::UTC);
    moment.to_zoned(zone).datetime()
}

/// What a clock does when nobody moves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "mode")]
pub enum Mode {
    /// Stands still at this moment until it is advanced.
    Frozen {
        /// The moment at which it stands.
        at: Timestamp,
    },
    /// Goes with the system's time.
    Real {
        /// How far it is ahead, in milliseconds: what it was advanced by.
        ahead_ms: i64,
    },
}

/// A shared clock; a clone is the same clock.
#[derive(Clone, Debug)]
pub struct Clock {
    mode: Arc<Mutex<Mode>>,
    moved: watch::Sender<u64>,
}

impl Clock {
    /// The system's time.
    #[must_use]
    pub fn real() -> Self {
        Self::with_mode(Mode::Real { ahead_ms: 0 })
    }

    /// A clock that stands at `at`.
    #[must_use]
    pub fn frozen(at: Timestamp) -> Self {
        Self::with_mode(Mode::Frozen { at })
    }

    /// Another clock that goes the same way from here on, and is moved on its own.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self::with_mode(self.mode())
    }

    fn with_mode(mode: Mode) -> Self {
        Self { mode: Arc::new(Mutex::new(mode)), moved: watch::Sender::new(0) }
    }

    /// The present, to the millisecond.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        present(*lock(&self.mode))
    }

    /// How it goes.
    #[must_use]
    pub fn mode(&self) -> Mode {
        *lock(&self.mode)
    }

    /// Moves it forward and wakes whoever is due. At the end of time it stays there.
    pub fn advance(&self, by: Duration) {
        let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        self.change(|mode| match mode {
            Mode::Frozen { at } => Mode::Frozen { at: at.saturating_add(by).unwrap_or(Timestamp::MAX) },
            Mode::Real { ahead_ms } => Mode::Real {
                ahead_ms: ahead_ms.saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)),
            },
        });
    }

    /// Stops it, at `at` or where it is.
    pub fn freeze(&self, at: Option<Timestamp>) {
        self.change(|mode| Mode::Frozen { at: at.unwrap_or_else(|| present(mode)) });
    }

    /// Lets it go as another one went.
    pub fn set(&self, mode: Mode) {
        self.change(|_| mode);
    }

    /// Lets it go with the system's time again.
    pub fn resume(&self) {
        self.change(|_| Mode::Real { ahead_ms: 0 });
    }

    /// Returns when `at` has come, by itself or because somebody moved the clock.
    pub async fn sleep_until(&self, at: Timestamp) {
        let mut moved = self.moved.subscribe();
        loop {
            moved.borrow_and_update();
            let wait = at.duration_since(self.now());
            if wait <= SignedDuration::ZERO {
                return;
            }
            let changed = moved.changed();
            if let Mode::Real { .. } = self.mode() {
                let wait = Duration::try_from(wait).unwrap_or(Duration::MAX);
                // Either wakes us, and the loop looks again: the clock may have been moved back.
                let _ = tokio::time::timeout(wait, changed).await;
            } else if changed.await.is_err() {
                return;
            }
        }
    }

    fn change(&self, to: impl FnOnce(Mode) -> Mode) {
        {
            let mut mode = lock(&self.mode);
            *mode = to(*mode);
        }
        self.moved.send_modify(|count| *count += 1);
    }
}

fn present(mode: Mode) -> Timestamp {
    let at = match mode {
        Mode::Frozen { at } => at,
        Mode::Real { ahead_ms } => {
            Timestamp::now().saturating_add(SignedDuration::from_millis(ahead_ms)).unwrap_or(Timestamp::MAX)
        }
    };
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    #[tokio::test]
    async fn advancing_wakes_what_is_due_and_nothing_else() {
        let clock = Clock::frozen(at(0));
        let sleeper = |second| {
            let clock = clock.clone();
            tokio::spawn(async move { clock.sleep_until(at(second)).await })
        };
        let (soon, later) = (sleeper(10), sleeper(3600));
        tokio::task::yield_now().await;
        clock.advance(Duration::from_secs(9));
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        assert!(!soon.is_finished());
        clock.advance(Duration::from_secs(1));
        soon.await.expect("woken");
        assert!(!later.is_finished());
        clock.advance(Duration::from_secs(24 * 3600));
        later.await.expect("woken");
    }

    #[tokio::test]
    async fn a_real_clock_sleeps_and_can_be_hurried() {
        let clock = Clock::real();
        clock.sleep_until(clock.now() + SignedDuration::from_millis(5)).await;
        let due = clock.now() + SignedDuration::from_hours(24);
        let hurried = clock.clone();
        let sleeper = tokio::spawn(async move { hurried.sleep_until(due).await });
        tokio::task::yield_now().await;
        clock.advance(Duration::from_secs(24 * 3600));
        sleeper.await.expect("woken");
    }

    #[test]
    fn an_absurd_advance_ends_at_the_end_of_time() {
        let clock = Clock::frozen(at(0));
        clock.advance(Duration::MAX);
        assert_eq!(clock.now().as_second(), Timestamp::MAX.as_second());
        let clock = Clock::real();
        clock.advance(Duration::MAX);
        assert_eq!(clock.now().as_second(), Timestamp::MAX.as_second());
    }
}
