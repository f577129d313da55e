//! The same seed and the same requests give the same journal, byte for byte, at every provider: with callbacks,
//! retries, and faults that strike by chance.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use provkassa::simulators::PROVIDERS;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::bambora::order::{self as epay, Order};
use crate::fena;
use crate::freepay;
use crate::ports::ports_in_a_row;
use crate::quickpay::{self, Does, GOOD, Shop};
use crate::support::{NOON, Served, link, location};

/// How many orders each provider has: enough for a chance to go both ways.
const ORDERS: [&str; 3] = ["order-a", "order-b", "order-c"];
/// Every provider tries once more within it.
const A_DAY: u64 = 25 * 3_600_000;

/// Pays orders at every provider, has the shop told of it, and lets a day pass; whatever the shop says, it is told
/// again.
async fn live(served: &Served, shop: &Shop) {
    let hook = |name: &str| format!("{}/{name}", shop.url);
    quickpay::terms(served, json!({"callback_url": hook("quickpay")})).await;
    served.set("fena.webhook", &hook("fena")).await;
    served.set("fena.redirect", "http://127.0.0.1:1/thanks").await;
    served
        .post(
            "fenerum/webhooks",
            json!({"endpoint": hook("fenerum"), "basic_auth_username": "u", "basic_auth_password": "p"}),
        )
        .await;
    for plan in [
        json!({"fault": "wrong_digest", "percent": 40}),
        json!({"fault": "duplicate", "percent": 50, "after": 1, "times": 3}),
        json!({"fault": "latency", "milliseconds": 1, "percent": 30}),
    ] {
        served.post("faults", plan).await;
    }
    for order in ORDERS {
        let before = shop.came().len();
        let epays = Order::new(order).with("callbackurl", &hook("bambora")).with("instantcallback", "1");
        location(&epay::pay(served, &epays.page(served).await, "3333333333333000").await);
        quickpay::authorized(served, order, 1000, GOOD).await;
        fena::pay(served, &fena::link(served, order, 1250, &[]).await, "approve").await;
        let account = format!("{}/api/v1/accounts/CUST001/", served.fenerum);
        let change = served.client.patch(account).json(&json!({"legal_city": order}));
        let change = change.header("authorization", format!("Token {}", crate::fenerum::TOKEN));
        let change = change.header("x-client-system", "test").send().await.expect("an answer");
        assert_eq!(change.status(), StatusCode::OK);
        freepay::paid(served, order).await;
        let number = served.post("brp/orders", json!({"price": 500})).await["id"].to_string();
        let paying = link(&served.base(), &[("orderid", &number), ("returnurl", "http://127.0.0.1:1/")]);
        let page = location(&served.get(&paying).await);
        let bank = location(&served.submit(&page, &[("outcome", "approve")]).await);
        location(&served.get(&bank).await);
        assert!(shop.wait(before + 4).await.len() >= before + 4);
        tried(served, 1).await;
    }
    served.post("clock/advance", json!({"milliseconds": A_DAY})).await;
    tried(served, 2).await;
}

/// Waits until every callback was tried so often, or is not tried any more.
async fn tried(served: &Served, times: usize) {
    for _ in 0..500 {
        // Nothing is on its way while it is written down.
        served.read("snapshot").await;
        let callbacks = served.read("callbacks").await;
        let mut callbacks = callbacks.as_array().expect("callbacks").iter();
        let is_over = |callback: &Value| {
            callback["attempts"].as_array().map_or(0, Vec::len) >= times
                || callback["status"]["state"] == "gave_up"
        };
        if callbacks.all(is_over) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("not every callback was tried {times} times");
}

/// What the journal says of each order of each provider, in the order in which it happened.
async fn told(served: &Served) -> BTreeMap<(String, String), Vec<String>> {
    let journal = served.read("journal").await;
    assert_eq!(journal["dropped"], 0);
    let mut orders: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for entry in journal["entries"].as_array().expect("entries") {
        let mut entry = entry.clone();
        entry.as_object_mut().expect("an entry").remove("cursor");
        let about = (entry["provider"].to_string(), entry["order"].to_string());
        orders.entry(about).or_default().push(entry.to_string());
    }
    orders
}

#[tokio::test]
async fn the_same_seed_and_requests_give_the_same_journal_at_every_provider() {
    // The addresses are part of what is signed, so both runs have the same.
    let (shop, port) = (Shop::open(Does::Answer(500)).await, ports_in_a_row());
    let mut journals = Vec::new();
    for seed in ["7", "7", "8"] {
        let served = Served::on(port, &["--freeze", NOON, "--seed", seed]).await;
        live(&served, &shop).await;
        journals.push(told(&served).await);
    }
    let (one, again, other) = (&journals[0], &journals[1], &journals[2]);
    for (about, entries) in one {
        let same = again.get(about).unwrap_or_else(|| panic!("{about:?} is told once only"));
        for (first, second) in entries.iter().zip(same) {
            assert_eq!(first, second, "{about:?}");
        }
        assert_eq!(entries.len(), same.len(), "{about:?}");
    }
    assert_eq!(one.len(), again.len());
    assert_ne!(one, other, "another seed gives other ids and chances");
    // There was something of everything that is left to chance, and not everywhere.
    let all: Vec<&String> = one.values().flatten().collect();
    for struck in ["wrong_digest, planted", "duplicate, planted", "latency, planted"] {
        let count = all.iter().filter(|entry| entry.contains(struck)).count();
        assert!(count > 0 && count < all.len() / 2, "{struck}: {count} of {}", all.len());
    }
    let providers: BTreeSet<&str> = one.keys().map(|(provider, _)| provider.trim_matches('"')).collect();
    assert_eq!(providers, PROVIDERS.iter().map(|provider| provider.info().id).collect());
    let again = all.iter().filter(|entry| {
        serde_json::from_str::<Value>(entry).is_ok_and(|entry| entry["event"]["attempt"].as_u64() > Some(1))
    });
    assert!(again.count() >= 9, "callbacks are tried again");
}
