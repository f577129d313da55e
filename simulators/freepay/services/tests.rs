//! The laws of the services: what is refused changes nothing, and no more goes out than was authorised.

use std::sync::Arc;

use axum::body::to_bytes;
use futures_util::future::BoxFuture;
use http::{HeaderMap, Method, StatusCode};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::{Which, handle};
use crate::freepay::acquirer::Card;
use crate::freepay::dates::local;
use crate::freepay::doors::Visit;
use crate::freepay::model::{Subscription, Transaction};
use crate::freepay::{Freepay, ID};
use crate::kit::clock::Clock;
use crate::kit::journal::Journal;
use crate::kit::outbox::{Answered, Courier, Outgoing};
use crate::kit::outcome::Outcome;
use crate::kit::trail::Trail;
use crate::kit::workspace::{DEFAULT, Workspace, Workspaces};

#[derive(Debug)]
struct Nowhere;

impl Courier for Nowhere {
    fn deliver<'a>(&'a self, _: &'a Outgoing) -> BoxFuture<'a, Result<Answered, String>> {
        Box::pin(async { Ok(Answered { status: 200, location: None }) })
    }
}

const TRANSACTION: u64 = 1_000_001;
const SUBSCRIPTION: u64 = 1_000_002;
const AMOUNT: i64 = 1000;

/// A workspace with one transaction and one subscription.
async fn workspace() -> Workspace {
    let clock = Clock::frozen(Timestamp::UNIX_EPOCH);
    let journal = Arc::new(Journal::new(1 << 20));
    let workspaces = Workspaces::new(&[&Freepay], 7, clock, journal, Arc::new(Nowhere)).await;
    let workspace = workspaces.get(DEFAULT).expect("made at the start");
    let merchant = workspace.credential(ID, "FREEPAY_MERCHANT").to_owned();
    let put = workspace.transact(|tx| {
        let now = local(tx.now);
        let card = Card::usual(now.date(), b"");
        tx.put(Transaction {
            merchant: merchant.clone(),
            order: "7".to_owned(),
            currency: 208,
            ..Transaction::fresh(TRANSACTION, AMOUNT, card.clone(), now)
        });
        tx.put(Subscription {
            id: SUBSCRIPTION,
            merchant: merchant.clone(),
            order: "8".to_owned(),
            currency: 208,
            source_ip: String::new(),
            card,
            created: now,
        });
        Ok::<_, std::convert::Infallible>(())
    });
    put.await.expect("put");
    workspace
}

/// What a call by plain HTTP is answered.
async fn call(workspace: &Workspace, which: Which, method: &str, query: &str) -> (StatusCode, String) {
    let (rest, headers, trail) = (format!("/{method}"), HeaderMap::new(), Trail::default());
    let visit = Visit {
        workspace,
        origin: "http://freepay.localhost",
        trail: &trail,
        method: &Method::GET,
        path: &rest,
        query,
        headers: &headers,
        body: b"",
        peer: "127.0.0.1".to_owned(),
    };
    let answer = handle(&visit, which, &rest).await;
    let status = answer.status();
    let body = to_bytes(answer.into_body(), usize::MAX).await.expect("a body");
    (status, String::from_utf8_lossy(&body).into_owned())
}

/// Freepay's records, but for the code of the last capture that was refused: that one is to be seen.
fn records(workspace: &Workspace) -> Json {
    let mut tables = json!(workspace.snapshot().tables);
    tables["outcomes"] = Json::Null;
    if let Some(rows) = tables["freepay.transactions"].as_object_mut() {
        for row in rows.values_mut() {
            row["capture_error"] = Json::Null;
        }
    }
    tables
}

/// A method with an amount, whether the password is right, and an outcome that is queued before.
fn calls() -> impl Strategy<Value = Vec<(usize, i64, bool, Option<&'static str>)>> {
    let outcome = prop_oneof![4 => Just(None), 1 => Just(Some("116")), 1 => Just(Some("-2")), 1 => Just(Some("cancel"))];
    proptest::collection::vec((0..METHODS.len(), -5_i64..1500, prop::bool::weighted(0.9), outcome), 1..25)
}

const METHODS: [(Which, &str); 12] = [
    (Which::Management, "ApproveTransaction"),
    (Which::Management, "Capture"),
    (Which::Management, "CaptureV2"),
    (Which::Management, "ChangeCaptureAmount"),
    (Which::Management, "Credit"),
    (Which::Management, "CreditV2"),
    (Which::Management, "DeleteTransaction"),
    (Which::Management, "QueryTransaction"),
    (Which::Management, "WithholdForApproval"),
    (Which::SubscriptionManager, "AuthorizeSubscription2"),
    (Which::SubscriptionManager, "AuthorizeSubscription3"),
    (Which::SubscriptionManager, "QuerySubscription"),
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..crate::kit::laws() })]
    #[test]
    fn what_is_refused_changes_nothing(calls in calls()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let failed: Result<(), TestCaseError> = runtime.block_on(async {
            let workspace = workspace().await;
            let right = workspace.credential(ID, "FREEPAY_PASSWORD").to_owned();
            for (place, amount, is_right, queued) in calls {
                let (which, method) = METHODS[place];
                let id = if which == Which::Management { TRANSACTION } else { SUBSCRIPTION };
                let order = if which == Which::Management { "7" } else { "charge" };
                let queue = workspace.transact(|tx| {
                    if let Some(outcome) = queued {
                        tx.queue_outcomes(ID, Some(order), vec![Outcome::from(outcome.to_owned())]);
                    }
                    Ok::<_, std::convert::Infallible>(())
                });
                queue.await.expect("queued");
                let before = records(&workspace);
                let password = if is_right { right.as_str() } else { "wrong" };
                let query = format!(
                    "{}={id}&password={password}&amount={amount}&orderID=charge&currency=208",
                    which.id()
                );
                let (status, text) = call(&workspace, which, method, &query).await;
                let after = records(&workspace);
                let refused = status != StatusCode::OK || text.contains("<IsSuccess>false");
                prop_assert!(is_right || status == StatusCode::INTERNAL_SERVER_ERROR, "{}", text);
                if refused || method.starts_with("Query") {
                    prop_assert_eq!(&after, &before, "{} {}: {}", method, amount, text);
                } else if ["Cap", "Cre", "Auth"].iter().any(|draws| method.starts_with(draws)) {
                    prop_assert_ne!(&after, &before, "{} {}: {}", method, amount, text);
                }
                let row = &after["freepay.transactions"][TRANSACTION.to_string()];
                let number = |name: &str| row[name].as_i64().unwrap_or(-1);
                prop_assert!((1..=AMOUNT).contains(&number("capture_amount")));
                prop_assert!((0..=number("capture_amount")).contains(&number("credited")));
            }
            Ok(())
        });
        failed?;
    }
}

#[test]
fn a_service_is_found_at_its_path_in_any_case() {
    assert_eq!(Which::at("/webservices/public/management.asmx"), Some((Which::Management, "")));
    assert_eq!(
        Which::at("/WebServices/Public/SubscriptionManager.ASMX/QuerySubscription"),
        Some((Which::SubscriptionManager, "/QuerySubscription"))
    );
    for other in ["/management.asmx", "/webservices/public/management.asmxx", "/webservices/public/æ", ""] {
        assert_eq!(Which::at(other), None, "{other}");
    }
}
