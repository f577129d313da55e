//! Callbacks: how they are signed, which goes where, and what becomes of those that are not taken.

use axum::http::Method;
use serde_json::{Value, json};

use super::{
    Does, GOOD, PRIVATE_KEY, SLOW, Shop, api, authorize, authorized, call, card, done, last, link, ok, pass,
    payment, read, said, subscription, terms,
};
use crate::support::{Served, location};

/// A sandbox whose account has a shop behind it.
async fn with_shop(does: Does) -> (Served, Shop) {
    let served = Served::frozen().await;
    let shop = Shop::open(does).await;
    terms(&served, json!({"callback_url": format!("{}/account", shop.url)})).await;
    (served, shop)
}

/// An operation that names where its callback goes.
async fn done_for(served: &Served, path: &str, url: &str, body: Value) -> u16 {
    said(call(served, "POST", path).header("QuickPay-Callback-Url", url).json(&body)).await.status
}

/// Waits until the only callback stands so.
async fn reaches(served: &Served, state: &str, attempts: usize) -> Value {
    for _ in 0..1000 {
        let all = served.read("callbacks").await;
        let done = all[0]["attempts"].as_array().map_or(0, Vec::len);
        if all[0]["status"]["state"] == state && done == attempts {
            return all[0].clone();
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("not {state} after {attempts}: {}", served.read("callbacks").await);
}

#[tokio::test]
async fn the_body_is_the_resource_signed_byte_for_byte() {
    let (served, shop) = with_shop(Does::Answer(200)).await;
    let made = json!({"order_id": "order-1", "currency": "DKK", "variables": {"10": "Ærø/Å", "2": 0.0}});
    let path = format!("/payments/{}", ok(&served, "POST", "/payments", made).await["id"]);
    authorize(&served, &path, 1000, GOOD).await;
    let came = shop.wait(1).await;
    let came = &came[0];
    assert_eq!((&came.verb, came.path.as_str()), (&Method::POST, "/account"));
    for (name, value) in [
        ("content-type", "application/json"),
        ("quickpay-resource-type", "Payment"),
        ("quickpay-account-id", "1"),
        ("quickpay-api-version", "v10"),
    ] {
        assert_eq!(came.header(name), value);
    }
    assert!(came.is_of(PRIVATE_KEY) && !came.is_of(super::API_KEY) && !came.is_of(super::WINDOW_KEY));
    let sum = came.header("quickpay-checksum-sha256");
    assert!(sum.len() == 64 && sum == sum.to_lowercase(), "{sum}");
    // The same as is read, but for what is only known once it has been delivered.
    let text = String::from_utf8(came.body.to_vec()).expect("UTF-8");
    assert!(text.contains(r#""variables":{"10":"Ærø/Å","2":0.0}"#), "{text}");
    let mut after = read(&served, &path).await;
    let url = format!("{}/account", shop.url);
    let operation = &mut after["operations"][0];
    assert_eq!(
        (&operation["callback_success"], &operation["callback_response_code"], &operation["callback_url"]),
        (&json!(true), &json!("200"), &json!(url))
    );
    assert_eq!(
        (&operation["callback_duration"], &operation["callback_at"]),
        (&json!(0), &json!("2026-03-01T12:00:00Z"))
    );
    for name in ["callback_success", "callback_response_code", "callback_duration", "callback_at"] {
        operation[name] = Value::Null;
    }
    assert_eq!(came.json(), after);
    served.set("quickpay.callback_status", "number").await;
    assert_eq!(read(&served, &path).await["operations"][0]["callback_response_code"], 200);
    // Subscriptions and cards.
    let subscribed = subscription(&served, "subs-1").await;
    authorize(&served, &subscribed, 0, GOOD).await;
    let saved = format!("/cards/{}", ok(&served, "POST", "/cards", json!({})).await["id"]);
    done(&served, &saved, "authorize", json!({"card": card(GOOD)})).await;
    let body = json!({"amount": 100, "order_id": "month-1"});
    done(&served, &subscribed, "recurring", body).await;
    let came = shop.wait(4).await;
    let types: Vec<_> =
        came[1..].iter().map(|came| came.header("quickpay-resource-type").to_owned()).collect();
    assert_eq!(types, ["Subscription", "Card", "Payment"]);
    assert!(came.iter().all(|came| came.is_of(PRIVATE_KEY)));
    // From now on with another key.
    let renewed = ok(&served, "PATCH", "/account/private-key", Value::Null).await;
    done(&served, &path, "capture", json!({"amount": 1})).await;
    let came = shop.wait(5).await;
    assert!(came[4].is_of(renewed["private_key"].as_str().expect("a key")) && !came[4].is_of(PRIVATE_KEY));
}

#[tokio::test]
async fn the_windows_events_go_to_the_link_and_the_apis_to_the_account() {
    let (served, shop) = with_shop(Does::Answer(200)).await;
    let path = payment(&served, "order-1").await;
    let terms = json!({
        "amount": 1000, "callback_url": format!("{}/link", shop.url), "continue_url": "http://127.0.0.1:1/ok",
    });
    link(&served, &path, terms.clone()).await;
    ok(&served, "PATCH", &path, json!({"variables": {"a": 1}})).await;
    let url = link(&served, &path, terms).await;
    served.get(&url).await;
    served.submit(&url, &[("outcome", "cancel")]).await;
    assert!(shop.told().await.is_empty(), "making, changing and giving up tell nobody");
    served.submit(&url, &[("test", "1000000000000016")]).await;
    assert_eq!(shop.wait(1).await.len(), 1);
    assert_eq!(location(&served.submit(&url, &[("test", GOOD)]).await), "http://127.0.0.1:1/ok");
    done(&served, &path, "capture", json!({"amount": 600})).await;
    done_for(
        &served,
        &format!("{path}/capture?synchronized"),
        &format!("{}/header", shop.url),
        json!({"amount": 400}),
    )
    .await;
    done(&served, &path, "refund", json!({"amount": 1000})).await;
    api(&served, "POST", &format!("{path}/refund"), json!({"amount": 1})).await;
    api(&served, "POST", &format!("{path}/fraud-report"), json!({})).await;
    assert_eq!(
        shop.told().await,
        [
            "/link authorize 40000",
            "/link authorize 20000",
            "/account capture 20000",
            "/header capture 20000",
            "/account refund 20000",
        ]
    );
    // Each tells the payment as it was then.
    let balances: Vec<_> = shop.came().iter().map(|came| came.json()["balance"].clone()).collect();
    assert_eq!(balances, [0, 0, 600, 1000, 0]);
    let lengths: Vec<_> =
        shop.came().iter().map(|came| came.json()["operations"].as_array().map(Vec::len)).collect();
    assert_eq!(lengths, [Some(1), Some(2), Some(3), Some(4), Some(5)]);
}

#[tokio::test]
async fn a_capture_by_itself_is_told_too_and_where_nobody_is_named_nobody_is_told() {
    let (served, shop) = with_shop(Does::Answer(200)).await;
    for (order, to) in [("to link", Some("/link")), ("to account", None)] {
        let path = payment(&served, order).await;
        let callback = to.map(|to| format!("{}{to}", shop.url));
        let terms = json!({"amount": 1000, "auto_capture": true, "callback_url": callback});
        let url = link(&served, &path, terms).await;
        served.submit(&url, &[("test", GOOD)]).await;
    }
    assert_eq!(
        shop.told().await,
        [
            "/link authorize 20000",
            "/link capture 20000",
            "/account authorize 20000",
            "/account capture 20000"
        ]
    );
    let later = payment(&served, "later").await;
    let url = link(&served, &later, json!({"amount": 1000, "auto_capture_at": "2026-03-02"})).await;
    served.submit(&url, &[("test", GOOD)]).await;
    assert_eq!(shop.told().await.len(), 5);
    pass(&served, 12 * 3600).await;
    assert_eq!(shop.wait(6).await[5].told(), "/account capture 20000");
    assert_eq!(shop.came()[5].json(), {
        let mut now = read(&served, &later).await;
        for operation in now["operations"].as_array_mut().expect("a list") {
            for name in ["callback_success", "callback_response_code", "callback_duration", "callback_at"] {
                operation[name] = Value::Null;
            }
        }
        now["updated_at"] = json!("2026-03-01T12:00:00Z");
        now
    });
    // The account's URL may be a setting; what PATCH /account says goes before it.
    terms(&served, json!({"callback_url": ""})).await;
    let path = payment(&served, "nobody").await;
    let url = link(&served, &path, json!({"amount": 1000})).await;
    let answer = served.submit(&url, &[("test", GOOD)]).await;
    let warned = answer.headers()["provkassa-warning"].to_str().expect("text");
    assert!(warned.contains("nobody is told"), "{warned}");
    let paid = read(&served, &path).await;
    assert!(last(&paid)["callback_url"].is_null() && last(&paid)["callback_success"].is_null());
    served.set("quickpay.callback_url", &format!("{}/setting", shop.url)).await;
    done(&served, &path, "capture", json!({"amount": 10})).await;
    ok(&served, "PATCH", "/account", json!({"callback_url": format!("{}/own", shop.url)})).await;
    done(&served, &path, "capture", json!({"amount": 10})).await;
    assert_eq!(shop.told().await[6..], ["/setting capture 20000", "/own capture 20000"]);
}

#[tokio::test]
async fn what_counts_as_delivered() {
    for (status, state) in [
        (200, "delivered"),
        (201, "delivered"),
        (204, "delivered"),
        (299, "delivered"),
        (302, "delivered"),
        (303, "delivered"),
        (304, "retrying"),
        (400, "retrying"),
        (401, "retrying"),
        (403, "retrying"),
        (405, "retrying"),
        (419, "retrying"),
        (500, "retrying"),
        (503, "retrying"),
    ] {
        let (served, shop) = with_shop(Does::Answer(status)).await;
        let path = authorized(&served, "order-1", 1000, GOOD).await;
        let paid = reaches(&served, state, 1).await;
        assert_eq!(paid["attempts"][0]["status"], status);
        let operation = &read(&served, &path).await["operations"][0];
        assert_eq!(operation["callback_success"], state == "delivered", "{status}");
        assert_eq!(operation["callback_response_code"], status.to_string());
        assert_eq!(shop.came().len(), 1);
    }
}

#[tokio::test]
async fn some_redirects_are_followed_with_the_same_body() {
    for (status, paths, state) in [
        (301, &["/account", "/elsewhere"][..], "delivered"),
        (307, &["/account", "/elsewhere"], "delivered"),
        (302, &["/account"], "delivered"),
        (303, &["/account"], "delivered"),
        (308, &["/account"], "retrying"),
    ] {
        let (served, shop) = with_shop(Does::Move(status)).await;
        let path = authorized(&served, "order-1", 1000, GOOD).await;
        reaches(&served, state, 1).await;
        let came = shop.came();
        let reached: Vec<_> = came.iter().map(|came| came.path.as_str()).collect();
        assert_eq!(reached, paths, "{status}");
        for came in &came {
            assert!(came.verb == Method::POST && came.body == shop.came()[0].body && came.is_of(PRIVATE_KEY));
        }
        assert_eq!(read(&served, &path).await["operations"][0]["callback_success"], state == "delivered");
    }
}

#[tokio::test]
async fn an_endpoint_that_always_fails_is_tried_twenty_four_times() {
    for retries in ["growing", "hourly"] {
        let (served, shop) = with_shop(Does::Answer(500)).await;
        served.set("quickpay.retries", retries).await;
        let path = authorized(&served, "order-1", 1000, GOOD).await;
        for tries in 1..24_u64 {
            let tried = usize::try_from(tries).expect("few");
            assert_eq!(shop.wait(tried).await.len(), tried, "{retries}");
            let callback = reaches(&served, "retrying", tried).await;
            let hours = if retries == "hourly" { 1 } else { tries };
            let (at, next) = (&callback["attempts"][tried - 1]["at"], &callback["status"]["at"]);
            let moment = |value: &Value| {
                value.as_str().and_then(|at| at.parse::<jiff::Timestamp>().ok()).expect("a time")
            };
            assert_eq!(
                moment(next).duration_since(moment(at)).as_hours(),
                i64::try_from(hours).expect("few")
            );
            pass(&served, hours * 3600 - 1).await;
            if tries == 1 {
                assert_eq!(shop.told().await.len(), 1, "not yet");
            }
            pass(&served, 1).await;
        }
        assert_eq!(shop.wait(24).await.len(), 24);
        reaches(&served, "gave_up", 24).await;
        pass(&served, 1000 * 3600).await;
        assert_eq!(shop.told().await.len(), 24, "and then no more");
        // Every try had the same bytes, and nothing is lost: the payment is paid.
        let came = shop.came();
        assert!(came.iter().all(|one| one.body == came[0].body && one.is_of(PRIVATE_KEY)));
        let paid = read(&served, &path).await;
        let operation = last(&paid);
        assert_eq!(
            (&paid["accepted"], &operation["callback_success"], &operation["callback_response_code"]),
            (&json!(true), &json!(false), &json!("500"))
        );
        let hours = if retries == "hourly" { 23 } else { 276 };
        let at = "2026-03-01T12:00:00Z".parse::<jiff::Timestamp>().expect("a time")
            + jiff::SignedDuration::from_hours(hours);
        assert_eq!(operation["callback_at"], at.to_string());
        let journal = served.read("journal?provider=quickpay").await;
        let tries = journal["entries"].as_array().expect("entries").iter();
        let tries =
            tries.filter(|entry| entry["event"]["attempt"].is_number() && entry["order"] == "order-1");
        assert_eq!(tries.count(), 24);
        // Somebody resends it by hand.
        let id = served.read("callbacks").await[0]["id"].as_str().expect("an id").to_owned();
        served.post(&format!("callbacks/{id}/resend"), Value::Null).await;
        assert_eq!(shop.wait(25).await[24].body, came[0].body);
    }
}

#[tokio::test]
async fn an_endpoint_that_is_not_there_is_said_to_be_so() {
    let served = Served::frozen().await;
    let path = payment(&served, "order-1").await;
    let terms = json!({"amount": 1000, "callback_url": "http://127.0.0.1:1/cb", "continue_url": "http://127.0.0.1:1/ok"});
    let url = link(&served, &path, terms).await;
    let answer = served.submit(&url, &[("test", GOOD)]).await;
    let warned = answer.headers()["provkassa-warning"].to_str().expect("text").to_owned();
    assert!(warned.contains("the callback was not taken"), "{warned}");
    assert_eq!(location(&answer), "http://127.0.0.1:1/ok");
    let operation = &read(&served, &path).await["operations"][0];
    assert_eq!(
        (&operation["callback_success"], &operation["callback_response_code"]),
        (&json!(false), &Value::Null)
    );
}

#[tokio::test]
async fn callbacks_are_forged_held_doubled_and_dropped_by_policy() {
    let (served, shop) = with_shop(Does::Answer(200)).await;
    let with = async |order: &str, policy: Value| {
        served
            .post("callbacks/policy", json!({"provider": "quickpay", "order": order, "policy": policy}))
            .await;
        authorized(&served, order, 1000, GOOD).await
    };
    with("forged", json!({"wrong_signature": true})).await;
    let came = shop.wait(1).await;
    assert!(!came[0].is_of(PRIVATE_KEY) && came[0].header("quickpay-checksum-sha256").len() == 64);
    let held = with("held", json!({"hold": true})).await;
    assert_eq!(shop.told().await.len(), 1);
    assert!(last(&read(&served, &held).await)["callback_success"].is_null(), "nobody was asked yet");
    let callbacks = served.read("callbacks").await;
    let id =
        callbacks.as_array().and_then(|all| all.last()).and_then(|last| last["id"].as_str()).expect("an id");
    served.post(&format!("callbacks/{id}/release"), Value::Null).await;
    assert!(shop.wait(2).await[1].is_of(PRIVATE_KEY));
    with("twice", json!({"duplicate": 1})).await;
    let came = shop.wait(4).await;
    assert_eq!(came[2].body, came[3].body);
    with("dropped", json!({"drop": true})).await;
    assert_eq!(shop.told().await.len(), 4);
}

#[tokio::test]
async fn a_slow_operation_is_told_when_it_has_ended_and_an_aborted_one_not() {
    let (served, shop) = with_shop(Does::Answer(200)).await;
    let path = payment(&served, "order-1").await;
    authorize(&served, &path, 1000, SLOW).await;
    pass(&served, 59).await;
    assert!(shop.told().await.is_empty());
    pass(&served, 1).await;
    let came = shop.wait(1).await;
    assert_eq!(
        (came[0].told(), &came[0].json()["state"]),
        ("/account authorize 20000".to_owned(), &json!("new"))
    );
    done(&served, &path, "capture", json!({"amount": 1000})).await;
    ok(&served, "PATCH", &format!("{path}/operations/2"), json!({"pending": false})).await;
    pass(&served, 120).await;
    assert_eq!(shop.told().await.len(), 1);
    // One that waits holds up no other payment's.
    let slow = payment(&served, "order-2").await;
    authorize(&served, &slow, 1000, SLOW).await;
    authorized(&served, "order-3", 1000, GOOD).await;
    assert_eq!(shop.wait(2).await[1].json()["order_id"], "order-3");
}
