//! A real Chromium.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fantoccini::elements::Element;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use reqwest::Method;
use serde_json::json;
use url::{ParseError, Url};

use crate::support::found;

/// A chromedriver of one's own. It is ended when this is dropped, and its browsers with it: those of a test that
/// panics, too.
pub(crate) struct Driver {
    child: Child,
    port: u16,
}

impl Driver {
    pub(crate) fn start() -> Self {
        // It wants one port for both kinds of addresses, and gives up where the other kind's is taken.
        (0..5).find_map(|_| Self::try_start()).expect("chromedriver ends before it says its port")
    }

    fn try_start() -> Option<Self> {
        // It chooses the port itself and says which: one that was free a moment ago may be taken.
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let mut says = BufReader::new(child.stdout.take().expect("its output"));
        let port = loop {
            let mut line = String::new();
            if says.read_line(&mut line).expect("its output") == 0 {
                child.wait().expect("its end");
                return None;
            }
            let port = line.trim().trim_end_matches('.').rsplit_once("on port ").map(|(_, port)| port);
            // The first line only repeats that it was told 0.
            if let Some(port) = port.and_then(|port| port.parse().ok()).filter(|port| *port > 0) {
                break port;
            }
        };
        // Whatever else it says must not fill the pipe.
        thread::spawn(move || says.read_to_end(&mut Vec::new()));
        Some(Self { child, port })
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
        let until = Instant::now() + PATIENCE;
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

    /// Tells it to go. Whoever drops it may stand inside a runtime, so this is written by hand.
    fn shut_down(&self) -> std::io::Result<()> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        write!(
            stream,
            "GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n",
            self.port
        )?;
        stream.read(&mut [0; 64]).map(|_| ())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Killed, it would leave its browsers running; told to go, it ends them first, and takes their folders along.
        let told = self.shut_down().is_ok();
        let until = Instant::now() + Duration::from_secs(10);
        while told && Instant::now() < until && matches!(self.child.try_wait(), Ok(None)) {
            thread::sleep(Duration::from_millis(5));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How long a page may take on a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(90);

/// What a selector finds, as soon as it is there.
async fn find(browser: &Client, css: &str) -> Element {
    let until = Instant::now() + PATIENCE;
    loop {
        let found = browser.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await;
        let error = match found {
            Ok(element) => return element,
            Err(error) => error,
        };
        // The page was left while it was searched; the next one is.
        let was_left = error.to_string().contains("aborted by navigation");
        if !was_left || Instant::now() > until {
            let at = browser.current_url().await;
            let page = browser.source().await.unwrap_or_default();
            panic!("{css}: {error}; the browser is at {at:?} and shows {page}")
        }
    }
}

/// Clicks what a selector finds, as soon as it is there.
pub(crate) async fn click(browser: &Client, css: &str) {
    let until = Instant::now() + PATIENCE;
    loop {
        let clicked = find(browser, css).await.click().await;
        // The page may be left, or still be laid out, between finding it and clicking.
        let Err(error) = clicked else { return };
        assert!(Instant::now() < until, "{css} cannot be clicked: {error}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
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
        // The page may be left between finding it and reading it.
        if let Ok(text) = find(browser, css).await.text().await {
            return text;
        }
    }
    panic!("{css} cannot be read")
}

/// Waits until a selector finds this text: a click may still be on its way.
pub(crate) async fn reads(browser: &Client, css: &str, wanted: &str) {
    let until = Instant::now() + PATIENCE;
    loop {
        let got = text(browser, css).await;
        if got == wanted {
            return;
        }
        assert!(Instant::now() < until, "{css} reads {got:?}, not {wanted:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Asks for what the pages wrote to the console since it was asked last.
#[derive(Debug)]
struct Console;

impl WebDriverCompatibleCommand for Console {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({"type": "browser"}).to_string()))
    }
}

/// Has the browser say that its user prefers this color scheme.
#[derive(Debug)]
struct Prefer(&'static str);

impl WebDriverCompatibleCommand for Prefer {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        let features = json!([{"name": "prefers-color-scheme", "value": self.0}]);
        let body = json!({"cmd": "Emulation.setEmulatedMedia", "params": {"features": features}});
        (Method::POST, Some(body.to_string()))
    }
}

/// Has pages shown as by day or by night: `light` or `dark`.
pub(crate) async fn prefer(browser: &Client, scheme: &'static str) {
    browser.issue_cmd(Prefer(scheme)).await.expect("it prefers it");
}

/// What the pages complained of: errors, and what their policies forbid. That the answer to a wrong form or a refused
/// card has an error's status is none.
pub(crate) async fn complaints(browser: &Client) -> Vec<String> {
    let said = browser.issue_cmd(Console).await.expect("the console");
    let said = said.as_array().expect("a list").iter();
    let errors = said.filter(|entry| entry["level"] == "SEVERE");
    let texts = errors.map(|entry| entry["message"].as_str().unwrap_or_default().to_owned());
    let refused = |text: &str| ["status of 402", "status of 422"].iter().any(|status| text.contains(status));
    texts.filter(|text| !refused(text)).collect()
}

/// Whether there is a browser; in CI there must be.
pub(crate) fn there() -> bool {
    let why = "the hosted pages in a real browser";
    found("chromedriver", why) && found("chromium", why)
}

#[tokio::test]
async fn a_browser_ends_with_its_driver() {
    if !there() {
        return;
    }
    let driver = Driver::start();
    let browser = driver.browser(true).await;
    let options =
        browser.capabilities().and_then(|known| known.get("goog:chromeOptions")).expect("its options");
    let address = options["debuggerAddress"].as_str().expect("an address").to_owned();
    assert!(TcpStream::connect(&address).is_ok(), "it does not listen at {address}");
    // As where a test panics: nobody has closed the browser.
    drop(driver);
    assert!(TcpStream::connect(&address).is_err(), "it still listens at {address}");
}
