//! Credentials that nobody has, and bodies that nobody takes: what is told, and what is not.

use serde_json::Value;

use crate::support::Served;

/// The sandbox's remarks on a request to QuickPay with this key.
async fn told(served: &Served, user: &str, key: &str) -> String {
    let url = format!("{}/payments", served.quickpay);
    let call = served.client.get(url).basic_auth(user, Some(key)).header("accept-version", "v10");
    let answer = call.send().await.expect("an answer");
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.headers()["x-quickpay-server"], "provkassa");
    let remarks = answer.headers().get_all("provkassa-warning").iter();
    remarks.map(|remark| remark.to_str().expect("text")).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn an_unknown_secret_is_hinted_at_and_never_shown() {
    const REAL: &str = "9f3c1de7aaaabbbbccccddddeeeeffff00001234";
    let served = Served::frozen().await;
    let remarks = told(&served, "", REAL).await;
    assert!(remarks.contains("9f3c... (40 characters)"), "{remarks}");
    let fenerum = format!("{}/api/v1/paymentcards/", served.fenerum);
    let call = served.client.get(fenerum).header("authorization", format!("Token {REAL}"));
    let answer = call.send().await.expect("an answer");
    let headers = format!("{:?}", answer.headers());
    let seen = headers + &answer.text().await.expect("a body");
    let unclaimed: Value = served.control(reqwest::Method::GET, "unclaimed", Value::Null).await;
    for text in [remarks, seen, unclaimed.to_string()] {
        assert!(!text.contains(&REAL[5..]), "{text}");
    }
    assert!(unclaimed.to_string().contains("40 characters"), "{unclaimed}");
}

#[tokio::test]
async fn the_nearest_secret_is_told_by_its_name_and_the_mistake_by_its_own() {
    let served = Served::frozen().await;
    for (user, key, says) in [
        ("", "quickpay-api-ke", "The nearest is `QUICKPAY_API_KEY`"),
        ("", "quickpay-private-key", "you sent the private key (certain)"),
        ("quickpay-api-key", "", "you sent the API key as the user"),
    ] {
        let remarks = told(&served, user, key).await;
        assert!(remarks.contains(says), "{says}: {remarks}");
    }
}

#[tokio::test]
async fn a_body_that_is_too_long_for_fenerum_is_answered_in_its_shape_and_written_down() {
    let served = Served::frozen().await;
    for path in ["/api/v1/paymentcards/", "/v1/payment_methods"] {
        let url = format!("{}{path}", served.fenerum);
        let call = served.client.post(url).body("a".repeat((4 << 20) + 1));
        let answer = call.send().await.expect("an answer");
        assert_eq!(answer.status(), 413, "{path}");
        let body: Value = answer.json().await.expect("JSON");
        assert_eq!(body["detail"], "Request body exceeded the limit.");
        assert_eq!(body["error"]["type"], "invalid_request_error");
    }
    // Below the limit, Fenerum itself looks at it.
    let url = format!("{}/api/v1/paymentcards/", served.fenerum);
    let call = served.client.post(url).header("content-type", "application/json");
    let call = call.header("authorization", "Token 5f3c1a7e9b2d4860c1e7f0a3b5d2948617c0e3fa");
    let call = call.header("x-client-system", "tests").body("a".repeat(3 << 20));
    let answer = call.send().await.expect("an answer");
    assert_eq!(answer.status(), 400);
    assert!(answer.text().await.expect("a body").contains("JSON parse error"));
    let journal = served.read("journal?provider=fenerum").await.to_string();
    assert!(journal.contains("the body is longer than"), "{journal}");
}
