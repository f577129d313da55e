//! What is said to a call: transactions and subscriptions as records, and refusals.

use axum::response::Response;
use jiff::civil::DateTime;
use jiff::{Timestamp, Unit};

use crate::bambora::acquirer::{Card, Verdict};
use crate::bambora::model::{Event, Status, Subscription, Transaction};
use crate::kit::clock::danish;
use crate::kit::soap::{Call, Element, Service, Type, UNSET, Value};

use super::types::CARD_TYPE;

/// What is said to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// Whether it did what it was asked.
    pub(super) done: bool,
    /// Elements by name; every other one of the answer says nothing.
    pub(super) values: Vec<(&'static str, Value)>,
}

impl Said {
    pub(super) fn done(values: Vec<(&'static str, Value)>) -> Self {
        Self { done: true, values }
    }

    /// ePay refuses.
    pub(super) fn refused(code: i32) -> Self {
        Self { done: false, values: vec![("epayresponse", i64::from(code).into())] }
    }

    /// What is said of a verdict. A method that has no place for the response of Nets says no more than `false`.
    pub(super) fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Approved(response) => Self::done(vec![("pbsresponse", number(response.into()))]),
            Verdict::Nets(response) => {
                Self { done: false, values: vec![("pbsresponse", number(response.into()))] }
            }
            Verdict::Epay(code) => Self::refused(code),
        }
    }

    /// A response that was said.
    pub(super) fn response(&self, name: &str) -> Option<i64> {
        self.values.iter().find_map(|(known, value)| match value {
            Value::Int(number) if *known == name => Some(*number),
            _ => None,
        })
    }

    /// Answers the call.
    pub(super) fn answer(&self, service: &Service, call: &Call) -> Response {
        let elements = service.method(call.name()).map_or(&[][..], |method| method.response);
        let value = |(place, element): (usize, &Element)| {
            let found = self.values.iter().find(|(name, _)| element.name.eq_ignore_ascii_case(name));
            match found {
                _ if place == 0 => self.done.into(),
                Some((_, value)) => value.clone(),
                None => unsaid(element),
            }
        };
        call.answer(&elements.iter().enumerate().map(value).collect::<Vec<_>>())
    }
}

/// What an element holds that nothing is said of: no response of Nets, and of a transaction the empty record.
fn unsaid(element: &Element) -> Value {
    match element.kind {
        Type::Boolean => false.into(),
        Type::Choice(choice) => choice.words.first().map_or(Value::Null, |word| (*word).into()),
        Type::DateTime => UNSET.into(),
        Type::Int if element.name.to_ascii_lowercase().ends_with("response") => Value::Int(-1),
        Type::Int | Type::Long => Value::Int(0),
        Type::Record(_) => nothing(),
        Type::List(_) | Type::Text => Value::Null,
    }
}

/// A moment as ePay's records have it: Danish time in whole minutes, rounded. Recorded traffic shows it.
pub(super) fn minute(moment: Timestamp) -> DateTime {
    let moment = danish(moment);
    moment.round(Unit::Minute).unwrap_or(moment)
}

/// A year as the records have it: its last two digits.
fn year(card: &Card) -> Value {
    i64::from(card.year.rem_euclid(100)).into()
}

/// A type of card by its name.
pub(super) fn card_type(number: u8) -> &'static str {
    CARD_TYPE.words.get(usize::from(number)).copied().unwrap_or("UNKNOWN")
}

/// The name of a state.
pub(super) fn status(status: Status) -> &'static str {
    match status {
        Status::PaymentNew => "PAYMENT_NEW",
        Status::PaymentCaptured => "PAYMENT_CAPTURED",
        Status::PaymentDeleted => "PAYMENT_DELETED",
        Status::PaymentInstantCaptureFailed => "PAYMENT_INSTANT_CAPTURE_FAILED",
        Status::PaymentRenew => "PAYMENT_RENEW",
        Status::PaymentEurolineWaitCapture => "PAYMENT_EUROLINE_WAIT_CAPTURE",
        Status::PaymentEurolineWaitCredit => "PAYMENT_EUROLINE_WAIT_CREDIT",
    }
}

/// A transaction, which is settled as far as it is now.
pub(super) fn transaction(transaction: &Transaction) -> Value {
    let date = |moment: Option<Timestamp>| Value::Date(moment.map_or(UNSET, minute));
    let event = |event: &Event| {
        Value::Record(vec![
            number(event.id),
            event.logon.into(),
            "".into(),
            event.text.as_str().into(),
            minute(event.at).into(),
        ])
    };
    Value::Record(vec![
        transaction.group.as_str().into(),
        transaction.authorized().into(),
        i64::from(transaction.currency).into(),
        i64::from(transaction.card.card_type).into(),
        transaction.captured.into(),
        transaction.credited.into(),
        transaction.order.as_str().into(),
        transaction.description.as_str().into(),
        date(Some(transaction.authorized_at)),
        date(transaction.captured_at),
        date(transaction.deleted_at),
        date(transaction.credited_at),
        status(transaction.status).into(),
        // The newest first.
        Value::List(transaction.history.iter().rev().map(event).collect()),
        number(transaction.id),
        "".into(),
        "MODE_EPAY".into(),
        false.into(),
        Value::Int(0),
        Value::Null,
        UNKNOWN_COUNTRY.into(),
        UNKNOWN_COUNTRY.into(),
        transaction.fee.into(),
        transaction.split.into(),
        transaction.acquirer.as_str().into(),
        transaction.card.masked.as_str().into(),
        i64::from(transaction.card.month).into(),
        year(&transaction.card),
    ])
}

/// Two blanks, in recorded traffic.
const UNKNOWN_COUNTRY: &str = "  ";

/// The record that is sent where there is no transaction. Recorded traffic shows it.
pub(super) fn nothing() -> Value {
    Value::Record(vec![
        Value::Null,
        Value::Int(0),
        Value::Int(0),
        Value::Int(0),
        Value::Int(0),
        Value::Int(0),
        Value::Null,
        Value::Null,
        UNSET.into(),
        UNSET.into(),
        UNSET.into(),
        UNSET.into(),
        "PAYMENT_UNDEFINED".into(),
        Value::Null,
        Value::Int(0),
        Value::Null,
        "MODE_PRODUCTION".into(),
        false.into(),
        Value::Int(0),
        Value::Null,
        "".into(),
        "".into(),
        Value::Int(0),
        false.into(),
        "UNKNOWN".into(),
        "".into(),
        Value::Int(-1),
        Value::Int(-1),
    ])
}

/// A subscription with its transactions.
pub(super) fn subscription(subscription: &Subscription, transactions: &[Transaction]) -> Value {
    Value::Record(vec![
        number(subscription.id),
        subscription.name.as_str().into(),
        minute(subscription.created).into(),
        i64::from(subscription.card.month).into(),
        year(&subscription.card),
        card_type(subscription.card.card_type).into(),
        Value::List(transactions.iter().map(transaction).collect()),
    ])
}

pub(super) fn number(id: u64) -> Value {
    Value::Int(i64::try_from(id).unwrap_or(i64::MAX))
}
