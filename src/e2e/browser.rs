//! A real Chromium: a newcomer pays from the start page, gives up, and is told what the form lacks.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::json;

use crate::support::{Served, found, link};

struct Driver {
    child: Child,
    port: u16,
}

impl Driver {
    fn start() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("bound").port();
        drop(free);
        let child = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        Self { child, port }
    }

    async fn browser(&self) -> Client {
        // Nothing but the pages of the test is to be fetched.
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
        ];
        let capabilities = json!({
            "goog:chromeOptions": {"args": arguments},
            "goog:loggingPrefs": {"browser": "ALL"},
        });
        let capabilities = capabilities.as_object().expect("object").clone();
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            let connected = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
                .capabilities(capabilities.clone())
                .connect(&format!("http://127.0.0.1:{}", self.port))
                .await;
            match connected {
                Ok(client) => return client,
                Err(error) => assert!(Instant::now() < until, "no browser: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn click(browser: &Client, css: &str) {
    let element = browser.wait().for_element(Locator::Css(css)).await;
    element.unwrap_or_else(|error| panic!("{css}: {error}")).click().await.expect("a click");
}

async fn text(browser: &Client, css: &str) -> String {
    for _ in 0..50 {
        let element = browser.wait().for_element(Locator::Css(css)).await;
        // The page may be left between finding it and reading it.
        if let Ok(text) = element.unwrap_or_else(|error| panic!("{css}: {error}")).text().await {
            return text;
        }
    }
    panic!("{css} cannot be read")
}

#[tokio::test]
async fn a_newcomer_pays_cancels_and_puts_the_orders_back() {
    if !found("chromedriver", "the hosted pages in a real browser")
        || !found("chromium", "the hosted pages in a real browser")
    {
        return;
    }
    let served = Served::start(&[]).await;
    let driver = Driver::start();
    let browser = driver.browser().await;
    let start = format!("{}/", served.control);

    // Twice in a row: the start page offers the next order that can be paid.
    for order in ["15", "16"] {
        browser.goto(&start).await.expect("the start page");
        assert_eq!(text(&browser, "[data-try]").await, format!("Pay BRP order {order}"));
        click(&browser, "[data-try]").await;
        assert!(text(&browser, "[data-page=provider] [data-amount]").await.contains("150,00"));
        click(&browser, "[data-outcome=approve]").await;
        assert_eq!(text(&browser, "[data-result=paid] h1").await, "Back at the shop: paid");
    }
    browser.goto(&start).await.expect("the start page");
    click(&browser, "[data-reset]").await;
    assert_eq!(text(&browser, "[data-try]").await, "Pay BRP order 15");
    click(&browser, "[data-try]").await;
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
    click(&browser, "[data-try]").await;
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
