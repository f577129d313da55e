//! A call that was understood, and its answer.

use axum::response::Response;
use jiff::civil::DateTime;

use super::binding::Binding;
use super::service::{Method, Service};

/// A value, of a call or of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A boolean.
    Bool(bool),
    /// A moment without a zone.
    Date(DateTime),
    /// A whole number, of 32 or 64 bits.
    Int(i64),
    /// A list; each is a [`Value::Record`].
    List(Vec<Value>),
    /// Nothing: of an optional element, it is left out.
    Null,
    /// The values of a record's elements, in its order.
    Record(Vec<Value>),
    /// A text, or a word of an enumeration.
    Text(String),
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<DateTime> for Value {
    fn from(value: DateTime) -> Self {
        Self::Date(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

/// What a method threw: the provider could not carry the call out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// The .NET type, which plain HTTP shows: `System.ArgumentException`.
    pub kind: &'static str,
    /// What it says.
    pub text: String,
}

/// A call to carry out.
#[derive(Debug)]
pub struct Call {
    pub(super) service: &'static Service,
    pub(super) method: &'static Method,
    /// One for each element of the method's request, in its order; what was left out is `Null`.
    pub(super) arguments: Vec<Value>,
    pub(super) binding: Binding,
}

impl Call {
    /// The method's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.method.name
    }

    pub(super) fn argument(&self, name: &str) -> &Value {
        let place = self.method.request.iter().position(|element| element.name == name);
        place.and_then(|place| self.arguments.get(place)).unwrap_or(&Value::Null)
    }

    /// A whole number; 0 where it was left out, as in .NET.
    #[must_use]
    pub fn int(&self, name: &str) -> i64 {
        match self.argument(name) {
            Value::Int(number) => *number,
            _ => 0,
        }
    }

    /// A text; empty where it was left out.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        match self.argument(name) {
            Value::Text(text) => text,
            _ => "",
        }
    }

    /// A moment; `0001-01-01T00:00:00` where it was left out.
    #[must_use]
    pub fn date(&self, name: &str) -> DateTime {
        match self.argument(name) {
            Value::Date(moment) => *moment,
            _ => UNSET,
        }
    }

    /// The answer: a value for each element of the method's response, in its order.
    #[must_use]
    pub fn answer(&self, values: &[Value]) -> Response {
        self.binding.answer(self.service, self.method, values)
    }

    /// The answer where the method threw.
    #[must_use]
    pub fn refuse(&self, exception: &Exception) -> Response {
        self.binding.refuse(exception)
    }
}

/// A moment that was not set, as .NET spells it.
pub const UNSET: DateTime = jiff::civil::datetime(1, 1, 1, 0, 0, 0, 0);
