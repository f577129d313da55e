//! A shop's page with a card element, on an origin of its own.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::response::Html;
use axum::routing::{get, post};

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
