//! Saved cards and the tokens that pay once.

use serde_json::{Value, json};

use super::{GOOD, api, card, code, done, link, ok, payment, read};
use crate::support::{Served, location};

async fn saved(served: &Served) -> String {
    format!("/cards/{}", ok(served, "POST", "/cards", json!({"variables": {"member": "7"}})).await["id"])
}

#[tokio::test]
async fn a_token_of_a_saved_card_pays_once() {
    let served = Served::frozen().await;
    let path = saved(&served).await;
    let early = api(&served, "POST", &format!("{path}/tokens"), Value::Null).await;
    assert_eq!(
        (early.status, &early.json()["message"]),
        (400, &json!("Validation error: Card is not in a valid state for tokens"))
    );
    assert_eq!(
        api(&served, "POST", &format!("{path}/authorize"), json!({})).await.errors(),
        "card.expiration:[is required],card.number:[is required]"
    );
    let kept = done(&served, &path, "authorize", json!({"card": card("1000010000000049")})).await;
    assert_eq!(
        (&kept["type"], &kept["accepted"], &kept["metadata"]["brand"]),
        (&json!("Card"), &json!(true), &json!("mastercard"))
    );
    let token = api(&served, "POST", &format!("{path}/tokens"), Value::Null).await;
    assert_eq!(
        (token.status, &token.json()["is_used"], &token.json()["created_at"]),
        (201, &json!(false), &json!("2026-03-01T12:00:00Z"))
    );
    let token = token.json()["token"].clone();
    let pays = json!({"amount": 1000, "card": {"token": token}});

    // A call that is refused spends nothing.
    let order = payment(&served, "by token").await;
    let refused = json!({"amount": "x", "card": {"token": token}});
    assert_eq!(
        api(&served, "POST", &format!("{order}/authorize"), refused).await.errors(),
        "amount:[is invalid]"
    );
    let paid = done(&served, &order, "authorize", pays.clone()).await;
    assert_eq!((code(&paid), &paid["metadata"]["last4"]), ("20000", &json!("0049")));
    // It is the saved card: its refund is refused.
    done(&served, &order, "capture", json!({"amount": 1000})).await;
    assert_eq!(code(&done(&served, &order, "refund", json!({"amount": 1000})).await), "40000");
    let other = payment(&served, "by token again").await;
    for spent in [pays, json!({"amount": 1000, "card": {"token": "nobody's"}})] {
        let answer = api(&served, "POST", &format!("{other}/authorize"), spent).await;
        assert_eq!(answer.errors(), "card.token:[is invalid]");
    }
    assert_eq!(read(&served, &other).await["operations"], json!([]));
    // A card that was cancelled has no more tokens.
    assert_eq!(done(&served, &path, "cancel", Value::Null).await["state"], "cancelled");
    assert_eq!(api(&served, "POST", &format!("{path}/tokens"), Value::Null).await.status, 400);
}

#[tokio::test]
async fn a_card_is_saved_in_the_window() {
    let served = Served::frozen().await;
    let path = saved(&served).await;
    let terms = json!({"continueurl": "http://127.0.0.1:1/ok", "cancelurl": "http://127.0.0.1:1/no"});
    let url = link(&served, &path, terms).await;
    assert!(url.starts_with(&format!("{}/cards/", served.quickpay)));
    let page = served.get(&url).await.text().await.expect("a page");
    assert!(page.contains("Save the card") && !page.contains("data-amount"), "{page}");
    assert_eq!(location(&served.submit(&url, &[("test", GOOD)]).await), "http://127.0.0.1:1/ok");
    let kept = read(&served, &path).await;
    assert_eq!((&kept["accepted"], &kept["variables"]), (&json!(true), &json!({"member": "7"})));
    assert!(kept.get("order_id").is_none() && kept["operations"][0]["amount"].is_null());
    let changed = ok(&served, "PATCH", &path, json!({"variables": {"member": 8}})).await;
    assert_eq!(changed["variables"], json!({"member": 8}));
    let second = saved(&served).await;
    assert_ne!(path, second);
    let list = read(&served, "/cards?accepted=true").await;
    assert_eq!((list.as_array().map(Vec::len), &list[0]["id"]), (Some(1), &kept["id"]));
    for way in ["fraud-report", "cancel"] {
        assert_eq!(api(&served, "POST", &format!("{path}/{way}"), json!({})).await.status, 202, "{way}");
    }
    assert_eq!(api(&served, "DELETE", &format!("{path}/link"), Value::Null).await.status, 204);
    assert_eq!(
        api(&served, "GET", "/cards/7", Value::Null).await.json()["message"],
        "Not found: No Card with id 7"
    );
}
