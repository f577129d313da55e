//! What a workspace starts with: a merchant with two agreements; and what a newcomer tries first.

use crate::kit::digest::{hex, sha256};
use crate::kit::provider::Credential;
use crate::kit::seed::Seed;
use crate::kit::table::Tx;

use super::api::links::WINDOW;
use super::doors::{API_KEY, MERCHANT};
use super::model::{Account, Agreement, Right};
use super::shape::stamp;

/// A workspace's keys and ids; `None` for the default one, whose are fixed.
pub(super) fn credentials(seed: Option<&Seed>) -> Vec<Credential> {
    let key = |purpose: &str, fixed: &str| {
        seed.map_or_else(|| fixed.to_owned(), |seed| hex(&sha256(seed.token(purpose, "", 0).as_bytes())))
    };
    let number = |purpose: &str, fixed: &str| {
        let drawn = |seed: &Seed| (100_000 + seed.number(purpose, "", 0, 1 << 30)).to_string();
        seed.map_or_else(|| fixed.to_owned(), drawn)
    };
    let secret = |name, value, claim| Credential { name, value, secret: true, claim };
    let id = |name, value, claim| Credential { name, value, secret: false, claim };
    vec![
        secret("QUICKPAY_API_KEY", key("quickpay api key", "quickpay-api-key"), Some(API_KEY)),
        secret("QUICKPAY_PRIVATE_KEY", key("quickpay private key", "quickpay-private-key"), None),
        secret("QUICKPAY_WINDOW_KEY", key("quickpay window key", "quickpay-window-key"), Some(API_KEY)),
        id("QUICKPAY_MERCHANT", number("quickpay merchant", "1"), Some(MERCHANT)),
        id("QUICKPAY_AGREEMENT", number("quickpay agreement", "1"), None),
    ]
}

/// The URLs that a shop is given.
pub(super) fn urls(origin: &str) -> Vec<(&'static str, String)> {
    vec![("QUICKPAY_URL", origin.to_owned())]
}

/// Puts the account and its two agreements in place.
pub(super) fn found(tx: &mut Tx<'_>, credentials: &[Credential]) {
    let value = |name: &str| {
        let credential = credentials.iter().find(|credential| credential.name == name);
        credential.map(|credential| credential.value.clone()).unwrap_or_default()
    };
    let number = |name: &str| value(name).parse::<u64>().unwrap_or_default();
    let window = number("QUICKPAY_AGREEMENT");
    tx.put(Account {
        id: number("QUICKPAY_MERCHANT"),
        shop_name: "Provkassa Demo Shop".to_owned(),
        shop_urls: vec!["https://shop.example".to_owned()],
        contact_email: "owner@shop.example".to_owned(),
        private_key: value("QUICKPAY_PRIVATE_KEY"),
        callback_url: None,
        autofee: false,
        allow_test_transactions: true,
        default_payment_methods: None,
        default_payment_language: "en".to_owned(),
        default_text_on_statement: None,
        created_at: stamp(tx.now),
    });
    tx.put(Agreement {
        id: window,
        service: WINDOW.to_owned(),
        api_key: value("QUICKPAY_WINDOW_KEY"),
        acl: window_rights(),
    });
    tx.put(Agreement {
        id: window + 1,
        service: "API User".to_owned(),
        api_key: value("QUICKPAY_API_KEY"),
        acl: Vec::new(),
    });
}

/// What the key of the payment window may not do. That it may not ping or put a link is observed, that it
/// may not reach the account, the agreements, captures and refunds is assumed.
fn window_rights() -> Vec<Right> {
    let none = |resource: &str| Right {
        resource: resource.to_owned(),
        get: false,
        post: false,
        put: false,
        patch: false,
        delete: false,
    };
    let mut rights: Vec<_> = [
        "/account",
        "/account/private-key",
        "/agreements",
        "/agreements/:id",
        "/agreements/:id/api-key",
        "/payments/:id/cancel",
        "/payments/:id/capture",
        "/payments/:id/link",
        "/payments/:id/refund",
        "/ping",
        "/subscriptions/:id/cancel",
        "/subscriptions/:id/link",
        "/subscriptions/:id/recurring",
    ]
    .into_iter()
    .map(none)
    .collect();
    rights.push(Right { get: true, ..none("/acquirers") });
    rights
}
