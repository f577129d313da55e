//! A payer in a real browser, without scripts: the link, the issuing bank, the older form.

use fantoccini::{Client, Locator};
use serde_json::json;

use super::{GOOD, form, last, link, payment, read};
use crate::driver::{self, Driver, click, text};
use crate::support::Served;

async fn types(browser: &Client, fields: &[(&str, &str)]) {
    for (css, typed) in fields {
        let field = browser.wait().for_element(Locator::Css(css)).await.expect("a field");
        field.clear().await.expect("emptied");
        field.send_keys(typed).await.expect("typed");
    }
}

#[tokio::test]
async fn a_payer_types_a_card_answers_the_bank_and_comes_back() {
    if !driver::there() {
        return;
    }
    let served = Served::frozen().await;
    let driver = Driver::start();
    let browser = driver.browser(false).await;
    let back = format!("{}/_sim/return?shop=demo", served.control);
    let path = payment(&served, "order-1").await;
    let terms = json!({"amount": 2599, "continue_url": back, "cancel_url": back});
    browser.goto(&link(&served, &path, terms).await).await.expect("a page");
    assert_eq!(text(&browser, "[data-page=card] [data-amount]").await, "25,99 DKK");
    let card = [("#cardnumber", "1000 0000 0000 0070"), ("#month", "12"), ("#year", "30"), ("#cvd", "752")];
    types(&browser, &card).await;
    click(&browser, "[data-outcome=approve]").await;
    text(&browser, "[data-error=cardnumber]").await;
    let year =
        browser.find(Locator::Css("#year")).await.expect("a field").prop("value").await.expect("a value");
    assert_eq!(year.as_deref(), Some("30"), "what was typed is kept");
    types(&browser, &[("#cardnumber", "1000 0000 0000 0073"), ("#cvd", "752")]).await;
    click(&browser, "[data-outcome=approve]").await;
    assert!(text(&browser, "[data-page=secure] form").await.contains("0073"));
    click(&browser, "[data-outcome=decline]").await;
    text(&browser, "[data-page=card] [data-error=secure_3d_auth_failed]").await;
    types(&browser, &card[1..]).await;
    types(&browser, &[("#cardnumber", "1000 0000 0000 0073")]).await;
    click(&browser, "[data-outcome=approve]").await;
    click(&browser, "[data-page=secure] [data-outcome=approve]").await;
    text(&browser, "[data-page=returned]").await;
    let url = browser.current_url().await.expect("a URL");
    assert_eq!(url.as_str(), back, "the payer comes back with nothing");
    let paid = read(&served, &path).await;
    assert_eq!(
        (&paid["accepted"], &last(&paid)["id"], &paid["metadata"]["country"]),
        (&json!(true), &json!(2), &json!("SWE"))
    );

    // The older form, posted by a page that stands for the shop's.
    let fields = form::fields("order-2", &[("continueurl", &back), ("cancelurl", &back)]);
    let sum = form::checksum(&fields, super::WINDOW_KEY);
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())))
        .append_pair("checksum", &sum)
        .finish();
    browser.goto(&format!("{}/?{query}", served.quickpay)).await.expect("a page");
    click(&browser, "[data-page=fields] [data-continue]").await;
    click(&browser, "[data-page=card] form details summary").await;
    click(&browser, &format!("[data-test=\"{GOOD}\"]")).await;
    text(&browser, "[data-page=returned]").await;
    assert_eq!(read(&served, "/payments?order_id=order-2").await[0]["accepted"], true);
    let wrong = query.replace("checksum=", "checksum=0");
    browser.goto(&format!("{}/?{wrong}", served.quickpay)).await.expect("a page");
    click(&browser, "[data-page=fields] [data-continue]").await;
    text(&browser, "[data-page=refused] [role=alert]").await;
    browser.close().await.expect("closed");
}
