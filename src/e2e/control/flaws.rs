//! Faults in what a provider signs: in callbacks, and in returns.

use serde_json::json;

use super::faults::{notes, plant, pull};
use crate::bambora::{order as epay, order::Order};
use crate::fena;
use crate::quickpay::{self, Does, GOOD, PRIVATE_KEY, Shop};
use crate::support::{Served, location};

/// A test card of ePay's that is approved.
const EPAYS_CARD: &str = "3333333333333000";

#[tokio::test]
async fn quickpays_callbacks_go_wrong() {
    let served = Served::frozen().await;
    let shop = Shop::open(Does::Answer(200)).await;
    quickpay::terms(&served, json!({"callback_url": format!("{}/account", shop.url)})).await;
    let mut before = 0;
    let mut next = async |fault: &str, count: usize| {
        if !fault.is_empty() {
            plant(&served, json!({"fault": fault, "provider": "quickpay", "endpoint": "POST /account"}))
                .await;
        }
        quickpay::authorized(&served, &format!("o-{before}-{fault}"), 1000, GOOD).await;
        pull(&served).await;
        let came = shop.wait(before + count).await.split_off(before);
        before += count;
        came
    };
    let sum = |came: &quickpay::Came| came.header("quickpay-checksum-sha256").to_owned();
    let right = next("", 1).await.remove(0);
    assert!(right.is_of(PRIVATE_KEY));
    let forged = next("wrong_digest", 1).await.remove(0);
    assert!(!forged.is_of(PRIVATE_KEY) && sum(&forged).len() == 64);
    let other = next("wrong_algorithm", 1).await.remove(0);
    assert!(!other.is_of(PRIVATE_KEY) && sum(&other).len() == 40);
    let empty = next("empty_body", 1).await.remove(0);
    assert!(empty.is_of(PRIVATE_KEY) && empty.body.is_empty());
    let reordered = next("reordered_fields", 1).await.remove(0);
    assert!(reordered.is_of(PRIVATE_KEY));
    let names = |came: &quickpay::Came| {
        let text = String::from_utf8_lossy(&came.body).into_owned();
        let (id, created) = (text.find("\"id\":"), text.find("\"created_at\":"));
        (id < created, came.json().as_object().expect("an object").len())
    };
    let (first, count) = names(&right);
    assert_eq!(names(&reordered), (!first, count));
    let twice = next("duplicate", 2).await;
    assert!(twice[0].body == twice[1].body && twice[0].is_of(PRIVATE_KEY));
    assert_eq!(
        notes(&served, "quickpay").await,
        [
            "wrong_digest, planted as fault 1",
            "wrong_algorithm, planted as fault 1",
            "empty_body, planted as fault 1",
            "reordered_fields, planted as fault 1",
            "duplicate, planted as fault 1",
            "duplicate, planted as fault 1",
        ]
    );
}

#[tokio::test]
async fn fenas_notifications_go_wrong() {
    let served = Served::frozen().await;
    let shop = fena::with_shop(&served, fena::Does::Answer(200)).await;
    let now = fena::now(&served).await;
    let mut before = 0;
    let mut judged: Vec<String> = Vec::new();
    for (fault, count) in [
        ("wrong_digest", 1),
        ("wrong_algorithm", 1),
        ("expired", 1),
        ("empty_body", 1),
        ("reordered_fields", 1),
        ("duplicate", 2),
    ] {
        plant(&served, json!({"fault": fault, "order": fault})).await;
        fena::pay(&served, &fena::link(&served, fault, 1250, &[]).await, "approve").await;
        pull(&served).await;
        for came in shop.wait(before + count).await.split_off(before) {
            judged.push(format!("{fault}: {}", fena::judged(&came, fault, 1250, now)));
        }
        before += count;
    }
    assert_eq!(
        judged,
        [
            "wrong_digest: signature",
            "wrong_algorithm: algorithm",
            "expired: expiry",
            "empty_body: token",
            "reordered_fields: paid",
            "duplicate: paid",
            "duplicate: paid",
        ]
    );
    let came = shop.came();
    let names = |place: usize| -> Vec<String> {
        let token = came[place].body.split('.').nth(1).expect("claims").to_owned();
        let claims = provkassa::simulators::kit::jwt::text_of_segment(&token).expect("text");
        claims.split(['{', ',']).filter_map(|pair| Some(pair.split_once("\":")?.0.to_owned())).collect()
    };
    let reversed: Vec<String> = names(5).into_iter().rev().collect();
    assert_eq!(names(4), reversed);
    assert_eq!(notes(&served, "fena").await.len(), 7);
}

#[tokio::test]
async fn epays_callbacks_and_returns_go_wrong() {
    let served = Served::frozen().await;
    let shop = Shop::open(Does::Answer(200)).await;
    let mut before = 0;
    for fault in ["wrong_digest", "wrong_algorithm", "reordered_fields"] {
        // Once in the callback, and once in the payer's return.
        for (place, endpoint) in ["/told", "/ok"].into_iter().enumerate() {
            plant(&served, json!({"fault": fault, "provider": "bambora", "endpoint": endpoint})).await;
            let url = format!("{}/told", shop.url);
            let order = Order::new(&format!("{fault}-{place}"))
                .with("callbackurl", &url)
                .with("instantcallback", "1");
            let back = location(&epay::pay(&served, &order.page(&served).await, EPAYS_CARD).await);
            pull(&served).await;
            let told = shop.wait(before + 1).await.remove(before);
            before += 1;
            let told = format!("{url}?{}", told.query);
            let (flawed, right) = if place == 0 { (told, back) } else { (back, told) };
            let hash = |url: &str| epay::value_of(url, "hash");
            assert!(epay::verified(&right).contains("txnid=") && hash(&right).len() == 32);
            match fault {
                "wrong_digest" => assert!(hash(&flawed).len() == 32 && hash(&flawed) != hash(&right)),
                "wrong_algorithm" => assert_eq!(hash(&flawed).len(), 64),
                _ => {
                    let told = epay::verified(&flawed);
                    assert!(
                        told.contains("?cardno=") && told.ends_with(&epay::value_of(&right, "txnid")),
                        "{told}"
                    );
                }
            }
        }
    }
    assert_eq!(notes(&served, "bambora").await.len(), 6);
}

#[tokio::test]
async fn fenerums_events_go_wrong() {
    let served = Served::frozen().await;
    let shop = Shop::open(Does::Answer(200)).await;
    let webhook = json!({"endpoint": format!("{}/hook", shop.url), "basic_auth_username": "u", "basic_auth_password": "p"});
    served.post("fenerum/webhooks", webhook).await;
    let flaws = [
        ("wrong_digest", "Basic dTphbm90aGVyIHBhc3N3b3Jk", "{\"event\""),
        ("empty_body", "Basic dTpw", ""),
        ("reordered_fields", "Basic dTpw", "{\"data\""),
    ];
    for (before, (fault, authorization, body)) in flaws.into_iter().enumerate() {
        plant(&served, json!({"fault": fault, "order": "CUST001"})).await;
        let account = format!("{}/api/v1/accounts/CUST001/", served.fenerum);
        let request = served.client.patch(account).json(&json!({"legal_city": fault}));
        let request = request.header("authorization", format!("Token {}", crate::fenerum::TOKEN));
        let answer = request.header("x-client-system", "test").send().await.expect("an answer");
        assert!(answer.status().is_success(), "{}", answer.text().await.expect("a body"));
        // The fault strikes when the event is sent, which may be after the answer.
        let came = shop.wait(before + 1).await.remove(before);
        pull(&served).await;
        assert_eq!(came.header("authorization"), authorization, "{fault}");
        let text = String::from_utf8_lossy(&came.body);
        assert!(text.starts_with(body) && text.is_empty() == body.is_empty(), "{fault}: {text}");
    }
    assert_eq!(notes(&served, "fenerum").await.len(), 3);
}
