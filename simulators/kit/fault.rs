//! Faults that somebody planted: what goes wrong on the wire, and in the messages that a provider signs.
//!
//! A fault meets the messages that it matches: after the first `after` of them it strikes `times` times, each
//! time with a chance of `percent`, drawn from the seed. They are records, so that a snapshot holds them and a
//! reset forgets them.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::jwt::{compact, entries};
use super::table::{Id, Record, Tx};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A callback is sent twice.
    Duplicate,
    /// Nothing is in the body of a callback, and what signs it signs nothing.
    EmptyBody,
    /// What a callback says about its time is long over.
    Expired,
    /// An answer comes late.
    Latency,
    /// The fields stand in the reverse order; the signature is right.
    ReorderedFields,
    /// The connection is reset instead of an answer.
    Reset,
    /// The answer's body comes in pieces, with a wait before each.
    SlowBody,
    /// A status of the 5xx kind comes instead of the answer; what was asked for is done.
    Status,
    /// The answer breaks off in the middle of its body.
    Truncation,
    /// Signed with the right key by another algorithm.
    WrongAlgorithm,
    /// Signed with a key that nobody has.
    WrongDigest,
}

/// What can happen to any answer; the others happen to what a provider signs.
pub const TRANSPORT: &[Kind] = &[Kind::Latency, Kind::Reset, Kind::SlowBody, Kind::Status, Kind::Truncation];

impl Kind {
    /// Whether it happens to answers.
    #[must_use]
    pub fn is_of_transport(self) -> bool {
        TRANSPORT.contains(&self)
    }

    /// As it is written in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::EmptyBody => "empty_body",
            Self::Expired => "expired",
            Self::Latency => "latency",
            Self::ReorderedFields => "reordered_fields",
            Self::Reset => "reset",
            Self::SlowBody => "slow_body",
            Self::Status => "status",
            Self::Truncation => "truncation",
            Self::WrongAlgorithm => "wrong_algorithm",
            Self::WrongDigest => "wrong_digest",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Which fault, where, and how often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// What goes wrong.
    pub fault: Kind,
    /// The id of the provider that it happens to; all, if nothing is said.
    #[serde(default)]
    pub provider: Option<String>,
    /// The path that is asked for, or to which a callback or a payer is sent, where `*` stands for anything;
    /// a method may stand before it: `POST /payments/*/capture`.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// The order that it is about, as the provider names it.
    #[serde(default)]
    pub order: Option<String>,
    /// How many messages that match pass first.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(format = "uint64"))]
    pub after: u64,
    /// How often it strikes then; without end, if nothing is said, and 0 is never.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(format = "uint64"))]
    pub times: Option<u64>,
    /// With which chance it strikes each time, in percent; 0 is never.
    #[serde(default = "always")]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 100))]
    pub percent: u8,
    /// How long `latency` lasts, and each wait of `slow_body`; 0 is off.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(maximum = 3_600_000))]
    pub milliseconds: Option<u64>,
    /// What `status` answers with: 500 to 599; 503, if nothing is said.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(minimum = 500, maximum = 599))]
    pub status: Option<u16>,
}

fn always() -> u8 {
    100
}

impl Plan {
    /// This fault, everywhere and always; a wait is a second.
    #[must_use]
    pub fn of(fault: Kind) -> Self {
        let timed = matches!(fault, Kind::Latency | Kind::SlowBody);
        Self {
            fault,
            provider: None,
            endpoint: None,
            order: None,
            after: 0,
            times: None,
            percent: always(),
            milliseconds: timed.then_some(1000),
            status: None,
        }
    }
}

/// A planted fault, and what it has done.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Fault {
    /// Its number.
    pub number: u64,
    /// Which, where, and how often.
    pub plan: Plan,
    /// How many messages matched so far.
    pub matched: u64,
    /// How often it struck so far.
    pub struck: u64,
    /// How often it was left to chance, for each order: so orders that run side by side draw alike.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    drawn: BTreeMap<String, u64>,
}

impl Record for Fault {
    const TABLE: &'static str = "faults";

    fn id(&self) -> Id {
        self.number.into()
    }
}

impl Fault {
    /// What stands in the journal where it struck.
    #[must_use]
    pub fn note(&self) -> String {
        format!("{}, planted as fault {}", self.plan.fault, self.number)
    }

    fn is_off(&self) -> bool {
        let timed = matches!(self.plan.fault, Kind::Latency | Kind::SlowBody);
        self.plan.times == Some(0)
            || self.plan.percent == 0
            || (timed && self.plan.milliseconds.unwrap_or_default() == 0)
    }

    fn matches(&self, at: &Place<'_>) -> bool {
        let plan = &self.plan;
        let order = at.order.unwrap_or_default();
        at.can.contains(&plan.fault)
            && plan.provider.as_deref().is_none_or(|provider| provider == at.provider)
            && plan.order.as_deref().is_none_or(|wanted| wanted == order)
            && plan.endpoint.as_deref().is_none_or(|endpoint| at.is_at(endpoint))
    }
}

/// A message that a fault may strike.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The provider's id.
    pub provider: &'static str,
    /// What can happen to it.
    pub can: &'a [Kind],
    /// `POST`.
    pub method: &'a str,
    /// The path, without its query.
    pub path: &'a str,
    /// The order, as the provider names it.
    pub order: Option<&'a str>,
}

impl Place<'_> {
    fn is_at(&self, endpoint: &str) -> bool {
        match endpoint.split_once(' ') {
            Some((method, path)) => method.eq_ignore_ascii_case(self.method) && fits(path, self.path),
            None => fits(endpoint, self.path),
        }
    }
}

/// The path of an address, without its query; empty where it is none.
#[must_use]
pub fn path_of(url: &str) -> String {
    url::Url::parse(url).map_or_else(|_| String::new(), |url| url.path().to_owned())
}

/// Whether a text fits a pattern in which `*` stands for anything.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    // The earliest place for each part leaves the most for the others.
    for part in parts {
        match text.find(part) {
            Some(at) => text = &text[at + part.len()..],
            None => return false,
        }
    }
    text.ends_with(last)
}

impl Tx<'_> {
    /// Plants a fault.
    pub fn plant(&mut self, plan: Plan) -> Fault {
        let fault =
            Fault { number: self.next::<Fault>(), plan, matched: 0, struck: 0, drawn: BTreeMap::new() };
        self.put(fault.clone());
        fault
    }

    /// The fault that strikes here, if one does: the first of those that were planted.
    pub fn strike(&mut self, at: &Place<'_>) -> Option<Fault> {
        for planted in self.all::<Fault>() {
            if planted.is_off() || !planted.matches(at) {
                continue;
            }
            let mut fault = Fault::clone(&planted);
            fault.matched += 1;
            let due =
                fault.matched > fault.plan.after && fault.plan.times.is_none_or(|times| fault.struck < times);
            let strikes = due && self.draws(&mut fault, at.order.unwrap_or_default());
            fault.struck += u64::from(strikes);
            self.put(fault.clone());
            if strikes {
                return Some(fault);
            }
        }
        None
    }

    fn draws(&self, fault: &mut Fault, order: &str) -> bool {
        if fault.plan.percent >= 100 {
            return true;
        }
        let drawn = fault.drawn.entry(order.to_owned()).or_default();
        let key = format!("{}/{order}", fault.number);
        let number = self.seed.number("fault", &key, *drawn, 100);
        *drawn += 1;
        number < u64::from(fault.plan.percent)
    }
}

/// The same object with its fields in the reverse order; what is none stays as it is.
pub(crate) fn reversed(json: &[u8]) -> Vec<u8> {
    let fields = std::str::from_utf8(json).ok().and_then(entries);
    fields.map_or_else(
        || json.to_vec(),
        |fields| compact(&fields.into_iter().rev().map(|(name, value)| (name.into(), value)).collect()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_fits_what_its_stars_can_stand_for() {
        for (pattern, text) in
            [("/a", "/a"), ("*", "/a"), ("/a/*", "/a/"), ("/*/c", "/a/b/c"), ("/*a*a", "/aaa")]
        {
            assert!(fits(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in
            [("/a", "/ab"), ("/a/*", "/b/a/"), ("*/c", "/c/d"), ("/a*a", "/a"), ("*b*b", "/b")]
        {
            assert!(!fits(pattern, text), "{pattern} {text}");
        }
    }
}
