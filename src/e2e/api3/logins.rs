//! Who may call the REST API.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Api, ROOTS, text};
use crate::support::Served;

/// What only somebody with a login may do.
const GUARDED: [(Method, &str); 19] = [
    (Method::POST, "customers"),
    (Method::GET, "customers/67"),
    (Method::PUT, "customers/67"),
    (Method::GET, "customers/67/customeraccounts"),
    (Method::GET, "customers/67/consents/cards"),
    (Method::GET, "customers/67/consents/cards/1"),
    (Method::GET, "customers/67/invoices"),
    (Method::POST, "customers/67/invoices"),
    (Method::GET, "customers/67/invoices/15"),
    (Method::POST, "customers/67/invoices/15"),
    (Method::GET, "customers/67/receipts"),
    (Method::GET, "customers/67/receipts/1"),
    (Method::GET, "receipts/1"),
    (Method::GET, "../../ver3/receipts/1"),
    (Method::GET, "customers/67/subscriptions"),
    (Method::GET, "orders?customer=67"),
    (Method::GET, "orderstatuses"),
    (Method::POST, "services/generatelink/registercardconsent"),
    (Method::POST, "services/generatelink/payforcustomeraccount"),
];

#[tokio::test]
async fn what_is_guarded_wants_a_token_that_holds() {
    let served = Served::frozen().await;
    let mut apis = Vec::new();
    for root in ROOTS {
        apis.push(Api::anonymous(&served, root));
        let mut mistaken = Api::anonymous(&served, root);
        mistaken.token = Some("no-such-token".to_owned());
        apis.push(mistaken);
        apis.push(Api::logged_in(&served, root).await);
    }
    // Before its end a token opens every one of them.
    for api in apis.iter().filter(|api| api.token.as_ref().is_some_and(|token| token != "no-such-token")) {
        for (method, path) in GUARDED {
            let (status, _) = api.call(method.clone(), path, &Value::Null).await;
            assert_ne!(status, StatusCode::UNAUTHORIZED, "{method} {path}");
        }
    }
    let clock = json!({"milliseconds": 3_601_000});
    served.control(Method::POST, "workspaces/default/clock/advance", clock).await;
    for api in &apis {
        for (method, path) in GUARDED {
            let (status, _) = api.call(method.clone(), path, &Value::Null).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path} with {:?}", api.token);
        }
    }
}

#[tokio::test]
async fn a_customers_order_is_confirmed_by_who_has_logged_in() {
    let served = Served::frozen().await;
    let (anonymous, known) = (Api::anonymous(&served, ROOTS[1]), Api::logged_in(&served, ROOTS[1]).await);
    let wish = |order: u64| json!({"order": order, "returnUrl": "http://127.0.0.1:3000/paid"});
    let path = "services/generatelink/confirmorder";
    let (status, _) = anonymous.call(Method::POST, path, &wish(17)).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let link = known.post(path, wish(17)).await;
    assert!(text(&link["url"]).contains("orderid=17"), "{link}");
    served.post("brp/orders", json!({"id": 16, "customer": null})).await;
    anonymous.post(path, wish(16)).await;
}

#[tokio::test]
async fn a_token_is_refreshed_and_validated() {
    let served = Served::frozen().await;
    for root in ROOTS {
        let mut api = Api::anonymous(&served, root);
        let login = json!({"username": "api-user", "password": "api-password"});
        let (_, first) = api.call(Method::POST, "auth/login", &login).await;
        let refreshed = api.post("auth/refresh", json!({"refreshToken": first["refresh_token"]})).await;
        assert_ne!(refreshed["access_token"], first["access_token"]);
        let names = |login: &Value| login.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&refreshed), names(&first));
        let (status, _) = api.call(Method::POST, "auth/validate", &Value::Null).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        api.token = Some(text(&refreshed["access_token"]));
        let (status, valid) = api.call(Method::POST, "auth/validate", &Value::Null).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(valid["expires_in"], 3_600_000);
    }
    // An access token ends before its refresh token does.
    let api = Api::logged_in(&served, "brponline").await;
    let login = json!({"username": "api-user", "password": "api-password"});
    let (_, login) = api.call(Method::POST, "auth/login", &login).await;
    let clock = json!({"milliseconds": 3_601_000});
    served.control(Method::POST, "workspaces/default/clock/advance", clock).await;
    let (status, _) = api.call(Method::POST, "auth/validate", &Value::Null).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    api.post("auth/refresh", json!({"refreshToken": login["refresh_token"]})).await;
}
