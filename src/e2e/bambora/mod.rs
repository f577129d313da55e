//! Bambora ePay over real HTTP.

mod adapters;
mod recurring;

use fantoccini::{Client, Locator};

use crate::driver::{click, text};
use crate::support::Served;

/// The default workspace's merchant, and the key of its hashes.
pub(crate) const MERCHANT: &str = "8008001";
pub(crate) const KEY: &str = "bambora-md5";

/// Types a card that is good and presses the button; where the payer comes back.
pub(crate) async fn pay(browser: &Client, year: &str) -> url::Url {
    for (css, typed) in
        [("#cardnumber", "3333 3333 3333 3000"), ("#month", "04"), ("#year", year), ("#cvc", "123")]
    {
        let field = browser.wait().for_element(Locator::Css(css)).await.expect("a field");
        field.send_keys(typed).await.expect("typed");
    }
    click(browser, "[data-outcome=approve]").await;
    text(browser, "[data-page=returned]").await;
    browser.current_url().await.expect("a URL")
}

/// What a parameter of a return says.
pub(crate) fn value(url: &url::Url, wanted: &str) -> String {
    let found = url.query_pairs().find(|(name, _)| name == wanted);
    found.unwrap_or_else(|| panic!("{url} has no {wanted}")).1.into_owned()
}

/// The address of the one callback that an order has made.
pub(crate) async fn called_back(served: &Served, order: &str) -> url::Url {
    let all = served.read("callbacks").await;
    let all = all.as_array().expect("a list").iter();
    let of_order: Vec<_> = all.filter(|callback| callback["order"] == order).collect();
    assert!(of_order.len() == 1, "{of_order:?}");
    of_order[0]["url"].as_str().and_then(|url| url.parse().ok()).expect("an address")
}
