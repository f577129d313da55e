//! What is said to payments and sign-ups, and what is kept of them.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use jiff::Timestamp;

use super::*;
use crate::bambora::Bambora;
use crate::kit::clock::Clock;
use crate::kit::journal::Journal;
use crate::kit::outbox::{Answered, Courier, Outgoing};
use crate::kit::outcome::Queued;
use crate::kit::workspace::{DEFAULT, Workspace, Workspaces};

#[derive(Debug)]
struct Nowhere;

impl Courier for Nowhere {
    fn deliver<'a>(&'a self, _: &'a Outgoing) -> BoxFuture<'a, Result<Answered, String>> {
        Box::pin(async { Ok(Answered { status: 200, location: None }) })
    }
}

async fn workspace() -> Workspace {
    let clock = Clock::frozen("2026-03-01T12:00:00Z".parse::<Timestamp>().expect("a time"));
    let journal = Arc::new(Journal::new(1 << 20));
    let all = Workspaces::new(&[&Bambora], 7, clock, journal, Arc::new(Nowhere)).await;
    all.get(DEFAULT).expect("made at the start")
}

fn asked(order: &str, amount: i64, card: &str) -> Asked {
    Asked {
        order: order.to_owned(),
        amount,
        fee: 0,
        currency: 208,
        card: Card::of(card, 12, 2030).expect("a test card"),
        instant: false,
        split: false,
        group: String::new(),
        description: String::new(),
        subscription: None,
    }
}

const APPROVED: &str = "3333333333333000";
const DECLINED: &str = "5555555555555118";

/// Does something, which ends well whatever comes of it.
async fn within<T>(workspace: &Workspace, work: impl Fn(&mut Tx<'_>) -> T + Send) -> T {
    let done: Result<T, std::convert::Infallible> = workspace.transact(move |tx| Ok(work(tx))).await;
    let Ok(done) = done;
    done
}

/// How many transactions, subscriptions and queued outcomes there are.
async fn counted(workspace: &Workspace) -> (usize, usize, usize) {
    let count = |tx: &Tx<'_>| {
        (tx.all::<Transaction>().len(), tx.all::<Subscription>().len(), tx.all::<Queued>().len())
    };
    workspace.read(count).await
}

#[tokio::test]
async fn the_queue_decides_before_the_card_and_is_taken_by_refusals_too() {
    let workspace = workspace().await;
    let queue = |outcome: &'static str| {
        within(&workspace, move |tx| tx.queue_outcomes(ID, Some("A1"), vec![outcome.to_owned().into()]))
    };
    for (outcome, said) in [
        ("decline", Verdict::Nets(100)),
        ("cancel", Verdict::Epay(-5516)),
        ("expire", Verdict::Epay(-5514)),
        ("-1005", Verdict::Epay(-1005)),
        ("4101", Verdict::Epay(4101)),
        ("2", Verdict::Nets(2)),
        ("984", Verdict::Nets(984)),
    ] {
        queue(outcome).await;
        let refused = within(&workspace, |tx| authorize(tx, &asked("A1", 100, APPROVED))).await;
        assert_eq!(refused.err(), Some(said), "{outcome}");
        assert_eq!(counted(&workspace).await, (0, 0, 0), "{outcome}");
    }
    for (outcome, response) in [("approve", 0), ("-1", 0), ("60", 60), ("901", 901)] {
        queue(outcome).await;
        let paid = within(&workspace, |tx| authorize(tx, &asked("A1", 100, DECLINED))).await;
        assert_eq!(paid.map(|transaction| transaction.response), Ok(response), "{outcome}");
    }
    let refused = within(&workspace, |tx| authorize(tx, &asked("A1", 100, DECLINED))).await;
    assert_eq!(refused.err(), Some(Verdict::Nets(118)));
}

#[tokio::test]
async fn a_sign_up_stores_the_card_and_charges_it_unless_the_amount_is_nothing() {
    let workspace = workspace().await;
    let refused = within(&workspace, |tx| sign_up(tx, &asked("A1", 0, DECLINED), "Ida")).await;
    assert_eq!(refused.err(), Some(Verdict::Nets(118)));
    let refused = within(&workspace, |tx| sign_up(tx, &asked("A1", 2500, DECLINED), "Ida")).await;
    assert_eq!(refused.err(), Some(Verdict::Nets(118)));
    assert_eq!(counted(&workspace).await, (0, 0, 0));
    let stored = within(&workspace, |tx| sign_up(tx, &asked("A1", 0, APPROVED), "Ida")).await;
    let (free, nothing) = stored.expect("approved");
    assert_eq!((nothing, free.name.as_str(), free.transactions.len()), (None, "Ida", 0));
    let charged = within(&workspace, |tx| sign_up(tx, &asked("A1", 2500, APPROVED), "Ida")).await;
    let (subscription, transaction) = charged.expect("approved");
    let transaction = transaction.expect("charged");
    assert_eq!(transaction.subscription, Some(subscription.id));
    assert_eq!(subscription.transactions, [transaction.id]);
    assert_ne!(subscription.id, free.id);
    // The card holder paid, not a call.
    assert_eq!(transaction.history[0].logon, 0);
    assert_eq!(counted(&workspace).await, (1, 2, 0));
}

#[tokio::test]
async fn numbers_are_never_given_twice() {
    let workspace = workspace().await;
    let mut ids = std::collections::BTreeSet::new();
    for _ in 0..5 {
        let signed_up = within(&workspace, |tx| sign_up(tx, &asked("A1", 0, APPROVED), "")).await;
        let (subscription, _) = signed_up.expect("approved");
        assert!(ids.insert(subscription.id), "{}", subscription.id);
        assert!(i32::try_from(subscription.id).is_ok());
        within(&workspace, |tx| unsubscribe(tx, &subscription)).await;
        let paid = within(&workspace, |tx| authorize(tx, &asked("A1", 100, APPROVED))).await;
        let paid = paid.expect("approved");
        assert!(ids.insert(paid.id) && i32::try_from(paid.id).is_ok());
    }
}

#[tokio::test]
async fn a_used_order_is_refused_where_orders_are_unique() {
    let workspace = workspace().await;
    let change = |value: &str| {
        let change = [("bambora.unique_orders".to_owned(), value.to_owned())];
        workspace.change_settings(&change.into()).expect("a setting");
    };
    change("on");
    let pay = |order: &'static str| within(&workspace, move |tx| authorize(tx, &asked(order, 100, APPROVED)));
    assert!(pay("A1").await.is_ok());
    assert_eq!(pay("A1").await.err(), Some(Verdict::Epay(-1001)));
    // Payments without an order share nothing.
    assert!(pay("").await.is_ok() && pay("").await.is_ok());
    change("off");
    assert!(pay("A1").await.is_ok());
}

#[tokio::test]
async fn the_fee_is_a_part_of_the_amount_and_never_too_much() {
    let workspace = workspace().await;
    let mut fees = Vec::new();
    for points in ["0", "145", "9223372036854775807"] {
        let change = [("bambora.fee_basis_points".to_owned(), points.to_owned())];
        workspace.change_settings(&change.into()).expect("a setting");
        let settings = workspace.settings();
        fees.push([0, 1, 10_000, 10_034, 10_035, 2_147_483_647].map(|amount| fee_on(&settings, amount)));
    }
    assert_eq!(fees[0], [0; 6]);
    assert_eq!(fees[1], [0, 0, 145, 145, 146, 0]);
    assert!(fees[2].iter().all(|fee| (0..=2_147_483_647).contains(fee)));
}
