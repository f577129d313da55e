//! Tokens made by the adapters in Node, Python and PHP end in paid orders, in a real browser; and what
//! Fena notifies then is verified by jwt-simple, `PyJWT` and PHP.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::{Does, SECRET, TERMINAL, queue, states, with_shop};
use crate::adapters::{NODE, PHP, PYTHON, Running};
use crate::driver::{self, Driver, click, reads, text};
use crate::support::Served;

#[tokio::test]
async fn tokens_of_three_languages_end_in_paid_orders() {
    if !driver::there() {
        return;
    }
    // The adapters read the real clock.
    let served = Served::start(&[]).await;
    let shop = with_shop(&served, Does::Answer(200)).await;
    served.set("fena.redirect", &format!("{}/_sim/return", served.control)).await;
    let driver = Driver::start();
    let browser = driver.browser(true).await;
    let mut paid = 0;
    for shipped in [NODE, PYTHON, PHP] {
        let Some(mut adapter) = Running::start(shipped) else { continue };
        let order = format!("{}/Å & 1", shipped.0);
        let now = jiff::Timestamp::now().as_second();
        let reply = adapter.ask(json!({
            "op": "fena.link",
            "parameters": [["orderID", order], ["firstName", "Åsa \"Ö\" O'Neil"], ["email", "a@b.example"]],
            "amount": {"minor": 1999, "currency": "GBP"},
            "terminal": TERMINAL, "secret": SECRET, "now": now, "base": served.fena,
        }));
        let link = reply["answer"]["url"].as_str().unwrap_or_else(|| panic!("{reply}"));
        // The payer looks for a bank, chooses it, and approves there.
        browser.goto(link).await.expect("a page");
        assert_eq!(text(&browser, "[data-page=choose] [data-amount]").await, "£19.99");
        let search = browser.find(fantoccini::Locator::Css("#search")).await.expect("a field");
        search.send_keys("starling").await.expect("typed");
        click(&browser, "input[value=ob-starling]").await;
        click(&browser, "[data-continue]").await;
        reads(&browser, "[data-page=bank] header b", "Starling Bank").await;
        click(&browser, "[data-outcome=approve]").await;
        text(&browser, "[data-page=returned]").await;
        let url = browser.current_url().await.expect("a URL");
        let pairs: Vec<_> = url.query_pairs().into_owned().collect();
        assert_eq!(
            pairs,
            [("order".to_owned(), order.clone()), ("status".to_owned(), "executed".to_owned())]
        );
        assert_eq!(states(&served, &order).await, ["executed"]);
        paid += 1;
        let came = shop.came();
        assert_eq!(came.len(), paid, "the notification came before the browser");
        // Each adapter verifies each notification: right, with another amount, and of another secret.
        let ask = |amount: i64, secret: &str| {
            json!({
                "op": "fena.notification",
                "headers": [["content-type", came[paid - 1].content_type]],
                "body": STANDARD.encode(&came[paid - 1].body),
                "terminal": TERMINAL, "secret": secret, "order": order,
                "amount": {"minor": amount, "currency": "GBP"},
                "now": jiff::Timestamp::now().as_second(),
            })
        };
        for verifier in [NODE, PYTHON, PHP] {
            let Some(mut verifier) = Running::start(verifier) else { continue };
            assert_eq!(verifier.ask(ask(1999, SECRET))["answer"]["outcome"], "paid");
            assert!(verifier.ask(ask(2000, SECRET))["rejected"].is_string());
            assert!(verifier.ask(ask(1999, TERMINAL))["rejected"].is_string());
        }
    }
    // A payer who gives up, and a token that is refused: the browser shows why.
    queue(&served, "given-up", "cancel").await;
    let given_up = super::link(&served, "given-up", 1250, &[]).await;
    browser.goto(&given_up).await.expect("a page");
    text(&browser, "[data-page=returned]").await;
    browser.goto(&given_up.replace("?token=eyJ", "?token=eyK")).await.expect("a page");
    text(&browser, "[data-page=error][data-error=token_malformed] [role=alert]").await;
    text(&browser, "[data-signature=wrong]").await;
    assert_eq!(shop.came().len(), paid);
    browser.close().await.expect("closed");
}

/// Without scripts a bank is chosen all the same.
#[tokio::test]
async fn the_pages_work_without_scripts() {
    if !driver::there() {
        return;
    }
    let served = Served::start(&[]).await;
    let driver = Driver::start();
    let browser = driver.browser(false).await;
    browser.goto(&super::link(&served, "7", 1250, &[]).await).await.expect("a page");
    click(&browser, "input[value=ob-monzo]").await;
    click(&browser, "[data-continue]").await;
    click(&browser, "[data-page=bank] [data-outcome=approve]").await;
    // A newcomer's payer comes back to the sandbox's own page.
    text(&browser, "[data-page=returned]").await;
    served.set("fena.redirect", "").await;
    browser.goto(&super::link(&served, "8", 1250, &[]).await).await.expect("a page");
    click(&browser, "input[value=ob-monzo]").await;
    click(&browser, "[data-continue]").await;
    click(&browser, "[data-page=bank] [data-outcome=approve]").await;
    reads(&browser, "[data-page=result][data-result=executed] h1", "Payment successful").await;
    browser.close().await.expect("closed");
}
