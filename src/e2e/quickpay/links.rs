//! Links: what they hold, how they are replaced, what their terms bring about later.

use serde_json::{Value, json};

use super::{FORM, GOOD, Said, api, call, last, link, ok, pass, payment, read, said, subscription, terms};
use crate::support::{Served, location, snapshot};

async fn put(served: &Served, path: &str, body: Value) -> Said {
    api(served, "PUT", &format!("{path}/link"), body).await
}

/// Pays with a test card on the page; where the browser goes.
async fn pays(served: &Served, url: &str, number: &str) -> String {
    location(&served.submit(url, &[("test", number)]).await)
}

#[tokio::test]
async fn a_link_echoes_its_terms_and_answers_with_its_address_alone() {
    let served = Served::frozen().await;
    let path = payment(&served, "order-1").await;
    let all = json!({
        "amount": 2599, "agreement_id": 2, "language": "da", "continue_url": "https://shop.test/ok",
        "cancel_url": "https://shop.test/no", "callback_url": "https://shop.test/cb",
        "payment_methods": "creditcard, !visa", "auto_capture": true, "auto_capture_at": "2026-03-05",
        "auto_fee": true, "branding_id": 7, "branding_config": {"colour": "red"},
        "google_analytics_tracking_id": "UA-1", "google_analytics_client_id": "c",
        "acquirer": "clearhaus", "deadline": 600, "framed": true, "customer_email": "a@b.example",
        "invoice_address_selection": true, "shipping_address_selection": false, "order_id": "ignored",
    });
    let answer = put(&served, &path, all).await;
    assert_eq!((answer.status, answer.warnings().as_str()), (200, ""));
    let url = answer.json()["url"].as_str().expect("an address").to_owned();
    assert_eq!(answer.text, format!("{{\"url\":\"{url}\"}}"));
    let token = url.rsplit('/').next().expect("a token");
    assert!(token.len() == 64 && token.bytes().all(|byte| b"0123456789abcdef".contains(&byte)), "{token}");
    assert_eq!(url, format!("{}/payments/{token}", served.quickpay));
    let shown = api(&served, "GET", &path, Value::Null).await;
    let shown = shown.pretty(&served).replace(token, "{token}");
    let (_, link) = shown.split_once("\"link\": ").expect("a link");
    let (link, _) = link.split_once("\n  },").expect("its end");
    snapshot("quickpay", "a-link", link);
    // With nothing but an amount.
    put(&served, &path, json!({"amount": 1})).await;
    let link = read(&served, &path).await["link"].clone();
    assert_eq!(
        (&link["language"], &link["agreement_id"], &link["framed"]),
        (&json!("en"), &json!(1), &json!(false))
    );
    for name in ["continue_url", "callback_url", "auto_capture", "auto_fee", "deadline", "payment_methods"] {
        assert!(link[name].is_null(), "{name}");
    }
    assert_eq!(link["branding_config"], json!({}));
    // Subscriptions have their own path, and no capture.
    let path = subscription(&served, "subs-1").await;
    let url = super::link(&served, &path, json!({"amount": 0, "auto_capture": true})).await;
    assert!(url.starts_with(&format!("{}/subscriptions/", served.quickpay)));
    assert!(read(&served, &path).await["link"]["auto_capture"].is_null());
}

#[tokio::test]
async fn old_names_forms_and_wrong_names() {
    let served = Served::frozen().await;
    let path = payment(&served, "order-1").await;
    let old = "amount=100&continueurl=https://shop.test/ok&cancelurl=https://shop.test/no&callbackurl=https://shop.test/cb&autocapture=1&autofee=0&framed=1&branding_config=%7B%22a%22%3A1%7D&deadline=30";
    let request = call(&served, "PUT", &format!("{path}/link")).header("content-type", FORM).body(old);
    let answer = said(request).await;
    assert_eq!((answer.status, answer.warnings().as_str()), (200, ""), "{answer:?}");
    let link = read(&served, &path).await["link"].clone();
    assert_eq!(
        (&link["continue_url"], &link["cancel_url"], &link["callback_url"]),
        (&json!("https://shop.test/ok"), &json!("https://shop.test/no"), &json!("https://shop.test/cb"))
    );
    assert_eq!(
        (&link["auto_capture"], &link["auto_fee"], &link["framed"]),
        (&json!(true), &json!(false), &json!(true))
    );
    assert_eq!((&link["branding_config"], &link["deadline"]), (&json!({"a": 1}), &json!(30)));
    // The new name goes before the old one.
    let both =
        json!({"amount": 1, "continue_url": "https://shop.test/new", "continueurl": "https://shop.test/old"});
    put(&served, &path, both).await;
    assert_eq!(read(&served, &path).await["link"]["continue_url"], "https://shop.test/new");
    for (mistaken, meant) in [
        ("continue", "continue_url"),
        ("cancel", "cancel_url"),
        ("callback", "callback_url"),
        ("redirect_url", "continue_url"),
        ("return_url", "continue_url"),
        ("success_url", "continue_url"),
        ("accepturl", "continue_url"),
    ] {
        let answer = put(&served, &path, json!({"amount": 1, mistaken: "https://shop.test/"})).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.warnings(), format!("`{mistaken}` is passed over; the field is `{meant}`"));
        assert!(read(&served, &path).await["link"][meant].is_null());
    }
}

#[tokio::test]
async fn what_cannot_stand_in_a_link() {
    let served = Served::frozen().await;
    let path = payment(&served, "order-1").await;
    let mut table = String::new();
    for body in [
        json!({}),
        json!({"amount": null}),
        json!({"amount": "12.50"}),
        json!({"amount": -1}),
        json!({"amount": 1_000_000_000}),
        json!({"amount": 1, "agreement_id": 9}),
        json!({"amount": 1, "language": "danish"}),
        json!({"amount": 1, "continue_url": "shop.test/ok"}),
        json!({"amount": 1, "cancel_url": "javascript:alert(1)"}),
        json!({"amount": 1, "callback_url": "ftp://shop.test/"}),
        json!({"amount": 1, "continueurl": ["https://shop.test/"]}),
        json!({"amount": 1, "auto_capture": "yes"}),
        json!({"amount": 1, "auto_capture_at": "05-03-2026"}),
        json!({"amount": 1, "auto_fee": 2}),
        json!({"amount": 1, "acquirer": "bank"}),
        json!({"amount": 1, "deadline": 0}),
        json!({"amount": 1, "deadline": -600}),
        json!({"amount": 1, "framed": "maybe"}),
        json!({"amount": 1, "branding_config": "{"}),
        json!({"amount": 1, "branding_config": [1]}),
        json!({"amount": {}, "language": 7, "deadline": "soon"}),
    ] {
        let answer = put(&served, &path, body.clone()).await;
        assert_eq!(answer.status, 400, "{body}");
        table.push_str(&format!("{:<64} {}\n", body.to_string(), answer.errors()));
    }
    snapshot("quickpay", "links-that-cannot-be", &table);
    assert!(read(&served, &path).await["link"].is_null());
    let unknown = put(&served, "/subscriptions/7", json!({"amount": 1})).await;
    assert_eq!(
        (unknown.status, &unknown.json()["message"]),
        (404, &json!("Not found: No Subscription with id 7"))
    );
}

#[tokio::test]
async fn a_link_that_was_replaced_leads_to_the_new_one_and_a_deleted_one_nowhere() {
    let served = Served::frozen().await;
    let path = payment(&served, "order-1").await;
    let first = link(&served, &path, json!({"amount": 100})).await;
    let second = link(&served, &path, json!({"amount": 200})).await;
    assert_ne!(first, second);
    let page = served.get(&first).await.text().await.expect("a page");
    assert!(page.contains("data-result=\"payment_link_changed\"") && page.contains(&second), "{page}");
    // Nobody pays on the old one.
    let page = served.submit(&first, &[("test", GOOD)]).await.text().await.expect("a page");
    assert!(page.contains("data-error=\"payment_link_changed\""));
    assert_eq!(read(&served, &path).await["operations"], json!([]));
    let deleted = api(&served, "DELETE", &format!("{path}/link"), Value::Null).await;
    assert_eq!((deleted.status, deleted.text.as_str()), (204, ""));
    assert!(read(&served, &path).await["link"].is_null());
    for url in [&first, &second] {
        let page = served.get(url).await.text().await.expect("a page");
        assert!(page.contains("data-result=\"payment_link_changed\"") && !page.contains("data-go"), "{page}");
    }
    let again = api(&served, "DELETE", &format!("{path}/link"), Value::Null).await;
    assert_eq!(again.status, 204);
    let third = link(&served, &path, json!({"amount": 300, "continue_url": "http://127.0.0.1:1/ok"})).await;
    assert_eq!(pays(&served, &third, GOOD).await, "http://127.0.0.1:1/ok");
    assert_eq!(last(&read(&served, &path).await)["amount"], 300, "what the last link says is paid");
}

#[tokio::test]
async fn a_link_can_capture_at_once_or_on_a_day() {
    let served = Served::frozen().await;
    let at_once = payment(&served, "at once").await;
    let terms = json!({"amount": 100, "auto_capture": true, "continue_url": "http://127.0.0.1:1/ok"});
    pays(&served, &link(&served, &at_once, terms).await, GOOD).await;
    let paid = read(&served, &at_once).await;
    assert_eq!(
        (&paid["state"], &paid["balance"], &last(&paid)["id"]),
        (&json!("processed"), &json!(100), &json!(2))
    );
    // Where the capture is refused, the authorization stays.
    let refused = payment(&served, "refused").await;
    let terms = json!({"amount": 100, "auto_capture": true, "continue_url": "http://127.0.0.1:1/ok"});
    pays(&served, &link(&served, &refused, terms).await, "1000000000000032").await;
    let paid = read(&served, &refused).await;
    assert_eq!(
        (&paid["state"], &paid["accepted"], &last(&paid)["qp_status_code"]),
        (&json!("new"), &json!(true), &json!("40000"))
    );

    let later =
        json!({"amount": 100, "auto_capture_at": "2026-03-03", "continue_url": "http://127.0.0.1:1/ok"});
    let mut paths = Vec::new();
    for order in ["captured", "by hand", "given back"] {
        let path = payment(&served, order).await;
        pays(&served, &link(&served, &path, later.clone()).await, GOOD).await;
        let paid = read(&served, &path).await;
        assert_eq!((&paid["state"], &paid["balance"]), (&json!("new"), &json!(0)));
        assert_eq!(paid["operations"].as_array().map(Vec::len), Some(1), "what is planned is not shown");
        paths.push(path);
    }
    super::done(&served, &paths[1], "capture", json!({"amount": 40})).await;
    super::done(&served, &paths[2], "cancel", Value::Null).await;
    pass(&served, 36 * 3600 - 1).await;
    assert_eq!(read(&served, &paths[0]).await["state"], "new");
    pass(&served, 1).await;
    let captured = read(&served, &paths[0]).await;
    assert_eq!(
        (&captured["balance"], &last(&captured)["created_at"]),
        (&json!(100), &json!("2026-03-03T00:00:00Z"))
    );
    assert_eq!(read(&served, &paths[1]).await["balance"], 40, "what was captured by hand is all");
    assert_eq!(read(&served, &paths[2]).await["balance"], 0);
    let ids = |resource: &Value| -> Vec<Value> {
        resource["operations"].as_array().expect("a list").iter().map(|one| one["id"].clone()).collect()
    };
    assert_eq!(ids(&read(&served, &paths[1]).await), [1, 2]);
}

#[tokio::test]
async fn fees_by_the_link_or_by_the_account() {
    let served = Served::frozen().await;
    let fee = async |order: &str, auto_fee: Value| {
        let path = payment(&served, order).await;
        let terms = json!({"amount": 10_000, "auto_fee": auto_fee, "continue_url": "http://127.0.0.1:1/ok"});
        pays(&served, &link(&served, &path, terms).await, GOOD).await;
        let paid = read(&served, &path).await;
        (paid["fee"].clone(), last(&paid)["amount"].clone())
    };
    assert_eq!(fee("none", Value::Null).await, (Value::Null, json!(10_000)));
    assert_eq!(fee("of the link", json!(true)).await, (json!(145), json!(10_145)));
    terms(&served, json!({"autofee": true})).await;
    assert_eq!(fee("of the account", Value::Null).await, (json!(145), json!(10_145)));
    assert_eq!(fee("not this", json!(false)).await, (Value::Null, json!(10_000)));
}

#[tokio::test]
async fn a_deadline_ends_the_page_and_a_new_link_begins_another() {
    let served = Served::frozen().await;
    let path = payment(&served, "order-1").await;
    let terms = json!({"amount": 100, "deadline": 600, "cancel_url": "http://127.0.0.1:1/no"});
    let url = link(&served, &path, terms.clone()).await;
    pass(&served, 599).await;
    assert!(served.get(&url).await.text().await.expect("a page").contains("data-page=\"card\""));
    pass(&served, 1).await;
    let page = served.get(&url).await.text().await.expect("a page");
    assert!(
        page.contains("data-result=\"deadline_expired\"") && page.contains("http://127.0.0.1:1/no"),
        "{page}"
    );
    let page = served.submit(&url, &[("test", GOOD)]).await.text().await.expect("a page");
    assert!(page.contains("data-error=\"deadline_expired\""));
    assert_eq!(read(&served, &path).await["operations"], json!([]));
    let url = link(&served, &path, terms).await;
    assert!(served.get(&url).await.text().await.expect("a page").contains("data-page=\"card\""));
    // The payment's own end.
    ok(&served, "PATCH", &path, json!({"deadline_at": "2026-03-01T12:11:00Z"})).await;
    assert!(served.get(&url).await.text().await.expect("a page").contains("data-page=\"card\""));
    pass(&served, 60).await;
    assert!(served.get(&url).await.text().await.expect("a page").contains("deadline_expired"));
}
