//! The laws of workspaces and transactions.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::*;
use crate::kit::outbox::{Answered, Callback, Manners, Outgoing, Policy, RetrySchedule};
use crate::kit::table::{Id, Record};

#[derive(Debug, Default)]
struct Nowhere;

impl Courier for Nowhere {
    fn deliver<'a>(&'a self, _: &'a Outgoing) -> BoxFuture<'a, Result<Answered, String>> {
        Box::pin(async { Ok(Answered { status: 200, location: None }) })
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Account {
    id: u64,
    balance: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Slip {
    number: String,
    amount: i64,
}

impl Record for Account {
    const TABLE: &'static str = "test.accounts";

    fn id(&self) -> Id {
        self.id.into()
    }
}

impl Record for Slip {
    const TABLE: &'static str = "test.slips";

    fn id(&self) -> Id {
        self.number.as_str().into()
    }
}

async fn workspaces(seed: u64) -> Arc<Workspaces> {
    let clock = Clock::frozen(Timestamp::UNIX_EPOCH);
    Workspaces::new(&[], seed, clock, Arc::new(Journal::new(1 << 20)), Arc::new(Nowhere)).await
}

fn default(workspaces: &Workspaces) -> Workspace {
    workspaces.get(DEFAULT).expect("made at the start")
}

static MANNERS: Manners =
    Manners { sign: |_, _, _, _| {}, delivered: |status| status == 200, follows: |_| false, flaws: &[] };

fn records(workspace: &Workspace) -> Value {
    json!(workspace.snapshot().tables)
}

fn notice(order: u64) -> Callback {
    Callback {
        provider: "test",
        order: order.to_string(),
        lane: order.to_string(),
        subject: String::new(),
        request: Outgoing {
            method: http::Method::POST,
            url: "http://shop/".to_owned(),
            headers: Vec::new(),
            body: Bytes::new(),
        },
        recipe: Value::Null,
        manners: &MANNERS,
        retries: RetrySchedule::of(&[]),
        policy: Policy::default(),
        fault: None,
    }
}

/// One change: moves an amount between two accounts, writes a slip, and may fail at the end.
#[derive(Clone, Debug)]
struct Transfer {
    from: u64,
    to: u64,
    amount: i64,
    fails: bool,
}

fn transfers() -> impl Strategy<Value = Vec<Transfer>> {
    let transfer = (0_u64..4, 0_u64..4, 1_i64..100, any::<bool>())
        .prop_map(|(from, to, amount, fails)| Transfer { from, to, amount, fails });
    proptest::collection::vec(transfer, 1..20)
}

fn work(tx: &mut Tx<'_>, place: usize, transfer: &Transfer) -> Result<(), ()> {
    for (id, change) in [(transfer.from, -transfer.amount), (transfer.to, transfer.amount)] {
        let balance = tx.get::<Account>(id).map_or(0, |account| account.balance);
        tx.put(Account { id, balance: balance + change });
        let seen = tx.get::<Account>(id).map(|account| account.balance);
        assert_eq!(seen, Some(balance + change), "a transaction sees its own writes");
    }
    tx.put(Slip { number: format!("{place:03}"), amount: transfer.amount });
    tx.remove::<Slip>(format!("{:03}", place.saturating_sub(3)));
    tx.send(notice(transfer.from));
    if transfer.fails { Err(()) } else { Ok(()) }
}

proptest! {
    #![proptest_config(crate::kit::laws())]
    #[test]
    fn a_transaction_is_all_or_nothing(transfers in transfers()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let workspaces = workspaces(1).await;
            let workspace = default(&workspaces);
            let mut balances: BTreeMap<u64, i64> = BTreeMap::new();
            let mut slips: BTreeSet<String> = BTreeSet::new();
            let mut sent = 0;
            for (place, transfer) in transfers.iter().enumerate() {
                let before = records(&workspace);
                let done = workspace.transact(|tx| work(tx, place, transfer)).await;
                prop_assert_eq!(done.is_err(), transfer.fails);
                if transfer.fails {
                    prop_assert_eq!(records(&workspace), before);
                    let claimed = workspace.transact(|tx| {
                        if tx.claim::<Account>(500) { Err(()) } else { Ok(()) }
                    }).await;
                    prop_assert!(claimed.is_err());
                    prop_assert!(workspaces.with_id(Account::TABLE, 500).is_none(), "a failed one claims nothing");
                    continue;
                }
                *balances.entry(transfer.from).or_default() -= transfer.amount;
                *balances.entry(transfer.to).or_default() += transfer.amount;
                slips.insert(format!("{place:03}"));
                slips.remove(&format!("{:03}", place.saturating_sub(3)));
                sent += 1;
            }
            let (accounts, kept) = workspace.read(|tx| (tx.all::<Account>(), tx.all::<Slip>())).await;
            let found: BTreeMap<u64, i64> = accounts.iter().map(|a| (a.id, a.balance)).collect();
            prop_assert_eq!(found, balances);
            let found: BTreeSet<String> = kept.iter().map(|slip| slip.number.clone()).collect();
            prop_assert_eq!(found, slips);
            prop_assert_eq!(workspace.outbox().deliveries().len(), sent, "a failed one sends nothing");
            Ok(())
        })?;
    }

    #[test]
    fn two_workspaces_never_meet_on_any_seed(seed: u64, keys in proptest::collection::vec("[a-c]{1,3}", 1..30)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let workspaces = workspaces(seed).await;
            let (one, other) = (default(&workspaces), workspaces.create("other").await.expect("made"));
            let mut seen = BTreeSet::new();
            for key in &keys {
                for workspace in [&one, &other] {
                    let drawn = workspace.transact(|tx| {
                        let id = tx.draw::<Account>(key);
                        let token = tx.token::<Slip>(key);
                        tx.put(Account { id, balance: 0 });
                        tx.put(Slip { number: token.clone(), amount: 0 });
                        Ok::<_, ()>((id, token))
                    }).await.expect("drawn");
                    prop_assert!(i32::try_from(drawn.0).is_ok());
                    let owner = workspaces.with_token(&drawn.1).map(|found| found.name().to_owned());
                    prop_assert_eq!(owner.as_deref(), Some(workspace.name()));
                    let owner = workspaces.with_id(Account::TABLE, drawn.0).map(|found| found.name().to_owned());
                    prop_assert_eq!(owner.as_deref(), Some(workspace.name()));
                    prop_assert!(seen.insert(drawn.0.to_string()) && seen.insert(drawn.1));
                }
            }
            let before = records(&other);
            one.reset().await;
            one.clock().advance(std::time::Duration::from_secs(60));
            prop_assert_eq!(one.read(|tx| tx.all::<Account>().len()).await, 0);
            prop_assert_eq!(records(&other), before);
            Ok(())
        })?;
    }

    #[test]
    fn ids_do_not_depend_on_the_order_of_arrival(seed: u64, keys in proptest::collection::btree_set("[a-z]{1,4}", 1..20)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let drawn = async |keys: Vec<String>| {
                let workspaces = workspaces(seed).await;
                let workspace = default(&workspaces);
                let mut drawn = BTreeMap::new();
                for key in keys {
                    let id = workspace.transact(|tx| {
                        let id = tx.draw::<Account>(&key);
                        tx.put(Account { id, balance: 0 });
                        Ok::<_, ()>(id)
                    }).await.expect("drawn");
                    drawn.insert(key, id);
                }
                drawn
            };
            let there = drawn(keys.iter().cloned().collect()).await;
            let back = drawn(keys.iter().rev().cloned().collect()).await;
            prop_assert_eq!(there, back);
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn a_deleted_workspace_gives_its_name_and_ids_back_and_default_stays() {
    let workspaces = workspaces(1).await;
    let made = workspaces.create("test").await.expect("made");
    assert!(workspaces.create("test").await.is_err());
    let claimed = made.transact(|tx| if tx.claim::<Account>(77) { Ok(()) } else { Err(()) }).await;
    assert!(claimed.is_ok());
    let held =
        default(&workspaces).transact(|tx| if tx.claim::<Account>(77) { Ok(()) } else { Err(()) }).await;
    assert!(held.is_err());
    workspaces.delete("test").expect("deleted");
    let free =
        default(&workspaces).transact(|tx| if tx.claim::<Account>(77) { Ok(()) } else { Err(()) }).await;
    assert!(free.is_ok());
    assert!(workspaces.delete(DEFAULT).is_err());
    assert!(workspaces.delete("test").is_err());
    for name in ["", "a b", "a/b", &"x".repeat(65)] {
        assert!(workspaces.create(name).await.is_err(), "{name}");
    }
}

#[tokio::test]
async fn queued_outcomes_are_taken_in_order_an_orders_own_first() {
    use crate::kit::outcome::Outcome::{Approve, Cancel, Decline, Expire};
    let workspaces = workspaces(1).await;
    let workspace = default(&workspaces);
    workspace
        .transact(|tx| {
            tx.queue_outcomes("p", None, vec![Expire]);
            tx.queue_outcomes("p", Some("7"), vec![Decline, Cancel]);
            tx.queue_outcomes("p", Some("7"), vec![Approve]);
            Ok::<_, ()>(())
        })
        .await
        .expect("queued");
    let take = async |order: &'static str| {
        workspace.transact(|tx| Ok::<_, ()>(tx.take_outcome("p", order))).await.expect("taken")
    };
    assert_eq!(take("7").await, Some(Decline));
    let rolled_back: Result<(), _> = workspace
        .transact(|tx| {
            tx.take_outcome("p", "7");
            Err("it fails afterwards")
        })
        .await;
    assert!(rolled_back.is_err());
    assert_eq!(take("7").await, Some(Cancel), "what a failed transaction took is still there");
    assert_eq!(take("7").await, Some(Approve));
    assert_eq!(take("8").await, Some(Expire));
    assert_eq!(take("7").await, None);
}
