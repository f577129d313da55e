//! What all providers' hosted pages owe their payers, whichever provider it is: pages that hold it, and ways through
//! the demo shop.

mod look;
mod pages;
mod ways;

use fantoccini::Client;

use crate::driver::{Driver, click, text};
use crate::support::Served;

/// A sandbox with the demo shop, and a browser.
struct Visit {
    served: Served,
    browser: Client,
    _driver: Driver,
}

impl Visit {
    async fn start() -> Self {
        let served = Served::start(&["--shop"]).await;
        let driver = Driver::start();
        let browser = driver.browser(true).await;
        Self { served, browser, _driver: driver }
    }

    /// Ends the browser; what drives it would leave it running.
    async fn end(self) {
        self.browser.close().await.expect("closed");
    }

    fn shop(&self) -> &str {
        self.served.ready["shop"].as_str().expect("an address")
    }

    /// Buys something at the shop, and stands where the payer is asked.
    async fn buy(&self, goods: &str) {
        self.browser.goto(self.shop()).await.expect("the shop");
        click(&self.browser, &format!("[aria-label='Buy {goods}']")).await;
        // The way there may lead over a page that sends its own form.
        text(&self.browser, "main[data-page]:not([data-page=front]):not([data-page=gate]) h1").await;
    }

    /// Whose page the browser shows; none for the shop's.
    async fn whose(&self) -> Option<String> {
        let at = self.browser.current_url().await.expect("a URL").origin().ascii_serialization();
        let providers = self.served.ready["providers"].as_object().expect("addresses");
        let found = providers.iter().find(|(_, address)| **address == at.as_str());
        found.map(|(id, _)| id.clone())
    }
}
