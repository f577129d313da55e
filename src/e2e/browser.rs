//! A payer's ways in a real browser: from the start page, through every endpoint, without scripts.

use std::time::Duration;

use fantoccini::{Client, Locator};
use provkassa::simulators::brp::endpoints::endpoint;
use serde_json::json;

use crate::driver::{self, Driver, click, reads, text};
use crate::support::{Served, link};
use crate::walk::{Parameters, link_without_back};

/// The start page's link that pays a BRP order.
const TRY: &str = "[data-try][href*='/external/payment/payfororder']";

#[tokio::test]
async fn a_newcomer_pays_cancels_and_puts_the_orders_back() {
    if !driver::there() {
        return;
    }
    let served = Served::start(&[]).await;
    let driver = Driver::start();
    let browser = driver.browser(true).await;
    let start = format!("{}/", served.control);

    // Twice in a row: the start page offers the next order that can be paid.
    for order in ["15", "16"] {
        browser.goto(&start).await.expect("the start page");
        reads(&browser, TRY, &format!("Pay BRP order {order}")).await;
        click(&browser, TRY).await;
        assert!(text(&browser, "[data-page=provider] [data-amount]").await.contains("150,00"));
        click(&browser, "[data-outcome=approve]").await;
        reads(&browser, "[data-result=paid] h1", "Back at the shop: paid").await;
    }
    browser.goto(&start).await.expect("the start page");
    click(&browser, "[data-reset]").await;
    reads(&browser, TRY, "Pay BRP order 15").await;
    click(&browser, TRY).await;
    click(&browser, "[data-outcome=cancel]").await;
    text(&browser, "[data-result=failed] h1").await;
    assert!(
        browser
            .current_url()
            .await
            .expect("a URL")
            .query()
            .expect("a query")
            .ends_with("receiptid=&error=205")
    );

    // The form says what is wrong, keeps what was typed, and puts the cursor there.
    browser.goto(&start).await.expect("the start page");
    click(&browser, TRY).await;
    let field = |css: &'static str| Locator::Css(css);
    browser
        .wait()
        .for_element(field("#cardnumber"))
        .await
        .expect("a field")
        .send_keys("4111")
        .await
        .expect("typed");
    click(&browser, "[data-outcome=approve]").await;
    text(&browser, "[data-error=cardnumber]").await;
    let focused = browser.active_element().await.expect("a focus").attr("id").await.expect("an attribute");
    assert_eq!(focused.as_deref(), Some("cardnumber"));
    assert_eq!(
        browser
            .find(field("#cardnumber"))
            .await
            .expect("a field")
            .prop("value")
            .await
            .expect("a value")
            .as_deref(),
        Some("4111")
    );
    for (css, typed) in [("#cardnumber", " 1111 1111 1111"), ("#expiry", "12/39"), ("#cvc", "123")] {
        browser.find(field(css)).await.expect("a field").send_keys(typed).await.expect("typed");
    }
    click(&browser, "[data-outcome=approve]").await;
    text(&browser, "[data-result=paid] h1").await;

    // What the shop sent is folded away, and says that the hash was right; a wrong one stands open.
    let signed = link(&served.base(), &[("orderid", "18"), ("returnurl", "http://127.0.0.1/")]);
    browser.goto(&signed).await.expect("a page");
    click(&browser, "details[data-sent] summary").await;
    assert_eq!(text(&browser, "[data-signature=right]").await, "The hash is right.");
    served.set("brp.bad_hash", "page").await;
    browser.goto(&signed.replace("hash=", "hash=0")).await.expect("a page");
    assert!(text(&browser, "[data-signature=wrong]").await.starts_with("The hash is wrong"));
    assert!(text(&browser, "[data-error]").await.starts_with("400"));
    browser.close().await.expect("closed");
}

/// An endpoint's link whose payer comes back to the sandbox's own page.
fn link_back(served: &Served, path: &str, parameters: &Parameters) -> String {
    let endpoint = endpoint(path).expect("known");
    let back = ("returnurl", format!("{}/_sim/return", served.control));
    let parameters = parameters.iter().cloned().chain([back]).collect();
    link_without_back(served, endpoint, &parameters)
}

#[tokio::test]
async fn all_six_endpoints_go_from_link_to_return() {
    if !driver::there() {
        return;
    }
    let served = Served::start(&[]).await;
    let driver = Driver::start();
    let browser = driver.browser(true).await;
    let of_order = |order: &str| vec![("orderid", order.to_owned())];
    let returned = async |name: &str| {
        reads(&browser, "[data-result=paid] h1", "Back at the shop: paid").await;
        let url = browser.current_url().await.expect("a URL");
        let value = url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
        value.unwrap_or_else(|| panic!("{url} has no {name}"))
    };

    // Without a method the payer chooses one, and with it the payment provider.
    for (order, method, psp) in [
        ("15", "100", "brp"),
        ("16", "106", "svea"),
        ("17", "107", "netaxept"),
        ("18", "108", "easy"),
        ("19", "109", "payu"),
    ] {
        browser.goto(&link_back(&served, "payfororder", &of_order(order))).await.expect("a page");
        click(&browser, &format!("[data-method=\"{method}\"]")).await;
        text(&browser, &format!("[data-psp={psp}] [data-method=\"{method}\"][aria-current]")).await;
        click(&browser, "[data-outcome=approve]").await;
        assert!(!returned("receiptid").await.is_empty());
    }
    browser.goto(&link_back(&served, "payfororder", &of_order("20"))).await.expect("a page");
    click(&browser, "[data-words] summary").await;
    click(&browser, "[data-word=DECLINED]").await;
    text(&browser, "[data-result=failed]").await;

    // Swish: the page moves on by itself when the payer approves on the phone.
    let swish = [of_order("20"), vec![("payeralias", "07354254242".to_owned())]].concat();
    browser.goto(&link_back(&served, "swish/payfororder", &swish)).await.expect("a page");
    text(&browser, "[data-page=swish] [data-waiting]").await;
    let page = browser.current_url().await.expect("a URL");
    let token = page.path_segments().expect("a path").next_back().expect("a token").to_owned();
    served.post(&format!("payments/{token}/outcome"), json!({"provider": "brp", "outcome": "approve"})).await;
    assert!(!returned("receiptid").await.is_empty());

    // Two that need no page of anybody's.
    let account = link_back(&served, "paywithcustomeraccount", &of_order("21"));
    browser.goto(&account).await.expect("a page");
    assert!(!returned("receiptid").await.is_empty());
    let invoiced = [of_order("23"), vec![("distributionmethod", "email".to_owned())]].concat();
    browser.goto(&link_back(&served, "brpinvoice", &invoiced)).await.expect("a page");
    let invoice = returned("invoiceid").await;

    let waiting = vec![("invoiceid", "15".to_owned())];
    browser.goto(&link_back(&served, "payforinvoice", &waiting)).await.expect("a page");
    click(&browser, "[data-outcome=approve]").await;
    assert!(!returned("receiptid").await.is_empty());

    // The other invoice is paid, by a link without a return URL: BRP says so itself.
    let paid = vec![("invoiceid", invoice)];
    let link = link_without_back(&served, endpoint("payforinvoice").expect("known"), &paid);
    browser.goto(&link).await.expect("a page");
    click(&browser, "[data-outcome=approve]").await;
    assert_eq!(dialog(&browser).await, "Betalningen är genomförd.");
    text(&browser, "[data-brp-result=ok]").await;

    // A card is registered: typed, reserved, kept without its middle.
    let mandate = vec![("personid", "67".to_owned()), ("businessunitid", "15".to_owned())];
    browser.goto(&link_back(&served, "creatercpmandate", &mandate)).await.expect("a page");
    assert!(text(&browser, "[data-amount]").await.contains("1,00"));
    for (css, typed) in [("#cardnumber", "5555 5555 5555 4444"), ("#expiry", "12/39"), ("#cvc", "123")] {
        browser.find(Locator::Css(css)).await.expect("a field").send_keys(typed).await.expect("typed");
    }
    click(&browser, "[data-outcome=approve]").await;
    assert_eq!(returned("error").await, "");
    let card = &served.read("brp/mandates").await[0]["card"];
    assert_eq!(
        card,
        &json!({"number": "555555.......444", "network": "MASTERCARD", "expires": "2039-12-31"})
    );
    browser.close().await.expect("closed");
}

/// The text of the dialog box that a page opened, which is closed.
async fn dialog(browser: &Client) -> String {
    for _ in 0..200 {
        if let Ok(text) = browser.get_alert_text().await {
            browser.accept_alert().await.expect("closed");
            return text;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no dialog box was opened")
}

#[tokio::test]
async fn the_waiting_page_works_without_scripts() {
    if !driver::there() {
        return;
    }
    let served = Served::start(&[]).await;
    let driver = Driver::start();
    let browser = driver.browser(false).await;
    let swish = |order: &str| vec![("orderid", order.to_owned()), ("payeralias", "0701234567".to_owned())];
    browser.goto(&link_back(&served, "swish/payfororder", &swish("15"))).await.expect("a page");
    text(&browser, "[data-waiting]").await;
    let page = browser.current_url().await.expect("a URL");
    let token = page.path_segments().expect("a path").next_back().expect("a token").to_owned();
    served.post(&format!("payments/{token}/outcome"), json!({"provider": "brp", "outcome": "approve"})).await;
    text(&browser, "[data-result=paid]").await;
    // The payer can give up on the page itself.
    browser.goto(&link_back(&served, "swish/payfororder", &swish("16"))).await.expect("a page");
    click(&browser, "[data-outcome=cancel]").await;
    text(&browser, "[data-result=failed]").await;
    let journal = served.read("journal").await.to_string();
    assert!(
        journal.contains(&token) && !journal.contains(&format!("{token}/status")),
        "no script asked for the status"
    );
    browser.close().await.expect("closed");
}
