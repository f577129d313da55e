//! Subscriptions: signed up on the page, charged by the web service, with a card that grows old.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    OK, PASSWORD, form, judged, made, management, open, press, query, queue, records, subscription, transact,
    with,
};
use crate::support::Served;

/// A subscription with an amount that means nothing.
async fn sign_up(served: &Served, order: &str) -> i64 {
    made(served, &with(form(order), &[("Subscription", "1"), ("Amount", "")])).await
}

const CHARGE: &[(&str, &str)] = &[("amount", "9900"), ("orderID", "month-1")];

#[tokio::test]
async fn a_subscription_is_signed_up_charged_captured_and_grows_old() {
    let served = Served::frozen().await;
    let page = open(&served, &with(form("sub"), &[("Subscription", "x")])).await;
    let back = press(&served, &page, "approve").await;
    let id = transact(&back);
    assert_eq!(back, format!("{OK}?transact={id}&OrderNumber=sub"));
    assert_eq!(records(&served, "transactions").await, Vec::<Value>::new(), "nothing is drawn");
    let view = subscription(&served, "QuerySubscription", id, &[]).await;
    let seen = ["SubscriptionID", "MerchantNumber", "OrderID", "Currency", "ExpiryDate", "DateCreated"]
        .map(|name| view.element(name).to_owned());
    let known =
        [id.to_string().as_str(), "1234567", "sub", "208", "2030-12-31T00:00:00", "2026-03-01T13:00:00"]
            .map(ToOwned::to_owned);
    assert_eq!(seen, known);
    served.set("freepay.expiry_day", "first").await;
    let view = subscription(&served, "QuerySubscription", id, &[]).await;
    assert_eq!(view.element("ExpiryDate"), "2030-12-01T00:00:00");
    let said = subscription(&served, "AuthorizeSubscription2", id, CHARGE).await;
    assert_eq!(judged(&said), "ok");
    let charge: i64 = said.element("TransactionID").parse().expect("a number");
    let view = query(&served, charge).await;
    let seen = ["OrderID", "AuthorizationAmount", "Currency", "IsCaptured"].map(|name| view.element(name));
    assert_eq!(seen, ["month-1", "9900", "208", "false"]);
    assert_eq!(judged(&management(&served, "CaptureV2", charge, &[]).await), "ok");
    // In another currency, with the third version.
    let third = [("amount", "100"), ("orderID", "month-2"), ("currency", "752")];
    let said = subscription(&served, "AuthorizeSubscription3", id, &third).await;
    assert_eq!(
        query(&served, said.element("TransactionID").parse().expect("a number")).await.element("Currency"),
        "752"
    );
    // The card's last day, and the day after.
    let to = |at: &str| json!({"frozen": true, "at": at});
    served.control(Method::PUT, "workspaces/default/clock", to("2030-12-31T22:59:59Z")).await;
    assert_eq!(judged(&subscription(&served, "AuthorizeSubscription2", id, CHARGE).await), "ok");
    served.control(Method::PUT, "workspaces/default/clock", to("2030-12-31T23:00:00Z")).await;
    let said = subscription(&served, "AuthorizeSubscription2", id, CHARGE).await;
    assert_eq!((judged(&said).as_str(), said.element("TransactionID")), ("101", "0"));
    assert_eq!(records(&served, "transactions").await.len(), 3);
    // Another card renews it.
    served.post("freepay/subscriptions", json!({"id": id, "expires": "2034-01"})).await;
    assert_eq!(judged(&subscription(&served, "AuthorizeSubscription2", id, CHARGE).await), "ok");
}

#[tokio::test]
async fn a_charge_is_refused_by_card_queue_amount_and_currency() {
    let served = Served::frozen().await;
    let id = sign_up(&served, "sub").await;
    served.post("freepay/subscriptions", json!({"id": id, "card": "4571990000000116"})).await;
    assert_eq!(judged(&subscription(&served, "AuthorizeSubscription2", id, CHARGE).await), "116");
    served.post("freepay/subscriptions", json!({"id": id, "card": "4571990000000000"})).await;
    queue(&served, "month-1", "-1").await;
    assert_eq!(judged(&subscription(&served, "AuthorizeSubscription2", id, CHARGE).await), "-1");
    for amount in ["0", "-1"] {
        let more = [("amount", amount), ("orderID", "month-1")];
        assert_eq!(judged(&subscription(&served, "AuthorizeSubscription2", id, &more).await), "110");
    }
    for currency in ["0", "-208", "99999"] {
        let more = [CHARGE, &[("currency", currency)]].concat();
        assert_eq!(judged(&subscription(&served, "AuthorizeSubscription3", id, &more).await), "-1");
    }
    assert_eq!(records(&served, "transactions").await, Vec::<Value>::new());
    let wrong = [CHARGE, &[("password", "x")]].concat();
    assert_eq!(subscription(&served, "AuthorizeSubscription2", id, &wrong).await.status, 500);
    served.set("freepay.captures_charges", "on").await;
    let said = subscription(&served, "AuthorizeSubscription2", id, CHARGE).await;
    assert_eq!(
        query(&served, said.element("TransactionID").parse().expect("a number")).await.element("IsCaptured"),
        "true"
    );
}

#[tokio::test]
async fn the_old_method_and_a_used_order_are_warned_of() {
    let served = Served::frozen().await;
    let id = sign_up(&served, "sub").await;
    let said = subscription(&served, "AuthorizeSubscription", id, CHARGE).await;
    assert!(said.warnings.contains("AuthorizeSubscription2"), "{said:?}");
    assert_eq!(said.status, 200);
    let drawn = records(&served, "transactions").await;
    assert!(said.text.contains(&format!(">{}</int>", drawn[0]["id"])), "{said:?}");
    queue(&served, "month-1", "116").await;
    assert!(subscription(&served, "AuthorizeSubscription", id, CHARGE).await.text.contains(">116</int>"));
    let said = subscription(&served, "AuthorizeSubscription2", id, CHARGE).await;
    assert!(judged(&said) == "ok" && said.warnings.contains("was used before"), "{said:?}");
    let fresh = [("amount", "1"), ("orderID", "month-3")];
    assert_eq!(subscription(&served, "AuthorizeSubscription2", id, &fresh).await.warnings, "");
    // Records that cannot be so.
    for body in [
        json!({"id": id, "card": "4571"}),
        json!({"id": id, "expires": "soon"}),
        json!({"id": 1}),
        json!({"id": id, "order": "7"}),
    ] {
        let url = format!("{}/_sim/v1/workspaces/default/freepay/subscriptions", served.control);
        let answer = served.client.post(url).json(&body).send().await.expect("an answer");
        assert!(answer.status().is_client_error(), "{body}");
    }
    assert!(!json!(records(&served, "subscriptions").await).to_string().contains(PASSWORD));
}
