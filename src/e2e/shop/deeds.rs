//! What a shop does with an order afterwards: capture, refund, cancel, charge, end.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::forgeries::Call;
use super::{PAYS, Shop};
use crate::support::Served;

/// An order that is paid.
async fn paid(shop: &Shop<'_>, at: &str, id: &str) {
    let answer = shop.checkout(at, json!({"order": id, "amount": 10_000})).await;
    let back = PAYS.walk(shop, answer).await;
    shop.served.get(&back).await;
    shop.becomes(id, if at.contains("subscription") || at == "fenerum" { "active" } else { "paid" }).await;
}

#[tokio::test]
async fn money_is_captured_and_paid_back_and_never_more_than_there_is() {
    let served = Served::start(&[]).await;
    let shop = Shop::open(&served).await;
    for provider in ["bambora", "freepay", "quickpay"] {
        let id = format!("{provider}1");
        paid(&shop, provider, &id).await;
        for (deed, amount, status, captured, refunded) in [
            ("refund", None, 409, 0, 0),
            ("capture", Some(10_001), 409, 0, 0),
            ("capture", Some(9_000), 200, 9_000, 0),
            ("capture", None, 409, 9_000, 0),
            ("cancel", None, 409, 9_000, 0),
            ("refund", Some(9_001), 409, 9_000, 0),
            ("refund", Some(-1), 409, 9_000, 0),
            ("refund", Some(4_000), 200, 9_000, 4_000),
            ("refund", None, 200, 9_000, 9_000),
            ("refund", None, 409, 9_000, 9_000),
            ("charge", None, 409, 9_000, 9_000),
            ("borrow", None, 404, 9_000, 9_000),
        ] {
            let body = amount.map_or(Value::Null, |amount| json!({"amount": amount}));
            let (answered, told) = shop.act(&id, deed, body).await;
            assert_eq!(answered, status, "{provider} {deed} {amount:?}: {told}");
            let order = shop.order(&id).await;
            assert_eq!(
                (&order["captured"], &order["refunded"]),
                (&json!(captured), &json!(refunded)),
                "{order}"
            );
        }
        // All that was taken is paid back.
        assert_eq!(shop.order(&id).await["status"], "refunded");
        // The callback that comes once more pays nothing again.
        if provider != "freepay" {
            let order = shop.order(&id).await;
            assert_eq!(Call::of(&order).send(&shop, &order).await, StatusCode::OK);
            let order = shop.order(&id).await;
            assert_eq!((&order["status"], &order["credited"]), (&json!("refunded"), &json!(1)), "{order}");
        }
    }
    assert_eq!(shop.act("nobody", "refund", Value::Null).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn two_refunds_at_once_are_one() {
    let served = Served::start(&[]).await;
    let shop = Shop::open(&served).await;
    paid(&shop, "quickpay", "at-once").await;
    shop.act("at-once", "capture", Value::Null).await;
    let refund = || shop.act("at-once", "refund", Value::Null);
    let ((one, _), (other, _), (third, _)) = tokio::join!(refund(), refund(), refund());
    let mut statuses = [one.as_u16(), other.as_u16(), third.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409]);
    assert_eq!(shop.order("at-once").await["refunded"], 10_000);
}

#[tokio::test]
async fn what_is_reserved_is_let_go() {
    let served = Served::start(&[]).await;
    let shop = Shop::open(&served).await;
    for (provider, deeds) in
        [("bambora", &["cancel"][..]), ("freepay", &["cancel"]), ("quickpay", &["renew", "cancel"])]
    {
        paid(&shop, provider, &format!("{provider}2")).await;
        for deed in deeds {
            let (status, told) = shop.act(&format!("{provider}2"), deed, Value::Null).await;
            assert_eq!(status, StatusCode::OK, "{provider} {deed}: {told}");
        }
        assert_eq!(shop.order(&format!("{provider}2")).await["status"], "cancelled");
        let (status, _) = shop.act(&format!("{provider}2"), "capture", Value::Null).await;
        assert_eq!(status, StatusCode::CONFLICT, "{provider}");
    }
}

#[tokio::test]
async fn a_subscription_is_charged_again_and_again_until_it_ends() {
    let served = Served::start(&[]).await;
    let shop = Shop::open(&served).await;
    for provider in ["bambora", "freepay", "quickpay"] {
        let id = format!("{provider}3");
        paid(&shop, &format!("{provider}?variant=subscription"), &id).await;
        for count in 1..=2 {
            let (status, order) = shop.act(&id, "charge", json!({"amount": 700})).await;
            assert_eq!(status, StatusCode::OK, "{provider}: {order}");
            let charges = order["charges"].as_array().expect("a list");
            assert_eq!(charges.len(), count, "{order}");
            assert!(charges.iter().all(|charge| charge["transaction"].as_str().is_some_and(|id| id != "0")));
        }
        if provider == "freepay" {
            // It knows no end.
            assert_eq!(shop.act(&id, "delete", Value::Null).await.0, StatusCode::CONFLICT);
            continue;
        }
        let (status, order) = shop.act(&id, "delete", Value::Null).await;
        assert_eq!((status, &order["status"]), (StatusCode::OK, &json!("deleted")));
        for deed in ["charge", "delete"] {
            assert_eq!(shop.act(&id, deed, Value::Null).await.0, StatusCode::CONFLICT);
        }
    }
}

#[tokio::test]
async fn a_card_at_fenerum_is_registered_once_and_disabled() {
    let served = Served::start(&[]).await;
    let shop = Shop::open(&served).await;
    paid(&shop, "fenerum", "card-1").await;
    let order = shop.order("card-1").await;
    for _ in 0..2 {
        assert_eq!(Call::of(&order).send(&shop, &order).await, StatusCode::OK);
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let cards = async || served.read("fenerum/payment_cards").await;
    let listed = cards().await;
    assert_eq!(listed.as_array().map(Vec::len), Some(1), "{listed}");
    assert_eq!(shop.act("card-1", "delete", Value::Null).await.0, StatusCode::OK);
    assert_eq!(cards().await[0]["active"], false);
    assert_eq!(shop.order("card-1").await["status"], "deleted");
}
