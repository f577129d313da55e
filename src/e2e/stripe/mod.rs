//! Stripe's slice over real HTTP: the script, its frame, and the endpoint that makes payment methods.

mod element;
mod integration;
pub(crate) mod page;

use axum::http::{StatusCode, header};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::support::Served;

/// The default workspace's own key.
pub(crate) const KEY: &str = "pk_test_provkassa";

/// The form of a card that is right.
pub(crate) fn form(number: &str) -> Vec<(&str, &str)> {
    vec![
        ("type", "card"),
        ("card[number]", number),
        ("card[exp_month]", "12"),
        ("card[exp_year]", "2030"),
        ("card[cvc]", "123"),
        ("billing_details[address][postal_code]", "12345"),
        ("key", KEY),
    ]
}

async fn answer(response: Response) -> (StatusCode, Value) {
    assert_eq!(response.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    (response.status(), response.json().await.expect("JSON"))
}

async fn create(served: &Served, fields: &[(&str, &str)]) -> (StatusCode, Value) {
    answer(served.submit(&format!("{}/v1/payment_methods", served.fenerum), fields).await).await
}

/// A right form with another value, or without the field where it is empty.
fn with<'a>(name: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut fields = form("4242424242424242");
    fields.retain(|(known, _)| *known != name);
    if !value.is_empty() {
        fields.push((name, value));
    }
    fields
}

#[tokio::test]
async fn a_typed_card_becomes_a_payment_method() {
    let served = Served::frozen().await;
    let mut fields = form("4242 4242 4242 4242");
    fields.extend([("metadata[order]", "7"), ("billing_details[name]", "Å B"), ("guid", "x")]);
    let (status, made) = create(&served, &fields).await;
    assert_eq!(status, StatusCode::OK, "{made}");
    let id = made["id"].as_str().expect("an id");
    let suffix = id.strip_prefix("pm_").expect("its prefix");
    assert!(suffix.len() == 24 && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{id}");
    for (pointer, value) in [
        ("/object", json!("payment_method")),
        ("/type", json!("card")),
        ("/livemode", json!(false)),
        ("/customer", Value::Null),
        ("/created", json!(1_772_366_400)),
        ("/allow_redisplay", json!("unspecified")),
        ("/card/brand", json!("visa")),
        ("/card/last4", json!("4242")),
        ("/card/exp_month", json!(12)),
        ("/card/exp_year", json!(2030)),
        ("/card/funding", json!("credit")),
        ("/card/country", json!("US")),
        ("/card/networks/available", json!(["visa"])),
        ("/billing_details/address/postal_code", json!("12345")),
        ("/billing_details/name", json!("Å B")),
        ("/billing_details/email", Value::Null),
        ("/metadata", json!({"order": "7"})),
    ] {
        assert_eq!(made.pointer(pointer), Some(&value), "{pointer}");
    }
    assert_eq!(made["card"]["fingerprint"].as_str().expect("a text").len(), 16);
    // The same card again is another payment method with the same fingerprint.
    let (_, again) = create(&served, &form("4242424242424242")).await;
    assert_ne!(again["id"], made["id"]);
    assert_eq!(again["card"]["fingerprint"], made["card"]["fingerprint"]);
    // What declines when it is attached is made all the same; a token stands for a card.
    for number in ["4000000000000002", "4000000000000341", "4000002760003184"] {
        assert_eq!(create(&served, &form(number)).await.0, StatusCode::OK, "{number}");
    }
    let token = [("type", "card"), ("card[token]", "tok_mastercard"), ("key", KEY)];
    assert_eq!(create(&served, &token).await.1["card"]["brand"], "mastercard");
}

#[tokio::test]
async fn what_is_wrong_is_answered_as_stripe_does() {
    let served = Served::frozen().await;
    for (fields, status, kind, code, param) in [
        (with("type", ""), 400, "invalid_request_error", "parameter_missing", "type"),
        (with("type", "sepa_debit"), 400, "invalid_request_error", "", "type"),
        (vec![("type", "card"), ("key", KEY)], 400, "invalid_request_error", "parameter_missing", "card"),
        (with("card[number]", ""), 400, "invalid_request_error", "parameter_missing", "card[number]"),
        (
            with("card[exp_month]", "x"),
            400,
            "invalid_request_error",
            "parameter_invalid_integer",
            "card[exp_month]",
        ),
        (with("card[token]", "tok_nobody"), 400, "invalid_request_error", "resource_missing", "card[token]"),
        (with("colour", "red"), 400, "invalid_request_error", "parameter_unknown", "colour"),
        (with("allow_redisplay", "often"), 400, "invalid_request_error", "", "allow_redisplay"),
        (with("card[number]", "4242424242424241"), 402, "card_error", "incorrect_number", "number"),
        (with("card[number]", "424242424242"), 402, "card_error", "incorrect_number", "number"),
        (with("card[number]", "my card"), 402, "card_error", "invalid_number", "number"),
        (with("card[exp_month]", "13"), 402, "card_error", "invalid_expiry_month", "exp_month"),
        (with("card[exp_year]", "2025"), 402, "card_error", "invalid_expiry_year", "exp_year"),
        (with("card[exp_year]", "2077"), 402, "card_error", "invalid_expiry_year", "exp_year"),
        (with("card[cvc]", "12"), 402, "card_error", "invalid_cvc", "cvc"),
        (with("card[cvc]", "1234"), 402, "card_error", "invalid_cvc", "cvc"),
    ] {
        let (came, body) = create(&served, &fields).await;
        let error = &body["error"];
        assert_eq!(came.as_u16(), status, "{fields:?}: {body}");
        assert_eq!(error["type"], kind, "{fields:?}");
        assert_eq!(error["code"].as_str().unwrap_or_default(), code, "{fields:?}");
        assert_eq!(error["param"], param, "{fields:?}");
        assert!(!error["message"].as_str().expect("a text").is_empty());
        assert!(body.get("id").is_none());
    }
    // The sandbox's clock stands in March 2026: February is over, March is not.
    let expiring = |month: &'static str| {
        let mut fields = with("card[exp_year]", "26");
        fields.retain(|(name, _)| *name != "card[exp_month]");
        fields.push(("card[exp_month]", month));
        fields
    };
    assert_eq!(create(&served, &expiring("3")).await.0, StatusCode::OK);
    let (_, past) = create(&served, &expiring("2")).await;
    assert_eq!(past["error"]["code"], "invalid_expiry_month");
    let doc = "https://stripe.com/docs/error-codes/invalid-expiry-month";
    assert_eq!(past["error"]["doc_url"], doc);
    // Whoever sends JSON is told so.
    let url = format!("{}/v1/payment_methods", served.fenerum);
    let request = served.client.post(&url).bearer_auth(KEY).json(&json!({"type": "card"}));
    let (status, body) = answer(request.send().await.expect("an answer")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(body["error"]["message"].as_str().expect("a text").contains("content type"));
}

#[tokio::test]
async fn a_key_is_needed_and_a_secret_one_is_refused() {
    let served = Served::start(&[]).await;
    let url = format!("{}/v1/payment_methods", served.fenerum);
    let (status, body) = create(&served, &with("key", "")).await;
    assert_eq!((status, &body["error"]["type"]), (StatusCode::UNAUTHORIZED, &json!("invalid_request_error")));
    assert!(
        body["error"]["message"].as_str().expect("a text").starts_with("You did not provide an API key.")
    );
    for (key, shown) in [
        ("sk_test_51Hverysecret", "sk_test_*********cret"),
        ("pk_live_51Hnotfortests", "pk_live_**********ests"),
        ("whatever", "****ever"),
    ] {
        let (status, body) = create(&served, &with("key", key)).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert_eq!(body["error"]["message"], format!("Invalid API Key provided: {shown}"));
    }
    let journal = served.read("journal").await.to_string();
    assert!(!journal.contains("51Hverysecret"), "a secret key is in the journal");
    // As servers send it.
    let fields = with("key", "");
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
    let post = || served.client.post(&url).header("content-type", "application/x-www-form-urlencoded");
    for request in [post().bearer_auth(KEY), post().basic_auth(KEY, None::<&str>)] {
        let sent = request.body(body.clone()).send().await.expect("an answer");
        assert_eq!(answer(sent).await.0, StatusCode::OK);
    }
    // The documents' own key passes, with a word about it; the workspace's own needs none.
    let placeholder = served.submit(&url, &with("key", "pk_test_YOUR_PUBLISHABLE_KEY")).await;
    assert_eq!(placeholder.status(), StatusCode::OK);
    assert!(placeholder.headers().contains_key("provkassa-warning"));
    assert!(
        !served.submit(&url, &form("4242424242424242")).await.headers().contains_key("provkassa-warning")
    );
}

#[tokio::test]
async fn any_page_may_call_the_endpoint() {
    let served = Served::start(&[]).await;
    let url = format!("{}/v1/payment_methods", served.fenerum);
    let asked = served.client.request(Method::OPTIONS, &url).header("origin", "http://shop.example");
    let asked = asked
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization")
        .send()
        .await
        .expect("an answer");
    assert_eq!(asked.status(), StatusCode::OK);
    assert_eq!(asked.headers()[header::ACCESS_CONTROL_ALLOW_HEADERS], "authorization");
    assert!(asked.headers()[header::ACCESS_CONTROL_ALLOW_METHODS].to_str().expect("text").contains("POST"));
    for other in [url, format!("{}/v1/tokens", served.fenerum)] {
        let (status, body) = answer(served.get(&other).await).await;
        assert_eq!(
            (status, &body["error"]["type"]),
            (StatusCode::NOT_FOUND, &json!("invalid_request_error"))
        );
    }
}

#[tokio::test]
async fn no_card_that_may_be_real_is_taken_or_shown() {
    let served = Served::start(&[]).await;
    // The second has a typing error, the third is one that Stripe publishes.
    let (status, body) = create(&served, &form("4539148803436467")).await;
    assert_eq!(status, StatusCode::PAYMENT_REQUIRED);
    assert_eq!(body["error"]["decline_code"], "test_mode_live_card");
    create(&served, &form("4539148803436468")).await;
    create(&served, &with("card[cvc]", "987")).await;
    let journal = served.read("journal").await.to_string();
    for hidden in ["4539148803436467", "4539148803436468", "987"] {
        assert!(!journal.contains(&format!("={hidden}")), "{hidden} is in the journal");
    }
    assert!(journal.contains("=4242424242424242") && journal.contains("‹hidden›"));
}

#[tokio::test]
async fn a_publishable_key_leads_to_its_workspace() {
    let served = Served::start(&[]).await;
    let mut ids = std::collections::BTreeSet::new();
    for name in ["a", "b"] {
        let made = served.control(Method::POST, "workspaces", json!({ "name": name })).await;
        let text = made.to_string();
        let start = text.find("pk_test_").unwrap_or_else(|| panic!("no key in {text}"));
        let key: String = text[start..].chars().take_while(|sign| *sign != '"').collect();
        let (status, body) = create(&served, &with("key", &key)).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        let id = body["id"].as_str().expect("an id").to_owned();
        let path = format!("workspaces/{name}/snapshot");
        let snapshot = served.control(Method::GET, &path, Value::Null).await.to_string();
        assert!(snapshot.contains(&id), "{snapshot}");
        assert!(ids.insert(id));
    }
    let (_, body) = create(&served, &form("4242424242424242")).await;
    assert!(ids.insert(body["id"].as_str().expect("an id").to_owned()));
    let named = format!("{}/w/a/fenerum/v1/payment_methods", served.control);
    assert_eq!(served.submit(&named, &form("4242424242424242")).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_script_and_its_frame_are_served_at_stripes_paths() {
    let served = Served::frozen().await;
    let mut scripts = std::collections::BTreeSet::new();
    for path in ["/v3", "/v3/", "/basil/stripe.js"] {
        let script = served.get(&format!("{}{path}", served.fenerum)).await;
        assert_eq!(script.status(), StatusCode::OK, "{path}");
        assert_eq!(script.headers()["content-type"], "text/javascript; charset=utf-8");
        scripts.insert(script.text().await.expect("a text"));
    }
    assert_eq!(scripts.len(), 1);
    let frame = served.get(&format!("{}/v3/elements-inner-card.html?key={KEY}", served.fenerum)).await;
    let policy = frame.headers()["content-security-policy"].to_str().expect("text").to_owned();
    assert!(!policy.contains("frame-ancestors") && policy.contains("connect-src 'self'"), "{policy}");
    let page = frame.text().await.expect("a page");
    for name in ["cardnumber", "exp-date", "cvc", "postal"] {
        assert!(page.contains(&format!("name=\"{name}\"")), "{name}");
    }
    assert!(page.contains(r#""today":{"last":2076,"month":3,"year":2026}"#), "the sandbox's own date");
}
