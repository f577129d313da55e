//! The Express shop: cards that are saved at Fenerum by Stripe's element, and by QuickPay's payment window.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::{Client, Locator};
use provkassa::simulators::kit::digest::{hex, hmac_sha256};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::driver::{self, Driver, click, reads, text};
use crate::stripe::KEY;
use crate::stripe::page::{CARD, type_card};
use crate::support::{Served, found, location, root};

const SHOP: &str = "fixtures/shops/express";
const ACCOUNT: &str = "50e9aa0b-8d35-4da7-9a9b-8a35b11579b2";
const TOKEN: &str = "5f3c1a7e9b2d4860c1e7f0a3b5d2948617c0e3fa";
const PRIVATE_KEY: &str = "quickpay-private-key";

/// The shop as a customer finds it; it is ended when this is dropped.
struct Shop {
    child: Child,
    url: String,
}

impl Shop {
    /// None where Node or the shop's library is not installed.
    fn open(served: &Served) -> Option<Self> {
        if !found("node", "the Express shop") || !has_express() {
            return None;
        }
        let mut child = Command::new("node")
            .arg(root().join(SHOP).join("shop.mjs"))
            .envs([
                ("FENERUM_URL", served.fenerum.as_str()),
                ("FENERUM_TOKEN", TOKEN),
                ("QUICKPAY_URL", &served.quickpay),
                ("QUICKPAY_API_KEY", "quickpay-api-key"),
                ("QUICKPAY_PRIVATE_KEY", PRIVATE_KEY),
                ("STRIPE_JS_URL", &format!("{}/v3/", served.fenerum)),
                ("STRIPE_PUBLISHABLE_KEY", KEY),
                ("PORT", "0"),
            ])
            .env_remove("YOUR_DOMAIN")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("started");
        let stdout = child.stdout.take().expect("a pipe");
        let mut shop = Self { child, url: String::new() };
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let url = line.trim_end().strip_prefix("listening on ");
        url.unwrap_or_else(|| panic!("it printed {line:?}")).clone_into(&mut shop.url);
        Some(shop)
    }

    /// Calls the shop back as QuickPay does.
    async fn call_back(&self, served: &Served, body: &str, key: &str) -> Response {
        let checksum = hex(&hmac_sha256(key.as_bytes(), body.as_bytes()));
        let request = served.client.post(format!("{}/api/quickpay-callback", self.url));
        let request = request.header("content-type", "application/json");
        let request = request.header("quickpay-checksum-sha256", checksum).body(body.to_owned());
        request.send().await.expect("an answer")
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether the shop's library is installed; in CI it must be.
fn has_express() -> bool {
    let there = root().join(SHOP).join("node_modules/express").is_dir();
    let ci = std::env::var("CI").is_ok_and(|value| value == "true");
    assert!(there || !ci, "express is missing: in CI nothing is skipped");
    if !there {
        anstream::eprintln!("skipped: express is not installed; npm install --prefix {SHOP}");
    }
    there
}

/// The account's cards, as Fenerum lists them.
async fn cards(served: &Served) -> Vec<Value> {
    let url = format!("{}/api/v1/paymentcards/?account=CUST001", served.fenerum);
    let request = served.client.get(&url).header("authorization", format!("Token {TOKEN}"));
    let answer = request.header("x-client-system", "provkassa-tests").send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    let mut page: Value = answer.json().await.expect("JSON");
    serde_json::from_value(page["results"].take()).expect("a list")
}

/// Waits until the account has so many cards: callbacks come when they come.
async fn cards_are(served: &Served, count: usize) -> Vec<Value> {
    for _ in 0..400 {
        let found = cards(served).await;
        if found.len() == count {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("there are not {count} cards but {:?}", cards(served).await)
}

/// What QuickPay has told the shop.
async fn callbacks(served: &Served) -> Vec<Value> {
    let all = served.read("callbacks").await;
    let all = all.as_array().expect("a list").iter();
    all.filter(|callback| callback["provider"] == "quickpay").cloned().collect()
}

/// Types a card into QuickPay's window, and presses a button.
async fn quickpay_window(browser: &Client, number: &str, outcome: &str) {
    for (name, typed) in
        [("cardnumber", number), ("expiration[month]", "12"), ("expiration[year]", "39"), ("cvd", "208")]
    {
        let css = format!("[name=\"{name}\"]");
        let field = browser.wait().for_element(Locator::Css(&css)).await.expect("a field");
        field.send_keys(typed).await.expect("typed");
    }
    click(browser, &format!("[data-outcome={outcome}]")).await;
}

#[tokio::test]
async fn a_card_is_saved_by_stripes_element() {
    if !driver::there() {
        return;
    }
    let served = Served::start(&[]).await;
    let Some(shop) = Shop::open(&served) else { return };
    let driver = Driver::start();
    let browser = driver.browser(true).await;
    browser.goto(&format!("{}/card", shop.url)).await.expect("the page");
    click(&browser, "#save button").await;
    reads(&browser, "#message", "Your card number is incomplete.").await;
    type_card(&browser, CARD).await;
    click(&browser, "#save button").await;
    reads(&browser, "#message", "Saved: Visa, 4242").await;
    let saved = cards_are(&served, 1).await;
    assert_eq!(saved[0]["payment_gateway"], "stripe_new");
    assert_eq!(saved[0]["card_number"], "XXXXXXXXXXXX4242");
    assert_eq!((&saved[0]["month"], &saved[0]["year"]), (&json!(12), &json!(2039)));
    // The element is empty again. A card that Stripe makes a payment method of can be refused by Fenerum.
    type_card(&browser, &[&[("cardnumber", "4000000000009995")], &CARD[1..]].concat()).await;
    click(&browser, "#save button").await;
    reads(&browser, "#message", "The card could not be saved").await;
    assert_eq!(cards(&served).await.len(), 1);
    browser.close().await.expect("closed");
}

#[tokio::test]
async fn a_payment_method_is_saved_for_its_own_customer_alone() {
    let served = Served::start(&[]).await;
    let Some(shop) = Shop::open(&served) else { return };
    let url = format!("{}/api/register-payment-card", shop.url);
    let send = async |body: Value| served.client.post(&url).json(&body).send().await.expect("an answer");
    let refused = [
        (json!({ "accountId": ACCOUNT }), StatusCode::BAD_REQUEST),
        (json!({ "paymentMethodId": "tok_1", "accountId": ACCOUNT }), StatusCode::BAD_REQUEST),
        (json!({ "paymentMethodId": "pm_1", "accountId": "another" }), StatusCode::FORBIDDEN),
        (json!({ "paymentMethodId": "pm_1", "accountId": ACCOUNT }), StatusCode::BAD_REQUEST),
    ];
    for (body, status) in refused {
        assert_eq!(send(body.clone()).await.status(), status, "{body}");
    }
    let made = served
        .submit(&format!("{}/v1/payment_methods", served.fenerum), &crate::stripe::form("4242424242424242"))
        .await;
    let made: Value = made.json().await.expect("JSON");
    let body = json!({ "paymentMethodId": made["id"], "accountId": ACCOUNT });
    let saved: Value = send(body.clone()).await.json().await.expect("JSON");
    assert_eq!((&saved["brand"], &saved["card_number"]), (&json!("Visa"), &json!("XXXXXXXXXXXX4242")));
    assert!(!send(body).await.status().is_success(), "a payment method is attached once");
    assert_eq!(cards(&served).await.len(), 1);
}

#[tokio::test]
async fn a_card_is_saved_by_quickpays_window() {
    if !driver::there() {
        return;
    }
    let served = Served::start(&[]).await;
    let Some(shop) = Shop::open(&served) else { return };
    let driver = Driver::start();
    let browser = driver.browser(true).await;
    // The page asks for the link, or the browser is sent to it.
    for (count, way) in [(1, "#quickpay-link"), (2, "#quickpay")] {
        browser.goto(&format!("{}/card", shop.url)).await.expect("the page");
        click(&browser, way).await;
        quickpay_window(&browser, "1000000000000008", "approve").await;
        reads(&browser, "h1", "Thank you").await;
        let saved = cards_are(&served, count).await;
        assert!(saved.iter().all(|card| card["payment_gateway"] == "quickpay"), "{saved:?}");
        assert!(saved.iter().all(|card| card["account"] == ACCOUNT), "{saved:?}");
    }
    // The same callback again is the same card.
    let sent = callbacks(&served).await;
    assert_eq!(sent.len(), 2);
    for callback in &sent {
        let id = callback["id"].as_str().expect("an id");
        served.post(&format!("callbacks/{id}/resend"), Value::Null).await;
    }
    let again = async || {
        let all = callbacks(&served).await;
        all.iter().all(|callback| callback["attempts"][1]["status"] == 200)
    };
    for _ in 0..400 {
        if again().await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert!(again().await, "{:?}", callbacks(&served).await);
    assert_eq!(cards(&served).await.len(), 2);
    // A customer who gives up comes back without a card.
    browser.goto(&format!("{}/add-payment-card", shop.url)).await.expect("the window");
    click(&browser, "[data-outcome=cancel]").await;
    reads(&browser, "h1", "No card was saved").await;
    text(&browser, "a[href='/card']").await;
    assert_eq!(cards(&served).await.len(), 2);
    browser.close().await.expect("closed");
}

#[tokio::test]
async fn both_ways_to_quickpays_window_lead_to_a_subscription() {
    let served = Served::start(&[]).await;
    let Some(shop) = Shop::open(&served) else { return };
    let asked = served.client.request(Method::POST, format!("{}/api/create-quickpay-link", shop.url));
    let asked: Value = asked.send().await.expect("an answer").json().await.expect("JSON");
    let sent = location(&served.get(&format!("{}/add-payment-card", shop.url)).await);
    let links = [asked["url"].as_str().expect("a link"), &sent];
    assert_ne!(links[0], links[1]);
    for link in links {
        assert!(link.contains("/subscriptions/"), "{link}");
        assert!(served.get(link).await.status().is_success(), "{link}");
    }
}

#[tokio::test]
async fn a_callback_that_proves_nothing_saves_nothing() {
    let served = Served::start(&[]).await;
    let Some(shop) = Shop::open(&served) else { return };
    let operation = |kind: &str, code: &str, pending: bool| json!({"id": 1, "type": kind, "pending": pending, "qp_status_code": code});
    let resource = |kind: &str, accepted: bool, operation: Value| {
        let variables = json!({ "fenerum_account_id": ACCOUNT });
        json!({"id": 7, "type": kind, "accepted": accepted, "variables": variables, "operations": [operation]}).to_string()
    };
    let right = resource("Subscription", true, operation("authorize", "20000", false));
    for key in ["", "quickpay-api-key"] {
        assert_eq!(shop.call_back(&served, &right, key).await.status(), StatusCode::UNAUTHORIZED);
    }
    let bare = served.client.post(format!("{}/api/quickpay-callback", shop.url)).body(right.clone());
    assert_eq!(bare.send().await.expect("an answer").status(), StatusCode::UNAUTHORIZED);
    for body in [
        resource("Payment", true, operation("authorize", "20000", false)),
        resource("Subscription", false, operation("authorize", "40000", false)),
        resource("Subscription", true, operation("authorize", "40000", false)),
        resource("Subscription", true, operation("authorize", "20000", true)),
        resource("Subscription", true, operation("cancel", "20000", false)),
        // QuickPay has no such subscription: Fenerum refuses it, and it is not asked for again and again.
        right,
    ] {
        let answer = shop.call_back(&served, &body, PRIVATE_KEY).await;
        assert_eq!(answer.status(), StatusCode::OK, "{body}");
        assert_eq!(answer.json::<Value>().await.expect("JSON"), json!({ "success": false }), "{body}");
    }
    assert_eq!(cards(&served).await.len(), 0);
}
