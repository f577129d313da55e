//! The pages of a service, in a real browser.

use fantoccini::Locator;

use crate::driver::{self, Driver, click, reads, text};
use crate::support::Served;

#[tokio::test]
async fn a_person_finds_a_method_and_calls_it_by_its_form() {
    if !driver::there() {
        return;
    }
    let served = Served::frozen().await;
    let driver = Driver::start();
    let browser = driver.browser(true).await;
    browser.goto(&format!("{}/webservices/public/management.asmx", served.freepay)).await.expect("a page");
    assert_eq!(browser.title().await.expect("a title"), "Management Web Service");
    click(&browser, "a[href$='?op=QueryTransaction']").await;
    reads(&browser, "h1", "QueryTransaction").await;
    let shown = text(&browser, "main").await;
    for binding in ["SOAP 1.1", "SOAP 1.2", "HTTP GET", "HTTP POST"] {
        assert!(shown.contains(binding), "{shown}");
    }
    assert!(shown.contains("<transactionID>int</transactionID>"), "{shown}");
    for (field, typed) in [("#transactionID", "x1"), ("#password", "freepay-test")] {
        browser.find(Locator::Css(field)).await.expect("a field").send_keys(typed).await.expect("typed");
    }
    click(&browser, "button").await;
    // Plain text, as a browser shows it: the page with the form has its own deeper down.
    let answer = text(&browser, "body > pre").await;
    assert!(answer.starts_with("Cannot convert x1 to System.Int32."), "{answer}");
}

#[tokio::test]
async fn a_service_without_plain_http_shows_no_form() {
    let served = Served::frozen().await;
    let page = served.get(&format!("{}/remote/payment.asmx?op=capture", served.bambora)).await;
    let page = page.text().await.expect("a body");
    assert!(page.contains("<title>capture – Payment Web Service</title>"), "{page}");
    assert!(page.contains("pbsResponse&#62;int&#60;/pbsResponse") && !page.contains("<form"), "{page}");
    let called = served.get(&format!("{}/remote/payment.asmx/capture?amount=1", served.bambora)).await;
    assert_eq!(called.status(), 500);
    let page = called.text().await.expect("a body");
    let text = "Request format is unrecognized for URL unexpectedly ending in &#39;/capture&#39;.";
    assert!(page.contains(&format!("<title>{text}</title>")), "{page}");
}

#[tokio::test]
async fn a_body_that_is_too_long_gets_the_page_of_asp_net() {
    let served = Served::frozen().await;
    for address in [
        format!("{}/remote/payment.asmx", served.bambora),
        format!("{}/integration/ewindow/Default.aspx", served.bambora),
        format!("{}/webservices/public/management.asmx", served.freepay),
        format!("{}/paymentpage", served.freepay),
    ] {
        let call = served.client.post(&address).header("content-type", "text/xml");
        let answer = call.body(" ".repeat((4 << 20) + 1)).send().await.expect("an answer");
        let kind = answer.headers()["content-type"].to_str().expect("text").to_owned();
        assert_eq!((answer.status().as_u16(), kind.as_str()), (500, "text/html; charset=utf-8"), "{address}");
        let page = answer.text().await.expect("a page");
        assert!(page.contains("Maximum request length exceeded."), "{page}");
    }
    let journal = served.read("journal").await.to_string();
    assert!(journal.contains("the body is longer than"), "{journal}");
}
