//! What Fenerum refuses, and how it says so.

use axum::http::StatusCode;
use provkassa::simulators::fenerum::codes::{codes, field, status};
use serde_json::{Value, json};

use super::{ACCOUNT, TOKEN, call, post, read, register, right, send};
use crate::support::{Served, snapshot};

const CARDS: &str = "/api/v1/paymentcards/";

/// A right request with one header changed, added, or without it where the value is empty.
async fn with(served: &Served, name: &str, value: &str, body: &[u8]) -> super::Said {
    let mut headers = right();
    headers.retain(|(known, _)| *known != name);
    let mut headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    if !value.is_empty() {
        headers.push((name, value));
    }
    let method = if body.is_empty() { "GET" } else { "POST" };
    send(served, method, CARDS, &headers, body).await
}

#[tokio::test]
async fn the_token_is_looked_at_before_the_verb_and_the_body() {
    let served = Served::frozen().await;
    let mut story = String::new();
    for value in ["", "Token", "Token a b", "Token 0000", "Bearer 0000", "Basic eDp5", TOKEN, "token"] {
        let said = with(&served, "Authorization", value, b"{").await;
        let value = value.replace(TOKEN, "(the token)");
        story.push_str(&format!("Authorization: {value}\n{}\n", said.shown()));
    }
    snapshot("fenerum", "tokens", &story);
    // The word may be written small, and there may be more blanks.
    let said = with(&served, "Authorization", &format!("token   {TOKEN}"), b"").await;
    assert_eq!(said.status, StatusCode::OK);
    let token = "pm_1Pgc75B7WZ01zgkWlHVgdEGJ";
    let right = json!({"account": ACCOUNT, "token": token, "gateway": "stripe_new"}).to_string();
    let said = with(&served, "Authorization", &format!("Bearer {TOKEN}"), right.as_bytes()).await;
    assert_eq!(said.status, StatusCode::UNAUTHORIZED);
    assert!(said.warnings().contains("Bearer"), "{}", said.warnings());
    // Whose request it was is known all the same: it stands in the workspace's own journal.
    let journal = served.read("journal?provider=fenerum").await.to_string();
    assert!(journal.contains("not_authenticated") && !journal.contains(TOKEN));
    let said = send(&served, "DELETE", CARDS, &[], b"").await;
    assert_eq!(said.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn all_faults_of_a_body_are_told_together() {
    let served = Served::frozen().await;
    let mut story = String::new();
    for body in [
        "{}",
        "[]",
        "7",
        "null",
        "\"text\"",
        "{\"account\": null, \"token\": \" \", \"gateway\": \"foo\"}",
        "{\"account\": \"CUST001\", \"token\": true, \"gateway\": [\"stripe_new\"]}",
        "{\"account\": \"00000000-0000-0000-0000-000000000000\", \"token\": {}, \"gateway\": 1}",
        "{\"account\": 5, \"token\": [], \"gateway\": \"\"}",
        "{\"account\": {\"a\": \"it's\"}, \"token\": \"a\\u0000\", \"gateway\": null}",
        "{\"account\": \"\", \"unknown\": 1}",
        "{\"account\" 1}",
        "{\"account\": \"a",
        "{,}",
        "nope",
    ] {
        let said = call_text(&served, body).await;
        assert_eq!(said.status, StatusCode::BAD_REQUEST, "{body}");
        story.push_str(&format!("{body}\n{}\n\n", said.text));
    }
    snapshot("fenerum", "bodies", &story);
    for (gateway, token) in [
        ("stripe_new", "12345"),
        ("stripe_new", "tok_visa"),
        ("quickpay", "pm_card_visa"),
        ("quickpay", "-1"),
        ("quickpay", "1.5"),
    ] {
        let said = register(&served, gateway, token).await;
        let text = format!("This token does not match the gateway {gateway}.");
        assert_eq!(said.body, json!({"token": [text]}), "{gateway} {token}");
    }
    let deep = "[".repeat(20_000);
    let said = call_text(&served, &deep).await;
    assert_eq!(said.status, StatusCode::BAD_REQUEST);
    assert!(said.body["detail"].as_str().expect("a detail").starts_with("JSON parse error - "));
    let said = with(&served, "Content-Type", "application/json", b"\xff").await;
    assert_eq!(
        said.body["detail"],
        "JSON parse error - 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"
    );
}

async fn call_text(served: &Served, body: &str) -> super::Said {
    with(served, "Content-Type", "application/json", body.as_bytes()).await
}

#[tokio::test]
async fn bodies_of_other_kinds() {
    let served = Served::frozen().await;
    for (kind, detail) in [
        ("text/plain", "Unsupported media type \"text/plain\" in request."),
        ("application/xml; a=b", "Unsupported media type \"application/xml; a=b\" in request."),
        ("", "Unsupported media type \"\" in request."),
    ] {
        let said = with(&served, "Content-Type", kind, b"{}").await;
        assert_eq!((said.status, &said.body["detail"]), (StatusCode::UNSUPPORTED_MEDIA_TYPE, &json!(detail)));
    }
    let form = format!("account={ACCOUNT}&token=pm_card_visa&gateway=stripe_new");
    let said = with(&served, "Content-Type", "application/x-www-form-urlencoded", form.as_bytes()).await;
    assert_eq!(said.status, StatusCode::CREATED, "{}", said.text);
    // An empty body says nothing, whatever it is called.
    let headers = right();
    let headers: Vec<_> = headers.iter().take(2).map(|(name, value)| (*name, value.as_str())).collect();
    let said = send(&served, "POST", CARDS, &headers, b"").await;
    assert_eq!(said.body["token"], json!(["This field is required."]));
}

#[tokio::test]
async fn verbs_addresses_and_slashes() {
    let served = Served::frozen().await;
    for (method, path, allow) in [
        ("PUT", CARDS, "GET, POST, HEAD, OPTIONS"),
        ("DELETE", "/api/v1/paymentcards/x/", "GET, HEAD, OPTIONS"),
        ("GET", "/api/v1/paymentcards/x/disable/", "POST, OPTIONS"),
        ("GET", "/api/self-service/initiate-organization/", "POST, OPTIONS"),
    ] {
        let said = call(&served, method, path, &Value::Null).await;
        assert_eq!(said.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
        assert_eq!(said.header("allow"), allow);
        assert_eq!(said.body["detail"], format!("Method \"{method}\" not allowed."));
    }
    for id in ["x", "99999999999999999999", "00000000-0000-0000-0000-000000000000", "%20", "%FF"] {
        for path in [format!("paymentcards/{id}/"), format!("accounts/{id}/"), format!("invoices/{id}/")] {
            let said = read(&served, &path).await;
            assert_eq!(
                (said.status, said.body),
                (StatusCode::NOT_FOUND, json!({"detail": "Not found."})),
                "{path}"
            );
        }
    }
    let head = call(&served, "HEAD", CARDS, &Value::Null).await;
    assert_eq!((head.status, head.text.as_str()), (StatusCode::OK, ""));
    let options = call(&served, "OPTIONS", CARDS, &Value::Null).await;
    assert_eq!(options.body["name"], "Payment Card List");

    for (method, prefix) in [("GET", ""), ("POST", ""), ("POST", "/fenerum")] {
        let served_at = if prefix.is_empty() { &served.fenerum } else { &served.control };
        let url = format!("{served_at}{prefix}/api/v1/paymentcards?account=CUST001");
        let request = served.client.request(method.parse().expect("a verb"), url);
        let request = request.header("Authorization", format!("Token {TOKEN}"));
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::MOVED_PERMANENTLY);
        assert_eq!(
            answer.headers()["location"],
            format!("{prefix}/api/v1/paymentcards/?account=CUST001").as_str()
        );
        let warned = answer.headers().get_all("provkassa-warning").iter();
        let warned = warned.filter(|value| value.to_str().expect("text").contains("is lost")).count();
        assert_eq!(warned, usize::from(method == "POST"));
    }
    served.set("fenerum.missing_slash", "error").await;
    let said = call(&served, "POST", "/api/v1/paymentcards", &json!({})).await;
    assert_eq!(said.status, StatusCode::INTERNAL_SERVER_ERROR);

    let link = json!({"email": super::EMAIL});
    let said = call(&served, "POST", "/api/v1/self-service/initiate-organization/", &link).await;
    assert_eq!(said.status, StatusCode::NOT_FOUND);
    assert!(said.header("content-type").starts_with("text/html"));
    assert!(said.warnings().contains("/api/self-service/"), "{}", said.warnings());
    for (accept, expected) in [
        ("application/json", StatusCode::OK),
        ("text/html,application/xhtml+xml", StatusCode::OK),
        ("application/xml;q=0.9, */*;q=0.8", StatusCode::OK),
        ("application/xml", StatusCode::NOT_ACCEPTABLE),
    ] {
        assert_eq!(with(&served, "Accept", accept, b"").await.status, expected, "{accept}");
    }
    assert_eq!(read(&served, "paymentcards/?format=xml").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn no_page_elsewhere_can_read_an_answer() {
    let served = Served::frozen().await;
    let asks = [
        ("Origin", "http://shop.example"),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "authorization,content-type"),
    ];
    let preflight = send(&served, "OPTIONS", CARDS, &asks, b"").await;
    assert_eq!(preflight.status, StatusCode::UNAUTHORIZED);
    let sent = with(&served, "Origin", "http://shop.example", b"").await;
    assert_eq!(sent.status, StatusCode::OK);
    assert!(sent.warnings().contains("the token must never be"), "{}", sent.warnings());
    for said in [preflight, sent] {
        let allowed = said.headers.keys().filter(|name| name.as_str().starts_with("access-control-")).count();
        assert_eq!(allowed, 0);
    }
}

#[tokio::test]
async fn the_calling_system_and_the_rate() {
    let served = Served::frozen().await;
    let said = with(&served, "X-Client-System", "", b"").await;
    assert_eq!(said.status, StatusCode::BAD_REQUEST);
    assert_eq!(said.body["detail"], "The X-Client-System header is required.");
    served.set("fenerum.require_client_system", "off").await;
    let said = with(&served, "X-Client-System", "", b"").await;
    assert_eq!(said.status, StatusCode::OK);
    assert!(said.warnings().contains("X-Client-System"), "{}", said.warnings());

    served.set("fenerum.rate_limit", "on").await;
    let advance = async |seconds: u64| {
        served.post("clock/advance", json!({"milliseconds": seconds * 1000})).await;
    };
    for number in 0..60 {
        assert_eq!(read(&served, "paymentcards/").await.status, StatusCode::OK, "{number}");
        if number == 0 {
            advance(18).await;
        }
    }
    let said = read(&served, "paymentcards/").await;
    assert_eq!((said.status, said.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "42"));
    assert_eq!(said.body["detail"], "Request was throttled. Expected available in 42 seconds.");
    advance(41).await;
    let said = read(&served, "paymentcards/").await;
    assert_eq!(said.body["detail"], "Request was throttled. Expected available in 1 second.");
    advance(1).await;
    assert_eq!(read(&served, "paymentcards/").await.status, StatusCode::OK);
    assert_eq!(read(&served, "paymentcards/").await.status, StatusCode::TOO_MANY_REQUESTS);
}

/// Brings a code about by the state that causes it; `None` where the state is not Fenerum's own, and other
/// tests bring it about.
async fn by_state(served: &Served, code: &str) -> Option<super::Said> {
    let nobody = "00000000-0000-0000-0000-000000000000";
    let card = |account: &str, token: Value, gateway: &str| json!({"account": account, "token": token, "gateway": gateway});
    let hook = |name: &str, value: Value| json!({"endpoint": "http://127.0.0.1:9/", name: value});
    let subscribe = |name: &str, value: Value| json!({"account": "CUST001", name: value});
    let cards = async |body: Value| post(served, "paymentcards/", body).await;
    let stripe = async |token: &str| cards(card(ACCOUNT, json!(token), "stripe_new")).await;
    Some(match code {
        "not_acceptable" => with(served, "Accept", "image/png", b"").await,
        "not_authenticated" => with(served, "Authorization", "", b"").await,
        "header_empty" => with(served, "Authorization", "Token", b"").await,
        "header_spaces" => with(served, "Authorization", "Token a b", b"").await,
        "authentication_failed" => with(served, "Authorization", "Token a", b"").await,
        "user_inactive" | "permission_denied" => {
            let state = if code == "user_inactive" { "inactive" } else { "no_permission" };
            served.set("fenerum.api_user", state).await;
            read(served, "paymentcards/").await
        }
        "client_system_missing" => with(served, "X-Client-System", "", b"").await,
        "throttled" => {
            served.set("fenerum.rate_limit", "on").await;
            served.set("fenerum.requests_per_minute", "0").await;
            read(served, "paymentcards/").await
        }
        "method_not_allowed" => call(served, "DELETE", CARDS, &Value::Null).await,
        "not_found" => read(served, "paymentcards/x/").await,
        "invalid_page" => read(served, "paymentcards/?page=2").await,
        "unsupported_media_type" => with(served, "Content-Type", "text/plain", b"{}").await,
        "parse_error" => call_text(served, "{").await,
        "not_a_dictionary" => call_text(served, "[]").await,
        "no_data" => call_text(served, "null").await,
        "required" => cards(json!({})).await,
        "null" => cards(json!({"account": null})).await,
        "blank" => stripe("").await,
        "invalid_string" => cards(card(ACCOUNT, json!({}), "stripe_new")).await,
        "null_characters" => stripe("\u{0}").await,
        "max_length" => stripe(&"a".repeat(256)).await,
        "invalid_choice" => cards(card(ACCOUNT, json!("pm_1"), "stripe")).await,
        "invalid_uuid" => cards(card("CUST001", json!("pm_1"), "stripe_new")).await,
        "does_not_exist" => cards(card(nobody, json!("pm_1"), "stripe_new")).await,
        "must_be_uuid" | "invalid_pk" => {
            served.set("fenerum.account_relation", "pk").await;
            cards(card(if code == "invalid_pk" { nobody } else { "CUST001" }, json!("pm_1"), "stripe_new"))
                .await
        }
        "no_such_code" => {
            post(served, "recipients/", json!({"account": "NOBODY", "email": "a@example.com"})).await
        }
        "token_format" => stripe("tok_visa").await,
        "unique" => post(served, "accounts/", json!({"company_name": "A", "code": "CUST001"})).await,
        "gateway_inactive" => {
            served.set("fenerum.stripe", "off").await;
            stripe("pm_card_visa").await
        }
        "resource_missing" => stripe("pm_nobodyMadeThisOne").await,
        "card_declined" => stripe("pm_card_visa_chargeDeclined").await,
        "subscription_unknown" => cards(card(ACCOUNT, json!("1"), "quickpay")).await,
        "email_invalid" | "email_unknown" | "self_service_off" => {
            if code == "self_service_off" {
                served.set("fenerum.self_service", "off").await;
            }
            let email = match code {
                "email_invalid" => "nobody",
                "email_unknown" => "nobody@example.com",
                _ => super::EMAIL,
            };
            call(served, "POST", "/api/self-service/initiate-organization/", &json!({"email": email})).await
        }
        "url_invalid" => post(served, "webhooks/", json!({"endpoint": "shop.example"})).await,
        "boolean_invalid" => post(served, "webhooks/", hook("enabled", json!("perhaps"))).await,
        "not_a_list" => post(served, "webhooks/", hook("events", json!(5))).await,
        "integer_invalid" => post(served, "subscriptions/", subscribe("quantity", json!("two"))).await,
        "min_value" => post(served, "subscriptions/", subscribe("quantity", json!(0))).await,
        "max_value" => post(served, "subscriptions/", subscribe("quantity", json!(10_000_000_000_u64))).await,
        "date_invalid" => post(served, "subscriptions/", subscribe("start_date", json!("1/3/2026"))).await,
        "invalid_value" => post(served, "accounts/", json!({"company_name": "A", "code": "a/b"})).await,
        "error" => {
            served.set("fenerum.missing_slash", "error").await;
            call(served, "POST", "/api/v1/paymentcards", &json!({})).await
        }
        _ => return None,
    })
}

/// Whether a text is a code's, whatever stands in its places.
fn is_text(text: &str, template: &str) -> bool {
    let mut rest = text;
    let fixed = template.split('{').map(|part| part.split_once('}').map_or(part, |(_, fixed)| fixed));
    for fixed in fixed {
        match rest.find(fixed) {
            Some(at) => rest = &rest[at + fixed.len()..],
            None => return false,
        }
    }
    true
}

fn texts(body: &Value) -> Vec<String> {
    let told = body.as_object().into_iter().flatten().flat_map(|(_, told)| match told {
        Value::Array(list) => list.clone(),
        other => vec![other.clone()],
    });
    told.filter_map(|told| told.as_str().map(ToOwned::to_owned)).collect()
}

/// Where a state is brought about by other tests, because it takes another provider's part.
const ELSEWHERE: &[&str] = &[
    "already_attached",
    "authentication_required",
    "expired_card",
    "header_characters",
    "incorrect_cvc",
    "insufficient_funds",
    "lost_card",
    "processing_error",
    "stolen_card",
    "subscription_is_payment",
    "subscription_not_accepted",
    "subscription_not_active",
];

#[tokio::test]
async fn every_code_is_reached_by_its_state_and_from_the_queue() {
    let served = Served::frozen().await;
    for code in codes() {
        served.post("reset", Value::Null).await;
        let defaults =
            ["api_user", "rate_limit", "account_relation", "stripe", "self_service", "missing_slash"];
        for (name, value) in defaults.iter().zip(["active", "off", "slug", "on", "on", "redirect"]) {
            served.set(&format!("fenerum.{name}"), value).await;
        }
        match by_state(&served, &code.code).await {
            Some(said) => {
                assert_eq!(said.status, status(&code.code), "{}", code.code);
                let found = texts(&said.body).iter().any(|text| is_text(text, &code.text))
                    || is_text(&said.text, &code.text);
                assert!(found, "{}: {}", code.code, said.text);
                let named = said.warnings().contains(&code.code) || code.code == "error";
                assert!(named, "{}: {}", code.code, said.warnings());
            }
            None => assert!(ELSEWHERE.contains(&code.code.as_str()), "{} is not reached", code.code),
        }
        for (name, value) in defaults.iter().zip(["active", "off", "slug", "on", "on", "redirect"]) {
            served.set(&format!("fenerum.{name}"), value).await;
        }
        for order in ["CUST001", ACCOUNT] {
            let queued = json!({"provider": "fenerum", "order": order, "outcome": code.code});
            served.post("outcomes", queued).await;
            let said = register(&served, "stripe_new", "pm_card_visa").await;
            assert_eq!(said.status, status(&code.code), "{} queued", code.code);
            let expected = if code.code == "error" { None } else { field(&code.code) };
            if let Some(field) = expected {
                assert!(said.body.get(field).is_some(), "{}: {}", code.code, said.text);
            }
            let right = register(&served, "stripe_new", "pm_card_visa").await;
            assert_eq!(right.status, StatusCode::CREATED, "after {}", code.code);
        }
    }
}
