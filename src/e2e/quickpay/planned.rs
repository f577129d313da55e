//! Captures that were planned for later, and authorizations that wait for somebody.

use serde_json::{Value, json};

use super::{GOOD, done, link, ok, payment, queue, read};
use crate::support::Served;

/// A payment of 1000 that is authorized in the window, to be captured two days later.
async fn planned(served: &Served, order: &str) -> String {
    let path = payment(served, order).await;
    let url = link(served, &path, json!({"amount": 1000, "auto_capture_at": "2026-03-03"})).await;
    served.submit(&url, &[("test", GOOD)]).await;
    assert_eq!(types(&read(served, &path).await), "authorize");
    path
}

fn types(payment: &Value) -> String {
    let operations = payment["operations"].as_array().expect("a list");
    let said = |operation: &Value| operation["type"].as_str().expect("text").to_owned();
    operations.iter().map(said).collect::<Vec<_>>().join(" ")
}

async fn two_days_later(served: &Served) {
    served.post("clock/advance", json!({"milliseconds": 48 * 3_600_000})).await;
}

#[tokio::test]
async fn what_ends_nothing_leaves_a_planned_capture_in_place() {
    let served = Served::frozen().await;
    let path = planned(&served, "renewed").await;
    done(&served, &path, "renew", json!({})).await;
    queue(&served, "renewed", &["40000"]).await;
    done(&served, &path, "capture", json!({"amount": 400})).await;
    let before = read(&served, &path).await;
    assert_eq!((types(&before).as_str(), &before["balance"]), ("authorize renew capture", &json!(0)));
    two_days_later(&served).await;
    let after = read(&served, &path).await;
    assert_eq!(
        (types(&after).as_str(), &after["balance"]),
        ("authorize renew capture capture", &json!(1000))
    );
    let ids: Vec<u64> =
        after["operations"].as_array().expect("a list").iter().filter_map(|one| one["id"].as_u64()).collect();
    assert_eq!(ids, [1, 2, 3, 4]);
}

#[tokio::test]
async fn what_is_captured_or_cancelled_now_is_not_captured_later() {
    let served = Served::frozen().await;
    for (order, operation, balance) in [("captured", "capture", 400), ("cancelled", "cancel", 0)] {
        let path = planned(&served, order).await;
        done(&served, &path, operation, json!({"amount": 400})).await;
        let before = read(&served, &path).await;
        assert_eq!(before["balance"], balance, "{order}");
    }
    two_days_later(&served).await;
    let all = ok(&served, "GET", "/payments", Value::Null).await;
    for payment in all.as_array().expect("a list") {
        assert_eq!(payment["operations"].as_array().map(Vec::len), Some(2), "{payment}");
    }
}

#[tokio::test]
async fn what_waits_is_captured_once_it_is_approved() {
    let served = Served::frozen().await;
    for (outcome, expected, balance) in [("approve", "authorize capture", 1000), ("decline", "authorize", 0)]
    {
        let order = format!("waits-{outcome}");
        let path = payment(&served, &order).await;
        let url = link(&served, &path, json!({"amount": 1000, "auto_capture": true})).await;
        queue(&served, &order, &["20200"]).await;
        served.get(&url).await;
        assert_eq!(types(&read(&served, &path).await), "authorize");
        served
            .post(&format!("payments/{order}/outcome"), json!({"provider": "quickpay", "outcome": outcome}))
            .await;
        let after = read(&served, &path).await;
        assert_eq!((types(&after).as_str(), &after["balance"]), (expected, &json!(balance)));
    }
}

#[tokio::test]
async fn a_subscription_keeps_when_it_is_charged() {
    let served = Served::frozen().await;
    let terms = json!({
        "order_id": "gym-1", "currency": "DKK", "description": "Gym",
        "unscheduled": true, "threeds_v2": {"frequency": 30},
    });
    let made = ok(&served, "POST", "/subscriptions", terms).await;
    assert_eq!((&made["unscheduled"], &made["threeds_v2"]), (&json!(true), &json!({"frequency": 30})));
}

#[tokio::test]
async fn lists_go_by_age_where_they_go_by_id() {
    let served = Served::frozen().await;
    for order in ["first", "second", "third"] {
        payment(&served, order).await;
        served.post("clock/advance", json!({"milliseconds": 1000})).await;
    }
    let orders = async |query: &str| {
        let list = ok(&served, "GET", &format!("/payments{query}"), Value::Null).await;
        let orders = list.as_array().expect("a list").iter().map(|one| one["order_id"].clone());
        json!(orders.collect::<Vec<_>>())
    };
    assert_eq!(orders("").await, json!(["third", "second", "first"]));
    assert_eq!(orders("?sort_dir=asc").await, json!(["first", "second", "third"]));
    let list = ok(&served, "GET", "/payments?order_id=second", Value::Null).await;
    assert_eq!(orders(&format!("?page_key={}", list[0]["id"])).await, json!(["first"]));
}
