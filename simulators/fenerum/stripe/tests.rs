//! What becomes of payment methods at servers.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{HeaderMap, Method};
use jiff::Timestamp;

use super::*;
use crate::kit::clock::Clock;
use crate::kit::journal::Journal;
use crate::kit::outbox::{Answered, Courier, Outgoing};
use crate::kit::workspace::{DEFAULT, Workspace, Workspaces};

#[derive(Debug)]
struct Nowhere;

impl Courier for Nowhere {
    fn deliver<'a>(&'a self, _: &'a Outgoing) -> BoxFuture<'a, Result<Answered, String>> {
        Box::pin(async { Ok(Answered { status: 200, location: None }) })
    }
}

const NOON: &str = "2026-03-01T12:00:00Z";

async fn workspaces() -> Arc<Workspaces> {
    let clock = Clock::frozen(NOON.parse::<Timestamp>().expect("a time"));
    Workspaces::new(&[], 7, clock, Arc::new(Journal::new(1 << 20)), Arc::new(Nowhere)).await
}

async fn workspace() -> Workspace {
    workspaces().await.get(DEFAULT).expect("made at the start")
}

/// The id of what a typed card becomes.
async fn made(workspace: &Workspace, number: &str, expiry: (u16, u8)) -> String {
    let card = cards::card(number).expect("published");
    let made = workspace.transact(|tx| {
        let made = payment_methods::new(tx, card, expiry);
        tx.put(made.clone());
        Ok::<_, Declined>(made.id)
    });
    made.await.expect("made")
}

async fn attached(workspace: &Workspace, id: &str) -> Result<PaymentMethod, Declined> {
    workspace.transact(|tx| attach(tx, id, "cus_1")).await
}

async fn charged(workspace: &Workspace, id: &str) -> Result<(), Declined> {
    workspace.transact(|tx| charge(tx, id, 100)).await
}

#[tokio::test]
async fn a_payment_method_is_attached_once_and_then_charged() {
    let workspace = workspace().await;
    let id = made(&workspace, "4242424242424242", (2030, 12)).await;
    let suffix = id.strip_prefix("pm_").expect("its prefix");
    assert!(suffix.len() == 24 && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{id}");
    // Not before it is somebody's.
    assert_eq!(charged(&workspace, &id).await.expect_err("refused").code, "resource_missing");
    let found = attached(&workspace, &id).await.expect("attached");
    assert_eq!((found.brand.as_str(), found.last4.as_str()), ("visa", "4242"));
    assert_eq!(found.customer.as_deref(), Some("cus_1"));
    assert_eq!(charged(&workspace, &id).await, Ok(()));
    let again = attached(&workspace, &id).await.expect_err("refused");
    assert_eq!(again.message, "The payment method you provided has already been attached to a customer.");
    let nothing = workspace.transact(|tx| charge(tx, &id, 0)).await.expect_err("refused");
    assert_eq!(nothing.code, "parameter_invalid_integer");
    let unknown = attached(&workspace, "pm_1").await.expect_err("refused");
    assert_eq!(unknown, Declined::new("resource_missing", "No such PaymentMethod: 'pm_1'"));
}

#[tokio::test]
async fn the_published_cards_do_what_is_published() {
    let workspace = workspace().await;
    for card in cards::cards() {
        let id = made(&workspace, &card.number, (2030, 12)).await;
        let attached = attached(&workspace, &id).await;
        let charged = charged(&workspace, &id).await;
        match (&card.attach, &card.charge) {
            (Some(refusal), _) => {
                assert_eq!(attached.expect_err("refused"), errors::declined(refusal), "{}", card.number);
                assert_eq!(charged.expect_err("not attached").code, "resource_missing");
            }
            (None, refusal) => {
                attached.expect("attached");
                assert_eq!(charged.err(), refusal.as_deref().map(errors::declined), "{}", card.number);
            }
        }
    }
    // A few by their codes, as a shop meets them.
    for (number, code, decline_code) in [
        ("4000000000009995", "card_declined", Some("insufficient_funds")),
        ("4000000000000069", "expired_card", None),
        ("4000000000000127", "incorrect_cvc", None),
    ] {
        let id = made(&workspace, number, (2030, 12)).await;
        let declined = attached(&workspace, &id).await.expect_err("refused");
        assert_eq!((declined.code.as_str(), declined.decline_code.as_deref()), (code, decline_code));
    }
    for (number, code) in
        [("4000000000000341", "card_declined"), ("4000002760003184", "authentication_required")]
    {
        let id = made(&workspace, number, (2030, 12)).await;
        attached(&workspace, &id).await.expect("attached");
        assert_eq!(charged(&workspace, &id).await.expect_err("refused").code, code);
    }
}

#[tokio::test]
async fn a_card_that_has_expired_since_is_not_charged() {
    let workspace = workspace().await;
    let id = made(&workspace, "4242424242424242", (2026, 3)).await;
    attached(&workspace, &id).await.expect("attached");
    assert_eq!(charged(&workspace, &id).await, Ok(()));
    workspace.clock().advance(Duration::from_hours(31 * 24));
    assert_eq!(charged(&workspace, &id).await.expect_err("refused").code, "expired_card");
}

#[tokio::test]
async fn a_server_side_name_stands_for_a_new_one_each_time() {
    let workspace = workspace().await;
    let first = attached(&workspace, "pm_card_visa").await.expect("attached");
    let second = attached(&workspace, "pm_card_visa").await.expect("attached");
    assert_ne!(first.id, second.id);
    assert_eq!(charged(&workspace, &second.id).await, Ok(()));
    let refused = attached(&workspace, "pm_card_visa_chargeDeclined").await.expect_err("refused");
    assert_eq!(refused.decline_code.as_deref(), Some("generic_decline"));
}

#[tokio::test]
async fn two_workspaces_share_no_payment_method() {
    let all = workspaces().await;
    let default = all.get(DEFAULT).expect("made at the start");
    let other = all.create("other").await.expect("made");
    let mut ids = std::collections::BTreeSet::new();
    for workspace in [&default, &other] {
        for _ in 0..3 {
            assert!(ids.insert(made(workspace, "4242424242424242", (2030, 12)).await));
        }
    }
    for id in ids {
        let known = [attached(&default, &id).await, attached(&other, &id).await];
        assert_eq!(known.iter().filter(|known| known.is_ok()).count(), 1);
    }
}

#[test]
fn a_publishable_key_is_asked_before_the_default_one() {
    let request = |path: &str, query: &str, body: &'static str| Received {
        method: Method::POST,
        path: path.to_owned(),
        query: query.to_owned(),
        headers: HeaderMap::new(),
        body: Bytes::from_static(body.as_bytes()),
    };
    let claim = |value: &str| Claim::Credential { kind: "publishable key", value: value.to_owned() };
    let both = vec![claim("pk_test_a"), claim("pk_test_provkassa")];
    assert_eq!(claims(&request("/v1/payment_methods", "", "type=card&key=pk_test_a")), both);
    assert_eq!(claims(&request("/v3/elements-inner-card.html", "key=pk_test_a", "")), both);
    for other in [
        request("/v1/payment_methods", "", "key=sk_test_a"),
        request("/v1/payment_methods", "", "type=card"),
        request("/api/v1/paymentcards/", "", "key=pk_test_a"),
    ] {
        assert_eq!(claims(&other), []);
    }
}
