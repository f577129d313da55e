//! The window in a real browser: whole, over a shop's page, in it, and without scripts.

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use fantoccini::{Client, Locator};
use serde_json::json;

use super::order::{KEY, Order, records};
use crate::driver::{self, Driver, click, reads, text};
use crate::support::Served;

/// A shop's page that loads the window's script, and makes this of it.
async fn shop(served: &Served, order: &Order, does: &str) -> String {
    let query = order.text_with(&order.hash(KEY));
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let object: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{}: {}", json!(name), json!(value))).collect();
    let page = format!(
        "<!DOCTYPE html><meta charset=\"utf-8\"><title>Shop</title><h1>The shop</h1><div id=\"here\"></div><pre id=\"log\"></pre>
        <script>function PaymentWindowReady() {{
          const log = what => to => {{ document.getElementById('log').textContent += what + ' ' + (to ? 'with an address' : 'alone') + ';'; }};
          const epay = new PaymentWindow({{ {} }});
          epay.on('completed', log('completed')).on('close', log('close'));
          {does}
        }}</script><script src=\"{}/integration/ewindow/paymentwindow.js\"></script>",
        object.join(", "),
        served.bambora,
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("bound"));
    let app = Router::new().route("/", get(async move || Html(page.clone())));
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

/// Into the frame on a shop's page.
async fn enter(browser: &Client) {
    let frame = browser.wait().for_element(Locator::Css("iframe")).await.expect("a frame");
    frame.enter_frame().await.expect("entered");
}

fn order(served: &Served, id: &str, state: &str) -> Order {
    let back = format!("{}/_sim/return", served.control);
    Order::new(id).with("windowstate", state).with("accepturl", &back).with("cancelurl", &back)
}

#[tokio::test]
async fn a_payer_goes_through_the_window_over_the_shops_page_and_in_it() {
    if !driver::there() {
        return;
    }
    let served = Served::start(&[]).await;
    let driver = Driver::start();
    let browser = driver.browser(true).await;
    // Over the page: a refusal stays there, and the payment leads out of the frame.
    let overlay = shop(&served, &order(&served, "A1", "1"), "epay.open();").await;
    browser.goto(&overlay).await.expect("a page");
    text(&browser, "[data-epay-overlay] button").await;
    enter(&browser).await;
    click(&browser, "[data-outcome=decline]").await;
    text(&browser, "[data-error=\"100\"]").await;
    click(&browser, "[data-outcome=approve]").await;
    browser.enter_parent_frame().await.expect("left");
    text(&browser, "[data-result] h1").await;
    let back = browser.current_url().await.expect("an address").to_string();
    assert!(back.starts_with(&served.control) && back.contains("orderid=A1"), "{back}");
    // Its own button cancels it.
    let overlay = shop(&served, &order(&served, "A2", "1"), "epay.open();").await;
    browser.goto(&overlay).await.expect("a page");
    enter(&browser).await;
    text(&browser, "[data-page=card] h1").await;
    browser.enter_parent_frame().await.expect("left");
    click(&browser, "[data-epay-overlay] button").await;
    text(&browser, "[data-result] h1").await;
    let back = browser.current_url().await.expect("an address").to_string();
    assert!(back.ends_with("?orderid=A2&error=-5516"), "{back}");
    // In the page, with ePay's receipt: the shop's page hears of it and stays.
    let own = order(&served, "A3", "2").with("ownreceipt", "0");
    let inside = shop(&served, &own, "epay.append('here');").await;
    browser.goto(&inside).await.expect("a page");
    enter(&browser).await;
    click(&browser, "[data-outcome=approve]").await;
    text(&browser, "[data-result=paid] h1").await;
    browser.enter_parent_frame().await.expect("left");
    reads(&browser, "#log", "completed alone;").await;
    // A window that does not open says so in the frame, and closing it is all that happens.
    let wrong = shop(&served, &order(&served, "A4", "1").with("currency", "XXZ"), "epay.open();").await;
    browser.goto(&wrong).await.expect("a page");
    enter(&browser).await;
    text(&browser, "[data-error=\"-5504\"] h1").await;
    browser.enter_parent_frame().await.expect("left");
    click(&browser, "[data-epay-overlay] button").await;
    reads(&browser, "#log", "close alone;").await;
    // The whole screen.
    let whole = shop(&served, &order(&served, "A5", "3"), "epay.open();").await;
    browser.goto(&whole).await.expect("a page");
    click(&browser, "[data-outcome=approve]").await;
    text(&browser, "[data-result] h1").await;
    let orders: Vec<_> =
        records(&served, "transactions").await.iter().map(|one| one["order"].clone()).collect();
    assert_eq!(orders, ["A1", "A3", "A5"]);
    browser.close().await.expect("closed");
}

#[tokio::test]
async fn the_window_works_without_scripts() {
    if !driver::there() {
        return;
    }
    let served = Served::start(&[]).await;
    let driver = Driver::start();
    let browser = driver.browser(false).await;
    let page = order(&served, "A1", "3").page(&served).await;
    browser.goto(&page).await.expect("a page");
    for (css, typed) in
        [("#cardnumber", "3333 3333 3333 3000"), ("#expmonth", "12"), ("#expyear", "39"), ("#cvc", "12")]
    {
        browser.find(Locator::Css(css)).await.expect("a field").send_keys(typed).await.expect("typed");
    }
    click(&browser, "[data-outcome=approve]").await;
    text(&browser, "[data-error=cvc]").await;
    click(&browser, "details summary").await;
    click(&browser, "[data-method=\"29\"]").await;
    click(&browser, "[data-outcome=approve]").await;
    text(&browser, "[data-result] h1").await;
    let back = browser.current_url().await.expect("an address").to_string();
    assert!(back.contains("paymenttype=29"), "{back}");
    browser.close().await.expect("closed");
}
