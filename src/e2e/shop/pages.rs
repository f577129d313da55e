//! The shop's pages, as people see them.

use fantoccini::Locator;
use reqwest::StatusCode;
use serde_json::json;

use super::{LEAVES, PAYS, Shop};
use crate::driver::{self, Driver, click, reads, text};
use crate::stripe::page::{CARD, type_card};
use crate::support::Served;

/// What a browser says that it takes.
const HTML: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

async fn page(shop: &Shop<'_>, path: &str) -> (StatusCode, String) {
    let request = shop.served.client.get(format!("{}{path}", shop.url)).header("accept", HTML);
    let answer = request.send().await.expect("an answer");
    (answer.status(), answer.text().await.expect("a page"))
}

#[tokio::test]
async fn pages_tell_what_became_of_an_order() {
    let served = Served::start(&[]).await;
    let shop = Shop::open(&served).await;
    let (_, front) = page(&shop, "/").await;
    for provider in ["bambora", "brp", "fena", "fenerum", "freepay", "quickpay"] {
        assert!(front.contains(&format!("data-provider=\"{provider}\"")), "{provider}");
    }
    assert!(!front.contains("data-mistake") && !front.contains("<h2>Orders"));
    let id = "<b>&1";
    let path = "/orders/%3Cb%3E%261";
    shop.buy("brp", id, LEAVES).await;
    let (_, left) = page(&shop, path).await;
    assert!(left.contains("data-status=\"cancelled\"") && left.contains("Pay 125,00"), "{left}");
    assert!(left.contains("&#60;b&#62;&#38;1") && !left.contains("<b>&1"), "it is escaped: {left}");
    shop.buy("brp", id, PAYS).await;
    let (_, paid) = page(&shop, path).await;
    assert!(paid.contains("Paid. Thank you!") && !paid.contains("Pay 125,00"), "{paid}");
    let (_, front) = page(&shop, "/").await;
    assert!(front.contains(&format!("href=\"{path}\"")), "{front}");
    for (path, words) in
        [("/orders/none", "nobody knows this order"), ("/elsewhere", "there is no such page")]
    {
        let (status, trouble) = page(&shop, path).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert!(trouble.contains(words) && trouble.contains("data-page=\"trouble\""), "{trouble}");
    }
    let mistaken = Shop::mistaken(&served, "credits-twice").await;
    assert!(
        page(&mistaken, "/").await.1.contains("This shop makes a mistake: you credit the order each time")
    );
}

#[tokio::test]
async fn a_page_knows_nothing_that_a_payer_may_not() {
    let served = Served::start(&[]).await;
    let shop = Shop::open(&served).await;
    let answer = shop.checkout("freepay", json!({"order": "F1"})).await;
    let gate = answer.text().await.expect("a page");
    assert!(gate.contains("data-auto-submit") && !gate.contains("freepay-test"), "{gate}");
    let answer = shop.checkout("quickpay?variant=window", json!({"order": "Q123"})).await;
    let gate = answer.text().await.expect("a page");
    assert!(gate.contains("name=\"checksum\"") && !gate.contains("quickpay-window-key"), "{gate}");
}

#[tokio::test]
async fn a_customer_buys_and_pays_without_scripts_too() {
    if !driver::there() {
        return;
    }
    let served = Served::start(&[]).await;
    let shop = Shop::open(&served).await;
    let driver = Driver::start();
    for scripts in [true, false] {
        let browser = driver.browser(scripts).await;
        browser.goto(&shop.url).await.expect("the shop");
        // The form that leads to Freepay sends itself, or is sent by its button.
        click(&browser, "[aria-label='Buy Umbrella']").await;
        if !scripts {
            click(&browser, "[data-auto-submit] button").await;
        }
        for (css, typed) in [
            ("[name=cardnumber]", "4571990000000000"),
            ("[name=month]", "12"),
            ("[name=year]", "39"),
            ("[name=cvc]", "123"),
        ] {
            let field = browser.wait().for_element(Locator::Css(css)).await.expect("a field");
            field.send_keys(typed).await.expect("typed");
        }
        click(&browser, "[data-outcome=approve]").await;
        reads(&browser, ".says", "Paid. Thank you!").await;
        click(&browser, "[data-deed=capture]").await;
        assert_eq!(text(&browser, "[data-deed=refund]").await, "Pay back 225,00 DKK");
        browser.close().await.expect("closed");
    }
}

#[tokio::test]
async fn a_card_is_given_to_stripe_on_the_shops_own_page() {
    if !driver::there() {
        return;
    }
    let served = Served::start(&[]).await;
    let shop = Shop::open(&served).await;
    let driver = Driver::start();
    let browser = driver.browser(true).await;
    browser.goto(&shop.url).await.expect("the shop");
    click(&browser, "[aria-label='Buy Climbing membership']").await;
    click(&browser, "#save button").await;
    reads(&browser, "#message", "Your card number is incomplete.").await;
    type_card(&browser, CARD).await;
    click(&browser, "#save button").await;
    reads(&browser, ".says", "Signed up. Thank you!").await;
    browser.close().await.expect("closed");
}
