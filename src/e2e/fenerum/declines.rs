//! Cards that a provider refuses, and what must not be promised of them.

use axum::http::StatusCode;
use provkassa::simulators::fenerum::codes::codes;
use serde_json::json;

use super::{payment_method, register};
use crate::quickpay::ok;
use crate::support::Served;

#[tokio::test]
async fn stripes_test_cards_are_refused_in_stripes_words() {
    let served = Served::frozen().await;
    for code in codes().iter().filter(|code| code.stage == "provider") {
        let Some(card) = provkassa::simulators::fenerum::codes::test_card(&code.code) else { continue };
        let token = payment_method(&served, &card.replace(' ', "")).await;
        let said = register(&served, "stripe_new", &token).await;
        assert_eq!(said.status, StatusCode::BAD_REQUEST, "{}", code.code);
        assert_eq!(said.body["detail"], code.text, "{}", code.code);
        assert!(said.warnings().contains(&code.code), "{}", said.warnings());
    }
}

#[tokio::test]
async fn what_is_refused_is_not_said_to_have_passed() {
    let served = Served::frozen().await;
    let payment = ok(&served, "POST", "/payments", json!({"order_id": "unpaid", "currency": "DKK"})).await;
    let said = register(&served, "quickpay", &payment["id"].to_string()).await;
    assert_eq!(said.status, StatusCode::BAD_REQUEST, "{}", said.text);
    assert!(!said.warnings().contains("passes here"), "{}", said.warnings());
    let token = payment_method(&served, "4242424242424242").await;
    assert_eq!(register(&served, "stripe_new", &token).await.status, StatusCode::CREATED);
    let again = register(&served, "stripe_new", &token).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST, "{}", again.text);
    assert!(!again.warnings().contains("gets a card for each"), "{}", again.warnings());
}
