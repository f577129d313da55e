//! Paid, refused and given up at every provider, and what a later payment does to it.

use reqwest::StatusCode;
use serde_json::json;

use super::{LEAVES, PAYS, PROVIDERS, Payer, REFUSED, Shop, settled};
use crate::support::Served;

/// Somebody whose card is refused, at providers that stay at the card then: tries once, and leaves.
const CARD_REFUSED: Payer = Payer { outcome: "approve", card: "1000000000000016" };

#[tokio::test]
async fn an_order_is_paid_at_every_provider_and_credited_once() {
    let served = Served::start(&[]).await;
    let shop = Shop::open(&served).await;
    for (provider, currency) in PROVIDERS {
        let id = format!("paid-{provider}").replace('-', "");
        let back = shop.buy(provider, &id, PAYS).await;
        let order = shop.becomes(&id, settled(provider)).await;
        assert_eq!(order["credited"], 1, "{order}");
        assert_eq!(order["currency"], currency, "{order}");
        assert_eq!(order["reason"], json!(null), "{order}");
        let transaction = order["transaction"].as_str().expect("a transaction");
        assert!(!transaction.is_empty(), "{order}");
        if provider != "fenerum" {
            assert_eq!(order["paid"], 12_500, "{order}");
        }
        // The payer reloads the page, and buys the same again.
        assert_eq!(served.get(&back).await.status(), StatusCode::OK);
        assert_eq!(shop.order(&id).await, order);
        let again = shop.checkout(provider, json!({"order": id, "amount": 12_500})).await;
        assert_eq!(again.status(), StatusCode::CONFLICT, "{provider}");
    }
}

#[tokio::test]
async fn an_order_that_is_given_up_or_refused_can_be_paid_afterwards() {
    let served = Served::start(&[]).await;
    let shop = Shop::open(&served).await;
    for (provider, _) in PROVIDERS {
        for (first, fails) in [("left", LEAVES), ("refused", REFUSED)] {
            // These stay at the card after a refusal; to leave then is to cancel.
            if first == "refused" && ["bambora", "fenerum", "quickpay"].contains(&provider) {
                continue;
            }
            let id = format!("{first}{provider}");
            shop.buy(provider, &id, fails).await;
            let order = shop.order(&id).await;
            let status = order["status"].as_str().expect("a status");
            assert!(["cancelled", "failed", "pending"].contains(&status), "{order}");
            assert_eq!(order["credited"], 0, "{order}");
            assert_eq!(order["paid"], json!(null), "{order}");
            shop.buy(provider, &id, PAYS).await;
            let order = shop.becomes(&id, settled(provider)).await;
            assert_eq!((&order["credited"], &order["attempts"]), (&json!(1), &json!(2)), "{order}");
        }
    }
}

#[tokio::test]
async fn a_refused_card_is_told_and_another_one_pays() {
    let served = Served::start(&[]).await;
    let shop = Shop::open(&served).await;
    let begun = shop.checkout("quickpay", json!({"order": "second-card", "amount": 500})).await;
    let window = begun.headers()["location"].to_str().expect("text").to_owned();
    for (card, status) in [(CARD_REFUSED.card, "failed"), ("1000000000000008", "paid")] {
        let page = served.get(&window).await.text().await.expect("a page");
        let session = super::attribute(page.split("name=\"session_id\"").nth(1).expect("a session"), "value");
        let fields = [
            ("session_id", session.as_str()),
            ("cardnumber", card),
            ("expiration[month]", "12"),
            ("expiration[year]", "39"),
            ("cvd", "208"),
        ];
        served.submit(&window, &fields).await;
        let order = shop.becomes("second-card", status).await;
        assert_eq!(order["reason"].is_string(), status == "failed", "{order}");
    }
}

#[tokio::test]
async fn a_provider_has_several_ways() {
    let served = Served::start(&[]).await;
    let shop = Shop::open(&served).await;
    for (at, status) in [
        ("quickpay?variant=window", "paid"),
        ("quickpay?variant=subscription", "active"),
        ("bambora?variant=subscription", "active"),
        ("freepay?variant=subscription", "active"),
    ] {
        let id = at.replace("?variant=", "");
        shop.buy(at, &id, PAYS).await;
        let order = shop.becomes(&id, status).await;
        assert_eq!(order["credited"], 1, "{order}");
        assert_eq!(order["subscription"].is_string(), status == "active", "{order}");
    }
    // BRP has a price of its own for what is paid every month.
    let wish = json!({"order": "monthly", "amount": 12_500});
    let refused = shop.checkout("brp?variant=subscription", wish).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let begun = shop.checkout("brp?variant=subscription", json!({"order": "every month"})).await;
    let back = PAYS.walk(&shop, begun).await;
    served.get(&back).await;
    assert_eq!(shop.order("every month").await["status"], "active");
}

#[tokio::test]
async fn an_order_that_has_grown_is_not_paid_by_the_old_link() {
    let served = Served::start(&[]).await;
    let shop = Shop::open(&served).await;
    for (provider, _) in PROVIDERS.into_iter().filter(|(provider, _)| *provider != "fenerum") {
        let id = format!("grown{provider}");
        let small = shop.checkout(provider, json!({"order": id, "amount": 200})).await;
        // In another tab something is put into the cart.
        let large = shop.checkout(provider, json!({"order": id, "amount": 90_000})).await;
        if provider == "quickpay" || provider == "brp" {
            // The old link does not lead to a payment any more.
            let link = small.headers()["location"].to_str().expect("text").to_owned();
            let page = served.get(&link).await;
            let to = page.headers().get("location").map(|to| to.to_str().expect("text").to_owned());
            assert!(!page.status().is_success() || !page.text().await.expect("text").contains("cardnumber"));
            if let Some(to) = to {
                assert!(to.contains("error=12"), "{to}");
            }
        } else {
            let back = PAYS.walk(&shop, small).await;
            served.get(&back).await;
            tokio::time::sleep(super::PAUSE * 20).await;
            let order = shop.order(&id).await;
            assert_eq!((&order["credited"], &order["paid"]), (&json!(0), &json!(null)), "{order}");
        }
        if provider != "fena" {
            let back = PAYS.walk(&shop, large).await;
            served.get(&back).await;
            assert_eq!(shop.becomes(&id, "paid").await["paid"], 90_000);
        }
    }
}

#[tokio::test]
async fn whatever_the_order_is_called_its_payer_comes_back_to_it() {
    let served = Served::start(&[]).await;
    let shop = Shop::open(&served).await;
    let long = "x".repeat(54);
    for id in ["Blå & grøn #7/1", "a+b=c?d%20e", " blanks ", long.as_str(), "1"] {
        for (provider, _) in PROVIDERS {
            let id = format!("{id}{provider}");
            shop.buy(provider, &id, PAYS).await;
            let order = shop.becomes(&id, settled(provider)).await;
            assert_eq!((&order["order"], &order["credited"]), (&json!(id), &json!(1)), "{order}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_sold_is_refused_with_words() {
    let served = Served::start(&[]).await;
    let shop = Shop::open(&served).await;
    for (at, wish, status, words) in [
        ("klarna", json!({}), 404, "there is no counter `klarna`"),
        ("quickpay?variant=form", json!({}), 404, "QuickPay is paid by: link, window, subscription"),
        ("quickpay", json!({"amount": 0}), 422, "a whole number from 1 on, and not `0`"),
        ("quickpay", json!({"amount": "12.50"}), 422, "and not `12.50`"),
        ("brp", json!({"currency": "DKK"}), 422, "BRP Online is paid in SEK, not in DKK"),
        ("fena", json!({"amount": 49}), 422, "Fena does not take this: less than 0.50"),
        ("fena", json!({"amount": 500_000}), 422, "Fena does not take this"),
        ("fena", json!({"order": "x".repeat(256)}), 422, "at most 255 characters"),
    ] {
        let answer = shop.checkout(at, wish.clone()).await;
        assert_eq!(answer.status(), status, "{at} {wish}");
        let told: serde_json::Value = answer.json().await.expect("JSON");
        assert!(told["error"].as_str().expect("words").contains(words), "{told}");
    }
    let client = &served.client;
    let empty = client.post(format!("{}/checkout/brp", shop.url)).header("content-type", "application/json");
    let answer = empty.body("[1]").send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
}
