//! Swish's waiting page: what it asks, what it does without JavaScript, and how it ends.

use provkassa::simulators::brp::endpoints::{Endpoint, endpoint};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Served, location, snapshot};
use crate::walk::{end_of, finish, link_to, open, queue};

fn swish() -> &'static Endpoint {
    endpoint("swish/payfororder").expect("known")
}

async fn waiting(served: &Served, order: &str, alias: &str) -> String {
    let parameters = vec![("orderid", order.to_owned()), ("payeralias", alias.to_owned())];
    open(served, swish(), &link_to(served, swish(), &parameters)).await.page()
}

async fn status(served: &Served, page: &str) -> Value {
    served.get(&format!("{page}/status")).await.json().await.expect("JSON")
}

#[tokio::test]
async fn the_page_waits_until_swish_has_answered() {
    let served = Served::frozen().await;
    let page = waiting(&served, "15", "07354254242").await;
    let html = served.get(&page).await.text().await.expect("a page");
    let token = page.rsplit('/').next().expect("a token");
    assert!(html.contains("in the app on •••••••••242."), "the payer's number is hidden");
    // Without JavaScript the page is loaded again, and then goes where the answer leads.
    assert!(html.contains("<noscript><meta http-equiv=\"refresh\" content=\"2\"></noscript>"));
    snapshot("brp", "swish-waiting-page", &html.replace(token, "{token}"));
    assert_eq!(status(&served, &page).await, json!({"done": false}));
    assert_eq!(served.get(&page).await.status(), StatusCode::OK);

    // The payer approves on the phone: somewhere else than on this page.
    served.post(&format!("payments/{token}/outcome"), json!({"provider": "brp", "outcome": "approve"})).await;
    let done = status(&served, &page).await;
    assert_eq!(done["done"], true);
    let reloaded = location(&served.get(&page).await);
    assert_eq!(done["location"], json!(reloaded), "with and without JavaScript");
    let end = end_of(swish(), &location(&served.get(&reloaded).await));
    assert_eq!((end.code.as_str(), end.id.is_empty()), ("", false));
    assert_eq!(served.read("brp/receipts").await[0]["method"], "Swish");
}

#[tokio::test]
async fn a_request_times_out_after_three_minutes() {
    let served = Served::frozen().await;
    let page = waiting(&served, "15", "0701234567").await;
    served.post("clock/advance", json!({"milliseconds": 180_000})).await;
    assert_eq!(status(&served, &page).await, json!({"done": false}));
    served.post("clock/advance", json!({"milliseconds": 1})).await;
    let done = status(&served, &page).await;
    let bank = done["location"].as_str().expect("an address");
    assert_eq!(end_of(swish(), &location(&served.get(bank).await)).code, "201");
    // Too late in the app is too late.
    assert_eq!(finish(&served, swish(), &page, &[("outcome", "approve")]).await.code, "201");
}

#[tokio::test]
async fn swishs_own_words_come_back_as_brps_codes() {
    let served = Served::frozen().await;
    for (word, code) in [
        ("BE18", "902"),
        ("RF07", "201"),
        ("BANKIDCL", "205"),
        ("TM01", "201"),
        ("DS24", "204"),
        ("FF08", "200"),
    ] {
        let page = waiting(&served, "15", "0701234567").await;
        let html = served.get(&page).await.text().await.expect("a page");
        assert!(html.contains(&format!("data-word=\"{word}\"")), "{word} can be chosen");
        assert_eq!(finish(&served, swish(), &page, &[("word", word)]).await.code, code, "{word}");
    }
    let page = waiting(&served, "15", "0701234567").await;
    let refused = served.submit(&page, &[("word", "XX99")]).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().await.expect("a page").contains("data-error=\"outcome\""));
    assert_eq!(
        finish(&served, swish(), &page, &[("word", "PAID")]).await.code,
        "",
        "and it can still be paid"
    );
}

#[tokio::test]
async fn which_numbers_are_taken_is_a_setting() {
    let served = Served::frozen().await;
    for (alias, lenient, swedish) in [
        ("07354254242", true, false),
        ("+46 70 123 45 67", true, true),
        ("070001234", true, false),
        ("+4791234567", true, false),
        ("123", false, false),
    ] {
        for (rule, taken) in [("lenient", lenient), ("swedish", swedish)] {
            served.set("brp.swish_alias", rule).await;
            let parameters = vec![("orderid", "15".to_owned()), ("payeralias", alias.to_owned())];
            let answer = served.get(&link_to(&served, swish(), &parameters)).await;
            let to = location(&answer);
            assert_eq!(to.contains("/swish/"), taken, "{alias} under {rule}: {to}");
            assert_eq!(to.ends_with("error=902"), !taken, "{alias} under {rule}: {to}");
        }
    }
}

#[tokio::test]
async fn a_plus_that_arrives_as_a_blank_is_named_though_it_is_not_hashed() {
    let served = Served::frozen().await;
    let parameters = vec![("orderid", "15".to_owned()), ("payeralias", "+46701234567".to_owned())];
    let right = link_to(&served, swish(), &parameters);
    let bare = right.replace("payeralias=%2B46", "payeralias=+46");
    assert_ne!(bare, right);
    for (link, is_told) in [(right, false), (bare, true)] {
        let answer = served.get(&link).await;
        assert!(location(&answer).contains("/swish/"), "the number is understood all the same");
        let warnings: Vec<_> = answer.headers().get_all("provkassa-warning").iter().collect();
        let says = |warning: &&reqwest::header::HeaderValue| {
            warning.to_str().is_ok_and(|text| text.contains("payeralias") && text.contains("%2B"))
        };
        assert_eq!(warnings.iter().any(says), is_told, "{warnings:?}");
    }
}

#[tokio::test]
async fn a_payer_with_an_open_request_may_be_refused_another() {
    let served = Served::frozen().await;
    served.set("brp.swish_open_request", "refuse").await;
    let page = waiting(&served, "15", "0701234567").await;
    let call = |order: &str, alias: &str| {
        let parameters = vec![("orderid", order.to_owned()), ("payeralias", alias.to_owned())];
        link_to(&served, swish(), &parameters)
    };
    let busy = open(&served, swish(), &call("16", "+46701234567")).await.end();
    assert_eq!(busy.code, "201", "the same phone");
    open(&served, swish(), &call("16", "0707654321")).await.page();
    assert_eq!(finish(&served, swish(), &page, &[("outcome", "cancel")]).await.code, "205");
    open(&served, swish(), &call("16", "0701234567")).await.page();
}

#[tokio::test]
async fn what_is_queued_answers_for_the_payer() {
    let served = Served::frozen().await;
    let page = waiting(&served, "15", "0701234567").await;
    queue(&served, "15", "decline").await;
    let done = status(&served, &page).await;
    let bank = done["location"].as_str().expect("an address");
    assert_eq!(end_of(swish(), &location(&served.get(bank).await)).code, "201");
}
