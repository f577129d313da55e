//! The view in a real browser: a payment as it happens, what is hostile, and a button without scripts.

use fantoccini::{Client, Locator};
use serde_json::json;

use super::paying;
use crate::driver::{self, Driver, click, reads, text};
use crate::quickpay::api;
use crate::support::{Served, location};
use crate::walk::press;

/// What the pages of this browser complained of.
async fn complaints(browser: &Client) -> Vec<String> {
    let script = "return window.complaints || []";
    let said = browser.execute(script, Vec::new()).await.expect("an answer");
    serde_json::from_value(said).expect("texts")
}

/// Has the page keep what it complains of: errors, and what its policy forbids.
async fn listen(browser: &Client) {
    let script = "window.complaints = []; \
        addEventListener('error', event => complaints.push(String(event.message))); \
        addEventListener('securitypolicyviolation', event => complaints.push(event.violatedDirective + ' ' + event.blockedURI));";
    browser.execute(script, Vec::new()).await.expect("an answer");
}

#[tokio::test]
async fn a_payment_shows_up_as_it_happens_and_what_is_hostile_stays_text() {
    if !driver::there() {
        return;
    }
    let served = Served::frozen().await;
    let driver = Driver::start();
    let browser = driver.browser(true).await;
    browser.goto(&format!("{}/", served.control)).await.expect("the view");
    text(&browser, "[data-empty] [data-try]").await;
    listen(&browser).await;

    let page = location(&served.get(&paying(&served, "15", false)).await);
    reads(&browser, "[data-story] .what", "Link opened").await;
    reads(&browser, "[data-story] [data-about=signature]", "Check The hash is right.").await;
    let bank = press(&served, &page, &[("outcome", "approve")]).await;
    served.get(&bank).await;
    reads(&browser, "[data-story] [data-onward=shop] b:last-of-type", "Shop").await;
    assert!(text(&browser, "[data-live]").await.starts_with("BRP Online, order 15: "));
    let empty = browser.find_all(Locator::Css("[data-empty]")).await.expect("a list");
    assert!(empty.is_empty(), "the first steps make way");

    // Names, headers and bodies from outside.
    let hostile = "\"'><img src=x onerror=hit=1>\u{202e}";
    let body = json!({"order_id": hostile, "currency": "DKK", "variables": {"a": "<script>hit=1</script>"}});
    let call = crate::quickpay::call(&served, "POST", "/payments").header("x-odd", "<svg onload=hit=1>");
    let made = call.json(&body).send().await.expect("an answer");
    assert!(made.status().is_success(), "{}", made.status());
    let title = "[data-story]:first-child h2 bdi";
    let shown = hostile.replace('\u{202e}', "\\u{202e}");
    reads(&browser, title, &shown).await;
    api(&served, "GET", "/payments", json!(null)).await;
    assert_eq!(complaints(&browser).await, Vec::<String>::new());
    click(&browser, "[data-story] .what[href*='/entries/5']").await;
    text(&browser, "[data-entry='5'] [data-curl]").await;
    assert!(text(&browser, "[data-message]").await.contains("<svg onload=hit=1>"));
    let foreign =
        "return [document.querySelectorAll('main script, main img, main svg').length, window.hit || 0]";
    assert_eq!(browser.execute(foreign, Vec::new()).await.expect("an answer"), json!([0, 0]));
    click(&browser, "[data-copy]").await;
    reads(&browser, "[data-copy]", "Copied").await;
    browser.close().await.expect("closed");
}

#[tokio::test]
async fn a_button_does_something_without_scripts() {
    if !driver::there() {
        return;
    }
    let served = Served::start(&["--token", "secret-token"]).await;
    let driver = Driver::start();
    let browser = driver.browser(false).await;
    browser.goto(&format!("{}/?token=secret-token", served.control)).await.expect("the view");
    click(&browser, "[data-control=outcome] summary").await;
    click(&browser, "[data-control=outcome] option[value=brp]").await;
    click(&browser, "[data-control=outcome] option[value=decline]").await;
    click(&browser, "[data-control=outcome] button").await;
    reads(&browser, "[data-done]", "The next payment that fits ends so.").await;
    click(&browser, "[data-try][href*='/external/payment/payfororder']").await;
    text(&browser, "[data-result=failed] h1").await;
    browser.goto(&format!("{}/?token=secret-token", served.control)).await.expect("the view");
    reads(&browser, "[data-story] h2 bdi", "15").await;
    click(&browser, "[data-reset]").await;
    reads(&browser, "[data-done]", "All records are back as they were.").await;
    browser.close().await.expect("closed");
}
