//! A real Chromium.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::json;

use crate::support::found;

/// A chromedriver of one's own; it is ended when this is dropped.
pub(crate) struct Driver {
    child: Child,
    port: u16,
}

impl Driver {
    pub(crate) fn start() -> Self {
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

    /// A browser; `scripts` says whether pages may run theirs.
    pub(crate) async fn browser(&self, scripts: bool) -> Client {
        // Nothing but the pages of the test is to be fetched.
        let scripts = if scripts { "--enable-automation" } else { "--blink-settings=scriptEnabled=false" };
        let arguments = [
            scripts,
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

/// Clicks what a selector finds, as soon as it is there.
pub(crate) async fn click(browser: &Client, css: &str) {
    let element = browser.wait().for_element(Locator::Css(css)).await;
    element.unwrap_or_else(|error| panic!("{css}: {error}")).click().await.expect("a click");
}

/// Opens a page of the shop's that holds a form and a button, and presses it.
pub(crate) async fn post(browser: &Client, action: &str, fields: &[(&str, &str)]) {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('"', "&quot;");
    let input =
        |(name, value): &(&str, &str)| format!("<input name=\"{name}\" value=\"{}\">", escaped(value));
    let inputs = fields.iter().map(input).collect::<Vec<_>>().concat();
    let page =
        format!("<form method=\"post\" action=\"{}\">{inputs}<button>Pay</button></form>", escaped(action));
    let page = format!("data:text/html;charset=utf-8;base64,{}", STANDARD.encode(page));
    browser.goto(&page).await.expect("the shop's page");
    click(browser, "button").await;
}

/// The text of what a selector finds.
pub(crate) async fn text(browser: &Client, css: &str) -> String {
    for _ in 0..50 {
        let element = browser.wait().for_element(Locator::Css(css)).await;
        // The page may be left between finding it and reading it.
        if let Ok(text) = element.unwrap_or_else(|error| panic!("{css}: {error}")).text().await {
            return text;
        }
    }
    panic!("{css} cannot be read")
}

/// Waits until a selector finds this text: a click may still be on its way.
pub(crate) async fn reads(browser: &Client, css: &str, wanted: &str) {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let got = text(browser, css).await;
        if got == wanted {
            return;
        }
        assert!(Instant::now() < until, "{css} reads {got:?}, not {wanted:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Whether there is a browser; in CI there must be.
pub(crate) fn there() -> bool {
    let why = "the hosted pages in a real browser";
    found("chromedriver", why) && found("chromium", why)
}
