//! Another card for a subscription: given, not given, and given to a shop that goes wrong about it.

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use super::trials::Trial;
use super::{LEAVES, PAYS, Payer, Shop};
use crate::support::Served;

/// Where the shop leads a subscription's customer who wants to give another card.
async fn renew(shop: &Shop<'_>, id: &str) -> Response {
    let url = format!("{}/orders/{id}/renew", shop.url);
    let answer = shop.served.client.post(url).send().await.expect("an answer");
    assert!(answer.status().is_success() || answer.status().is_redirection(), "{}", answer.status());
    answer
}

/// The customer of a subscription goes to the provider once more; the address that leads back.
async fn goes_again(shop: &Shop<'_>, id: &str, payer: Payer) -> String {
    let answer = renew(shop, id).await;
    payer.walk(shop, answer).await
}

/// How many subscriptions, or cards, can be charged at the provider.
async fn alive(served: &Served, provider: &str) -> usize {
    let kind =
        if provider == "fenerum" { "fenerum/payment_cards" } else { &format!("{provider}/subscriptions") };
    let can = |record: &&Value| match provider {
        "fenerum" => record["active"] == true,
        "quickpay" => record["state"] == "active",
        // What was ended is not there any more.
        _ => true,
    };
    served.read(kind).await.as_array().expect("records").iter().filter(can).count()
}

/// What comes of a mistake, in a few words.
pub(super) async fn trial(trial: &Trial<'_>, mistake: &str) -> String {
    let Trial { shop, provider, served, .. } = *trial;
    let id = trial.signed_up().await;
    let before = shop.order(&id).await["subscription"].clone();
    let there = alive(served, provider).await;
    let payer = if mistake == "renewed-when-back" { LEAVES } else { PAYS };
    let back = goes_again(shop, &id, payer).await;
    if mistake == "renewed-by-return-alone" {
        tokio::time::sleep(super::PAUSE * 10).await;
    } else {
        served.get(&back).await;
    }
    let order = shop.becomes(&id, "active").await;
    let card = if order["subscription"] == before { "the same card" } else { "another card" };
    let more = alive(served, provider).await.cast_signed() - there.cast_signed();
    format!("{card}, {more:+} at the provider")
}

#[tokio::test]
async fn another_card_takes_the_place_of_the_one_before() {
    let served = Served::start(&[]).await;
    let shop = Shop::open(&served).await;
    for (at, ended) in [
        ("bambora?variant=subscription", true),
        ("fenerum?variant=quickpay", true),
        ("freepay?variant=subscription", false),
        ("quickpay?variant=subscription", true),
    ] {
        let provider = at.split('?').next().expect("a provider");
        let (id, others) = (format!("renewed{provider}"), alive(&served, provider).await);
        shop.buy(at, &id, PAYS).await;
        let before = shop.becomes(&id, "active").await;
        let left = goes_again(&shop, &id, LEAVES).await;
        assert_eq!(served.get(&left).await.status(), StatusCode::OK, "{left}");
        assert_eq!(shop.order(&id).await, before, "the card stays until there is another");
        let back = goes_again(&shop, &id, PAYS).await;
        for _ in 0..2 {
            assert_eq!(served.get(&back).await.status(), StatusCode::OK, "{back}");
        }
        let order = shop.order(&id).await;
        assert_ne!(order["subscription"], before["subscription"], "{order}");
        assert_eq!((&order["status"], &order["credited"]), (&json!("active"), &json!(1)), "{order}");
        assert_eq!(alive(&served, provider).await - others, if ended { 1 } else { 2 }, "{provider}");
        if provider != "fenerum" {
            let (status, charged) = shop.act(&id, "charge", json!({"amount": 700})).await;
            assert_eq!(status, StatusCode::OK, "{charged}");
        }
        if ended {
            assert_eq!(shop.act(&id, "delete", Value::Null).await.0, StatusCode::OK);
            assert_eq!(shop.act(&id, "renew", Value::Null).await.0, StatusCode::CONFLICT);
        }
    }
}

#[tokio::test]
async fn a_card_for_a_subscription_that_was_ended_meanwhile_is_ended_too() {
    let served = Served::start(&[]).await;
    let shop = Shop::open(&served).await;
    shop.buy("bambora?variant=subscription", "ended", PAYS).await;
    shop.becomes("ended", "active").await;
    let answer = renew(&shop, "ended").await;
    // The customer stands at the window, and has ended it in another tab.
    shop.act("ended", "delete", Value::Null).await;
    served.get(&PAYS.walk(&shop, answer).await).await;
    assert_eq!(shop.order("ended").await["status"], "deleted");
    assert_eq!(alive(&served, "bambora").await, 0);
}
