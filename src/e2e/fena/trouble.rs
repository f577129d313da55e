//! Webhook endpoints that do not do what they should: the payment stays right, and what happened is shown.

use serde_json::{Value, json};

use super::{Does, link, pay, states, with_shop};
use crate::support::Served;

async fn callback(served: &Served) -> Value {
    let callbacks = served.read("callbacks").await;
    assert_eq!(callbacks.as_array().map(Vec::len), Some(1), "{callbacks}");
    callbacks[0].clone()
}

#[tokio::test]
async fn an_endpoint_that_refuses_redirects_or_is_not_there_is_shown_and_the_order_stays_paid() {
    for (does, status) in [
        (Does::Answer(500), Some(500)),
        (Does::Answer(403), Some(403)),
        (Does::Redirect, Some(302)),
        (Does::Answer(204), Some(204)),
    ] {
        let served = Served::frozen().await;
        let shop = with_shop(&served, does).await;
        assert!(
            pay(&served, &link(&served, "7", 1250, &[]).await, "approve").await.ends_with("status=executed")
        );
        let callback = callback(&served).await;
        let delivered = matches!(status, Some(200..=299));
        assert_eq!(callback["status"]["state"], if delivered { "delivered" } else { "gave_up" }, "{does:?}");
        assert_eq!(callback["attempts"][0]["status"], json!(status));
        assert_eq!(shop.came().len(), 1, "a redirect is not followed, and nothing is tried again");
        assert_eq!(states(&served, "7").await, ["executed"]);
    }
    for (url, why) in [
        ("http://127.0.0.1:1/webhook", "onnect"),
        ("http://no-such-host.invalid/webhook", "resolv"),
        ("http://192.0.2.7/webhook", "--allow-callback-host 192.0.2.7"),
        ("https://127.0.0.1:1/webhook", "onnect"),
    ] {
        let served = Served::frozen().await;
        served.set("fena.webhook", url).await;
        served.set("fena.redirect", "http://127.0.0.1:3000/thanks").await;
        assert!(
            pay(&served, &link(&served, "7", 1250, &[]).await, "approve").await.ends_with("status=executed")
        );
        let callback = callback(&served).await;
        assert_eq!(callback["status"]["state"], "gave_up", "{url}");
        let failure = callback["attempts"][0]["failure"].as_str().expect("a reason");
        assert!(
            failure.contains(why) || failure.contains("lookup") || failure.contains("dns"),
            "{url}: {failure}"
        );
        // The journal tells it too.
        let journal = served.read("journal?provider=fena").await;
        let told = journal["entries"]
            .as_array()
            .expect("entries")
            .iter()
            .any(|entry| entry["event"]["failure"] == failure);
        assert!(told, "{journal}");
        assert_eq!(states(&served, "7").await, ["executed"]);
    }
}

#[tokio::test]
async fn an_endpoint_that_hangs_holds_the_browser_up_for_a_while_and_nobody_else() {
    let served = Served::frozen().await;
    let shop = with_shop(&served, Does::Hang).await;
    let slow = link(&served, "slow", 1250, &[]).await;
    let other = link(&served, "other", 1250, &[]).await;
    let (back, shown) = tokio::join!(pay(&served, &slow, "approve"), async {
        shop.wait(1).await;
        // Meanwhile other payers are served, and the paid order is paid.
        let shown = served.get(&other).await.status();
        (shown, states(&served, "slow").await)
    });
    assert!(back.ends_with("order=slow&status=executed"));
    assert_eq!(shown, (reqwest::StatusCode::OK, vec!["executed".to_owned()]));
    let callback = callback(&served).await;
    assert_eq!(callback["status"]["state"], "gave_up");
    assert!(
        callback["attempts"][0]["failure"].as_str().is_some_and(|why| why.contains("not answered within")),
        "{callback}"
    );
}

#[tokio::test]
async fn a_notification_is_tried_again_where_that_is_set() {
    let served = Served::frozen().await;
    served.set("fena.webhook_retries", "on").await;
    let shop = with_shop(&served, Does::Answer(503)).await;
    pay(&served, &link(&served, "7", 1250, &[]).await, "approve").await;
    for (place, seconds) in [30, 60, 120].into_iter().enumerate() {
        assert_eq!(shop.wait(place + 1).await.len(), place + 1);
        reaches(&served, "retrying").await;
        served.post("clock/advance", json!({"milliseconds": seconds * 1000})).await;
    }
    assert_eq!(shop.wait(4).await.len(), 4);
    reaches(&served, "gave_up").await;
}

/// Waits until the callback stands so.
async fn reaches(served: &Served, state: &str) {
    for _ in 0..500 {
        if callback(served).await["status"]["state"] == state {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the callback is not {state}");
}

#[tokio::test]
async fn a_terminal_without_endpoints_keeps_the_payer_and_says_so() {
    let served = Served::frozen().await;
    served.set("fena.redirect", "").await;
    let action = super::page(&served, &link(&served, "7", 1250, &[]).await).await;
    served.submit(&action, &[("bank", "ob-monzo")]).await;
    let answer = served.submit(&action, &[("outcome", "approve")]).await;
    let warnings: Vec<_> = answer
        .headers()
        .get_all("provkassa-warning")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    assert!(warnings.iter().any(|warning| warning.contains("set `fena.redirect`")), "{warnings:?}");
    assert!(warnings.iter().any(|warning| warning.contains("set `fena.webhook`")), "{warnings:?}");
    assert!(answer.text().await.expect("a page").contains("data-result=\"executed\""));
    assert_eq!(served.read("callbacks").await, json!([]));
}
