//! The shop that does what the samples of the providers' documents do, and the same shop put right: both are paid
//! with each provider, and only one of them believes what it should not.

mod checked;
mod shops;

use std::process::{Command, Stdio};
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};

pub(crate) use self::shops::can_open;
use self::shops::{Belief, Shop};
use crate::support::{Served, location, root};

const PROVIDERS: [&str; 6] = ["bambora", "brp", "fena", "fenerum", "freepay", "quickpay"];
/// Both shops, each with a sandbox of its own.
const BOTH: [&str; 2] = ["documented", "corrected"];

#[test]
fn what_the_corrected_shop_computes_and_compares_is_right() {
    if !can_open() {
        return;
    }
    let tests = root().join("fixtures/shops/corrected/signing.test.mjs");
    let run = Command::new("node").arg("--test").arg(tests).stdin(Stdio::null()).output().expect("started");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
}

fn belief(status: &str, credited: u64) -> Belief {
    (status.to_owned(), credited)
}

#[tokio::test]
async fn both_shops_are_paid_with_every_provider() {
    for which in BOTH {
        let served = Served::start(&[]).await;
        let Some(shop) = Shop::open(&served, which).await else { return };
        for provider in PROVIDERS {
            let order = format!("{provider}1");
            shop.paid(provider, &order, 12_500).await;
            // Fenerum's document knows cards that are saved, and no amounts.
            let saves = provider == "fenerum" || (provider == "quickpay" && which == "documented");
            shop.comes_to_believe(&order, if saves { "active" } else { "paid" }, 1).await;
        }
    }
}

#[tokio::test]
async fn an_accept_url_that_is_opened_by_hand_pays_in_the_documented_shop_alone() {
    for which in BOTH {
        let served = Served::start(&[]).await;
        let Some(shop) = Shop::open(&served, which).await else { return };
        for (provider, path, documented) in [
            ("bambora", "?order=bambora1&orderid=bambora1&txnid=1&amount=1&currency=208", ("paid", 1)),
            ("brp", "?order=brp1", ("paid", 1)),
            ("fena", "?order=fena1&status=executed", ("paid", 0)),
            // Freepay's document advises to ask, and so a number that is made up is nobody's.
            ("freepay", "?order=freepay1&OrderNumber=freepay1&transact=1", ("pending", 0)),
        ] {
            let order = format!("{provider}1");
            shop.checks_out(provider, &order, 12_500).await;
            shop.opens(&format!("/return/{provider}{path}")).await;
            let (status, credited) = if which == "documented" { documented } else { ("pending", 0) };
            assert_eq!(shop.believes(&order).await, belief(status, credited), "{provider}, the {which} shop");
        }
    }
}

#[tokio::test]
async fn a_paid_order_is_lost_by_an_address_in_the_documented_shop_alone() {
    for (which, status) in [("documented", "failed"), ("corrected", "paid")] {
        let served = Served::start(&[]).await;
        let Some(shop) = Shop::open(&served, which).await else { return };
        for (provider, path) in [
            ("brp", "/return/brp?order=brp1&receiptid=&error=205"),
            ("fena", "/return/fena?order=fena1&status=rejected"),
            ("freepay", "/cancelled/freepay?order=freepay1&Param=freepay1&reason=100"),
        ] {
            let order = format!("{provider}1");
            shop.paid(provider, &order, 12_500).await;
            shop.comes_to_believe(&order, "paid", 1).await;
            shop.opens(path).await;
            assert_eq!(shop.believes(&order).await, belief(status, 1), "{provider}, the {which} shop");
        }
    }
}

#[tokio::test]
async fn a_payment_is_credited_once_by_the_corrected_shop_alone() {
    for (which, credited) in [("documented", 2), ("corrected", 1)] {
        let served = Served::start(&[]).await;
        let Some(shop) = Shop::open(&served, which).await else { return };
        // The customer reloads the page.
        for provider in ["brp", "freepay"] {
            let back = shop.paid_at(provider, provider, 12_500).await;
            served.get(&back).await;
            served.get(&back).await;
            assert_eq!(
                shop.believes(provider).await,
                belief("paid", credited),
                "{provider}, the {which} shop"
            );
        }
        // Fena calls again; ePay calls in the next minute, and the browser has come before.
        for (provider, action) in [("fena", "resend"), ("bambora", "release")] {
            shop.paid(provider, provider, 12_500).await;
            assert_eq!(shop.believes(provider).await, belief("paid", 1), "{provider}, the {which} shop");
            let attempts = if action == "resend" { 2 } else { 1 };
            let callback = shop.callback(provider).await;
            let id = callback["id"].as_str().expect("an id");
            served.post(&format!("callbacks/{id}/{action}"), Value::Null).await;
            if provider == "bambora" {
                served.post("clock/advance", json!({ "milliseconds": 61_000 })).await;
            }
            for _ in 0..400 {
                if shop.callback(provider).await["attempts"][attempts - 1]["status"] == 200 {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(25)).await;
            }
            assert_eq!(
                shop.believes(provider).await,
                belief("paid", credited),
                "{provider}, the {which} shop"
            );
        }
    }
}

#[tokio::test]
async fn a_cheap_payment_pays_for_a_dear_order_in_the_documented_shop_alone() {
    for (which, believed) in [("documented", belief("paid", 1)), ("corrected", belief("pending", 0))] {
        let served = Served::start(&[]).await;
        let Some(shop) = Shop::open(&served, which).await else { return };
        for (provider, name) in [("brp", "receiptid"), ("freepay", "transact")] {
            let (cheap, dear) = (format!("{provider}1"), format!("{provider}2"));
            let back = shop.paid_at(provider, &cheap, 100).await;
            let back = url::Url::parse(&back).expect("a URL");
            let (_, id) = back.query_pairs().find(|(key, _)| key == name).expect("an id");
            shop.checks_out(provider, &dear, 99_000).await;
            shop.opens(&format!("/return/{provider}?order={dear}&OrderNumber={dear}&{name}={id}&error="))
                .await;
            assert_eq!(shop.believes(&dear).await, believed, "{provider}, the {which} shop");
        }
    }
}

#[tokio::test]
async fn a_callback_of_quickpays_without_a_checksum_is_believed_by_the_documented_shop_alone() {
    for (which, answer, believed) in [
        ("documented", StatusCode::OK, belief("active", 2)),
        ("corrected", StatusCode::UNAUTHORIZED, belief("pending", 0)),
    ] {
        let served = Served::start(&[]).await;
        let Some(shop) = Shop::open(&served, which).await else { return };
        shop.paid("quickpay", "order1", 12_500).await;
        let status = if which == "documented" { "active" } else { "paid" };
        shop.comes_to_believe("order1", status, 1).await;
        shop.checks_out("quickpay", "order2", 12_500).await;
        let (mut body, open) = (shop.payment(true).await, shop.payment(false).await);
        body["order_id"] = open["order_id"].clone();
        body["variables"] = open["variables"].clone();
        for key in [None, Some("quickpay-api-key")] {
            assert_eq!(shop.called(&body, key).await, answer, "the {which} shop");
        }
        assert_eq!(shop.believes("order2").await, believed, "the {which} shop");
    }
}

#[tokio::test]
async fn what_is_not_taken_is_refused_by_the_corrected_shop_alone() {
    let ok = StatusCode::OK;
    for (which, forged, foreign, unknown) in [
        ("documented", ok, ok, StatusCode::INTERNAL_SERVER_ERROR),
        ("corrected", StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::NOT_FOUND),
    ] {
        let served = Served::start(&[]).await;
        let Some(shop) = Shop::open(&served, which).await else { return };
        let token = [("token", "e30.e30.e30")];
        let answer = served.submit(&format!("{}/callback/fena", shop.url), &token).await;
        assert_eq!(answer.status(), forged, "the {which} shop, a token that nobody signed");
        let other =
            served.post("fenerum/accounts", json!({ "code": "CUST900", "company_name": "Another" })).await;
        shop.checks_out("fenerum", "order1", 0).await;
        let account = other["uuid"].as_str().expect("an account");
        assert_eq!(shop.registers("order1", account).await, foreign, "the {which} shop, another's account");
        for provider in ["bambora", "brp", "fena", "freepay"] {
            let path =
                format!("/return/{provider}?order=nobody&orderid=nobody&OrderNumber=nobody&transact=1");
            assert_eq!(
                shop.opens(&path).await,
                unknown,
                "the {which} shop, {provider}: an order that nobody knows"
            );
        }
    }
}

#[tokio::test]
async fn the_samples_link_is_refused_by_the_live_quickpay_and_the_corrected_one_is_not() {
    for (which, leads) in [("documented", false), ("corrected", true)] {
        let served = Served::start(&["--set", "rules=live"]).await;
        let Some(shop) = Shop::open(&served, which).await else { return };
        let onward = location(&shop.checks_out("quickpay", "order1", 12_500).await);
        assert_eq!(onward.starts_with(&served.quickpay), leads, "the {which} shop: {onward}");
    }
}
