//! What a workspace starts with: a merchant with two agreements; and what a newcomer tries first.

use crate::kit::digest::{hex, sha256};
use crate::kit::provider::Credential;
use crate::kit::seed::Seed;

/// A workspace's keys and ids.
pub(super) fn credentials(seed: Option<&Seed>) -> Vec<Credential> {
    let key = |purpose: &str, fixed: &str| {
        seed.map_or_else(|| fixed.to_owned(), |seed| hex(&sha256(seed.token(purpose, "", 0).as_bytes())))
    };
    let number = |purpose: &str, fixed: &str| {
        let drawn = |seed: &Seed| (100_000 + seed.number(purpose, "", 0, 1 << 30)).to_string();
        seed.map_or_else(|| fixed.to_owned(), drawn)
    };
    vec![
        Credential {
            name: "QUICKPAY_API_KEY",
            value: key("quickpay api key", "quickpay-api-key"),
            secret: true,
            claim: Some("API key"),
        },
        Credential {
            name: "QUICKPAY_PRIVATE_KEY",
            value: key("quickpay private key", "quickpay-private-key"),
            secret: true,
            claim: None,
        },
        Credential {
            name: "QUICKPAY_WINDOW_KEY",
            value: key("quickpay window key", "quickpay-window-key"),
            secret: true,
            claim: Some("API key"),
        },
        Credential {
            name: "QUICKPAY_MERCHANT",
            value: number("quickpay merchant", "1"),
            secret: false,
            claim: Some("merchant"),
        },
        Credential {
            name: "QUICKPAY_AGREEMENT",
            value: number("quickpay agreement", "1"),
            secret: false,
            claim: None,
        },
    ]
}

/// The URLs that a shop is given.
pub(super) fn urls(origin: &str) -> Vec<(&'static str, String)> {
    vec![("QUICKPAY_URL", origin.to_owned())]
}
