//! Recurring payments, from the sign-up to the end of the card and after: a real browser, and PHP's own `SoapClient`.

use std::process::{Command, Stdio};

use fantoccini::{Client, Locator};
use serde_json::{Value, json};

use super::calls::MERCHANT;
use super::order::{Order, pass, value_of, verified};
use super::payer::{called_back, pay};
use crate::driver::{self, Driver, post, text};
use crate::quickpay::{Does, Shop};
use crate::support::{Served, found, has, ran, root};

const CLIENT: &str = "fixtures/clients/php/recurring.php";

/// Whether PHP is there with its `SoapClient`; in CI it must be.
fn has_soap() -> bool {
    found("php", "a shop's SOAP calls") && {
        let asked = ["-r", "exit(extension_loaded('soap') ? 0 : 1);"];
        let there = Command::new("php").args(asked).stderr(Stdio::null()).status();
        has(there.is_ok_and(|status| status.success()), "PHP's SoapClient", "apt-get install php-soap")
    }
}

/// What the shop's client prints.
fn call(served: &Served, arguments: &[&str]) -> Value {
    let mut php = Command::new("php");
    php.arg(root().join(CLIENT)).args([&served.bambora, MERCHANT]).args(arguments);
    let ran = ran(&php.output().expect("PHP starts"));
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", ran.shown()))
}

fn authorize(served: &Served, subscription: &str, order: &str) -> Value {
    call(served, &["authorize", subscription, order, "9995"])
}

/// What `authorize` says when nothing is authorized.
fn refused(pbs: i64, epay: i64) -> Value {
    json!({"authorizeResult": false, "fraud": 0, "transactionid": 0, "pbsresponse": pbs, "epayresponse": epay})
}

/// Draws and captures; the transaction.
fn draw(served: &Served, subscription: &str, order: &str) -> String {
    let mut drawn = authorize(served, subscription, order);
    let transaction = drawn["transactionid"].take().to_string();
    assert!(transaction.parse::<u64>().is_ok_and(|id| id > 0), "{drawn}");
    assert_eq!(
        drawn,
        json!({"authorizeResult": true, "fraud": 0, "transactionid": null, "pbsresponse": 0, "epayresponse": -1})
    );
    let captured = json!({"captureResult": true, "pbsResponse": 0, "epayresponse": -1});
    assert_eq!(call(served, &["capture", &transaction, "9995"]), captured);
    transaction
}

/// Signs the customer up in the window, as a shop's form opens it; the `subscriptionid` that comes back.
async fn sign_up(served: &Served, browser: &Client, id: &str, year: &str) -> String {
    let shop = Shop::open(Does::Answer(200)).await;
    let back = format!("{}/_sim/return?customer=7", served.control);
    let order = Order::new(id).sign_up().with("accepturl", &back).with("callbackurl", &shop.url);
    let order = order.with("instantcallback", "1").text();
    let fields: Vec<_> = url::form_urlencoded::parse(order.as_bytes()).collect();
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_ref(), value.as_ref())).collect();
    post(browser, &format!("{}/integration/ewindow/Default.aspx", served.bambora), &fields).await;
    let url = pay(browser, year).await;
    verified(&url);
    // Nothing is drawn, so there is no transaction.
    assert_eq!((value_of(&url, "txnid").as_str(), value_of(&url, "amount").as_str()), ("0", "0"), "{url}");
    let subscription = value_of(&url, "subscriptionid");
    assert_eq!(value_of(&called_back(&shop), "subscriptionid"), subscription);
    assert!(subscription.parse::<u64>().is_ok_and(|id| id > 0), "{url}");
    subscription
}

#[tokio::test]
async fn a_subscription_is_drawn_with_renewed_when_the_card_expires_and_deleted() {
    if !driver::there() || !has_soap() {
        return;
    }
    let served = Served::frozen().await;
    let driver = Driver::start();
    let browser = driver.browser(true).await;
    let first = sign_up(&served, &browser, "signup1", "26").await;
    let march = draw(&served, &first, "march");
    assert_ne!(draw(&served, &first, "april"), march, "every charge is a transaction of its own");

    // In May the card of April is no good.
    pass(&served, 61 * 24 * 3600).await;
    assert_eq!(authorize(&served, &first, "may"), refused(101, -1));

    // The subscription is deleted, and the customer signs up anew.
    let deleted = json!({"deletesubscriptionResult": true, "epayresponse": -1});
    assert_eq!(call(&served, &["delete", &first]), deleted);
    assert_eq!(authorize(&served, &first, "may"), refused(-1, -1009));
    let second = sign_up(&served, &browser, "signup2", "29").await;
    assert_ne!(second, first);
    draw(&served, &second, "may");
    assert_eq!(call(&served, &["delete", &second]), deleted);
    assert_eq!(authorize(&served, &second, "june"), refused(-1, -1009));
    let again = json!({"deletesubscriptionResult": false, "epayresponse": -1009});
    assert_eq!(call(&served, &["delete", &second]), again);
    browser.close().await.expect("closed");
}

#[tokio::test]
async fn the_services_show_what_they_do_in_a_browser() {
    if !driver::there() {
        return;
    }
    let served = Served::frozen().await;
    let driver = Driver::start();
    let browser = driver.browser(true).await;
    let service = format!("{}/remote/payment.asmx", served.bambora);
    browser.goto(&service).await.expect("the help page");
    assert_eq!(browser.title().await.expect("a title"), "Payment Web Service");
    let link = browser.wait().for_element(Locator::LinkText("capture")).await.expect("a link");
    link.click().await.expect("a click");
    let url = browser.current_url().await.expect("a URL");
    assert_eq!(url.as_str(), format!("{service}?op=capture"));
    // The samples: of both versions of SOAP, with the elements in their exact case, and of nothing else.
    let shown = text(&browser, "body").await;
    for sample in [
        "SOAPAction: \"https://ssl.ditonlinebetalingssystem.dk/remote/payment/capture\"",
        "application/soap+xml; charset=utf-8",
        "<pbsResponse>int</pbsResponse>",
        "<captureResult>boolean</captureResult>",
    ] {
        assert!(shown.contains(sample), "{sample} is missing: {shown}");
    }
    assert!(!shown.contains("HTTP GET"), "there is no such binding");
    browser.close().await.expect("closed");
}
