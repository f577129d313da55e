//! What a workspace starts with: an account; and what a newcomer tries first.

use crate::kit::provider::Credential;
use crate::kit::seed::Seed;

/// A workspace's token.
pub(super) fn credentials(seed: Option<&Seed>) -> Vec<Credential> {
    let token = |seed: &Seed| seed.token("fenerum token", "", 0) + &seed.token("fenerum token", "", 1)[24..];
    vec![
        Credential {
            name: "FENERUM_TOKEN",
            value: seed.map_or_else(|| "5f3c1a7e9b2d4860c1e7f0a3b5d2948617c0e3fa".to_owned(), token),
            secret: true,
            claim: Some("token"),
        },
        Credential {
            name: "STRIPE_PUBLISHABLE_KEY",
            value: seed.map_or_else(
                || "pk_test_provkassa".to_owned(),
                |seed| format!("pk_test_{}", seed.token("stripe publishable key", "", 0)),
            ),
            secret: false,
            claim: Some("publishable key"),
        },
    ]
}

/// The URLs that a shop is given.
pub(super) fn urls(origin: &str) -> Vec<(&'static str, String)> {
    vec![("FENERUM_URL", origin.to_owned()), ("STRIPE_JS_URL", format!("{origin}/v3/"))]
}
