//! Payments: how they are made, read and changed, and what they look like.

use serde_json::{Value, json};

use super::{FORM, GOOD, api, authorize, call, card, ok, pass, payment, read, said, subscription};
use crate::support::{Served, snapshot};

#[tokio::test]
async fn resources_look_as_they_were_captured() {
    let served = Served::frozen().await;
    let body = json!({"order_id": "order-1001", "currency": "DKK"});
    let made = api(&served, "POST", "/payments", body).await;
    assert_eq!(made.status, 201);
    snapshot("quickpay", "a-fresh-payment", &made.pretty(&served));
    let path = format!("/payments/{}", made.json()["id"]);
    let terms = json!({
        "amount": 2599, "language": "da", "continue_url": "https://shop.test/ok",
        "cancel_url": "https://shop.test/no", "callback_url": "http://127.0.0.1:1/cb",
    });
    ok(&served, "PUT", &format!("{path}/link"), terms).await;
    let body = json!({"amount": 2599, "card": card(GOOD)});
    let begun = api(&served, "POST", &format!("{path}/authorize"), body).await;
    assert_eq!(begun.status, 202);
    snapshot("quickpay", "a-202", &begun.pretty(&served));
    api(&served, "POST", &format!("{path}/capture?synchronized"), json!({"amount": 2599})).await;
    let paid = api(&served, "GET", &path, Value::Null).await;
    snapshot("quickpay", "a-paid-payment", &paid.pretty(&served));
    assert_eq!(paid.json()["ulid"].as_str().map(str::len), Some(26));

    let path = subscription(&served, "subs-1001").await;
    authorize(&served, &path, 0, GOOD).await;
    let signed_up = api(&served, "GET", &path, Value::Null).await;
    snapshot("quickpay", "a-subscription", &signed_up.pretty(&served));
    let made = ok(&served, "POST", "/cards", json!({"variables": {"member": 7}})).await;
    let path = format!("/cards/{}", made["id"]);
    ok(&served, "POST", &format!("{path}/authorize"), json!({"card": card(GOOD)})).await;
    let saved = api(&served, "GET", &path, Value::Null).await;
    snapshot("quickpay", "a-card", &saved.pretty(&served));
}

/// Without what differs between two payments.
fn nameless(mut resource: Value) -> Value {
    for name in ["id", "ulid", "order_id"] {
        resource[name] = Value::Null;
    }
    resource
}

#[tokio::test]
async fn forms_with_brackets_say_the_same_as_json() {
    let served = Served::frozen().await;
    let body = json!({
        "order_id": "as-json", "currency": "DKK", "branding_id": 7, "text_on_statement": "Shop 1",
        "variables": {"fenerum_account_id": "acc", "note": "Ærø/Å"},
        "invoice_address": {"name": "Åse", "country_code": "DNK"},
        "shipping_address": {"city": "Aarhus", "country_code": "SWE"},
        "basket": [
            {"qty": 1, "item_no": "A-1", "item_name": "Kop", "item_price": 2599, "vat_rate": 0.25},
            {"qty": 2, "item_no": "A-2", "item_name": "Fad", "item_price": 100, "vat_rate": 0.25},
        ],
        "shipping": {"method": "home_delivery", "company": "Bring"},
        "shopsystem": {"name": "Express", "version": "4"},
    });
    let by_json = ok(&served, "POST", "/payments", body).await;
    let fields = [
        ("order_id", "as-form"),
        ("currency", "DKK"),
        ("branding_id", "7"),
        ("text_on_statement", "Shop 1"),
        ("variables[fenerum_account_id]", "acc"),
        ("variables[note]", "Ærø/Å"),
        ("invoice_address[name]", "Åse"),
        ("invoice_address[country_code]", "DNK"),
        ("shipping_address[city]", "Aarhus"),
        ("shipping_address[country_code]", "SWE"),
        ("basket[][qty]", "1"),
        ("basket[][item_no]", "A-1"),
        ("basket[][item_name]", "Kop"),
        ("basket[][item_price]", "2599"),
        ("basket[][vat_rate]", "0.25"),
        ("basket[][qty]", "2"),
        ("basket[][item_no]", "A-2"),
        ("basket[][item_name]", "Fad"),
        ("basket[][item_price]", "100"),
        ("basket[][vat_rate]", "0.25"),
        ("shipping[method]", "home_delivery"),
        ("shipping[company]", "Bring"),
        ("shopsystem[name]", "Express"),
        ("shopsystem[version]", "4"),
    ];
    let form = |fields: &[(&str, &str)]| {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
    };
    let post = async |path: &str, body: String| {
        said(call(&served, "POST", path).header("content-type", FORM).body(body)).await
    };
    let by_form = post("/payments", form(&fields)).await;
    assert_eq!(by_form.status, 201, "{by_form:?}");
    assert_eq!(nameless(by_form.json()), nameless(by_json.clone()));
    assert_eq!(by_json["metadata"]["shopsystem_name"], "Express");

    let path = format!("/payments/{}", by_form.json()["id"]);
    let fields = [
        ("amount", "4000"),
        ("card[number]", GOOD),
        ("card[expiration]", "3012"),
        ("card[cvd]", "752"),
        ("auto_capture", "1"),
    ];
    let answer = post(&format!("{path}/authorize?synchronized=0"), form(&fields)).await;
    assert_eq!(answer.status, 200, "the value of synchronized is nothing");
    assert_eq!(answer.json()["balance"], 4000);
    assert_eq!(answer.json()["metadata"]["country"], "SWE", "the security code is a country's number");
    // An empty body is an empty object, whatever it claims to be.
    let answer = post("/payments", String::new()).await;
    assert_eq!(answer.errors(), "currency:[is required],order_id:[is required]");
}

#[tokio::test]
async fn variables_come_back_byte_for_byte() {
    let served = Served::frozen().await;
    let variables = r#"{"10":"a","2":"b","path":"x/y","navn":"Søren","n":0.0,"e":{},"l":[1,null]}"#;
    let body = format!(r#"{{"order_id":"bytes","currency":"DKK","variables":{variables}}}"#);
    let made = said(call(&served, "POST", "/payments").body(body)).await;
    assert!(made.text.contains(&format!("\"variables\":{variables},")), "{}", made.text);
    let path = format!("/payments/{}", made.json()["id"]);
    let again = api(&served, "GET", &path, Value::Null).await;
    assert!(again.text.contains(variables), "{}", again.text);
}

#[tokio::test]
async fn a_payment_is_changed_by_patch_and_only_so() {
    let served = Served::frozen().await;
    let path = payment(&served, "change-me").await;
    pass(&served, 61).await;
    let change = json!({
        "variables": {"a": 1}, "deadline_at": "2026-04-01T00:00:00Z",
        "invoice_address": {"country_code": "DNK"}, "shipping": {"method": "own_delivery", "amount": 5},
        "basket": [{"qty": 1, "item_no": "1", "item_name": "x", "item_price": 1, "vat_rate": 0.25}],
        "order_id": "another", "currency": "SEK", "nobody knows": 1,
    });
    let answer = api(&served, "PATCH", &path, change).await;
    assert_eq!(answer.status, 200);
    let warnings = answer.warnings();
    assert!(warnings.contains("`order_id` cannot be changed") && warnings.contains("`currency` cannot"));
    let changed = read(&served, &path).await;
    assert_eq!(
        (&changed["order_id"], &changed["currency"], &changed["variables"], &changed["deadline_at"]),
        (&json!("change-me"), &json!("DKK"), &json!({"a": 1}), &json!("2026-04-01T00:00:00Z"))
    );
    assert_eq!(changed["shipping"]["amount"], 5);
    assert_eq!(changed["basket"][0]["vat_rate"], 0.25);
    assert_eq!(
        (&changed["created_at"], &changed["updated_at"]),
        (&json!("2026-03-01T12:00:00Z"), &json!("2026-03-01T12:01:01Z"))
    );
    // What is not named stays.
    let after = ok(&served, "PATCH", &path, json!({})).await;
    assert_eq!(after["variables"], json!({"a": 1}));
    let put = api(&served, "PUT", &path, json!({"variables": {}})).await;
    assert_eq!((put.status, put.header("allow")), (405, "GET, PATCH"));
    let wrong = json!({"deadline_at": "tomorrow", "basket": {}, "variables": 7});
    let answer = api(&served, "PATCH", &path, wrong).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.errors(), "basket:[is invalid],deadline_at:[is invalid],variables:[is invalid]");
    assert_eq!(read(&served, &path).await["variables"], json!({"a": 1}), "nothing of a refused change holds");
}

#[tokio::test]
async fn order_ids_have_four_to_twenty_characters_and_are_nobody_elses() {
    let served = Served::frozen().await;
    let make = async |order: &str, currency: &str| {
        api(&served, "POST", "/payments", json!({"order_id": order, "currency": currency})).await
    };
    for rules in ["live", "documented"] {
        served.set("rules", rules).await;
        for order in ["a.B_c-1 2", "abcd", "12345678901234567890"] {
            // Each rule has its own, for they are taken then.
            let order = if rules == "live" { order.to_owned() } else { order.replace(['a', '1'], "z") };
            let made = make(&order, "DKK").await;
            assert_eq!((made.status, made.warnings().as_str()), (201, ""), "{order}");
        }
        for order in ["abc", "", &"1".repeat(65)] {
            let made = make(order, "DKK").await;
            assert_eq!(made.status, 400, "{order}");
            assert_eq!(made.errors(), "order_id:[must have length between 4 and 20]", "{order}");
        }
    }
    for order in ["123456789012345678901", "sub_123e4567-e89b-12d3-a456-426614174000_1772366400000"] {
        served.set("rules", "live").await;
        let made = make(order, "DKK").await;
        assert_eq!(made.errors(), "order_id:[must have length between 4 and 20]", "{order}");
        served.set("rules", "documented").await;
        let made = make(order, "DKK").await;
        assert_eq!(made.status, 201, "{order}");
        assert!(made.warnings().contains("is refused under `rules = live`: the order_id has"), "{order}");
    }
    for order in ["a#bc", "åbcd", "a/bc", "ab\tc"] {
        assert_eq!(make(order, "DKK").await.errors(), "order_id:[is invalid]", "{order}");
    }
    // Not 409.
    let taken = make("abcd", "DKK").await;
    assert_eq!(
        (taken.status, taken.errors().as_str()),
        (400, "order_id:[already exists on another payment]")
    );
    assert_eq!(make("ABCD", "DKK").await.status, 201, "case counts");
    // What is refused takes no order id.
    assert_eq!(make("once", "dkk").await.errors(), "currency:[must be three uppercase letters]");
    assert_eq!(make("once", "DKK").await.status, 201);
    // Subscriptions have their own.
    subscription(&served, "once").await;
    served.set("quickpay.lower_currency", "accept").await;
    assert_eq!(make("lower", "dkk").await.json()["currency"], "DKK");
    // A number is a text too.
    let body = json!({"order_id": 12345, "currency": "DKK"});
    assert_eq!(api(&served, "POST", "/payments", body).await.json()["order_id"], "12345");
}

/// What the sample of the document does: it posts a payment, gives it a link over 0 and reads `url` alone.
#[tokio::test]
async fn the_documents_sample_passes_as_documented_and_fails_live() {
    let served = Served::frozen().await;
    let order = "sub_123e4567-e89b-12d3-a456-426614174000_1772366400000";
    let body = json!({
        "order_id": order, "currency": "NOK", "description": "Subscription",
        "variables": {"fenerum_account_id": "acc-1"},
    });
    let terms = json!({"amount": 0, "auto_capture": false, "callback_url": "http://127.0.0.1:1/api/quickpay-callback"});
    let made = api(&served, "POST", "/payments", body.clone()).await;
    assert_eq!(made.status, 201);
    let put = api(&served, "PUT", &format!("/payments/{}/link", made.json()["id"]), terms.clone()).await;
    assert_eq!(put.status, 200);
    assert_eq!(put.json().as_object().map(serde_json::Map::len), Some(1));
    assert!(put.warnings().contains("a payment's link has the amount 0"), "{}", put.warnings());
    served.set("rules", "live").await;
    let made = api(&served, "POST", "/payments", body).await;
    assert_eq!(made.status, 400);
    assert!(made.json()["id"].is_null());
    let put = api(&served, "PUT", "/payments/undefined/link", terms.clone()).await;
    assert_eq!(
        (put.status, put.json()["message"].as_str()),
        (404, Some("Not found: No Payment with id undefined"))
    );
    assert!(put.json()["url"].is_null());
    let path = payment(&served, "short").await;
    let put = api(&served, "PUT", &format!("{path}/link"), terms).await;
    assert_eq!(put.errors(), "amount:[must be greater than 0]");
}
