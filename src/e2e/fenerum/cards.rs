//! Payment cards: registered, listed, read, disabled.

use axum::http::StatusCode;
use provkassa::simulators::quickpay::acquirer::Fate;
use reqwest::Method;
use serde_json::{Value, json};

use super::{ACCOUNT, at_quickpay, call, payment_method, post, quickpay, read, register, send};
use crate::support::{Served, snapshot};

#[tokio::test]
async fn a_card_is_registered_listed_read_and_disabled() {
    let served = Served::frozen().await;
    let token = payment_method(&served, "4242424242424242").await;
    let made = register(&served, "stripe_new", &token).await;
    let mut story = format!("POST /api/v1/paymentcards/\n{}", made.shown());
    let card = made.uuid();
    for (method, path) in [
        ("GET", "paymentcards/?account=CUST001".to_owned()),
        ("GET", format!("paymentcards/{card}/")),
        ("POST", format!("paymentcards/{card}/disable/")),
        ("POST", format!("paymentcards/{card}/disable/")),
        ("GET", "paymentcards/?account=CUST001".to_owned()),
        ("DELETE", format!("paymentcards/{card}/")),
    ] {
        let said = call(&served, method, &format!("/api/v1/{path}"), &Value::Null).await;
        story.push_str(&format!("\n{method} /api/v1/{path}\n{}", said.shown()));
    }
    snapshot("fenerum", "a-card", &story);
    // At Stripe nothing has happened: only a card that is attached twice is refused.
    let again = register(&served, "stripe_new", &token).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        again.body["detail"],
        "The payment method you provided has already been attached to a customer."
    );
}

#[tokio::test]
async fn a_subscription_at_quickpay_becomes_a_card() {
    let served = Served::frozen().await;
    let id = at_quickpay(&served, "subscriptions", "cards-1", Fate::Approved).await;
    let made = register(&served, "quickpay", &id).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    for (field, value) in [
        ("brand", json!("Visa")),
        ("card_number", json!("XXXXXXXXXXXX0008")),
        ("month", json!(12)),
        ("year", json!(2030)),
        ("payment_gateway", json!("quickpay")),
        ("active", json!(true)),
        ("account", json!(ACCOUNT)),
    ] {
        assert_eq!(made.body[field], value, "{field}");
    }
    assert_eq!(made.warnings(), "");
    assert!(made.body.get("token").is_none());
    // A number does as well, and is remarked on.
    let body =
        json!({"account": ACCOUNT, "token": id.parse::<u64>().expect("a number"), "gateway": "quickpay"});
    let numbered = post(&served, "paymentcards/", body).await;
    assert_eq!(numbered.status, StatusCode::CREATED);
    assert!(numbered.warnings().contains("token is a number"), "{}", numbered.warnings());
    assert!(numbered.warnings().contains("registered before"), "{}", numbered.warnings());
}

#[tokio::test]
async fn a_payment_is_taken_for_a_subscription_only_where_documents_show_it() {
    let served = Served::frozen().await;
    let payment = at_quickpay(&served, "payments", "cards-2", Fate::Approved).await;
    let made = register(&served, "quickpay", &payment).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert!(made.warnings().contains("is a payment at QuickPay"), "{}", made.warnings());
    served.set("rules", "live").await;
    let refused = register(&served, "quickpay", &payment).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(refused.body["detail"], format!("{payment} is a payment and not a subscription."));
}

#[tokio::test]
async fn a_subscription_that_cannot_be_charged_is_refused() {
    let served = Served::frozen().await;
    let new = json!({"order_id": "cards-3", "currency": "DKK", "description": "Cards"});
    let new = quickpay(&served, Method::POST, "/subscriptions", new).await["id"].to_string();
    let rejected = at_quickpay(&served, "subscriptions", "cards-4", Fate::Rejected).await;
    let cancelled = at_quickpay(&served, "subscriptions", "cards-5", Fate::Approved).await;
    let path = format!("/subscriptions/{cancelled}/cancel?synchronized");
    quickpay(&served, Method::POST, &path, json!({})).await;
    for (id, said) in [
        (new.as_str(), "is not accepted."),
        (&rejected, "is not accepted."),
        (&cancelled, "is not active."),
        ("99", "QuickPay has no subscription 99."),
        ("99999999999999999999999", "QuickPay has no subscription 99999999999999999999999."),
    ] {
        let refused = register(&served, "quickpay", id).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{id}");
        let detail = refused.body["detail"].as_str().expect("a detail");
        assert!(detail.ends_with(said), "{id}: {detail}");
    }
    served.set("fenerum.provider_refusal", "field").await;
    let refused = register(&served, "quickpay", "99").await;
    assert_eq!(refused.body, json!({"token": ["QuickPay has no subscription 99."]}));
    assert_eq!(read(&served, "paymentcards/").await.body["count"], 0);
}

#[tokio::test]
async fn long_lists_come_in_pages() {
    let served = Served::frozen().await;
    for _ in 0..101 {
        assert_eq!(register(&served, "stripe_new", "pm_card_visa").await.status, StatusCode::CREATED);
    }
    let count = async |query: &str| {
        let said = read(&served, &format!("paymentcards/?{query}")).await;
        assert_eq!(said.status, StatusCode::OK, "{query}");
        assert_eq!(said.body["count"], 101);
        let below = |name: &str| {
            let url = said.body[name].as_str().map(|url| url.replace(&served.fenerum, ""));
            url.unwrap_or_default()
        };
        (said.body["results"].as_array().expect("a list").len(), below("previous"), below("next"))
    };
    let at =
        |query: &str| if query.is_empty() { String::new() } else { format!("/api/v1/paymentcards/?{query}") };
    for (query, size, previous, next) in [
        ("", 20, "", "page=2"),
        ("page=6", 1, "page=5", ""),
        ("page=last", 1, "page=5", ""),
        ("page_size=1000", 100, "", "page=2&page_size=1000"),
        ("page=2&page_size=100&account=CUST001", 1, "account=CUST001&page_size=100", ""),
        ("page_size=x", 20, "", "page=2&page_size=x"),
        ("page_size=0", 20, "", "page=2&page_size=0"),
    ] {
        assert_eq!(count(query).await, (size, at(previous), at(next)), "{query}");
    }
    for page in ["0", "-1", "7", "10000", "99999999999999999999", "x", ""] {
        let said = read(&served, &format!("paymentcards/?page={page}")).await;
        assert_eq!(
            (said.status, said.body),
            (StatusCode::NOT_FOUND, json!({"detail": "Invalid page."})),
            "{page}"
        );
    }
}

#[tokio::test]
async fn the_list_is_found_by_the_accounts_code() {
    let served = Served::frozen().await;
    register(&served, "stripe_new", "pm_card_visa").await;
    let count = async |account: &str| {
        let said = read(&served, &format!("paymentcards/?account={account}")).await;
        (said.body["count"].as_u64().expect("a number"), said.warnings())
    };
    assert_eq!(count("CUST001").await, (1, String::new()));
    assert_eq!(count("NOBODY").await, (0, String::new()));
    let (found, warnings) = count(ACCOUNT).await;
    assert_eq!(found, 0);
    assert!(warnings.contains("the account's code"), "{warnings}");
    served.set("fenerum.account_filter", "code_or_uuid").await;
    assert_eq!(count(ACCOUNT).await.0, 1);
    let card = read(&served, "paymentcards/").await.body["results"][0]["uuid"].clone();
    post(&served, &format!("paymentcards/{}/disable/", card.as_str().expect("an id")), Value::Null).await;
    assert_eq!(count("CUST001").await.0, 1);
    served.set("fenerum.list_inactive", "off").await;
    assert_eq!(count("CUST001").await.0, 0);
}

#[tokio::test]
async fn open_questions_are_settings() {
    let served = Served::frozen().await;
    let id = at_quickpay(&served, "subscriptions", "cards-6", Fate::Approved).await;
    served.set("fenerum.create_status", "200").await;
    let first = register(&served, "quickpay", &id).await;
    assert_eq!(first.status, StatusCode::OK);
    assert_ne!(register(&served, "quickpay", &id).await.uuid(), first.uuid());
    served.set("fenerum.same_token", "existing").await;
    assert_eq!(register(&served, "quickpay", &id).await.uuid(), first.uuid());
    served.set("fenerum.same_token", "refuse").await;
    let refused = register(&served, "quickpay", &id).await;
    assert_eq!(refused.body, json!({"token": ["This field must be unique."]}));
    served.set("fenerum.disable_answer", "nothing").await;
    let disabled = post(&served, &format!("paymentcards/{}/disable/", first.uuid()), json!({})).await;
    assert_eq!((disabled.status, disabled.text.as_str()), (StatusCode::NO_CONTENT, ""));
    let stripe = json!({"account": ACCOUNT, "token": "pm_card_visa", "gateway": "stripe"});
    let refused = post(&served, "paymentcards/", stripe.clone()).await;
    assert_eq!(refused.body, json!({"gateway": ["\"stripe\" is not a valid choice."]}));
    served.set("fenerum.legacy_gateway", "on").await;
    let made = post(&served, "paymentcards/", stripe).await;
    assert_eq!(made.body["payment_gateway"], "stripe_new");
    for gateway in ["stripe_new", "quickpay"] {
        served.set(&format!("fenerum.{}", gateway.trim_end_matches("_new")), "off").await;
        let refused =
            register(&served, gateway, if gateway == "quickpay" { &id } else { "pm_card_visa" }).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        let detail = format!("The payment gateway {gateway} is not set up for this organisation.");
        assert_eq!(refused.body["detail"], detail);
    }
}

#[tokio::test]
async fn workspaces_do_not_meet() {
    let served = Served::frozen().await;
    let other = served.control(Method::POST, "workspaces", json!({"name": "other"})).await;
    let own = |name: &str| other["credentials"][name].as_str().expect("a credential").to_owned();
    assert_ne!(own("FENERUM_ACCOUNT"), ACCOUNT);
    assert_eq!(own("FENERUM_TOKEN").len(), 40);
    let token = format!("Token {}", own("FENERUM_TOKEN"));
    let headers = [
        ("Authorization", token.as_str()),
        ("X-Client-System", "Shop"),
        ("Content-Type", "application/json"),
    ];
    let theirs = async |account: &str, token: &str| {
        let body = json!({"account": account, "token": token, "gateway": "stripe_new"}).to_string();
        send(&served, "POST", "/api/v1/paymentcards/", &headers, body.as_bytes()).await
    };
    let made = theirs(&own("FENERUM_ACCOUNT"), "pm_card_visa").await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let refused = theirs(ACCOUNT, "pm_card_visa").await;
    assert_eq!(refused.body, json!({"account": [format!("Object with uuid={ACCOUNT} does not exist.")]}));
    let ours = payment_method(&served, "4242424242424242").await;
    let refused = theirs(&own("FENERUM_ACCOUNT"), &ours).await;
    assert_eq!(refused.body["detail"], format!("No such PaymentMethod: '{ours}'"));
    // The code is the same, and finds each one's own.
    assert_eq!(read(&served, "paymentcards/?account=CUST001").await.body["count"], 0);
    let listed = send(&served, "GET", "/api/v1/paymentcards/?account=CUST001", &headers, b"").await;
    assert_eq!(listed.body["results"][0]["uuid"], made.uuid());
    assert_eq!(read(&served, &format!("paymentcards/{}/", made.uuid())).await.status, StatusCode::NOT_FOUND);
    // An account's UUID is one workspace's.
    let taken = json!({"code": "X", "uuid": own("FENERUM_ACCOUNT")});
    let url = format!("{}/_sim/v1/workspaces/default/fenerum/accounts", served.control);
    let answer = served.client.post(url).json(&taken).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
}
