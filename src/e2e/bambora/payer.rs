//! A payer in a real browser, and what ePay itself has told the shop.

use fantoccini::{Client, Locator};

use crate::driver::{click, text};
use crate::support::Served;

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

/// The address of the one callback that an order has made.
pub(crate) async fn called_back(served: &Served, order: &str) -> String {
    let all = served.read("callbacks").await;
    let all = all.as_array().expect("a list").iter();
    let of_order: Vec<_> = all.filter(|callback| callback["order"] == order).collect();
    assert!(of_order.len() == 1, "{of_order:?}");
    of_order[0]["url"].as_str().expect("an address").to_owned()
}
