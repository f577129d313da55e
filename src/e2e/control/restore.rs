//! Snapshots: what is put back goes on as if nothing had been between.

use provkassa::replay::{flows, play_between};
use provkassa::serve::Options;
use provkassa::serve::sandbox::Sandbox;
use provkassa::simulators::kit::workspace::Snapshot;
use serde_json::{Value, json};

use super::call;
use super::faults::plant;
use crate::quickpay::{self, Does, GOOD, PRIVATE_KEY, Shop};
use crate::support::{NOON, Served};

const SNAPSHOT: &str = "/workspaces/default/snapshot";

/// Between any two steps of every documented flow the world is written down, lost, and put back.
#[tokio::test]
async fn a_world_that_is_put_back_between_any_two_steps_goes_on_as_documented() {
    for flow in flows().expect("flows") {
        let sandbox = Sandbox::with(Options::default()).await.expect("a sandbox");
        let workspace = sandbox.workspace();
        let put_back = async || {
            let before = workspace.snapshot();
            let text = serde_json::to_string(&before).expect("JSON");
            workspace.reset().await;
            let read: Snapshot = serde_json::from_str(&text).expect("a snapshot");
            workspace.restore(read).await.unwrap_or_else(|problem| panic!("{}: {problem}", flow.id));
            // The real clock goes on meanwhile.
            let mut after = workspace.snapshot();
            after.now = before.now;
            assert_eq!(serde_json::to_string(&after).expect("JSON"), text, "{}", flow.id);
        };
        let played = play_between(&flow, &sandbox, put_back).await.expect("played");
        let departed = played.exchanges.iter().find(|exchange| !exchange.departs.is_empty());
        assert!(departed.is_none(), "{}: {departed:?}", flow.id);
    }
}

async fn snapshot(served: &Served) -> Value {
    let snapshot = call(served, "GET", SNAPSHOT, &json!(null)).await;
    assert_eq!(snapshot.status, 200);
    snapshot.body
}

async fn restore(served: &Served, snapshot: &Value) {
    let answer = call(served, "PUT", SNAPSHOT, snapshot).await;
    assert_eq!(answer.status, 204, "{answer:?}");
}

/// What happens from here: retries, a held callback, a chance, a queued outcome, new ids.
async fn going_on(served: &Served, shop: &Shop, came: usize) -> Value {
    let held = served.read("callbacks").await;
    let held =
        held.as_array().expect("callbacks").iter().find(|callback| callback["status"]["state"] == "held");
    let id = held.expect("a held one")["id"].as_str().expect("an id").to_owned();
    served.post(&format!("callbacks/{id}/release"), Value::Null).await;
    let released = shop.wait(came + 1).await;
    // What was answered is written down before the clock moves.
    snapshot(served).await;
    served.post("clock/advance", json!({"milliseconds": 3_600_000})).await;
    // Both are tried again, whichever first.
    let retried = shop.wait(came + 3).await;
    let mut came: Vec<String> =
        retried[came..].iter().map(|came| String::from_utf8_lossy(&came.body).into_owned()).collect();
    came.sort();
    assert!(released.last().is_some_and(|came| came.is_of(PRIVATE_KEY)));
    let mut statuses = Vec::new();
    for order in ["next-1", "next-2", "next-3", "next-4"] {
        let made = json!({"order_id": order, "currency": "DKK"});
        let made = quickpay::api(served, "POST", "/payments", made).await;
        statuses.push(json!([made.status, made.text]));
    }
    // Nothing is on its way while it is looked at.
    json!({"came": came, "statuses": statuses, "after": snapshot(served).await})
}

#[tokio::test]
async fn going_on_from_a_snapshot_gives_what_going_on_would_have_given() {
    let served = Served::frozen().await;
    let shop = Shop::open(Does::Answer(500)).await;
    quickpay::terms(&served, json!({"callback_url": format!("{}/account", shop.url)})).await;
    quickpay::authorized(&served, "fails", 1000, GOOD).await;
    assert_eq!(shop.wait(1).await.len(), 1);
    let policy = json!({"provider": "quickpay", "order": "held", "policy": {"hold": true}});
    served.post("callbacks/policy", policy).await;
    quickpay::authorized(&served, "held", 1000, GOOD).await;
    served.set("quickpay.retries", "hourly").await;
    plant(&served, json!({"fault": "status", "percent": 50})).await;
    quickpay::queue(&served, "next-2", &["40000"]).await;
    let there = snapshot(&served).await;
    let first = going_on(&served, &shop, 1).await;
    let came = shop.came().len();

    restore(&served, &there).await;
    assert_eq!(snapshot(&served).await, there);
    assert_eq!(going_on(&served, &shop, came).await, first);

    // In another process with the same seed.
    let other = Served::start(&["--freeze", NOON]).await;
    restore(&other, &there).await;
    assert_eq!(snapshot(&other).await, there);
    let came = shop.came().len();
    assert_eq!(going_on(&other, &shop, came).await, first);
}

#[tokio::test]
async fn a_snapshot_that_does_not_fit_changes_nothing() {
    let served = Served::frozen().await;
    let there = snapshot(&served).await;
    let bent = |path: &str, value: Value| {
        let mut bent = there.clone();
        *bent.pointer_mut(path).unwrap_or_else(|| panic!("no {path}")) = value;
        bent
    };
    let mut unknown = there.clone();
    unknown["tables"]["brp.nothing"] = json!({});
    for (sent, status, kind) in [
        (json!({}), 400, "refused_body"),
        (bent("/workspace", json!("mine")), 409, "foreign_snapshot"),
        (bent("/mark", json!("000000000000")), 409, "foreign_snapshot"),
        (bent("/tables/brp.orders/15", json!({"id": 15})), 400, "refused_snapshot"),
        (unknown, 400, "refused_snapshot"),
        (bent("/settings/rules", json!("loose")), 400, "refused_setting"),
        (bent("/clock", json!({"mode": "backwards"})), 400, "refused_body"),
    ] {
        let answer = call(&served, "PUT", SNAPSHOT, &sent).await;
        assert_eq!((answer.status, answer.kind().as_str()), (status, kind), "{answer:?}");
    }
    assert_eq!(snapshot(&served).await, there);
    let other = Served::start(&["--freeze", NOON, "--seed", "2"]).await;
    let answer = call(&other, "PUT", SNAPSHOT, &there).await;
    assert_eq!((answer.status, answer.kind().as_str()), (409, "foreign_snapshot"));
}
