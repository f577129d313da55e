//! What BRP's REST API refuses, beside what the tests of payments show.

use reqwest::Method;
use serde_json::{Value, json};

use super::Api;
use crate::support::{Served, snapshot};

/// Whether who asks has logged in, the method, the path and the body.
type Request = (bool, &'static str, &'static str, &'static str);

const ORDERS: &[Request] = &[
    (false, "POST", "auth/refresh", "{}"),
    (false, "POST", "auth/refresh", r#"{"refreshToken": "none"}"#),
    (false, "POST", "auth/validate", ""),
    (false, "POST", "orders/16/items/drinks", "{}"),
    (false, "POST", "orders/16/items/subscriptions", "{}"),
    (false, "POST", "orders/16/items/subscriptions", r#"{"subscriptionProduct": 7, "birthDate": "3 feb"}"#),
    (
        false,
        "POST",
        "orders/16/items/subscriptions",
        r#"{"subscriptionProduct": 7, "birthDate": "2001-02-03", "startDate": "2026-02-28"}"#,
    ),
    (false, "POST", "orders/16/items/entries", r#"{"entryProduct": 1}"#),
    (false, "POST", "orders/16/items/entries", r#"{"entryProduct": 99}"#),
    (false, "POST", "orders/16/items/events", r#"{"event": 4, "participants": [7]}"#),
    (false, "POST", "orders/16/items/services", r#"{"serviceProduct": 5, "start": "noon"}"#),
    (false, "POST", "orders/16/items/valuecards", r#"{"valueCardProduct": 6, "amount": 0}"#),
    (false, "DELETE", "orders/16/items/events/1", ""),
    (false, "POST", "orders/24/items/entries", r#"{"entryProduct": 9}"#),
    (false, "POST", "orders/22/items/entries", r#"{"entryProduct": 9}"#),
    (false, "DELETE", "orders/24", ""),
    (false, "POST", "orders/15/items/entries", r#"{"entryProduct": 9}"#),
    (false, "POST", "orders/16/valuecardreservations", r#"{"valueCardNumber": "1"}"#),
    (false, "POST", "orders/16/valuecardreservations", r#"{"valueCardNumber": "123456789012345678901"}"#),
    (false, "POST", "orders/16/valuecardreservations", r#"{"valueCardNumber": "999999999999"}"#),
    (false, "POST", "orders/16/valuecardreservations", r#"{"valueCardNumber": "000000000000"}"#),
    (false, "POST", "orders/18/valuecardreservations", r#"{"valueCardNumber": "123456789012"}"#),
    (false, "POST", "orders/24/valuecardreservations", r#"{"valueCardNumber": "123456789012"}"#),
    (false, "DELETE", "orders/16/valuecardreservations/1", ""),
];

const CUSTOMERS: &[Request] = &[
    (false, "GET", "customers/67", ""),
    (true, "GET", "customers/99999999999999999999", ""),
    (true, "POST", "customers", r#"{"firstName": "Bo"}"#),
    (
        true,
        "POST",
        "customers",
        r#"{"customerType": 1, "businessUnit": 99, "firstName": "B", "lastName": "E"}"#,
    ),
    (true, "PUT", "customers/67", r#"{"email": "bo"}"#),
    (true, "PUT", "customers/67", r#"{"birthDate": "2001-02-30"}"#),
    (true, "PUT", "customers/67", r#"{"mobilePhone": {"countryCode": 46}}"#),
    (true, "PUT", "customers/67", r#"{"mobilePhone": {"number": "+46701234567"}}"#),
    (true, "PUT", "customers/67", r#"{"shippingAddress": {"street": 2}}"#),
    (true, "PUT", "customers/67", r#"{"sex": "yes"}"#),
    (false, "GET", "businessunits/99/paymentmethods", ""),
    (false, "GET", "businessunits/15/paymentmethods?order=99", ""),
    (false, "GET", "businessunits/15/paymentmethods?order=x", ""),
    (false, "GET", "orderstatuses", ""),
    (true, "GET", "customers/67/receipts?period.start=yesterday", ""),
    (false, "POST", "customers/68/invoices", ""),
    (true, "GET", "customers/67/invoices/15", ""),
    (true, "GET", "customers/68/invoices/18", ""),
    (true, "GET", "customers/68/invoices?excludePaid=1", ""),
    (true, "GET", "customers/67/consents/cards/1", ""),
];

/// Bodies of link generation; the return URL is put in where none is here.
const LINKS: &[(bool, &str, &str)] = &[
    (false, "payment", r#"{"order": 16, "returnUrl": null}"#),
    (false, "payment", r#"{"order": 16, "returnUrl": "/paid"}"#),
    (false, "payment", "{}"),
    (false, "payment", r#"{"order": 99}"#),
    (false, "payment", r#"{"order": 24}"#),
    (false, "payment", r#"{"order": 16, "paymentMethod": 99}"#),
    (false, "payment", r#"{"order": 16, "paymentMethod": 101}"#),
    (false, "payment", r#"{"order": 16, "paymentMethod": 102}"#),
    (false, "payment", r#"{"order": 16, "paymentMethod": 102, "payerAlias": {"number": "07x"}}"#),
    (false, "payment", r#"{"order": 15, "paymentMethod": 105}"#),
    (false, "payment", r#"{"order": 16, "receiptEmail": ["a@b.se", "b"]}"#),
    (false, "payment", r#"{"order": 16, "receiptEmail": "a@b.se"}"#),
    (false, "payment", r#"{"invoice": 15, "receiptEmail": ["a@b.se"]}"#),
    (false, "payment", r#"{"invoice": 16}"#),
    (false, "payment", r#"{"invoice": 17}"#),
    (false, "payment", r#"{"invoice": 18}"#),
    (false, "confirmorder", "{}"),
    (false, "confirmorder", r#"{"order": 24}"#),
    (false, "registercardconsent", r#"{"businessUnit": 15, "customer": 67}"#),
    (true, "registercardconsent", r#"{"businessUnit": 99, "customer": 67}"#),
    (true, "registercardconsent", r#"{"businessUnit": 15, "customer": 99}"#),
    (false, "payforcustomeraccount", r#"{"customer": 68, "paymentMethod": 100}"#),
    (true, "payforcustomeraccount", r#"{"customer": 67, "paymentMethod": 100}"#),
    (true, "payforcustomeraccount", r#"{"customer": 68, "paymentMethod": 104}"#),
    (true, "payforcustomeraccount", r#"{"customer": 68, "paymentMethod": 102}"#),
];

/// A sandbox with records that each stand in the way of something.
async fn awkward() -> Served {
    let served = Served::frozen().await;
    let row = json!({"id": 1, "product": 1, "name": "Dagkort", "quantity": 1, "price": 1, "debited": true});
    served.post("brp/orders", json!({"id": 24, "rows": [row]})).await;
    served.post("brp/orders", json!({"id": 22, "confirmed": true})).await;
    served.post("brp/orders", json!({"id": 18, "value_cards": ["123456789012"]})).await;
    served.post("brp/valuecards", json!({"number": "000000000000", "balance": 0})).await;
    served.post("brp/invoices", json!({"id": 16, "business_unit": null})).await;
    served.post("brp/invoices", json!({"id": 17, "rest": 0})).await;
    served.post("brp/invoices", json!({"id": 18, "deleted": true})).await;
    served
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_its_code() {
    let served = awkward().await;
    let (anonymous, user) =
        (Api::anonymous(&served, "brponline"), Api::logged_in(&served, "brponline").await);
    let mut story = String::new();
    let mut tell = async |logged_in: bool, method: &str, path: &str, body: Value| {
        let api = if logged_in { &user } else { &anonymous };
        let method = method.parse::<Method>().expect("a method");
        let line = format!("{method} {path}{}", if logged_in { ", logged in" } else { "" });
        let (status, answer) = api.call(method, path, &body).await;
        assert!(!status.is_success(), "{line} {body}: {answer}");
        let shown = |value: &Value| if value.is_null() { String::new() } else { format!(" {value}") };
        story.push_str(&format!("{line}{}\n  {}{}\n", shown(&body), status.as_u16(), shown(&answer)));
    };
    for (logged_in, method, path, body) in ORDERS.iter().chain(CUSTOMERS) {
        tell(*logged_in, method, path, serde_json::from_str(body).unwrap_or(Value::Null)).await;
    }
    for (logged_in, service, body) in LINKS {
        let mut body: Value = serde_json::from_str(body).expect("JSON");
        if body.get("returnUrl").is_none() {
            body["returnUrl"] = json!("http://127.0.0.1:3000/paid");
        }
        tell(*logged_in, "POST", &format!("services/generatelink/{service}"), body).await;
    }
    snapshot("brp", "what-the-rest-of-api3-refuses", &story);
}
