//! A shop's page with a card element, on an origin of its own, and what a browser does there.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::response::Html;
use axum::routing::{get, post};
use fantoccini::{Client, Locator};
use serde_json::{Value, json};

use crate::driver::Driver;
use crate::support::Served;

/// Where the card element is.
pub(super) const FRAME: &str = "iframe[name^=__privateStripeFrame]";

/// A card that is right.
pub(crate) const CARD: &[(&str, &str)] =
    &[("cardnumber", "4242424242424242"), ("exp-date", "1239"), ("cvc", "123"), ("postal", "12345")];

/// A shop that serves one page, and keeps what the page sends it.
pub(super) struct Shop {
    pub(super) url: String,
    sent: Arc<Mutex<Vec<String>>>,
}

impl Shop {
    /// `script` is the address that stands where Stripe's script stands in production.
    pub(super) async fn open(script: &str) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("bound"));
        let page = PAGE.replace("SCRIPT", script);
        let sent: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = Arc::clone(&sent);
        let app = Router::new().route("/", get(|| async { Html(page) })).route(
            "/cards",
            post(move |body: String| async move {
                kept.lock().expect("whole").push(body);
            }),
        );
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, sent }
    }

    pub(super) fn sent(&self) -> Vec<String> {
        self.sent.lock().expect("whole").clone()
    }
}

/// The calls that Fenerum's document makes, and a record of what the element says.
const PAGE: &str = r#"<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>A shop</title><script src="SCRIPT"></script></head>
<body>
<form id="payment-form">
  <label for="card-element">Card</label>
  <div id="card-element">replaced by the element</div>
  <button id="save">Save</button>
  <p id="message"></p>
</form>
<div id="elsewhere"></div>
<script>
  window.events = [];
  window.messages = [];
  addEventListener('message', ({ data }) => messages.push(JSON.stringify(data)));
  const stripe = Stripe('pk_test_provkassa');
  const elements = stripe.elements();
  const card = elements.create('card');
  for (const name of ['ready', 'change', 'focus', 'blur', 'escape']) {
    card.on(name, detail => events.push([name, detail]));
  }
  card.mount('#card-element');
  const message = document.getElementById('message');
  document.getElementById('payment-form').addEventListener('submit', async event => {
    event.preventDefault();
    message.textContent = '';
    const result = await stripe.createPaymentMethod({ type: 'card', card });
    window.result = result;
    if (result.error) {
      message.textContent = result.error.message;
      return;
    }
    await fetch('/cards', { method: 'POST', body: JSON.stringify(result.paymentMethod) });
    message.textContent = `Saved ${result.paymentMethod.id}`;
    event.target.reset();
  });
</script>
</body>
</html>"#;

/// Types into fields of the frame, and comes back to the page.
pub(crate) async fn type_card(browser: &Client, fields: &[(&str, &str)]) {
    let frame = browser.wait().for_element(Locator::Css(FRAME)).await.expect("a frame");
    frame.enter_frame().await.expect("entered");
    for (name, typed) in fields {
        let css = format!("input[name={name}]");
        let field = browser.wait().for_element(Locator::Css(&css)).await.expect("a field");
        field.send_keys(typed).await.expect("typed");
    }
    browser.enter_parent_frame().await.expect("left");
}

/// What a script on the page returns.
pub(super) async fn run(browser: &Client, script: &str) -> Value {
    browser.execute(script, Vec::new()).await.unwrap_or_else(|error| panic!("{script}: {error}"))
}

/// What a promise on the page ends with: its value, or the name and text of its error.
pub(super) async fn settled(browser: &Client, promise: &str) -> Value {
    let script = format!(
        "const done = arguments[0];
         (async () => ({promise}))().then(value => done({{ value }}), ({{ name, message }}) => done({{ name, message }}));"
    );
    browser.execute_async(&script, Vec::new()).await.unwrap_or_else(|error| panic!("{promise}: {error}"))
}

/// Waits until a script on the page returns something that is true.
pub(super) async fn becomes(browser: &Client, script: &str) {
    let until = Instant::now() + Duration::from_secs(20);
    while run(browser, &format!("return Boolean({script})")).await != json!(true) {
        assert!(
            Instant::now() < until,
            "{script} does not become true: {}",
            run(browser, "return events").await
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A sandbox, a shop's page of another origin, and a browser that has opened it.
pub(super) async fn opened(path: &str) -> (Served, Shop, Driver, Client) {
    let served = Served::start(&[]).await;
    let shop = Shop::open(&format!("{}{path}", served.fenerum)).await;
    let driver = Driver::start();
    let browser = driver.browser(true).await;
    browser.goto(&shop.url).await.expect("the page");
    (served, shop, driver, browser)
}
