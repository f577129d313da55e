//! What a workspace starts with: a merchant.

use crate::kit::digest::{hex, sha256};
use crate::kit::provider::Credential;
use crate::kit::seed::Seed;
use crate::kit::table::Tx;

use super::doors::MERCHANT;
use super::model::Merchant;

/// A workspace's merchant number, key and password; `None` for the default one, whose are fixed.
pub(super) fn credentials(seed: Option<&Seed>) -> Vec<Credential> {
    let number = |seed: &Seed| (1_000_000 + seed.number("bambora merchant", "", 0, 7_000_000)).to_string();
    let key = |seed: &Seed| hex(&sha256(seed.token("bambora md5 key", "", 0).as_bytes()));
    vec![
        Credential {
            name: "BAMBORA_MERCHANT",
            value: seed.map_or_else(|| "8008001".to_owned(), number),
            secret: false,
            claim: Some(MERCHANT),
        },
        Credential {
            name: "BAMBORA_MD5KEY",
            value: seed.map_or_else(|| "bambora-md5".to_owned(), key),
            secret: true,
            claim: None,
        },
        // As long as the merchant sets none, calls need none.
        Credential { name: "BAMBORA_PWD", value: String::new(), secret: true, claim: None },
    ]
}

/// Puts the merchant in place.
pub(super) fn found(tx: &mut Tx<'_>, credentials: &[Credential]) {
    let value = |name: &str| {
        let credential = credentials.iter().find(|credential| credential.name == name);
        credential.map(|credential| credential.value.clone()).unwrap_or_default()
    };
    tx.put(Merchant {
        number: value("BAMBORA_MERCHANT"),
        md5_key: value("BAMBORA_MD5KEY"),
        password: value("BAMBORA_PWD"),
        domains: Vec::new(),
        callback_url: String::new(),
    });
}
