//! The account, its keys, agreements and rights, and the small lists.

use serde_json::{Value, json};

use super::{API_KEY, FORM, GOOD, Said, WINDOW_KEY, api, bare, call, link, ok, payment, read, said, terms};
use crate::support::{Served, snapshot};

async fn with_key(served: &Served, key: &str, verb: &str, path: &str) -> Said {
    said(bare(served, verb, path).basic_auth("", Some(key)).header("accept-version", "v10")).await
}

#[tokio::test]
async fn ping_echoes_and_tells_the_scope() {
    let served = Served::frozen().await;
    let pong = |scope: &str, params: Value| json!({"msg": format!("Pong from QuickPay API V10, scope is {scope}"), "scope": scope, "version": "v10", "params": params});
    let answer = api(&served, "GET", "/ping?a=1&b=%C3%A5", Value::Null).await;
    assert_eq!((answer.status, answer.json()), (200, pong("merchant", json!({"a": "1", "b": "å"}))));
    let answer = api(&served, "POST", "/ping", json!({"foo": [1, {"b": null}]})).await;
    assert_eq!((answer.status, answer.json()), (201, pong("merchant", json!({"foo": [1, {"b": null}]}))));
    let form = call(&served, "POST", "/ping").header("content-type", FORM).body("foo=bar&a[b]=1");
    assert_eq!(said(form).await.json()["params"], json!({"foo": "bar", "a": {"b": "1"}}));
    let answer = said(bare(&served, "GET", "/ping").header("accept-version", "v10")).await;
    assert_eq!((answer.status, answer.json()), (200, pong("anonymous", json!({}))));
    for (name, value) in [
        ("cache-control", "no-cache, no-store"),
        ("vary", "Origin"),
        ("access-control-allow-credentials", "true"),
        ("content-type", "application/json"),
    ] {
        assert_eq!(answer.header(name), value);
    }
}

#[tokio::test]
async fn what_only_tells_something_looks_as_it_did() {
    let served = Served::frozen().await;
    payment(&served, "order-1").await;
    super::authorized(&served, "order-2", 100, GOOD).await;
    let mut story = String::new();
    for path in [
        "/account",
        "/account/private-key",
        "/acl-resources",
        "/acquirers",
        "/activity",
        "/agreements",
        "/agreements/1",
        "/agreements/2/api-key",
        "/brandings",
        "/changelog",
        "/fraud-rulesets",
        "/operational-status/acquirers",
        "/payment-method-priority",
    ] {
        let answer = api(&served, "GET", path, Value::Null).await;
        assert_eq!(answer.status, 200, "{path}");
        story.push_str(&format!("##### GET {path}\n{}\n\n", answer.pretty(&served)));
    }
    snapshot("quickpay", "merchant", &story);
    for path in ["/agreements/7", "/agreements/x", "/agreements/7/api-key"] {
        let answer = api(&served, "GET", path, Value::Null).await;
        let id = path.split('/').nth(2).expect("an id");
        assert_eq!(
            (answer.status, &answer.json()["message"]),
            (404, &json!(format!("Not found: No Agreement with id {id}")))
        );
    }
}

#[tokio::test]
async fn the_account_is_changed() {
    let served = Served::frozen().await;
    let change = json!({
        "callback_url": "https://shop.test/cb", "autofee": true, "allow_test_transactions": false,
        "shop_name": "Åse's", "default_payment_methods": "dankort", "default_payment_language": "da",
        "default_text_on_statement": "Shop", "id": 7,
    });
    let changed = ok(&served, "PATCH", "/account", change.clone()).await;
    assert_eq!(read(&served, "/account").await, changed);
    for (name, value) in change.as_object().expect("an object") {
        if name != "id" {
            assert_eq!(&changed[name], value, "{name}");
        }
    }
    assert_eq!(changed["id"], 1, "what cannot be changed is passed over");
    let wrong = json!({"callback_url": "shop.test", "autofee": "x", "allow_test_transactions": 7});
    assert_eq!(
        api(&served, "PATCH", "/account", wrong).await.errors(),
        "allow_test_transactions:[is invalid],autofee:[is invalid],callback_url:[is invalid]"
    );
    assert_eq!(read(&served, "/account").await, changed);
    // A link of the account's language.
    let path = payment(&served, "order-1").await;
    link(&served, &path, json!({"amount": 1})).await;
    assert_eq!(read(&served, &path).await["link"]["language"], "da");
    let emptied =
        ok(&served, "PATCH", "/account", json!({"callback_url": "", "default_payment_methods": ""})).await;
    assert_eq!((&emptied["callback_url"], &emptied["default_payment_methods"]), (&Value::Null, &Value::Null));
    // Through the control API too.
    terms(&served, json!({"shop_name": "Bikes", "callback_url": "https://bikes.test/cb"})).await;
    let account = read(&served, "/account").await;
    assert_eq!(
        (&account["shop_name"], &account["callback_url"], &account["autofee"]),
        (&json!("Bikes"), &json!("https://bikes.test/cb"), &json!(true))
    );
    for (body, kind) in [
        (json!({"callback_url": "bikes"}), "refused_record"),
        (json!({"colour": 1}), "refused_record"),
        (json!({"autofee": "yes"}), "refused_record"),
        (json!([]), "refused_body"),
    ] {
        let url = format!("{}/_sim/v1/workspaces/default/quickpay/account", served.control);
        let answer = served.client.post(url).json(&body).send().await.expect("an answer");
        assert_eq!(answer.status(), 400, "{body}");
        assert_eq!(answer.json::<Value>().await.expect("JSON")["error"]["type"], kind, "{body}");
    }
}

#[tokio::test]
async fn keys_are_renewed_and_the_old_ones_are_worth_nothing() {
    let served = Served::frozen().await;
    let renewed = ok(&served, "PATCH", "/agreements/2/api-key", Value::Null).await;
    let key = renewed["api_key"].as_str().expect("a key").to_owned();
    assert_ne!(key, API_KEY);
    let old = with_key(&served, API_KEY, "GET", "/account").await;
    assert_eq!((old.status, &old.json()["message"]), (401, &json!("Invalid API key")));
    assert_eq!(with_key(&served, &key, "GET", "/account").await.status, 200);
    let again = with_key(&served, &key, "PATCH", "/agreements/2/api-key").await.json();
    assert_ne!(again["api_key"], key);
    assert_eq!(with_key(&served, &key, "GET", "/account").await.status, 401);
    let key = again["api_key"].as_str().expect("a key");
    let private = with_key(&served, key, "PATCH", "/account/private-key").await.json();
    assert_eq!(with_key(&served, key, "GET", "/account/private-key").await.json(), private);
    assert_ne!(private["private_key"], super::PRIVATE_KEY);
    // The journal shows none of them.
    let journal = served.read("journal").await.to_string();
    assert!(journal.contains("/agreements/2/api-key"));
    for secret in [API_KEY, key, private["private_key"].as_str().expect("a key")] {
        assert!(!journal.contains(secret), "{secret} stands in the journal");
    }
}

#[tokio::test]
async fn an_agreement_may_do_what_its_rights_say() {
    let served = Served::frozen().await;
    let path = payment(&served, "order-1").await;
    let mut table = String::new();
    for (verb, below, body) in [
        ("GET", "/ping".to_owned(), Value::Null),
        ("POST", "/ping".to_owned(), json!({})),
        ("GET", "/account".to_owned(), Value::Null),
        ("PATCH", "/account/private-key".to_owned(), Value::Null),
        ("GET", "/agreements".to_owned(), Value::Null),
        ("GET", "/acquirers".to_owned(), Value::Null),
        ("GET", path.clone(), Value::Null),
        ("PUT", format!("{path}/link"), json!({"amount": 1})),
        ("DELETE", format!("{path}/link"), Value::Null),
        ("POST", format!("{path}/authorize"), json!({"amount": 1, "card": super::card(GOOD)})),
        ("POST", format!("{path}/capture"), json!({"amount": 1})),
        ("POST", format!("{path}/refund"), json!({"amount": 1})),
        ("POST", format!("{path}/cancel"), Value::Null),
        ("POST", "/subscriptions/7/recurring".to_owned(), json!([])),
    ] {
        let request =
            bare(&served, verb, &below).basic_auth("", Some(WINDOW_KEY)).header("accept-version", "v10");
        let answer = said(if body.is_null() { request } else { request.json(&body) }).await;
        let told = if answer.status == 403 { answer.json()["message"].to_string() } else { String::new() };
        let shown = below.replace(&path, "/payments/…");
        table.push_str(&format!("{verb:<6} {shown:<28} {} {}\n", answer.status, told.replace('"', "")));
    }
    snapshot("quickpay", "rights-of-the-window-key", &table);
    let refused = with_key(&served, WINDOW_KEY, "GET", "/account").await;
    assert_eq!(
        refused.json(),
        json!({"message": "Not authorized: Not authorized to GET /account", "errors": null, "error_code": null})
    );
    // Rights are given and taken through the control API.
    let right = |allowed: bool| json!({"resource": "/payments", "get": true, "post": allowed, "put": false, "patch": false, "delete": false});
    served.post("quickpay/agreements", json!({"id": 2, "acl": [right(false)]})).await;
    let body = json!({"order_id": "order-2", "currency": "DKK"});
    let refused = api(&served, "POST", "/payments", body.clone()).await;
    assert_eq!(
        (refused.status, &refused.json()["message"]),
        (403, &json!("Not authorized: Not authorized to POST /payments"))
    );
    assert_eq!(api(&served, "GET", "/payments", Value::Null).await.status, 200);
    served.post("quickpay/agreements", json!({"id": 2, "acl": [right(true)]})).await;
    assert_eq!(api(&served, "POST", "/payments", body).await.status, 201);
    served.post("quickpay/agreements", json!({"id": 1, "acl": []})).await;
    assert_eq!(with_key(&served, WINDOW_KEY, "GET", "/account").await.status, 200);
    let url = format!("{}/_sim/v1/workspaces/default/quickpay/agreements", served.control);
    for body in
        [json!({"id": 9, "acl": []}), json!({"id": 2}), json!({"id": 2, "acl": [{"resource": "/ping"}]})]
    {
        let answer = served.client.post(&url).json(&body).send().await.expect("an answer");
        assert_eq!(answer.json::<Value>().await.expect("JSON")["error"]["type"], "refused_record", "{body}");
    }
    let url = format!("{}/_sim/v1/workspaces/default/quickpay/payments", served.control);
    let answer = served.client.post(&url).json(&json!({})).send().await.expect("an answer");
    assert_eq!(answer.json::<Value>().await.expect("JSON")["error"]["type"], "read_only");
}

#[tokio::test]
async fn fees_are_told_before_they_are_taken() {
    let served = Served::frozen().await;
    let told = api(&served, "POST", "/fees", json!({"amount": 10_000, "card": {"number": GOOD}})).await;
    assert_eq!(told.status, 201);
    let body = told.json();
    assert_eq!(
        (&body["fee"], &body["total"], &body["acquirer"]),
        (&json!(145), &json!(10_145), &json!("clearhaus"))
    );
    served.set("quickpay.fee_basis_points", "0").await;
    let told = api(&served, "POST", "/fees/nets/dankort", json!({"amount": "10000"})).await;
    let body = told.json();
    assert_eq!(
        (told.status, &body["fee"], &body["acquirer"], &body["payment_method"]),
        (200, &json!(0), &json!("nets"), &json!("dankort"))
    );
    assert_eq!(api(&served, "POST", "/fees", json!({})).await.errors(), "amount:[is required]");
}

#[tokio::test]
async fn each_workspace_has_its_own_merchant() {
    let served = Served::frozen().await;
    let other = served.control(reqwest::Method::POST, "workspaces", json!({"name": "other"})).await;
    let key = other["credentials"]["QUICKPAY_API_KEY"].as_str().unwrap_or_else(|| panic!("{other}"));
    let mine = payment(&served, "order-1").await;
    let theirs = with_key(&served, key, "GET", &mine).await;
    assert_eq!(theirs.status, 404);
    assert_eq!(with_key(&served, key, "GET", "/payments").await.json(), json!([]));
    let account = with_key(&served, key, "GET", "/account").await.json();
    assert_eq!(account["id"].to_string(), other["credentials"]["QUICKPAY_MERCHANT"].as_str().expect("an id"));
    assert_ne!(account["id"], 1);
    let request =
        bare(&served, "POST", "/payments").basic_auth("", Some(key)).header("accept-version", "v10");
    let body = json!({"order_id": "order-1", "currency": "DKK"});
    let made = said(request.json(&body)).await;
    assert_eq!(made.status, 201, "order ids are one merchant's: {made:?}");
    let listed =
        served.control(reqwest::Method::GET, "workspaces/other/quickpay/payments", Value::Null).await;
    assert_eq!((listed.as_array().map(Vec::len), &listed[0]["id"]), (Some(1), &made.json()["id"]));
}
