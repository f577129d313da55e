//! What a workspace starts with: a merchant.

use crate::kit::provider::Credential;
use crate::kit::seed::{Seed, mark};
use crate::kit::table::Tx;

use super::doors::{MERCHANT, PASSWORD};
use super::model::Merchant;

/// A workspace's merchant number and password; `None` for the default one, whose are fixed.
pub(super) fn credentials(seed: Option<&Seed>) -> Vec<Credential> {
    let number = |seed: &Seed| (10_000_000 + seed.number("freepay merchant", "", 0, 1 << 30)).to_string();
    let password = |seed: &Seed| seed.token("freepay password", "", 0);
    vec![
        Credential {
            name: "FREEPAY_MERCHANT",
            value: seed.map_or_else(|| "1234567".to_owned(), number),
            secret: false,
            claim: Some(MERCHANT),
        },
        Credential {
            name: "FREEPAY_PASSWORD",
            value: seed.map_or_else(|| "freepay-test".to_owned(), password),
            secret: true,
            claim: Some(PASSWORD),
        },
    ]
}

/// Puts the merchant in place.
pub(super) fn found(tx: &mut Tx<'_>, credentials: &[Credential]) {
    let value = |name: &str| {
        let credential = credentials.iter().find(|credential| credential.name == name);
        credential.map(|credential| credential.value.clone()).unwrap_or_default()
    };
    // Another workspace cannot add it.
    let _ = tx.claim::<Merchant>(mark(&value("FREEPAY_MERCHANT")));
    tx.put(Merchant {
        number: value("FREEPAY_MERCHANT"),
        password: value("FREEPAY_PASSWORD"),
        account: 10_000 + tx.seed.number("freepay account", "", 0, 90_000),
        name: "Provkassa Demo Shop".to_owned(),
    });
}
