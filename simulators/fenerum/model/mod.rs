//! Fenerum's records, and how they are shown in its API.

mod accounts;
mod around;
mod billing;
mod cards;

use jiff::Timestamp;
use serde_json::Value;

pub(crate) use accounts::{Account, Profile, Recipient};
pub(crate) use around::{Access, Calls, Counter, Email, SignUp, Webhook};
pub(crate) use billing::{Calendar, Invoice, Plan, Subscription, Terms};
pub(crate) use cards::{Gateway, PaymentCard, brand};

fn without_number(mut record: Value) -> Value {
    if let Some(fields) = record.as_object_mut() {
        fields.remove("number");
    }
    record
}

/// Minor units as Django shows a decimal: `199.00`.
pub(crate) fn decimal(minor: i64) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", minor.unsigned_abs() / 100, minor.unsigned_abs() % 100)
}

/// A moment as Fenerum's webhooks have it: microseconds, and `+00:00`.
pub(crate) fn microseconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%6f+00:00").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_moments_are_shown_as_django_does() {
        let at: Timestamp = "2026-03-01T12:00:00.25Z".parse().expect("a moment");
        assert_eq!(microseconds(at), "2026-03-01T12:00:00.250000+00:00");
        assert_eq!(decimal(19_905), "199.05");
        assert_eq!(decimal(-5), "-0.05");
    }
}
