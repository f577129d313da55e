//! Subscriptions: signing up, charging again, ending, and groups that are charged together.

use serde_json::{Value, json};

use super::{
    FORM, GOOD, SLOW, api, authorize, call, card, code, done, last, link, ok, pass, payment, read, said,
    subscription,
};
use crate::support::{Served, location};

#[tokio::test]
async fn a_subscription_needs_a_description_and_signs_up_in_the_window() {
    let served = Served::frozen().await;
    let body = json!({"order_id": "subs-1", "currency": "DKK"});
    assert_eq!(api(&served, "POST", "/subscriptions", body).await.errors(), "description:[is required]");
    let body = json!({"order_id": "subs-1", "currency": "DKK", "description": ""});
    assert_eq!(api(&served, "POST", "/subscriptions", body).await.errors(), "description:[is required]");
    let path = subscription(&served, "subs-1").await;
    let body = json!({"order_id": "subs-1", "currency": "DKK", "description": "Gym"});
    assert_eq!(
        api(&served, "POST", "/subscriptions", body).await.errors(),
        "order_id:[already exists on another subscription]"
    );
    served.set("quickpay.subscription_created", "202").await;
    let body = json!({"order_id": "subs-2", "currency": "DKK", "description": "Gym"});
    assert_eq!(api(&served, "POST", "/subscriptions", body).await.status, 202);
    let url = link(&served, &path, json!({"amount": 0, "continue_url": "http://127.0.0.1:1/ok"})).await;
    let page = served.get(&url).await.text().await.expect("a page");
    assert!(page.contains("<h1>Gym</h1>") && page.contains("Create the subscription"), "{page}");
    assert_eq!(location(&served.submit(&url, &[("test", GOOD)]).await), "http://127.0.0.1:1/ok");
    let active = read(&served, &path).await;
    assert_eq!(
        (&active["state"], &active["accepted"], &active["type"], &active["description"]),
        (&json!("active"), &json!(true), &json!("Subscription"), &json!("Gym"))
    );
    assert!(active.get("balance").is_none() && active.get("fee").is_none());
    // What a payment is not: the paths do not mix.
    let id = path.rsplit('/').next().expect("an id");
    let other = api(&served, "GET", &format!("/payments/{id}"), Value::Null).await;
    assert_eq!(
        (other.status, &other.json()["message"]),
        (404, &json!(format!("Not found: No Payment with id {id}")))
    );
    let changed = ok(&served, "PATCH", &path, json!({"description": "Pool", "variables": {"a": "b"}})).await;
    assert_eq!((&changed["description"], &changed["variables"]), (&json!("Pool"), &json!({"a": "b"})));
}

#[tokio::test]
async fn recurring_makes_a_payment_of_its_own() {
    let served = Served::frozen().await;
    let path = subscription(&served, "subs-1").await;
    let id: u64 = path.rsplit('/').next().and_then(|id| id.parse().ok()).expect("an id");
    let charge = json!({"amount": 1000, "order_id": "month-1"});
    let early = api(&served, "POST", &format!("{path}/recurring"), charge.clone()).await;
    assert_eq!(
        (early.status, &early.json()["message"]),
        (400, &json!("Validation error: Subscription is not in a valid state for recurring"))
    );
    authorize(&served, &path, 0, GOOD).await;
    let begun = api(&served, "POST", &format!("{path}/recurring"), charge.clone()).await;
    assert_eq!(begun.status, 202);
    let payment = begun.json();
    assert_ne!(payment["id"], id);
    assert_eq!(
        begun.header("location"),
        format!("{}/payments/{}/operations/1", served.quickpay, payment["id"])
    );
    assert_eq!((&payment["type"], &payment["subscription_id"]), (&json!("Payment"), &json!(id)));
    let paid = read(&served, &format!("/payments/{}", payment["id"])).await;
    assert_eq!(
        (
            &last(&paid)["type"],
            &paid["state"],
            &paid["accepted"],
            &paid["balance"],
            &paid["metadata"]["last4"]
        ),
        (&json!("recurring"), &json!("new"), &json!(true), &json!(0), &json!("0008"))
    );
    assert_eq!(
        api(&served, "POST", &format!("{path}/recurring"), charge).await.errors(),
        "order_id:[already exists on another payment]"
    );
    let wrong = json!({"order_id": "x", "auto_capture_at": "soon"});
    assert_eq!(
        api(&served, "POST", &format!("{path}/recurring"), wrong).await.errors(),
        "amount:[is required],auto_capture_at:[is invalid],order_id:[must have length between 4 and 20]"
    );
    let body =
        json!({"amount": 1000, "order_id": "month-2", "auto_capture": true, "text_on_statement": "Gym"});
    let captured = done(&served, &path, "recurring", body).await;
    assert_eq!((&captured["balance"], &captured["text_on_statement"]), (&json!(1000), &json!("Gym")));
    let body =
        json!({"amount": 1000, "order_id": "month-3", "autofee": "1", "auto_capture_at": "2026-03-02"});
    let planned = done(&served, &path, "recurring", body).await;
    assert_eq!((&planned["balance"], &planned["fee"]), (&json!(0), &json!(15)));
    pass(&served, 12 * 3600).await;
    assert_eq!(read(&served, &format!("/payments/{}", planned["id"])).await["balance"], 1015);
    // A refused one is a payment too, and the subscription stays.
    let path = subscription(&served, "subs-2").await;
    authorize(&served, &path, 0, "1000000000000065").await;
    let body = json!({"amount": 1000, "order_id": "refused-1", "auto_capture": true});
    let refused = done(&served, &path, "recurring", body).await;
    assert_eq!(
        (
            code(&refused),
            &refused["state"],
            &refused["accepted"],
            refused["operations"].as_array().map(Vec::len)
        ),
        ("40000", &json!("rejected"), &json!(false), Some(1))
    );
    assert_eq!(read(&served, &path).await["state"], "active");
}

#[tokio::test]
async fn what_is_given_up_is_not_captured_afterwards() {
    let served = Served::frozen().await;
    let path = subscription(&served, "subs-1").await;
    authorize(&served, &path, 0, SLOW).await;
    pass(&served, 60).await;
    let body = json!({"amount": 1000, "order_id": "month-1", "auto_capture": true});
    let pending = done(&served, &path, "recurring", body).await;
    assert_eq!(pending["state"], "pending");
    let payment = format!("/payments/{}", pending["id"]);
    let aborted = ok(&served, "PATCH", &format!("{payment}/operations/1"), json!({"pending": false})).await;
    assert_eq!(aborted["qp_status_code"], "40003");
    pass(&served, 300).await;
    let after = read(&served, &payment).await;
    assert_eq!(
        (
            &after["state"],
            &after["accepted"],
            &after["balance"],
            after["operations"].as_array().map(Vec::len)
        ),
        (&json!("rejected"), &json!(false), &json!(0), Some(1))
    );
    // The same, not given up: the capture follows the minute of the charge with a minute of its own.
    let body = json!({"amount": 1000, "order_id": "month-2", "auto_capture": true});
    let payment = format!("/payments/{}", done(&served, &path, "recurring", body).await["id"]);
    let mut states = Vec::new();
    for seconds in [59, 1, 59, 1] {
        pass(&served, seconds).await;
        let now = read(&served, &payment).await;
        states.push(format!("{} {} {}", now["state"], now["accepted"], now["balance"]));
    }
    assert_eq!(
        states,
        ["\"pending\" false 0", "\"pending\" true 0", "\"pending\" true 0", "\"processed\" true 1000"]
    );
}

#[tokio::test]
async fn a_subscription_that_was_cancelled_is_charged_no_more() {
    let served = Served::frozen().await;
    let path = subscription(&served, "subs-1").await;
    let early = api(&served, "POST", &format!("{path}/cancel"), Value::Null).await;
    assert_eq!(early.status, 400);
    authorize(&served, &path, 0, GOOD).await;
    let cancelled = done(&served, &path, "cancel", Value::Null).await;
    assert_eq!((&cancelled["state"], &cancelled["accepted"]), (&json!("cancelled"), &json!(true)));
    for operation in ["cancel", "recurring"] {
        let body = json!({"amount": 1000, "order_id": "month-1"});
        let late = api(&served, "POST", &format!("{path}/{operation}"), body).await;
        assert_eq!(
            late.json()["message"],
            format!("Validation error: Subscription is not in a valid state for {operation}")
        );
    }
    assert_eq!(read(&served, "/payments").await, json!([]), "a refused charge leaves no payment");
    payment(&served, "month-1").await;
    // A card that cannot be cancelled stays charged.
    let path = subscription(&served, "subs-2").await;
    authorize(&served, &path, 0, "1000000000000057").await;
    assert_eq!(done(&served, &path, "cancel", Value::Null).await["state"], "active");
    for operation in ["capture", "refund", "renew"] {
        assert_eq!(api(&served, "POST", &format!("{path}/{operation}"), Value::Null).await.status, 404);
    }
}

#[tokio::test]
async fn groups_are_made_changed_charged_and_deleted() {
    let served = Served::frozen().await;
    let wrong = api(&served, "POST", "/subscription-groups", json!({"currency": "kr"})).await;
    assert_eq!(
        wrong.errors(),
        "amount:[is required],currency:[must be three uppercase letters],name:[is required]"
    );
    let body = json!({"name": "Members", "amount": 9900, "currency": "DKK", "description": "Monthly"});
    let made = api(&served, "POST", "/subscription-groups", body).await;
    assert_eq!(made.status, 201);
    let group = made.json()["id"].clone();
    let path = format!("/subscription-groups/{group}");
    assert_eq!(read(&served, &path).await, made.json());
    assert_eq!(read(&served, "/subscription-groups").await, json!([made.json()]));
    let changed = ok(&served, "PATCH", &path, json!({"amount": 10_000, "name": "All"})).await;
    assert_eq!(
        (&changed["amount"], &changed["name"], &changed["description"]),
        (&json!(10_000), &json!("All"), &json!("Monthly"))
    );

    let mut members = Vec::new();
    for (order, number) in [("sub-good", GOOD), ("sub-refused", "1000000000000065")] {
        let body = json!({"order_id": order, "currency": "DKK", "description": "x", "group_ids": [group]});
        let made = ok(&served, "POST", "/subscriptions", body).await;
        assert_eq!(made["group_ids"], json!([group]));
        let path = format!("/subscriptions/{}", made["id"]);
        authorize(&served, &path, 0, number).await;
        members.push(path);
    }
    // One that never signed up, put into the group by a form.
    let idle = subscription(&served, "sub-idle").await;
    let form = format!("group_ids[]={group}");
    let request = call(&served, "PATCH", &idle).header("content-type", FORM).body(form);
    assert_eq!(said(request).await.json()["group_ids"], json!([group]));
    for unknown in [json!([7]), json!("x"), json!([-1]), json!([18_446_744_073_709_551_615_u64])] {
        let answer = api(&served, "PATCH", &idle, json!({"group_ids": unknown})).await;
        assert_eq!(answer.errors(), "group_ids:[is invalid]");
    }
    subscription(&served, "sub-outside").await;
    let found = read(&served, &format!("/subscriptions?group_id={group}")).await;
    assert_eq!(found.as_array().map(Vec::len), Some(3));

    let charge = api(&served, "POST", &format!("{path}/capture"), json!({})).await;
    assert_eq!(charge.errors(), "order_id_prefix:[is required]");
    let charge = api(&served, "POST", &format!("{path}/capture"), json!({"order_id_prefix": "m1-"})).await;
    assert_eq!(charge.status, 202);
    let results = charge.json();
    for result in results.as_array().expect("a list") {
        let is_idle = idle.ends_with(&format!("/{}", result["subscription_id"]));
        assert_eq!(result["status"], if is_idle { 400 } else { 202 }, "{result}");
        assert_eq!(result["message"].is_null(), !is_idle, "{result}");
    }
    assert_eq!(results.as_array().map(Vec::len), Some(3));
    for (member, balance) in members.iter().zip([10_000, 0]) {
        let paid = read(&served, &format!("{member}/payments")).await;
        assert_eq!((&paid[0]["balance"], paid.as_array().map(Vec::len)), (&json!(balance), Some(1)));
    }
    assert_eq!(api(&served, "DELETE", &path, Value::Null).await.status, 204);
    let gone = api(&served, "GET", &path, Value::Null).await;
    assert_eq!(
        (gone.status, &gone.json()["message"]),
        (404, &json!(format!("Not found: No Subscription group with id {group}")))
    );
}

/// The card of a subscription follows it into its payments, and a card that was refused does not sign up.
#[tokio::test]
async fn a_refused_card_signs_nobody_up() {
    let served = Served::frozen().await;
    let path = subscription(&served, "subs-1").await;
    let refused = authorize(&served, &path, 0, "1000000000000024").await;
    assert_eq!((&refused["state"], &refused["accepted"]), (&json!("rejected"), &json!(false)));
    let body = json!({"amount": 1000, "card": card(GOOD), "auto_capture": true});
    let signed_up = done(&served, &path, "authorize", body).await;
    assert_eq!(
        (&signed_up["state"], signed_up["operations"].as_array().map(Vec::len)),
        (&json!("active"), Some(2))
    );
}
