//! All operations of Freepay's two services.

use serde_json::{Value, json};

use super::{assert_same, fault, libraries};
use crate::support::{Served, location};

const PASSWORD: &str = "freepay-test";
const NOON: &str = "2026-03-01T13:00:00";
const NAMESPACE: &str = "http://gw.freepay.dk/WebServices/Public";

/// The id of an order of 12.50 DKK that a payer approved, or of a subscription.
async fn approved(served: &Served, order: &str, subscription: bool) -> i64 {
    let mut fields = vec![
        ("MerchantNumber", "1234567"),
        ("Amount", "1250"),
        ("Currency", "208"),
        ("OrderID", order),
        ("AcceptURL", "http://127.0.0.1:3000/ok"),
        ("DeclineURL", "http://127.0.0.1:3000/no"),
    ];
    if subscription {
        fields.push(("Subscription", "1"));
    }
    let page = location(&served.submit(&format!("{}/paymentpage", served.freepay), &fields).await);
    let back = location(&served.submit(&page, &[("outcome", "approve")]).await);
    let back = url::Url::parse(&back).expect("an address");
    let transact = back.query_pairs().find(|(name, _)| name == "transact").expect("an id").1;
    transact.parse().expect("a number")
}

/// Calls about this, each with the password.
fn calls(about: &str, calls: &[(&str, i64, Value)]) -> Value {
    let with = |(method, id, values): &(&str, i64, Value)| {
        let mut values = values.clone();
        values[about] = (*id).into();
        if values["password"].is_null() {
            values["password"] = PASSWORD.into();
        }
        json!([method, values])
    };
    calls.iter().map(with).collect()
}

#[tokio::test]
async fn every_library_calls_every_operation_of_the_management_service() {
    let served = Served::frozen().await;
    for (place, library) in libraries().into_iter().enumerate() {
        let order = format!("æ&ø {place}");
        let one = approved(&served, &order, false).await;
        let other = approved(&served, &format!("{place}, captured"), false).await;
        let deleted = approved(&served, &format!("{place}, deleted"), false).await;
        let nothing = json!({});
        let calls = calls(
            "transactionID",
            &[
                ("WithholdForApproval", one, nothing.clone()),
                ("CaptureV2", one, nothing.clone()),
                ("ApproveTransaction", one, nothing.clone()),
                ("ChangeCaptureAmount", one, json!({"amount": 1000})),
                ("SetEarliestCapture", one, json!({"earliestCapture": "2026-02-28T00:00:00"})),
                ("QueryTransaction", one, nothing.clone()),
                ("CaptureV2", one, nothing.clone()),
                ("CreditV2", one, json!({"amount": 300})),
                ("Credit", one, json!({"amount": 701})),
                ("Capture", other, nothing.clone()),
                ("DeleteTransaction", deleted, nothing),
                ("QueryTransaction", one, json!({"password": "wrong"})),
                ("ChangeCaptureAmount", other, json!({"amount": 2_147_483_648_u64})),
            ],
        );
        let address = format!("{}/webservices/public/management.asmx", served.freepay);
        let mut answers = library.call(&address, &format!("{NAMESPACE}/Management"), &calls);
        let faults: Vec<_> = answers.split_off(11).iter().map(fault).collect();
        assert!(faults[0].starts_with("Server was unable to process request. ---> "), "{faults:?}");
        assert_eq!(
            faults[1],
            "Server was unable to read request. ---> There is an error in XML document. ---> Value was either \
             too large or too small for an Int32."
        );
        let hash =
            answers[5]["QueryTransactionResult"].as_object_mut().and_then(|view| view.remove("PANHash"));
        assert_eq!(hash.as_ref().and_then(Value::as_str).map(str::len), Some(36), "{hash:?}");
        let view = json!({
            "TransactionID": one, "MerchantID": 73533, "MerchantNumber": 1_234_567, "DateCreated": NOON,
            "DateAuthorized": NOON, "DateCaptured": "0001-01-01T00:00:00", "Currency": 208,
            "OrderID": order, "CardType": "VisaDankort", "SourceIP": "127.0.0.1",
            "AuthorizationAmount": 1250, "IsCaptured": false, "CaptureAmount": 1000, "CaptureErrorCode": 0,
            "DateEarliestCapture": "2026-02-28T00:00:00", "IsAwaitingApproval": false,
            "Acquirer": "NetsTeller",
        });
        let result = |code: i32| json!({"AcquirerStatusCode": code, "IsSuccess": code == 0});
        let expected = json!([
            {},
            {"CaptureV2Result": result(-1)},
            {},
            {},
            {},
            {"QueryTransactionResult": view},
            {"CaptureV2Result": result(0)},
            {"CreditV2Result": result(0)},
            {"CreditResult": result(-1)},
            {"CaptureResult": result(0)},
            {},
        ]);
        assert_same(library, &answers, &library.expects(expected));
    }
}

#[tokio::test]
async fn every_library_calls_every_operation_of_the_subscription_manager() {
    let served = Served::frozen().await;
    for (place, library) in libraries().into_iter().enumerate() {
        let order = format!("F{place}");
        let subscription = approved(&served, &order, true).await;
        let calls = calls(
            "subscriptionID",
            &[
                ("QuerySubscription", subscription, json!({})),
                ("AuthorizeSubscription", subscription, json!({"amount": 500, "orderID": "F5"})),
                ("AuthorizeSubscription2", subscription, json!({"amount": 500, "orderID": "F6"})),
                (
                    "AuthorizeSubscription3",
                    subscription,
                    json!({"amount": 500, "orderID": "F7", "currency": 752}),
                ),
                ("QuerySubscription", subscription, json!({"password": "wrong"})),
            ],
        );
        let address = format!("{}/webservices/public/subscriptionmanager.asmx", served.freepay);
        let mut answers = library.call(&address, &format!("{NAMESPACE}/SubscriptionManager"), &calls);
        let refused = fault(&answers.pop().expect("an answer"));
        assert!(refused.starts_with("Server was unable to process request. ---> "), "{refused}");
        for (place, path) in [
            (0, "/QuerySubscriptionResult/PANHash"),
            (1, "/AuthorizeSubscriptionResult"),
            (2, "/AuthorizeSubscription2Result/TransactionID"),
            (3, "/AuthorizeSubscription3Result/TransactionID"),
        ] {
            let found = answers[place].pointer_mut(path).unwrap_or_else(|| panic!("{path} of {library:?}"));
            let known = found.as_i64().is_some_and(|id| id > 0) || found.as_str().is_some();
            assert!(known, "{found}");
            *found = "?".into();
        }
        let authorized = json!({"IsSuccess": true, "TransactionID": "?", "ErrorCode": 0});
        let view = json!({
            "SubscriptionID": subscription, "MerchantID": 73533, "MerchantNumber": 1_234_567,
            "DateCreated": NOON, "Currency": 208, "OrderID": order, "CardType": "VisaDankort",
            "SourceIP": "127.0.0.1", "PANHash": "?", "ExpiryDate": "2030-12-31T00:00:00",
            "Acquirer": "NetsTeller",
        });
        let expected = json!([
            {"QuerySubscriptionResult": view},
            {"AuthorizeSubscriptionResult": "?"},
            {"AuthorizeSubscription2Result": authorized.clone()},
            {"AuthorizeSubscription3Result": authorized},
        ]);
        assert_same(library, &answers, &library.expects(expected));
    }
}
