//! One message of an operation: its parameters, and what goes with it.

use std::borrow::Cow;

/// A name and its value, not percent-encoded.
pub type Parameter = (Cow<'static, str>, String);

/// One message, as the protocol defines it and not as some language spells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// Which of the operation's forms: for BRP the endpoint, `swish/payfororder`.
    pub form: Cow<'static, str>,
    /// The parameters in the order of the call; a name may be repeated.
    pub parameters: Vec<Parameter>,
    /// What goes with it: secrets, a base URL, the URL that came back.
    pub given: Vec<Parameter>,
}

impl Message {
    /// The first value of a parameter.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Every value of a parameter, in the order of the call.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.parameters.iter().filter(move |(known, _)| known == name);
        named.map(|(_, value)| value.as_str())
    }

    /// The parameters as a list of one's own, in the order of the call.
    #[must_use]
    pub fn list(&self) -> Vec<(String, String)> {
        self.parameters.iter().map(|(name, value)| (name.to_string(), value.clone())).collect()
    }

    /// What goes with it under this name; empty if nothing does.
    #[must_use]
    pub fn given(&self, name: &str) -> &str {
        let found = self.given.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// A whole number that goes with it: seconds since the epoch, an id, the minor units of an amount. 0 if there
    /// is none.
    #[must_use]
    pub fn number(&self, name: &str) -> i64 {
        let digits = self.given(name).split(' ').next().unwrap_or_default();
        digits.parse().unwrap_or_default()
    }

    /// The currency of an amount that goes with it: `SEK`. Empty where the operation knows one currency alone.
    #[must_use]
    pub fn currency(&self, name: &str) -> &str {
        self.given(name).split_once(' ').map_or("", |(_, currency)| currency)
    }

    /// Whether what goes with it under this name is true.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        self.given(name) == "true"
    }
}
