//! The banks that a payer chooses from: `fixtures/fena/banks.toml`, and the sandbox's own, whose payments
//! end by themselves.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::kit::provider::Ground;

use super::{codes, scenarios};

/// A bank, or as the document says an account provider.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bank {
    /// As a token's `bankID` names it: `ob-monzo`.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Whether it is in the list; the others can be named all the same.
    pub listed: bool,
    /// How we know its id.
    pub provenance: Ground,
    /// Where the id is written or seen.
    pub source: String,
}

/// What the ids of the sandbox's own banks begin with.
pub const SANDBOX: &str = "sim-";

static BANKS: LazyLock<Vec<Bank>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct File {
        bank: Vec<Bank>,
    }
    // The text is part of the program; a test reads it, so it parses.
    let file = toml::from_str::<File>(include_str!("../../fixtures/fena/banks.toml"));
    let mut banks = file.map_or_else(|_| Vec::new(), |file| file.bank);
    banks.extend(scenarios::ALL.iter().map(|scenario| Bank {
        id: format!("{SANDBOX}{}", scenario.name.replace('_', "-")),
        name: format!("Simulator: {}", scenario.title),
        listed: true,
        provenance: Ground::Assumed,
        source: "our own: a payment at this bank ends by itself".to_owned(),
    }));
    banks
});

/// Every bank: the real ones by name, then the sandbox's own.
#[must_use]
pub fn banks() -> &'static [Bank] {
    &BANKS
}

/// The bank with this id.
#[must_use]
pub fn bank(id: &str) -> Option<&'static Bank> {
    BANKS.iter().find(|bank| bank.id == id)
}

/// Whether a token can name this bank: it is one, or brings an error of the sandbox's.
#[must_use]
pub fn is_known(id: &str) -> bool {
    bank(id).is_some() || magic(id).is_some_and(|name| codes::is_error(&name))
}

/// How a payment at one of the sandbox's own banks ends, as an outcome is named: `webhook_lost`.
#[must_use]
pub fn magic(id: &str) -> Option<String> {
    Some(id.strip_prefix(SANDBOX)?.replace('-', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_and_sorted_as_people_look_for_names() {
        let real: Vec<_> = banks().iter().filter(|bank| !bank.id.starts_with(SANDBOX)).collect();
        assert!(real.len() > 30);
        assert!(real.is_sorted_by_key(|bank| bank.name.to_lowercase()));
        assert!(bank("ob-lloyds-personal").is_some_and(|bank| bank.provenance == Ground::Documented));
        assert_eq!(magic("sim-webhook-lost").as_deref(), Some("webhook_lost"));
        assert_eq!(magic("ob-monzo"), None);
    }
}
