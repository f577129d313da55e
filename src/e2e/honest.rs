//! Money and orders: what must not happen, and what comes before what.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Served, link, location};

const BACK: &str = "http://127.0.0.1:3000/paid";

async fn call(served: &Served, order: &str) -> String {
    location(&served.get(&link(&served.base(), &[("orderid", order), ("returnurl", BACK)])).await)
}

/// Follows a page that decides by itself; where the payer ends up.
async fn follow(served: &Served, page: &str) -> String {
    let bank = location(&served.get(page).await);
    location(&served.get(&bank).await)
}

async fn queue(served: &Served, order: Option<&str>, outcome: &str) {
    served.post("outcomes", json!({"provider": "brp", "order": order, "outcome": outcome})).await;
}

#[tokio::test]
async fn what_is_queued_goes_before_magic_and_is_not_lost_on_a_refused_call() {
    let served = Served::frozen().await;
    served.post("brp/orders", json!({"id": 15, "price": 7_770_205})).await;
    queue(&served, Some("15"), "approve").await;
    let page = call(&served, "15").await;
    assert!(follow(&served, &page).await.ends_with("&error="), "queued beats the magic amount");
    // The next outcome is for the next payment; a call that leads to none does not use it up.
    queue(&served, None, "cancel").await;
    assert!(call(&served, "15").await.ends_with("error=101"));
    let page = call(&served, "16").await;
    assert!(follow(&served, &page).await.ends_with("error=205"));
}

#[tokio::test]
async fn an_order_of_nothing_is_settled_by_the_same_rules() {
    let served = Served::frozen().await;
    for order in [15, 16, 17] {
        served.post("brp/orders", json!({"id": order, "price": 0})).await;
    }
    queue(&served, Some("15"), "decline").await;
    assert!(call(&served, "15").await.ends_with("error=201"));
    assert!(call(&served, "15").await.ends_with("error="), "and can be tried again");
    served.post("brp/businessunits", json!({"id": 15, "books_closed": true})).await;
    assert!(call(&served, "16").await.ends_with("error=208"));
    served.post("brp/businessunits", json!({"id": 15, "books_closed": false})).await;
    assert!(call(&served, "16").await.ends_with("error="));
    // A recurring product needs a card, and a value card that covers everything leaves none to see.
    served.post("brp/valuecards", json!({"number": "123456789012", "balance": 50_000})).await;
    let row = json!({"id": 1, "product": 2, "name": "x", "quantity": 1, "price": 39_900});
    served
        .post("brp/orders", json!({"id": 17, "customer": 67, "rows": [row], "value_cards": ["123456789012"]}))
        .await;
    assert!(call(&served, "17").await.ends_with("error=102"));
}

#[tokio::test]
async fn a_value_card_counts_once_and_stands_on_the_receipt() {
    let served = Served::frozen().await;
    served.post("brp/valuecards", json!({"number": "999999999999", "balance": 7_500})).await;
    let twice = json!(["999999999999", "999999999999"]);
    served.post("brp/orders", json!({"id": 15, "customer": 67, "value_cards": twice})).await;
    let page = call(&served, "15").await;
    assert!(served.get(&page).await.text().await.expect("a page").contains("75,00"));
    let bank = location(&served.submit(&page, &[("outcome", "approve")]).await);
    assert!(location(&served.get(&bank).await).ends_with("error="));
    let receipt = served.read("brp/receipts").await[0]["id"].to_string();
    let api = format!("{}/brponline/api/ver3", served.brp);
    let login = json!({"username": "api-user", "password": "api-password"});
    let login = served.client.post(format!("{api}/auth/login")).json(&login).send().await.expect("an answer");
    let token =
        login.json::<Value>().await.expect("JSON")["access_token"].as_str().expect("a token").to_owned();
    let read = served.client.get(format!("{api}/customers/67/receipts/{receipt}")).bearer_auth(&token);
    let read: Value = read.send().await.expect("an answer").json().await.expect("JSON");
    let parts: Vec<i64> = read["payments"]
        .as_array()
        .expect("payments")
        .iter()
        .filter_map(|p| p["amount"]["amount"].as_i64())
        .collect();
    assert_eq!((parts, &read["amount"]["amount"]), (vec![7_500, 7_500], &json!(15_000)));
    assert_eq!(served.read("brp/valuecards").await[1]["balance"], 0, "behind the seeded card");
    let journal = served.read("journal").await.to_string();
    assert!(
        !journal.contains(&token) || !journal.contains("access_token\\\":\\\""),
        "the login's token is hidden"
    );
}

#[tokio::test]
async fn an_unknown_button_and_a_look_at_a_link_pay_nothing() {
    let served = Served::frozen().await;
    let page = call(&served, "15").await;
    let answer = served.submit(&page, &[("outcome", "cancle")]).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    served.post("brp/orders", json!({"id": 16, "price": 0})).await;
    let link = link(&served.base(), &[("orderid", "16"), ("returnurl", BACK)]);
    for url in [&link, &page] {
        let head = served.client.head(url.as_str()).send().await.expect("an answer");
        assert_eq!(head.status(), StatusCode::METHOD_NOT_ALLOWED);
    }
    assert_eq!(served.read("brp/receipts").await, json!([]));
}

#[tokio::test]
async fn a_customers_order_is_theirs() {
    let served = Served::frozen().await;
    let order = format!("{}/brponline/api/ver3/orders/17", served.brp);
    let article = format!("{order}/items/articles");
    let row = format!("{article}/1");
    for (method, url) in [
        (Method::GET, &order),
        (Method::PUT, &order),
        (Method::DELETE, &order),
        (Method::POST, &article),
        (Method::DELETE, &row),
    ] {
        let answer = served.client.request(method.clone(), url).body("{\"articleProduct\": 1}").send().await;
        assert_eq!(answer.expect("an answer").status(), StatusCode::UNAUTHORIZED, "{method} {url}");
    }
    let orders = served.read("brp/orders").await;
    let kept = orders.as_array().expect("orders").iter().find(|order| order["id"] == 17).expect("order 17");
    assert_eq!((&kept["deleted"], kept["rows"].as_array().map(Vec::len)), (&json!(false), Some(1)));
}

#[tokio::test]
async fn absurd_records_and_cursors_get_answers() {
    let served = Served::frozen().await;
    served.read("journal?after=18446744073709551615").await;
    for number in ["111111111111", "222222222222"] {
        served.post("brp/valuecards", json!({"number": number, "balance": i64::MAX})).await;
    }
    let row = json!({"id": u64::MAX, "product": 1, "name": "x", "quantity": i64::MAX, "price": i64::MAX});
    let cards = json!(["111111111111", "222222222222"]);
    served.post("brp/orders", json!({"id": 16, "rows": [row], "value_cards": cards})).await;
    let order = format!("{}/brponline/api/ver3/orders/16", served.brp);
    assert_eq!(served.get(&order).await.status(), StatusCode::OK);
    let added =
        served.client.post(format!("{order}/items/articles")).body("{\"articleProduct\": 1}").send().await;
    assert_eq!(added.expect("an answer").status(), StatusCode::CREATED);
    assert!(call(&served, "16").await.contains("error="));
    let row = json!({"id": 1, "product": 1, "name": "x", "quantity": i64::MAX, "price": i64::MIN});
    served.post("brp/orders", json!({"id": 15, "rows": [row], "value_cards": cards})).await;
    assert!(call(&served, "15").await.ends_with("error=102"));
    // A clock beyond what providers can write as a date is refused, and stays where it is.
    let before = served.read("clock").await;
    let advance = format!("{}/_sim/v1/workspaces/default/clock/advance", served.control);
    let absurd = served.client.post(advance).json(&json!({"milliseconds": u64::MAX}));
    assert_eq!(absurd.send().await.expect("an answer").status(), StatusCode::BAD_REQUEST);
    assert_eq!(served.read("clock").await, before);
}

#[tokio::test]
async fn pages_from_elsewhere_do_not_reach_the_control_port() {
    let served = Served::frozen().await;
    let url = format!("{}/_sim/v1/workspaces/default/reset", served.control);
    for (name, value, status) in [
        ("host", "evil.example", StatusCode::FORBIDDEN),
        ("host", "evil.example/x?", StatusCode::FORBIDDEN),
        ("origin", "http://evil.example", StatusCode::FORBIDDEN),
        ("origin", "null", StatusCode::FORBIDDEN),
        // Other servers of this machine are strangers, too, and so are addresses that are no names.
        ("origin", "http://localhost:4700", StatusCode::FORBIDDEN),
        ("origin", "http://127.0.0.1:3000", StatusCode::FORBIDDEN),
        ("origin", "http://192.0.2.7", StatusCode::FORBIDDEN),
        ("origin", served.control.as_str(), StatusCode::NO_CONTENT),
        ("host", "localhost:4700", StatusCode::NO_CONTENT),
        ("host", "[::1]:4700", StatusCode::NO_CONTENT),
    ] {
        let answer = served.client.post(&url).header(name, value).send().await.expect("an answer");
        assert_eq!(answer.status(), status, "{name}: {value}");
    }
}

#[tokio::test]
async fn what_nobody_claims_gives_no_secret_away_and_happens_by_the_clock() {
    let served = Served::frozen().await;
    let url = format!("{}/brponlin/api/ver3/auth/login?x=SecretWord", served.brp);
    let body = "{\"username\":\"api-user\",\"password\":\"api-password\"}";
    served.client.post(url).body(body).send().await.expect("an answer");
    let warned = served.get(&format!("{}external/payment/payfororder?SecretWord=1", served.base())).await;
    assert!(!format!("{:?}", warned.headers()).contains("SecretWord"));
    let unclaimed = served.control(Method::GET, "unclaimed", Value::Null).await;
    let text = format!("{unclaimed}{}", served.read("journal").await);
    assert!(!text.contains("api-password") && !text.contains("SecretWord"), "{text}");
    assert_eq!(unclaimed["entries"][0]["at"], crate::support::NOON);
}
