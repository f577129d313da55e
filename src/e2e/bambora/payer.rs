//! A payer in a real browser, and what ePay itself tells the shop.

use fantoccini::{Client, Locator};

use crate::driver::{click, text};
use crate::quickpay::Shop;

/// Types a card that is good until April of a year and presses the button; where the payer comes back.
pub(crate) async fn pay(browser: &Client, year: &str) -> String {
    for (css, typed) in
        [("#cardnumber", "3333 3333 3333 3000"), ("#expmonth", "04"), ("#expyear", year), ("#cvc", "123")]
    {
        let field = browser.wait().for_element(Locator::Css(css)).await.expect("a field");
        field.send_keys(typed).await.expect("typed");
    }
    click(browser, "[data-outcome=approve]").await;
    text(browser, "[data-page=returned]").await;
    browser.current_url().await.expect("a URL").into()
}

/// The address that ePay itself has called last.
pub(crate) fn called_back(shop: &Shop) -> String {
    let came = shop.came();
    let last = came.last().expect("a callback");
    format!("{}{}?{}", shop.url, last.path, last.query)
}
