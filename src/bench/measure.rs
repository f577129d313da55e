//! Counting what is done in a while, and writing it down.

use std::time::{Duration, Instant};

/// How often this is done in a second. It is done at least once, and for as long as asked.
pub(super) fn rate(round: Duration, mut work: impl FnMut(usize)) -> f64 {
    let began = Instant::now();
    let mut count = 0;
    // The clock is read seldom where the work is short.
    let mut batch = 1;
    loop {
        for _ in 0..batch {
            work(count);
            count += 1;
        }
        let took = began.elapsed();
        if took >= round {
            return per_second(count, took);
        }
        if took < round / 50 {
            batch *= 2;
        }
    }
}

/// So many in so long.
#[expect(clippy::cast_precision_loss, reason = "counts of a few seconds' work")]
pub(super) fn per_second(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64().max(1e-9)
}

/// A number of things a second, with three digits that mean something: `421 k`.
pub(super) fn shown(rate: f64) -> String {
    match rate {
        rate if rate >= 9_999_500.0 => format!("{:.0} M", rate / 1e6),
        rate if rate >= 999_500.0 => format!("{:.1} M", rate / 1e6),
        rate if rate >= 9_950.0 => format!("{:.0} k", rate / 1e3),
        rate if rate >= 1_000.0 => format!("{:.1} k", rate / 1e3),
        rate => format!("{rate:.0}"),
    }
}

/// A time as people say it: `1.24 s`, `31 ms`.
pub(super) fn time(took: Duration) -> String {
    match took.as_secs_f64() {
        seconds if seconds >= 1.0 => format!("{seconds:.2} s"),
        seconds if seconds >= 0.01 => format!("{:.0} ms", seconds * 1e3),
        seconds => format!("{:.1} ms", seconds * 1e3),
    }
}
