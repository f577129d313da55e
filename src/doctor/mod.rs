//! The usual mistakes of a set-up: what was looked at, what was seen there, and what to do next.

mod machine;

use serde::Serialize;
use serde_json::{Value, json};

pub use machine::{Ports, ports, proxies};

/// What came of one look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// All is well.
    Ok,
    /// It may bite later.
    Warning,
    /// It is wrong.
    Wrong,
    /// Something else keeps us from looking, or there is nothing to look at.
    NotLookedAt,
}

impl Verdict {
    /// Every one, in the order in which they are counted.
    pub const ALL: [Self; 4] = [Self::Ok, Self::Warning, Self::Wrong, Self::NotLookedAt];

    /// As it is printed.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Wrong => "wrong",
            Self::NotLookedAt => "not looked at",
        }
    }
}

/// One look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Look {
    /// What was looked at: one of [`CHECKS`].
    pub check: &'static str,
    /// The provider that it is about; none of what is the machine's or the shop's.
    pub provider: Option<&'static str>,
    /// What came of it.
    pub verdict: Verdict,
    /// What was seen, in a sentence.
    pub seen: String,
    /// What to do next; none where all is well.
    pub next: Option<String>,
}

/// Everything that is looked at, in the order in which it is.
pub const CHECKS: [&str; 13] = [
    "proxy",
    "ports",
    "configuration",
    "shop",
    "between",
    "clock",
    "base-url",
    "credentials",
    "sent",
    "returns",
    "callback",
    "body",
    "status",
];

impl Look {
    /// All is well.
    pub fn ok(check: &'static str, seen: impl Into<String>) -> Self {
        Self { check, provider: None, verdict: Verdict::Ok, seen: seen.into(), next: None }
    }

    /// It may bite later.
    pub fn warning(check: &'static str, seen: impl Into<String>, next: impl Into<String>) -> Self {
        Self { verdict: Verdict::Warning, next: Some(next.into()), ..Self::ok(check, seen) }
    }

    /// It is wrong.
    pub fn wrong(check: &'static str, seen: impl Into<String>, next: impl Into<String>) -> Self {
        Self { verdict: Verdict::Wrong, ..Self::warning(check, seen, next) }
    }

    /// It cannot be looked at, or there is nothing to look at.
    pub fn skipped(check: &'static str, why: impl Into<String>) -> Self {
        Self { verdict: Verdict::NotLookedAt, ..Self::ok(check, why) }
    }

    /// The same, about a provider.
    #[must_use]
    pub fn at(self, provider: &'static str) -> Self {
        Self { provider: Some(provider), ..self }
    }
}

/// How many looks came to this.
#[must_use]
pub fn count(looks: &[Look], verdict: Verdict) -> usize {
    looks.iter().filter(|look| look.verdict == verdict).count()
}

/// Everything as JSON; its shape is `fixtures/protocol/doctor.schema.json`.
#[must_use]
pub fn to_json(looks: &[Look], exit: u8) -> Value {
    let totals: serde_json::Map<String, Value> = Verdict::ALL
        .into_iter()
        .map(|verdict| (verdict.word().replace(' ', "_"), count(looks, verdict).into()))
        .collect();
    json!({
        "schema": "provkassa/doctor/1",
        "version": crate::VERSION,
        "exit": exit,
        "totals": totals,
        "checks": looks,
    })
}
